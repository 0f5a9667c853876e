// The frame source a scenario asks for.
#pragma once

#include <memory>
#include <string>

#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"

namespace ringside::platform {

/// Throws input_error for a capture that cannot be used; `pcap_key` names where the file came from.
std::unique_ptr<frame_source> make_source(const scenario& s, const std::string& pcap_key = "wire.pcap");

}  // namespace ringside::platform

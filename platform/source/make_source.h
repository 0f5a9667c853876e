// SPDX-License-Identifier: Apache-2.0
// The frame source a scenario asks for.
#pragma once

#include <memory>
#include <string>

#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"
#include "platform/source/capture_file.h"

namespace ringside::platform {

/// The scenario's capture, or nothing when it has none.  A pipe can be opened once only: for more than one source of a
/// scenario, open it here.  Throws input_error; `pcap_key` names where the file came from.
std::shared_ptr<const capture_file> open_capture(const scenario& s, const std::string& pcap_key = "wire.pcap");

/// Throws input_error for a capture that cannot be used.
std::unique_ptr<frame_source> make_source(const scenario& s, const std::shared_ptr<const capture_file>& capture);
std::unique_ptr<frame_source> make_source(const scenario& s);

}  // namespace ringside::platform

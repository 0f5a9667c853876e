// SPDX-License-Identifier: Apache-2.0
#include "platform/source/make_source.h"

#include "platform/source/generator.h"
#include "platform/source/pcap_source.h"
#include "platform/source/stimulus.h"

namespace ringside::platform {

std::shared_ptr<const capture_file> open_capture(const scenario& s, const std::string& pcap_key) {
  if (s.wire.source != wire_source::pcap) return nullptr;
  return capture_file::open(s.wire.pcap, pcap_key);
}

std::unique_ptr<frame_source> make_source(const scenario& s, const std::shared_ptr<const capture_file>& capture) {
  if (s.wire.source == wire_source::pcap) return std::make_unique<pcap_source>(capture, capture_options_of(s));
  if (s.wire.source == wire_source::drawn) return std::make_unique<planned_source>(make_stimulus(s));
  return std::make_unique<generator>(s);
}

std::unique_ptr<frame_source> make_source(const scenario& s) {
  return make_source(s, open_capture(s));
}

}  // namespace ringside::platform

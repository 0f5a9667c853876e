#include "platform/source/make_source.h"

#include "platform/source/generator.h"
#include "platform/source/pcap_source.h"
#include "platform/source/stimulus.h"

namespace ringside::platform {

std::unique_ptr<frame_source> make_source(const scenario& s, const std::string& pcap_key) {
  if (s.wire.source == wire_source::pcap)
    return std::make_unique<pcap_source>(s.wire.pcap, s.wire.speed, s.wire.speed_value, pcap_key);
  if (s.wire.source == wire_source::drawn) return std::make_unique<planned_source>(make_stimulus(s));
  return std::make_unique<generator>(s);
}

}  // namespace ringside::platform

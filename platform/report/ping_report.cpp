// SPDX-License-Identifier: Apache-2.0
#include "platform/report/ping_report.h"

#include <fmt/format.h>

namespace ringside::platform {
namespace {

double in_ms(sim_time t) {
  return static_cast<double>(t) / static_cast<double>(ms);
}

}  // namespace

std::string print_ping(const ping_report& r) {
  const std::uint32_t a = r.destination;
  std::string text = fmt::format("--- {}.{}.{}.{} ping statistics ---\n{} packets transmitted, {} received", a >> 24,
                                 a >> 16 & 0xFF, a >> 8 & 0xFF, a & 0xFF, r.transmitted, r.received);
  if (r.duplicates != 0) text += fmt::format(", +{} duplicates", r.duplicates);
  if (r.errors != 0) text += fmt::format(", +{} errors", r.errors);
  text += fmt::format(", {:g}% packet loss\n", r.loss());
  if (r.received != 0)
    text += fmt::format("rtt min/avg/max/mdev = {:.6f}/{:.6f}/{:.6f}/{:.6f} ms\n", in_ms(r.minimum), in_ms(r.average),
                        in_ms(r.maximum), in_ms(r.deviation));
  return text;
}

}  // namespace ringside::platform

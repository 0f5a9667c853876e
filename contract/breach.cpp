// SPDX-License-Identifier: Apache-2.0
#include "contract/breach.h"

#include <fmt/format.h>

namespace ringside::contract {
namespace {

std::string in_us(sim_time t) {
  return fmt::format("{}.{:06} us", t / us, t % us);
}

std::string list(const std::vector<event>& actions) {
  if (actions.empty()) return "nothing yet";
  std::string text;
  for (const event& e : actions) {
    if (!text.empty()) text += ", ";
    text += fmt::format("{} a={:#x} b={:#x} at {}", info(e.what).name, e.a, e.b, in_us(e.time));
    if (e.frame != 0) text += fmt::format(" (frame {})", e.frame);
  }
  return text;
}

}  // namespace

std::string breach::describe() const {
  const rule_info& law = info(broken);
  std::string text = fmt::format("{} broken by the {} at {} on NIC {}: {}", law.id,
                                 law.duty == party::hardware ? "hardware" : "driver", in_us(time), nic, sentence);
  if (frame != 0) text += fmt::format("; frame {}", frame);
  if (descriptor != no_descriptor) text += fmt::format("; descriptor {}", descriptor);
  if (address != 0) text += fmt::format("; address {:#x}", address);
  text += fmt::format(" [rule: {}; {}]", law.sentence, law.source);
  text += fmt::format("\n  hardware last: {}\n  driver last: {}", list(hardware), list(driver));
  return text;
}

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/vcd_signals.h"

#include <fmt/format.h>

#include <algorithm>

namespace ringside::platform {
namespace {

// IEEE 1364-2005 18.2.3.8: identifier codes are printable characters, ! to ~.
std::string code_of(std::size_t number) {
  constexpr std::size_t base = 94;
  std::string code;
  do {
    code += static_cast<char>('!' + number % base);
    number /= base;
  } while (number != 0);
  return code;
}

std::string value_of(std::uint64_t value, unsigned bits) {
  if (bits == 1) return (value & 1) != 0 ? "1" : "0";
  return fmt::format("b{:b} ", bits < 64 ? value & ((std::uint64_t{1} << bits) - 1) : value);
}

constexpr std::size_t most_letters = 32;

}  // namespace

void vcd_signals::open_scope(std::string_view name) {
  declarations_.push_back({declaration::step::open, std::string(name)});
}

void vcd_signals::close_scope() {
  declarations_.push_back({declaration::step::close, {}});
}

vcd_signals::id vcd_signals::declare(std::string_view name, kind what, unsigned bits, std::string value) {
  const id number = signals_.size();
  signals_.push_back({std::string(name), what, bits, {}, std::move(value)});
  declarations_.push_back({declaration::step::signal, {}, number});
  return number;
}

vcd_signals::id vcd_signals::number(std::string_view name, unsigned bits) {
  return declare(name, kind::number, bits, value_of(0, bits));
}
vcd_signals::id vcd_signals::word(std::string_view name) {
  return declare(name, kind::word, standard_ ? most_letters * 8 : 1, value_of_word("-"));
}
vcd_signals::id vcd_signals::moment(std::string_view name) {
  return declare(name, kind::moment, 1, {});
}

std::string vcd_signals::value_of_word(std::string_view text) const {
  if (!standard_) return fmt::format("s{} ", text);
  std::string bits;
  for (const char letter : text.substr(0, most_letters))
    bits += fmt::format("{:08b}", static_cast<unsigned char>(letter));
  return fmt::format("b{} ", std::string_view(bits).substr(std::min(bits.find('1'), bits.size())));
}

void vcd_signals::add(id signal, std::string value, sim_time t) {
  changes_.emplace(std::max(t, settled_), change{signal, std::move(value)});
}

void vcd_signals::set(id signal, std::uint64_t value, sim_time t) {
  add(signal, value_of(value, signals_[signal].bits), t);
}
void vcd_signals::set(id signal, std::string_view text, sim_time t) {
  add(signal, value_of_word(text), t);
}
void vcd_signals::happen(id signal, sim_time t) {
  add(signal, "1", t);
}

std::string vcd_signals::header(std::string_view prefix) {
  std::string out;
  for (const declaration& d : declarations_) {
    if (d.what == declaration::step::open) out += fmt::format("$scope module {} $end\n", d.scope);
    if (d.what == declaration::step::close) out += "$upscope $end\n";
    if (d.what != declaration::step::signal) continue;
    variable& s = signals_[d.signal];
    s.code = std::string(prefix) + code_of(d.signal);
    const char* type = s.what == kind::word && !standard_ ? "string" : s.what == kind::moment ? "event" : "wire";
    const std::string range = s.bits > 1 ? fmt::format(" [{}:0]", s.bits - 1) : "";
    out += fmt::format("$var {} {} {} {}{} $end\n", type, s.bits, s.code, s.name, range);
  }
  return out;
}

std::string vcd_signals::all_values() const {
  std::string out;
  for (const variable& s : signals_)
    if (s.what != kind::moment) out += s.value + s.code + "\n";
  return out;
}

std::string vcd_signals::take_next() {
  const sim_time t = next_change();
  const auto end = changes_.upper_bound(t);
  // The last word of an instant counts, so that a value that came back leaves no trace.
  std::vector<id> touched;
  std::vector<std::string> before;
  for (auto at = changes_.begin(); at != end; ++at) {
    const auto& [which, value] = at->second;
    if (std::find(touched.begin(), touched.end(), which) == touched.end()) {
      touched.push_back(which);
      before.push_back(signals_[which].value);
    }
    signals_[which].value = value;
  }
  changes_.erase(changes_.begin(), end);
  std::string out;
  for (std::size_t i = 0; i < touched.size(); ++i) {
    const variable& s = signals_[touched[i]];
    if (s.what == kind::moment || s.value != before[i]) out += s.value + s.code + "\n";
  }
  return out;
}

}  // namespace ringside::platform

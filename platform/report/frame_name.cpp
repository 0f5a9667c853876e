// SPDX-License-Identifier: Apache-2.0
#include "platform/report/frame_name.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace ringside::platform {

// Of machine a without its letter.  Who counts beside the machine itself (segments, looped copies) is a number.
std::string frame_name(frame_id id) {
  const unsigned machine = machine_of(id);
  const std::string whose = machine == 0 ? "" : fmt::format("{}:", machine_letter(machine));
  const unsigned counter = wire_of(id) - (machine << machine_shift);
  const auto counted = [&](std::string_view kind) {
    return counter == 0 ? fmt::format("{}{} {}", whose, kind, number_of(id))
                        : fmt::format("{}{} {}.{}", whose, kind, counter, number_of(id));
  };
  switch (kind_of(id)) {
    case frame_kind::made:
      return counted("made");
    case frame_kind::derived:
      return counted("derived");
    default:
      return machine == 0 ? std::to_string(id) : fmt::format("{}{}", whose, number_of(id));
  }
}

std::optional<frame_id> frame_by_name(std::string_view name) {
  frame_kind kind = frame_kind::received;
  std::uint64_t machine = 0;
  if (name.starts_with("a:") || name.starts_with("b:")) {
    machine = static_cast<std::uint64_t>(name.front() - 'a') << machine_shift;
    name.remove_prefix(2);
  }
  for (const auto& [word, named] : {std::pair{std::string_view("made"), frame_kind::made},
                                    std::pair{std::string_view("derived"), frame_kind::derived}}) {
    if (!name.starts_with(word)) continue;
    name.remove_prefix(word.size());
    if (name.empty() || (name.front() != ' ' && name.front() != ':')) return std::nullopt;
    name.remove_prefix(1);
    kind = named;
    break;
  }
  const auto number = [](std::string_view digits, std::uint64_t greatest) -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value > greatest) return std::nullopt;
    return value;
  };
  constexpr std::uint64_t greatest_counter = (1U << (frame_kind_shift - frame_wire_shift)) - 1;
  std::optional<std::uint64_t> counter = 0;
  if (const auto dot = name.find('.'); dot != std::string_view::npos && kind != frame_kind::received) {
    counter = number(name.substr(0, dot), greatest_counter);
    name.remove_prefix(dot + 1);
  }
  const auto count =
      number(name, kind == frame_kind::received ? (frame_id{1} << frame_kind_shift) - 1 : frame_number_mask);
  if (!counter || !count || *count == 0) return std::nullopt;
  if (kind == frame_kind::received) return *count | machine << frame_wire_shift;
  return make_frame_id(kind, static_cast<std::uint16_t>(*counter + machine), *count);
}

}  // namespace ringside::platform

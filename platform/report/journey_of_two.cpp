// SPDX-License-Identifier: Apache-2.0
#include "platform/report/journey_of_two.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "platform/report/frame_name.h"
#include "platform/report/step_detail.h"

namespace ringside::platform {
namespace {

constexpr std::size_t lanes_of_one = 5;
constexpr std::size_t lanes_of_both = 2 * lanes_of_one;
constexpr std::size_t width_of_lane = 5;

// CPU to wire, and from the other machine's wire to its CPU.
std::size_t place_of(const event& e) {
  const auto lane_index = static_cast<std::size_t>(info(e.what).where);
  return machine_of(e) == 0 ? lanes_of_one - 1 - lane_index : lanes_of_one + lane_index;
}

std::size_t column_at(std::size_t place) {
  return place * width_of_lane + 2;
}

/// A dot in the step's lane, an arrow from the lane of the step before.
std::string lanes_line(std::size_t from, std::size_t to) {
  std::array<std::string_view, lanes_of_both * width_of_lane> cells;
  cells.fill(" ");
  for (std::size_t i = 0; i < lanes_of_both; ++i) cells[column_at(i)] = "│";
  for (std::size_t x = std::min(column_at(from), column_at(to)) + 1; x < std::max(column_at(from), column_at(to)); ++x)
    cells[x] = "─";
  if (from < to) {
    cells[column_at(from)] = "╰";
    cells[column_at(to) - 1] = "▶";
  } else if (from > to) {
    cells[column_at(from)] = "╯";
    cells[column_at(to) + 1] = "◀";
  }
  cells[column_at(to)] = "●";
  std::string out;
  for (const std::string_view cell : cells) out += cell;
  return out;
}

}  // namespace

std::string print_journey_of_two(const std::vector<journey>& parts, const journey_style& style) {
  std::vector<event> steps;
  for (const journey& j : parts) steps.insert(steps.end(), j.steps.begin(), j.steps.end());
  if (steps.empty()) return "The frame never came to be.\n";
  std::stable_sort(steps.begin(), steps.end(), [](const event& x, const event& y) { return x.time < y.time; });
  // Time counts from the frame itself: a descriptor may have been fetched long before.
  const auto of_frame = std::find_if(steps.begin(), steps.end(), [](const event& e) { return e.frame != 0; });
  const event first = of_frame == steps.end() ? steps.front() : *of_frame;
  std::string out = fmt::format("Journey of frame {} and what came of it, from machine {} on at {} ns\n\n",
                                frame_name(first.frame), machine_letter(machine_of(first)), exact_ns(first.time));
  out += fmt::format("{:>13} {:>8} {:>8}  {:<24} {:<24} {:<18} {:<12} {:<30} {}\n", "", "", "", "machine a",
                     " machine b", "", "", "", "");
  out += fmt::format("{:>13} {:>8} {:>8}  {} {:<18} {:<12} {:<30} {}\n", "ns", "RTL clk", "PCI clk",
                     " CPU  mem  bus FIFO wire wire FIFO  bus  mem  CPU ", "stage", "frame", "what", "stands for");
  std::size_t before = place_of(steps.front());
  for (const event& e : steps) {
    const std::size_t here = place_of(e);
    const sim_time since = e.time - first.time;
    out += fmt::format("{:>13} {:>8} {:>8}  {} {:<18} {:<12} {:<30} {}\n", exact_ns(since),
                       whole_clocks(since, style.rtl_clock_hz), whole_clocks(since, style.pci_clock_hz),
                       lanes_line(before, here), info(e.what).name, e.frame == 0 ? "" : frame_name(e.frame),
                       step_detail(e), info(e.what).reference);
    before = here;
  }
  return out;
}

}  // namespace ringside::platform

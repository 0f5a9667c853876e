// SPDX-License-Identifier: Apache-2.0
#include "platform/report/journey_printer.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "platform/report/frame_name.h"
#include "platform/report/step_detail.h"

namespace ringside::platform {
namespace {

constexpr std::size_t lanes = 5;
constexpr std::size_t lane_width = 5;

constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view plain = "\x1b[0m";
constexpr std::array<std::string_view, lanes> lane_colour{"\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[34m", "\x1b[32m"};

std::size_t column_of(std::size_t lane_index) {
  return lane_index * lane_width + 2;
}

/// The lanes of one line: a dot in the step's lane, an arrow from the lane of the step before.
std::string draw_lanes(std::size_t from, std::size_t to, const journey_style& style) {
  std::array<std::string_view, lanes * lane_width> cells;
  cells.fill(" ");
  for (std::size_t i = 0; i < lanes; ++i) cells[column_of(i)] = "│";
  for (std::size_t x = std::min(column_of(from), column_of(to)) + 1; x < std::max(column_of(from), column_of(to)); ++x)
    cells[x] = "─";
  if (from < to) {
    cells[column_of(from)] = "╰";
    cells[column_of(to) - 1] = "▶";
  } else if (from > to) {
    cells[column_of(from)] = "╯";
    cells[column_of(to) + 1] = "◀";
  }
  cells[column_of(to)] = "●";
  std::string out;
  for (std::size_t x = 0; x < cells.size(); ++x) {
    const bool lit = style.colour && x == column_of(to);
    if (lit) out += lane_colour[to];
    if (style.colour && !lit && cells[x] != " ") out += dim;
    out += cells[x];
    if (style.colour && cells[x] != " ") out += plain;
  }
  return out;
}

std::string fate_text(const journey& j) {
  switch (j.fate) {
    case journey::end::delivered:
      return "delivered to a socket";
    case journey::end::consumed:
      return "consumed by a protocol";
    case journey::end::dropped:
      return fmt::format("dropped: {}", name(j.reason));
    case journey::end::merged:
      return "merged into another frame";
    case journey::end::transmitted:
      return "sent";
    case journey::end::in_flight:
      break;
  }
  return "in flight at the end";
}

std::string interrupt_text(const journey& j, sim_time start) {
  if (!j.by.taken) return "The driver did not take it.";
  if (j.by.own && j.by.rode_on == j.frame)
    return fmt::format("Its own interrupt: INTA# asserted {} ns after its first byte.",
                       exact_ns(j.by.asserted - start));
  if (j.by.own)
    return fmt::format("It shared the interrupt of frame {}: INTA# asserted {} ns after its first byte.", j.by.rode_on,
                       exact_ns(j.by.asserted - start));
  if (j.by.rode_on != 0)
    return fmt::format("Polled without an interrupt of its own: it rode on the interrupt of frame {}.", j.by.rode_on);
  return "Polled without an interrupt.";
}

std::string header(const journey_style& style) {
  const std::string line = fmt::format("{:>11} {:>7} {:>7}  wire FIFO  bus  mem  CPU {:<18} {:<24} {}", "ns", "RTL clk",
                                       "PCI clk", " stage", "what", "stands for");
  return style.colour ? fmt::format("{}{}{}\n", bold, line, plain) : line + "\n";
}

}  // namespace

std::int64_t whole_clocks(sim_time difference, const rational& clock_hz) {
  const wide_int ticks = static_cast<wide_int>(difference) * clock_hz.num;
  const wide_int unit = static_cast<wide_int>(second) * clock_hz.den;
  const wide_int quotient = ticks / unit;
  return static_cast<std::int64_t>(ticks % unit < 0 ? quotient - 1 : quotient);
}

std::string exact_ns(sim_time t) {
  const sim_time size = t < 0 ? -t : t;
  return fmt::format("{}{}.{:03}", t < 0 ? "-" : "", size / ns, size % ns);
}

std::string print_journey(const journey& j, const journey_style& style) {
  const bool received = kind_of(j.frame) == frame_kind::received;
  if (j.steps.empty())
    return fmt::format("Frame {} {}.\n", frame_name(j.frame), received ? "was never on the wire" : "never came to be");
  sim_time start = j.steps.front().time;
  for (const event& e : j.steps)
    if (e.what == stage::wire_sof) start = e.time;
  const std::string bytes = j.bytes != 0 || received ? fmt::format("{} bytes with FCS, ", j.bytes) : "";
  std::string out = fmt::format("Journey of frame {}: {}{} at {} ns, {}\n\n", frame_name(j.frame), bytes,
                                received ? "first byte" : "came to be", exact_ns(start), fate_text(j));
  out += header(style);
  auto before = static_cast<std::size_t>(info(j.steps.front().what).where);
  for (const event& e : j.steps) {
    const stage_info& row = info(e.what);
    const auto here = static_cast<std::size_t>(row.where);
    const sim_time since = e.time - start;
    out += fmt::format("{:>11} {:>7} {:>7}  {} {:<18} {:<24} {}\n", exact_ns(since),
                       whole_clocks(since, style.rtl_clock_hz), whole_clocks(since, style.pci_clock_hz),
                       draw_lanes(before, here, style), row.name, step_detail(e), row.reference);
    before = here;
  }
  return received ? out + "\n" + interrupt_text(j, start) + "\n" : out;
}

}  // namespace ringside::platform

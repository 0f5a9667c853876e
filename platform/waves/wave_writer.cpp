// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/wave_writer.h"

#include <algorithm>
#include <cerrno>
#include <string>

#include "platform/report/output_file.h"

namespace ringside::platform {
namespace {

// A bus transaction is told at its end and drawn from its start: nothing is written before it is this old.  A burst on
// a 33 MHz bus would need 13 clocks for every dword of a full write-back to be longer; its start is then drawn late.
constexpr sim_time look_back = 100 * us;

vcd_signals& in_top_scope(vcd_signals& signals) {
  signals.open_scope("ringside");
  return signals;
}

}  // namespace

wave_writer::wave_writer(const wave_options& options, const wave_layout& layout)
    : options_(options),
      file_(options.vcd, std::ios::binary | std::ios::trunc),
      signals_(options.standard),
      stages_(in_top_scope(signals_)),
      hardware_(signals_, layout.pci_clock),
      software_(signals_, layout.cpus) {
  signals_.close_scope();
  if (!file_) fail(errno);
}

void wave_writer::on_event(const event& e) {
  stages_.on_event(e);
  hardware_.on_event(e);
  software_.on_event(e);
}

void wave_writer::advance(sim_time t) {
  write_until(t - look_back);
}

void wave_writer::finish() {
  write_until(time_never);
  begin_window();
  errno = 0;
  file_.close();
  if (!file_) fail(error_ != 0 ? error_ : errno);
}

void wave_writer::fail(int why) const {
  throw output_error(options_.name.empty() ? options_.vcd : options_.name, why);
}

// No date: equal runs make equal files.
void wave_writer::write_header() {
  header_written_ = true;
  // Codes longer than any of the card's are free.
  const std::string prefix(card_.longest_code(), '~');
  file_ << "$version Ringside $end\n$timescale 1ps $end\n"
        << signals_.header(prefix) << card_.header() << "$enddefinitions $end\n";
}

void wave_writer::write_until(sim_time t) {
  errno = 0;
  if (!header_written_) write_header();
  for (;;) {
    const sim_time next = std::min(signals_.next_change(), card_.next());
    if (next >= t) break;
    write_instant(next);
  }
  if (!file_ && error_ == 0) error_ = errno;
  signals_.settle(t);
}

void wave_writer::begin_window() {
  if (begun_) return;
  begun_ = true;
  file_ << '#' << options_.start << '\n' << signals_.all_values();
}

// What changes at `t`: the software's signals, then the card's.
std::string wave_writer::take(sim_time t) {
  std::string lines;
  if (signals_.next_change() == t) lines = signals_.take_next();
  if (card_.next() == t) lines += card_.take_next();
  return lines;
}

void wave_writer::write_instant(sim_time t) {
  if (!begun_ && t > options_.start) begin_window();  // the state the window finds
  const std::string lines = take(t);
  if (t == options_.start) {
    begin_window();  // the card's first section has the same time and holds all of its signals
    file_ << lines;
  } else if (t > options_.start && t <= options_.end && !lines.empty()) {
    file_ << '#' << t << '\n' << lines;
  }
}

}  // namespace ringside::platform

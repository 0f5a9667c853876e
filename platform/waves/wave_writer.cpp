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

// Longer than any code of a card with fewer than 94^5 signals.
constexpr std::string_view second_card = "~~~~~~";

std::string scope_of(std::size_t machine) {
  return std::string("machine_") + machine_letter(static_cast<unsigned>(machine));
}

}  // namespace

wave_writer::wave_writer(const wave_options& options, const std::vector<wave_layout>& machines)
    : options_(options), file_(options.vcd, std::ios::binary | std::ios::trunc), signals_(options.standard) {
  signals_.open_scope("ringside");
  for (std::size_t i = 0; i < machines.size(); ++i) {
    if (machines.size() > 1) signals_.open_scope(scope_of(i));
    parts_.push_back(std::make_unique<part>(signals_, machines[i], i == 0 ? std::string_view() : second_card));
    if (machines.size() > 1) signals_.close_scope();
  }
  signals_.close_scope();
  if (!file_) fail(errno);
}

void wave_writer::on_event(const event& e) {
  event own = e;
  own.unit %= most_machines;  // within its machine
  part& of = *parts_[machine_of(e)];
  of.stages.on_event(own);
  of.hardware.on_event(own);
  of.software.on_event(own);
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
  std::size_t longest = 0;
  for (const auto& of : parts_) longest = std::max(longest, of->card.longest_code());
  const std::string prefix(longest, '~');
  file_ << "$version Ringside $end\n$timescale 1ps $end\n"
        << signals_.header(prefix) << card_headers() << "$enddefinitions $end\n";
}

std::string wave_writer::card_headers() const {
  if (parts_.size() == 1) return parts_.front()->card.header();
  std::string out;
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (const std::string& header = parts_[i]->card.header(); !header.empty())
      out += "$scope module " + scope_of(i) + " $end\n" + header + "$upscope $end\n";
  return out;
}

sim_time wave_writer::next_of_cards() const {
  sim_time next = time_never;
  for (const auto& of : parts_) next = std::min(next, of->card.next());
  return next;
}

void wave_writer::write_until(sim_time t) {
  errno = 0;
  if (!header_written_) write_header();
  for (;;) {
    const sim_time next = std::min(signals_.next_change(), next_of_cards());
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

// What changes at `t`: the software's signals, then the cards'.
std::string wave_writer::take(sim_time t) {
  std::string lines;
  if (signals_.next_change() == t) lines = signals_.take_next();
  for (const auto& of : parts_)
    if (of->card.next() == t) lines += of->card.take_next();
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

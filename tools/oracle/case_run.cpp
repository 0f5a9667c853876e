// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/case_run.h"

#include <algorithm>

#include "hw/regs/e1000_regs.h"

namespace ringside::oracle {
namespace {

std::uint64_t little(std::span<const std::uint8_t> raw, std::size_t at, unsigned bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) value |= std::uint64_t{raw[at + i]} << (8 * i);
  return value;
}

void append(byte_vector& to, std::uint64_t value, unsigned bytes) {
  for (unsigned i = 0; i < bytes; ++i) to.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

bool begins_with(std::span<const std::uint8_t> bytes, const byte_vector& with) {
  return bytes.size() >= with.size() && std::equal(with.begin(), with.end(), bytes.begin());
}

class case_runner {
 public:
  case_runner(oracle_card& card, const oracle_case& c) : card_(card), case_(c) {}

  case_result run() {
    read_reset_values();
    set_up();
    for (std::uint32_t number = 0; number < case_.rounds.size(); ++number) {
      round_result& r = out_.rounds.emplace_back();
      receive(case_.rounds[number], number, r);
      transmit(case_.rounds[number], number, r);
      card_.settle();
      r.causes = card_.read(reg::ICR);
      if (!r.receive_ended || !r.transmit_ended) break;  // the comparison says so
    }
    read_back();
    for (const register_step& step : case_.steps) {
      if (step.write) {
        card_.write(step.offset, step.value);
        continue;
      }
      if (step.offset == reg::EERD) card_.settle();  // a word comes bit by bit (E-1)
      out_.steps.push_back(card_.read(step.offset));
    }
    out_.accesses = card_.accesses();
    return std::move(out_);
  }

 private:
  std::uint32_t ring() const { return static_cast<std::uint32_t>(case_.buffers.size()); }

  void read_reset_values() {
    for (const reg::row& row : reg::table) {
      if (!row.reset_defined || (row.offset >= reg::CRCERRS && row.offset <= reg::TSCTFC)) continue;
      for (std::uint32_t i = 0; i < row.count; ++i) {
        const std::uint32_t offset = row.offset + i * row.stride;
        out_.at_reset.push_back({offset, card_.read(offset)});
      }
    }
  }

  void set_up() {
    for (const auto& [offset, value] : case_.registers) card_.write(offset, value);
    card_.put(payload_at, case_.payload);
    card_.fill(transmit_ring_at, case_.transmit_ring * descriptor_bytes, 0);
    for (std::uint32_t i = 0; i < ring(); ++i) give_buffer(i);
    card_.write(reg::RDLEN, ring() * descriptor_bytes);
    card_.write(reg::RDBAH, 0);
    card_.write(reg::RDBAL, receive_ring_at);
    card_.write(reg::RDH, 0);
    card_.write(reg::RDT, 0);
    card_.write(reg::TDLEN, case_.transmit_ring * descriptor_bytes);
    card_.write(reg::TDBAH, 0);
    card_.write(reg::TDBAL, transmit_ring_at);
    card_.write(reg::TDH, 0);
    card_.write(reg::TDT, 0);
    card_.write(reg::RCTL, case_.rctl);
    card_.write(reg::TCTL, case_.tctl);
    if (!case_.dry_start) give_all();
    card_.settle();
    card_.read(reg::ICR);
  }

  void give_buffer(std::uint32_t index) {
    byte_vector raw;
    append(raw, case_.buffers[index], 8);
    raw.resize(descriptor_bytes);
    card_.put(receive_ring_at + index * descriptor_bytes, raw);
    if (case_.buffers[index] != 0)
      card_.fill(case_.buffers[index] - guard_bytes, case_.buffer_bytes() + 2 * guard_bytes, untouched);
  }
  // All descriptors but one belong to the card.
  void give_all() { card_.write(reg::RDT, (next_ + ring() - 1) % ring()); }

  /// Frames the card has done, from the next descriptor on; without what is in the buffers.
  std::vector<frame_chain> done_chains() {
    const byte_vector raw = card_.memory(receive_ring_at, case_.buffers.size() * descriptor_bytes);
    std::vector<frame_chain> chains;
    frame_chain chain;
    for (std::uint32_t n = 0; n + 1 < ring(); ++n) {
      const std::uint32_t index = (next_ + n) % ring();
      const std::size_t at = index * descriptor_bytes;
      done_descriptor d{.index = index,
                        .address = little(raw, at, 8),
                        .length = static_cast<std::uint32_t>(little(raw, at + 8, 2)),
                        .checksum = static_cast<std::uint32_t>(little(raw, at + 10, 2)),
                        .status = raw[at + 12],
                        .errors = raw[at + 13],
                        .special = static_cast<std::uint32_t>(little(raw, at + 14, 2)),
                        .window = {}};
      if ((d.status & rxd_status::DD) == 0) break;
      const bool last = (d.status & rxd_status::EOP) != 0;
      chain.push_back(std::move(d));
      if (last) chains.push_back(std::exchange(chain, {}));
    }
    return chains;
  }
  void look_into(done_descriptor& d) {
    if (d.address != 0 && d.address == case_.buffers[d.index])
      d.window = card_.memory(d.address - guard_bytes, std::min(d.length, case_.buffer_bytes()) + 2 * guard_bytes);
  }

  void receive(const oracle_round& round, std::uint32_t number, round_result& r) {
    if (round.received.empty()) return void(r.receive_ended = true);
    card_.offer(round.received);
    if (number == 0 && case_.dry_start) {
      card_.settle();
      give_all();
    }
    const byte_vector marker = marker_frame(true, number);
    r.receive_ended = card_.work_until([&] {
      card_.write(reg::RDTR, case_.rdtr | rdtr::FPD);  // what a threshold holds back
      r.received = done_chains();
      if (r.received.empty()) return false;
      done_descriptor& last = r.received.back().back();
      look_into(last);
      return begins_with(last.data(), marker);
    });
    for (frame_chain& chain : r.received)
      for (done_descriptor& d : chain) look_into(d);
    r.receive_head = card_.read(reg::RDH);
    for (const frame_chain& chain : r.received)
      for (const done_descriptor& d : chain) give_buffer(d.index);
    for (const frame_chain& chain : r.received) next_ = (next_ + static_cast<std::uint32_t>(chain.size())) % ring();
    give_all();
  }

  void transmit(const oracle_round& round, std::uint32_t number, round_result& r) {
    const byte_vector marker = marker_frame(false, number);
    card_.put(round.descriptors.back().address, marker);
    const std::uint32_t first = tail_;
    for (const raw_descriptor& d : round.descriptors) {
      byte_vector raw;
      append(raw, d.address, 8);
      append(raw, d.lower, 4);
      append(raw, d.upper, 4);
      card_.put(transmit_ring_at + tail_ * descriptor_bytes, raw);
      tail_ = (tail_ + 1) % case_.transmit_ring;
    }
    card_.write(reg::TDT, tail_);
    r.transmit_ended = card_.work_until([&] {
      for (byte_vector& frame : card_.take_sent()) r.sent.push_back(std::move(frame));
      return !r.sent.empty() && begins_with(r.sent.back(), marker) && card_.read(reg::TDH) == tail_;
    });
    r.transmit_head = card_.read(reg::TDH);
    for (std::uint32_t n = 0; n < round.descriptors.size(); ++n) {
      const std::uint32_t index = (first + n) % case_.transmit_ring;
      const byte_vector raw = card_.memory(transmit_ring_at + index * descriptor_bytes, descriptor_bytes);
      auto& words = r.descriptors.emplace_back();
      for (std::size_t word = 0; word < words.size(); ++word)
        words[word] = static_cast<std::uint32_t>(little(raw, 4 * word, 4));
    }
  }

  void read_back() {
    for (const auto& [offset, value] : case_.registers) out_.settings.push_back({offset, card_.read(offset)});
    for (const std::uint32_t offset : {reg::STATUS, reg::RCTL, reg::TCTL, reg::RDBAL, reg::RDBAH, reg::RDLEN, reg::RDTR,
                                       reg::TDBAL, reg::TDBAH, reg::TDLEN, reg::TDT, reg::ICS, reg::PBA})
      out_.settings.push_back({offset, card_.read(offset)});
    for (std::vector<register_value>* to : {&out_.counters, &out_.counters_again})
      for (const reg::row& row : reg::table)
        if (row.offset >= reg::CRCERRS && row.offset <= reg::TSCTFC)
          to->push_back({row.offset, card_.read(row.offset)});
  }

  oracle_card& card_;
  const oracle_case& case_;
  case_result out_;
  std::uint32_t next_ = 0;  // first receive descriptor that is not done
  std::uint32_t tail_ = 0;  // of the transmit ring
};

}  // namespace

std::span<const std::uint8_t> done_descriptor::data() const {
  if (window.size() < 2 * guard_bytes) return {};
  return std::span(window).subspan(guard_bytes, window.size() - 2 * guard_bytes);
}

bool done_descriptor::guards_untouched() const {
  const auto clean = [](auto from, auto to) { return std::all_of(from, to, [](auto b) { return b == untouched; }); };
  return window.empty() ||
         (clean(window.begin(), window.begin() + guard_bytes) && clean(window.end() - guard_bytes, window.end()));
}

byte_vector bytes_of(const frame_chain& chain) {
  byte_vector all;
  for (const done_descriptor& d : chain) all.insert(all.end(), d.data().begin(), d.data().end());
  return all;
}

case_result run_case(oracle_card& card, const oracle_case& c) {
  return case_runner(card, c).run();
}

}  // namespace ringside::oracle

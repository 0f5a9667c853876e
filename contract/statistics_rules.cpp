// SPDX-License-Identifier: Apache-2.0
#include "contract/statistics_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/drop_reason.h"
#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {
namespace {

// From a frame's last byte on the wire to its counters: a byte time at 10 Mb/s and some clocks.
constexpr sim_time counting = 1 * us;
// Both halves are read in one go; interrupts and softirqs may come between them.
constexpr sim_time one_update = 100 * ms;
constexpr std::uint64_t low_word = 0xFFFF'FFFF;
constexpr std::uint32_t mac_control_type = 0x8808;  // F-1, what wire_mark::mac_control stands for

}  // namespace

void statistics_rules::add(counter c, bool certain) {
  ranges_[c].low += certain;
  ++ranges_[c].high;
}

void statistics_rules::add(pair p, std::uint32_t bytes, bool certain) {
  if (certain) octets_[p].low += bytes;
  octets_[p].high += bytes;
}

void statistics_rules::note(sim_time t, std::uint32_t which, std::uint32_t bytes) {
  recent_[next_recent_] = {t, which, bytes};
  next_recent_ = (next_recent_ + 1) % recent_.size();
}

std::uint64_t statistics_rules::recently(std::uint32_t which, bool bytes, sim_time t) const {
  std::uint64_t sum = 0;
  for (const recent_count& r : recent_)
    if (t - r.time <= counting && (r.which & which) != 0) sum += bytes ? r.bytes : 1;
  return sum;
}

// all frames on the wire, with the receiver on and the link up.
void statistics_rules::seen(const frame_record& row, sim_time t) {
  if (row.silent || row.start <= state_.reset_at) return;
  add(tpr);
  add(tor, row.bytes);
  // F-2, F-3: PAUSE and its like, whatever the address filter says; which of them the checker cannot see.
  const nic_registers& r = state_.registers;
  const bool by_type = r.flow_type() == mac_control_type && r.flow_type_written() < row.start;
  if (!by_type || (row.marks & wire_mark::mac_control) != 0)
    for (const counter c : {xonrxc, xoffrxc, fcruc}) add(c, /*certain=*/false);
  note(t, bit(tpr) | bit(tor), row.bytes);
}

void statistics_rules::on_end(frame_record& row, sim_time t) {
  row.ended = true;
  if (row.here) seen(row, t);
}

// A frame too short for the filter to be asked before its end.
void statistics_rules::on_filter(const frame_record& row, sim_time t) {
  watching_ = true;
  if (row.ended) seen(row, t);
}

// good and placed in the FIFO.  With SBP others are placed too and count in the error counters alone.
void statistics_rules::on_commit(const frame_record& row, sim_time t) {
  const nic_registers& r = state_.registers;
  // F-2: a PAUSE frame that is obeyed is in the host's memory and in none of these.
  const bool certain = r.rctl_written() < row.start && (row.marks & wire_mark::mac_control) == 0;
  const std::uint32_t longest = r.longest_frame();
  const bool bad_crc = (row.marks & wire_mark::bad_fcs) != 0;
  const bool rx_er = (row.marks & wire_mark::rx_er) != 0;
  const bool runt = row.bytes < ethernet::least_frame;
  const bool giant = row.bytes > longest;
  std::uint32_t which = 0;
  const auto count = [&](counter c) {
    add(c, certain);
    which |= bit(c);
  };
  if (!bad_crc && !rx_er && !runt && !giant) {
    count(gprc);
    const std::uint32_t n = row.bytes;
    count(n == 64 ? prc64 : n <= 127 ? prc127 : n <= 255 ? prc255 : n <= 511 ? prc511 : n <= 1023 ? prc1023 : prc1522);
    if ((row.marks & wire_mark::broadcast) != 0) count(bprc);
    if ((row.marks & wire_mark::multicast) != 0) count(mprc);
    add(gor, row.bytes, certain);
    which |= bit(gor);
  } else {
    if (runt) count(bad_crc ? rfc : ruc);
    if (giant) count(bad_crc ? rjc : roc);
    if (runt || giant) count(rlec);
    if (!runt && bad_crc) count(crcerrs);
    if (!runt && rx_er) count(rxerrc);
  }
  note(t, which, row.bytes);
}

// FS 6.8; a frame lost to overflow counts in MPC, TPR and TOR alone.
void statistics_rules::on_drop(const frame_record& row, std::uint64_t reason, sim_time t) {
  const bool bad_crc = (row.marks & wire_mark::bad_fcs) != 0;
  const bool rx_er = (row.marks & wire_mark::rx_er) != 0;
  std::uint32_t which = 0;
  const auto count = [&](counter c) {
    add(c);
    which |= bit(c);
  };
  switch (static_cast<drop_reason>(reason)) {
    case drop_reason::fifo_overflow:
      count(mpc);
      ++missed_;
      break;
    case drop_reason::undersize:
      count(ruc);
      count(rlec);
      break;
    case drop_reason::fragment:
      count(rfc);
      count(rlec);
      break;
    case drop_reason::oversize:
      count(roc);
      count(rlec);
      if (rx_er) count(rxerrc);
      break;
    case drop_reason::jabber:
      count(rjc);
      count(rlec);
      count(crcerrs);
      if (rx_er) count(rxerrc);
      break;
    case drop_reason::crc_error:
      count(crcerrs);
      break;
    case drop_reason::rx_error:
      count(rxerrc);
      if (bad_crc) count(crcerrs);
      break;
    default:
      return;
  }
  note(t, which, row.bytes);
}

void statistics_rules::on_rnbc(sim_time t) {
  add(rnbc);
  note(t, bit(rnbc), 0);
}

int statistics_rules::find(std::uint64_t offset) {
  switch (offset) {
    case reg::CRCERRS:
      return crcerrs;
    case reg::RXERRC:
      return rxerrc;
    case reg::MPC:
      return mpc;
    case reg::RLEC:
      return rlec;
    case reg::PRC64:
      return prc64;
    case reg::PRC127:
      return prc127;
    case reg::PRC255:
      return prc255;
    case reg::PRC511:
      return prc511;
    case reg::PRC1023:
      return prc1023;
    case reg::PRC1522:
      return prc1522;
    case reg::GPRC:
      return gprc;
    case reg::RNBC:
      return rnbc;
    case reg::RUC:
      return ruc;
    case reg::RFC:
      return rfc;
    case reg::ROC:
      return roc;
    case reg::RJC:
      return rjc;
    case reg::BPRC:
      return bprc;
    case reg::MPRC:
      return mprc;
    case reg::XONRXC:
      return xonrxc;
    case reg::XOFFRXC:
      return xoffrxc;
    case reg::FCRUC:
      return fcruc;
    case reg::TPR:
      return tpr;
    default:
      return -1;
  }
}

void statistics_rules::on_read(std::uint64_t offset, std::uint32_t value, sim_time t) {
  if (value == ~0U) return;  // saturated, or N-13
  switch (offset) {
    case reg::GORCL:
      return on_read_low(gor, value, t);
    case reg::GORCH:
      return on_read_high(gor, value, t);
    case reg::TORL:
      return on_read_low(tor, value, t);
    case reg::TORH:
      return on_read_high(tor, value, t);
    case reg::SYMERRS:
      if (value != 0) state_.log.trip(rule::R_57, t, fmt::format("SYMERRS reads {}", value), {});
      return;
    default:
      break;
  }
  if (const int c = find(offset); c >= 0) on_read_counter(offset, static_cast<counter>(c), value, t);
}

rule statistics_rules::blame(counter c, const range& r, std::uint64_t value) const {
  if (value > r.high && was_reset_ && !r.read) return rule::R_54;
  if (value > r.high && r.last != 0 && value - r.last <= r.high) return rule::R_52;
  if (value < r.low && r.contested) return rule::R_51;
  switch (c) {
    case mpc:
      return rule::R_31;
    case rnbc:
      return rule::R_32;
    case tpr:
      return missed_ != 0 && r.low - std::min(r.low, value) == missed_ ? rule::R_33 : rule::R_53;
    case gprc:
      return missed_ != 0 && value == r.high + missed_ ? rule::R_33 : rule::R_55;
    case prc64:
    case prc127:
    case prc255:
    case prc511:
    case prc1023:
    case prc1522:
    case bprc:
    case mprc:
      return rule::R_55;
    case xonrxc:
    case xoffrxc:
    case fcruc:
      return rule::F_2;
    default:
      return rule::R_56;
  }
}

void statistics_rules::on_read_counter(std::uint64_t offset, counter c, std::uint32_t value, sim_time t) {
  range& r = ranges_[c];
  const std::uint64_t recent = recently(bit(c), false, t);
  const std::uint64_t low = r.low - std::min(r.low, recent);
  if (watching_ && (value < low || value > r.high))
    state_.log.trip(blame(c, r, value), t,
                    fmt::format("statistic {:#x} reads {}, {} to {} by the events", offset, value, low, r.high),
                    {0, breach::no_descriptor, offset});
  // What it did not show must be shown by the next read.
  const bool sound = value <= r.high;
  r.high = sound ? r.high - value : recent;
  r.low = sound && value >= low ? r.low - std::min<std::uint64_t>(r.low, value) : 0;
  r.last = value;
  r.read = true;
  r.contested = recent != 0;
  if (c == tpr) missed_ = 0;
}

void statistics_rules::on_read_low(pair p, std::uint32_t value, sim_time t) {
  range& r = octets_[p];
  const std::uint64_t low = r.low - std::min(r.low, recently(bit(p), true, t));
  if (watching_ && r.high <= low_word && (value < low || value > r.high)) {
    const bool stale = r.last != 0 && value > r.high && value - r.last <= r.high;
    const rule broken = was_reset_ && !r.read && value > r.high ? rule::R_54
                        : stale                                 ? rule::R_50
                        : p == gor                              ? rule::R_55
                                                                : rule::R_53;
    state_.log.trip(broken, t, fmt::format("octets read {}, {} to {} by the events", value, low, r.high), {});
    r.low = r.high = value;
  }
  r.last = value;
  r.read = true;
  r.low_read_at = t;
}

// clears both; what arrived since the low word was read is lost.
void statistics_rules::on_read_high(pair p, std::uint32_t value, sim_time t) {
  range& r = octets_[p];
  if (watching_ && (value < r.low >> 32 || value > r.high >> 32))
    state_.log.trip(rule::R_50, t, fmt::format("the high word reads {}, octets are {}", value, r.high), {});
  if (watching_ && r.low != 0 && t - r.low_read_at > one_update)
    state_.log.trip(rule::S_16, t, fmt::format("{} octets are cleared unread", r.low), {});
  r.low = 0;
  r.high = recently(bit(p), true, t);
  r.read = true;
}

void statistics_rules::on_reset() {
  ranges_ = {};
  octets_ = {};
  recent_ = {};
  missed_ = 0;
  was_reset_ = true;
}

}  // namespace ringside::contract

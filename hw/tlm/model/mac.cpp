// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/mac.h"

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "common/ethernet.h"
#include "hw/tlm/model/checksum_unit.h"
#include "hw/tlm/wire/frame_marks.h"

namespace ringside::tlm::model {
namespace {
constexpr sim_time pause_unit_bytes = 64;                                            // F-1
constexpr std::size_t header_wanted = ethernet::header_bytes + ethernet::tag_bytes;  // what the filter looks at

std::uint32_t size_bin(std::size_t length) {
  if (length <= 64) return reg::PRC64;
  if (length <= 127) return reg::PRC127;
  if (length <= 255) return reg::PRC255;
  if (length <= 511) return reg::PRC511;
  return length <= 1023 ? reg::PRC1023 : reg::PRC1522;
}
bool is_broadcast(const std::vector<std::uint8_t>& bytes) {
  for (unsigned i = 0; i < 6; ++i)
    if (bytes[i] != 0xFF) return false;
  return true;
}
}  // namespace

void mac::listen() {
  if (receiving_) return;  // its end listens again
  const wire_frame* next = wire_.peek();
  if (next == nullptr) expected_ = time_never;  // cut off before it had begun here
  if (next == nullptr || next->start == expected_) return;
  expected_ = next->start;
  core_.at(next->start, [this, start = next->start] {
    if (start == expected_) begin();  // else another frame has come before it
  });
}

// IEEE 802.3 35.2.1.5, 35.2.3: RX_ER with RX_DV at any byte of the frame, and the preamble is its first part.
bool mac::rx_error_in(const wire_frame& frame) const {
  const std::int64_t at = frame.rx_er_at;
  if (at == no_rx_er) return false;
  if (at < 0) return at >= -1 - std::int64_t{wire_.params().preamble_bytes};
  return at < static_cast<std::int64_t>(frame.bytes.size());
}

void mac::begin() {
  const auto a = std::make_shared<arrival>();
  a->frame = wire_.pop();
  receiving_ = true;
  expected_ = time_never;
  judge(a, /*from_wire=*/true);
}

// B-1: as it was sent, and by the same rules as a frame of the wire.
void mac::loop(frame_id id, const std::vector<std::uint8_t>& bytes) {
  const auto a = std::make_shared<arrival>();
  a->frame.bytes = bytes;
  a->frame.marks = marks_of(bytes, ethernet::longest_frame);
  if (id != 0) {
    const auto counter = static_cast<std::uint16_t>(looped_counters + core_.params.unit);
    a->frame.id = make_frame_id(frame_kind::derived, counter, ++looped_);
    core_.emit(stage::skb_link, a->frame.id, id, static_cast<std::uint64_t>(link_kind::copy));
  }
  judge(a, /*from_wire=*/false);
}

void mac::judge(const std::shared_ptr<arrival>& a, bool from_wire) {
  core_.emit(stage::wire_sof, a->frame.id, a->frame.length_told(), a->frame.announced != 0 ? 0 : a->frame.marks);
  a->rctl = core_.regs.get(reg::RCTL);
  a->ctrl = core_.regs.get(reg::CTRL);
  a->rxcsum = core_.regs.get(reg::RXCSUM);
  a->epoch = epoch_;
  a->first = core_.now + wire_.params().preamble_bytes * wire_.params().byte_time;
  if ((a->rctl & rctl::EN) == 0 || core_.config.asleep())
    a->refused = drop_reason::rx_disabled;
  else if (!around_.link_up() || (from_wire && around_.looped()))
    a->refused = drop_reason::link_down;
  if (a->frame.feed != nullptr) {
    a->regs = std::make_unique<const register_file>(core_.regs);
    return follow(a);
  }
  decide(filter_, *a);
  a->fills = a->refused == drop_reason::none && a->said.passed_filter;
  if (a->fills) flow_.arriving(a->first, a->frame.bytes.size());
  expect_last_byte(a, from_wire);
}

void mac::decide(const frame_filter& filter, arrival& a) {
  a.said = filter.judge(a.frame.bytes, rx_error_in(a.frame));
  a.tagged = filter.tagged(a.frame.bytes);
  if (a.refused != drop_reason::none) a.said.reason = a.refused;
}

// While its bytes come over a cable: looks again when the last one known is on the wire, which has to be told by then
// whether it is the frame's last.
void mac::follow(const std::shared_ptr<arrival>& a) {
  const std::size_t had = a->frame.bytes.size();
  const bool all = a->frame.feed->refill(a->frame);
  const std::size_t known = a->frame.bytes.size();
  if (!a->header_seen && (all || known >= header_wanted)) look_at_header(*a);
  if (all) {
    decide(frame_filter(*a->regs), *a);
    return expect_last_byte(a, /*from_wire=*/true);
  }
  const sim_time byte_time = wire_.params().byte_time;
  const sim_time next = known == 0 ? a->first : a->first + static_cast<sim_time>(known - 1) * byte_time;
  if (known == had && core_.now >= next) throw std::logic_error("a byte is due before it came over the cable");
  core_.at(next, [this, a] { follow(a); });
}

// F-10: what the filter takes fills the FIFO from its first byte on; here that is known a header later.
void mac::look_at_header(arrival& a) {
  a.header_seen = true;
  if (a.refused != drop_reason::none) return;
  a.fills = frame_filter(*a.regs).judge(a.frame.bytes, false).passed_filter;
  if (a.fills) flow_.arriving(a.first, a.frame.announced);
}

void mac::expect_last_byte(const std::shared_ptr<arrival>& a, bool from_wire) {
  const sim_time last = a->first + static_cast<sim_time>(a->frame.bytes.size() - 1) * wire_.params().byte_time;
  core_.at(last, [this, a, from_wire] {
    core_.emit(stage::wire_eof, a->frame.id, a->frame.bytes.size(), a->frame.marks);
    if (from_wire) {
      receiving_ = false;
      listen();
    }
    core_.after(core_.params.filter_clocks, [this, a] {
      end(*a);
      if (a->fills && a->epoch == epoch_) flow_.arrived();
    });
  });
}

void mac::end(const arrival& a) {
  if (a.epoch != epoch_) {
    core_.emit(stage::filter_reject, a.frame.id, 0, static_cast<std::uint64_t>(drop_reason::nic_reset));
    return;
  }
  const verdict& v = a.said;
  if (v.reason == drop_reason::rx_disabled || v.reason == drop_reason::link_down) {  // FS 6.7 step 1: not counted, L-6
    core_.emit(stage::filter_reject, a.frame.id, 0, static_cast<std::uint64_t>(v.reason));
    return;
  }
  count_arrival(a);
  count_flow_control(v);
  if (!v.keep) {
    if (v.passed_filter && !v.good) count_bad(a);
    core_.emit(stage::filter_reject, a.frame.id, 0, static_cast<std::uint64_t>(v.reason));
    return;
  }
  core_.emit(stage::filter_accept, a.frame.id);
  keep(a);
}

// Every frame seen, bad and missed ones too.
void mac::count_arrival(const arrival& a) {
  core_.stats.count(reg::TPR);
  core_.stats.add_octets(reg::TORL, static_cast<std::uint32_t>(a.frame.bytes.size()));
}

// FS 6.8's last column.
void mac::count_bad(const arrival& a) {
  const verdict& v = a.said;
  const bool short_frame = a.frame.bytes.size() < ethernet::least_frame;
  if (short_frame) core_.stats.count(v.fcs_good ? reg::RUC : reg::RFC);
  if (v.too_long) core_.stats.count(v.fcs_good ? reg::ROC : reg::RJC);
  if (short_frame || v.too_long) core_.stats.count(reg::RLEC);
  if (!short_frame && !v.fcs_good) core_.stats.count(reg::CRCERRS);
  if (!short_frame && v.rx_error) core_.stats.count(reg::RXERRC);
}

// counted as it goes into the packet buffer.
void mac::count_good(const arrival& a) {
  if (a.said.pause_obeyed) return;  // F-2
  const std::vector<std::uint8_t>& bytes = a.frame.bytes;
  core_.stats.count(reg::GPRC);
  core_.stats.add_octets(reg::GORCL, static_cast<std::uint32_t>(bytes.size()));
  core_.stats.count(size_bin(bytes.size()));
  if (is_broadcast(bytes))
    core_.stats.count(reg::BPRC);
  else if ((bytes[0] & 1) != 0)
    core_.stats.count(reg::MPRC);
}

void mac::count_flow_control(const verdict& v) {
  if (v.unsupported_control) core_.stats.count(reg::FCRUC);
  if (!v.pause) return;
  core_.stats.count(v.pause_time == 0 ? reg::XONRXC : reg::XOFFRXC);
  if (!v.pause_obeyed || !around_.full_duplex()) return;  // F-2, T-76
  paused_until_ = core_.now + v.pause_time * pause_unit_bytes * wire_.params().byte_time;
  core_.at(paused_until_, [this] { around_.pause_over(); });
}

void mac::keep(const arrival& a) {
  stored_frame stored = make_stored(a);
  const bool room = buffer_.has_room(stored.bytes.size());
  // counted whether the frame is then stored or missed; PAUSE frames are left out.
  if (a.said.good && !a.said.pause_obeyed && around_.free_descriptors() == 0) {
    core_.stats.count(reg::RNBC);
    core_.emit(stage::rnbc, a.frame.id);
  }
  if (!room) {  // nowhere else
    core_.stats.count(reg::MPC);
    core_.emit(stage::fifo_drop, a.frame.id, 0, static_cast<std::uint64_t>(drop_reason::fifo_overflow));
    around_.set_cause(icr::RXO);
    flow_.overflow();
    return;
  }
  if (a.said.good)
    count_good(a);
  else
    count_bad(a);
  buffer_.store(std::move(stored));
  core_.emit(stage::fifo_commit, a.frame.id);
  around_.frame_stored();
}

stored_frame mac::make_stored(const arrival& a) const {
  stored_frame s;
  s.id = a.frame.id;
  const std::span<const std::uint8_t> wire_bytes = a.frame.bytes;
  const std::size_t packet = wire_bytes.size() - std::min<std::size_t>(wire_bytes.size(), ethernet::fcs_bytes);
  const checksum_result sums = verify_checksums(wire_bytes.first(packet), a.tagged, a.rxcsum);
  if (sums.ip_checked) s.status |= rxd_status::IPCS;
  if (sums.l4_checked) s.status |= rxd_status::TCPCS;
  if (!sums.ip_checked && !sums.l4_checked) s.status |= rxd_status::IXSM;
  if (sums.ip_bad) s.errors |= rxd_error::IPE;
  if (sums.l4_bad) s.errors |= rxd_error::TCPE;
  if (a.said.inexact) s.status |= rxd_status::PIF;
  if (!a.said.fcs_good) s.errors |= rxd_error::CE;
  if (a.said.rx_error) s.errors |= rxd_error::RXE;
  const bool strip = a.tagged && (a.ctrl & ctrl::VME) != 0;
  if (strip) {
    s.status |= rxd_status::VP;
    s.special = big_endian_16(wire_bytes, ethernet::type_offset + 2);
  }
  s.bytes = a.frame.bytes;
  if ((a.rctl & rctl::SECRC) != 0) s.bytes.resize(packet);
  if (strip)
    s.bytes.erase(s.bytes.begin() + ethernet::type_offset,
                  s.bytes.begin() + ethernet::type_offset + ethernet::tag_bytes);
  s.packet_checksum = packet_checksum(s.bytes, a.rxcsum & rxcsum::PCSS);
  return s;
}

void mac::reset() {
  ++epoch_;
  paused_until_ = 0;
}

}  // namespace ringside::tlm::model

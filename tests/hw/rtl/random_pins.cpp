// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/rtl/random_pins.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/host/random_frames.h"

namespace ringside::rtl_test {
namespace {

constexpr std::uint8_t preamble = 0x55;
constexpr std::uint8_t start_frame_delimiter = 0xD5;
constexpr std::uint64_t quiet_start = 1000;  // clocks before the first access that is not part of the set-up

// By link_speed_i: 10, 100, 1000 Mb/s.
constexpr std::array<std::uint32_t, 3> clocks_per_byte{100, 10, 1};

std::vector<std::uint8_t> with_fcs(const offered_frame& frame) {
  std::vector<std::uint8_t> bytes = frame.bytes;
  if (frame.pad && bytes.size() < 60) bytes.resize(60);
  std::uint32_t fcs = static_cast<std::uint32_t>(crc32(0, bytes.data(), static_cast<uInt>(bytes.size())));
  if (frame.bad_fcs) fcs ^= 1;
  for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(fcs >> (8 * i)));
  return bytes;
}

}  // namespace

random_pins::random_pins(std::uint64_t seed)
    : random_(seed),
      slow_wire_(seed % 4 == 0),
      enable_phase_(random_.below(100)),
      resets_in_traffic_(seed % 3 == 0),
      slow_write_data_(seed % 5 < 2),
      errors_(seed % 7 < 2) {
  for (const offered_frame& frame : tlm::make_frames(random_, 200)) stock_.push_back(with_fcs(frame));
  change_speed();
  configure(4, 7);  // I/O, memory, bus master
  configure(0x0C, 0x4010);
  set_up();
  for (unsigned i = 0; i < 4; ++i) {
    write(reg::MTA + 4 * below(128), static_cast<std::uint32_t>(random_.next()));
    write(reg::VFTA + 4 * below(128), static_cast<std::uint32_t>(random_.next()));
  }
}

const card_inputs& random_pins::next(std::uint64_t cycle, const card_outputs& outputs) {
  reset_and_link(cycle);
  gmii(cycle);
  target(cycle, outputs);
  master(cycle, outputs);
  return pins_;
}

void random_pins::reset_and_link(std::uint64_t cycle) {
  if (resets_in_traffic_ && cycle > quiet_start && one_in(150'000)) {
    reset_until_ = cycle + 4 + below(8);
    ++resets;
  }
  pins_.rst_ni = cycle >= reset_until_;
  if (one_in(30'000)) pins_.m66en_i ^= 1;
  if (one_in(50)) pins_.eeprom_do_i ^= 1;
  if (one_in(30'000)) change_speed();
  if (cycle != link_change_) return;
  pins_.link_up_i ^= 1;
  change_speed();
  ++link_changes;
  link_change_ = cycle + (pins_.link_up_i != 0 ? 20'000 + below(100'000) : 200 + below(3000));
}

void random_pins::change_speed() {
  pins_.link_speed_i = slow_wire_ ? static_cast<std::uint8_t>(below(3)) : 2;
  clocks_per_byte_ = clocks_per_byte.at(pins_.link_speed_i);
}

// ---- wire ----
void random_pins::next_frame() {
  ++frames;
  burst_.assign(one_in(8) ? below(12) : 7, preamble);
  if (!one_in(40)) burst_.push_back(start_frame_delimiter);
  const auto& frame = stock_[below(static_cast<std::uint32_t>(stock_.size()))];
  const std::size_t length = one_in(20) ? std::min<std::size_t>(frame.size(), below(70)) : frame.size();
  burst_.insert(burst_.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
  if (burst_.empty()) burst_.push_back(preamble);
  sent_ = 0;
  rx_er_ = one_in(25);
}

void random_pins::gmii(std::uint64_t cycle) {
  // The transmit side's byte times lie elsewhere.
  pins_.gmii_tx_ce_i = (cycle + 3 * enable_phase_) % clocks_per_byte_ == 0;
  pins_.gmii_ce_i = (cycle + enable_phase_) % clocks_per_byte_ == 0;
  if (pins_.gmii_ce_i == 0) {  // nobody looks
    pins_.gmii_rx_dv_i = static_cast<std::uint8_t>(below(2));
    pins_.gmii_rx_er_i = static_cast<std::uint8_t>(below(2));
    pins_.gmii_rxd_i = static_cast<std::uint8_t>(below(256));
    return;
  }
  pins_.gmii_rx_er_i = 0;
  pins_.gmii_rx_dv_i = 0;
  pins_.gmii_rxd_i = 0;
  if (gap_ > 0) {
    --gap_;
    if (gap_ == 0) next_frame();
    return;
  }
  pins_.gmii_rx_dv_i = 1;
  pins_.gmii_rx_er_i = rx_er_ && one_in(40);
  pins_.gmii_rxd_i = burst_[sent_++];
  if (sent_ == burst_.size()) gap_ = one_in(5) ? 12 + below(2000) : one_in(4) ? 1 + below(11) : 12;
}

// ---- software ----
void random_pins::set_up() {
  ring_ = 8 * (1 + below(12));
  tail_ = ring_ - 1;
  ctrl_ = ctrl::SLU | (one_in(2) ? ctrl::VME : 0) | (one_in(2) ? ctrl::RFCE : 0) | (one_in(2) ? ctrl::TFCE : 0);
  rctl_ = rctl::EN | some_filters();
  write(reg::CTRL, ctrl_);
  write(reg::VET, one_in(4) ? 0x88A8 : 0x8100);
  write(reg::RDBAL, below(1U << 20) << 12 | below(16) << 7);
  write(reg::RDBAH, below(2));
  write(reg::RDLEN, ring_ * 16);
  write(reg::RDH, 0);
  write(reg::RDT, tail_);
  write(reg::RDTR, one_in(2) ? 0 : below(8));
  write(reg::RADV, below(12));
  write(reg::RSRPD, one_in(3) ? 100 : 0);
  write(reg::ITR, one_in(2) ? 0 : below(200));
  write(reg::IMS, below(1U << 17));
  write(reg::RXDCTL, below(20) | below(8) << 8 | below(12) << 16 | below(2) << 24);
  write(reg::RXCSUM, below(0x800));
  write(reg::FCAL, 0x00C2'8001);
  write(reg::FCAH, 0x0100);
  write(reg::FCT, 0x8808);
  write(reg::PBA, 8 * (1 + below(6)));
  write(reg::RCTL, rctl_);
  set_up_transmit();
}

void random_pins::set_up_transmit() {
  tx_ring_ = 8 * (1 + below(12));
  tx_tail_ = tx_ring_ - 1;
  tctl_ = tctl::EN | (one_in(2) ? tctl::PSP : 0);
  write(reg::TDBAL, below(1U << 20) << 12 | below(16) << 7);
  write(reg::TDBAH, below(2));
  write(reg::TDLEN, tx_ring_ * 16);
  write(reg::TDH, 0);
  write(reg::TDT, tx_tail_);
  write(reg::TIDV, one_in(2) ? 0 : below(8));
  write(reg::TADV, below(12));
  write(reg::TIPG, below(16));
  write(reg::TXDCTL, below(20) | below(8) << 8 | below(12) << 16 | below(2) << 24 | below(4) << 25);
  write(reg::FCTTV, below(40));
  write(reg::FCRTH, below(600) << 3);
  write(reg::FCRTL, below(300) << 3 | below(2) << 31);
  write(reg::TCTL, tctl_);
}

void random_pins::some_transmit_access() {
  switch (below(8)) {
    case 0:
      write(reg::TCTL, tctl_ & ~tctl::EN);
      if (one_in(2)) write(reg::TDH, below(tx_ring_));
      write(reg::TCTL, tctl_);
      break;
    case 1:
      write(reg::TCTL, tctl_ | tctl::SWXOFF);
      break;
    case 2:
      write(reg::MDIC, 0x0420'5140);  // loopback
      if (one_in(2)) write(reg::TDT, tx_tail_);
      write(reg::MDIC, 0x0420'1140);
      break;
    case 3:
      write(reg::TXDCTL, below(20) | below(8) << 8 | below(12) << 16 | below(2) << 24 | below(4) << 25);
      break;
    case 4:
      if (one_in(4)) set_up_transmit();
      break;
    default:
      tx_tail_ = (tx_tail_ + 1 + below(tx_ring_ / 2 + 1)) % tx_ring_;
      write(reg::TDT, tx_tail_);
      break;
  }
}

std::uint32_t random_pins::some_filters() {
  constexpr std::uint32_t any = rctl::SBP | rctl::UPE | rctl::MPE | rctl::LPE | rctl::BAM | rctl::VFE | rctl::CFIEN |
                                rctl::CFI | rctl::BSEX | rctl::SECRC | rctl::RDMTS | rctl::MO | rctl::BSIZE;
  return static_cast<std::uint32_t>(random_.next() & random_.next()) & any;
}

std::uint32_t random_pins::some_register() {
  static constexpr std::uint32_t offsets[]{
      reg::CTRL, reg::STATUS, reg::EECD,   reg::EERD,  reg::MDIC,  reg::ICR,   reg::ITR,    reg::ICS,
      reg::IMS,  reg::RCTL,   reg::PBA,    reg::RDBAL, reg::RDLEN, reg::RDH,   reg::RDT,    reg::RDTR,
      reg::RADV, reg::RXDCTL, reg::RXCSUM, reg::RDFH,  reg::RDFT,  reg::RDFHS, reg::RDFTS,  reg::RDFPC,
      reg::MTA,  reg::RAL,    reg::RAH,    reg::TDFH,  reg::TSPMT, reg::IPAV,  reg::IP4AT,  reg::IP6AT,
      reg::TDH,  reg::TDT,    reg::TDBAL,  reg::TIDV,  reg::TADV,  reg::TCTL,  reg::TXDCTL, reg::TIPG};
  constexpr std::uint32_t statistics_begin = 0x4000;
  if (one_in(2)) return statistics_begin + 4 * below(64);
  return offsets[below(static_cast<std::uint32_t>(std::size(offsets)))];
}

void random_pins::some_access() {
  if (one_in(3)) return some_transmit_access();
  switch (below(20)) {
    case 0:
      write(one_in(2) ? reg::IMS : reg::IMC, below(1U << 17));
      break;
    case 1:
      write(reg::ICS, below(1U << 17));
      break;
    case 2:
      read(reg::ICR);
      break;
    case 3:
      if (one_in(4)) write(reg::RCTL, rctl_ & ~rctl::EN);
      if (one_in(2)) write(reg::RDFH + 8 * below(4), below(8192));
      write(reg::RCTL, rctl_);
      break;
    case 4:
      if (one_in(6)) set_up();
      break;
    case 5:
      write(reg::RDTR, below(6) | (one_in(3) ? 1U << 31 : 0));  // FPD
      break;
    case 6:
      write(reg::ITR, below(300));
      break;
    case 7:
      write(reg::MTA + 4 * below(128), static_cast<std::uint32_t>(random_.next()));
      write(reg::RAL + 8 * (1 + below(15)), static_cast<std::uint32_t>(random_.next()));
      write(reg::RAH + 8 * (1 + below(15)), static_cast<std::uint32_t>(random_.next()));
      break;
    case 8:
      if (!one_in(3)) break;
      configure(4, one_in(2) ? 3 : 0x407);  // bus master off, or INTx disabled
      accesses_.push_back({0, 0, 4, 0});
      configure(4, 7);
      configure(0x0C, below(32) | 0x4000, 3);
      break;
    case 9:
      // An error stops DMA until a reset.
      if ((!resets_in_traffic_ && !errors_) || !one_in(4)) break;
      ++soft_resets;
      write(reg::CTRL, ctrl_ | ctrl::RST);
      set_up();
      break;
    case 10:
      accesses_.push_back({2, 1, 0, some_register()});  // IOADDR, then IODATA
      accesses_.push_back({2, 0, 4, 0});
      break;
    case 11:
      write(reg::MDIC, one_in(2) ? below(1U << 28) : (below(1U << 28) & ~mdic::PHYADD) | 1U << mdic::PHYADD_SHIFT);
      if (one_in(2)) write(reg::MDIC, 0x0420'1140);  // powered, no loopback
      if (one_in(8)) write(reg::CTRL, ctrl_ | ctrl::PHY_RST);
      if (one_in(2)) write(reg::CTRL, ctrl_);
      write(reg::EERD, below(256) << 8 | 1);
      break;
    case 12:
      if (one_in(8)) {
        configure(0xE0, below(4), 1);  // power state
        if (one_in(2)) configure(4, 7);
        configure(0xE0, 0, 1);
        if (one_in(2)) read(some_register());
        configure(4, 7);  // D0 uninitialized ends
        set_up();         // ... with everything as after a reset
      }
      break;
    case 13:
    case 14:
    case 15:
      read(some_register());
      break;
    default:
      tail_ = (tail_ + 1 + below(ring_ / 2 + 1)) % ring_;
      write(reg::RDT, tail_);
      break;
  }
}

void random_pins::target(std::uint64_t cycle, const card_outputs& outputs) {
  if (accesses_.empty() && cycle > quiet_start && one_in(400)) some_access();
  offering_ = !accesses_.empty() && cycle > 20 && (offering_ || !one_in(3));
  pins_.tgt_req_valid_i = offering_;
  if (!offering_) {
    pins_.tgt_write_i = static_cast<std::uint8_t>(below(2));
    pins_.tgt_addr_i = below(1U << 17);
    pins_.tgt_wdata_i = static_cast<std::uint32_t>(random_.next());
    return;
  }
  const access& a = accesses_.front();
  pins_.tgt_space_i = a.space;
  pins_.tgt_write_i = a.write;
  pins_.tgt_addr_i = a.offset;
  pins_.tgt_be_i = a.enables;
  pins_.tgt_wdata_i = a.data;
  if (outputs.tgt_req_ready && pins_.rst_ni != 0) accesses_.pop_front();  // taken at this edge
}

// ---- bus ----
std::uint8_t random_pins::status(std::uint32_t one_error_in) {
  if (!errors_ || !one_in(one_error_in)) return 0;
  ++bus_errors;
  return static_cast<std::uint8_t>(1 + below(3));
}

// Descriptors: a buffer address, sometimes null, below 4 GiB; of transmit ones bytes 8 to 11 hold a short length
// and any command.
std::uint32_t random_pins::some_word(std::uint8_t kind, std::uint32_t beat) {
  constexpr std::uint8_t tx_payload = 4;
  constexpr std::uint8_t tx_fetch = 5;
  if (kind == tx_payload) return static_cast<std::uint32_t>(random_.next());
  if (kind == tx_fetch && beat % 4 == 2)
    return below(one_in(20) ? 5000 : 200) | (one_in(3) ? below(16) << 20 : below(2) << 20) |
           static_cast<std::uint32_t>(random_.next() | random_.next()) << 24;
  if (kind == tx_fetch && beat % 4 == 3) return static_cast<std::uint32_t>(random_.next()) & (one_in(2) ? ~0U : 0x3F00);
  return beat % 4 == 0 && !one_in(30) ? 1 + below(1U << 30) : beat % 4 > 1 ? below(1U << 31) : 0;
}

void random_pins::take_request(std::uint64_t cycle, const card_outputs& outputs) {
  if (outputs.req_write) return writes_.push_back(outputs.req_tag);
  std::uint64_t at = std::max<std::uint64_t>(cycle + 10 + below(60), bus_free_);
  const std::uint8_t how = status(60);
  const auto lane = static_cast<std::uint32_t>(outputs.req_addr % 4);
  const std::uint32_t beats = how != 0 ? 1 : (lane + outputs.req_len + 3) / 4;
  for (std::uint32_t beat = 0; beat < beats; ++beat) {
    responses_.push_back({at, outputs.req_tag, how, beat + 1 == beats,
                          some_word(static_cast<std::uint8_t>(outputs.req_tag >> 2), beat)});
    at += 1 + below(4);
  }
  bus_free_ = at;
}

void random_pins::master(std::uint64_t cycle, const card_outputs& outputs) {
  pins_.mst_wdata_ready_i = !slow_write_data_ || !one_in(3);
  pins_.mst_req_ready_i = writes_.size() < 4 && !one_in(5);
  if (pins_.rst_ni == 0) {
    writes_.clear();
    responses_.clear();
  } else {
    if (outputs.req_valid && pins_.mst_req_ready_i != 0) take_request(cycle, outputs);
    if (outputs.wdata_valid && pins_.mst_wdata_ready_i != 0 && outputs.wlast && !writes_.empty()) {
      bus_free_ = std::max<std::uint64_t>(cycle + 3 + below(80), bus_free_) + 1;
      responses_.push_back({bus_free_ - 1, writes_.front(), status(200), true, 0});
      writes_.pop_front();
    }
  }
  pins_.mst_rsp_valid_i = !responses_.empty() && responses_.front().cycle <= cycle;
  if (pins_.mst_rsp_valid_i == 0) {
    pins_.mst_rsp_tag_i = static_cast<std::uint8_t>(below(32));
    pins_.mst_rsp_status_i = static_cast<std::uint8_t>(below(4));
    pins_.mst_rsp_last_i = static_cast<std::uint8_t>(below(2));
    pins_.mst_rsp_data_i = static_cast<std::uint32_t>(random_.next());
    return;
  }
  const response& r = responses_.front();
  pins_.mst_rsp_tag_i = r.tag;
  pins_.mst_rsp_status_i = r.status;
  pins_.mst_rsp_last_i = r.last;
  pins_.mst_rsp_data_i = r.data;
  responses_.pop_front();
}

}  // namespace ringside::rtl_test

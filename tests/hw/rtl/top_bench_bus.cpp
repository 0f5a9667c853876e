// SPDX-License-Identifier: Apache-2.0
// The pins of top_bench: what is driven before an edge and what is checked and recorded after it.
#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>
#include <array>

#include "Ve1000_top.h"
#include "tests/hw/rtl/top_bench.h"

namespace ringside::rtl_test {
namespace {

// Codes of mst_req_kind_o (hw/regs/e1000_pins.toml); the _end kinds are a payload's last burst.
kind kind_of(unsigned code) {
  constexpr std::array of_code = {kind::payload,    kind::fetch,    kind::writeback,    kind::payload,
                                  kind::tx_payload, kind::tx_fetch, kind::tx_writeback, kind::tx_payload};
  return of_code.at(code);
}
bool is_end(unsigned code) {
  return code == 3 || code == 7;
}
bool is_write(kind what) {
  return what == kind::payload || what == kind::writeback || what == kind::tx_writeback;
}
// Dwords of a read: whole ones, whatever bytes of the first and last are asked for.
unsigned beats_of(const bus_op& op) {
  return static_cast<unsigned>((op.addr & 3) + op.length + 3) / 4;
}

}  // namespace

void top_bench::drive() {
  dut_->gmii_tx_ce_i = now_ % tx_byte_clocks == 0;
  // GMII
  const bool byte_now = !wire_.empty() && wire_.front().time <= now_;
  dut_->gmii_rx_dv_i = byte_now;
  dut_->gmii_rxd_i = byte_now ? wire_.front().data : 0;
  if (byte_now) wire_.pop_front();

  // ready inputs and the transfers they make at this edge
  const bool req_ready = random(1) >= timing.stall_percent;
  const bool wdata_ready = random(2) >= timing.stall_percent;
  dut_->mst_req_ready_i = req_ready;
  dut_->mst_wdata_ready_i = wdata_ready;

  if (dut_->mst_wdata_valid_o && wdata_ready && dut_->rst_ni) {
    ASSERT_FALSE(write_queue_.empty()) << "a beat without a request, cycle " << now_;
    bus_op& op = log[write_queue_.front()];
    const unsigned first_lane = beat_ == 0 ? op.addr & 3 : 0;
    const unsigned left = op.length - static_cast<unsigned>(op.data.size());
    const unsigned lanes = std::min(4 - first_lane, left);
    EXPECT_EQ(dut_->mst_wbe_o, ((1U << lanes) - 1) << first_lane) << "cycle " << now_;
    for (unsigned lane = first_lane; lane < first_lane + lanes; ++lane)
      op.data.push_back(static_cast<std::uint8_t>(dut_->mst_wdata_o >> (8 * lane)));
    op.frame_tags.push_back(dut_->mst_wtag_o);
    ++beat_;
    const bool last = op.data.size() == op.length;
    EXPECT_EQ(dut_->mst_wlast_o, last) << "cycle " << now_;
    in_burst_ = !last;
    if (last) {
      const auto which = static_cast<std::size_t>(op.what);
      const unsigned span = timing.latency_max - timing.latency_min + 1;
      last_due_[which] = std::max(last_due_[which] + 1, now_ + timing.latency_min + random(3) % span);
      responses_[which].push_back({last_due_[which], write_queue_.front(), 0});
      write_queue_.pop_front();
      beat_ = 0;
    }
  }

  if (dut_->mst_req_valid_o && req_ready && dut_->rst_ni) take_request();
  respond();
}

void top_bench::take_request() {
  bus_op op;
  const unsigned code = dut_->mst_req_kind_o;
  op.ends_frame = is_end(code);
  op.what = kind_of(code);
  op.tag = dut_->mst_req_tag_o;
  op.write = dut_->mst_req_write_o;
  op.addr = dut_->mst_req_addr_o;
  op.length = dut_->mst_req_len_o;
  op.packet = dut_->mst_req_ftag_o;
  op.accepted = now_;
  EXPECT_GE(op.length, 1U);
  EXPECT_LE((op.addr & 0xFFF) + op.length, 4096U) << "crosses a 4 KiB page";
  EXPECT_EQ(op.write, is_write(op.what));
  EXPECT_EQ(kind_of(op.tag >> 2), op.what);
  EXPECT_FALSE(is_end(op.tag >> 2)) << "kind 3 or 7 in a tag means withdrawn";
  if (op.what == kind::payload || op.what == kind::tx_payload) {
    EXPECT_LE(op.addr % burst_bytes + op.length, burst_bytes);
  } else if (op.what == kind::tx_writeback) {
    EXPECT_EQ(op.addr % 16, 12U);
    EXPECT_EQ(op.length, 4U);
  } else {
    EXPECT_EQ(op.addr % 16, 0U);
    EXPECT_EQ(op.length % 16, 0U);
  }
  mix(now_ * 3 + op.addr + op.length);
  log.push_back(op);
  const auto which = static_cast<std::size_t>(op.what);
  if (op.write) {
    write_queue_.push_back(log.size() - 1);
  } else {
    const std::size_t limit = op.what == kind::tx_payload ? 4 : 1;
    EXPECT_LT(responses_[which].size(), limit) << "too many reads of a kind outstanding";
    const unsigned span = timing.latency_max - timing.latency_min + 1;
    last_due_[which] = std::max(last_due_[which] + 1, now_ + timing.latency_min + random(4) % span);
    responses_[which].push_back({last_due_[which], log.size() - 1, 0});
  }
  std::size_t writes = write_queue_.size();
  for (const kind what : {kind::payload, kind::writeback, kind::tx_writeback})
    writes += responses_[static_cast<std::size_t>(what)].size();
  EXPECT_LE(writes, 4U) << "more than four writes outstanding, cycle " << now_;
}

void top_bench::respond() {
  // one response beat a cycle: the kind that has been due longest
  dut_->mst_rsp_valid_i = 0;
  std::deque<pending_rsp>* source = nullptr;
  if (!frozen)
    for (auto& queue : responses_)
      if (!queue.empty() && queue.front().due <= now_ && (source == nullptr || queue.front().due < source->front().due))
        source = &queue;
  if (source == nullptr) return;
  pending_rsp& rsp = source->front();
  bus_op& op = log[rsp.op];
  const bool failed = static_cast<unsigned>(op.what) == fail_kind;
  dut_->mst_rsp_valid_i = 1;
  dut_->mst_rsp_tag_i = static_cast<CData>(op.tag & 0x1F);
  dut_->mst_rsp_status_i = failed ? static_cast<CData>(fail_status & 3) : 0;
  dut_->mst_rsp_last_i = 1;
  if (op.write) {
    if (!failed)
      for (unsigned i = 0; i < op.length; ++i) poke(op.addr + i, op.data[i]);
  } else {
    // Each byte in its lane; those that were not asked for mean nothing.
    std::uint32_t dword = 0x9E3779B9U * static_cast<std::uint32_t>(now_);
    for (unsigned lane = 0; lane < 4; ++lane) {
      const std::uint64_t at = (op.addr & ~std::uint64_t{3}) + 4ULL * rsp.beat + lane;
      if (at < op.addr || at >= op.addr + op.length) continue;
      dword = (dword & ~(0xFFU << (8 * lane))) | std::uint32_t{byte_at(at)} << (8 * lane);
    }
    dut_->mst_rsp_data_i = dword;
    dut_->mst_rsp_last_i = ++rsp.beat == beats_of(op) || failed;
    rsp.due = now_ + 1;
  }
  if (dut_->mst_rsp_last_i) {
    op.completed = now_;
    source->pop_front();
  }
}

void top_bench::sample() {
  if (!dut_->rst_ni) return;
  // hold until ready: a stalled request or beat must stand unchanged
  const std::uint64_t req = dut_->mst_req_addr_o ^ (std::uint64_t{dut_->mst_req_len_o} << 40) ^ dut_->mst_req_tag_o;
  const std::uint64_t wdata = dut_->mst_wdata_o | std::uint64_t{dut_->mst_wbe_o} << 32 |
                              std::uint64_t{dut_->mst_wtag_o} << 36 | std::uint64_t{dut_->mst_wlast_o} << 52;
  if (held_req_) {
    EXPECT_TRUE(dut_->mst_req_valid_o && req == held_req_value_) << "request changed, cycle " << now_;
  }
  if (held_wdata_) {
    EXPECT_TRUE(dut_->mst_wdata_valid_o && wdata == held_wdata_value_) << "beat changed, cycle " << now_;
  }
  if (in_burst_) {
    EXPECT_TRUE(dut_->mst_wdata_valid_o) << "bubble inside a burst, cycle " << now_;
  }
  held_req_value_ = req;
  held_wdata_value_ = wdata;
  // what the next drive() will do with the ready inputs is a function of the next cycle number
  ++now_;
  held_req_ = dut_->mst_req_valid_o && random(1) < timing.stall_percent;
  held_wdata_ = dut_->mst_wdata_valid_o && random(2) < timing.stall_percent;
  --now_;

  sample_gmii();
  // causes and held mean something with their strobes
  if (dut_->evt_rx_o != 0) mix(dut_->evt_rx_o + now_ * 5);
  if (dut_->evt_tx_o != 0) {
    tx_events.push_back({now_, dut_->evt_tx_o});
    mix(dut_->evt_tx_o + now_ * 19);
  }
  if (dut_->evt_cause_o) {
    causes.push_back({now_, dut_->evt_causes_o});
    EXPECT_NE(dut_->evt_causes_o, 0U) << "cycle " << now_;
    mix(dut_->evt_causes_o + now_ * 11);
  }
  if (dut_->evt_hold_o) {
    holds.push_back(now_);
    held.push_back(dut_->evt_held_o);
    EXPECT_NE(dut_->evt_held_o, 0U) << "cycle " << now_;
    mix(dut_->evt_held_o + now_ * 13);
  }
  if (dut_->evt_rst_o) {
    resets.push_back(now_);
    mix(now_ * 17);
  }
  const bool intx_is = dut_->intx_o;
  if (intx_is != intx_was_) {
    (intx_is ? intx_rises : intx_falls).push_back(now_);
    mix(now_ * 7 + intx_is);
  }
  intx_was_ = intx_is;
}

// What GMII shows for the byte time that begins with this edge.
void top_bench::sample_gmii() {
  EXPECT_EQ(dut_->gmii_tx_er_o, 0) << "T-75";
  if (!dut_->gmii_tx_ce_i) return;
  constexpr std::size_t preamble = 8;
  if (dut_->gmii_tx_en_o) {
    if (!sending_) frame_ = {now_, 0, {}};
    sending_ = true;
    frame_.bytes.push_back(dut_->gmii_txd_o);
    frame_.end = now_;
    mix(now_ * 23 + dut_->gmii_txd_o);
    return;
  }
  if (!sending_) return;
  sending_ = false;
  std::vector<std::uint8_t>& all = frame_.bytes;
  const std::vector<std::uint8_t> head = {0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0xD5};  // IEEE 802.3 3.2.1, 3.2.2
  EXPECT_GE(all.size(), preamble);
  EXPECT_TRUE(std::equal(head.begin(), head.end(), all.begin())) << "preamble, cycle " << frame_.start;
  all.erase(all.begin(), all.begin() + preamble);
  sent.push_back(frame_);
}

}  // namespace ringside::rtl_test

// SPDX-License-Identifier: Apache-2.0
// Coverage counts what happened and nothing else: events made by hand, each kind once and its neighbour not.
#include "tools/regress/coverage.h"

#include <gtest/gtest.h>

#include "common/drop_reason.h"
#include "common/reconfiguration.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/pci/pci_bus.h"
#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr std::uint64_t ring = 0x1'0000;
constexpr std::uint64_t first_buffer = 0x2'0000;

class coverage_of : public testing::Test {
 protected:
  coverage& seen(const std::vector<std::string>& keys = {}) {
    if (seen_ == nullptr) {
      plan_ = load_scenario("", keys);
      seen_ = std::make_unique<coverage>(plan_);
    }
    return *seen_;
  }
  void event_of(stage what, std::uint64_t a = 0, std::uint64_t b = 0) {
    seen().on_event({.time = now += 1 * us, .frame = 1, .a = a, .b = b, .what = what});
  }
  /// Descriptors [from, from + count) arrive in one burst.
  void fetch(std::uint64_t from, std::uint64_t count) {
    for (std::uint64_t i = from; i < from + count; ++i)
      event_of(stage::desc_load, ring + i * 16, first_buffer + i * 0x1000);
    event_of(stage::desc_fetch, ring + from * 16, count * 16);
  }
  void payload(std::uint64_t index) { event_of(stage::dma_write, first_buffer + index * 0x1000, 64); }
  void write_back(std::uint32_t descriptors) {
    using namespace tlm;
    event_of(stage::pci_transaction, ring,
             pci_word::pack(pci_word::kind::writeback, 0, descriptors * 16, 8, pci_word::write));
  }
  std::uint64_t count(const std::string& kind) {
    seen().finish(run_counters{}, interrupt_report{});
    return seen().counts().at(kind);
  }
  sim_time now = 0;

 private:
  scenario plan_;
  std::unique_ptr<coverage> seen_;
};

// FS 6.3: without PTHRESH a fetch waits until the chip has none left.
TEST_F(coverage_of, prefetch_is_a_fetch_beside_unused_descriptors) {
  fetch(0, 4);
  for (std::uint64_t i = 0; i < 4; ++i) payload(i);
  fetch(4, 4);
  EXPECT_EQ(count("prefetch"), 0U);
  payload(4);
  payload(5);
  fetch(8, 2);
  EXPECT_EQ(count("prefetch"), 1U);
}

TEST_F(coverage_of, prefetch_forgets_what_a_new_ring_forgets) {
  fetch(0, 4);
  event_of(stage::reg_write, reg::RDH, 0);
  fetch(0, 4);
  event_of(stage::nic_reset);
  fetch(0, 4);
  EXPECT_EQ(count("prefetch"), 0U);
}

TEST_F(coverage_of, page_crossed_is_in_the_middle_of_a_buffer) {
  fetch(0, 2);
  payload(0);
  EXPECT_EQ(count("page_crossed"), 0U);  // first_buffer is the start of a page
  event_of(stage::dma_write, first_buffer + 0x800, 64);
  EXPECT_EQ(count("page_crossed"), 0U);
  event_of(stage::dma_write, first_buffer + 0x1000 + 0x1000, 64);
  EXPECT_EQ(count("page_crossed"), 1U);
}

TEST_F(coverage_of, odd_buffer_is_the_first_address_of_a_frame) {
  event_of(stage::dma_start, 0x2'0042, 64);
  EXPECT_EQ(count("odd_buffer"), 0U);
  event_of(stage::dma_start, 0x2'0043, 64);
  EXPECT_EQ(count("odd_buffer"), 1U);
}

// FS 6.8: the limit is another above an MTU of 1500.
TEST_F(coverage_of, limit_moved_is_an_mtu_across_1500) {
  constexpr auto mtu = static_cast<std::uint64_t>(reconfiguration::mtu);
  const auto change = [this](std::uint64_t to, std::uint64_t flags) {
    event_of(stage::reconfigure, mtu, to);
    event_of(stage::reconfigure, mtu | flags, to);
  };
  change(1400, reconfiguration_ended);
  EXPECT_EQ(count("limit_moved"), 0U);
  change(1501, reconfiguration_ended | reconfiguration_refused);
  EXPECT_EQ(count("limit_moved"), 0U);
  change(1501, reconfiguration_ended);
  EXPECT_EQ(count("limit_moved"), 1U);
  change(9000, reconfiguration_ended);
  EXPECT_EQ(count("limit_moved"), 1U);
  change(1500, reconfiguration_ended);
  EXPECT_EQ(count("limit_moved"), 2U);
}

TEST_F(coverage_of, thresholds_and_sbp_under_traffic) {
  const auto change = [this](reconfiguration what, std::uint64_t to) {
    event_of(stage::reconfigure, static_cast<std::uint64_t>(what), to);
    event_of(stage::reconfigure, static_cast<std::uint64_t>(what) | reconfiguration_ended, to);
  };
  change(reconfiguration::store_bad, 0);  // as it was
  EXPECT_EQ(count("store_bad_moved") + count("threshold_moved"), 0U);
  change(reconfiguration::store_bad, 1);
  change(reconfiguration::store_bad, 1);
  EXPECT_EQ(count("store_bad_moved"), 1U);
  write_back(4);
  EXPECT_EQ(count("wthresh"), 0U);
  change(reconfiguration::wthresh, 4);
  change(reconfiguration::pthresh, 9);
  change(reconfiguration::hthresh, 9);
  write_back(3);
  EXPECT_EQ(count("wthresh"), 0U);
  write_back(4);
  EXPECT_EQ(count("wthresh"), 1U);
  EXPECT_EQ(count("threshold_moved"), 3U);
  EXPECT_EQ(count("reconfigure_down_up"), 3U);
  EXPECT_EQ(count("reconfigure_live"), 3U);
}

TEST_F(coverage_of, stored_bad_is_taken_by_the_driver) {
  event_of(stage::fifo_drop, 0, static_cast<std::uint64_t>(drop_reason::crc_error));
  EXPECT_EQ(count("stored_bad"), 0U);
  const auto taken = [&](std::uint64_t errors) { event_of(stage::desc_take, 0, 0x3ULL << 32 | errors << 40); };
  taken(0x60);  // TCPE, IPE: the packet's, not the frame's
  EXPECT_EQ(count("stored_bad"), 0U);
  taken(0x01);
  EXPECT_EQ(count("stored_bad"), 1U);
}

TEST_F(coverage_of, wthresh_is_a_whole_batch) {
  seen({"driver.wthresh=4"});
  write_back(3);
  EXPECT_EQ(count("wthresh"), 0U);
  write_back(4);
  EXPECT_EQ(count("wthresh"), 1U);
}

TEST_F(coverage_of, wthresh_of_one_is_no_batch) {
  seen({"driver.wthresh=1"});
  write_back(4);
  EXPECT_EQ(count("wthresh"), 0U);
}

TEST_F(coverage_of, threshold_causes_are_not_those_of_the_watchdog) {
  seen({"driver.rdmts=1"});
  event_of(stage::reg_write, reg::ICS, icr::RXDMT0);
  now -= 1 * us;
  event_of(stage::cause_set, icr::RXDMT0);
  EXPECT_EQ(count("rdmts") + count("rxdmt0"), 0U);
  event_of(stage::cause_set, icr::RXDMT0 | icr::RXT0);
  EXPECT_EQ(count("rdmts"), 1U);
  EXPECT_EQ(count("rxdmt0"), 1U);
  EXPECT_EQ(count("small_packet"), 0U);
  event_of(stage::cause_set, icr::SRPD | icr::RXT0);
  EXPECT_EQ(count("small_packet"), 1U);
}

}  // namespace
}  // namespace ringside::platform

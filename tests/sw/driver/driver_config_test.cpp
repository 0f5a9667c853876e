// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "sw/driver/config.h"
#include "sw/driver/moderation.h"
#include "sw/driver/rx_ring.h"

namespace ringside::driver {
namespace {

TEST(driver_config, accepts_the_defaults_and_names_what_is_wrong) {
  EXPECT_TRUE(check({}).empty());
  const auto wrong = [](auto change) {
    config c;
    change(c);
    return check(c);
  };
  for (const std::uint32_t size : {0U, 7U, 4U, 4097U})
    EXPECT_NE(wrong([size](config& c) { c.ring_size = size; }).find("driver.ring_size"), std::string_view::npos)
        << size;
  for (const std::uint32_t size : {8U, 48U, 100U, 256U, 4096U})
    EXPECT_TRUE(wrong([size](config& c) { c.ring_size = size; }).empty()) << size;
  for (const std::uint32_t size : {1U, 128U, 1522U, 32768U})
    EXPECT_NE(wrong([size](config& c) { c.buffer_size = size; }).find("driver.buffer_size"), std::string_view::npos);
  for (const std::uint32_t mtu : {0U, 45U, 16111U})
    EXPECT_NE(wrong([mtu](config& c) { c.mtu = mtu; }).find("driver.mtu"), std::string_view::npos);
  EXPECT_FALSE(wrong([](config& c) { c.budget = 0; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.rdtr = 65536; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.radv = 65536; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.pthresh = 64; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.hthresh = 64; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.wthresh = 64; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.rdmts = 3; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.rsrpd = 4096; }).empty());
  EXPECT_FALSE(wrong([](config& c) { c.buffer_offset = 4096; }).empty());
}

TEST(driver_config, chooses_buffers_as_linux_does) {
  // e1000_change_mtu: 2048 bytes as long as header, packet and FCS fit, else a page; at 1518 of them the 1522 that
  // LPE=0 lets through.  e1000_configure_rx: above an MTU of 1500 the jumbo routines, which join.
  struct row {
    std::uint32_t mtu;
    std::uint32_t posted;
    std::uint32_t hardware;
    bool chains;
  };
  for (const row& r : {row{1500, 1522, 2048, false}, row{576, 2048, 2048, false}, row{1499, 2048, 2048, false},
                       row{1501, 2048, 2048, true}, row{2026, 2048, 2048, true}, row{2030, 2048, 2048, true},
                       row{2031, 4096, 4096, true}, row{9000, 4096, 4096, true}, row{16110, 4096, 4096, true}}) {
    config c;
    c.mtu = r.mtu;
    c.buffer_size = 0;
    EXPECT_EQ(posted_buffer_bytes(c), r.posted) << r.mtu;
    EXPECT_EQ(hardware_buffer_bytes(c), r.hardware) << r.mtu;
    EXPECT_EQ(accepts_chains(c), r.chains) << r.mtu;
  }
}

TEST(driver_config, posts_1522_at_an_mtu_of_1500_whatever_bsize_says) {
  for (const std::uint32_t size : {256U, 512U, 1024U, 2048U, 4096U, 8192U, 16384U}) {
    config c;
    c.buffer_size = size;
    EXPECT_EQ(posted_buffer_bytes(c), std::min(size, 1522U)) << size;
    c.store_bad = true;  // R-40 asks for SBP=0: with it the chip fills a buffer
    EXPECT_EQ(posted_buffer_bytes(c), size);
    c.store_bad = false;
    c.mtu = 1504;  // LPE=1: so it does
    EXPECT_EQ(posted_buffer_bytes(c), size);
  }
}

TEST(driver_config, small_buffers_join_chains_unless_told_to_discard) {
  config c;
  c.buffer_size = 512;
  EXPECT_TRUE(accepts_chains(c));
  c.chains = chain_policy::discard;
  EXPECT_FALSE(accepts_chains(c));
}

TEST(moderation, converts_rates_to_register_values) {
  // FS 7.7.
  EXPECT_EQ(itr_register(0), 0U);
  EXPECT_EQ(itr_register(20000), 195U);
  EXPECT_EQ(itr_register(4000), 976U);
  EXPECT_EQ(itr_register(8000), 488U);
  EXPECT_EQ(itr_register(70000), 55U);
  EXPECT_EQ(itr_register(9000), 434U);
  EXPECT_EQ(itr_register(14000), 279U);
  EXPECT_EQ(itr_register(1), 0xFFFFU);
  EXPECT_EQ(itr_register(0xFFFFFFFF), 1U);
}

// e1000_update_itr and e1000_set_itr of Linux 6.1, worked by hand: a poll without packets (the watchdog's) makes low
// latency of the lowest that a new adapter has.
TEST(moderation, follows_the_driver_of_linux) {
  struct step {
    std::uint64_t packets, bytes;
    std::uint32_t rate;
  };
  const std::vector<std::vector<step>> stories{
      {{0, 0, 20000}, {50, 50 * 1514, 4000}, {50, 50 * 1514, 9000}, {50, 50 * 1514, 4000}},
      {{0, 0, 20000}, {50, 50 * 1514, 4000}, {100, 100 * 60, 4000}, {99, 99 * 60, 9000}},
      {{50, 50 * 1514, 20000}, {50, 50 * 1514, 4000}},  // lowest: many packets are none of its cases
      {{4, 513, 20000}, {4, 4 * 2001, 4000}},           // low: average above 2000
      {{1, 8001, 4000}, {1, 8001, 4000}, {35, 25001, 4000}, {36, 25001, 9000}, {1, 60, 14000}},
      {{1, 8000, 20000}, {9, 10001, 4000}, {10, 25000, 4000}, {100, 5999, 9000}},  // few packets are bulk
      {{0, 0, 20000}, {36, 10001, 20000}, {5, 10000, 20000}, {4, 8000, 20000}, {4, 10000, 4000}},
      {{0, 0, 20000}, {10, 12010, 4000}, {0, 0, 4000}, {1, 64, 9000}, {1, 64, 14000}, {1, 64, 19000}, {1, 64, 20000}},
  };
  for (const auto& story : stories) {
    dynamic_moderation m;
    EXPECT_EQ(m.rate(), 20000U);
    for (const step& s : story) EXPECT_EQ(m.update({s.packets, s.bytes}, {}), s.rate) << s.packets << ' ' << s.bytes;
  }
}

TEST(moderation, is_4000_without_a_gigabit_link) {
  dynamic_moderation m;
  EXPECT_EQ(m.update({1, 60}, {}, false), 4000U);
  EXPECT_EQ(m.update({1, 60}, {}, false), 4000U);
  EXPECT_EQ(m.update({1, 60}, {}, true), 9000U);
}

TEST(rx_ring, wraps_after_last_descriptor) {
  ring_indices at{8, 0, 0};
  EXPECT_EQ(at.after(6), 7U);
  EXPECT_EQ(at.after(7), 0U);
  EXPECT_EQ(at.before(0), 7U);
  EXPECT_EQ(at.before(1), 0U);
}

TEST(rx_ring, always_leaves_one_descriptor_unused) {
  // For every pair of positions, posted + unused + 1 = count.
  for (std::uint32_t use = 0; use < 16; ++use) {
    for (std::uint32_t clean = 0; clean < 16; ++clean) {
      const ring_indices at{16, use, clean};
      const std::uint32_t posted = (use + 16 - clean) % 16;
      EXPECT_EQ(at.unused() + posted + 1, 16U) << use << ' ' << clean;
    }
  }
}

}  // namespace
}  // namespace ringside::driver

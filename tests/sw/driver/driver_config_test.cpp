// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>

#include "sw/driver/config.h"

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

}  // namespace
}  // namespace ringside::driver

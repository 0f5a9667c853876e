#include <gtest/gtest.h>

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
  for (const std::uint32_t size : {0U, 7U, 12U, 4U, 4104U, 100U})
    EXPECT_NE(wrong([size](config& c) { c.ring_size = size; }).find("driver.ring_size"), std::string_view::npos)
        << size;
  for (const std::uint32_t size : {8U, 48U, 256U, 4096U})
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
  // 10.6, R-40: MTU <= 1500: 1522 posted of 2048; 1501-2030: 2048; above: 4096-byte pages.
  struct row {
    std::uint32_t mtu;
    std::uint32_t posted;
    std::uint32_t hardware;
    bool chains;
  };
  for (const row& r : {row{1500, 1522, 2048, false}, row{576, 1522, 2048, false}, row{1501, 2048, 2048, false},
                       row{2026, 2048, 2048, false}, row{2030, 2048, 2048, true}, row{2031, 4096, 4096, false},
                       row{9000, 4096, 4096, true}, row{16110, 4096, 4096, true}}) {
    config c;
    c.mtu = r.mtu;
    EXPECT_EQ(posted_buffer_bytes(c), r.posted) << r.mtu;
    EXPECT_EQ(hardware_buffer_bytes(c), r.hardware) << r.mtu;
    EXPECT_EQ(accepts_chains(c), r.chains) << r.mtu;
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
  // Fact sheet 7.7.
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

TEST(moderation, slows_down_for_bulk_and_steps_up_again) {
  dynamic_moderation m;
  EXPECT_EQ(m.rate(), 20000U);
  EXPECT_EQ(m.update(0, 0), 20000U);
  EXPECT_EQ(m.update(50, 50 * 1500), 4000U);
  EXPECT_EQ(m.update(50, 50 * 1500), 4000U);
  // 7.7: 9000, 14000, 19000, 20000.
  EXPECT_EQ(m.update(1, 64), 9000U);
  EXPECT_EQ(m.update(1, 64), 14000U);
  EXPECT_EQ(m.update(1, 64), 19000U);
  EXPECT_EQ(m.update(1, 64), 20000U);
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

// SPDX-License-Identifier: Apache-2.0
// Moderation: the rule of e1000_update_itr, and what the driver programs of it (FS 7.7).
#include "sw/driver/moderation.h"

#include <vector>

#include "tests/sw/stack/delivery.h"

namespace ringside::driver {
namespace {

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

}  // namespace
}  // namespace ringside::driver

namespace ringside::test {
namespace {

using driver::driver_status;

// FS 2.3: FD, LU, SPEED 01; ASDV 11.
constexpr std::uint32_t at_100_mbps = status::FD | status::LU | 1U << status::SPEED_SHIFT | status::ASDV;

// FS 7.7, e1000_set_itr: 20000/s at open; 4000 while the watchdog has not seen a link of 1000 Mb/s, up by a quarter at
// the poll its RXDMT0 causes; then by the traffic of each poll, in bytes without FCS.
TEST(napi_mode, dynamic_moderation_follows_the_traffic) {
  bench b(with([](driver::config& c) {
    c.itr = 20000;
    c.dynamic_itr = true;
  }));
  b.up();
  const auto burst = [&](int frames, std::size_t payload) {
    b.nic.raise_rxt0 = false;
    for (int i = 0; i < frames; ++i) b.receive(udp_frame(pattern(payload, 1)));
    b.nic.raise_rxt0 = true;
    b.nic.set_cause(icr::RXT0);
    b.host.run_for(1 * ms);
    return b.nic.registers[reg::ITR];
  };
  EXPECT_EQ(b.nic.values_written(reg::ITR), (std::vector<std::uint32_t>{195, 976, 434}));
  EXPECT_EQ(burst(50, 1472), 976U);  // low latency: 50 of 1514 bytes are bulk
  EXPECT_EQ(burst(50, 1472), 434U);  // bulk: more than 35 packets are not
  EXPECT_EQ(burst(50, 1472), 976U);
  EXPECT_EQ(burst(34, 18), 434U);  // bulk: 34 * 60 = 2040 bytes are too few
  b.nic.writes.clear();
  b.host.run_task([&] { b.card.set_ring_size(64); });
  EXPECT_EQ(b.nic.values_written(reg::ITR).front(), 434U);  // e1000_configure_rx writes adapter->itr
}

TEST(napi_mode, dynamic_moderation_is_4000_on_a_slower_link) {
  bench b(with([](driver::config& c) { c.dynamic_itr = true; }));
  b.nic.registers[reg::STATUS] = at_100_mbps;
  b.host.run_task([&] {
    b.os.boot();
    b.net.register_protocols();
    ASSERT_EQ(b.card.probe(), driver_status::ok);
    b.nic.registers[reg::STATUS] = at_100_mbps;
    ASSERT_EQ(b.card.open(), driver_status::ok);
  });
  b.host.run_for(10 * ms);
  for (int i = 0; i < 20; ++i) {
    b.receive(udp_frame(pattern(18, 1)));
    b.host.run_for(1 * ms);
    EXPECT_EQ(b.nic.registers[reg::ITR], 976U);
  }
}

}  // namespace
}  // namespace ringside::test

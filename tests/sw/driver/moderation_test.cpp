// SPDX-License-Identifier: Apache-2.0
// Dynamic moderation as the driver programs it (FS 7.7); driver_config_test.cpp has its rule.
#include "tests/sw/stack/delivery.h"

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

// SPDX-License-Identifier: Apache-2.0
// Every size, buffer, ring and CPU arrangement: what was sent is what was read.
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

constexpr std::uint32_t smallest = 64;
constexpr std::uint32_t largest = 1518;

// Sizes first..last in steps, spaced so that nothing has to be dropped.
std::vector<offered_frame> sizes(std::uint32_t first, std::uint32_t last, std::uint32_t step, sim_time spacing) {
  std::vector<offered_frame> frames;
  for (std::uint32_t size = first; size <= last; size += step)
    frames.push_back(
        udp_frame_of(size, static_cast<std::uint16_t>(frames.size()), static_cast<sim_time>(frames.size()) * spacing));
  return frames;
}

void expect_all_delivered(const settings& s, const std::vector<offered_frame>& frames) {
  const outcome o = run_machine(s, frames);
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["offered"], frames.size());
  EXPECT_EQ(o["delivered"], frames.size());
  EXPECT_EQ(o["chip.GPRC"], frames.size());
}

TEST(delivery, every_size_once) {
  expect_all_delivered({}, sizes(smallest, largest, 1, 20 * us));
}

TEST(delivery, every_size_back_to_back_in_a_large_ring) {
  const outcome o =
      run_machine({"driver.ring_size=4096", "stack.rcvbuf=16MB", "cpu.clock_mhz=4000"}, sizes(smallest, largest, 1, 0));
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], largest - smallest + 1);
}

TEST(delivery, datagrams_shorter_than_the_padding) {
  std::vector<offered_frame> frames;
  for (std::uint32_t size = 46; size < smallest; ++size)  // 46: header and FCS only
    frames.push_back(udp_frame_of(size, static_cast<std::uint16_t>(size), size * 20 * us));
  expect_all_delivered({}, frames);
}

struct arrangement {
  const char* name;
  settings set;
};
void PrintTo(const arrangement& a, std::ostream* out) {
  *out << a.name;
}

class arranged : public testing::TestWithParam<arrangement> {};

TEST_P(arranged, delivers_every_frame) {
  expect_all_delivered(GetParam().set, sizes(smallest, largest, 23, 30 * us));
}

INSTANTIATE_TEST_SUITE_P(
    settings, arranged,
    testing::Values(
        arrangement{"buffer_256", {"driver.buffer_size=256"}}, arrangement{"buffer_512", {"driver.buffer_size=512"}},
        arrangement{"buffer_1024", {"driver.buffer_size=1024"}},
        arrangement{"buffer_4096", {"driver.buffer_size=4096"}},
        arrangement{"buffer_8192", {"driver.buffer_size=8192"}},
        arrangement{"buffer_16384", {"driver.buffer_size=16384"}}, arrangement{"ring_8", {"driver.ring_size=8"}},
        arrangement{"ring_48", {"driver.ring_size=48"}}, arrangement{"ring_4096", {"driver.ring_size=4096"}},
        arrangement{"copybreak_0", {"driver.copybreak=0"}}, arrangement{"copybreak_max", {"driver.copybreak=16384"}},
        arrangement{"budget_1", {"driver.budget=1"}}, arrangement{"itr_off", {"driver.itr=off"}},
        arrangement{"rdtr_radv", {"driver.itr=off", "driver.rdtr=20", "driver.radv=50"}},
        arrangement{"irq_mode", {"driver.mode=irq"}},
        arrangement{"poll_mode", {"driver.mode=poll", "cpu.count=2", "cpu.task_affinity=1"}},
        arrangement{"bus_33mhz", {"bus.clock_mhz=100/3"}}, arrangement{"link_100", {"wire.link_mbps=100"}},
        arrangement{"link_10", {"wire.link_mbps=10"}},
        arrangement{"rough_bus",
                    {"bus.retry_per_million=200000", "bus.wait_jitter=8", "bus.wait_states=2",
                     "bus.disconnect_bytes=64", "bus.latency_timer=0"}},
        arrangement{"slow_bridge", {"bridge.drain_latency_ns=10000", "bridge.posted_bytes=4096"}},
        arrangement{"two_cpus", {"cpu.count=2"}}, arrangement{"three_cpus", {"cpu.count=3"}},
        arrangement{"four_cpus", {"cpu.count=4"}}, arrangement{"irq_on_cpu_3", {"cpu.count=4", "cpu.irq_affinity=3"}},
        arrangement{"irq_and_task_apart", {"cpu.count=4", "cpu.irq_affinity=2", "cpu.task_affinity=1"}},
        arrangement{"irq_and_task_together", {"cpu.count=4", "cpu.irq_affinity=2", "cpu.task_affinity=2"}},
        arrangement{"select", {"stack.app_wait=select"}}, arrangement{"poll", {"stack.app_wait=poll"}},
        arrangement{"epoll", {"stack.app_wait=epoll"}}, arrangement{"epoll_edge", {"stack.app_wait=epoll_edge"}},
        arrangement{"epoll_oneshot", {"stack.app_wait=epoll_oneshot"}}),
    [](const auto& row) { return std::string(row.param.name); });

// Bus, card and CPU meet at every phase: what one of them posts must have arrived before another relies on it.
TEST(clocks, any_cpu_clock_brings_the_interface_up) {
  for (unsigned mhz = 200; mhz <= 400; mhz += 10)
    expect_all_delivered({"cpu.clock_mhz=" + std::to_string(mhz)}, sizes(smallest, largest, 400, 200 * us));
}

TEST(jumbo, every_hundredth_size_up_to_9018) {
  expect_all_delivered({"driver.mtu=9000"}, sizes(smallest, 9018, 97, 150 * us));
}

TEST(jumbo, one_buffer_per_frame) {
  expect_all_delivered({"driver.mtu=9000", "driver.buffer_size=16384"}, sizes(smallest, 9018, 291, 150 * us));
}

TEST(jumbo, longer_frames_than_allowed_are_dropped_by_the_chip) {
  std::vector<offered_frame> frames;
  for (unsigned i = 0; i < 10; ++i)
    frames.push_back(udp_frame_of(i % 2 == 0 ? 1000 : 1523, static_cast<std::uint16_t>(i), i * 50 * us));
  const outcome o = run_machine({}, frames);
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], 5U);
  EXPECT_EQ(o["drop.oversize"], 5U);
  EXPECT_EQ(o["chip.ROC"], 5U);
}

// FS 6.8: LPE alone sets the limit, and e1000_setup_rctl sets LPE by the MTU; Linux compares nothing received with it.
TEST(jumbo, the_mtu_is_no_limit_of_its_own) {
  struct row {
    const char* mtu;
    std::uint32_t longest;
  };
  for (const row& r : {row{"driver.mtu=1000", 1522}, row{"driver.mtu=1500", 1522}, row{"driver.mtu=1501", 16384}}) {
    SCOPED_TRACE(r.mtu);
    const outcome o = run_machine({r.mtu}, {udp_frame_of(r.longest, 0, 0), udp_frame_of(r.longest + 1, 1, 500 * us)});
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_EQ(o["delivered"], 1U);
    EXPECT_EQ(o["drop.oversize"], 1U);
    EXPECT_EQ(o["chip.ROC"], 1U);
  }
  // Linux MAX_SKB_FRAGS: 17 buffers make an sk_buff.
  const outcome o = run_machine({"driver.mtu=1501", "driver.buffer_size=256"},
                                {udp_frame_of(17 * 256, 0, 0), udp_frame_of(17 * 256 + 5, 1, 500 * us)});
  EXPECT_EQ(o["delivered"], 1U);
  EXPECT_EQ(o["drop.driver_chain"], 1U);
}

TEST(bad_frames, each_kind_has_its_reason_and_its_counter) {
  std::vector<offered_frame> frames;
  for (unsigned i = 0; i < 40; ++i) {
    offered_frame f = udp_frame_of(200, static_cast<std::uint16_t>(i), i * 30 * us);
    if (i % 4 == 1) f.bad_fcs = true;
    if (i % 4 == 2) f.rx_er_at = 50;
    if (i % 4 == 3) {
      f.bytes.resize(40);
      f.pad = false;
    }
    frames.push_back(f);
  }
  const outcome o = run_machine({}, frames);
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], 10U);
  EXPECT_EQ(o["drop.crc_error"], 10U);
  EXPECT_EQ(o["drop.rx_error"], 10U);
  EXPECT_EQ(o["drop.undersize"], 10U);
  EXPECT_EQ(o["chip.CRCERRS"], 10U);
  EXPECT_EQ(o["chip.RUC"], 10U);
}

TEST(bad_frames, frames_for_others_are_filtered) {
  std::vector<offered_frame> frames;
  for (unsigned i = 0; i < 20; ++i) {
    offered_frame f = udp_frame_of(100, static_cast<std::uint16_t>(i), i * 30 * us);
    if (i % 2 == 1) f.bytes[5] ^= 0x10;
    frames.push_back(f);
  }
  const outcome o = run_machine({}, frames);
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], 10U);
  EXPECT_EQ(o["drop.address_filter"], 10U);
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/key_table.h"

#include <gtest/gtest.h>

#include <set>

#include "platform/scenario/loader.h"
#include "platform/scenario/toml_file.h"

namespace ringside::platform {
namespace {

std::vector<key_row> every_row() {
  std::vector<key_row> out;
  for (const auto rows : {hardware_rows(), cable_rows(), sysctl_rows(), software_rows()})
    out.insert(out.end(), rows.begin(), rows.end());
  return out;
}

TEST(key_table, rows_are_complete_and_unique) {
  std::set<std::string_view> paths;
  for (const key_row& row : every_row()) {
    EXPECT_TRUE(paths.insert(row.path).second) << row.path;
    EXPECT_FALSE(row.doc.empty()) << row.path;
    EXPECT_FALSE(row.source.empty()) << row.path;
    EXPECT_TRUE(parse(row.rule, row.default_text)) << row.path << " = " << row.default_text;
    EXPECT_FALSE(allowed(row.rule).empty()) << row.path;
    EXPECT_EQ(find_key(row.path), find_key(row.path));
    ASSERT_NE(find_key(row.path), nullptr);
  }
}

// The names the requirement lists.
TEST(key_table, holds_the_promised_keys) {
  for (const char* path :
       {"nic.pba_kb", "bus.clock_mhz", "bus.wait_states", "cpu.count", "cpu.clock_mhz", "cpu.irq_affinity",
        "driver.mode", "driver.ring_size", "driver.buffer_size", "driver.copybreak", "driver.budget", "driver.itr",
        "driver.rdtr", "driver.radv", "driver.promiscuous", "driver.mtu", "stack.rcvbuf", "run.seed"})
    EXPECT_NE(find_key(path), nullptr) << path;
}

TEST(key_table, lists_every_key_with_unit_default_and_source) {
  const std::vector<cost_key> costs{{"ip_rcv", 250, "cycles", "estimate"}};
  const std::string text = list_keys(costs);
  for (const std::string& path : all_paths(costs)) EXPECT_NE(text.find(path + " "), std::string::npos) << path;
  EXPECT_NE(text.find("cost.ip_rcv"), std::string::npos);
  EXPECT_NE(text.find("default 250"), std::string::npos);
  EXPECT_NE(text.find("default 256                allowed 8..4096 descriptors"), std::string::npos);
  EXPECT_NE(text.find("[Linux pcibios_set_master: 64]"), std::string::npos);
}

TEST(key_table, guesses_what_was_meant) {
  EXPECT_EQ(nearest_path("driver.ringsize", {}), "driver.ring_size");
  EXPECT_EQ(nearest_path("nic.ring_size", {}), "driver.ring_size");
  EXPECT_EQ(nearest_path("bus.clock_mh", {}), "bus.clock_mhz");
  EXPECT_EQ(nearest_path("zzzzzz.qqqqqqq", {}), "");
  const std::vector<cost_key> costs{{"ip_rcv", 250, "cycles", "estimate"}};
  EXPECT_EQ(nearest_path("cost.iprcv", costs), "cost.ip_rcv");
}

// Storing goes where the name says: each key changes some value of its own.
TEST(key_table, values_arrive_in_the_scenario) {
  const std::vector<std::string> settings{"nic.kind=model",
                                          "nic.pba_kb=40",
                                          "nic.mac_address=02:00:00:00:00:09",
                                          "bus.clock_mhz=33.333",
                                          "bus.wait_states=1",
                                          "bus.retry_per_million=2",
                                          "bus.wait_jitter=3",
                                          "bus.devsel=slow",
                                          "bus.latency_timer=32",
                                          "bus.disconnect_bytes=64",
                                          "bus.arbitration_clocks=4",
                                          "bus.crossing_to_pci_clocks=5",
                                          "bus.crossing_to_rtl_clocks=6",
                                          "bus.read_latency_clocks=7",
                                          "bus.write_wait=8",
                                          "bus.coherent=off",
                                          "bridge.drain_latency_ns=9",
                                          "bridge.posted_bytes=128",
                                          "irq.delivery_latency_ns=10",
                                          "mem.size_mb=32",
                                          "cpu.count=4",
                                          "cpu.clock_mhz=1000",
                                          "cpu.irq_affinity=1,2",
                                          "cpu.task_affinity=3",
                                          "wire.speed=2x",
                                          "wire.loop=25",
                                          "wire.snapped=pad",
                                          "wire.rewrite=on",
                                          "wire.gap_min=24",
                                          "wire.link_mbps=100",
                                          "wire.start=7us",
                                          "gen.size=64..128",
                                          "gen.rate=50%",
                                          "gen.count=11",
                                          "gen.flows=12",
                                          "gen.seed=13",
                                          "gen.arrival=poisson",
                                          "gen.payload=zeros",
                                          "gen.bad_fcs_per_million=14",
                                          "gen.rx_er_per_million=15",
                                          "gen.runt_per_million=16",
                                          "gen.oversize_per_million=17",
                                          "driver.mode=irq",
                                          "driver.ring_size=64",
                                          "driver.buffer_size=512",
                                          "driver.copybreak=18",
                                          "driver.budget=19",
                                          "driver.itr=8000",
                                          "driver.rdtr=20",
                                          "driver.radv=21",
                                          "driver.pthresh=43",
                                          "driver.hthresh=44",
                                          "driver.wthresh=45",
                                          "driver.rdmts=2",
                                          "driver.rsrpd=46",
                                          "driver.store_bad=on",
                                          "cpu.cost_jitter=48",
                                          "driver.buffer_offset=47",
                                          "driver.promiscuous=on",
                                          "driver.mtu=1400",
                                          "driver.watchdog=off",
                                          "driver.strip_crc=on",
                                          "driver.irq_quota=9",
                                          "driver.skip_dma_sync=on",
                                          "driver.ack_after_poll=on",
                                          "driver.all_multicast=on",
                                          "driver.unicast=02:00:00:00:00:31, 02:00:00:00:00:32",
                                          "driver.multicast=01:00:5e:00:00:33",
                                          "driver.multicast_offset=2",
                                          "driver.vlans=34,35",
                                          "stack.service_vlans=36",
                                          "driver.vlan_strip=off",
                                          "driver.rx_checksum=off",
                                          "driver.quiesce=36us",
                                          "driver.reset_wait=37us",
                                          "stack.groups=239.0.0.38",
                                          "stack.frag_timeout_ms=39",
                                          "stack.frag_high_thresh=40KB",
                                          "stack.frag_max_dist=41",
                                          "reconfigure.actions=42us:promisc=on",
                                          "stack.rcvbuf=4096",
                                          "stack.address=10.0.0.7",
                                          "stack.udp_ports=53,67",
                                          "stack.app_wait=epoll_oneshot",
                                          "net.core.netdev_budget=301",
                                          "net.core.netdev_budget_usecs=302",
                                          "net.core.netdev_max_backlog=303",
                                          "net.core.dev_weight=304",
                                          "net.core.gro_normal_batch=307",
                                          "kernel.softirq_restarts=305",
                                          "kernel.softirq_time=306us",
                                          "stack.app_cost_ns=22",
                                          "run.seed=23",
                                          "run.time_limit=24ms",
                                          "run.drain_ms=25",
                                          "run.step=cycle",
                                          "run.skip=off",
                                          "run.gate_clocks=off",
                                          "run.direct_call=off",
                                          "run.cpu_accumulate=off",
                                          "checker.enabled=off",
                                          "checker.off=R-21"};
  const scenario s = load_scenario("", settings);
  EXPECT_EQ(s.nic.kind, nic_kind::model);
  EXPECT_EQ(s.driver.pba_kb, 40U);
  EXPECT_EQ(s.nic.mac_address[5], 9);
  EXPECT_EQ(pci_clock_hz(s), (rational{33'333'000, 1}));
  EXPECT_EQ(s.bus.pci.wait_states, 1U);
  EXPECT_EQ(s.bus.pci.retry_per_million, 2U);
  EXPECT_EQ(s.bus.pci.wait_jitter, 3U);
  EXPECT_EQ(s.bus.pci.devsel_clocks, 3U);
  EXPECT_EQ(s.bus.latency_timer, 32U);
  EXPECT_EQ(s.bus.pci.disconnect_bytes, 64U);
  EXPECT_EQ(s.bus.pci.arbitration_clocks, 4U);
  EXPECT_EQ(s.bus.pci.crossing_to_pci_clocks, 5U);
  EXPECT_EQ(s.bus.pci.crossing_to_rtl_clocks, 6U);
  EXPECT_EQ(s.bus.pci.read_latency_clocks, 7U);
  EXPECT_EQ(s.bus.pci.write_latency_clocks, 8U);
  EXPECT_FALSE(s.bus.coherent);
  EXPECT_EQ(s.driver.irq_quota, 9U);
  EXPECT_TRUE(s.driver.skip_dma_sync);
  EXPECT_TRUE(s.driver.ack_after_poll);
  EXPECT_TRUE(s.driver.all_multicast);
  ASSERT_EQ(s.driver.unicast.size(), 2U);
  EXPECT_EQ(s.driver.unicast[1], (std::array<std::uint8_t, 6>{2, 0, 0, 0, 0, 0x32}));
  ASSERT_EQ(s.driver.multicast.size(), 1U);
  EXPECT_EQ(s.driver.multicast[0], (std::array<std::uint8_t, 6>{1, 0, 0x5E, 0, 0, 0x33}));
  EXPECT_EQ(s.driver.multicast_offset, 2U);
  EXPECT_EQ(s.driver.vlans, (std::vector<std::uint16_t>{34, 35}));
  EXPECT_EQ(s.stack.service_vlans, (std::vector<std::uint16_t>{36}));
  EXPECT_FALSE(s.driver.vlan_offload);
  EXPECT_FALSE(s.driver.checksum_offload);
  EXPECT_EQ(s.driver.quiesce_delay, 36 * us);
  EXPECT_EQ(s.driver.reset_delay, 37 * us);
  EXPECT_EQ(s.stack.groups, (std::vector<std::uint32_t>{0xEF000026}));
  EXPECT_EQ(s.stack.fragments.timeout, 39 * ms);
  EXPECT_EQ(s.stack.fragments.memory_limit, 40U * 1024);
  EXPECT_EQ(s.stack.fragments.max_distance, 41U);
  ASSERT_EQ(s.reconfigure.actions.size(), 1U);
  EXPECT_EQ(s.reconfigure.actions[0], (reconfigure_action{42 * us, reconfiguration::promiscuous, 1}));
  EXPECT_EQ(s.bus.pci.drain_latency, 9 * ns);
  EXPECT_EQ(s.bus.pci.posted_bytes, 128U);
  EXPECT_EQ(s.irq.delivery_latency_ns, 10U);
  EXPECT_EQ(s.mem.size_mb, 32U);
  EXPECT_EQ(s.cpu.count, 4U);
  EXPECT_EQ(s.cpu.clock_hz, (rational{1'000'000'000, 1}));
  EXPECT_EQ(s.cpu.irq_affinity, 0b0110U);
  EXPECT_EQ(s.cpu.task_affinity, 0b1000U);
  EXPECT_EQ(s.wire.speed, speed_kind::times);
  EXPECT_EQ(s.wire.loop, 25U);
  EXPECT_EQ(s.wire.snapped, snapped_kind::pad);
  EXPECT_TRUE(s.wire.rewrite);
  EXPECT_EQ(s.wire.gap_min, 24U);
  EXPECT_EQ(s.wire.link_mbps, 100U);
  EXPECT_EQ(s.wire.start, 7 * us);
  EXPECT_TRUE(s.gen.size_is_range);
  EXPECT_EQ(s.gen.sizes, (std::vector<std::uint32_t>{64, 128}));
  EXPECT_EQ(s.gen.rate, rate_kind::percent);
  EXPECT_EQ(s.gen.count, 11U);
  EXPECT_EQ(s.gen.flows, 12U);
  EXPECT_EQ(s.gen.seed, 13U);
  EXPECT_EQ(s.gen.arrival, arrival_kind::poisson);
  EXPECT_EQ(s.gen.payload, payload_kind::zeros);
  EXPECT_EQ(s.gen.bad_fcs_per_million, 14U);
  EXPECT_EQ(s.gen.rx_er_per_million, 15U);
  EXPECT_EQ(s.gen.runt_per_million, 16U);
  EXPECT_EQ(s.gen.oversize_per_million, 17U);
  EXPECT_EQ(s.driver.mode, driver::receive_mode_kind::irq);
  EXPECT_EQ(s.driver.ring_size, 64U);
  EXPECT_EQ(s.driver.buffer_size, 512U);
  EXPECT_EQ(s.driver.copybreak, 18U);
  EXPECT_EQ(s.driver.budget, 19U);
  EXPECT_EQ(s.driver.itr, 8000U);
  EXPECT_FALSE(s.driver.dynamic_itr);
  const scenario dynamic = load_scenario("", std::vector<std::string>{"driver.itr=dynamic"});
  EXPECT_TRUE(dynamic.driver.dynamic_itr);
  EXPECT_EQ(dynamic.driver.itr, 20000U);  // where Linux starts
  EXPECT_EQ(s.driver.rdtr, 20U);
  EXPECT_EQ(s.driver.radv, 21U);
  EXPECT_EQ(s.driver.pthresh, 43U);
  EXPECT_EQ(s.driver.hthresh, 44U);
  EXPECT_EQ(s.driver.wthresh, 45U);
  EXPECT_EQ(s.driver.rdmts, 2U);
  EXPECT_EQ(s.driver.rsrpd, 46U);
  EXPECT_TRUE(s.driver.store_bad);
  EXPECT_EQ(s.cpu.cost_jitter, 48U);
  EXPECT_EQ(s.driver.buffer_offset, 47U);
  EXPECT_TRUE(s.driver.promiscuous);
  EXPECT_EQ(s.driver.mtu, 1400U);
  EXPECT_FALSE(s.driver.watchdog);
  EXPECT_TRUE(s.driver.strip_crc);
  EXPECT_EQ(s.stack.sockets.rmem_default, 4096U);
  EXPECT_EQ(own_address(s), 0x0A000007U);
  EXPECT_EQ(s.app.ports, (std::vector<std::uint16_t>{53, 67}));
  EXPECT_EQ(s.app.wait, stack::app_wait::epoll_oneshot);
  EXPECT_EQ(s.kernel.receive.budget, 301U);
  EXPECT_EQ(s.kernel.receive.time, 302 * us);
  EXPECT_EQ(s.kernel.receive.max_backlog, 303U);
  EXPECT_EQ(s.kernel.receive.backlog_weight, 304U);
  EXPECT_EQ(s.kernel.receive.gro_normal_batch, 307U);
  EXPECT_EQ(s.kernel.softirq.restarts, 305U);
  EXPECT_EQ(s.kernel.softirq.time, 306 * us);
  EXPECT_EQ(s.app_cost_ns, 22U);
  EXPECT_EQ(s.run.seed, 23U);
  EXPECT_EQ(s.run.time_limit, 24 * ms);
  EXPECT_EQ(s.run.drain_ms, 25U);
  EXPECT_EQ(s.run.step, step_mode::cycle);
  EXPECT_FALSE(s.run.skip);
  EXPECT_FALSE(s.run.gate_clocks);
  EXPECT_FALSE(s.run.direct_call);
  EXPECT_FALSE(s.run.cpu_accumulate);
  EXPECT_FALSE(s.checker.enabled);
  EXPECT_EQ(s.checker.off, (std::vector<std::string>{"R-21"}));
}

// What is made by itself, as unit tests make it, is what a scenario without a word makes.
TEST(key_table, defaults_of_the_software_are_its_own) {
  const std::vector<std::string> none;
  const scenario silent = load_scenario("", none);
  EXPECT_EQ(silent.driver, driver::config{});
  EXPECT_EQ(silent.kernel, kernel::kernel_config{});
  EXPECT_EQ(silent.stack, stack::stack_config{});
  EXPECT_EQ(silent.app, stack::app_config{});
}

// As a bench of bus or bridge makes it.
TEST(key_table, defaults_of_the_hardware_are_its_own) {
  const std::vector<std::string> none;
  const scenario silent = load_scenario("", none);
  EXPECT_EQ(silent.bus, bus_config{});
  EXPECT_EQ(silent.bus.pci, tlm::pci_params{});
  EXPECT_EQ(silent.irq, irq_config{});
  EXPECT_EQ(silent.mem, mem_config{});
  EXPECT_EQ(silent.cpu, cpu_config{});
}

}  // namespace
}  // namespace ringside::platform

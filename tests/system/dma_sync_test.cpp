// SPDX-License-Identifier: Apache-2.0
// Memory that is not coherent: CPU and card see different bytes until the DMA API hands them over.
#include <gtest/gtest.h>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

std::vector<offered_frame> frames(std::uint32_t first, std::uint32_t last, std::uint32_t step) {
  std::vector<offered_frame> list;
  for (std::uint32_t size = first; size <= last; size += step)
    list.push_back(
        udp_frame_of(size, static_cast<std::uint16_t>(list.size()), static_cast<sim_time>(list.size()) * 50 * us));
  return list;
}

/// A number of the JSON report: the first `key` after `section`.
std::uint64_t number_in(const outcome& o, const std::string& section, const std::string& key) {
  const std::string name = '"' + key + "\": ";
  const auto at = o.json.find(name, o.json.find('"' + section + "\":"));
  return std::stoull(o.json.substr(at + name.size()));
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST(dma_sync, a_driver_that_syncs_works_without_coherence) {
  for (const char* copybreak : {"driver.copybreak=0", "driver.copybreak=256", "driver.copybreak=16384"})
    for (const char* buffer : {"driver.buffer_size=2048", "driver.buffer_size=256"}) {
      SCOPED_TRACE(std::string(copybreak) + ' ' + buffer);
      const auto sent = frames(64, 1518, 29);
      const outcome o = run_machine({"bus.coherent=off", "driver.ring_size=16", copybreak, buffer}, sent);
      EXPECT_EQ(complaints_of(o), "");
      EXPECT_EQ(o["delivered"], sent.size());
    }
}

// Few frames: what a run complains about is cut after a dozen lines.
TEST(dma_sync, a_missing_sync_shows_other_bytes_and_is_named) {
  const outcome o = run_machine({"bus.coherent=off", "driver.skip_dma_sync=on"}, frames(64, 128, 32));
  const std::string said = complaints_of(o);
  EXPECT_EQ(o["delivered"], 0U);
  EXPECT_TRUE(has(said, "the tap saw frame 1 with other bytes")) << said;
  EXPECT_TRUE(has(said, "contract: S-12")) << said;
}

// On a PC the same bug does no harm, which is why it lives so long; the checker sees it all the same.
TEST(dma_sync, a_missing_sync_goes_unnoticed_where_caches_snoop) {
  const auto sent = frames(64, 128, 32);
  const outcome o = run_machine({"driver.skip_dma_sync=on"}, sent);
  const std::string said = complaints_of(o);
  EXPECT_EQ(o["delivered"], sent.size());
  EXPECT_FALSE(has(said, "other bytes")) << said;
  EXPECT_TRUE(has(said, "contract: S-12")) << said;
}

// Buffers handed over whole (build_skb) need no sync call: unmap does it.
TEST(dma_sync, an_unmapped_buffer_needs_no_sync) {
  const auto sent = frames(300, 1500, 100);
  const outcome o = run_machine({"bus.coherent=off", "driver.skip_dma_sync=on"}, sent);
  EXPECT_EQ(complaints_of(o), "");
  EXPECT_EQ(o["delivered"], sent.size());
}

// A frame of 64 bytes begins with a line (NET_IP_ALIGN is 0 on x86), so it touches one, and its copy is framed by a
// sync to the CPU and one back: two lines of 30 cycles, 2.5 ns each at 400 MHz.
TEST(dma_sync, cache_maintenance_costs_time) {
  const settings slow{"cpu.clock_mhz=400", "gen.size=64", "gen.rate=1000pps", "gen.count=20"};
  const outcome coherent = run_machine(slow);
  const outcome apart = run_machine(slow + settings{"bus.coherent=off"});
  EXPECT_EQ(complaints_of(apart), "");
  EXPECT_EQ(apart["delivered"], coherent["delivered"]);
  EXPECT_EQ(number_in(apart, "poll_netif", "p50") - number_in(coherent, "poll_netif", "p50"), 2U * 30 * 5 / 2);
}

TEST(dma_sync, every_way_of_stepping_gives_the_same_hash) {
  const settings set =
      quick_boot + settings{"bus.coherent=off", "gen.size=64..600", "gen.rate=20%", "gen.count=40", "cpu.count=2"};
  const outcome fastest = run_machine(set);
  EXPECT_EQ(complaints_of(fastest), "");
  const outcome plainest = run_machine(set + settings{"run.step=cycle", "run.skip=off", "run.cpu_accumulate=off"});
  EXPECT_EQ(plainest.hash, fastest.hash);
  EXPECT_EQ(run_machine(set + settings{"run.cpu_accumulate=off"}).hash, fastest.hash);
}

// with SECRC the chip writes no FCS; what is delivered does not depend on it.
TEST(strip_crc, on_and_off_deliver_the_same_bytes) {
  const auto sent = frames(64, 1518, 1);
  for (const char* buffer : {"driver.buffer_size=2048", "driver.buffer_size=256"}) {
    SCOPED_TRACE(buffer);
    std::vector<std::uint64_t> bus_bytes;
    for (const char* strip : {"driver.strip_crc=off", "driver.strip_crc=on"}) {
      SCOPED_TRACE(strip);
      const outcome o = run_machine({strip, buffer}, sent);
      EXPECT_EQ(complaints_of(o), "");  // every byte was compared with the wire
      EXPECT_EQ(o["delivered"], sent.size());
      bus_bytes.push_back(number_in(o, "pci", "bytes"));
    }
    EXPECT_LT(bus_bytes[1], bus_bytes[0]);
    EXPECT_NEAR(static_cast<double>(bus_bytes[0] - bus_bytes[1]), 4.0 * static_cast<double>(sent.size()),
                static_cast<double>(sent.size()));  // descriptors are read and written in bursts of varying length
  }
}

}  // namespace
}  // namespace ringside::test

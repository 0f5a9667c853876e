// Every capture at hand goes through the whole machine: each frame arrives byte for byte or has exactly one other fate.
//
// The captures lie beside the source tree (RINGSIDE_PCAPS); they are the project's test data and not part of it.  Where
// they are absent this says so and passes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

std::vector<std::filesystem::path> captures() {
  std::vector<std::filesystem::path> files;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(RINGSIDE_PCAPS, ignored))
    if (entry.path().extension() == ".pcap" || entry.path().extension() == ".pcapng") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Fates the chip or the driver gives: such a frame never reaches the tap.
std::uint64_t lost_before_the_stack(const outcome& o) {
  std::uint64_t n = 0;
  for (const char* reason : {"rx_disabled", "link_down", "address_filter", "vlan_filter", "mac_control", "crc_error",
                             "rx_error", "undersize", "fragment", "oversize", "jabber", "fifo_overflow", "nic_reset",
                             "driver_error", "driver_chain", "driver_no_memory", "driver_down", "backlog_full"})
    n += o[std::string("drop.") + reason];
  return n;
}

void expect_every_frame_accounted_for(const settings& extra) {
  const auto files = captures();
  if (files.empty()) {
    std::cout << "no captures in " << RINGSIDE_PCAPS << ": nothing to do\n";
    return;
  }
  std::uint64_t frames = 0, seen = 0;
  for (const auto& file : files) {
    SCOPED_TRACE(file.filename().string());
    const outcome o = run_machine(
        settings{"wire.source=pcap", "wire.pcap=" + file.string(), "wire.speed=line", "driver.promiscuous=true"} +
        extra);
    EXPECT_EQ(complaints_of(o), "");
    EXPECT_EQ(o["tapped"] + lost_before_the_stack(o), o["offered"]);
    frames += o["offered"];
    seen += o["tapped"];
  }
  std::cout << files.size() << " captures, " << frames << " frames, " << seen << " seen by the stack\n";
  EXPECT_GT(seen, frames / 2);
}

TEST(captures, every_frame_arrives_or_has_one_fate) {
  expect_every_frame_accounted_for({});
}

TEST(captures, also_in_small_buffers_and_ring) {
  expect_every_frame_accounted_for({"driver.buffer_size=256", "driver.ring_size=48"});
}

TEST(captures, also_with_jumbo_frames) {
  expect_every_frame_accounted_for({"driver.mtu=9000"});
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Three ways to take a frame, two kinds of memory: every capture at hand ends with the same bytes and the same fates.
//
// All captures go through the machine in one run per arrangement, apart from each other so that no arrangement runs out
// of room, with datagrams for the application between them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <ostream>
#include <string_view>

#include "platform/source/pcap_source.h"
#include "tests/system/capture_files.h"
#include "tests/system/run_machine.h"

namespace ringside::test {
namespace {

constexpr sim_time spacing = 40 * us;
constexpr std::uint32_t datagram_every = 8;

void append(std::vector<offered_frame>& frames, offered_frame frame) {
  frame.earliest = static_cast<sim_time>(frames.size()) * spacing;
  frames.push_back(std::move(frame));
}

std::vector<offered_frame> frames_of(const std::vector<std::filesystem::path>& files) {
  std::vector<offered_frame> frames;
  std::uint32_t size = 64;
  for (const auto& file : files) {
    platform::pcap_source source(platform::capture_file::open(file.string()), {});
    for (std::optional<offered_frame> frame = source.next(); frame; frame = source.next()) {
      append(frames, std::move(*frame));
      if (frames.size() % datagram_every != 0) continue;
      append(frames, udp_frame_of(size, static_cast<std::uint16_t>(frames.size()), 0));
      size = size == 1518 ? 64 : std::min(size + 37, 1518U);
    }
  }
  return frames;
}

/// Frames and bytes by fate and reason, as the report prints them.
std::string fates_of(const outcome& o) {
  const auto from = o.json.find("\"frames\"");
  return o.json.substr(from, o.json.find("\"interrupts\"") - from);
}

struct kind {
  const char* name;
  settings set;
};
void PrintTo(const kind& k, std::ostream* out) {
  *out << k.name;
}

class modes : public testing::TestWithParam<kind> {};

TEST_P(modes, every_capture_ends_alike_in_all_modes_and_memories) {
  const auto files = capture_files();
  const std::vector<offered_frame> frames = frames_of(files);
  std::optional<outcome> first;
  std::optional<outcome> without_gro;
  for (const std::string_view mode : {"napi", "irq", "poll"})
    for (const char* coherent : {"on", "off"}) {
      SCOPED_TRACE(fmt::format("{}, coherent {}", mode, coherent));
      const outcome o =
          run_machine(settings{"driver.promiscuous=true", "cpu.clock_mhz=4000", "run.time_limit=100s",
                               fmt::format("driver.mode={}", mode), fmt::format("bus.coherent={}", coherent)} +
                          GetParam().set,
                      frames);
      EXPECT_EQ(complaints_of(o), "");  // every byte of tap and application was compared with the wire
      EXPECT_EQ(o["offered"], frames.size());
      EXPECT_EQ(o["drop.fifo_overflow"] + o["drop.backlog_full"], 0U);
      EXPECT_GE(o["delivered"], frames.size() / (datagram_every + 1));
      if (!first) {
        first = o;
        std::cout << files.size() << " captures, " << frames.size() << " frames, " << o["tapped"]
                  << " seen by the stack, " << o["delivered"] << " delivered\n";
        continue;
      }
      EXPECT_EQ(o["tapped"], (*first)["tapped"]);
      if (mode == "napi") {
        EXPECT_EQ(fates_of(o), fates_of(*first));
        continue;
      }
      // Only NAPI has GRO, which sums a datagram over all that IP carries: ipv4.pcap has one that is right only so.
      constexpr std::uint64_t right_by_gro = 1;
      EXPECT_EQ(o["delivered"], (*first)["delivered"] - right_by_gro);
      EXPECT_EQ(o["drop.udp_checksum"], (*first)["drop.udp_checksum"] + right_by_gro);
      if (!without_gro) without_gro = o;
      EXPECT_EQ(fates_of(o), fates_of(*without_gro));
    }
}

INSTANTIATE_TEST_SUITE_P(kinds, modes,
                         testing::Values(kind{"as_linux_does", {}}, kind{"full_model", {"nic.kind=model"}},
                                         kind{"full_never_copied", {"driver.copybreak=0"}},
                                         kind{"full_chains_of_256", {"driver.buffer_size=256"}},
                                         kind{"full_model_chains_of_256", {"nic.kind=model", "driver.buffer_size=256"}},
                                         kind{"full_jumbo", {"driver.mtu=9000"}}),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// What a card that sends has on the bus: descriptor fetches, payload reads at any address, write-backs of one dword.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "tests/hw/tlm/pci/bus_bench.h"

namespace ringside::test {
namespace {

using tlm::dma_kind;

std::vector<event> of(const bus_bench& b, stage what) {
  std::vector<event> found;
  for (const event& e : b.events)
    if (e.what == what) found.push_back(e);
  return found;
}

// 0x1003 to 0x1052: 3 bytes of the first dword are not asked for, so the burst has ceil(83 / 4) = 21 data phases from
// clock 14 on, and a piece of 8 dwords ends where one of an aligned burst does.
TEST(pci_transmit, unaligned_read_comes_back_by_whole_dwords) {
  bus_bench b;
  const auto& transfer = b.dma(0, 0, false, 0x1003, 80, dma_kind::tx_payload_end);
  b.run();
  const auto& data = b.card(0).data;
  ASSERT_EQ(data.size(), 3U);
  EXPECT_EQ(data[0].at, clocks(21));
  EXPECT_EQ(std::pair(data[0].from, data[0].to), std::pair(0U, 29U));
  EXPECT_EQ(data[1].at, clocks(29));
  EXPECT_EQ(std::pair(data[1].from, data[1].to), std::pair(29U, 61U));
  EXPECT_EQ(data[2].at, clocks(34));
  EXPECT_EQ(std::pair(data[2].from, data[2].to), std::pair(61U, 80U));
  EXPECT_TRUE(data[2].last);
  for (std::uint32_t i = 0; i < 80; ++i) ASSERT_EQ(transfer.data[i], byte_bridge::pattern(0x1003 + i)) << i;
}

TEST(pci_transmit, a_read_inside_one_dword_is_one_data_phase) {
  bus_bench b;
  b.dma(0, 0, false, 0x1001, 2, dma_kind::tx_payload);
  b.run();
  ASSERT_EQ(b.card(0).data.size(), 1U);
  EXPECT_EQ(b.card(0).data[0].at, clocks(14));
  EXPECT_EQ(b.card(0).data[0].to, 2U);
}

// Whose bytes they are the memory knows, by the line: 0x1003 lies in line 64, 0x2040 in 129.
TEST(pci_transmit, payload_tells_the_frame_memory_knows) {
  bus_bench b;
  const auto& head = b.dma(0, 0, false, 0x1003, 80, dma_kind::tx_payload);
  const auto& tail = b.dma(0, clocks(1), false, 0x1010, 4, dma_kind::tx_payload_end);
  const auto& next = b.dma(0, clocks(2), false, 0x2040, 8, dma_kind::tx_payload_end);
  b.run();
  EXPECT_EQ(head.frames.front(), 65U);
  EXPECT_EQ(tail.frames.front(), 65U);
  EXPECT_EQ(next.frames.front(), 130U);
  const auto starts = of(b, stage::tx_dma_start);
  ASSERT_EQ(starts.size(), 2U) << "once a frame";
  EXPECT_EQ(starts[0].frame, 65U);
  EXPECT_EQ(starts[0].a, 0x1003U);
  EXPECT_EQ(starts[0].b, 80U);
  EXPECT_EQ(starts[1].frame, 130U);
  const auto done = of(b, stage::tx_dma_done);
  ASSERT_EQ(done.size(), 2U) << "only the burst that ends a frame";
  EXPECT_EQ(done[0].frame, 65U);
  EXPECT_EQ(done[0].a, 0x1014U);
  EXPECT_EQ(done[1].a, 0x2048U);
  std::uint64_t bytes = 0;
  for (const event& e : of(b, stage::tx_dma_read)) bytes += e.b;
  EXPECT_EQ(bytes, 80U + 4 + 8);
  EXPECT_TRUE(of(b, stage::dma_start).empty());
}

TEST(pci_transmit, fetch_reports_the_command_half_of_each_descriptor) {
  bus_bench b;
  b.dma(0, 0, false, 0x1000, 32, dma_kind::tx_fetch);
  b.run();
  const auto loads = of(b, stage::tx_desc_load);
  ASSERT_EQ(loads.size(), 2U);
  for (unsigned i = 0; i < 2; ++i) {
    std::uint64_t command = 0;
    for (unsigned byte = 0; byte < 8; ++byte)
      command |= std::uint64_t{byte_bridge::pattern(0x1000 + i * 16 + 8 + byte)} << (8 * byte);
    EXPECT_EQ(loads[i].a, 0x1000U + i * 16);
    EXPECT_EQ(loads[i].b, command);
  }
  ASSERT_EQ(of(b, stage::tx_desc_fetch).size(), 1U);
  EXPECT_EQ(of(b, stage::tx_desc_fetch)[0].b, 32U);
  EXPECT_TRUE(of(b, stage::desc_load).empty());
  EXPECT_TRUE(of(b, stage::desc_fetch).empty());
}

// FS 9.3: bytes 12 to 15 go back; the event names the descriptor.
TEST(pci_transmit, write_back_is_one_dword) {
  bus_bench b;
  b.bridge.drain_after = 100 * ns;
  const auto& transfer = b.dma(0, 0, true, 0x300C, 4, dma_kind::tx_writeback);
  b.run();
  ASSERT_EQ(b.transactions.size(), 1U);
  EXPECT_EQ(b.transactions[0].kind, tlm::pci_word::kind::tx_writeback);
  EXPECT_EQ(b.transactions[0].bytes, 4U);
  std::uint64_t status = 0;
  for (unsigned byte = 0; byte < 4; ++byte)
    status |= std::uint64_t{static_cast<std::uint8_t>(byte_bridge::pattern(0x300C + byte) ^ 0x80)} << (32 + 8 * byte);
  for (const stage what : {stage::tx_desc_writeback, stage::tx_dd_visible}) {
    const auto told = of(b, what);
    ASSERT_EQ(told.size(), 1U) << info(what).name;
    EXPECT_EQ(told[0].a, 0x3000U);
    EXPECT_EQ(told[0].b, status);
    EXPECT_EQ(told[0].frame, transfer.frames.front());
  }
  EXPECT_TRUE(of(b, stage::desc_writeback).empty());
}

}  // namespace
}  // namespace ringside::test

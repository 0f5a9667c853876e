// SPDX-License-Identifier: Apache-2.0
// Reads come back by dwords of the bus, each byte at its lane.
#include "hw/tlm/nic/response_queue.h"

#include <gtest/gtest.h>

namespace ringside::tlm {
namespace {

TEST(response_queue, bytes_of_an_unaligned_read_stand_at_their_lanes) {
  dma_transfer t;
  t.address = 0x1003;
  t.length = 10;
  for (unsigned i = 0; i < 10; ++i) t.data[i] = static_cast<std::uint8_t>(0xA0 + i);
  response_queue queue;
  queue.add_data(t, 0, 5, false, 7);  // 0x1003 to 0x1007
  queue.add_data(t, 5, 10, true, 7);  // 0x1008 to 0x100C
  EXPECT_EQ(queue.next_cycle(), 7);
  EXPECT_EQ(queue.take().data, 0xA000'0000U);
  EXPECT_EQ(queue.take().data, 0xA4A3'A2A1U);
  EXPECT_EQ(queue.next_cycle(), 9);
  EXPECT_EQ(queue.take().data, 0xA8A7'A6A5U);
  const response_queue::beat last = queue.take();
  EXPECT_EQ(last.data & 0xFF, 0xA9U);
  EXPECT_TRUE(last.last);
  EXPECT_EQ(last.returned, &t);
}

}  // namespace
}  // namespace ringside::tlm

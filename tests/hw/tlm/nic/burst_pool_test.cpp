// SPDX-License-Identifier: Apache-2.0
// The transfers of a Verilated card: a buffer belongs to one burst from its request to its last beat and its answer.
#include "hw/tlm/nic/burst_pool.h"

#include <gtest/gtest.h>

#include <set>

namespace ringside::tlm {
namespace {

constexpr std::uint32_t bytes = 64;

dma_transfer& take(burst_pool& pool, dma_kind kind, std::uint64_t address) {
  return pool.take({kind, kind != dma_kind::fetch, 0, address, bytes});
}
void beat(burst_pool& pool, std::uint32_t word, bool last) {
  pool.add_beat(word, 0xF, last, [] { return burst_pool::origin{0, 1}; });
}
void beats(burst_pool& pool, std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t i = from; i < to; ++i) beat(pool, i, i + 1 == bytes / 4);
}

// PCI 2.3 section 3.3.3.1: nobody claims the address, so the write is over long before the card has sent its data.
TEST(burst_pool, an_aborted_write_keeps_its_buffer_until_its_last_beat) {
  burst_pool pool;
  dma_transfer& aborted = take(pool, dma_kind::payload, 0x7000'0000);
  beats(pool, 0, 3);
  aborted.status = dma_status::master_abort;
  pool.give_back(aborted);
  std::set<const dma_transfer*> others;
  for (unsigned i = 0; i < 2; ++i) {
    dma_transfer& fetch = take(pool, dma_kind::fetch, 0x1000 + i * bytes);
    EXPECT_NE(&fetch, &aborted);
    EXPECT_TRUE(others.insert(&fetch).second);
    fetch.data.fill(0xA5);
  }
  beats(pool, 3, bytes / 4);
  for (const dma_transfer* fetch : others) {
    EXPECT_EQ(fetch->data[12], 0xA5);
    EXPECT_EQ(fetch->filled, 0U);
    EXPECT_EQ(fetch->address & ~0x7FU, 0x1000U);
  }
}

TEST(burst_pool, an_aborted_write_whose_beats_have_not_begun) {
  burst_pool pool;
  dma_transfer& first = take(pool, dma_kind::payload, 0x1000);
  dma_transfer& aborted = take(pool, dma_kind::writeback, 0x7000'0000);
  pool.give_back(aborted);
  EXPECT_NE(&take(pool, dma_kind::fetch, 0x2000), &aborted);
  beats(pool, 0, bytes / 4);
  EXPECT_EQ(first.filled, bytes);
  beats(pool, 0, bytes / 4);
  EXPECT_EQ(aborted.filled, bytes);
}

// The pool has eight: none may get lost on either way back.
TEST(burst_pool, every_buffer_comes_back) {
  burst_pool pool;
  for (unsigned i = 0; i < 40; ++i) {
    ASSERT_TRUE(pool.ready());
    dma_transfer& t = take(pool, dma_kind::payload, 0x1000);
    if (i % 2 != 0) pool.give_back(t);
    beats(pool, 0, bytes / 4);
    if (i % 2 == 0) pool.give_back(t);
  }
  std::set<const dma_transfer*> all;
  while (pool.ready()) EXPECT_TRUE(all.insert(&take(pool, dma_kind::fetch, 0)).second);
  EXPECT_EQ(all.size(), 12U);
}

}  // namespace
}  // namespace ringside::tlm

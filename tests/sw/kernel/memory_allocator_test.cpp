// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/memory_allocator.h"

#include <gtest/gtest.h>

#include <set>

#include "common/rng.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace {

TEST(memory_allocator, gives_aligned_buffers_that_do_not_overlap) {
  test::fake_host host(1, 4U << 20);
  memory_allocator memory(host, 0x10000, 0);
  std::map<bus_address, std::size_t> live;
  for (const std::size_t size : {1U, 64U, 65U, 300U, 1984U, 2048U, 4096U, 9000U, 70000U}) {
    for (int i = 0; i < 5; ++i) {
      const bus_address a = memory.alloc(size);
      ASSERT_NE(a, 0U);
      EXPECT_GE(memory.usable_size(a), size);
      EXPECT_EQ(a % (size >= 4096 ? 4096 : 64), 0U);
      for (const auto& [other, bytes] : live) EXPECT_TRUE(a + size <= other || other + bytes <= a);
      live[a] = size;
    }
  }
  EXPECT_EQ(memory.live(), live.size());
  for (const auto& [a, bytes] : live) memory.free(a);
  EXPECT_EQ(memory.live(), 0U);
  EXPECT_EQ(memory.live_bytes(), 0U);
}

TEST(memory_allocator, reuses_the_last_freed_first) {
  test::fake_host host(1, 1U << 20);
  memory_allocator memory(host, 0x10000, 0);
  const bus_address a = memory.alloc(100);
  const bus_address b = memory.alloc(100);
  memory.free(a);
  memory.free(b);
  EXPECT_EQ(memory.alloc(100), b);
  EXPECT_EQ(memory.alloc(100), a);
}

TEST(memory_allocator, never_hands_out_address_zero_and_respects_its_range) {
  test::fake_host host(1, 1U << 20);
  memory_allocator memory(host, 0, 0x80000);
  bus_address last = 0;
  while (const bus_address a = memory.alloc(65536)) {
    EXPECT_GT(a, last);
    EXPECT_LE(a + 65536, 0x80000U);
    last = a;
  }
  EXPECT_EQ(memory.failures(), 1U);
}

// get_page and put_page, of a buffer and of one that spans slabs.
TEST(memory_allocator, memory_with_two_owners_is_free_when_both_have_freed_it) {
  test::fake_host host(1, 1U << 20);
  memory_allocator memory(host, 0x10000, 0);
  for (const std::size_t size : {2048U, 100000U}) {
    const bus_address a = memory.alloc(size);
    memory.get_page(a);
    memory.free(a);
    EXPECT_EQ(memory.live(), 1U);
    EXPECT_GE(memory.usable_size(a), size);
    memory.free(a);
    EXPECT_EQ(memory.live(), 0U);
    const std::uint64_t bad = memory.bad_frees();
    memory.get_page(a);  // too late
    EXPECT_EQ(memory.bad_frees(), bad + 1);
    memory.free(memory.alloc(size));  // one owner again
    EXPECT_EQ(memory.live(), 0U);
  }
}

TEST(memory_allocator, counts_bad_frees_and_goes_on) {
  test::fake_host host(1, 1U << 20);
  memory_allocator memory(host, 0x10000, 0);
  const bus_address a = memory.alloc(512);
  memory.free(a + 1);
  memory.free(0x8000);
  memory.free(a);
  memory.free(a);
  memory.free(0);
  EXPECT_EQ(memory.bad_frees(), 3U);
  EXPECT_EQ(memory.live(), 0U);
}

TEST(memory_allocator, fails_on_request) {
  test::fake_host host(1, 1U << 20);
  memory_allocator memory(host, 0x10000, 0);
  memory.fail_next(2, 1);
  EXPECT_NE(memory.alloc(64), 0U);
  EXPECT_EQ(memory.alloc(64), 0U);
  EXPECT_EQ(memory.alloc(64), 0U);
  EXPECT_NE(memory.alloc(64), 0U);
  EXPECT_EQ(memory.failures(), 2U);
}

TEST(memory_allocator, survives_random_use_without_losing_memory) {
  test::fake_host host(1, 2U << 20);
  memory_allocator memory(host, 0x10000, 0);
  constexpr std::uint64_t seed = 7;
  SCOPED_TRACE(seed);
  rng random(seed);
  std::vector<bus_address> live;
  for (int i = 0; i < 20000; ++i) {
    if (random.below(2) == 0 || live.empty()) {
      const bus_address a = memory.alloc(1 + random.below(random.chance(20000) ? 200000 : 4000));
      if (a != 0) live.push_back(a);
    } else {
      const std::uint32_t pick = random.below(static_cast<std::uint32_t>(live.size()));
      memory.free(live[pick]);
      live[pick] = live.back();
      live.pop_back();
    }
  }
  EXPECT_EQ(std::set<bus_address>(live.begin(), live.end()).size(), live.size());
  for (const bus_address a : live) memory.free(a);
  EXPECT_EQ(memory.live(), 0U);
  EXPECT_EQ(memory.bad_frees(), 0U);
}

}  // namespace
}  // namespace ringside::kernel

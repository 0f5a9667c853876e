// SPDX-License-Identifier: Apache-2.0
// The memory of packets' objects: never two in one place, aligned, the last one freed first reused.
#include "sw/kernel/object_cache.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool heap_only = true;
#else
constexpr bool heap_only = false;
#endif

struct thing {
  std::array<std::uint64_t, 13> words;
};

TEST(object_cache, objects_lie_apart_on_cache_lines) {
  kernel::object_cache<thing> cache;
  std::vector<void*> places(100);  // several slabs
  std::vector<std::uintptr_t> sorted;
  sorted.reserve(places.size());
  for (void*& place : places) {
    place = cache.take();
    sorted.push_back(reinterpret_cast<std::uintptr_t>(place));
    EXPECT_EQ(sorted.back() % 64, 0U);
  }
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 1; i < sorted.size(); ++i) ASSERT_GE(sorted[i], sorted[i - 1] + sizeof(thing));
  for (void* place : places) cache.give_back(place);
}

// Under AddressSanitizer nothing is reused at once, so that a late access is found.
TEST(object_cache, last_freed_is_first_reused) {
  kernel::object_cache<thing> cache;
  void* const a = cache.take();
  void* const b = cache.take();
  cache.give_back(a);
  cache.give_back(b);
  void* const c = cache.take();
  void* const d = cache.take();
  EXPECT_EQ(c == b, !heap_only);
  EXPECT_EQ(d == a, !heap_only);
  cache.give_back(c);
  cache.give_back(d);
}

class object_cache_of_packets : public stack_bench {};

// Queues of the kernel layer hold a packet by its base class.
TEST_F(object_cache_of_packets, takes_a_packet_back_through_its_base_class) {
  kernel::packet_ptr packet = net.skbs().alloc_skb(100);
  const void* const place = packet.get();
  EXPECT_EQ(net.skbs().live(), 1U);
  packet.reset();
  EXPECT_EQ(net.skbs().live(), 0U);
  EXPECT_EQ(os.memory().live(), 0U);
  const stack::skb_ptr next = net.skbs().alloc_skb(100);
  EXPECT_EQ(next.get() == place, !heap_only);
  EXPECT_EQ(next->len(), 0U);
}

}  // namespace
}  // namespace ringside::test

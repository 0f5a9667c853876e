// SPDX-License-Identifier: Apache-2.0
// Routes of the host: what an address brings and which of several is found (RT-1, RT-2, RT-4).
#include "sw/stack/fib.h"

#include <gtest/gtest.h>

namespace ringside::test {
namespace fib_tests {
namespace {

using stack::route_type;

route_type found(stack::fib_table& table, stack::ipv4_address address) {
  const stack::fib_table::route* const r = table.lookup(address);
  return r == nullptr ? route_type::unreachable : r->type;
}

TEST(fib, an_address_brings_itself_its_prefix_and_its_broadcast) {
  stack::fib_table table;
  table.add_address(0xC0A80002, 24);
  EXPECT_EQ(found(table, 0xC0A80002), route_type::local);
  EXPECT_EQ(found(table, 0xC0A800FF), route_type::broadcast);
  EXPECT_EQ(found(table, 0xC0A80000), route_type::unicast);  // since 5.14 no broadcast
  EXPECT_EQ(found(table, 0xC0A80003), route_type::unicast);
  EXPECT_EQ(table.lookup(0xC0A80003)->bits, 24U);
  EXPECT_EQ(table.lookup(0xC0A80102), nullptr);
  EXPECT_TRUE(table.is_local(0xC0A80002));
  EXPECT_FALSE(table.is_local(0xC0A800FF));
  EXPECT_FALSE(table.is_local(1));
}

TEST(fib, long_prefixes_bring_less) {
  stack::fib_table table;
  table.add_address(0x0A000000, 31);  // RFC 3021
  EXPECT_EQ(found(table, 0x0A000001), route_type::unicast);
  table.add_address(0x0B000001, 32);
  EXPECT_EQ(found(table, 0x0B000001), route_type::local);
  EXPECT_EQ(found(table, 0x0B000000), route_type::unreachable);
}

TEST(fib, the_longest_prefix_is_found_whatever_came_first) {
  for (const bool up : {true, false}) {
    stack::fib_table table;
    for (int i = 0; i < 4; ++i) {
      const unsigned bits = 8U * static_cast<unsigned>(up ? i : 3 - i);
      table.add(0x0A010203, bits, route_type::unicast);
    }
    EXPECT_EQ(table.lookup(0x0A010299)->bits, 24U);
    EXPECT_EQ(table.lookup(0x0A019999)->bits, 16U);
    EXPECT_EQ(table.lookup(0x0A999999)->bits, 8U);
    EXPECT_EQ(table.lookup(0x01010101)->bits, 0U);
  }
}

// An address that is the broadcast of another prefix is the host's.
// Both stand in table local (fib_magic) with one priority, and a new one goes behind (NLM_F_APPEND).
TEST(fib, of_local_and_broadcast_the_first_added_is_found) {
  stack::fib_table broadcast_first;
  broadcast_first.add_address(0xC0A80002, 24);
  broadcast_first.add_address(0xC0A800FF, 16);
  EXPECT_EQ(found(broadcast_first, 0xC0A800FF), route_type::broadcast);
  stack::fib_table local_first;
  local_first.add_address(0xC0A800FF, 16);
  local_first.add_address(0xC0A80002, 24);
  EXPECT_EQ(found(local_first, 0xC0A800FF), route_type::local);
}

// Table 255 before table 254.
TEST(fib, table_local_is_asked_before_table_main) {
  for (const bool main_first : {true, false}) {
    stack::fib_table table;
    table.add(0x0A000001, 32, main_first ? route_type::unicast : route_type::local);
    table.add(0x0A000001, 32, main_first ? route_type::local : route_type::unicast);
    EXPECT_EQ(found(table, 0x0A000001), route_type::local);
  }
}

// RTN_* of include/uapi/linux/rtnetlink.h.
TEST(dst, types_have_linux_numbers) {
  EXPECT_EQ(static_cast<int>(route_type::unicast), 1);
  EXPECT_EQ(static_cast<int>(route_type::local), 2);
  EXPECT_EQ(static_cast<int>(route_type::broadcast), 3);
  EXPECT_EQ(static_cast<int>(route_type::multicast), 5);
  EXPECT_EQ(static_cast<int>(route_type::unreachable), 7);
}

TEST(dst, lives_as_long_as_somebody_refers_to_it) {
  auto* const entry = new stack::dst_entry{route_type::local, nullptr, nullptr};
  stack::dst_ref first(entry);
  stack::dst_ref second = first;
  EXPECT_EQ(first->references, 2U);
  EXPECT_TRUE(first == second);
  stack::dst_ref third = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): moved from, it refers to nothing
  EXPECT_EQ(third->references, 2U);
  second = stack::dst_ref();
  EXPECT_EQ(third->references, 1U);
  third = third;
  EXPECT_EQ(third->references, 1U);
  third.reset();
  EXPECT_FALSE(third);
}

}  // namespace
}  // namespace fib_tests
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/cost.h"

#include <gtest/gtest.h>

#include <set>

namespace ringside::kernel {
namespace {

TEST(cost_table, names_are_unique_and_found_again) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < cost_count; ++i) {
    const cost_info& row = info(static_cast<cost>(i));
    EXPECT_TRUE(seen.insert(row.name).second) << row.name;
    EXPECT_EQ(cost_by_name(row.name), row.what);
    EXPECT_FALSE(row.source.empty()) << row.name;
  }
  EXPECT_EQ(cost_by_name("no_such_cost"), cost::count);
}

TEST(cost_table, counts_operations_in_cycles) {
  cost_table table;
  table.cycles[static_cast<std::size_t>(cost::ip_rcv)] = 7;
  EXPECT_EQ(table.total(cost::ip_rcv, 3), 21U);
}

TEST(cost_table, counts_bytes_in_sixteenths_rounded_up) {
  cost_table table;
  table.cycles[static_cast<std::size_t>(cost::copy_per_byte)] = 3;  // 3/16 cycle a byte
  EXPECT_EQ(table.total(cost::copy_per_byte, 0), 0U);
  EXPECT_EQ(table.total(cost::copy_per_byte, 16), 3U);
  EXPECT_EQ(table.total(cost::copy_per_byte, 17), 4U);
}

}  // namespace
}  // namespace ringside::kernel

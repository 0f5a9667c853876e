// SPDX-License-Identifier: Apache-2.0
// A vector with a known greatest number of elements: full is an error, a place that is not there as well.
#include "common/bounded_vector.h"

#include <gtest/gtest.h>

#include <vector>

namespace ringside {
namespace {

TEST(bounded_vector, holds_what_it_was_given_up_to_its_size) {
  bounded_vector<int, 3> v;
  EXPECT_TRUE(v.empty());
  for (int n = 1; n <= 3; ++n) v.push_back(n);
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(v.front(), 1);
  EXPECT_EQ(v.at(2), 3);
  EXPECT_THROW(v.push_back(4), std::length_error);
  EXPECT_EQ(v.size(), 3U);
  v.clear();
  EXPECT_TRUE(v.empty());
  EXPECT_THROW(static_cast<void>(v.at(0)), std::out_of_range);
}

TEST(bounded_vector, assign_replaces_all_or_throws) {
  bounded_vector<int, 3> v;
  v.push_back(9);
  const std::vector<int> two{4, 5};
  v.assign(two);
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), two);
  EXPECT_THROW(v.assign(std::vector<int>(4)), std::length_error);
  EXPECT_EQ(std::vector<int>(v.begin(), v.end()), two);
  v.assign({});
  EXPECT_TRUE(v.empty());
}

}  // namespace
}  // namespace ringside

// The posted write buffer keeps its order over any history, also when it grows with its ring turned.
#include "hw/tlm/pci/posted_writes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "common/rng.h"

namespace ringside::test {
namespace {

using tlm::posted_writes;

TEST(posted_writes, comes_out_as_it_went_in) {
  rng random(11);
  posted_writes ring;
  std::deque<std::uint64_t> expected;
  std::size_t most = 0;
  for (std::uint64_t n = 0; n < 20'000; ++n) {
    // Mostly short, now and then many more than the ring begins with.
    const bool fill = n % 4'000 < 100 || random.chance(500'000);
    if (fill) {
      ring.add().address = n;
      expected.push_back(n);
    } else if (!expected.empty()) {
      ASSERT_EQ(ring.front().address, expected.front());
      ASSERT_EQ(ring.back().address, expected.back());
      const tlm::posted_write& taken = ring.take();
      ASSERT_EQ(taken.address, expected.front());
      expected.pop_front();
    }
    ASSERT_EQ(ring.empty(), expected.empty());
    most = std::max(most, expected.size());
  }
  EXPECT_GT(most, 64U);
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/event_hash.h"

#include <gtest/gtest.h>

#include <set>

namespace ringside::platform {
namespace {

std::uint64_t hash_of(const std::vector<event>& events) {
  event_hash hash;
  for (const event& e : events) hash.on_event(e);
  return hash.value();
}

TEST(event_hash, every_field_and_the_order_count) {
  const event base{1000, 1, 2, 3, 0, origin::nic, stage::wire_sof};
  std::vector<event> variants(7, base);
  variants[0].time = 1001;
  variants[1].frame = 2;
  variants[2].a = 1ULL << 63;
  variants[3].b = 4;
  variants[4].what = stage::wire_eof;
  variants[5].from = origin::bus;
  variants[6].unit = 1;
  std::set<std::uint64_t> seen{hash_of({}), hash_of({base}), hash_of({base, base})};
  for (const event& v : variants) {
    EXPECT_TRUE(seen.insert(hash_of({v})).second);
    EXPECT_NE(hash_of({base, v}), hash_of({v, base}));
  }
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(hash_of({base, variants[2]}), hash_of({base, variants[2]}));
}

TEST(event_hash, a_far_away_bit_reaches_the_result) {
  std::vector<event> events(10'000, event{5, 6, 7, 8, 0, origin::cpu, stage::napi_poll});
  const std::uint64_t before = hash_of(events);
  events[0].b ^= std::uint64_t{1} << 63;
  EXPECT_NE(hash_of(events), before);
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Tags of the receive MAC mean the frames it heard.
#include "hw/tlm/nic/frame_tags.h"

#include <gtest/gtest.h>

namespace ringside::tlm {
namespace {

TEST(frame_tags, counts_the_wire_while_all_of_it_is_heard) {
  const frame_tags tags(3);
  const frame_id wire = frame_id{3} << frame_wire_shift;
  EXPECT_EQ(tags.of(5, 5), wire + 5);
  EXPECT_EQ(tags.of(4, 5), wire + 4);
  EXPECT_EQ(tags.of(0xFFFF, 0x1'0002), wire + 0xFFFF) << "tags have 16 bits";
}

TEST(frame_tags, looped_frames_take_tags_and_frames_not_heard_do_not) {
  frame_tags tags(1);
  const frame_id wire = frame_id{1} << frame_wire_shift;
  for (std::uint64_t begun = 1; begun <= 4; ++begun) tags.wire_began(true, begun);
  tags.loop_began(0xABC, 4);
  EXPECT_EQ(tags.of(5, 4), 0xABCU);
  EXPECT_EQ(tags.of(4, 4), wire + 4) << "those of before still mean what they meant";
  tags.wire_began(false, 5);
  EXPECT_FALSE(tags.wire_heard());
  tags.loop_began(0xABD, 5);
  EXPECT_EQ(tags.of(6, 5), 0xABDU);
  tags.wire_began(true, 6);
  EXPECT_EQ(tags.of(7, 6), wire + 6);
}

}  // namespace
}  // namespace ringside::tlm

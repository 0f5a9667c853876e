#include "sw/driver/e1000.h"

#include "tests/unit/bench.h"

namespace ringside::test {
namespace {

TEST(e1000, delivers_a_udp_frame_to_the_application) {
  bench b;
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  const bytes payload = pattern(100, 1);
  const frame_id frame = b.receive(udp_frame(payload));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 1U);
  EXPECT_EQ(b.read[0].first, frame);
  EXPECT_EQ(b.read[0].second, payload);
}

}  // namespace
}  // namespace ringside::test

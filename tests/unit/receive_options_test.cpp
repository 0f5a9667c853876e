// What Linux leaves alone and a scenario may set: thresholds of descriptors and small packets.
#include "tests/unit/bench.h"

namespace ringside::test {
namespace {

// 6.4, 6.1, 7.4: field positions from the sheet.
TEST(receive_options, thresholds_are_written_only_when_asked) {
  {
    bench b;
    b.up();
    for (const auto& w : b.nic.writes) EXPECT_TRUE(w.offset != 0x2828 && w.offset != 0x2C00) << w.offset;
  }
  driver::config c;
  c.pthresh = 8;
  c.hthresh = 16;
  c.wthresh = 4;
  c.rdmts = 2;
  c.rsrpd = 128;
  bench b(c);
  b.up();
  EXPECT_EQ(b.nic.registers[0x2828], 8U | 16U << 8 | 4U << 16 | 1U << 24);
  EXPECT_EQ(b.nic.registers[0x0100], 0x00008202U);
  EXPECT_EQ(b.nic.registers[0x2C00], 128U);
}

}  // namespace
}  // namespace ringside::test

// e1000_top end to end: GMII in, memory and INTA# out.  Expected values come from the fact sheet, sections 5 to 7 and 10.2.
#include <gtest/gtest.h>

#include "hw/regs/e1000_regs.h"
#include "tests/rtl/top_bench.h"
#include "tests/rtl/wire_bytes.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

const bytes station = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
constexpr std::uint64_t ring = 0x10000;
constexpr std::uint64_t buffers = 0x100000;

// The driver's open, fact sheet 10.2 steps 5 to 8.
void open(top_bench& bench, unsigned descriptors = 64, std::uint32_t rctl = rctl::EN | rctl::BAM) {
  bench.bring_up();
  bench.write(reg::RDTR, 0);
  bench.write(reg::RADV, 8);
  bench.set_ring(ring, descriptors);
  bench.fill_ring(descriptors, buffers, 2048);
  bench.write(reg::RCTL, rctl);
  bench.write(reg::RDT, descriptors - 2);
  bench.write(reg::IMS, icr::RXT0 | icr::LSC | icr::RXDMT0 | icr::RXSEQ);
}

TEST(top, receives_a_frame_and_interrupts) {
  top_bench bench;
  open(bench);
  const bytes frame = make_frame(station, 64);
  bench.send(frame);
  ASSERT_TRUE(bench.run_until([&] { return bench.intx(); }));
  const auto desc = bench.descriptor_at(0);
  EXPECT_EQ(desc.buffer, buffers);
  EXPECT_EQ(desc.length, 64);
  EXPECT_EQ(desc.status & 0x03, 0x03);  // DD, EOP
  EXPECT_EQ(desc.errors, 0);
  EXPECT_EQ(bench.bytes_at(buffers, 64), frame);
  EXPECT_EQ(bench.byte_at(buffers + 64), 0xEE);
  EXPECT_EQ(bench.read(reg::RDH), 1U);
  EXPECT_EQ(bench.read(reg::ICR), icr::RXT0);
  EXPECT_FALSE(bench.intx());
}

}  // namespace

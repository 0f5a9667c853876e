// SPDX-License-Identifier: Apache-2.0
// A driver that pauses, refills and goes on, or sets its ring up anew, at random moments of random traffic,
// N-2, N-8, N-12.
//
// Whatever the moment: frames come whole, once and in order; DD in memory, RDH and RXT0 agree when the bus is quiet; no
// byte goes to a buffer that was taken back.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/rng.h"
#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

constexpr std::uint32_t ring = 32;
constexpr std::uint32_t buffer_bytes = 256;
constexpr std::uint32_t setup = rctl::LPE | rctl::SECRC | 3U << rctl::BSIZE_SHIFT;
constexpr unsigned rounds = 60;

class pauses : public testing::TestWithParam<std::uint64_t> {
 protected:
  pauses() : random_(GetParam()) {}

  void plan_frames() {
    sim_time at = 0;
    for (unsigned i = 0; i < 700; ++i) {
      offered_frame f = plain_frame(own_address, 68 + up_to(random_.chance(250'000) ? 3000 : 400));
      for (unsigned b = 0; b < 4; ++b) f.bytes[14 + b] = static_cast<std::uint8_t>(i >> (8 * b));  // its number
      at += 2 * us + up_to(9000) * ns;
      f.earliest = at;
      sent_.push_back(f.bytes);
      bench_.plan(std::move(f));
    }
  }
  std::uint32_t up_to(std::uint32_t most) { return static_cast<std::uint32_t>(random_.between(0, most)); }

  /// Buffers of the descriptors from `from` to the last before RDT are others from now on.
  void replace_buffers() {
    ++generation_;
    for (std::uint32_t i = next_; i != tail_; i = (i + 1) % ring) post(i);
  }
  void post(std::uint32_t index) {
    bench_.put_descriptor(index, card_bench::buffers_at + (generation_ * ring + index) % 4096 * buffer_bytes);
  }
  /// What is done is taken and its descriptor given back.
  unsigned take() {
    unsigned frames = 0;
    for (; bench_.done(next_); next_ = (next_ + 1) % ring) {
      const host_descriptor d = bench_.descriptor(next_);
      const auto part = bench_.bytes(d.address, d.length);
      frame_.insert(frame_.end(), part.begin(), part.end());
      if ((d.status & rxd_status::EOP) != 0) {
        check_frame();
        frame_.clear();
        ++frames;
      }
      post(next_);
    }
    return frames;
  }
  void check_frame() {
    const auto found = std::find(sent_.begin() + static_cast<std::ptrdiff_t>(seen_), sent_.end(), frame_);
    ASSERT_NE(found, sent_.end()) << "a frame of " << frame_.size() << " bytes was not sent, or came before";
    seen_ = static_cast<std::size_t>(found - sent_.begin()) + 1;
    ++received_;
  }
  void give_back() {
    tail_ = (next_ + ring - 1 - up_to(3)) % ring;
    bench_.write(reg::RDT, tail_);
  }
  bool quiet() const { return bench_.on_bus(tlm::dma_kind::payload) + bench_.on_bus(tlm::dma_kind::writeback) == 0; }

  rng random_;
  card_bench bench_;
  std::vector<std::vector<std::uint8_t>> sent_;
  std::vector<std::uint8_t> frame_;
  std::size_t seen_ = 0;  // of sent_
  unsigned received_ = 0;
  std::uint32_t next_ = 0, tail_ = 0, generation_ = 0;
};

TEST_P(pauses, nothing_is_lost_twice_or_torn) {
  plan_frames();
  for (std::uint32_t i = 0; i < ring; ++i) post(i);
  bench_.bus_overhead = 100 * ns + up_to(1200) * ns;
  bench_.write(reg::RXDCTL, rxdctl::GRAN | up_to(16) << rxdctl::PTHRESH_SHIFT | 1U << rxdctl::WTHRESH_SHIFT);
  std::vector<std::uint64_t> buffers;
  for (std::uint32_t i = 0; i < ring; ++i) buffers.push_back(bench_.descriptor(i).address);
  bench_.open(buffers, tail_ = ring - 1, setup | rctl::EN);
  bench_.start_traffic();
  for (unsigned round = 0; round < rounds; ++round) {
    SCOPED_TRACE(fmt::format("seed {}, round {}", GetParam(), round));
    bench_.run_for(5 * us + up_to(8000) * ns);
    unsigned taken = take();
    if (random_.chance(300'000)) give_back();
    bench_.run_for(up_to(3000) * ns);
    bench_.write(reg::RCTL, setup);
    bench_.run_for(up_to(1500) * ns);
    // R-16, beside whatever is under way: the doorbell that is none, or the ring set up anew without another head.
    if (random_.chance(700'000)) bench_.write(reg::RDT, tail_);
    const bool anew = random_.chance(200'000);
    if (anew) {
      const std::uint32_t offset = random_.chance(500'000) ? reg::RDLEN : reg::RDBAL;
      bench_.write(offset, bench_.read(offset));
    }
    bench_.run_for(60 * us);
    ASSERT_TRUE(quiet());
    taken += take();
    if (testing::Test::HasFailure()) return;
    EXPECT_EQ(bench_.read(reg::RDH), next_);
    const bool reported = (bench_.read(reg::ICR) & icr::RXT0) != 0;
    if (taken != 0 || !anew) {
      EXPECT_EQ(reported, taken != 0);
    }
    if (anew) frame_.clear();  // a frame that was under way is gone, what was written back of it is not
    if (testing::Test::HasFailure()) return;
    replace_buffers();
    give_back();
    bench_.write(reg::RCTL, setup | rctl::EN);
  }
  EXPECT_GT(received_, 40U);
}

INSTANTIATE_TEST_SUITE_P(seeds, pauses, testing::Range<std::uint64_t>(1, 31),
                         [](const auto& row) { return fmt::format("seed_{}", row.param); });

}  // namespace
}  // namespace ringside::test

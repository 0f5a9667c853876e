// SPDX-License-Identifier: Apache-2.0
// Checksums, tags and segmentation: what the chip puts into frames (FS 9.1, 9.2).  Expected frames: tx_model.h.
#include <algorithm>
#include <array>
#include <random>

#include "tests/hw/rtl/rounds.h"
#include "tests/hw/rtl/tx_model.h"

namespace {
using namespace ringside;
using namespace ringside::rtl_test;

// Posts descriptors one behind the other.
class ring {
 public:
  explicit ring(top_bench& bench, const tx_open_options& options = {}) : bench_(bench), size_(options.descriptors) {
    open_tx(bench, options);
  }
  void context(const tx_context& c, std::uint64_t more = 0) { put(c.low(), c.high() | more); }
  // A packet in pieces of these sizes, the rest in the last one; `first` and `end` go into the first and last
  // descriptor.
  void packet(const bytes& data, const std::vector<std::size_t>& pieces, std::uint64_t all, std::uint64_t first,
              std::uint64_t end) {
    std::size_t at = 0;
    for (std::size_t i = 0; i <= pieces.size(); ++i) {
      const std::size_t size = i == pieces.size() ? data.size() - at : std::min(pieces[i], data.size() - at);
      const std::uint64_t where = next_;
      next_ += size + 1 + i % 4;
      rtl_test::poke(
          bench_, where,
          bytes(data.begin() + static_cast<std::ptrdiff_t>(at), data.begin() + static_cast<std::ptrdiff_t>(at + size)));
      put(where, size | all | (i == 0 ? first : 0) | (i == pieces.size() ? end | txd::EOP | txd::RS : 0));
      at += size;
    }
  }
  // TDT, and the frames that leave until nothing does.
  const std::vector<sent_frame>& go() {
    bench_.write(reg::TDT, tail_);
    bench_.run_until([&] { return bench_.read(reg::TDH) == tail_; }, 20000);
    EXPECT_EQ(bench_.read(reg::TDH), tail_);
    for (std::size_t seen = ~std::size_t{0}; seen != bench_.sent.size();) {
      seen = bench_.sent.size();
      bench_.run(20000);
    }
    return bench_.sent;
  }

 private:
  void put(std::uint64_t low, std::uint64_t high) {
    bench_.put_tx(tail_, low, high);
    tail_ = (tail_ + 1) % size_;
  }
  top_bench& bench_;
  unsigned size_, tail_ = 0;
  std::uint64_t next_ = tx_buffer_base;
};

TEST(tx_offload, legacy_checksum_goes_from_css_to_the_end) {  // T-14
  for (const auto css : std::array<std::uint8_t, 3>{14, 15, 33}) {
    for (const std::size_t length : {80U, 81U}) {
      top_bench bench;
      ring r(bench);
      const bytes frame = body(length);
      r.packet(frame, {20, 17}, txd::IFCS | std::uint64_t{css} << 40, 0, txd::IC | 50ULL << 16);
      const auto& sent = r.go();
      ASSERT_EQ(sent.size(), 1U);
      EXPECT_EQ(sent[0].bytes, frame_on_wire(frame, {.legacy_sum = true, .cso = 50, .css = css}, {}));
    }
  }
}

TEST(tx_offload, legacy_checksum_outside_the_frame_is_ignored) {  // T-14
  top_bench bench;
  ring r(bench);
  const bytes frame = body(70);
  r.packet(frame, {}, txd::IFCS | 70ULL << 40, 0, txd::IC | 50ULL << 16);  // CSS at the length
  r.packet(frame, {}, txd::IFCS | 14ULL << 40, 0, txd::IC | 69ULL << 16);  // CSO in the last byte
  r.packet(frame, {}, txd::IFCS | 14ULL << 40, 0, txd::IC | 68ULL << 16);
  const auto& sent = r.go();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].bytes, with_fcs(frame));
  EXPECT_EQ(sent[1].bytes, with_fcs(frame));
  EXPECT_EQ(sent[2].bytes, frame_on_wire(frame, {.legacy_sum = true, .cso = 68, .css = 14}, {}));
}

TEST(tx_offload, context_checksums_stay_until_the_next_context) {  // T-15, T-16
  top_bench bench;
  ring r(bench);
  const tx_context c{.ipcss = 14, .ipcso = 24, .tucss = 34, .tucso = 40, .ipcse = 33};
  r.context(c, txd::RS);
  const bytes one = body(120, 1), two = body(121, 2), three = body(60, 3);
  r.packet(one, {33}, txd::DATA | txd::IFCS, txd::IXSM | txd::TXSM, 0);
  r.packet(two, {}, txd::DATA | txd::IFCS, txd::TXSM, 0);
  r.packet(three, {}, txd::DATA | txd::IFCS, 0, 0);
  const auto& sent = r.go();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[0].bytes, frame_on_wire(one, {.ixsm = true, .txsm = true}, c));
  EXPECT_EQ(sent[1].bytes, frame_on_wire(two, {.txsm = true}, c));
  EXPECT_EQ(sent[2].bytes, with_fcs(three));
  EXPECT_EQ(bench.tx_high(0) >> 32 & 0xF, 1U) << "T-44: context descriptors too";
}

TEST(tx_offload, a_sum_of_zero_goes_out_as_ones) {  // T-16
  top_bench bench;
  ring r(bench);
  const tx_context c{.ipcss = 14, .ipcso = 24, .tucss = 34, .tucso = 40, .ipcse = 33};
  r.context(c);
  bytes frame = body(100);
  for (std::size_t i = 14; i < frame.size(); ++i) frame[i] = 0xFF;  // both sums are FFFF
  r.packet(frame, {}, txd::DATA | txd::IFCS, txd::IXSM | txd::TXSM, 0);
  const auto& sent = r.go();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].bytes[24] | sent[0].bytes[25], 0);
  EXPECT_EQ(sent[0].bytes[40] & sent[0].bytes[41], 0xFF);
}

TEST(tx_offload, tag_goes_in_behind_the_addresses) {  // T-13
  top_bench bench;
  ring r(bench);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  bench.write(reg::VET, 0x88A8);
  const bytes frame = body(61), twelve = body(12), eleven = body(11);
  r.packet(frame, {5, 30}, txd::IFCS, 0, txd::VLE | 0x2345ULL << 48);
  r.packet(frame, {}, 0, 0, txd::VLE | 0x2345ULL << 48);           // an FCS whatever IFCS says
  r.packet(frame, {5}, txd::IFCS, txd::VLE | 0x2345ULL << 48, 0);  // VLE counts in the EOP descriptor
  r.packet(twelve, {}, txd::IFCS, 0, txd::VLE | 0x2345ULL << 48);
  r.packet(eleven, {}, txd::IFCS, 0, txd::VLE | 0x2345ULL << 48);
  const auto& sent = r.go();
  const tx_options tagged{.vlan = true, .vet = 0x88A8, .tci = 0x2345};
  ASSERT_EQ(sent.size(), 5U);
  EXPECT_EQ(sent[0].bytes, frame_on_wire(frame, tagged, {}));
  EXPECT_EQ(sent[1].bytes, frame_on_wire(frame, tagged, {}));
  EXPECT_EQ(sent[2].bytes, with_fcs(frame));
  EXPECT_EQ(sent[3].bytes, frame_on_wire(twelve, tagged, {}));
  EXPECT_EQ(sent[4].bytes, on_wire(eleven));
}

TEST(tx_offload, no_tag_without_vme) {  // T-13
  top_bench bench;
  ring r(bench);
  const bytes frame = body(70);
  r.packet(frame, {}, txd::IFCS, 0, txd::VLE | 7ULL << 48);
  const auto& sent = r.go();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].bytes, with_fcs(frame));
}

TEST(tx_offload, empty_and_reserved_descriptors_carry_nothing) {  // T-10, T-12
  top_bench bench;
  ring r(bench);
  const bytes frame = body(90);
  r.packet({}, {}, txd::IFCS, 0, 0);  // a packet without any byte
  bench.put_tx(1, 0x1234, 100 | txd::DEXT | 5ULL << 20 | txd::EOP | txd::RS);
  bench.put_tx(2, 0, 50 | txd::IFCS | txd::RS);  // address 0
  rtl_test::poke(bench, tx_buffer_base + 0x4000, frame);
  bench.put_tx(3, tx_buffer_base + 0x4000, 90 | txd::IFCS | txd::EOP | txd::RS);
  bench.write(reg::TDT, 4);
  ASSERT_TRUE(bench.run_until([&] { return bench.sent.size() == 1; }, 4000));
  bench.run(2000);
  EXPECT_EQ(bench.sent.size(), 1U);
  EXPECT_EQ(bench.sent[0].bytes, with_fcs(frame));
  for (unsigned i = 0; i < 4; ++i) EXPECT_NE(bench.tx_high(i) & txd::DD, 0U) << i;
  EXPECT_EQ(bench.read(reg::TDH), 4U);
}

// T-17: one byte more than a packet may have, and more than the FIFO holds, sends nothing and hinders nobody.
TEST(tx_offload, packets_that_are_too_long_are_dropped_whole) {
  for (const unsigned kib : {48U, 56U}) {  // 16 and 8 KiB are left to transmit
    top_bench bench;
    bench.write(reg::PBA, kib);
    bench.write(reg::CTRL, ctrl::RST);
    bench.run(100);
    ring r(bench);
    const std::size_t most = std::min<std::size_t>(16288, (64 - kib) * 1024 - 16);
    const bytes longest = body(most, 4), longer = body(most + 1, 5), after = body(100, 6);
    r.packet(longer, {4000, 4000}, txd::IFCS, 0, 0);
    r.packet(longest, {}, txd::IFCS, 0, 0);
    r.packet(after, {}, txd::IFCS, 0, 0);
    const auto& sent = r.go();
    ASSERT_EQ(sent.size(), 2U) << kib;
    EXPECT_EQ(sent[0].bytes, with_fcs(longest));
    EXPECT_EQ(sent[1].bytes, with_fcs(after));
  }
}

// ---- segmentation ---------------------------------------------------------------------------------------------

struct tso_case {
  tx_context context;
  bytes packet;
};

// A packet of Ethernet, IPv4 or IPv6 and TCP or UDP with the seeds Linux leaves (FS 9.2).
tso_case make_tso(bool ip4, bool tcp, std::uint16_t mss, std::uint32_t payload, std::uint32_t seed, unsigned odd = 0) {
  const unsigned l3 = 14 + odd, l4 = l3 + (ip4 ? 20 : 40), header = l4 + (tcp ? 20 : 8);
  bytes packet = body(header + payload, seed);
  if (ip4) packet[l3 + 2] = packet[l3 + 3] = packet[l3 + 10] = packet[l3 + 11] = 0;
  packet[l4 + 13] = 0x1B;  // FIN, SYN, PSH, ACK
  packet[l3 + 4] = 0xFF;   // the identification wraps
  packet[l3 + 5] = 0xFE;
  tx_context c{.ipcss = static_cast<std::uint8_t>(l3),
               .ipcso = static_cast<std::uint8_t>(l3 + 10),
               .tucss = static_cast<std::uint8_t>(l4),
               .tucso = static_cast<std::uint8_t>(l4 + (tcp ? 16 : 6)),
               .ipcse = static_cast<std::uint16_t>(l4 - 1),
               .paylen = payload,
               .hdrlen = static_cast<std::uint8_t>(header),
               .mss = mss,
               .tse = true,
               .tcp = tcp,
               .ip = ip4};
  return {c, packet};
}

TEST(tx_offload, tso_cuts_a_packet_into_segments) {  // T-30 to T-35
  for (const bool ip4 : {true, false}) {
    for (const bool tcp : {true, false}) {
      for (const unsigned odd : {0U, 1U}) {
        top_bench bench;
        ring r(bench);
        const tso_case t = make_tso(ip4, tcp, 536, 3 * 536 + 101, 7, odd);
        r.context(t.context);
        const tx_options o{.ixsm = ip4, .txsm = true};
        r.packet(t.packet, {20, 15, 1000}, txd::DATA | txd::IFCS | txd::TSE, (ip4 ? txd::IXSM : 0) | txd::TXSM, 0);
        const auto& sent = r.go();
        const auto expected = segments_on_wire(t.packet, o, t.context);
        ASSERT_EQ(expected.size(), 4U);
        ASSERT_EQ(sent.size(), expected.size()) << ip4 << tcp << odd;
        for (std::size_t i = 0; i < expected.size(); ++i)
          EXPECT_EQ(sent[i].bytes, expected[i]) << "segment " << i << ", IPv4 " << ip4 << ", TCP " << tcp;
        EXPECT_EQ(bench.read(reg::TSCTC), 1U);
        EXPECT_EQ(bench.read(reg::TSCTFC), 0U);
        EXPECT_EQ(bench.read(reg::GPTC), 4U);  // T-35
      }
    }
  }
}

TEST(tx_offload, tso_and_checksum_contexts_are_two) {  // T-15
  top_bench bench;
  ring r(bench);
  const tso_case t = make_tso(true, true, 400, 700, 9);
  const tx_context sums{.ipcss = 14, .ipcso = 24, .tucss = 34, .tucso = 50, .ipcse = 33};
  r.context(t.context);
  r.context(sums);
  const bytes plain = body(100, 3);
  r.packet(plain, {}, txd::DATA | txd::IFCS, txd::TXSM, 0);
  r.packet(t.packet, {}, txd::DATA | txd::IFCS | txd::TSE, txd::IXSM | txd::TXSM, 0);
  r.packet(plain, {}, txd::DATA | txd::IFCS, txd::TXSM, 0);
  const auto& sent = r.go();
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].bytes, frame_on_wire(plain, {.txsm = true}, sums));
  EXPECT_EQ(sent[3].bytes, frame_on_wire(plain, {.txsm = true}, sums));
}

TEST(tx_offload, tso_that_ends_early_or_cannot_be_done_fails) {  // T-34
  const tso_case good = make_tso(true, true, 500, 1200, 11);
  const auto run = [&](const tx_context& c, const bytes& packet, std::size_t frames, unsigned done, unsigned failed) {
    top_bench bench;
    ring r(bench);
    r.context(c);
    r.packet(packet, {100}, txd::DATA | txd::IFCS | txd::TSE, txd::IXSM | txd::TXSM, 0);
    const bytes after = body(64, 2);
    r.packet(after, {}, txd::IFCS, 0, 0);
    const auto& sent = r.go();
    const auto expected = segments_on_wire(packet, {.ixsm = true, .txsm = true}, c);
    EXPECT_EQ(expected.size(), frames);
    ASSERT_EQ(sent.size(), frames + 1);
    for (std::size_t i = 0; i < frames; ++i) EXPECT_EQ(sent[i].bytes, expected[i]);
    EXPECT_EQ(sent.back().bytes, with_fcs(after));
    EXPECT_EQ(bench.read(reg::TSCTC), done);
    EXPECT_EQ(bench.read(reg::TSCTFC), failed);
  };
  run(good.context, good.packet, 3, 1, 0);
  bytes shorter = good.packet;
  shorter.resize(shorter.size() - 1);
  run(good.context, shorter, 2, 0, 1);
  bytes longer = good.packet;
  longer.resize(longer.size() + 77, 0x11);
  run(good.context, longer, 3, 1, 0);
  tx_context c = good.context;
  c.mss = 0;
  run(c, good.packet, 0, 0, 1);
  c = good.context;
  c.hdrlen = 241;
  run(c, good.packet, 0, 0, 1);
  c = good.context;
  c.tucss = 41;  // its flags lie behind the header
  run(c, good.packet, 0, 0, 1);
}

TEST(tx_offload, tso_tags_each_segment_by_the_first_descriptor) {  // T-11, T-13
  top_bench bench;
  ring r(bench);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  const tso_case t = make_tso(true, true, 300, 650, 5);
  r.context(t.context);
  r.packet(t.packet, {60}, txd::DATA | txd::TSE, txd::IFCS | txd::VLE | 0x0123ULL << 48 | txd::IXSM | txd::TXSM, 0);
  const auto& sent = r.go();
  const auto expected =
      segments_on_wire(t.packet, {.ixsm = true, .txsm = true, .vlan = true, .tci = 0x0123}, t.context);
  ASSERT_EQ(sent.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(sent[i].bytes, expected[i]) << i;
}

// Anything with anything.
TEST(tx_offload, random_packets) {
  for (std::uint32_t seed = 1; seed <= rounds(12, 100); ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](std::uint32_t low, std::uint32_t high) {
      return low + static_cast<std::uint32_t>(random() % (high - low + 1));
    };
    top_bench bench;
    bench.timing = {pick(1, 60), 60 + pick(0, 60), pick(0, 40)};
    ring r(bench, {.descriptors = 256});
    bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
    std::vector<bytes> expected;
    tx_context sums;
    for (unsigned i = 0; i < 12; ++i) {
      std::vector<std::size_t> pieces;
      for (unsigned k = pick(0, 4); k > 0; --k) pieces.push_back(pick(0, 3) == 0 ? 0 : pick(1, 200));
      tx_options o{.vlan = pick(0, 1) != 0, .tci = static_cast<std::uint16_t>(pick(0, 0xFFFF))};
      const std::uint64_t tag = (o.vlan ? txd::VLE : 0) | std::uint64_t{o.tci} << 48;
      switch (pick(0, 3)) {
        case 0: {
          o.legacy_sum = true;
          o.css = static_cast<std::uint8_t>(pick(0, 100));
          o.cso = static_cast<std::uint8_t>(pick(0, 120));
          const bytes frame = body(pick(20, 300), seed * 100 + i);
          r.packet(frame, pieces, txd::IFCS | std::uint64_t{o.css} << 40, 0,
                   txd::IC | std::uint64_t{o.cso} << 16 | tag);
          expected.push_back(frame_on_wire(frame, o, {}));
          break;
        }
        case 1: {
          const bool ip4 = pick(0, 1) != 0, tcp = pick(0, 1) != 0;
          tso_case t =
              make_tso(ip4, tcp, static_cast<std::uint16_t>(pick(1, 700)), pick(1, 1500), seed + i, pick(0, 3));
          t.context.paylen = std::max(1U, t.context.paylen + pick(0, 2) * pick(0, 20) - 10 * pick(0, 1));
          o.ixsm = pick(0, 1) != 0;
          o.txsm = pick(0, 1) != 0;
          r.context(t.context);
          r.packet(t.packet, pieces, txd::DATA | txd::TSE,
                   txd::IFCS | tag | (o.ixsm ? txd::IXSM : 0) | (o.txsm ? txd::TXSM : 0), 0);
          if (t.context.mss < 30) {  // so many segments take long; what counts is that they come
            r.go();
          }
          for (const bytes& segment : segments_on_wire(t.packet, o, t.context)) expected.push_back(segment);
          break;
        }
        default: {
          if (pick(0, 1)) {
            sums = {.ipcss = static_cast<std::uint8_t>(pick(0, 80)),
                    .ipcso = static_cast<std::uint8_t>(pick(0, 80)),
                    .tucss = static_cast<std::uint8_t>(pick(0, 80)),
                    .tucso = static_cast<std::uint8_t>(pick(0, 80)),
                    .ipcse = static_cast<std::uint16_t>(pick(0, 1) * pick(0, 200)),
                    .tucse = static_cast<std::uint16_t>(pick(0, 1) * pick(0, 200)),
                    .tcp = pick(0, 1) != 0};
            r.context(sums);
          }
          o.ixsm = pick(0, 1) != 0;
          o.txsm = pick(0, 1) != 0;
          const bytes frame = body(pick(20, 1600), seed * 100 + i);
          r.packet(frame, pieces, txd::DATA | txd::IFCS, (o.ixsm ? txd::IXSM : 0) | (o.txsm ? txd::TXSM : 0), tag);
          expected.push_back(frame_on_wire(frame, o, sums));
          break;
        }
      }
    }
    const auto& sent = r.go();
    ASSERT_EQ(sent.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_EQ(sent[i].bytes, expected[i]) << "seed " << seed << ", frame " << i;
  }
}
}  // namespace

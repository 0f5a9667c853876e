// SPDX-License-Identifier: Apache-2.0
// Segmentation by the card against a segmentation in software: T-30 to T-35.
//
// The software's segments are made from nothing, one datagram each, by RFC 791, RFC 793, RFC 768 and RFC 8200; what it
// gives to the card is what Linux gives it: one long packet, total length and checksum 0, the pseudo header's sum
// without a length.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "common/rng.h"
#include "tests/hw/tlm/model/network_bytes.h"
#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_segments_tests {
namespace {

using network::append;
using network::set_16;

constexpr std::uint32_t ixsm = 1, txsm = 2;
constexpr std::uint8_t fin = 0x01, psh = 0x08, ack = 0x10;

/// What the stack wants sent.
struct stream {
  bool six = false;
  bool over_udp = false;
  std::size_t ip_options = 0, tcp_options = 0;
  std::uint32_t id = 0x7000;
  std::uint32_t sequence = 0x9000'0000;
  std::uint8_t flags = ack;
  std::size_t mss = 1000;
  byte_vector payload;

  std::uint32_t protocol() const { return over_udp ? network::udp : network::tcp; }
  std::size_t ip_bytes() const { return six ? 40 : 20 + ip_options; }
  std::size_t l4_bytes() const { return over_udp ? 8 : 20 + tcp_options; }
  std::size_t header() const { return 14 + ip_bytes() + l4_bytes(); }
  std::size_t l4_at() const { return 14 + ip_bytes(); }
  std::size_t l4_sum_at() const { return l4_at() + (over_udp ? 6 : 16); }

  byte_vector ip(std::uint32_t number, std::size_t l4) const {
    return six ? network::ipv6(protocol(), l4) : network::ipv4(protocol(), (id + number) & 0xFFFF, l4, ip_options);
  }
  byte_vector l4_header(std::uint32_t seq, std::uint8_t with_flags, std::size_t n) const {
    return over_udp ? network::udp_header(n) : network::tcp_header(seq, with_flags, tcp_options);
  }

  /// Segment `number` made from nothing.
  byte_vector segment(std::uint32_t number) const {
    const std::size_t from = number * mss;
    const std::size_t n = std::min(mss, payload.size() - from);
    const bool last = from + n == payload.size();
    const auto own_flags = static_cast<std::uint8_t>(last ? flags : flags & ~(fin | psh));
    byte_vector l4 = l4_header(static_cast<std::uint32_t>(sequence + from), own_flags, n);
    l4.insert(l4.end(), payload.begin() + static_cast<std::ptrdiff_t>(from),
              payload.begin() + static_cast<std::ptrdiff_t>(from + n));
    const byte_vector header_of_ip = ip(number, l4.size());
    set_16(l4, over_udp ? 6 : 16, network::l4_checksum(header_of_ip, protocol(), l4));
    byte_vector frame = network::ethernet(six ? 0x86DD : 0x0800);
    append(frame, header_of_ip);
    append(frame, l4);
    return frame;
  }
  std::uint32_t segments() const { return static_cast<std::uint32_t>((payload.size() + mss - 1) / mss); }

  /// What Linux gives to the card.
  byte_vector given() const {
    byte_vector h = ip(0, 0);
    set_16(h, six ? 4 : 2, 0);
    if (!six) set_16(h, 10, 0);
    byte_vector l4 = l4_header(sequence, flags, 0);
    if (over_udp) set_16(l4, 4, 0);
    set_16(l4, over_udp ? 6 : 16, network::seed(h, protocol(), 0));
    byte_vector all = network::ethernet(six ? 0x86DD : 0x0800);
    append(all, h);
    append(all, l4);
    append(all, payload);
    return all;
  }
  context_fields context() const {
    const auto small = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
    context_fields c;
    c.ipcss = 14;
    c.ipcso = 24;
    c.ipcse = small(l4_at() - 1);
    c.tucss = small(l4_at());
    c.tucso = small(l4_sum_at());
    c.paylen = small(payload.size());
    c.hdrlen = small(header());
    c.mss = small(mss);
    c.tucmd = cmd::TSE | (six ? 0 : cmd::IP) | (over_udp ? 0 : cmd::TCP);
    return c;
  }
  std::uint32_t popts() const { return six ? txsm : ixsm | txsm; }
};

byte_vector numbered(std::size_t n) {
  byte_vector p(n);
  for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<std::uint8_t>(i ^ i >> 8 * 1 ^ n);
  return p;
}

struct transmit_segments : testing::Test {
  transmit_bench bench;
  std::uint32_t next = 0;

  void SetUp() override { bench.open_transmit(); }

  /// The packet in buffers of these lengths, the rest in the last one.
  void post(const stream& s, const std::vector<std::size_t>& lengths = {}, std::uint32_t first_command = cmd::IFCS,
            std::uint32_t special = 0) {
    bench.context(next++ % 64, s.context());
    post_data(s.given(), lengths, first_command, s.popts(), special);
  }
  void post_data(const byte_vector& all, std::vector<std::size_t> lengths, std::uint32_t first_command,
                 std::uint32_t popts, std::uint32_t special) {
    std::size_t from = 0;
    for (const std::size_t n : lengths) from += n;
    if (from < all.size()) lengths.push_back(all.size() - from);
    from = 0;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      const std::uint32_t index = next++ % 64;
      const std::uint64_t at = transmit_bench::data_at + used + index % 7;
      used += lengths[i] + 16;
      bench.put_bytes(at, {all.begin() + static_cast<std::ptrdiff_t>(from),
                           all.begin() + static_cast<std::ptrdiff_t>(from + lengths[i])});
      const bool last = i + 1 == lengths.size();
      bench.data(index, at, static_cast<std::uint32_t>(lengths[i]),
                 cmd::TSE | (i == 0 ? first_command : 0) | (last ? cmd::EOP | cmd::RS : 0), i == 0 ? popts : 0,
                 i == 0 ? special : 0);
      from += lengths[i];
    }
  }
  void send() {
    bench.doorbell(next % 64);
    bench.run_for(2 * ms);
  }
  void expect_segments(const stream& s, std::size_t from = 0) {
    ASSERT_GE(bench.sent().size(), from + s.segments());
    for (std::uint32_t i = 0; i < s.segments(); ++i)
      EXPECT_EQ(bench.sent()[from + i].bytes, padded_with_fcs(s.segment(i))) << "segment " << i;
  }

  std::size_t used = 0;
};

TEST_F(transmit_segments, tcp_over_ipv4) {  // T-30 to T-33
  stream s;
  s.payload = numbered(4500);
  s.flags = ack | psh | fin;
  post(s, {s.header()});
  send();
  EXPECT_EQ(bench.sent().size(), 5U);
  expect_segments(s);
  EXPECT_EQ(bench.read(reg::TSCTC), 1U);
  EXPECT_EQ(bench.read(reg::TSCTFC), 0U);
  EXPECT_TRUE(bench.tx_done(2));
  EXPECT_EQ(bench.read(reg::TDH), 3U);
}

TEST_F(transmit_segments, numbers_wrap) {  // T-31, T-32
  stream s;
  s.payload = numbered(5000);
  s.id = 0xFFFE;
  s.sequence = 0xFFFF'FF00;
  post(s);
  send();
  expect_segments(s);
}

TEST_F(transmit_segments, exact_multiples_have_no_empty_segment) {  // T-34
  stream s;
  s.payload = numbered(3000);
  post(s);
  send();
  EXPECT_EQ(bench.sent().size(), 3U);
  expect_segments(s);
}

TEST_F(transmit_segments, one_segment_keeps_its_flags) {  // T-32
  stream s;
  s.payload = numbered(700);
  s.flags = ack | psh | fin;
  post(s);
  send();
  EXPECT_EQ(bench.sent().size(), 1U);
  expect_segments(s);
}

TEST_F(transmit_segments, a_sentinel_of_four_bytes_ends_the_packet) {  // FS 9.2
  stream s;
  s.payload = numbered(2900);
  post(s, {s.header() + 1000, 1896});
  send();
  EXPECT_EQ(bench.sent().size(), 3U);
  expect_segments(s);
}

TEST_F(transmit_segments, udp_and_ipv6) {  // T-31, T-32
  stream udp;
  udp.over_udp = true;
  udp.payload = numbered(2500);
  post(udp);
  stream six;
  six.six = true;
  six.payload = numbered(2600);
  post(six);
  send();
  EXPECT_EQ(bench.sent().size(), 6U);
  expect_segments(udp);
  expect_segments(six, 3);
}

TEST_F(transmit_segments, plain_blocks_keep_their_header) {  // T-32: neither IP nor TCP
  const byte_vector header = counting_frame(30);
  const byte_vector payload = numbered(250);
  context_fields c{.ipcss = 14, .ipcso = 20, .ipcse = 29, .tucss = 16, .tucso = 26, .tucse = 0};
  c.paylen = 250;
  c.hdrlen = 30;
  c.mss = 100;
  c.tucmd = cmd::TSE;
  bench.context(next++, c);
  byte_vector all = header;
  append(all, payload);
  post_data(all, {}, cmd::IFCS, ixsm | txsm, 0);
  send();
  ASSERT_EQ(bench.sent().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    byte_vector block = header;
    block.insert(block.end(), payload.begin() + static_cast<std::ptrdiff_t>(100 * i),
                 payload.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(100 * i + 100, 250)));
    byte_vector right = block;
    set_16(right, 20, ~network::internet_sum(block, 14, 30) & 0xFFFF);
    set_16(right, 26, ~network::internet_sum(block, 16, block.size()) & 0xFFFF);  // no length is added
    EXPECT_EQ(bench.sent()[i].bytes, with_fcs(right));
  }
}

TEST_F(transmit_segments, each_has_a_tag) {  // T-33, T-11: options of the first data descriptor
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  stream s;
  s.payload = numbered(2100);
  post(s, {10, 30, 300}, cmd::VLE, 0x6042);  // no IFCS: the tag brings the FCS (T-13)
  send();
  ASSERT_EQ(bench.sent().size(), 3U);
  const byte_vector tag{0x81, 0x00, 0x60, 0x42};
  for (std::uint32_t i = 0; i < 3; ++i) {
    byte_vector right = s.segment(i);
    right.insert(right.begin() + 12, tag.begin(), tag.end());
    EXPECT_EQ(bench.sent()[i].bytes, with_fcs(right));
  }
}

TEST_F(transmit_segments, are_frames_of_their_own) {  // T-35
  stream s;
  s.payload = numbered(2500);
  const frame_id packet = make_frame_id(frame_kind::made, 0, 7);
  bench.mark_frame(transmit_bench::data_at, 4000, packet);
  post(s);
  send();
  ASSERT_EQ(bench.sent().size(), 3U);
  const std::vector<event> links = bench.events(stage::skb_link), stored = bench.events(stage::tx_fifo_commit);
  ASSERT_EQ(links.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(kind_of(links[i].frame), frame_kind::derived);
    EXPECT_EQ(wire_of(links[i].frame), 0x2000U) << "the first card's";
    EXPECT_EQ(number_of(links[i].frame), i + 1);
    EXPECT_EQ(links[i].a, packet);
    EXPECT_EQ(links[i].b, static_cast<std::uint64_t>(link_kind::segment_of));
    EXPECT_EQ(bench.sent()[i].id, links[i].frame);
    EXPECT_EQ(stored.at(i).frame, links[i].frame);
  }
  EXPECT_EQ(bench.read(reg::GPTC), 3U);
}

TEST_F(transmit_segments, bytes_beyond_the_payload_are_not_sent) {  // T-34
  stream s;
  s.payload = numbered(1500);
  bench.context(next++, s.context());
  byte_vector longer = s.given();
  append(longer, numbered(300));
  post_data(longer, {}, cmd::IFCS, s.popts(), 0);
  const byte_vector after = counting_frame(80);
  bench.post(next, after);
  ++next;
  send();
  EXPECT_EQ(bench.sent().size(), 3U);
  expect_segments(s);
  EXPECT_EQ(bench.sent().back().bytes, with_fcs(after));
  EXPECT_EQ(bench.read(reg::TSCTC), 1U);
}

TEST_F(transmit_segments, a_packet_that_ends_early_has_failed) {  // T-34
  stream s;
  s.payload = numbered(2500);
  bench.context(next++, s.context());
  byte_vector shorter = s.given();
  shorter.resize(s.header() + 2300);
  post_data(shorter, {}, cmd::IFCS, s.popts(), 0);
  const byte_vector after = counting_frame(80);
  bench.post(next, after);
  ++next;
  send();
  ASSERT_EQ(bench.sent().size(), 3U);
  for (std::uint32_t i = 0; i < 2; ++i) EXPECT_EQ(bench.sent()[i].bytes, with_fcs(s.segment(i)));
  EXPECT_EQ(bench.sent().back().bytes, with_fcs(after)) << "what is left of the packet is dropped";
  EXPECT_EQ(bench.read(reg::TSCTC), 0U);
  EXPECT_EQ(bench.read(reg::TSCTFC), 1U);
  EXPECT_TRUE(bench.tx_done(1));
}

TEST_F(transmit_segments, contexts_that_cannot_be_used_drop_the_packet) {  // T-34
  stream s;
  s.payload = numbered(500);
  std::vector<context_fields> bad(9, s.context());
  bad[0].mss = 0;
  bad[1].paylen = 0;
  bad[2].hdrlen = 0;
  bad[3].hdrlen = 241;
  bad[4].mss = 16288 - 54 + 1;
  bad[5].hdrlen = 34 + 13;  // the flags lie outside
  bad[6].ipcss = 49;        // the identification does
  bad[7].tucmd = cmd::TSE | cmd::IP;
  bad[7].tucss = 49;  // the UDP length does
  bad[8].tucmd = cmd::TSE | cmd::TCP;
  bad[8].ipcss = 49;  // the payload length of IPv6 does
  for (const context_fields& c : bad) {
    bench.context(next++, c);
    post_data(s.given(), {100}, cmd::IFCS, s.popts(), 0);
  }
  bench.context(next++, s.context());
  post_data(s.given(), {100}, cmd::IFCS, s.popts(), 0);
  send();
  ASSERT_EQ(bench.sent().size(), 1U) << "only the good one";
  EXPECT_EQ(bench.sent()[0].bytes, with_fcs(s.segment(0)));
  EXPECT_EQ(bench.read(reg::TSCTFC), bad.size());
  EXPECT_EQ(bench.read(reg::TSCTC), 1U);
  for (std::uint32_t i = 0; i < bad.size(); ++i) EXPECT_TRUE(bench.tx_done(3 * i + 2)) << i;
}

// T-34, R-51: failures follow each other faster than counters take steps, and frames end beside them.
TEST_F(transmit_segments, every_failure_is_counted) {
  constexpr std::uint32_t frames = 220, failures = 60;  // the FIFO holds about 200 of these frames
  bench.open_transmit(512);
  bench.write(reg::CTRL, 0);  // no link: the chip fills up with what is given
  byte_vector broadcast(60, 0x11);
  std::fill_n(broadcast.begin(), 6, std::uint8_t{0xFF});
  bench.put_bytes(bench.buffer(0), broadcast);
  for (std::uint32_t i = 0; i < frames; ++i) bench.legacy(i, bench.buffer(0), 60, cmd::EOP | cmd::IFCS);
  for (std::uint32_t i = 0; i < failures; ++i)
    bench.data(frames + i, bench.buffer(0), 0, cmd::EOP | cmd::TSE, 0);  // MSS = 0: no context was set
  bench.doorbell(frames + failures);
  bench.run_for(1 * ms);
  ASSERT_EQ(bench.read(reg::TSCTFC), 0U);
  bench.write(reg::CTRL, ctrl::SLU);
  bench.run_for(1 * ms);
  EXPECT_EQ(bench.read(reg::TDH), frames + failures);
  EXPECT_EQ(bench.read(reg::TSCTFC), failures);
  EXPECT_EQ(bench.read(reg::TPT), frames);
  EXPECT_EQ(bench.read(reg::BPTC), frames);
  EXPECT_EQ(bench.read(reg::PTC64), frames);
}

TEST_F(transmit_segments, the_longest_ones_fit) {  // T-17, T-34
  stream s;
  s.mss = 16288 - 54;
  s.payload = numbered(s.mss + 1);
  post(s);
  send();
  EXPECT_EQ(bench.sent().size(), 2U);
  expect_segments(s);
}

class transmit_segments_random : public transmit_segments, public testing::WithParamInterface<std::uint64_t> {};

TEST_P(transmit_segments_random, as_software_would) {
  rng random(GetParam());
  const auto up_to = [&](std::size_t most) { return std::size_t{random.between(0, static_cast<std::uint32_t>(most))}; };
  std::vector<byte_vector> expected;
  for (unsigned packet = 0; packet < 6; ++packet) {
    stream s;
    s.six = random.chance(300'000);
    s.over_udp = random.chance(200'000) && !s.six;
    s.ip_options = s.six ? 0 : 4 * up_to(10);
    s.tcp_options = 4 * up_to(10);
    s.id = static_cast<std::uint32_t>(random.next() & 0xFFFF);
    s.sequence = static_cast<std::uint32_t>(random.next());
    s.flags = static_cast<std::uint8_t>(ack | (random.chance(500'000) ? fin | psh : 0));
    s.mss = 1 + up_to(random.chance(200'000) ? 60 : 1460);
    s.payload = numbered(1 + up_to(s.mss * 12));
    std::vector<std::size_t> lengths;
    std::size_t left = s.given().size();
    while (lengths.size() < 7 && left > 1) {
      lengths.push_back(1 + up_to(random.chance(500'000) ? 40 : left - 1));
      lengths.back() = std::min(lengths.back(), left);
      left -= lengths.back();
    }
    post(s, lengths);
    for (std::uint32_t i = 0; i < s.segments(); ++i) expected.push_back(padded_with_fcs(s.segment(i)));
  }
  send();
  ASSERT_EQ(bench.sent().size(), expected.size()) << "seed " << GetParam();
  for (std::size_t i = 0; i < expected.size(); ++i)
    ASSERT_EQ(bench.sent()[i].bytes, expected[i]) << "seed " << GetParam() << ", frame " << i;
  EXPECT_EQ(bench.read(reg::TSCTC), 6U);
}

INSTANTIATE_TEST_SUITE_P(seeds, transmit_segments_random, testing::Range<std::uint64_t>(1, 41),
                         [](const auto& row) { return fmt::format("seed_{}", row.param); });

}  // namespace
}  // namespace ringside::test::transmit_segments_tests

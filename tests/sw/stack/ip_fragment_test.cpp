// SPDX-License-Identifier: Apache-2.0
// IPv4 reassembly (RFC 791 section 3.2, RFC 815; overlaps as Linux 6.1): every order, holes, overlaps, and one fate for
// every frame.
#include <algorithm>

#include "sw/stack/checksum.h"
#include "tests/sw/stack/fragment_bench.h"

namespace ringside::test {
namespace {

TEST_F(ip_fragment, joins_every_order_of_arrival) {
  const bytes datagram = udp_datagram(100);  // 108 bytes
  std::vector<std::size_t> order{0, 1, 2, 3};
  const std::vector<std::size_t> cuts{0, 24, 56, 80, 108};
  do {
    for (const std::size_t i : order) {
      EXPECT_EQ(socket->queued(), 0U);
      feed_part(datagram, cuts[i], cuts[i + 1]);
    }
    EXPECT_EQ(read(), pattern(100, 3));
    EXPECT_EQ(received.frame, fed) << "the frame that came last carries the datagram";
    EXPECT_EQ(received.source_port, 4000U);
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(fragments().counters().reassembled, 24U);
  EXPECT_EQ(net.skbs().delivered(), 24U);
  EXPECT_EQ(net.skbs().consumed(), 72U) << "the others are consumed when the datagram is whole";
}

TEST_F(ip_fragment, a_hole_keeps_it_waiting) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 24);
  feed_part(datagram, 80, 108);
  EXPECT_EQ(socket->queued(), 0U);
  EXPECT_EQ(fragments().datagrams(), 1U);
  feed_part(datagram, 24, 80);
  EXPECT_EQ(read(), pattern(100, 3));
}

TEST_F(ip_fragment, datagrams_are_told_apart_by_all_of_their_key) {
  const bytes datagram = udp_datagram(100);
  const auto head = [&](std::uint16_t id, const udp_frame_options& o, std::uint8_t protocol = 17) {
    bytes packet = cut(datagram, 0, 56, id, o);
    packet[9] = protocol;
    fix_ip_checksum(packet);
    feed_packet(packet);
  };
  head(7, {});
  head(8, {});
  udp_frame_options other_source;
  other_source.source = 0xC0A80005;
  head(7, other_source);
  udp_frame_options other_destination;
  other_destination.destination = 0xC0A800FF;
  head(7, other_destination);
  head(7, {}, 1);
  EXPECT_EQ(fragments().datagrams(), 5U);  // RFC 791: source, destination, protocol, identification
  feed_part(datagram, 56, 108);
  EXPECT_EQ(fragments().datagrams(), 4U);
  EXPECT_EQ(read(), pattern(100, 3));
}

TEST_F(ip_fragment_with_defaults, the_largest_datagram_arrives) {
  const bytes datagram = udp_datagram(65'507);  // 65,535 - 20 - 8
  for (std::size_t at = 0; at < datagram.size(); at += 1480)
    feed_part(datagram, at, std::min(at + 1480, datagram.size()));
  EXPECT_EQ(read(), pattern(65'507, 3));
  EXPECT_EQ(net.skbs().consumed(), 44U);  // 65,515 bytes in pieces of 1480, the last excepted
}

TEST_F(ip_fragment, the_checksum_is_verified_in_software) {
  bytes datagram = udp_datagram(100);
  datagram[90] ^= 1;
  stack::skb_ptr first = packet(ethernet_frame(0x0800, cut(datagram, 0, 56)));
  first->ip_summed = stack::checksum_state::unnecessary;  // no device can know the sum of a part
  feed(std::move(first));
  feed_part(datagram, 56, 108);
  EXPECT_EQ(socket->queued(), 1U);
  EXPECT_TRUE(read().empty());
  EXPECT_EQ(dropped(drop_reason::udp_checksum), 1U);
  EXPECT_EQ(net.skbs().consumed(), 1U);
}

// inet_frag_reasm_finish, skb_try_coalesce: bytes that fit behind the first fragment are copied there, other heads
// become fragments without their sk_buff.
TEST_F(ip_fragment, the_whole_counts_what_linux_chains) {
  struct row {
    std::size_t size, cut, truesize;
  };
  // The first fragment lies in a head of 1 KiB or in one made to measure: room is what the Ethernet and IPv4 headers,
  // its own bytes and rounding leave.
  for (const row& r :
       {row{100, 56, 1280}, row{700, 592, 1280 + 1024}, row{2000, 1480, 2176 + 1024}, row{2900, 1480, 2176 + 1856}}) {
    const bytes datagram = udp_datagram(r.size);
    feed_part(datagram, 0, r.cut);
    feed_part(datagram, r.cut, datagram.size());
    EXPECT_EQ(socket->rmem_alloc(), r.truesize) << r.size;
    EXPECT_EQ(read(), pattern(r.size, 3));
  }
}

TEST_F(ip_fragment, options_of_the_first_fragment_stay) {
  const bytes datagram = udp_datagram(100);
  udp_frame_options o;
  o.ip_options = {148, 4, 0, 0};
  feed_packet(cut(datagram, 56, 108));
  feed_packet(cut(datagram, 0, 56, 7, o));
  EXPECT_EQ(read(), pattern(100, 3));
  feed_packet(cut(datagram, 0, 56, 7, o));
  feed_packet(cut(datagram, 56, 108));
  EXPECT_EQ(read(), pattern(100, 3));
}

TEST_F(ip_fragment, fragments_that_lie_in_several_buffers) {
  const bytes datagram = udp_datagram(3000);
  feed(fragmented(ethernet_frame(0x0800, cut(datagram, 1480, 3008)), 40, 512));
  feed(fragmented(ethernet_frame(0x0800, cut(datagram, 0, 1480)), 14, 512));
  EXPECT_EQ(read(), pattern(3000, 3));
}

// ---- What overlaps, repeats or contradicts -------------------------------------------------------------------------

struct part {
  std::size_t begin, end;
};
struct story {
  const char* what;
  std::vector<part> parts;
  bool delivered;
  std::uint64_t duplicates;
  std::uint64_t overlaps;
  std::uint64_t dropped;  // by the time all have arrived
};

TEST_F(ip_fragment, duplicates_and_overlaps) {
  const std::vector<story> stories{
      {"the same twice", {{0, 56}, {0, 56}, {56, 108}}, true, 1, 0, 1},
      {"inside an earlier one", {{0, 56}, {24, 32}, {56, 108}}, true, 1, 0, 1},
      {"inside two that follow each other", {{0, 32}, {32, 64}, {24, 48}, {64, 108}}, true, 1, 0, 1},
      // inet_frag_queue_insert: what comes out of order is a run of its own.
      {"across two runs that touch", {{80, 108}, {32, 56}, {56, 72}, {48, 64}}, false, 0, 1, 4},
      {"across two, the later one first", {{80, 108}, {56, 72}, {32, 56}, {48, 64}}, false, 0, 1, 4},
      {"inside the one that came alone", {{80, 108}, {32, 56}, {56, 72}, {40, 48}, {0, 32}, {72, 80}}, true, 1, 0, 1},
      {"inside a run behind a hole", {{32, 48}, {48, 64}, {40, 56}, {0, 32}, {64, 108}}, true, 1, 0, 1},
      {"the last twice", {{56, 108}, {56, 108}, {0, 56}}, true, 1, 0, 1},
      {"begins in an earlier one", {{0, 56}, {48, 64}}, false, 0, 1, 2},
      {"ends in a later one", {{32, 64}, {0, 40}}, false, 0, 1, 2},
      {"covers an earlier one", {{32, 64}, {0, 72}}, false, 0, 1, 2},
      {"across a hole", {{0, 16}, {32, 48}, {8, 40}}, false, 0, 1, 3},
      {"same begin, longer", {{0, 16}, {0, 24}}, false, 0, 1, 2},
  };
  const bytes datagram = udp_datagram(100);
  for (const story& s : stories) {
    SCOPED_TRACE(s.what);
    const stack::fragment_statistics before = fragments().counters();
    const std::uint64_t dropped_before = dropped(drop_reason::ip_fragment);
    for (const part& p : s.parts) feed_part(datagram, p.begin, p.end);
    EXPECT_EQ(socket->queued(), s.delivered ? 1U : 0U);
    EXPECT_EQ(fragments().counters().duplicates - before.duplicates, s.duplicates);
    EXPECT_EQ(fragments().counters().overlaps - before.overlaps, s.overlaps);
    EXPECT_EQ(dropped(drop_reason::ip_fragment) - dropped_before, s.dropped);
    EXPECT_EQ(fragments().datagrams(), 0U);
    if (s.delivered) {
      EXPECT_EQ(read(), pattern(100, 3));
    }
  }
}

TEST_F(ip_fragment, ends_that_contradict_each_other) {
  const bytes longer = udp_datagram(100);
  const bytes shorter(longer.begin(), longer.begin() + 64);
  const auto given_up = [&](std::uint64_t frames) {
    EXPECT_EQ(fragments().datagrams(), 0U);
    EXPECT_EQ(dropped(drop_reason::ip_fragment), frames);
  };
  feed_part(shorter, 56, 64);  // says: 64 bytes
  feed_part(longer, 80, 108);  // says: 108
  given_up(2);
  feed_part(shorter, 56, 64);
  feed_part(longer, 72, 80);  // more to come, beyond the end
  given_up(4);
  feed_part(longer, 72, 80);
  feed_part(shorter, 56, 64);  // the end lies before what has arrived
  given_up(6);
}

// ip_frag_reasm (E2BIG): only the whole is too long; until then the end is as good as any.
TEST_F(ip_fragment_with_defaults, nothing_beyond_65535_bytes) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 56);
  bytes last = cut(datagram, 56, 108);
  put16(last, 6, 0x1FFF);  // offset 65,528: the end is at 65,580 (the ping of death)
  fix_ip_checksum(last);
  feed_packet(last);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 0U);
  EXPECT_EQ(fragments().datagrams(), 1U);
  // All that lies between makes it whole, and too long.
  const bytes filling = pattern(65'528, 1);
  const auto middle = [&](std::size_t begin, std::size_t end) {
    bytes packet = ipv4_packet(17, bytes(filling.begin() + static_cast<std::ptrdiff_t>(begin),
                                         filling.begin() + static_cast<std::ptrdiff_t>(end)));
    put16(packet, 4, 7);
    put16(packet, 6, static_cast<std::uint16_t>(0x2000 | begin / 8));
    fix_ip_checksum(packet);
    feed_packet(packet);
  };
  for (std::size_t at = 56; at < filling.size(); at += 1480) middle(at, std::min(at + 1480, filling.size()));
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 47U) << "65,472 bytes in pieces of 1480, and two";
  EXPECT_EQ(fragments().counters().failures, 1U);
  EXPECT_EQ(fragments().datagrams(), 0U);
}

// ip_frag_ecn_table, RFC 3168 5.3.
TEST_F(ip_fragment, congestion_marks_of_the_parts_make_that_of_the_whole) {
  constexpr std::uint8_t not_ect = 0, ect1 = 1, ect0 = 2, ce = 3, refused = 0xFF;
  struct row {
    std::uint8_t first, last, whole;
  };
  std::vector<std::uint8_t> seen;
  class marks final : public stack::net_protocol {
   public:
    marks(stack::skb_allocator& pool, std::vector<std::uint8_t>& to) : skbs(pool), marked(to) {}
    void handler(stack::skb_ptr skb) override {
      marked.push_back(std::to_integer<std::uint8_t>(skb->network_header()[1]));
      EXPECT_TRUE(stack::checksum_valid({skb->network_header(), 20}));
      skbs.consume(std::move(skb));
    }
    stack::skb_allocator& skbs;
    std::vector<std::uint8_t>& marked;
  } protocol(net.skbs(), seen);
  net.ipv4().inet_add_protocol(200, protocol);
  const bytes payload = pattern(108, 1);
  const auto with_mark = [&](bytes packet, std::uint8_t mark) {
    packet[1] = 0xB8 | mark;  // the DSCP stays
    packet[9] = 200;
    fix_ip_checksum(packet);
    feed_packet(packet);
  };
  for (const row& r :
       {row{not_ect, not_ect, not_ect}, row{ect0, ect0, ect0}, row{ect1, ect1, ect1}, row{ce, ce, ce},
        row{ect0, ect1, ect0}, row{ect0, ce, ce}, row{ce, ect0, ce}, row{ect1, ce, ce}, row{not_ect, ect0, refused},
        row{ect1, not_ect, refused}, row{not_ect, ce, refused}, row{ce, not_ect, refused}}) {
    SCOPED_TRACE(testing::Message() << int{r.first} << " and " << int{r.last});
    seen.clear();
    const std::uint64_t failures = fragments().counters().failures;
    with_mark(cut(payload, 0, 56), r.first);
    with_mark(cut(payload, 56, 108), r.last);
    EXPECT_EQ(fragments().datagrams(), 0U);
    EXPECT_EQ(fragments().counters().failures - failures, r.whole == refused ? 1U : 0U);
    EXPECT_EQ(seen, r.whole == refused ? bytes{} : bytes{static_cast<std::uint8_t>(0xB8 | r.whole)});
  }
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 8U);
}

TEST_F(ip_fragment, an_empty_fragment_ends_the_datagram) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 56);
  feed_part(datagram, 56, 56);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  EXPECT_EQ(fragments().datagrams(), 0U);
}

TEST_F(ip_fragment, a_middle_is_cut_to_eight_bytes) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 61);  // 56 count
  feed_part(datagram, 56, 108);
  EXPECT_EQ(read(), pattern(100, 3));
}

}  // namespace
}  // namespace ringside::test

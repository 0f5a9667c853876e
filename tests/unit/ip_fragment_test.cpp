// IPv4 reassembly (RFC 791 section 3.2, RFC 815; overlaps and limits as Linux 6.1): every order, holes, overlaps, time,
// memory, and one fate for every frame.  Fragments are cut here, from the RFC, not by code under test.
#include "sw/stack/ip_fragment.h"

#include <algorithm>
#include <set>

#include "tests/unit/stack_bench.h"

namespace ringside::test {
namespace {

constexpr std::size_t memory_limit = 40'000;

stack::net_stack::config small_limits() {
  stack::net_stack::config c;
  c.fragments.memory_limit = memory_limit;
  c.rcvbuf = 1U << 20;
  return c;
}

class ip_fragment : public stack_bench {
 protected:
  explicit ip_fragment(const stack::net_stack::config& settings = small_limits()) : stack_bench(settings) {
    socket = std::make_unique<stack::udp_socket>(host, net.udp(), 1);
    socket->set_rcvbuf(1U << 20);
    EXPECT_TRUE(socket->bind(0, 5000));
  }
  void TearDown() override {
    host.run_task([this] { net.shut_down(); });
    socket->close();
    EXPECT_EQ(fragments().memory(), 0U);
    std::set<frame_id> ended;
    for (const event& e : host.events)
      if (e.what == stage::socket_enqueue || e.what == stage::skb_consume ||
          (e.what == stage::skb_drop && (e.a & drop_mark::revoked) == 0)) {
        EXPECT_TRUE(ended.insert(e.frame).second) << "frame " << e.frame << " has two fates";
      }
    stack_bench::TearDown();
  }
  const stack::ip_fragments& fragments() { return net.ipv4().fragments(); }

  /// IPv4 payload (UDP header and data, checksum correct) for `size` bytes of data.
  static bytes udp_datagram(std::size_t size) {
    udp_frame_options o;
    o.pad = false;
    const bytes frame = udp_frame(pattern(size, 3), o);
    return bytes(frame.begin() + 34, frame.end());
  }
  /// [begin, end) of `payload` as one fragment.
  static bytes cut(const bytes& payload, std::size_t begin, std::size_t end, std::uint16_t id = 7,
                   const udp_frame_options& o = {}) {
    const bytes part(payload.begin() + static_cast<std::ptrdiff_t>(begin),
                     payload.begin() + static_cast<std::ptrdiff_t>(end));
    bytes packet = ipv4_packet(17, part, o);
    put16(packet, 4, id);
    put16(packet, 6, static_cast<std::uint16_t>((end < payload.size() ? 0x2000 : 0) | begin / 8));
    fix_ip_checksum(packet);
    return packet;
  }
  void feed_packet(const bytes& packet) { feed(ethernet_frame(0x0800, packet)); }
  void feed_part(const bytes& payload, std::size_t begin, std::size_t end, std::uint16_t id = 7) {
    feed_packet(cut(payload, begin, end, id));
  }
  /// The next datagram of the socket, empty when there is none.
  bytes read() {
    bytes buffer(70'000);
    stack::recv_result r;
    host.run_task([&] { r = socket->receive(std::as_writable_bytes(std::span(buffer)), false); });
    buffer.resize(r.copied);
    received = r;
    return buffer;
  }

  std::unique_ptr<stack::udp_socket> socket;
  stack::recv_result received;
};

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

class ip_fragment_with_defaults : public ip_fragment {
 protected:
  ip_fragment_with_defaults() : ip_fragment({}) {}
};

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

TEST_F(ip_fragment, nothing_beyond_65535_bytes) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 56);
  bytes last = cut(datagram, 56, 108);
  put16(last, 6, 0x1FFF);  // offset 65,528: the end would be at 65,580 (the ping of death)
  fix_ip_checksum(last);
  feed_packet(last);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  EXPECT_EQ(fragments().datagrams(), 0U);
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

// ---- Time and memory -----------------------------------------------------------------------------------------------

TEST_F(ip_fragment, gives_up_after_thirty_seconds) {
  const bytes datagram = udp_datagram(100);
  const sim_time begun = host.now();
  feed_part(datagram, 0, 56);
  host.run(begun + 10 * second);
  feed_part(datagram, 80, 108);  // does not extend the time
  feed_part(datagram, 0, 56, 8);
  host.run(begun + 30 * second - 1 * ms);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 0U);
  // 7500 jiffies lie in the wheel's level of 512, which rounds up.
  host.run(begun + 30 * second + 513 * kernel::timers::jiffy);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  EXPECT_EQ(fragments().counters().timeouts, 1U);
  EXPECT_EQ(fragments().datagrams(), 1U) << "the younger one waits on";
  host.run(begun + 40 * second + 513 * kernel::timers::jiffy);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 3U);
  EXPECT_EQ(fragments().counters().timeouts, 2U);
  feed_part(datagram, 56, 108);  // too late: begins a new wait
  EXPECT_EQ(socket->queued(), 0U);
}

TEST_F(ip_fragment, a_whole_datagram_does_not_time_out) {
  const bytes datagram = udp_datagram(100);
  feed_part(datagram, 0, 56);
  feed_part(datagram, 56, 108);
  host.run_for(40 * second);
  EXPECT_EQ(fragments().counters().timeouts, 0U);
  EXPECT_EQ(socket->queued(), 1U);
}

TEST_F(ip_fragment, refuses_above_the_memory_limit_until_there_is_room) {
  const bytes datagram = udp_datagram(2000);
  const sim_time begun = host.now();
  std::uint16_t id = 100;
  while (dropped(drop_reason::ip_fragment) == 0 && id < 200) feed_part(datagram, 0, 1480, id++);
  EXPECT_GT(fragments().memory(), memory_limit) << "one may go over";
  const std::size_t held = fragments().datagrams();
  EXPECT_EQ(held, static_cast<std::size_t>(id - 100 - 1));
  feed_part(datagram, 1480, 2008, 100);  // even the piece that would complete one
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  host.run(begun + 31 * second);
  EXPECT_EQ(fragments().memory(), 0U);
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2 + held);
  feed_part(datagram, 0, 1480, 100);
  feed_part(datagram, 1480, 2008, 100);
  EXPECT_EQ(read(), pattern(2000, 3));
}

// Linux ipfrag_max_dist, 64: counted by sender.
TEST_F(ip_fragment_with_defaults, too_many_of_its_sender_in_between_begin_it_anew) {
  const bytes datagram = udp_datagram(100);
  const auto of_another_sender = [&datagram](std::size_t i) {
    bytes packet = cut(datagram, 0, 56, static_cast<std::uint16_t>(100 + i));
    packet[15] = 0x42;  // last byte of the source address
    fix_ip_checksum(packet);
    return packet;
  };
  for (const std::uint32_t between : {63U, 64U}) {
    feed_part(datagram, 0, 56);
    for (std::uint32_t i = 0; i < 200; ++i) feed_packet(of_another_sender(i));
    for (std::uint32_t i = 0; i < between; ++i) feed_part(datagram, 0, 24, static_cast<std::uint16_t>(100 + i));
    feed_part(datagram, 56, 108);
    EXPECT_EQ(fragments().counters().restarts, between - 63) << between;
    EXPECT_EQ(read(), between == 63 ? pattern(100, 3) : bytes{});
    host.run_task([this] { net.shut_down(); });
  }
}

TEST_F(ip_fragment, no_memory_for_the_whole_drops_its_parts) {
  const bytes datagram = udp_datagram(2000);
  feed_part(datagram, 0, 1480);
  stack::skb_ptr last = packet(ethernet_frame(0x0800, cut(datagram, 1480, 2008)));
  os.memory().fail_next(1);
  feed(std::move(last));
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 2U);
  EXPECT_EQ(fragments().counters().failures, 1U);
}

TEST_F(ip_fragment, shutting_down_lets_nothing_stay) {
  feed_part(udp_datagram(100), 0, 56);
  host.run_task([this] { net.shut_down(); });
  EXPECT_EQ(dropped(drop_reason::ip_fragment), 1U);
  const std::uint64_t alarms = os.counters().timer_irqs;
  host.run_for(40 * second);
  EXPECT_EQ(fragments().counters().timeouts, 0U);
  EXPECT_EQ(os.counters().timer_irqs, alarms) << "nothing is left to ring";
}

}  // namespace
}  // namespace ringside::test

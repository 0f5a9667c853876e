// SPDX-License-Identifier: Apache-2.0
// The send board against runs made by hand: a sound one of each kind passes, and one with a fault is named.
#include "tests/tools/regress/send_bench.h"

namespace ringside::platform::sending {
namespace {

using list = std::vector<std::string>;
const octets hundred = send_bench::counting(100);

// ---- frames by themselves ----

TEST(send_board, datagrams_in_order_are_sound) {
  send_bench b;
  for (unsigned i = 0; i < 3; ++i)
    b.datagram({.payload = send_bench::counting(64 + i, i), .id = static_cast<std::uint16_t>(i)});
  EXPECT_SOUND(b);
  EXPECT_EQ(b.board->met().at("sent_udp"), 3U);
}

TEST(send_board, a_frame_with_a_fault) {
  send_bench b;
  const frame_id id = b.next_id();
  b.call(id, hundred);
  octets frame = b.frame({.payload = hundred});
  frame.back() ^= 1;
  b.send(id, frame);
  EXPECT_AMONG(b, "on the wire has a wrong FCS");
}

TEST(send_board, whose_addresses_it_has) {
  struct {
    packet p;
    const char* wrong;
  } const cases[] = {
      {{.payload = hundred, .station = {2, 0, 0, 0, 0, 9}}, "goes to another station than its neighbour"},
      {{.payload = hundred, .lives = 1}, "has a time to live of 1, and not 64"},
      {{.payload = hundred, .tag = {0x81, 0, 0, 5}}, "leaves with 1 tags"},
      {{.payload = hundred, .to_port = 10}, "goes to another port"},
  };
  for (const auto& c : cases) {
    send_bench b;
    b.datagram(c.p);
    EXPECT_COMPLAINT(b, c.wrong);
  }
  send_bench b;
  const frame_id id = b.next_id();
  b.call(id, hundred);
  octets frame = b.frame({.payload = hundred});
  frame.resize(frame.size() - 4);
  frame[11] ^= 1;
  b.send(id, send_bench::sealed(frame));
  EXPECT_COMPLAINT(b, "leaves with another address than the card's");
}

TEST(send_board, a_group_has_its_address) {
  const packet to_group{.payload = hundred, .lives = 1, .to = 0xE001'0203, .station = {1, 0, 0x5E, 1, 2, 3}};
  packet beside = to_group;
  beside.station[5] = 4;
  packet long_lived = to_group;
  long_lived.lives = 64;
  for (const auto& [p, wrong] : {std::pair{to_group, ""}, std::pair{beside, "its Ethernet address is another one"},
                                 std::pair{long_lived, "has a time to live of 64, and not 1"}}) {
    send_bench b({"app.destination=224.1.2.3"});
    b.datagram(p);
    if (*wrong == '\0')
      EXPECT_SOUND(b);
    else
      EXPECT_COMPLAINT(b, wrong);
  }
}

TEST(send_board, no_packet_is_longer_than_the_mtu) {
  send_bench b({"driver.mtu=1000"});
  b.datagram({.payload = send_bench::counting(972)});
  EXPECT_SOUND(b);
  send_bench longer({"driver.mtu=1000"});
  longer.datagram({.payload = send_bench::counting(973)});
  EXPECT_COMPLAINT(longer, "carries 1001 bytes of IPv4, and the MTU is 1000");
}

TEST(send_board, tags_are_those_of_the_device) {
  const octets tag{0x81, 0, 0xE0, 5};
  const octets payload = send_bench::counting(50);
  for (const auto& [is, wrong] : {std::pair{tag, ""}, std::pair{octets{}, "leaves with 0 tags"},
                                  std::pair{octets{0x81, 0, 0, 6}, "leaves with 1 tags"},
                                  std::pair{octets{0x88, 0xA8, 0, 5}, "leaves with 1 tags"}}) {
    send_bench b({"app.protocol=tcp", "app.device=eth0.5", "driver.vlans=5", "app.mss=100"});
    const frame_id id = b.next_id();
    b.call(id, payload, payload.size() + 54);
    b.send(id, b.frame({.payload = payload, .protocol = 6, .id = 0, .tag = is}));
    if (*wrong == '\0')
      EXPECT_SOUND(b);
    else
      EXPECT_COMPLAINT(b, wrong);
  }
}

// ---- order (T-71) ----

class order : public testing::Test {
 protected:
  void give(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      ids.push_back(b.next_id());
      payloads.push_back(send_bench::counting(64, i));
      b.call(ids.back(), payloads.back());
      b.hand(ids.back());
    }
  }
  void wire(unsigned i) {
    b.commit(ids[i]);
    b.wire(ids[i], b.frame({.payload = payloads[i], .id = static_cast<std::uint16_t>(i)}));
    b.complete(ids[i]);
  }
  send_bench b;
  std::vector<frame_id> ids;
  std::vector<octets> payloads;
};

TEST_F(order, as_the_driver_gave_them) {
  give(3);
  for (const unsigned i : {0U, 1U, 2U}) wire(i);
  EXPECT_SOUND(b);
}

TEST_F(order, one_overtakes) {
  give(2);
  wire(1);
  wire(0);
  EXPECT_AMONG(b, "is on the wire, and what the driver gave before it is not");
}

TEST_F(order, one_is_sent_twice) {
  give(2);
  wire(0);
  wire(0);
  wire(1);
  EXPECT_AMONG(b, "is sent twice");
}

TEST_F(order, one_is_never_sent) {
  give(2);
  wire(0);
  EXPECT_COMPLAINT(b, "was given to the card and never sent");
}

TEST_F(order, the_frame_of_nobody) {
  give(1);
  wire(0);
  b.wire(0, b.frame({.payload = hundred}));
  EXPECT_AMONG(b, "a frame is on the wire that nobody sent");
}

// T-82: what the reset finds in the ring is gone; in the FIFO only what had no time to leave.
TEST_F(order, a_reset_takes_what_it_finds) {
  give(3);
  wire(0);
  b.write(reg::TCTL, 0);
  b.event_of(stage::nic_reset);
  b.event_of(stage::skb_drop, ids[1], 0, static_cast<std::uint64_t>(drop_reason::tx_ring_cleaned));
  b.event_of(stage::skb_drop, ids[2], 0, static_cast<std::uint64_t>(drop_reason::tx_ring_cleaned));
  b.judged();
  ASSERT_EQ(b.complaints.size(), 2U) << "nothing in the plan takes the interface down";
  EXPECT_NE(b.complaints[0].find("is given up as tx_ring_cleaned, and nothing in this run explains it"),
            std::string::npos);
}

TEST(order_in_the_fifo, what_lay_there_had_time_to_leave) {
  for (const sim_time rest : {10 * us, 2 * ms}) {
    send_bench b;
    const frame_id id = b.next_id();
    b.call(id, hundred);
    b.hand(id);
    b.commit(id);
    b.complete(id);
    b.now += rest;
    b.write(reg::TCTL, 0);
    b.event_of(stage::nic_reset);
    if (rest == 10 * us)
      EXPECT_SOUND(b);
    else
      EXPECT_COMPLAINT(b, "lay in the card, sent as the driver was told, and never left it");
  }
}

// ---- messages ----

// Two pieces of 1480 and 528 bytes (RFC 791).
class fragments : public testing::Test {
 protected:
  fragments() {
    whole = b.transport({.payload = payload});
    id = b.next_id();
    rest = b.next_id();
    b.call(id, payload);
    b.event_of(stage::frame_made, rest);
    b.event_of(stage::skb_link, rest, id, static_cast<std::uint64_t>(link_kind::copy));
  }
  octets piece(std::size_t from, std::size_t bytes, bool more, std::uint16_t number = 77) const {
    const auto at = whole.begin() + static_cast<std::ptrdiff_t>(from);
    return b.ipv4({.id = number, .fragment = static_cast<std::uint16_t>(from / 8 | (more ? 0x2000U : 0U))},
                  octets(at, at + static_cast<std::ptrdiff_t>(bytes)));
  }
  send_bench b;
  octets payload = send_bench::counting(2000);
  octets whole;
  frame_id id = 0, rest = 0;
};

TEST_F(fragments, make_the_datagram) {
  b.send(id, piece(0, 1480, true));
  b.send(rest, piece(1480, 528, false));
  EXPECT_SOUND(b);
  EXPECT_EQ(b.board->met().at("sent_fragment"), 2U);
}
TEST_F(fragments, overlap) {
  b.send(id, piece(0, 1480, true));
  b.send(rest, piece(1472, 536, false));
  EXPECT_AMONG(b, "carries what another fragment has carried");
}
TEST_F(fragments, leave_a_hole) {
  b.send(id, piece(0, 1472, true));
  b.send(rest, piece(1480, 528, false));
  EXPECT_COMPLAINT(b, "2000 bytes of 2008 are on the wire, and none is given up");
}
TEST_F(fragments, of_two_datagrams) {
  b.send(id, piece(0, 1480, true));
  b.send(rest, piece(1480, 528, false, 78));
  EXPECT_AMONG(b, "has another identification than its datagram");
}
TEST_F(fragments, the_last_says_more_follow) {
  b.send(id, piece(0, 1480, true));
  b.send(rest, piece(1480, 528, true));
  EXPECT_AMONG(b, "carries bytes 1480 to 2008 of a datagram of 2008");
}
TEST_F(fragments, a_checksum_over_all) {
  whole[6] ^= 1;
  b.send(id, piece(0, 1480, true));
  b.send(rest, piece(1480, 528, false));
  EXPECT_COMPLAINT(b, "has a wrong UDP checksum over its fragments");
}
TEST_F(fragments, one_is_given_up_for_no_reason) {
  b.send(id, piece(0, 1480, true));
  b.event_of(stage::skb_drop, rest, 0, static_cast<std::uint64_t>(drop_reason::qdisc_drop));
  EXPECT_COMPLAINT(b, "is given up as qdisc_drop, and nothing in this run explains it");
}

TEST(send_messages, other_bytes_than_were_sent) {
  send_bench b;
  const frame_id id = b.next_id();
  b.call(id, hundred);
  octets other = hundred;
  other[70] ^= 0x80;
  b.send(id, b.frame({.payload = other}));
  EXPECT_AMONG(b, "carries another byte 70 than was sent");
}

TEST(send_messages, one_that_no_frame_carries) {
  send_bench b;
  b.datagram();
  const octets lost = hundred;
  b.board->on_send({b.now, b.now + 1, 100, std::as_bytes(std::span(lost)), lost.size()});
  EXPECT_COMPLAINT(b, "the kernel took a datagram of which no frame came to be");
}

TEST(send_messages, a_frame_that_nobody_sent) {
  send_bench b;
  const frame_id id = b.next_id();
  b.event_of(stage::frame_made, id);
  b.event_of(stage::tx_socket, id, 1, 100);
  b.send(id, b.frame({.payload = hundred}));
  EXPECT_COMPLAINT(b, "is a socket's, and no application sent it");
}

TEST(send_messages, another_length_than_was_sent) {
  send_bench b;
  const frame_id id = b.next_id();
  b.call(id, hundred, 99);
  b.send(id, b.frame({.payload = hundred}));
  EXPECT_COMPLAINT(b, "is a datagram of 99 bytes, and 100 were sent");
}

TEST(send_messages, to_another_host) {
  send_bench b({"app.destination=10.0.0.2", "stack.neighbours=10.0.0.1=02:00:00:00:00:01,10.0.0.2=02:00:00:00:00:01"});
  b.datagram({.payload = hundred});
  EXPECT_COMPLAINT(b, "goes to another host");
}

TEST(send_messages, a_sender_keeps_its_port) {
  send_bench b;
  b.datagram();
  b.datagram({.payload = hundred, .from_port = 40'001});
  EXPECT_COMPLAINT(b, "comes from port 40001, and those before it from 40000");
}

// A packet of 250 bytes in segments of 100, of the chip's or of the stack's.
class segments : public testing::Test {
 protected:
  segments() : b({"app.protocol=tcp", "app.mss=100"}) {
    id = b.next_id();
    b.call(id, payload, payload.size() + 54);
    b.hand(id);
  }
  packet part(unsigned number) const {
    const auto at = payload.begin() + 100 * number;
    return {.payload = octets(at, number == 2 ? payload.end() : at + 100),
            .protocol = 6,
            .id = static_cast<std::uint16_t>(number),
            .sequence = 1 + 100 * number,
            .flags = static_cast<std::uint8_t>(number == 2 ? 0x18 : 0x10)};
  }
  void send_segment(const packet& p) {
    const frame_id segment = make_frame_id(frame_kind::derived, static_cast<std::uint16_t>(segment_counters), ++made);
    b.event_of(stage::skb_link, segment, id, static_cast<std::uint64_t>(link_kind::segment_of));
    b.commit(segment);
    b.wire(segment, b.frame(p));
  }
  void expect(const std::string& wrong) { EXPECT_AMONG(b, wrong); }
  send_bench b;
  octets payload = send_bench::counting(250);
  frame_id id = 0;
  std::uint64_t made = 0;
};

TEST_F(segments, of_the_chip) {
  for (const unsigned i : {0U, 1U, 2U}) send_segment(part(i));
  EXPECT_SOUND(b);
  EXPECT_EQ(b.board->met().at("sent_tso"), 1U);
}
TEST_F(segments, one_is_missing) {
  for (const unsigned i : {0U, 2U}) send_segment(part(i));
  EXPECT_COMPLAINT(b, "2 segments of 3 are on the wire, and none is given up");
}
TEST_F(segments, one_comes_twice) {
  for (const unsigned i : {0U, 1U, 1U, 2U}) send_segment(part(i));
  expect("is a segment that was sent before");
}
TEST_F(segments, a_sequence_number_of_none) {
  packet p = part(1);
  p.sequence = 102;
  send_segment(part(0));
  send_segment(p);
  expect("has a sequence number of no segment");
}
TEST_F(segments, bytes_of_another) {
  packet p = part(1);
  p.payload[3] ^= 1;
  send_segment(part(0));
  send_segment(p);
  expect("carries other bytes than segment 1 of 3");
}
TEST_F(segments, identification_and_push) {
  packet p = part(1);
  p.id = 9;
  send_segment(part(0));
  send_segment(p);
  expect("has another identification than its segment");
}
TEST_F(segments, push_before_the_last) {
  packet p = part(1);
  p.flags = 0x18;
  send_segment(part(0));
  send_segment(p);
  expect("has PSH where it does not belong");
}
TEST_F(segments, another_station) {
  packet p = part(0);
  p.station[5] = 7;
  send_segment(p);
  expect("goes to another station");
}

}  // namespace
}  // namespace ringside::platform::sending

// SPDX-License-Identifier: Apache-2.0
// What the stack does where the device cannot, and how packets leave without a discipline (QD-1, QD-6, QD-8).
#include "sw/stack/xmit_validate.h"

#include "sw/stack/tap.h"
#include "tests/sw/stack/transmit_bench.h"
#include "tests/sw/tcp_frame.h"

namespace ringside::test {
namespace xmit_validate_tests {
namespace {

using f = stack::device_feature;

class validation : public transmit_bench {
 protected:
  validation() {
    dev.features = {f::sg, f::tx_checksum, f::tso, f::tx_vlan};
    dev.vlan_features = {f::sg, f::tx_checksum, f::tso};
    bring_up();
  }
  /// A UDP frame whose sum was begun.
  stack::skb_ptr begun(bytes frame, bool pieces = false) {
    put16(frame, 40, pseudo_header_sum(frame, static_cast<std::uint32_t>(frame.size() - 34)));
    stack::skb_ptr skb = pieces ? in_pieces(frame, 60, 33) : packet(frame);
    skb->ip_summed = stack::checksum_state::partial;
    skb->csum_start = static_cast<std::uint16_t>(skb->headroom() + 34);
    skb->csum_offset = 6;
    return skb;
  }
};

TEST_F(validation, a_sum_the_device_completes_stays_as_it_is) {
  const bytes frame = udp_frame(pattern(101, 1));
  send(begun(frame));
  ASSERT_EQ(ops.contents.size(), 1U);
  EXPECT_EQ(ops.summed[0], stack::checksum_state::partial);
  EXPECT_NE(ops.contents[0], frame);
}

// udp_frame() sums by another code; the length is odd, the pieces begin at odd bytes.
TEST_F(validation, else_it_is_completed_here) {
  dev.features = dev.features.without(f::tx_checksum);
  const bytes frame = udp_frame(pattern(101, 1));
  send(begun(frame));
  send(begun(frame, true));
  ASSERT_EQ(ops.contents.size(), 2U);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ops.summed[i], stack::checksum_state::none);
    EXPECT_EQ(ops.contents[i], frame) << i;
  }
}

// RFC 768: a sum of 0 is sent as FFFF.  The payload's last two bytes are chosen so that it is 0.
TEST_F(validation, a_sum_of_zero_is_sent_as_all_ones) {
  dev.features = dev.features.without(f::tx_checksum);
  bytes payload = pattern(100, 1);
  payload[98] = payload[99] = 0;
  const bytes without = udp_frame(payload);
  put16(payload, 98, static_cast<std::uint16_t>(without[40] << 8 | without[41]));
  send(begun(udp_frame(payload)));
  ASSERT_EQ(ops.contents.size(), 1U);
  EXPECT_EQ(ops.contents[0][40], 0xFF);
  EXPECT_EQ(ops.contents[0][41], 0xFF);
}

// A clone shares the bytes: they are not changed under it.
TEST_F(validation, a_shared_packet_is_summed_in_bytes_of_its_own) {
  dev.features = dev.features.without(f::tx_checksum);
  stack::skb_ptr skb = begun(udp_frame(pattern(100, 1)));
  stack::skb_ptr other = net.skbs().clone(*skb);
  const std::uint16_t before = stack::load_be16(other->data() + 40);
  send(std::move(skb));
  EXPECT_EQ(stack::load_be16(other->data() + 40), before);
  net.skbs().free_silently(std::move(other));
}

TEST_F(validation, pieces_are_joined_for_a_device_that_takes_none) {
  const bytes frame = udp_frame(pattern(500, 1));
  send(in_pieces(frame, 42, 100));
  EXPECT_EQ(ops.pieces, std::vector<std::size_t>{5});
  dev.features = dev.features.without(f::sg);
  send(in_pieces(frame, 42, 100));
  EXPECT_EQ(ops.pieces, (std::vector<std::size_t>{5, 0}));
  EXPECT_EQ(ops.contents[1], frame);
}

// A tag beside the packet goes into it, behind the addresses, where the device does not do it; tags of providers
// always.
TEST_F(validation, tags_are_inserted) {
  const bytes frame = udp_frame(pattern(100, 1));
  const auto tagged = [&](std::uint16_t tpid) {
    stack::skb_ptr skb = packet(frame);
    skb->put_vlan_tag(tpid, 0x6005);
    return skb;
  };
  const auto with_tag = [&](std::uint8_t high, std::uint8_t low) {
    bytes expected = frame;
    const bytes tag{high, low, 0x60, 0x05};
    expected.insert(expected.begin() + 12, tag.begin(), tag.end());
    return expected;
  };
  send(tagged(stack::ether_type::vlan));
  send(tagged(stack::ether_type::service_vlan));
  dev.features = dev.features.without(f::tx_vlan);
  send(tagged(stack::ether_type::vlan));
  ASSERT_EQ(ops.contents.size(), 3U);
  EXPECT_TRUE(ops.tags[0]);
  EXPECT_EQ(ops.contents[0], frame);
  EXPECT_FALSE(ops.tags[1]);
  EXPECT_EQ(ops.contents[1], with_tag(0x88, 0xA8));
  EXPECT_EQ(ops.contents[2], with_tag(0x81, 0x00));
}

// vlan_features: what the device does for packets with a tag.
TEST_F(validation, a_tagged_packet_has_the_features_of_tagged_packets) {
  dev.vlan_features = {};
  stack::skb_ptr skb = begun(udp_frame(pattern(100, 1)));
  skb->put_vlan_tag(stack::ether_type::vlan, 5);
  send(std::move(skb));
  ASSERT_EQ(ops.summed.size(), 1U);
  EXPECT_EQ(ops.summed[0], stack::checksum_state::none);
  EXPECT_TRUE(ops.tags[0]);
}

TEST_F(validation, a_packet_that_cannot_be_summed_is_dropped_and_counted) {
  dev.features = dev.features.without(f::tx_checksum);
  stack::skb_ptr skb = begun(udp_frame(pattern(100, 1)));
  skb->csum_start = static_cast<std::uint16_t>(skb->headroom() + skb->len());
  EXPECT_EQ(send(std::move(skb)), stack::net_xmit::success);  // a discipline says so all the same
  EXPECT_TRUE(ops.contents.empty());
  EXPECT_EQ(dev.stats.tx_dropped, 1U);
  EXPECT_EQ(net.skbs().dropped(drop_reason::tx_invalid), 1U);
}

// ---- Software GSO

void expect_segments(const std::vector<bytes>& sent, const bytes& whole, std::size_t mss, bool summed) {
  bytes payload;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    const bytes& s = sent[i];
    const bool last = i + 1 == sent.size();
    ASSERT_GE(s.size(), 55U);
    EXPECT_TRUE(last || s.size() == 54 + mss);
    EXPECT_EQ(s[16] << 8 | s[17], static_cast<int>(s.size() - 14)) << i;  // total length
    EXPECT_EQ(s[18] << 8 | s[19], static_cast<int>(tcp_ip_id + i)) << i;  // identification
    EXPECT_EQ(slow_checksum(std::span(s).subspan(14, 20)), 0) << i;       // header
    const std::uint32_t sequence = static_cast<std::uint32_t>(s[38]) << 24 | s[39] << 16 | s[40] << 8 | s[41];
    EXPECT_EQ(sequence, static_cast<std::uint32_t>(tcp_sequence + i * mss)) << i;
    EXPECT_EQ(s[47], last ? 0x19 : 0x10) << i;  // PSH and FIN with the last alone
    const auto tcp_bytes = static_cast<std::uint32_t>(s.size() - 34);
    if (summed) {
      // slow_checksum() goes on from a sum: the pseudo header's; what is right gives 0.
      EXPECT_EQ(slow_checksum(std::span(s).subspan(34), pseudo_header_sum(s, tcp_bytes)), 0) << i;
    } else {
      EXPECT_EQ(s[50] << 8 | s[51], pseudo_header_sum(s, tcp_bytes)) << i;
    }
    payload.insert(payload.end(), s.begin() + 54, s.end());
  }
  EXPECT_EQ(payload, bytes(whole.begin() + 54, whole.end()));
}

TEST_F(validation, a_tcp_packet_is_cut_where_the_device_does_not) {
  const bytes frame = tcp_frame(pattern(5000, 1));
  send(as_tso(packet(frame), 1460));
  EXPECT_EQ(ops.contents.size(), 1U);  // the device does
  EXPECT_EQ(counters().packets, 4U);
  EXPECT_EQ(counters().bytes, 5054U + 3 * 54);  // qdisc_pkt_len_init
  dev.features = dev.features.without(f::tso);
  for (const bool summed : {false, true}) {
    dev.features.set(f::tx_checksum, !summed);
    for (const std::size_t linear : {54UL, 1000UL, 5054UL}) {
      ops.contents.clear();
      ops.ids.clear();
      host.events.clear();
      stack::skb_ptr skb = as_tso(linear == 5054 ? packet(frame) : in_pieces(frame, linear, 900), 1460);
      const frame_id original = skb->frame;
      EXPECT_EQ(send(std::move(skb)), stack::net_xmit::success);
      host.run_for(5 * ms);
      ASSERT_EQ(ops.contents.size(), 4U) << linear;
      expect_segments(ops.contents, frame, 1460, summed);
      // Each is a frame of its own, derived from it; it is consumed (architecture.md: Fates).
      const std::vector<event> links = host.of(stage::skb_link);
      ASSERT_EQ(links.size(), 4U);
      for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(links[i].frame, ops.ids[i]);
        EXPECT_EQ(kind_of(ops.ids[i]), frame_kind::derived);
        EXPECT_EQ(links[i].a, original);
        EXPECT_EQ(links[i].b, static_cast<std::uint64_t>(link_kind::segment_of));
      }
      ASSERT_EQ(host.count(stage::skb_consume), 1U);
      EXPECT_EQ(host.of(stage::skb_consume)[0].frame, original);
    }
  }
}

// Fragments are shared where the device takes pieces and sums them, else copied.
TEST_F(validation, segments_share_fragments) {
  dev.features = dev.features.without(f::tso);
  send(as_tso(in_pieces(tcp_frame(pattern(3000, 1)), 54, 3000), 1460));
  host.run_for(5 * ms);
  EXPECT_EQ(ops.pieces, (std::vector<std::size_t>{1, 1, 1}));
  dev.features = dev.features.without(f::sg);
  send(as_tso(in_pieces(tcp_frame(pattern(3000, 1)), 54, 3000), 1460));
  host.run_for(5 * ms);
  EXPECT_EQ(ops.pieces, (std::vector<std::size_t>{1, 1, 1, 0, 0, 0}));
}

// No memory for one of the segments: nothing goes, and nothing is left.
TEST_F(validation, a_packet_that_cannot_be_cut_is_dropped_whole) {
  dev.features = dev.features.without(f::tso);
  stack::skb_ptr skb = as_tso(packet(tcp_frame(pattern(5000, 1))), 1460);
  os.memory().fail_next(1, 2);
  send(std::move(skb));
  EXPECT_TRUE(ops.contents.empty());
  EXPECT_EQ(net.skbs().dropped(drop_reason::tx_invalid), 1U);
  EXPECT_EQ(host.count(stage::skb_link), 0U);
  stack::skb_ptr other = as_tso(packet(tcp_frame(pattern(5000, 1))), 1460);
  other->shared().gso_type = 1U << 20;  // a kind nobody here cuts
  send(std::move(other));
  EXPECT_EQ(dev.stats.tx_dropped, 2U);
}

// ---- Features (netdev_fix_features)

TEST_F(validation, segmenting_needs_sums_and_pieces) {
  EXPECT_FALSE(stack::netdev_fix_features({f::tso, f::sg}).has(f::tso));
  EXPECT_FALSE(stack::netdev_fix_features({f::tso, f::tx_checksum}).has(f::tso));
  EXPECT_TRUE(stack::netdev_fix_features({f::tso, f::sg, f::tx_checksum}).has(f::tso));
  EXPECT_EQ(stack::netdev_change_feature(dev, f::tx_vlan, false), -EOPNOTSUPP);  // nobody may switch it
  EXPECT_EQ(stack::netdev_change_feature(dev, f::tx_vlan, true), 0);             // it is on already
}

// ---- Taps (QD-8)

class noting_tap final : public stack::tap {
 public:
  void on_packet(sim_time, frame_id frame, std::span<const std::span<const std::byte>> pieces, std::size_t) override {
    frames.push_back(number_of(frame));
    bytes whole;
    for (const auto& piece : pieces) {
      const auto* p = reinterpret_cast<const std::uint8_t*>(piece.data());
      whole.insert(whole.end(), p, p + piece.size());
    }
    seen.push_back(whole);
  }
  std::vector<std::uint64_t> frames;
  std::vector<bytes> seen;
};

TEST_F(validation, taps_see_a_packet_each_time_the_driver_is_asked) {
  noting_tap all;
  noting_tap own;
  net.packets().add_tap(all);
  dev.add_tap(own);
  const bytes frame = tcp_frame(pattern(3000, 1));
  ops.busy = 1;
  stack::skb_ptr skb = as_tso(packet(frame), 1460);
  skb->put_vlan_tag(stack::ether_type::vlan, 5);
  send(std::move(skb));
  host.run_for(5 * ms);
  EXPECT_EQ(ops.frames.size(), 1U);
  EXPECT_EQ(all.frames, (std::vector<std::uint64_t>{1, 1}));
  EXPECT_EQ(own.frames, (std::vector<std::uint64_t>{1, 1}));
  // Whole, its sum not complete, the tag in its place.
  bytes expected = frame;
  const bytes tag{0x81, 0x00, 0x00, 0x05};
  expected.insert(expected.begin() + 12, tag.begin(), tag.end());
  EXPECT_EQ(all.seen[0], expected);
  // Not while the queue is merely stopped.
  queue().stop();
  send();
  send();
  EXPECT_EQ(all.frames.size(), 2U);
  queue().start();
  net.packets().remove_tap(all);
}

// ---- Without a queue (QD-1)

class noqueue : public transmit_bench {
 protected:
  noqueue() { dev.up = true; }
};

TEST_F(noqueue, packets_go_to_the_driver_at_once) {
  EXPECT_EQ(send(), 0);
  EXPECT_EQ(ops.frames, std::vector<std::uint64_t>{1});
  EXPECT_EQ(host.count(stage::tx_qdisc), 0U);
}

TEST_F(noqueue, a_busy_driver_or_a_device_that_is_down_loses_them) {
  ops.busy = 1;
  EXPECT_EQ(send(), -ENETDOWN);
  dev.up = false;
  EXPECT_EQ(send(), -ENETDOWN);
  EXPECT_EQ(dev.stats.tx_dropped, 2U);
  EXPECT_EQ(net.skbs().dropped(drop_reason::device_not_ready), 2U);
  EXPECT_TRUE(ops.frames.empty());
}

// VD-5: a VLAN's device puts the tag beside the packet and gives it to the one below.
TEST_F(validation, a_vlans_packets_leave_by_the_device_below) {
  stack::net_device& vlan = net.packets().add_vlan(dev, stack::ether_type::vlan, 5);
  vlan.up = true;
  const bytes frame = udp_frame(pattern(100, 1));
  stack::skb_ptr skb = packet(frame);
  skb->dev = &vlan;
  EXPECT_EQ(send(std::move(skb)), 0);
  ASSERT_EQ(ops.tags.size(), 1U);
  EXPECT_TRUE(ops.tags[0]);
  EXPECT_EQ(ops.contents[0], frame);
  EXPECT_EQ(vlan.stats.tx_packets, 1U);
  EXPECT_EQ(vlan.stats.tx_bytes, 142U);
  dev.features = dev.features.without(f::tx_vlan);
  skb = packet(frame);
  skb->dev = &vlan;
  send(std::move(skb));
  const bytes tag{0x81, 0x00, 0x00, 0x05};
  bytes expected = frame;
  expected.insert(expected.begin() + 12, tag.begin(), tag.end());
  ASSERT_EQ(ops.contents.size(), 2U);
  EXPECT_EQ(ops.contents[1], expected);
  net.packets().remove_vlan(dev, stack::ether_type::vlan, 5);
}

// A device that leads back to itself: XMIT_RECURSION_LIMIT, eight calls inside the first.
TEST_F(noqueue, a_dead_loop_ends) {
  int innermost = 0;
  int depth = 0;
  ops.before = [&] {
    ++depth;
    const int result = net.transmit().dev_queue_xmit(packet(udp_frame(pattern(100, 1))));
    if (result == -ENETDOWN) innermost = depth;
    --depth;
  };
  EXPECT_EQ(send(), 0);
  EXPECT_EQ(innermost, 9);
  EXPECT_EQ(net.skbs().dropped(drop_reason::device_not_ready), 1U);
  EXPECT_EQ(ops.frames.size(), 9U);
}

}  // namespace
}  // namespace xmit_validate_tests
}  // namespace ringside::test

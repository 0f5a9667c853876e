// SPDX-License-Identifier: Apache-2.0
// Headers that share bytes, copies with bytes of their own, and what either takes over: net/core/skbuff.c of Linux 6.1.
#include <array>

#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

class skb_sharing : public stack_bench {
 protected:
  /// A packet as e1000 builds one around a buffer of 1522 bytes, `bytes` in it.
  stack::skb_ptr built(const bytes& contents) {
    const std::size_t size = stack::skb_allocator::buffer_bytes(1522);
    stack::skb_ptr skb = net.skbs().build_skb(os.memory().alloc(size), size);
    std::memcpy(skb->put(contents.size()), contents.data(), contents.size());
    return skb;
  }
  static std::vector<const stack::sk_buff*> told;
  static void tell(stack::sk_buff& skb) { told.push_back(&skb); }
};

std::vector<const stack::sk_buff*> skb_sharing::told;

void fill(stack::sk_buff& skb, stack::net_device& dev) {
  skb.frame = 77;
  skb.ip_summed = stack::checksum_state::partial;
  skb.protocol = 0x0800;
  skb.type = stack::packet_type::outgoing;
  skb.l4_hash = true;
  skb.put_vlan_tag(0x88A8, 0x2064);
  skb.queue_mapping = 3;
  skb.csum_start = 98;
  skb.csum_offset = 6;
  skb.skb_iif = 2;
  skb.hash = 0x12345678;
  skb.priority = 6;
  skb.mark = 0xBEEF;
  skb.tstamp = 5 * us;
  skb.dev = &dev;
  skb.shared().gso_size = 1448;
  skb.shared().gso_segs = 3;
  skb.shared().gso_type = 1;
  skb.claim_control<std::array<std::uint8_t, 48>>().fill(0x5A);
  skb.reset_mac_header();
  skb.pull(14);
  skb.reset_network_header();
  skb.reset_transport_header();
  skb.push(14);
}

void expect_filled(const stack::sk_buff& skb, const stack::net_device& dev) {
  EXPECT_EQ(skb.frame, 77U);
  EXPECT_EQ(skb.ip_summed, stack::checksum_state::partial);
  EXPECT_EQ(skb.protocol, 0x0800);
  EXPECT_EQ(skb.type, stack::packet_type::outgoing);
  EXPECT_TRUE(skb.l4_hash);
  EXPECT_EQ(skb.vlan_proto, 0x88A8);
  EXPECT_EQ(skb.vlan_tci, 0x2064);
  EXPECT_EQ(skb.queue_mapping, 3U);
  EXPECT_EQ(skb.csum_start, 98U);
  EXPECT_EQ(skb.csum_offset, 6U);
  EXPECT_EQ(skb.skb_iif, 2U);
  EXPECT_EQ(skb.hash, 0x12345678U);
  EXPECT_EQ(skb.priority, 6U);
  EXPECT_EQ(skb.mark, 0xBEEFU);
  EXPECT_EQ(skb.tstamp, 5 * us);
  EXPECT_EQ(skb.dev, &dev);
  EXPECT_TRUE(skb.is_gso());
  EXPECT_EQ(skb.shared().gso_size, 1448U);
  EXPECT_EQ(skb.shared().gso_segs, 3U);
  EXPECT_EQ(skb.shared().gso_type, 1U);
  for (const std::uint8_t byte : skb.control<std::array<std::uint8_t, 48>>()) EXPECT_EQ(byte, 0x5A);
}

// include/uapi/linux/if_packet.h: PACKET_HOST 0 ... PACKET_OUTGOING 4, PACKET_LOOPBACK 5; skb->cb has 48 bytes.
TEST_F(skb_sharing, has_linux_numbers_and_sizes) {
  EXPECT_EQ(static_cast<int>(stack::packet_type::other_host), 3);
  EXPECT_EQ(static_cast<int>(stack::packet_type::outgoing), 4);
  EXPECT_EQ(static_cast<int>(stack::packet_type::loopback), 5);
  EXPECT_EQ(kernel::packet::control_bytes, 48U);
  stack::skb_ptr skb = built(pattern(10, 1));
  for (const std::uint8_t byte : skb->control<std::array<std::uint8_t, 48>>()) EXPECT_EQ(byte, 0);
}

// skb_clone: another header over the same bytes and shared info; dataref counts the headers.
TEST_F(skb_sharing, a_clone_has_the_same_bytes_and_its_own_ends) {
  stack::skb_ptr skb = built(pattern(200, 1));
  EXPECT_EQ(skb->shared().dataref, 1U);
  const std::uint64_t bytes_held = os.memory().live_bytes();
  stack::skb_ptr first = net.skbs().clone(*skb);
  stack::skb_ptr second = net.skbs().clone(*first);
  EXPECT_EQ(net.skbs().live(), 3U);
  EXPECT_EQ(os.memory().live_bytes(), bytes_held);
  EXPECT_EQ(skb->shared().dataref, 3U);
  EXPECT_EQ(&first->shared(), &second->shared());
  EXPECT_EQ(first->data(), skb->data());
  EXPECT_EQ(second->truesize(), skb->truesize());
  EXPECT_TRUE(second->trim(20));  // without fragments only this header's end moves
  EXPECT_EQ(first->len(), 200U);
  *skb->data() = std::byte{0xEE};
  EXPECT_EQ(*first->data(), std::byte{0xEE});
  skb.reset();  // whichever goes first
  EXPECT_EQ(second->shared().dataref, 2U);
  first.reset();
  EXPECT_FALSE(second->cloned());
  EXPECT_EQ(os.memory().live_bytes(), bytes_held);
}

TEST_F(skb_sharing, a_clone_takes_over_the_headers_but_no_socket) {
  stack::skb_ptr skb = built(pattern(100, 1));
  fill(*skb, dev);
  skb->is_copy = true;
  skb->destructor = &tell;
  told.clear();
  stack::skb_ptr clone = net.skbs().clone(*skb);
  expect_filled(*clone, dev);
  EXPECT_EQ(clone->transport_header() - clone->mac_header(), 14);
  EXPECT_FALSE(clone->is_copy);
  EXPECT_EQ(clone->destructor, nullptr);
  clone.reset();
  EXPECT_TRUE(told.empty());
}

// skb_copy: 1600 bytes up to the end, and 320 of shared info, are 2048 from kmalloc; sizeof(sk_buff) 256.
TEST_F(skb_sharing, a_copy_has_bytes_of_its_own) {
  const bytes data = pattern(200, 1);
  stack::skb_ptr skb = built(data);
  fill(*skb, dev);
  EXPECT_TRUE(skb->pull(14));
  stack::skb_ptr copy = net.skbs().copy(*skb);
  expect_filled(*copy, dev);
  EXPECT_EQ(copy->truesize(), 2048U + 256U);
  EXPECT_EQ(copy->headroom(), skb->headroom());
  EXPECT_FALSE(copy->cloned());
  EXPECT_NE(copy->data(), skb->data());
  std::memset(skb->mac_header(), 0, 200);
  copy->push(14);  // the bytes in front of the data came along
  EXPECT_EQ(contents(*copy), data);
  EXPECT_EQ(copy->mac_header(), copy->data());
}

TEST_F(skb_sharing, a_copy_is_linear) {
  const bytes data = pattern(3000, 2);
  stack::skb_ptr skb = fragmented(data, 30, 700);
  stack::skb_ptr copy = net.skbs().copy(*skb);
  EXPECT_EQ(copy->frag_count(), 0U);
  EXPECT_EQ(copy->headlen(), 3000U);
  EXPECT_EQ(contents(*copy), data);
  EXPECT_EQ(copy->truesize(), 4096U + 256U);  // 704 + 2970 and 320
  skb.reset();
  EXPECT_EQ(contents(*copy), data);
  os.memory().fail_next(1);
  EXPECT_EQ(net.skbs().copy(*copy), nullptr);
}

// __pskb_pull_tail and ___pskb_trim call pskb_expand_head when the packet is cloned.
TEST_F(skb_sharing, what_changes_a_clone_leaves_the_others_as_they_are) {
  const bytes data = pattern(1500, 3);
  for (const bool pulls : {true, false}) {
    stack::skb_ptr skb = fragmented(data, 30, 400);
    stack::skb_ptr clone = net.skbs().clone(*skb);
    if (pulls)
      EXPECT_TRUE(clone->may_pull(200));
    else
      EXPECT_TRUE(clone->trim(900));
    EXPECT_FALSE(clone->cloned());
    EXPECT_FALSE(skb->cloned());
    EXPECT_EQ(contents(*skb), data);
    EXPECT_EQ(contents(*clone), pulls ? data : bytes(data.begin(), data.begin() + 900));
    skb.reset();  // the fragments have two owners
    EXPECT_EQ(contents(*clone), pulls ? data : bytes(data.begin(), data.begin() + 900));
  }
}

TEST_F(skb_sharing, what_a_clone_cannot_change_without_memory_stays) {
  const bytes data = pattern(1500, 3);
  stack::skb_ptr skb = fragmented(data, 30, 400);
  stack::skb_ptr clone = net.skbs().clone(*skb);
  os.memory().fail_next(3);
  EXPECT_FALSE(clone->trim(900));
  EXPECT_FALSE(clone->may_pull(200));
  EXPECT_FALSE(clone->unclone());
  EXPECT_TRUE(clone->cloned());
  EXPECT_EQ(contents(*clone), data);
}

// pskb_expand_head: headers and csum_start move with the data; the head is charged unless a socket has been.
TEST_F(skb_sharing, a_head_grows_on_both_sides) {
  const bytes data = pattern(100, 4);
  for (const bool owned : {false, true}) {
    stack::skb_ptr skb = built(data);
    fill(*skb, dev);
    int socket = 0;
    if (owned) skb->sk = reinterpret_cast<stack::sock*>(&socket);
    const std::size_t before = skb->truesize();
    const std::size_t tailroom = skb->tailroom();
    EXPECT_TRUE(skb->expand_head(128, 256));
    EXPECT_EQ(skb->headroom(), 64U + 128U);
    EXPECT_GE(skb->tailroom(), tailroom + 256U);
    EXPECT_EQ(contents(*skb), data);
    EXPECT_EQ(skb->mac_header(), skb->data());
    EXPECT_EQ(skb->transport_header(), skb->data() + 14);
    EXPECT_EQ(skb->csum_start, 98U + 128U);
    EXPECT_EQ(skb->truesize(), owned ? before : 4096U + 256U);  // 1600 + 384 + 320 bytes from kmalloc
  }
}

// skb_release_head_state, skb_orphan: the destructor is called once.
TEST_F(skb_sharing, its_socket_hears_of_its_end_once) {
  told.clear();
  stack::skb_ptr skb = built(pattern(10, 1));
  skb->destructor = &tell;
  const stack::sk_buff* const first = skb.get();
  skb.reset();
  EXPECT_EQ(told, std::vector{first});
  skb = built(pattern(10, 1));
  skb->destructor = &tell;
  skb->orphan();
  EXPECT_EQ(told.size(), 2U);
  EXPECT_EQ(skb->sk, nullptr);
  skb.reset();
  EXPECT_EQ(told.size(), 2U);
}

// In a VLAN the addresses move up to the type (skb_reorder_vlan_header), which a clone must not see (skb_cow).
TEST_F(skb_sharing, a_clone_keeps_the_tag_that_is_taken_out) {
  bytes frame = udp_frame(pattern(30, 1));
  const bytes tag{0x81, 0x00, 0x00, 0x05};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  stack::skb_ptr skb = packet(frame);
  stack::skb_ptr clone = net.skbs().clone(*skb);
  feed(std::move(skb));
  EXPECT_EQ(contents(*clone), frame);
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/sk_buff.h"

#include "tests/sw/stack/stack_bench.h"

namespace ringside::test {
namespace {

class sk_buff : public stack_bench {};

// NET_SKB_PAD 64; NET_IP_ALIGN is 0 on x86 (arch/x86/include/asm/processor.h), so data begin a cache line.
TEST_F(sk_buff, starts_with_headroom_at_a_cache_line) {
  stack::skb_ptr skb = net.skbs().alloc_skb(1500);
  EXPECT_EQ(skb->len(), 0U);
  EXPECT_EQ(skb->headroom(), 64U);
  EXPECT_GE(skb->tailroom(), 1500U);
  EXPECT_EQ(skb->data_address() % 64, 0U);
}

// Linux 6.1 __napi_alloc_skb on x86-64 with NET_SKB_PAD 64: SKB_TRUESIZE of a 1 KiB slice up to 640 bytes, of
// SKB_HEAD_ALIGN(64 + n) up to a page, of what kmalloc gives above; sizeof(skb_shared_info) 320, sizeof(sk_buff) 256.
TEST_F(sk_buff, counts_what_linux_counts) {
  struct row {
    std::size_t bytes, truesize;
  };
  for (const row& r :
       {row{0, 1280}, row{64, 1280}, row{256, 1280}, row{640, 1280}, row{641, 768 + 320 + 256},  // 705 -> 768
        row{1514, 1600 + 320 + 256}, row{3712, 3776 + 320 + 256}, row{3713, 8192 + 256}, row{9000, 16384 + 256}})
    EXPECT_EQ(net.skbs().alloc_skb(r.bytes)->truesize(), r.truesize) << r.bytes;
}

// e1000_frag_len: SKB_DATA_ALIGN(buffer + 64) + 320; build_skb adds the sk_buff.
TEST_F(sk_buff, counts_the_buffer_it_is_built_around) {
  for (const auto& [buffer, truesize] : {std::pair<std::size_t, std::size_t>{1522, 2176}, {2048, 2688}}) {
    const std::size_t size = stack::skb_allocator::buffer_bytes(buffer);
    EXPECT_EQ(net.skbs().build_skb(os.memory().alloc(size), size)->truesize(), truesize) << buffer;
  }
}

// skb_add_rx_frag as e1000_consume_page: a page each; skb_condense gives them back when their bytes fit the head.
TEST_F(sk_buff, counts_pages_until_they_are_condensed) {
  for (const std::size_t size : {600U, 3000U}) {
    stack::skb_ptr skb = fragmented(pattern(size, 1), 14, 1500);
    const std::size_t pages = size == 600 ? 1 : 2;
    EXPECT_EQ(skb->truesize(), 1280 + pages * 4096);
    skb->condense();
    EXPECT_EQ(skb->truesize(), size == 600 ? 1280U : 1280U + pages * 4096);
    EXPECT_EQ(skb->frag_count(), size == 600 ? 0U : pages);
    EXPECT_EQ(contents(*skb), pattern(size, 1));
    skb->trim(500);  // ___pskb_trim ends with it
    EXPECT_EQ(skb->truesize(), 1280U);
    EXPECT_EQ(skb->frag_count(), 0U);
  }
}

TEST_F(sk_buff, a_clone_shares_the_bytes_until_the_last_is_gone) {
  const bytes data = pattern(900, 4);
  stack::skb_ptr skb = fragmented(data, 30, 300);
  const std::uint64_t live = os.memory().live();
  stack::skb_ptr copy = net.skbs().clone(*skb);
  EXPECT_EQ(os.memory().live(), live);
  EXPECT_EQ(copy->truesize(), skb->truesize());
  EXPECT_TRUE(skb->cloned());
  EXPECT_TRUE(copy->pull(14));
  EXPECT_EQ(skb->len(), 900U);
  skb.reset();
  EXPECT_FALSE(copy->cloned());
  EXPECT_EQ(contents(*copy), bytes(data.begin() + 14, data.end()));
}

TEST_F(sk_buff, put_push_pull_and_trim_move_the_ends) {
  stack::skb_ptr skb = packet(pattern(100, 9));
  const bytes all = contents(*skb);
  EXPECT_TRUE(skb->pull(14));
  EXPECT_EQ(skb->len(), 86U);
  EXPECT_EQ(contents(*skb), bytes(all.begin() + 14, all.end()));
  EXPECT_FALSE(skb->pull(87));
  skb->push(14);
  EXPECT_EQ(contents(*skb), all);
  skb->trim(20);
  EXPECT_EQ(contents(*skb), bytes(all.begin(), all.begin() + 20));
  skb->trim(50);  // no longer than it is
  EXPECT_EQ(skb->len(), 20U);
}

// Memory is shared with interrupts: one that comes before a fragment is freed does not get its buffer.
TEST_F(sk_buff, an_interrupt_before_a_fragment_is_freed_allocates_another) {
  constexpr kernel::irq_line line = 7;
  kernel::bus_address got = 0;
  int owner = 0;
  os.irqs().request_irq(line, "allocates", &owner, [&](kernel::irq_line l) {
    host.set_line(l, false);
    got = os.memory().alloc(256);
    return kernel::irq_return::handled;
  });
  for (const bool trims : {true, false}) {
    host.run_task([&] {
      stack::skb_ptr skb = net.skbs().alloc_skb(512);
      const kernel::bus_address fragment = os.memory().alloc(256);
      ASSERT_TRUE(skb->add_frag(fragment, 0, 200));
      got = 0;
      host.set_line(line, true);
      if (trims)
        skb->trim(0);
      else
        EXPECT_TRUE(skb->may_pull(200));
      EXPECT_NE(got, 0U);
      EXPECT_NE(got, fragment);
      EXPECT_EQ(skb->frag_count(), 0U);
      os.memory().free(got);
    });
  }
  os.irqs().free_irq(line, &owner);
}

TEST_F(sk_buff, counts_live_packets) {
  EXPECT_EQ(net.skbs().live(), 0U);
  stack::skb_ptr a = net.skbs().alloc_skb(10);
  stack::skb_ptr b = net.skbs().alloc_skb(10);
  EXPECT_EQ(net.skbs().live(), 2U);
  a.reset();
  b.reset();
  EXPECT_EQ(net.skbs().live(), 0U);
}

TEST_F(sk_buff, alloc_fails_without_memory) {
  os.memory().fail_next(1);
  EXPECT_EQ(net.skbs().alloc_skb(10), nullptr);
}

TEST_F(sk_buff, reads_across_fragments) {
  const bytes data = pattern(5000, 3);
  stack::skb_ptr skb = fragmented(data, 30, 700);
  EXPECT_EQ(skb->len(), 5000U);
  EXPECT_EQ(skb->headlen(), 30U);
  EXPECT_EQ(contents(*skb), data);
  bytes part(1500);
  EXPECT_TRUE(skb->copy_bits(25, std::as_writable_bytes(std::span(part))));
  EXPECT_EQ(part, bytes(data.begin() + 25, data.begin() + 1525));
  EXPECT_FALSE(skb->copy_bits(3501, std::as_writable_bytes(std::span(part))));
}

TEST_F(sk_buff, may_pull_moves_bytes_from_fragments) {
  const bytes data = pattern(300, 5);
  for (const std::size_t want : {10U, 20U, 21U, 120U, 121U, 250U, 300U}) {
    stack::skb_ptr skb = fragmented(data, 20, 100);
    EXPECT_TRUE(skb->may_pull(want)) << want;
    EXPECT_GE(skb->headlen(), want);
    EXPECT_EQ(contents(*skb), data) << want;
    EXPECT_FALSE(skb->may_pull(301));
    EXPECT_EQ(contents(*skb), data) << want;
  }
}

TEST_F(sk_buff, may_pull_grows_the_head_when_it_must) {
  const bytes data = pattern(6000, 5);
  stack::skb_ptr skb = fragmented(data, 20, 1000);
  const std::size_t before = skb->truesize();
  EXPECT_TRUE(skb->may_pull(4000));
  EXPECT_EQ(contents(*skb), data);
  EXPECT_EQ(skb->frag_count(), 3U);  // 20 bytes of the fourth, the fifth, the sixth
  EXPECT_NE(skb->truesize(), before);
}

TEST_F(sk_buff, may_pull_fails_unchanged_without_memory) {
  const bytes data = pattern(6000, 5);
  stack::skb_ptr skb = fragmented(data, 20, 1000);
  os.memory().fail_next(1);
  EXPECT_FALSE(skb->may_pull(4000));
  EXPECT_EQ(contents(*skb), data);
}

TEST_F(sk_buff, trim_frees_fragments_behind_the_end) {
  const bytes data = pattern(1020, 5);
  for (const std::size_t keep : {0U, 10U, 20U, 21U, 520U, 521U, 1019U}) {
    stack::skb_ptr skb = fragmented(data, 20, 500);
    const std::uint64_t live = os.memory().live();
    skb->trim(keep);
    EXPECT_EQ(contents(*skb), bytes(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(keep)));
    // Up to 640 bytes fit the head of 1 KiB and are moved there (skb_condense).
    const std::size_t frags = keep <= 640 ? 0 : (keep - 20 + 499) / 500;
    EXPECT_EQ(skb->frag_count(), frags) << keep;
    EXPECT_EQ(os.memory().live(), live - (2 - frags));
  }
}

TEST_F(sk_buff, takes_at_most_seventeen_fragments) {
  stack::skb_ptr skb = net.skbs().alloc_skb(64);
  for (int i = 0; i < 17; ++i) EXPECT_TRUE(skb->add_frag(os.memory().alloc(64), 0, 64));
  const kernel::bus_address extra = os.memory().alloc(64);
  EXPECT_FALSE(skb->add_frag(extra, 0, 64));
  os.memory().free(extra);
}

TEST_F(sk_buff, header_positions_survive_push_and_pull) {
  stack::skb_ptr skb = packet(pattern(100, 1));
  skb->reset_mac_header();
  skb->pull(14);
  skb->reset_network_header();
  skb->pull(20);
  skb->reset_transport_header();
  EXPECT_EQ(skb->network_header() - skb->mac_header(), 14);
  EXPECT_EQ(skb->transport_header() - skb->network_header(), 20);
}

}  // namespace
}  // namespace ringside::test

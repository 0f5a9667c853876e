#include "sw/stack/sk_buff.h"

#include "tests/unit/stack_bench.h"

namespace ringside::test {
namespace {

class sk_buff : public stack_bench {};

TEST_F(sk_buff, starts_with_headroom_and_an_aligned_ip_header) {
  stack::skb_ptr skb = net.skbs().alloc_skb(1500);
  EXPECT_EQ(skb->len(), 0U);
  EXPECT_EQ(skb->headroom(), 66U);  // NET_SKB_PAD + NET_IP_ALIGN
  EXPECT_GE(skb->tailroom(), 1500U);
  EXPECT_EQ((skb->data_address() + 14) % 4, 0U);
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
    const std::size_t frags = keep <= 20 ? 0 : (keep - 20 + 499) / 500;
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

// SPDX-License-Identifier: Apache-2.0
// The receive path of the driver over a scripted NIC: FS 10.4-10.6.
#include "common/rng.h"
#include "tests/sw/stack/delivery.h"

namespace ringside::test {
namespace {

TEST(clean_rx, fills_the_ring_and_writes_the_tail_one_behind) {
  // R-15: 256 entries: 255 buffers, RDT = 254.
  bench b;
  b.up();
  EXPECT_EQ(b.nic.registers[reg::RDT], 254U);
  EXPECT_EQ(b.nic.values_written(reg::RDT), (std::vector<std::uint32_t>{0, 254}));
  EXPECT_EQ(b.host.count(stage::desc_post), 255U);
}

TEST(clean_rx, goes_round_rings_of_every_size) {
  for (const std::uint32_t size : {8U, 16U, 48U, 80U, 256U, 4096U}) {
    SCOPED_TRACE(size);
    bench b(with([size](driver::config& c) { c.ring_size = size; }));
    b.up();
    expect_all_delivered(b, size == 4096 ? 100 : 3 * size + 5, [](std::size_t i) { return 10 + i % 300; });
  }
}

TEST(clean_rx, copies_up_to_copybreak_and_builds_above) {
  // FS 10.5: at most 256 bytes with FCS are copied.  Payload = frame - FCS - 42.
  bench b;
  b.up();
  const bytes at_limit = udp_frame(pattern(256 - 4 - 42, 1));
  const bytes above = udp_frame(pattern(257 - 4 - 42, 1));
  const auto posted_before = b.host.of(stage::desc_post);
  b.receive(at_limit);
  b.receive(above);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.card.receive_counters().copied, 1U);
  EXPECT_EQ(b.card.receive_counters().built, 1U);
  const auto builds = b.host.of(stage::skb_build);
  ASSERT_EQ(builds.size(), 2U);
  EXPECT_EQ(builds[0].a, 252U);
  EXPECT_EQ(builds[0].b, 1U);
  EXPECT_EQ(builds[1].a, 253U);
  EXPECT_EQ(builds[1].b, 0U);
  EXPECT_EQ(b.host.count(stage::dma_sync), 2U);
  EXPECT_EQ(b.host.count(stage::dma_unmap), 1U);
  // The copied buffer is posted again at its address, the other one is new.
  const auto posts = b.host.of(stage::desc_post);
  EXPECT_EQ(posts.size(), posted_before.size() + 2);
}

TEST(clean_rx, a_copied_frames_buffer_is_posted_again_unchanged) {
  bench b(with([](driver::config& c) { c.ring_size = 8; }));
  b.up();
  std::map<std::uint64_t, std::uint64_t> address;
  for (const event& e : b.host.of(stage::desc_post)) address[e.a] = e.b;
  b.host.events.clear();
  for (int i = 0; i < 7; ++i) {
    b.receive(udp_frame(pattern(30, 1)));
    b.host.run_for(1 * ms);
  }
  for (const event& e : b.host.of(stage::desc_post)) {
    const auto first = address.find(e.a);
    EXPECT_TRUE(first == address.end() || first->second == e.b);
  }
  EXPECT_EQ(b.host.count(stage::dma_map), 1U);  // only the eighth descriptor, empty so far, took a new buffer
}

TEST(clean_rx, every_posted_buffer_belongs_to_the_chip) {
  for (const std::uint32_t size : {0U, 256U}) {
    SCOPED_TRACE(size);
    bench b(with([size](driver::config& c) {
      c.ring_size = 16;
      c.buffer_size = size;
    }));
    b.up();
    for (int i = 0; i < 40; ++i) {
      b.receive(udp_frame(pattern(static_cast<std::size_t>(39 - i) * 13, 1)));
      b.host.run_for(1 * ms);
    }
    std::map<std::uint64_t, std::uint64_t> posted;
    for (const event& e : b.host.of(stage::desc_post)) posted[e.a] = e.b;
    EXPECT_EQ(posted.size(), 16U);
    std::size_t owned = 0;
    for (const auto& [descriptor, buffer] : posted) owned += b.os.dma().device_owns(buffer, 64) ? 1 : 0;
    EXPECT_GE(owned, 15U);  // one descriptor is never posted; its last buffer may have gone elsewhere
  }
}

TEST(clean_rx, delivers_every_length_byte_for_byte) {
  bench b;
  b.up();
  expect_all_delivered(
      b, 200, [](std::size_t i) { return (i * 37) % 1473; }, 20);
}

TEST(clean_rx, refills_in_batches_of_sixteen_and_once_at_the_end) {
  bench b;
  b.up();
  b.nic.writes.clear();
  b.nic.raise_rxt0 = false;
  for (int i = 0; i < 40; ++i) b.receive(udp_frame(pattern(30, 1)));
  b.nic.raise_rxt0 = true;
  b.nic.set_cause(icr::RXT0);
  b.host.run_for(1 * ms);
  // 40 frames: after 16, after 32 and at the end; the first batch also takes the one descriptor left over at open.
  const auto tails = b.nic.values_written(reg::RDT);
  ASSERT_EQ(tails.size(), 3U);
  EXPECT_EQ(tails[0], (254U + 16) % 256);
  EXPECT_EQ(tails[1], (254U + 32) % 256);
  EXPECT_EQ(tails[2], (254U + 40) % 256);
}

TEST(clean_rx, every_tail_write_leaves_a_gap_before_the_next_unclean_descriptor) {
  // R-11, R-15: next_to_use stays at least one behind the next unclean descriptor, the tail one behind that: a tail on
  // either would hand the chip what was not read yet, or make a full ring look empty.
  for (const std::uint32_t size : {8U, 16U, 24U}) {
    bench b(with([size](driver::config& c) { c.ring_size = size; }));
    b.up();
    std::set<std::uint32_t> gaps;
    b.nic.on_tail = [&](std::uint32_t tail) {
      const auto next_unclean = static_cast<std::uint32_t>(b.card.receive_counters().descriptors % size);
      gaps.insert((next_unclean + size - tail) % size);
    };
    expect_all_delivered(
        b, 200, [](std::size_t) { return std::size_t{18}; }, size - 2);
    b.nic.on_tail = nullptr;
    EXPECT_GE(*gaps.begin(), 2U) << size;
    EXPECT_EQ(gaps.count(2), 1U) << "every free descriptor but one is posted";
  }
}

/// Stages of [desc_take, netif_receive_skb, rdt_write, napi_complete] while `count` small frames are polled: T N R C.
std::string order_of_a_poll(driver::config c, int count, const kernel::kernel::config& os = {}) {
  bench b(std::move(c), {}, os);
  b.up();
  b.host.events.clear();
  b.nic.raise_rxt0 = false;
  for (int i = 0; i < count; ++i) b.receive(udp_frame(pattern(30, 1)));
  b.nic.raise_rxt0 = true;
  b.nic.set_cause(icr::RXT0);
  b.host.run_for(1 * ms);
  std::string order;
  for (const event& e : b.host.events) {
    if (e.what == stage::desc_take) order += 'T';
    if (e.what == stage::netif_receive_skb) order += 'N';
    if (e.what == stage::rdt_write) order += 'R';
    if (e.what == stage::napi_complete) order += 'C';
  }
  return order;
}

// gro_normal_one: eight packets go up together (net.core.gro_normal_batch); the rest when the poll completes, after the
// last refill (napi_complete_done), or when its budget is used up (__napi_poll).
TEST(clean_rx, hands_packets_up_in_batches_of_eight) {
  const std::string take(8, 'T');
  const std::string up(8, 'N');
  EXPECT_EQ(order_of_a_poll({}, 1), "TRNC");
  EXPECT_EQ(order_of_a_poll({}, 7), "TTTTTTTRNNNNNNNC");
  EXPECT_EQ(order_of_a_poll({}, 8), take + up + "RC");
  EXPECT_EQ(order_of_a_poll({}, 20), take + up + take + up + "R" + "TTTT" + "R" + "NNNN" + "C");
  const driver::config budget = with([](driver::config& c) { c.budget = 10; });
  EXPECT_EQ(order_of_a_poll(budget, 13), take + up + "TT" + "R" + "NN" + "TTT" + "R" + "NNN" + "C");
  kernel::kernel::config small;
  small.receive.gro_normal_batch = 3;
  EXPECT_EQ(order_of_a_poll({}, 5, small), "TTTNNNTTRNNC");
  small.receive.gro_normal_batch = 1;
  EXPECT_EQ(order_of_a_poll({}, 3, small), "TNTNTNRC");
}

TEST(clean_rx, honours_the_budget) {
  bench b(with([](driver::config& c) { c.budget = 7; }));
  b.up();
  const std::uint64_t polls = b.os.counters().napi_polls;
  b.nic.raise_rxt0 = false;
  for (int i = 0; i < 20; ++i) b.receive(udp_frame(pattern(30, 1)));
  b.nic.raise_rxt0 = true;
  b.nic.set_cause(icr::RXT0);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.os.counters().napi_polls - polls, 3U);  // 7, 7, 6
  EXPECT_EQ(b.os.counters().budget_exhausted, 2U);
  EXPECT_EQ(b.os.counters().frames_per_poll.max, 7U);
}

TEST(clean_rx, drops_exactly_the_errors_linux_drops) {
  // FS 5.2: CE, SE, SEQ, CXE, RXE drop; TCPE and IPE do not.
  bench b;
  b.up();
  for (unsigned bit = 0; bit < 8; ++bit) {
    fake_frame f;
    f.bytes = udp_frame(pattern(30, 1));
    f.errors = static_cast<std::uint8_t>(1U << bit);
    const std::uint64_t before = b.net.skbs().dropped(drop_reason::driver_error);
    b.receive(std::move(f));
    b.host.run_for(1 * ms);
    const bool dropped = b.net.skbs().dropped(drop_reason::driver_error) != before;
    EXPECT_EQ(dropped, ((0x97U >> bit) & 1) != 0) << "error bit " << bit;
  }
}

/// Buffers that leave the ring while `frames` are received and dropped.
std::uint64_t buffers_taken(driver::config c, const std::vector<fake_frame>& frames) {
  bench b(std::move(c));
  b.up();
  const std::size_t before = b.host.count(stage::dma_unmap);
  for (const fake_frame& frame : frames) b.receive(frame);
  b.host.run_for(1 * ms);
  return b.host.count(stage::dma_unmap) - before;
}

// e1000_clean_rx_irq builds a packet around the buffer first and throws it away afterwards: above copybreak a damaged
// frame and every piece of a chain cost a new buffer, below they were copied.
TEST(clean_rx, what_is_thrown_away_takes_its_buffer_along) {
  fake_frame bad;
  bad.errors = rxd_error::CE;
  bad.bytes = udp_frame(pattern(256 - 4 - 42, 1));
  EXPECT_EQ(buffers_taken({}, {bad, bad}), 0U);
  bad.bytes = udp_frame(pattern(257 - 4 - 42, 1));
  EXPECT_EQ(buffers_taken({}, {bad, bad}), 2U);
  fake_frame chain;
  chain.bytes = udp_frame(pattern(1000, 1));  // 1046 bytes with FCS: 512, 512 and 22
  const driver::config discarding = with([](driver::config& c) {
    c.buffer_size = 512;
    c.chains = driver::chain_policy::discard;
  });
  EXPECT_EQ(buffers_taken(discarding, {chain}), 2U) << "the last piece is short enough to be copied";
}

// A damaged frame behind a chain that is thrown away, and the other way round: each has its own end.
TEST(clean_rx, one_frame_is_thrown_away_at_a_time) {
  bench b(with([](driver::config& c) {
    c.buffer_size = 512;
    c.chains = driver::chain_policy::discard;
  }));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  fake_frame bad;
  bad.bytes = udp_frame(pattern(300, 1));
  bad.errors = rxd_error::CE;
  b.receive(udp_frame(pattern(1000, 2)));
  b.receive(bad);
  b.receive(udp_frame(pattern(300, 3)));
  b.receive(udp_frame(pattern(1000, 4)));
  b.receive(udp_frame(pattern(300, 5)));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 2U);
  EXPECT_TRUE(b.read[0].second == pattern(300, 3));
  EXPECT_TRUE(b.read[1].second == pattern(300, 5));
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_chain), 2U);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_error), 1U);
}

TEST(clean_rx, rejects_lengths_that_cannot_be) {
  bench b;
  b.up();
  fake_frame tiny;
  tiny.bytes = {1, 2, 3};  // 7 with FCS
  b.receive(std::move(tiny));
  fake_frame no_header;
  no_header.bytes = bytes(13, 1);
  b.receive(std::move(no_header));
  fake_frame large;
  large.bytes = bytes(1519, 1);  // 1523 with FCS: one more than R-40 allows
  b.receive(std::move(large));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_error), 3U);
  EXPECT_EQ(b.card.receive_counters().dropped_length, 3U);
}

TEST(clean_rx, checksum_offload) {
  bench b;
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  bytes wrong = udp_frame(pattern(30, 1));
  wrong[50] ^= 1;
  const auto send = [&](std::uint8_t status, std::uint8_t errors) {
    fake_frame f;
    f.bytes = wrong;
    f.status = status;
    f.errors = errors;
    const std::size_t before = b.read.size();
    b.receive(std::move(f));
    b.host.run_for(1 * ms);
    return b.read.size() != before;
  };
  EXPECT_FALSE(send(rxd_status::IXSM, 0));                      // software looks
  EXPECT_FALSE(send(rxd_status::TCPCS | rxd_status::IXSM, 0));  // IXSM voids TCPCS
  EXPECT_FALSE(send(0, 0));                                     // nothing computed
  EXPECT_TRUE(send(rxd_status::TCPCS, 0));                      // trusted (R-1)
  EXPECT_FALSE(send(rxd_status::TCPCS, rxd_error::TCPE));       // verified again in software (R-2)
  EXPECT_EQ(b.card.receive_counters().checksum_good, 1U);
  EXPECT_EQ(b.card.receive_counters().checksum_bad, 1U);
}

TEST(clean_rx, takes_the_vlan_tag_from_the_descriptor) {
  stack::net_stack::config net;
  net.vlans = {5};
  bench b({}, net);
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  fake_frame f;
  f.bytes = udp_frame(pattern(30, 1));
  f.status = rxd_status::VP | rxd_status::IXSM;
  f.special = 0xE005;
  b.receive(f);
  f.special = 6;
  b.receive(f);
  f.status = rxd_status::IXSM;  // without VP, special means nothing
  b.receive(f);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.read.size(), 2U);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::vlan_unknown), 1U);
}

TEST(clean_rx, discards_a_chain_up_to_its_end_and_recovers) {
  bench b(with([](driver::config& c) {
    c.buffer_size = 256;
    c.chains = driver::chain_policy::discard;
  }));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  b.receive(udp_frame(pattern(50, 1)));
  b.receive(udp_frame(pattern(1000, 2)));  // five descriptors
  b.receive(udp_frame(pattern(400, 3)));   // two
  b.receive(udp_frame(pattern(51, 4)));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 2U);
  EXPECT_TRUE(b.read[0].second == pattern(50, 1));
  EXPECT_TRUE(b.read[1].second == pattern(51, 4));
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_chain), 2U);
  EXPECT_EQ(b.host.count(stage::desc_take), 9U);
}

TEST(clean_rx, a_full_chip_waits_until_the_ring_has_room) {
  bench b(with([](driver::config& c) { c.ring_size = 8; }));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  for (int i = 0; i < 50; ++i) b.receive(udp_frame(pattern(30, static_cast<std::uint8_t>(i))));
  EXPECT_GT(b.nic.fifo_depth(), 0U);
  b.host.run_for(5 * ms);
  EXPECT_EQ(b.nic.fifo_depth(), 0U);
  EXPECT_EQ(b.read.size(), 50U);
}

TEST(clean_rx, runs_dry_without_memory_and_recovers) {
  bench b(with([](driver::config& c) {
    c.ring_size = 8;
    c.copybreak = 0;
  }));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  // Each frame takes its buffer away; no new one can be had.
  b.os.memory().fail_next(1000000);
  for (int i = 0; i < 6; ++i) b.receive(udp_frame(pattern(30, static_cast<std::uint8_t>(i))));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.read.size(), 6U);
  EXPECT_GT(b.card.receive_counters().buffer_failures, 0U);
  const std::size_t tails = b.nic.values_written(reg::RDT).size();
  b.receive(udp_frame(pattern(30, 9)));  // no descriptor: waits in the chip
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.nic.fifo_depth(), 1U);
  EXPECT_EQ(b.nic.values_written(reg::RDT).size(), tails);  // FS 10.5: RDT only when a buffer was added
  b.os.memory().fail_next(0);
  // The watchdog's ICS=RXDMT0 polls and refills (D-4's safety net).
  b.host.run_for(5 * second);
  EXPECT_EQ(b.read.size(), 7U);
}

TEST(clean_rx, falls_back_to_the_buffer_when_the_copy_has_no_memory) {
  bench b;
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  b.os.memory().fail_next(1);
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.read.size(), 1U);
  EXPECT_EQ(b.card.receive_counters().built, 1U);
  EXPECT_EQ(b.card.receive_counters().copied, 0U);
  EXPECT_EQ(b.card.receive_counters().buffer_failures, 1U);  // e1000_alloc_rx_skb
}

// ---- Random traffic, with interrupts taken at every cost ----

class random_traffic : public testing::TestWithParam<bool> {};

TEST_P(random_traffic, keeps_every_byte_and_every_fate) {
  constexpr std::uint64_t seed = 20240607;
  SCOPED_TRACE(seed);
  rng random(seed);
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(round);
    bench b(with([&](driver::config& c) {
      c.ring_size = 8 * random.between(1, 10);
      c.copybreak = random.below(2) * 256;
      c.budget = random.between(1, 64);
      c.buffer_size = random.below(2) == 0 ? 0U : 256U << random.below(4);
    }));
    b.host.sync_on_consume = GetParam();
    b.up();
    b.listen({5000}, static_cast<stack::app_wait>(random.below(4)));
    std::vector<bytes> sent;
    for (int i = 0; i < 200; ++i) {
      sent.push_back(pattern(random.below(1473), static_cast<std::uint8_t>(i)));
      b.host.at(b.host.now() + 1 * ms + random.below(4000) * us,
                [&b, payload = sent.back()] { b.receive(udp_frame(payload)); });
    }
    b.host.run_for(20 * ms);
    EXPECT_EQ(b.read.size(), 200U);
    std::multiset<bytes> want(sent.begin(), sent.end());
    for (const auto& [frame, payload] : b.read) {
      const auto found = want.find(payload);
      if (found != want.end()) want.erase(found);
    }
    EXPECT_TRUE(want.empty());
    for (std::size_t i = 0; i < b.read.size(); ++i) EXPECT_EQ(b.read[i].first, i + 1);
  }
}

INSTANTIATE_TEST_SUITE_P(interrupts, random_traffic, testing::Bool(), [](const testing::TestParamInfo<bool>& p) {
  return std::string(p.param ? "at_every_cost" : "at_synchronisation");
});

}  // namespace
}  // namespace ringside::test

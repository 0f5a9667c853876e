// SPDX-License-Identifier: Apache-2.0
// Between 'take the buffer' and 'make the packet': what a program sees there and what its verdicts do (XD-1, XD-3,
// XD-5).
#include <cstring>

#include "tests/sw/stack/delivery.h"

namespace ringside::test {
namespace {

/// A machine whose driver shows every frame to `hook`.
struct hooked : bench {
  explicit hooked(const driver::frame_hook& hook, const driver::config& c = {}, bool coherent = true)
      : bench(c, {}, {}, 1, coherent) {
    EXPECT_EQ(card.set_frame_hook(hook), driver::driver_status::ok);
    up();
  }
  bytes seen(const driver::received_frame& f) {
    bytes result(f.length);
    std::memcpy(result.data(), os.memory().at(f.address), f.length);
    return result;
  }
};

TEST(frame_hook, sees_a_frame_before_there_is_a_packet) {
  std::vector<bytes> shown;
  hooked* machine = nullptr;
  hooked b([&](driver::received_frame& f) {
    EXPECT_EQ(machine->net.skbs().live(), shown.size());  // those before wait for their batch
    EXPECT_EQ(machine->host.count(stage::skb_build), shown.size());
    EXPECT_EQ(f.frame, shown.size() + 1);
    EXPECT_GE(f.address, f.buffer + 64);
    EXPECT_LE(f.address + f.length + 320, f.buffer + f.buffer_bytes);
    shown.push_back(machine->seen(f));
    return driver::frame_verdict::pass;
  });
  machine = &b;
  b.host.at(b.host.now() + 1 * us, [&] {
    b.receive(udp_frame(pattern(30, 1)));
    b.receive(udp_frame(pattern(1000, 2)));
  });
  b.host.run_for(1 * ms);
  EXPECT_EQ(shown, (std::vector{udp_frame(pattern(30, 1)), udp_frame(pattern(1000, 2))}));
  EXPECT_EQ(b.card.receive_counters().copied, 1U);
  EXPECT_EQ(b.card.receive_counters().built, 1U);
}

TEST(frame_hook, what_passes_is_delivered_as_ever) {
  hooked b([](driver::received_frame&) { return driver::frame_verdict::pass; });
  expect_all_delivered(b, 600, [](std::size_t i) { return 10 + i * 7 % 1400; });
}

// igb_rx_buffer: recycled at once; the frame counts as received, for the budget too.
TEST(frame_hook, a_recycled_buffer_stays_on_the_ring) {
  hooked* machine = nullptr;
  hooked b([&](driver::received_frame& f) {
    machine->net.skbs().drop_frame(f.frame, drop_reason::driver_error);
    return driver::frame_verdict::recycle;
  });
  machine = &b;
  const std::uint64_t mappings = b.os.dma().live_mappings();
  for (int i = 0; i < 300; ++i) {
    b.receive(udp_frame(pattern(i % 2 == 0 ? 30 : 1000, 1)));
    b.host.run_for(100 * us);
  }
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.host.count(stage::skb_build), 0U);
  EXPECT_EQ(b.host.count(stage::dma_unmap), 0U);
  EXPECT_LE(b.os.dma().live_mappings(), mappings + 1);
  EXPECT_EQ(b.card.device().stats.rx_packets, 300U);
  EXPECT_EQ(b.card.device().stats.rx_bytes, 150U * 72 + 150U * 1042);
  EXPECT_EQ(b.os.counters().frames_per_poll.sum, 300U);
}

// XDP_TX and XDP_REDIRECT: the buffer leaves the ring with its frame, unmapped.
TEST(frame_hook, a_taken_buffer_belongs_to_the_hook) {
  hooked* machine = nullptr;
  std::vector<kernel::bus_address> mine;
  hooked b([&](driver::received_frame& f) {
    machine->net.skbs().drop_frame(f.frame, drop_reason::driver_error);
    mine.push_back(f.buffer);
    return driver::frame_verdict::taken;
  });
  machine = &b;
  for (int i = 0; i < 20; ++i) {
    b.receive(udp_frame(pattern(30, 1)));
    b.host.run_for(100 * us);
  }
  EXPECT_EQ(mine.size(), 20U);
  EXPECT_EQ(std::set(mine.begin(), mine.end()).size(), 20U);
  for (const kernel::bus_address buffer : mine) b.os.memory().free(buffer);
}

// bpf_xdp_adjust_head and _tail, and bytes changed in place: copied or built, the packet is what the program left.
TEST(frame_hook, the_packet_is_made_of_what_the_hook_leaves) {
  for (const std::size_t size : {100U, 1000U}) {
    hooked* machine = nullptr;
    const bytes changed = udp_frame(pattern(size, 9));
    hooked b([&](driver::received_frame& f) {
      f.address -= 30;
      f.length = static_cast<std::uint32_t>(changed.size());
      std::memcpy(machine->os.memory().at(f.address), changed.data(), changed.size());
      return driver::frame_verdict::pass;
    });
    machine = &b;
    b.listen({5000});
    b.receive(udp_frame(pattern(size - 50, 1)));
    b.host.run_for(1 * ms);
    ASSERT_EQ(b.read.size(), 1U);
    EXPECT_EQ(b.read[0].second, pattern(size, 9));
  }
}

// bpf_xdp_adjust_tail: a frame may grow up to the shared info at the buffer's end (XD-4).
TEST(frame_hook, a_frame_may_fill_its_buffer) {
  std::uint32_t limit = 0;
  hooked b([&](driver::received_frame& f) {
    limit = static_cast<std::uint32_t>(f.buffer_bytes - 320 - (f.address - f.buffer));
    f.length = limit;
    return driver::frame_verdict::pass;
  });
  b.receive(udp_frame(pattern(1000, 1)));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.host.count(stage::netif_receive_skb), 1U);
  EXPECT_EQ(b.host.of(stage::netif_receive_skb).front().a, limit);
}

// What the CPU was shown goes back to the chip, whatever of it became the packet (dma_sync_single_for_device).
TEST(frame_hook, a_copied_frame_gives_back_all_that_was_shown) {
  hooked b(
      [](driver::received_frame& f) {
        f.address += 900;
        f.length = 100;
        return driver::frame_verdict::pass;
      },
      {}, false);
  b.host.dma_calls.clear();
  b.receive(udp_frame(pattern(958, 1)));  // 1000 bytes and the FCS
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.card.receive_counters().copied, 1U);
  std::vector<std::size_t> given_back;
  for (const auto& call : b.host.dma_calls)
    if (call.what == 'i') given_back.push_back(call.bytes);
  ASSERT_FALSE(given_back.empty());  // behind it the buffer is given back whole, when the interface goes
  EXPECT_EQ(given_back.front(), 1004U);
}

TEST(frame_hook, does_not_see_damaged_frames) {
  std::size_t shown = 0;
  hooked b([&](driver::received_frame&) {
    ++shown;
    return driver::frame_verdict::pass;
  });
  fake_frame f;
  f.bytes = udp_frame(pattern(100, 1));
  f.errors = rxd_error::CE;
  b.receive(f);
  b.host.run_for(1 * ms);
  EXPECT_EQ(shown, 0U);
  EXPECT_EQ(b.card.receive_counters().dropped_errors, 1U);
}

// igb_xdp_setup and igb_change_mtu refuse frames that do not fit one buffer.
TEST(frame_hook, needs_frames_in_one_buffer) {
  const auto pass = [](driver::received_frame&) { return driver::frame_verdict::pass; };
  bench jumbo(with([](driver::config& c) { c.mtu = 9000; }));
  EXPECT_EQ(jumbo.card.set_frame_hook(pass), driver::driver_status::bad_config);
  hooked b(pass);
  b.host.run_task([&] {
    EXPECT_EQ(b.card.set_frame_hook({}), driver::driver_status::busy);
    EXPECT_EQ(b.card.change_mtu(9000), driver::driver_status::bad_config);
    EXPECT_EQ(b.card.change_mtu(1400), driver::driver_status::ok);
  });
}

}  // namespace
}  // namespace ringside::test

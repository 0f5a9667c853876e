// SPDX-License-Identifier: Apache-2.0
// Ring size, MTU and checksum flag changed while frames come: FS 10.8, R-4, R-16, R-17, R-40, D-6.
#include "common/rng.h"
#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace {

using driver::driver_status;
using driver::receive_mode_kind;

constexpr std::uint32_t ctrl = reg::CTRL, rctl = reg::RCTL, pba = reg::PBA, rdlen = reg::RDLEN, rdh = reg::RDH,
                        rdt = reg::RDT, rxcsum = reg::RXCSUM;
constexpr std::uint32_t en = ringside::rctl::EN, lpe = ringside::rctl::LPE, rst = ringside::ctrl::RST,
                        sizes = ringside::rctl::BSEX | ringside::rctl::BSIZE;

driver::config quick() {
  driver::config c;
  c.quiesce_delay = 50 * us;
  c.reset_delay = 20 * us;
  c.buffer_size = c.pba_kb = 0;  // as Linux chooses for the MTU
  return c;
}

TEST(reconfigure, a_new_ring_size_takes_the_interface_down_and_up) {
  bench b;
  b.up();
  b.listen({5000});
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  b.nic.writes.clear();
  const sim_time before = b.host.now();
  b.host.run_task([&] { EXPECT_EQ(b.card.set_ring_size(64), driver_status::ok); });
  EXPECT_EQ(b.nic.registers[rdlen], 1024U);
  EXPECT_EQ(b.nic.values_written(rdt).back(), 62U);  // count - 2
  // EN off, 10 ms, reset through the I/O window, RDH = RDT = 0, ring registers with EN=0, EN on.
  std::string order;
  sim_time off = 0;
  for (const auto& w : b.nic.writes) {
    if (w.offset == rctl && (w.value & en) == 0 && off == 0) {
      off = w.time;
      order += "off ";
    }
    if (w.offset == ctrl && (w.value & rst) != 0) {
      order += "reset ";
      EXPECT_TRUE(w.through_io);
      EXPECT_GE(w.time - off, 10 * ms);
    }
    if (w.offset == rdh) order += "head ";
    if (w.offset == rdlen) order += "length ";
    if (w.offset == rctl && (w.value & en) != 0) order += "on ";
  }
  EXPECT_EQ(order, "off reset head length head on ");
  EXPECT_GE(b.host.now() - before, 25 * ms);
  b.receive(udp_frame(pattern(31, 2)));
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.read.size(), 2U);
  EXPECT_EQ(b.card.settings().ring_size, 64U);
}

TEST(reconfigure, without_memory_the_old_ring_goes_on) {
  bench b(quick());
  b.up();
  b.listen({5000});
  const std::uint64_t live = b.os.memory().live();
  b.host.run_task([&] {
    b.os.memory().fail_next(1);
    EXPECT_EQ(b.card.set_ring_size(4096), driver_status::no_memory);
  });
  EXPECT_EQ(b.card.settings().ring_size, 256U);
  EXPECT_EQ(b.nic.registers[rdlen], 4096U);
  EXPECT_EQ(b.os.memory().live(), live);
  b.receive(udp_frame(pattern(31, 2)));
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.read.size(), 1U);
}

TEST(reconfigure, refuses_what_the_chip_cannot_do) {
  bench b(quick());
  b.up();
  b.nic.writes.clear();
  b.host.run_task([&] {
    for (const std::uint32_t size : {0U, 7U, 4097U}) EXPECT_EQ(b.card.set_ring_size(size), driver_status::bad_config);
    for (const std::uint32_t mtu : {0U, 45U, 16111U}) EXPECT_EQ(b.card.change_mtu(mtu), driver_status::bad_config);
  });
  EXPECT_TRUE(b.nic.writes.empty());
  for (const event& e : b.host.of(stage::reconfigure))
    EXPECT_TRUE((e.a & reconfiguration_ended) == 0 || (e.a & reconfiguration_refused) != 0);
}

// e1000_set_ringparam: ALIGN(count, REQ_RX_DESCRIPTOR_MULTIPLE), 8.
TEST(reconfigure, ring_sizes_round_up_to_a_multiple_of_eight) {
  driver::config c = quick();
  c.ring_size = 100;
  bench b(c);
  b.up();
  EXPECT_EQ(b.nic.registers[rdlen], 104U * 16);
  EXPECT_EQ(b.card.settings().ring_size, 104U);
  for (const auto& [wished, made] : {std::pair{57U, 64U}, {64U, 64U}, {4089U, 4096U}, {4096U, 4096U}, {8U, 8U}}) {
    b.host.run_task([&] { EXPECT_EQ(b.card.set_ring_size(wished), driver_status::ok); });
    EXPECT_EQ(b.nic.registers[rdlen], made * 16) << wished;
    EXPECT_EQ(b.card.settings().ring_size, made);
  }
  b.listen({5000});
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.read.size(), 1U);
}

TEST(reconfigure, a_closed_interface_takes_it_at_the_next_open) {
  bench b(quick());
  b.host.run_task([&] {
    b.os.boot();
    b.net.register_protocols();
    EXPECT_EQ(b.card.change_mtu(9000), driver_status::ok);
    ASSERT_EQ(b.card.probe(), driver_status::ok);
    EXPECT_EQ(b.card.set_ring_size(32), driver_status::ok);
    EXPECT_EQ(b.card.set_rx_checksum(false), driver_status::ok);
    EXPECT_EQ(b.card.vlan_rx_add_vid(3), driver_status::ok);
    EXPECT_EQ(b.card.add_multicast({1, 0, 0, 0, 0, 1}), driver_status::ok);
    ASSERT_EQ(b.card.open(), driver_status::ok);
  });
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.nic.registers[rdlen], 512U);
  EXPECT_EQ(b.nic.registers[rctl] & lpe, lpe);
  EXPECT_EQ(b.nic.registers[rxcsum], 0U);
  EXPECT_EQ(b.nic.registers[reg::VFTA], 9U);                       // VIDs 3 and 0
  EXPECT_EQ(b.nic.registers[reg::RAL + 2 * reg::RAL_STRIDE], 1U);  // RA2, behind 224.0.0.1
}

TEST(reconfigure, the_mtu_brings_its_buffers) {  // FS 10.5, FS 10.6
  struct row {
    std::uint32_t mtu, size_bits, long_frames, packet_buffer;
  };
  bench b(quick());
  b.up();
  b.listen({5000});
  std::size_t read = 0;
  for (const row& r :
       {row{4000, sizes, lpe, 48}, row{9000, sizes, lpe, 40}, row{1600, 0, lpe, 48}, row{1500, 0, 0, 48}}) {
    b.host.run_task([&] { EXPECT_EQ(b.card.change_mtu(r.mtu), driver_status::ok); });
    EXPECT_EQ(b.nic.registers[rctl] & sizes, r.size_bits) << r.mtu;
    EXPECT_EQ(b.nic.registers[rctl] & lpe, r.long_frames) << r.mtu;
    EXPECT_EQ(b.nic.registers[pba], r.packet_buffer) << r.mtu;
    EXPECT_EQ(b.card.device().mtu, r.mtu);
    b.receive(udp_frame(pattern(r.mtu - 28, 3)));
    b.receive(udp_frame(pattern(18, 4)));
    b.host.run_for(10 * ms);
    read += 2;
    ASSERT_EQ(b.read.size(), read) << r.mtu;
    EXPECT_TRUE(b.read[read - 2].second == pattern(r.mtu - 28, 3)) << r.mtu;
  }
}

// e1000_change_mtu: polls go on while the chip stops, but post no more buffers of the old size.
TEST(reconfigure, nothing_is_posted_between_en_off_and_reset_of_an_mtu_change) {
  for (const bool mtu : {true, false}) {
    bench b;
    b.up();
    b.listen({5000});
    b.nic.writes.clear();
    // Frames that lie in memory when EN falls.
    b.nic.raise_rxt0 = false;
    for (int i = 0; i < 40; ++i) b.receive(udp_frame(pattern(30, 1)));
    b.nic.raise_rxt0 = true;
    b.host.at(b.host.now() + 2 * ms, [&b] { b.nic.set_cause(icr::RXT0); });
    b.host.run_task([&] { mtu ? b.card.change_mtu(4000) : b.card.set_ring_size(64); });
    unsigned posted = 0;
    bool off = false;
    for (const auto& w : b.nic.writes) {
      if (w.offset == rctl && (w.value & en) == 0) off = true;
      if (w.offset == ctrl && (w.value & rst) != 0) break;
      if (w.offset == rdt && off) ++posted;
    }
    EXPECT_EQ(posted, mtu ? 0U : 3U) << mtu;  // 16, 16, the rest
    b.host.run_for(10 * ms);
    EXPECT_EQ(b.read.size(), 40U);
  }
}

TEST(reconfigure, checksum_offload_goes_off_and_on) {
  bench b(quick());
  b.up();
  b.listen({5000});
  const auto checked_by_the_chip = [&](bool on) {
    b.host.run_task([&] { EXPECT_EQ(b.card.set_rx_checksum(on), driver_status::ok); });
    EXPECT_EQ(b.nic.registers[rxcsum], on ? ringside::rxcsum::TUOFL : 0U);
    const std::uint64_t good = b.card.receive_counters().checksum_good;
    b.receive({.bytes = udp_frame(pattern(30, 1)), .status = rxd_status::TCPCS});  // left over when off
    b.host.run_for(10 * ms);
    return b.card.receive_counters().checksum_good - good;
  };
  EXPECT_EQ(checked_by_the_chip(false), 0U);
  EXPECT_EQ(checked_by_the_chip(true), 1U);
  const std::uint64_t resets = b.nic.resets;
  EXPECT_EQ(checked_by_the_chip(true), 1U);  // no change: nothing happens
  EXPECT_EQ(b.nic.resets, resets);
  EXPECT_EQ(b.read.size(), 3U);
}

// without SBP the chip writes at most 1522 bytes, so that buffers of this size are enough; with it BSIZE.
TEST(reconfigure, storing_bad_packets_brings_its_buffers) {
  constexpr std::uint32_t sbp = 4;
  bench b(quick());
  b.up();
  b.listen({5000});
  const auto mapped_when = [&](bool on) {
    const std::uint64_t resets = b.nic.resets;
    b.host.events.clear();
    b.host.run_task([&] { EXPECT_EQ(b.card.set_store_bad(on), driver_status::ok); });
    EXPECT_EQ((b.nic.registers[rctl] & sbp) != 0, on);
    EXPECT_EQ(b.nic.resets, resets + 1);
    return b.host.of(stage::dma_map).back().b;
  };
  EXPECT_EQ(mapped_when(true), 2048U);
  EXPECT_EQ(mapped_when(false), 1522U);
  const std::uint64_t resets = b.nic.resets;
  b.host.run_task([&] { EXPECT_EQ(b.card.set_store_bad(false), driver_status::ok); });
  EXPECT_EQ(b.nic.resets, resets);  // no change: nothing happens
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.read.size(), 1U);
}

// FS 6.4: PTHRESH 5:0, HTHRESH 13:8, WTHRESH 21:16, GRAN 24; the bits above are the chip's.
TEST(reconfigure, thresholds_change_without_a_reset) {
  using r = reconfiguration;
  constexpr std::uint32_t rxdctl = reg::RXDCTL, gran = 1U << 24, above = 0x5A00'0000;
  bench b(quick());
  b.up();
  b.nic.registers[rxdctl] = above | gran | 1U << 16;
  const std::uint64_t resets = b.nic.resets;
  const auto value_after = [&](r which, std::uint32_t descriptors, driver_status expected = driver_status::ok) {
    b.host.run_task([&] { EXPECT_EQ(b.card.set_threshold(which, descriptors), expected); });
    return b.nic.registers[rxdctl];
  };
  EXPECT_EQ(value_after(r::wthresh, 8), above | gran | 8U << 16);
  EXPECT_EQ(value_after(r::pthresh, 63), above | gran | 8U << 16 | 63);
  EXPECT_EQ(value_after(r::hthresh, 5), above | gran | 8U << 16 | 5U << 8 | 63);
  EXPECT_EQ(value_after(r::hthresh, 64, driver_status::bad_config), above | gran | 8U << 16 | 5U << 8 | 63);
  EXPECT_EQ(value_after(r::wthresh, 0), above | gran | 5U << 8 | 63);
  EXPECT_EQ(b.nic.resets, resets);
  // A reset loses them; the way up brings them back.
  b.host.run_task([&] { EXPECT_EQ(b.card.set_ring_size(64), driver_status::ok); });
  EXPECT_EQ(b.nic.registers[rxdctl] & 0x3F3F3F, 5U << 8 | 63);
  b.down();
  const std::size_t writes = b.nic.writes.size();
  b.host.run_task([&] { EXPECT_EQ(b.card.set_threshold(r::pthresh, 7), driver_status::ok); });
  EXPECT_EQ(b.nic.writes.size(), writes);  // closed: at the next open
  b.host.run_task([&] { EXPECT_EQ(b.card.open(), driver_status::ok); });
  EXPECT_EQ(b.nic.registers[rxdctl] & 0x3F3F3F, 5U << 8 | 7);
}

// F-6: thresholds for 48 KiB and an MTU of 1500, 90 % of it, as FS 6.9 has them of Linux (F-8: ACC8 and ACC0).
TEST(reconfigure, pause_frames_are_sent_on_demand) {
  bench b(quick());
  b.up();
  const auto told = [&b](std::uint32_t on) {
    b.host.run_task([&] { EXPECT_EQ(b.card.send_pause(on != 0), driver_status::ok); });
    return b.nic.registers[reg::CTRL] & ctrl::TFCE;
  };
  EXPECT_EQ(told(1), ctrl::TFCE);
  EXPECT_EQ(b.nic.registers[reg::FCRTH], 0xACC8U);
  EXPECT_EQ(b.nic.registers[reg::FCRTL], 0x8000ACC0U);
  EXPECT_EQ(told(0), 0U);
  EXPECT_EQ(b.nic.registers[reg::FCRTH], 0U);
}

TEST(reconfigure, a_hang_is_a_transmitter_that_is_off) {
  bench b(quick());
  b.up();
  b.nic.registers[reg::TCTL] |= tctl::EN;
  const std::uint64_t resets = b.nic.resets;
  b.host.run_task([&] { EXPECT_EQ(b.card.hang(), driver_status::ok); });
  EXPECT_EQ(b.nic.registers[reg::TCTL] & tctl::EN, 0U);
  EXPECT_EQ(b.nic.resets, resets);
}

TEST(reconfigure, what_was_not_taken_is_dropped_once) {
  bench b(quick());
  b.up();
  b.nic.raise_rxt0 = false;  // nobody is told
  for (int i = 0; i < 5; ++i) b.receive(udp_frame(pattern(30, 1)));
  b.host.run_task([&] { b.card.set_ring_size(64); });
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_down), 5U);
}

TEST(reconfigure, counters_of_the_chip_are_read_before_the_reset) {
  bench b(quick());
  b.up();
  b.nic.registers[reg::GPRC] = 5;
  b.host.run_task([&] { b.card.set_ring_size(64); });
  EXPECT_EQ(b.card.hardware_counters()["GPRC"], 5U);
}

TEST(reconfigure, the_watchdog_goes_on_afterwards) {
  for (const auto mode : {receive_mode_kind::napi, receive_mode_kind::irq, receive_mode_kind::poll}) {
    driver::config c = quick();
    c.mode = mode;
    c.watchdog_period = 100 * ms;
    bench b(c);
    b.up();
    b.host.run_task([&] { b.card.set_ring_size(64); });
    b.host.run_for(10 * ms);
    const std::uint64_t runs = b.card.watchdog_runs();
    b.host.run_for(110 * ms);
    EXPECT_EQ(b.card.watchdog_runs(), runs + 1);
  }
}

// __E1000_RESETTING: close() waits until the interface is up again, then takes it down.
TEST(reconfigure, close_waits_for_it) {
  bench b;
  b.up();
  sim_time resized = 0;
  b.host.spawn(0, "ethtool", [&] {
    b.card.set_ring_size(64);
    resized = b.host.now();
  });
  b.host.run_for(5 * ms);
  EXPECT_EQ(resized, 0);
  b.down();
  EXPECT_GT(resized, 0);
  EXPECT_GE(b.host.now() - resized, 25 * ms);  // 10 + 10 + 5, all after it
  EXPECT_FALSE(b.card.is_open());
  EXPECT_EQ(b.nic.registers[rctl] & en, 0U);
}

// ---- Under traffic

struct traffic {
  receive_mode_kind mode;
  std::uint32_t copybreak;
  unsigned cpus;
};

class under_traffic : public testing::TestWithParam<traffic> {};

TEST_P(under_traffic, every_frame_has_one_fate_and_nothing_is_left) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    driver::config c = quick();
    c.mode = GetParam().mode;
    c.copybreak = GetParam().copybreak;
    bench b(c, {}, {}, GetParam().cpus);
    b.up();
    b.listen({5000}, stack::app_wait::poll, GetParam().cpus - 1);
    b.host.run_for(1 * ms);
    std::map<frame_id, bytes> sent;
    rng random(seed);
    for (int i = 0; i < 1500; ++i) {
      bytes payload = pattern(18 + random.below(1400), static_cast<std::uint8_t>(i));
      b.host.at(b.host.now() + i * 6 * us + static_cast<sim_time>(random.below(4000)) * ns,
                [&b, &sent, payload] { sent[b.receive(udp_frame(payload))] = payload; });
    }
    const auto change = [&](std::uint64_t which) {
      switch (which) {
        case 0:
          return b.card.set_ring_size(8 * random.between(1, 64));
        case 1:
          return b.card.change_mtu(random.between(68, 9000));
        case 2:
          return b.card.set_rx_checksum(random.below(2) != 0);
        case 3:
          return b.card.set_promiscuous(random.below(2) != 0);
        case 4:
          return b.card.vlan_rx_add_vid(static_cast<std::uint16_t>(random.below(4095)));
        default:
          return b.card.add_multicast({1, 0, 0, 0, 0, static_cast<std::uint8_t>(random.below(256))});
      }
    };
    b.host.run_task(
        [&] {
          for (int i = 0; i < 25; ++i) {
            b.os.clock().sleep_until(b.host.now() + random.between(1, 300) * us);
            change(random.below(6));
          }
        },
        60 * second, GetParam().cpus - 1);
    b.host.run_for(20 * ms);
    EXPECT_GT(b.nic.resets, 5U);
    EXPECT_GT(b.read.size(), 300U);
    for (const auto& [frame, payload] : b.read) EXPECT_TRUE(payload == sent[frame]) << frame;
    std::set<frame_id> fated;
    for (const stage fate : {stage::socket_enqueue, stage::skb_consume, stage::skb_drop})
      for (const event& e : b.host.of(fate)) EXPECT_TRUE(fated.insert(e.frame).second) << e.frame;
    EXPECT_EQ(fated.size() + b.nic.lost_in_reset, b.last_frame);
    b.finish();
  }
}

INSTANTIATE_TEST_SUITE_P(modes, under_traffic,
                         testing::Values(traffic{receive_mode_kind::napi, 256, 1},
                                         traffic{receive_mode_kind::napi, 0, 2},
                                         traffic{receive_mode_kind::irq, 256, 1},
                                         traffic{receive_mode_kind::irq, 256, 2},
                                         traffic{receive_mode_kind::poll, 256, 1}));

}  // namespace
}  // namespace ringside::test

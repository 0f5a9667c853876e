// SPDX-License-Identifier: Apache-2.0
// Bring-up, interrupt, watchdog and tear-down: FS 10.1-10.4, FS 10.7, FS 10.8.
#include "sw/driver/e1000.h"

#include "sw/stack/eth.h"
#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace {

using driver::driver_status;

driver::config with(const std::function<void(driver::config&)>& change) {
  driver::config c;
  change(c);
  return c;
}

TEST(e1000, delivers_a_udp_frame_to_the_application) {
  bench b;
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  const bytes payload = pattern(100, 1);
  const frame_id frame = b.receive(udp_frame(payload));
  b.host.run_for(1 * ms);
  ASSERT_EQ(b.read.size(), 1U);
  EXPECT_EQ(b.read[0].first, frame);
  EXPECT_TRUE(b.read[0].second == payload);
}

driver_status probe_with(const std::function<void(bench&)>& change) {
  bench b;
  change(b);
  driver_status result = driver_status::ok;
  b.host.run_task([&] {
    b.os.boot();
    result = b.card.probe();
  });
  return result;
}

TEST(e1000_probe, fails_on_the_wrong_card_and_missing_resources) {
  EXPECT_EQ(probe_with([](bench&) {}), driver_status::ok);
  EXPECT_EQ(probe_with([](bench& b) { b.nic.id = 0x10D38086; }), driver_status::no_device);
  EXPECT_EQ(probe_with([](bench& b) { b.nic.id = 0xFFFFFFFF; }), driver_status::no_device);
  EXPECT_EQ(probe_with([](bench& b) { b.nic.io_bar = 0; }), driver_status::no_bar);  // P-1
  EXPECT_EQ(probe_with([](bench& b) { b.nic.registers[reg::STATUS] |= status::TBIMODE; }), driver_status::not_copper);
}

TEST(e1000_probe, refuses_bad_settings) {
  bench b(with([](driver::config& c) { c.ring_size = 7; }));
  b.host.run_task([&] {
    b.os.boot();
    EXPECT_EQ(b.card.probe(), driver_status::bad_config);
    EXPECT_EQ(b.card.open(), driver_status::not_probed);
  });
}

TEST(e1000_probe, resets_through_the_io_window_after_quiescing) {
  bench b;
  b.host.run_task([&] {
    b.os.boot();
    ASSERT_EQ(b.card.probe(), driver_status::ok);
  });
  EXPECT_EQ(b.nic.resets, 2U);
  EXPECT_EQ(b.nic.command & 7, 7U);  // IO, MEM, MASTER
  sim_time rctl_off = -1;
  bool pba_before_reset = false;
  for (const auto& w : b.nic.writes) {
    if (w.offset == reg::RCTL && w.value == 0) rctl_off = w.time;
    if (w.offset == reg::PBA) pba_before_reset = true;
    if (w.offset == reg::CTRL && (w.value & ctrl::RST) != 0) {
      EXPECT_TRUE(w.through_io);
      ASSERT_GE(rctl_off, 0);
      EXPECT_GE(w.time - rctl_off, 10 * ms);
    }
  }
  EXPECT_TRUE(pba_before_reset);
  EXPECT_EQ(b.nic.registers[reg::PBA], 48U);
  EXPECT_EQ(b.card.device().address, (stack::mac_address{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}));
  EXPECT_EQ(b.nic.registers[reg::RAL], 0x12005452U);
  EXPECT_EQ(b.nic.registers[reg::RAH], 0x80005634U);
  EXPECT_EQ(b.nic.registers[reg::VET], 0x8100U);
  EXPECT_EQ(b.nic.registers[reg::FCAL], 0x00C28001U);
  EXPECT_NE(b.nic.registers[reg::CTRL] & ctrl::SLU, 0U);
  EXPECT_NE(b.nic.registers[reg::CTRL] & ctrl::VME, 0U);
  EXPECT_EQ(b.nic.registers[reg::MANC] & manc::ARP_EN, 0U);
  EXPECT_EQ(b.nic.ims, 0U);
  EXPECT_EQ(b.host.count(stage::driver_probe), 1U);
}

TEST(e1000_probe, no_interrupt_before_open) {
  bench b;
  b.host.run_task([&] {
    b.os.boot();
    ASSERT_EQ(b.card.probe(), driver_status::ok);
  });
  b.nic.set_cause(icr::RXT0 | icr::LSC);
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.os.counters().hardirqs, 0U);
}

TEST(e1000_open, programs_the_receive_unit) {
  bench b(with([](driver::config& c) {
    c.ring_size = 64;
    c.itr = 8000;
    c.rdtr = 3;
    c.radv = 9;
  }));
  b.up();
  EXPECT_EQ(b.nic.registers[reg::RCTL], 0x00008002U);  // FS 10.2 step 6: RCTL "typical"
  EXPECT_EQ(b.nic.registers[reg::RDLEN], 1024U);
  EXPECT_EQ(b.nic.registers[reg::RDBAL] % 128, 0U);
  EXPECT_EQ(b.nic.registers[reg::RDTR], 3U);
  EXPECT_EQ(b.nic.registers[reg::RADV], 9U);
  EXPECT_EQ(b.nic.registers[reg::ITR], 488U);
  EXPECT_EQ(b.nic.registers[reg::RXCSUM], rxcsum::TUOFL);
  EXPECT_EQ(b.nic.ims, linux_mask);  // I-8
  // base, length, head and tail while EN=0; buffers and their doorbell after EN=1.
  bool enabled = false;
  std::vector<std::uint32_t> with_en_off;
  for (const auto& w : b.nic.writes) {
    if (w.offset == reg::RCTL) enabled = (w.value & rctl::EN) != 0;
    if (w.offset >= reg::RDBAL && w.offset <= reg::RDT && !enabled) with_en_off.push_back(w.offset);
  }
  EXPECT_EQ(with_en_off, (std::vector<std::uint32_t>{reg::RDLEN, reg::RDBAH, reg::RDBAL, reg::RDT, reg::RDH}));
}

TEST(e1000_open, rctl_for_every_buffer_size) {
  struct row {
    std::uint32_t buffer;
    std::uint32_t bits;  // BSIZE 17:16, BSEX 25
  };
  for (const row& r :
       {row{256, 3U << rctl::BSIZE_SHIFT}, row{512, 2U << rctl::BSIZE_SHIFT}, row{1024, 1U << rctl::BSIZE_SHIFT},
        row{2048, 0}, row{4096, rctl::BSEX | 3U << rctl::BSIZE_SHIFT}, row{8192, rctl::BSEX | 2U << rctl::BSIZE_SHIFT},
        row{16384, rctl::BSEX | 1U << rctl::BSIZE_SHIFT}}) {
    bench b(with([&](driver::config& c) { c.buffer_size = r.buffer; }));
    b.up();
    EXPECT_EQ(b.nic.registers[reg::RCTL] & (rctl::BSIZE | rctl::BSEX), r.bits) << r.buffer;
  }
}

TEST(e1000_open, rctl_for_promiscuous_multicast_and_jumbo) {
  bench promiscuous(with([](driver::config& c) { c.promiscuous = true; }));
  promiscuous.up();
  EXPECT_EQ(promiscuous.nic.registers[reg::RCTL] & (rctl::UPE | rctl::MPE), rctl::UPE | rctl::MPE);
  bench multicast(with([](driver::config& c) { c.all_multicast = true; }));
  multicast.up();
  EXPECT_EQ(multicast.nic.registers[reg::RCTL] & (rctl::UPE | rctl::MPE), rctl::MPE);
  bench jumbo(with([](driver::config& c) {
    c.mtu = 9000;
    c.pba_kb = 0;
  }));
  jumbo.up();
  EXPECT_NE(jumbo.nic.registers[reg::RCTL] & rctl::LPE, 0U);
  EXPECT_EQ(jumbo.nic.registers[reg::PBA], 40U);  // PBA for frames above 8192
}

TEST(e1000_open, itr_off_is_never_written) {
  bench b(with([](driver::config& c) { c.itr = 0; }));
  b.up();
  EXPECT_TRUE(b.nic.values_written(reg::ITR).empty());  // FS 7.7
}

TEST(e1000_open, raises_lsc_itself_and_the_watchdog_follows) {
  bench b;
  b.up();
  EXPECT_EQ(b.os.counters().hardirqs, 2U);  // LSC, and the first watchdog's RXDMT0
  EXPECT_EQ(b.card.watchdog_runs(), 1U);
  EXPECT_TRUE(b.card.device().carrier);
  b.host.run_for(6 * second + 100 * ms);
  EXPECT_EQ(b.card.watchdog_runs(), 4U);  // every 2 s, to the jiffy
  std::size_t rxdmt0 = 0;
  for (const std::uint32_t v : b.nic.values_written(reg::ICS)) rxdmt0 += v == icr::RXDMT0 ? 1 : 0;
  EXPECT_EQ(rxdmt0, 4U);
}

TEST(e1000_open, the_watchdog_can_be_turned_off) {
  bench b(with([](driver::config& c) { c.watchdog = false; }));
  b.up();
  b.host.run_for(6 * second);
  EXPECT_EQ(b.card.watchdog_runs(), 0U);
}

TEST(e1000_open, out_of_memory_and_double_open_are_refused) {
  bench b;
  b.host.run_task([&] {
    b.os.boot();
    ASSERT_EQ(b.card.probe(), driver_status::ok);
    b.os.memory().fail_next(1);
    EXPECT_EQ(b.card.open(), driver_status::no_memory);
    EXPECT_EQ(b.card.open(), driver_status::ok);
    EXPECT_EQ(b.card.open(), driver_status::busy);
  });
}

TEST(e1000_open, frames_that_come_before_ims_interrupt_on_it) {
  // D-2: descriptors are there, the interrupt is not enabled yet.
  bench b;
  b.host.run_task([&] {
    b.os.boot();
    b.net.register_protocols();
    ASSERT_EQ(b.card.probe(), driver_status::ok);
    b.nic.receive({.id = ++b.last_frame, .bytes = udp_frame(pattern(30, 1))});  // waits for RDT
    ASSERT_EQ(b.card.open(), driver_status::ok);
  });
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.host.count(stage::desc_take), 1U);
}

// D-3: reception needs no link service; the watchdog has not run when the frame comes.
TEST(e1000_open, frames_that_come_before_the_link_is_handled_are_received) {
  bench b(with([](driver::config& c) { c.watchdog = false; }));
  b.up();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  EXPECT_FALSE(b.card.device().carrier);
  EXPECT_EQ(b.host.count(stage::desc_take), 1U);
}

TEST(e1000_interrupt, is_not_ours_when_icr_reads_zero) {
  bench b;
  b.up();
  const std::uint64_t spurious = b.os.counters().spurious;
  b.host.set_line(bench::line, true);  // another device on the shared line
  b.host.at(b.host.now() + 3 * us, [&] { b.host.set_line(bench::line, false); });
  b.host.run_for(100 * us);
  EXPECT_GT(b.os.counters().spurious, spurious);
  EXPECT_EQ(b.nic.ims, linux_mask);  // not masked
}

TEST(e1000_interrupt, masks_in_the_handler_and_unmasks_after_the_poll) {
  bench b;
  b.up();
  b.host.events.clear();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  std::string order;
  for (const event& e : b.host.events) order += std::string(info(e.what).name) + ' ';
  EXPECT_EQ(
      order,
      "hardirq_enter icr_read imc_write napi_schedule softirq_raise hardirq_exit softirq_enter napi_poll desc_take "
      "dma_sync skb_build dma_map desc_post rdt_write netif_receive_skb ip_rcv udp_rcv skb_drop "
      "napi_complete ims_write softirq_exit ");  // dma_map: the descriptor left empty at open gets its buffer
  EXPECT_EQ(b.nic.ims, linux_mask);
}

TEST(e1000_interrupt, a_frame_between_the_last_look_and_ims_is_not_lost) {
  // D-4, I-5: the cause stays pending and interrupts on the IMS write.  Tried at every point of the poll's end.
  for (sim_time offset = 0; offset < 6 * us; offset += 50 * ns) {
    bench b(with([](driver::config& c) { c.watchdog = false; }));
    b.up();
    b.listen({5000});
    b.host.run_for(1 * ms);
    b.receive(udp_frame(pattern(30, 1)));
    b.host.at(b.host.now() + offset, [&b] { b.receive(udp_frame(pattern(31, 2))); });
    b.host.run_for(1 * ms);
    EXPECT_EQ(b.read.size(), 2U) << offset;
  }
}

TEST(e1000_close, stops_masks_resets_and_frees) {
  bench b;
  b.up();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  const std::uint64_t resets = b.nic.resets;
  b.nic.writes.clear();
  b.down();
  EXPECT_EQ(b.nic.resets, resets + 1);
  EXPECT_EQ(b.nic.ims, 0U);
  EXPECT_EQ(b.nic.registers[reg::RCTL] & rctl::EN, 0U);
  EXPECT_EQ(b.nic.registers[reg::RDH], 0U);
  EXPECT_EQ(b.nic.registers[reg::RDT], 0U);
  EXPECT_TRUE(b.host.irq_masked(bench::line));
  EXPECT_EQ(b.host.count(stage::driver_close), 1U);
  sim_time off = 0;  // D-6: 10 ms from EN = 0 to the reset, and buffers go after it
  for (const auto& w : b.nic.writes) {
    if (w.offset == reg::RCTL && off == 0) off = w.time;
    EXPECT_TRUE(w.offset != 0 || !w.through_io || w.time - off >= 10 * ms);
  }
}

TEST(e1000_close, gives_frames_left_in_the_ring_their_fate) {
  bench b;
  b.up();
  b.nic.raise_rxt0 = false;  // nobody is told
  for (int i = 0; i < 5; ++i) b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.host.count(stage::desc_take), 0U);
  b.down();
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_down), 5U);
  std::set<frame_id> frames;
  for (const event& e : b.host.of(stage::skb_drop)) frames.insert(e.frame);
  EXPECT_EQ(frames.size(), 5U);
}

TEST(e1000_close, in_the_middle_of_a_chain_gives_one_fate) {
  bench b(with([](driver::config& c) {
    c.buffer_size = 256;
    c.budget = 2;
  }));
  b.up();
  b.nic.raise_rxt0 = false;
  for (int i = 0; i < 3; ++i) b.receive(udp_frame(pattern(900, 1)));
  b.down();
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::driver_down), 3U);
}

TEST(e1000_close, can_be_opened_again) {
  bench b;
  b.up();
  b.listen({5000});
  for (int i = 0; i < 3; ++i) {
    b.receive(udp_frame(pattern(30, 1)));
    b.host.run_for(1 * ms);
    b.down();
    b.host.run_task([&] { ASSERT_EQ(b.card.open(), driver_status::ok); });
    b.host.run_for(10 * ms);
  }
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.read.size(), 4U);
}

TEST(e1000_close, under_load_loses_nothing_unaccounted) {
  bench b;
  b.up();
  b.listen({5000});
  for (int i = 0; i < 3000; ++i) b.host.at(b.host.now() + i * 20 * us, [&b] { b.receive(udp_frame(pattern(30, 1))); });
  b.host.run_for(20 * ms);
  b.down();
  b.host.run_for(60 * ms);
  // What came after EN=0 is the chip's to account for.
  b.left_in_chip = b.last_frame - b.nic.lost_in_reset - b.host.count(stage::desc_take) -
                   b.net.skbs().dropped(drop_reason::driver_down);
  EXPECT_GT(b.left_in_chip, 0U);
}

// ---- The other modes ----

class other_mode : public testing::TestWithParam<driver::receive_mode_kind> {};

TEST_P(other_mode, delivers_in_order) {
  bench b(with([](driver::config& c) {
    c.mode = GetParam();
    c.ring_size = 32;
  }));
  b.up();
  b.listen({5000});
  b.host.run_for(1 * ms);
  std::vector<bytes> sent;
  for (int i = 0; i < 200; ++i) {
    sent.push_back(pattern(static_cast<std::size_t>(i) * 7, static_cast<std::uint8_t>(i)));
    b.host.at(b.host.now() + i * 15 * us, [&b, p = sent.back()] { b.receive(udp_frame(p)); });
  }
  b.host.run_for(20 * ms);
  ASSERT_EQ(b.read.size(), 200U);
  for (std::size_t i = 0; i < 200; ++i) EXPECT_TRUE(b.read[i].second == sent[i]) << i;
  b.down();
}

std::string mode_name(const testing::TestParamInfo<driver::receive_mode_kind>& which) {
  return which.param == driver::receive_mode_kind::irq ? "irq" : "poll";
}
INSTANTIATE_TEST_SUITE_P(modes, other_mode,
                         testing::Values(driver::receive_mode_kind::irq, driver::receive_mode_kind::poll), mode_name);

TEST(poll_mode, takes_no_interrupt) {
  bench b(with([](driver::config& c) { c.mode = driver::receive_mode_kind::poll; }));
  b.up();
  b.receive(udp_frame(pattern(30, 1)));
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.os.counters().hardirqs, 0U);
  EXPECT_EQ(b.nic.ims, 0U);
  EXPECT_EQ(b.host.count(stage::desc_take), 1U);
}

TEST(irq_mode, drops_at_the_backlog_when_the_stack_is_behind) {
  kernel::kernel::config small;
  small.receive.max_backlog = 4;
  bench b(with([](driver::config& c) { c.mode = driver::receive_mode_kind::irq; }), {}, small);
  b.up();
  b.nic.raise_rxt0 = false;
  for (int i = 0; i < 20; ++i) b.receive(udp_frame(pattern(30, 1)));
  b.nic.raise_rxt0 = true;
  b.nic.set_cause(icr::RXT0);
  b.host.run_for(1 * ms);
  EXPECT_EQ(b.net.skbs().dropped(drop_reason::backlog_full), 15U);  // 4 + 1 fit
}

TEST(two_cpus, an_application_on_the_other_cpu_reads_everything) {
  bench b({}, {}, {}, 2);
  b.up();
  b.listen({5000}, stack::app_wait::recv, 1);
  for (int i = 0; i < 100; ++i) b.host.at(b.host.now() + i * 15 * us, [&b] { b.receive(udp_frame(pattern(30, 1))); });
  b.host.run_for(10 * ms);
  EXPECT_EQ(b.read.size(), 100U);
}

// Made when the device is known, VLANs have the address the card was found to have.
TEST(e1000, vlans_have_the_address_of_the_card) {
  stack::net_stack::config with_vlan;
  with_vlan.vlans = {5};
  bench b({}, with_vlan);
  b.up();
  const stack::net_device* const vlan = b.card.device().find_vlan(stack::ether_type::vlan, 5);
  ASSERT_NE(vlan, nullptr);
  EXPECT_EQ(vlan->address, (stack::mac_address{0x52, 0x54, 0x00, 0x12, 0x34, 0x56}));
}

}  // namespace
}  // namespace ringside::test

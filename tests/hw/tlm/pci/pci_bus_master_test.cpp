// SPDX-License-Identifier: Apache-2.0
// P-3, N-9, X-7: what a card asked for begins only while it may master the bus, and comes back when CTRL.RST waits for
// it.
#include <gtest/gtest.h>

#include "hw/tlm/pci/pci_bus.h"
#include "tests/hw/tlm/pci/bus_bench.h"

namespace ringside::test {
namespace {

using tlm::dma_kind;
using tlm::pci_space;

constexpr std::uint16_t decoding = 0x3, mastering = 0x7;

// A write of Command, as the card's configuration space takes it.
void let_command_act(bus_bench& b, unsigned device) {
  scripted_card& card = b.card(device);
  card.on_access = [&card](const tlm::target_access& access) {
    if (access.space == pci_space::config && access.write && access.offset == 4)
      card.config.command = static_cast<std::uint16_t>(access.data);
  };
}
void write_command(bus_bench& b, sim_time t, std::uint32_t value, unsigned device = 0) {
  b.cpu(t, pci_space::config, true, 4, value, device);
}
std::vector<bus_transaction> of_master(const bus_bench& b, unsigned master) {
  std::vector<bus_transaction> found;
  for (const bus_transaction& t : b.transactions)
    if (t.master == master) found.push_back(t);
  return found;
}

// The first burst is under way when the CPU asks, and the CPU is served behind it; two more wait in the card's
// interface.
TEST(pci_bus_master, off_begins_nothing_that_was_asked_before) {
  bus_bench b;
  let_command_act(b, 0);
  b.dma(0, 0, true, 0x1000, 64);
  b.dma(0, 0, true, 0x2000, 64);
  b.dma(0, 0, false, 0x3000, 64, dma_kind::fetch);
  write_command(b, clocks(12), decoding);
  b.run();
  ASSERT_EQ(of_master(b, 1).size(), 1U);
  EXPECT_EQ(of_master(b, 1)[0].address, 0x1000U);
  EXPECT_EQ(b.card(0).done.size(), 1U);
  EXPECT_EQ(b.bridge.bursts.size(), 1U);
}

TEST(pci_bus_master, what_waited_goes_on_in_order_when_it_is_on_again) {
  bus_bench b;
  let_command_act(b, 0);
  b.dma(0, 0, true, 0x1000, 64);
  b.dma(0, 0, true, 0x2000, 64);
  b.dma(0, 0, false, 0x3000, 64, dma_kind::fetch);
  write_command(b, clocks(12), decoding);
  write_command(b, 10 * us, mastering);
  b.run();
  const auto seen = of_master(b, 1);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[1].address, 0x2000U);
  EXPECT_EQ(seen[2].address, 0x3000U);
  // The write of Command begins in clock 1000 and is answered 25 ns after the card sees it in clock 1002: the answer is
  // there in clock 1005, REQ# two clocks of crossing later, as the bus' end of the access, and GNT# two after that.
  EXPECT_EQ(seen[1].first_clock, 1009);
  EXPECT_EQ(b.card(0).done.size(), 3U);
}

// A burst that the latency timer cuts is finished by another transaction: that is a new one.
TEST(pci_bus_master, the_rest_of_a_burst_is_a_new_transaction) {
  bus_bench b;
  let_command_act(b, 0);
  b.card(0).config.latency_timer = 8;
  const auto& transfer = b.dma(0, 0, true, 0x1000, 128);
  write_command(b, clocks(10), decoding);
  write_command(b, 10 * us, mastering);
  b.at(5 * us, [&] { EXPECT_TRUE(b.card(0).done.empty()); });
  b.run();
  ASSERT_EQ(of_master(b, 1).size(), 2U);
  EXPECT_TRUE(of_master(b, 1)[0].disconnect);
  EXPECT_GT(of_master(b, 1)[1].first_clock, 1000);
  EXPECT_EQ(of_master(b, 1)[1].address, 0x1000U + of_master(b, 1)[0].bytes);
  ASSERT_EQ(b.card(0).done.size(), 1U);
  EXPECT_EQ(b.card(0).done[0].transfer, &transfer);
}

TEST(pci_bus_master, another_card_is_not_held_and_not_disturbed) {
  bus_bench b;
  let_command_act(b, 0);
  write_command(b, 0, decoding);
  b.dma(0, 1 * us, true, 0x1000, 64);
  b.card(1).config.latency_timer = 0;
  b.dma(1, 2 * us, true, 0x2000, 256);  // whose burst nobody cuts short
  b.run();
  EXPECT_TRUE(of_master(b, 1).empty());
  ASSERT_EQ(of_master(b, 2).size(), 1U);
  EXPECT_EQ(of_master(b, 2)[0].bytes, 256U);
}

// A lone card that may not master does not keep the bus busy with dates.
TEST(pci_bus_master, off_leaves_nothing_to_decide) {
  bus_bench b(hand_made_params(), 1);
  b.card(0).config.command = decoding;
  let_command_act(b, 0);
  write_command(b, 0, decoding);
  b.dma(0, 1 * us, true, 0x1000, 64);
  b.at(2 * us, [&] {
    EXPECT_EQ(b.bus().next_decision(), time_never);
    EXPECT_EQ(b.bus().next_effect(), time_never);
  });
  b.run();
  EXPECT_TRUE(of_master(b, 1).empty());
}

// the one on the bus ends, those behind it come back at once and never begin.
TEST(pci_bus_master, reset_withdraws_what_has_not_begun) {
  bus_bench b;
  const auto& first = b.dma(0, 0, true, 0x1000, 64);
  const auto& second = b.dma(0, 0, true, 0x2000, 64);
  const auto& third = b.dma(0, 0, false, 0x3000, 64, dma_kind::fetch);
  b.dma(1, 0, true, 0x4000, 64);
  b.at(clocks(12), [&] {
    b.card(0).config.withdraws = true;
    b.bus().withdraw(0, clocks(12));
  });
  b.run();
  ASSERT_EQ(b.card(0).done.size(), 3U);
  EXPECT_EQ(second.status, tlm::dma_status::withdrawn);
  EXPECT_EQ(third.status, tlm::dma_status::withdrawn);
  EXPECT_EQ(b.card(0).done[0].at, clocks(12));
  EXPECT_EQ(b.card(0).done[1].at, clocks(12));
  EXPECT_EQ(b.card(0).done[2].transfer, &first);
  EXPECT_EQ(first.status, tlm::dma_status::ok);
  EXPECT_EQ(of_master(b, 1).size(), 1U);
  EXPECT_EQ(of_master(b, 2).size(), 1U) << "another card's request stays";
}

TEST(pci_bus_master, reset_withdraws_the_rest_of_a_burst_and_what_met_a_retry) {
  for (const bool retried : {false, true}) {
    bus_bench b;
    b.card(0).config.latency_timer = 8;
    if (retried) b.bridge.room = [] { return false; };
    const auto& transfer = b.dma(0, 0, true, 0x1000, 128);
    if (!retried) b.dma(1, clocks(10), true, 0x2000, 4);  // cuts it
    b.at(clocks(6) - 1 * ns, [&] {
      b.card(0).config.withdraws = true;
      b.bus().withdraw(0, b.now());
    });
    b.run();
    EXPECT_EQ(of_master(b, 1).size(), 1U) << retried;
    ASSERT_EQ(b.card(0).done.size(), 1U) << retried;
    EXPECT_EQ(transfer.status, tlm::dma_status::withdrawn) << retried;
  }
}

// P-3: what reaches the bus after the card has called everything back, as a request on its way does, comes back too.
TEST(pci_bus_master, a_request_that_comes_late_is_withdrawn_while_bus_mastering_is_off) {
  for (const bool withdraws : {true, false}) {
    bus_bench b(hand_made_params(), 1);
    b.card(0).config.command = decoding;
    let_command_act(b, 0);
    write_command(b, 0, decoding);
    b.at(1 * us, [&] {
      b.card(0).config.withdraws = withdraws;
      b.bus().withdraw(0, 1 * us);
    });
    const auto& transfer = b.dma(0, 2 * us, true, 0x1000, 64);
    b.run();
    EXPECT_TRUE(of_master(b, 1).empty());
    ASSERT_EQ(b.card(0).done.size(), withdraws ? 1U : 0U);
    EXPECT_EQ(transfer.status, withdraws ? tlm::dma_status::withdrawn : tlm::dma_status::ok);
  }
}

}  // namespace
}  // namespace ringside::test

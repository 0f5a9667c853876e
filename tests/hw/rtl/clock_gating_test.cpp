// SPDX-License-Identifier: Apache-2.0
// Clocks only when they are asked for: the card ends every edge as it would with all of them.
//
// Two cards get the same random pins.  One has every clock at every edge through eval(), the other only what its
// registers and pins ask for, called directly as the adapter does, or in every other seed through eval() as well; after
// each edge all registers, memories and outputs are equal.  `--seeds=A..B`, `--cycles=N` choose others.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "hw/tlm/nic/verilated_card.h"
#include "same_state.h"  // made by the build
#include "tests/hw/rtl/random_pins.h"

namespace ringside::rtl_test {
namespace {

struct range {
  std::uint64_t first = 1, last = 12, cycles = 200'000;
};
range asked;  // by the command line

tlm::rtl_nic_params params_of(std::uint64_t seed) {
  tlm::rtl_nic_params p;
  p.mac_address = 0x563412005452;  // 52:54:00:12:34:56, which random frames are sent to
  p.seed = seed;
  return p;
}

void apply(Vnic___024root& to, const card_inputs& from, std::uint64_t cycle) {
  to.now_i = cycle;
  to.rst_ni = from.rst_ni;
  to.link_up_i = from.link_up_i;
  to.link_speed_i = from.link_speed_i;
  to.m66en_i = from.m66en_i;
  to.eeprom_do_i = from.eeprom_do_i;
  to.gmii_ce_i = from.gmii_ce_i;
  to.gmii_rx_dv_i = from.gmii_rx_dv_i;
  to.gmii_rx_er_i = from.gmii_rx_er_i;
  to.gmii_rxd_i = from.gmii_rxd_i;
  to.gmii_tx_ce_i = from.gmii_tx_ce_i;
  to.tgt_req_valid_i = from.tgt_req_valid_i;
  to.tgt_space_i = from.tgt_space_i;
  to.tgt_write_i = from.tgt_write_i;
  to.tgt_be_i = from.tgt_be_i;
  to.tgt_addr_i = from.tgt_addr_i;
  to.tgt_wdata_i = from.tgt_wdata_i;
  to.mst_req_ready_i = from.mst_req_ready_i;
  to.mst_wdata_ready_i = from.mst_wdata_ready_i;
  to.mst_rsp_valid_i = from.mst_rsp_valid_i;
  to.mst_rsp_tag_i = from.mst_rsp_tag_i;
  to.mst_rsp_status_i = from.mst_rsp_status_i;
  to.mst_rsp_last_i = from.mst_rsp_last_i;
  to.mst_rsp_data_i = from.mst_rsp_data_i;
}

card_outputs outputs_of(const Vnic___024root& c) {
  card_outputs out;
  out.tgt_req_ready = c.tgt_req_ready_o != 0;
  out.req_valid = c.mst_req_valid_o != 0;
  out.req_write = c.mst_req_write_o != 0;
  out.req_tag = c.mst_req_tag_o;
  out.req_len = c.mst_req_len_o;
  out.req_addr = c.mst_req_addr_o;
  out.wdata_valid = c.mst_wdata_valid_o != 0;
  out.wlast = c.mst_wlast_o != 0;
  return out;
}

// What happened in all runs, to show that enough did.
struct tally {
  std::uint64_t frames = 0, stored = 0, sent = 0, requests = 0, interrupts = 0, pci_resets = 0, soft_resets = 0,
                bus_errors = 0;
  std::uint64_t edges = 0;
  std::uint64_t clocked[tlm::card_clock_count] = {};
};

void run(std::uint64_t seed, tally& all) {
  tlm::verilated_card gated(params_of(seed));
  tlm::verilated_card full(params_of(seed));
  gated.set_clocking(/*gate=*/true, /*direct=*/seed % 2 == 0);
  full.set_clocking(/*gate=*/false, /*direct=*/false);
  ASSERT_EQ(first_difference(gated.pins(), full.pins()), nullptr) << "they start alike";
  random_pins world(seed);
  tlm::pin_requests requests;
  card_inputs before;
  for (std::uint64_t cycle = 0; cycle < asked.cycles; ++cycle) {
    const card_inputs& pins = world.next(cycle, outputs_of(full.pins()));
    apply(gated.pins(), pins, cycle);
    apply(full.pins(), pins, cycle);
    tlm::clock_set asked_for = requests.of(gated.pins());
    // The adapter ties these two off; others may not.
    if (cycle == 0 || pins.link_speed_i != before.link_speed_i || pins.m66en_i != before.m66en_i)
      asked_for |= tlm::only(tlm::card_clock::csr);
    before = pins;
    for (unsigned clock = 0; clock < tlm::card_clock_count - tlm::common_clock_count; ++clock)
      all.clocked[tlm::common_clock_count + clock] += gated.requested_tx() >> (8 * clock) & 1;
    for (unsigned clock = 0; clock < tlm::common_clock_count; ++clock)
      all.clocked[clock] += (gated.requested() | asked_for) >> (8 * clock) & 1;
    const bool intx = full.pins().intx_o != 0;
    gated.edge(asked_for);
    full.edge(asked_for);
    const char* const differs = first_difference(gated.pins(), full.pins());
    ASSERT_EQ(differs, nullptr) << "seed " << seed << ", cycle " << cycle << ": " << differs;
    const Vnic___024root& c = full.pins();
    all.stored += c.evt_rx_o >> 2 & 1;  // commit
    all.sent += c.evt_tx_o >> 1 & 1;    // a frame begins
    all.requests += c.mst_req_valid_o != 0 && pins.mst_req_ready_i != 0;
    all.interrupts += !intx && c.intx_o != 0;
  }
  all.edges += asked.cycles;
  all.frames += world.frames;
  all.pci_resets += world.resets;
  all.soft_resets += world.soft_resets;
  all.bus_errors += world.bus_errors;
}

TEST(clock_gating, changes_nothing) {
  tally all;
  for (std::uint64_t seed = asked.first; seed <= asked.last && !HasFatalFailure(); ++seed) run(seed, all);
  std::printf(
      "seeds %llu..%llu of %llu clocks, %u registers and outputs compared: %llu frames, %llu stored, %llu sent, "
      "%llu bus requests, %llu interrupts, %llu PCI resets, %llu CTRL.RST, %llu bus errors\n",
      static_cast<unsigned long long>(asked.first), static_cast<unsigned long long>(asked.last),
      static_cast<unsigned long long>(asked.cycles), compared_members, static_cast<unsigned long long>(all.frames),
      static_cast<unsigned long long>(all.stored), static_cast<unsigned long long>(all.sent),
      static_cast<unsigned long long>(all.requests), static_cast<unsigned long long>(all.interrupts),
      static_cast<unsigned long long>(all.pci_resets), static_cast<unsigned long long>(all.soft_resets),
      static_cast<unsigned long long>(all.bus_errors));
  for (unsigned clock = 0; clock < tlm::card_clock_count; ++clock) {
    EXPECT_GT(all.clocked[clock], all.edges / 1000) << "clock " << clock << " was hardly ever asked for";
    EXPECT_LT(all.clocked[clock], all.edges * 9 / 10) << "clock " << clock << " was asked for nearly always";
  }
  if (asked.first == asked.last) return;  // one seed need not see all
  EXPECT_GT(all.stored, 500U);
  EXPECT_GT(all.sent, 500U);
  EXPECT_GT(all.frames, all.stored);
  EXPECT_GT(all.requests, 1000U);
  EXPECT_GT(all.interrupts, 100U);
  EXPECT_GT(all.pci_resets, 0U);
  EXPECT_GT(all.soft_resets, 0U);
  EXPECT_GT(all.bus_errors, 0U);
}

}  // namespace
}  // namespace ringside::rtl_test

// GoogleTest takes its own arguments out; what is left is ours.
int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  ringside::rtl_test::range& asked = ringside::rtl_test::asked;
  for (int i = 1; i < argc; ++i) {
    unsigned long long first = 0;
    unsigned long long last = 0;
    if (std::sscanf(argv[i], "--seeds=%llu..%llu", &first, &last) == 2) {
      asked.first = first;
      asked.last = last;
    } else if (std::sscanf(argv[i], "--cycles=%llu", &first) == 1) {
      asked.cycles = first;
    } else {
      std::fprintf(stderr, "error: unknown argument %s; known are --seeds=A..B and --cycles=N\n", argv[i]);
      return 2;
    }
  }
  return RUN_ALL_TESTS();
}

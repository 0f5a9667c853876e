// SPDX-License-Identifier: Apache-2.0
// What the Status register says when a transfer of the card ends badly: PCI 2.3 sections 3.7.4.1 and 6.2.3.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/card_bench.h"

namespace ringside::test {
namespace {

using tlm::dma_kind;
using tlm::dma_status;
constexpr auto config = tlm::pci_space::config;
constexpr std::uint32_t command_status = 0x04;
constexpr std::uint32_t parity_response = 1U << 6;
constexpr std::uint32_t status_errors = 0xF900;

/// Bits 15:11 and 8 of Status after one transfer of `kind` that ended with `status`.
std::uint32_t status_after(dma_kind kind, dma_status status, std::uint32_t command) {
  card_bench bench;
  bench.access(config, true, command_status, command);
  bench.plan(plain_frame(own_address, 64));
  bench.fail_next(kind, status);
  bench.open(16, 15, rctl::EN);
  bench.start_traffic();
  bench.run_for(50 * us);
  return bench.access(config, false, command_status, 0) >> 16 & status_errors;
}

// Who receives the data detects bad parity (bit 15), enabled or not: of a read that is the master.  Of a write it is
// the target, whose PERR# the master notes in bit 8, as its own, when Command allows it.
TEST(bus_error, parity_is_detected_by_the_receiver_and_noted_by_the_master) {
  struct row {
    dma_kind kind;
    std::uint32_t quiet, responding;
  };
  for (const row& r : {row{dma_kind::fetch, 0x8000, 0x8100}, row{dma_kind::payload_end, 0, 0x0100},
                       row{dma_kind::writeback, 0, 0x0100}}) {
    EXPECT_EQ(status_after(r.kind, dma_status::parity_error, 7), r.quiet) << static_cast<int>(r.kind);
    EXPECT_EQ(status_after(r.kind, dma_status::parity_error, 7 | parity_response), r.responding)
        << static_cast<int>(r.kind);
  }
}

TEST(bus_error, aborts_have_their_bits) {
  for (const dma_kind kind : {dma_kind::fetch, dma_kind::payload_end, dma_kind::writeback}) {
    EXPECT_EQ(status_after(kind, dma_status::master_abort, 7), 0x2000U);
    EXPECT_EQ(status_after(kind, dma_status::target_abort, 7), 0x1000U);
  }
}

TEST(bus_error, bits_are_cleared_by_ones_only) {  // 6.2.3
  card_bench bench;
  bench.access(config, true, command_status, 7 | parity_response);
  bench.fail_next(dma_kind::fetch, dma_status::parity_error);
  bench.open(16, 15, rctl::EN);
  bench.run_for(20 * us);
  bench.access(config, true, command_status, 0x8000'0000, 0x8);
  EXPECT_EQ(bench.access(config, false, command_status, 0) >> 16, 0x0330U);
  bench.access(config, true, command_status, 0x0100'0000, 0x8);
  EXPECT_EQ(bench.access(config, false, command_status, 0) >> 16, 0x0230U);
}

}  // namespace
}  // namespace ringside::test

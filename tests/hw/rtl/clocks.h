// SPDX-License-Identifier: Apache-2.0
// The clock inputs of a Verilated module, tied together: one phase, so any of them may be all of them.
//
// Called by every bench of tests/hw/rtl, which need not know how many clocks its module has.
#pragma once

#include <cstdint>

namespace ringside::rtl_test {

template <class Model>
void set_clocks(Model& m, std::uint8_t level) {
  if constexpr (requires { m.clk_i; }) m.clk_i = level;
  if constexpr (requires { m.clk_csr_i; }) m.clk_csr_i = level;
  if constexpr (requires { m.clk_rx_frame_i; }) m.clk_rx_frame_i = level;
  if constexpr (requires { m.clk_rx_mac_i; }) m.clk_rx_mac_i = level;
  if constexpr (requires { m.clk_rx_fifo_i; }) m.clk_rx_fifo_i = level;
  if constexpr (requires { m.clk_rx_dma_i; }) m.clk_rx_dma_i = level;
  if constexpr (requires { m.clk_rx_desc_i; }) m.clk_rx_desc_i = level;
  if constexpr (requires { m.clk_mst_i; }) m.clk_mst_i = level;
  if constexpr (requires { m.clk_irq_i; }) m.clk_irq_i = level;
  if constexpr (requires { m.clk_tx_desc_i; }) m.clk_tx_desc_i = level;
  if constexpr (requires { m.clk_tx_dma_i; }) m.clk_tx_dma_i = level;
  if constexpr (requires { m.clk_tx_mac_i; }) m.clk_tx_mac_i = level;
}

}  // namespace ringside::rtl_test

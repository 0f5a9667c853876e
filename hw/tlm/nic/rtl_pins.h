// SPDX-License-Identifier: Apache-2.0
// The pins of the Verilated card at each edge, recorded by the adapter and replayed on the model alone (bench).
#pragma once

#include <cstdint>
#include <vector>

namespace ringside::tlm {

struct rtl_pins {
  std::uint64_t now = 0;
  std::uint32_t target_wdata = 0;
  std::uint32_t response_data = 0;
  std::uint32_t target_addr = 0;
  std::uint8_t target_valid = 0, target_write = 0, target_space = 0, target_be = 0;
  std::uint8_t response_valid = 0, response_last = 0, response_status = 0, response_tag = 0;
  std::uint8_t rxd = 0, rx_dv = 0, rx_er = 0, ce = 1, tx_ce = 1;
  std::uint8_t request_ready = 0;
  std::uint8_t rst_n = 0, link_up = 0;
  std::uint8_t eeprom_out = 1;  // DO
};

struct rtl_pin_log {
  std::vector<rtl_pins> edges;                        // every evaluated edge
  std::uint64_t output_hash = 0xCBF29CE484222325ULL;  // of the card's outputs after each of them
};

}  // namespace ringside::tlm

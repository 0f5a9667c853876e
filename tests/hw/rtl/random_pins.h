// SPDX-License-Identifier: Apache-2.0
// A random world around the whole card: frames on GMII, accesses, bus responses, link, PCI reset, clock by clock.
//
// Owned by clock_gating_test, which asks for the pins of the next edge and says what the card answered.  Nothing here
// checks anything: legal and illegal, likely and unlikely things happen side by side, and pins that mean nothing in a
// cycle hold anything.  Everything follows from the seed.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "common/rng.h"

namespace ringside::rtl_test {

/// Inputs of e1000_top, as named there.
struct card_inputs {
  std::uint8_t rst_ni = 0, link_up_i = 0, link_speed_i = 2, m66en_i = 0, eeprom_do_i = 1;
  std::uint8_t gmii_tx_ce_i = 1;
  std::uint8_t gmii_ce_i = 1, gmii_rx_dv_i = 0, gmii_rx_er_i = 0, gmii_rxd_i = 0;
  std::uint8_t tgt_req_valid_i = 0, tgt_space_i = 0, tgt_write_i = 0, tgt_be_i = 0;
  std::uint32_t tgt_addr_i = 0, tgt_wdata_i = 0;
  std::uint8_t mst_req_ready_i = 0, mst_wdata_ready_i = 1;
  std::uint8_t mst_rsp_valid_i = 0, mst_rsp_tag_i = 0, mst_rsp_status_i = 0, mst_rsp_last_i = 0;
  std::uint32_t mst_rsp_data_i = 0;
};

/// Outputs of e1000_top that the world around it reacts to.
struct card_outputs {
  bool tgt_req_ready = false;
  bool req_valid = false, req_write = false;
  std::uint8_t req_tag = 0;
  std::uint64_t req_addr = 0;
  std::uint32_t req_len = 0;
  bool wdata_valid = false, wlast = false;
};

class random_pins {
 public:
  explicit random_pins(std::uint64_t seed);

  /// Pins of the edge at `cycle`, after the card showed `outputs`; called once for each edge.
  const card_inputs& next(std::uint64_t cycle, const card_outputs& outputs);

  std::uint64_t frames = 0, resets = 0, bus_errors = 0, link_changes = 0, soft_resets = 0;

 private:
  struct access {
    std::uint8_t space, write;
    std::uint32_t offset, data;
    std::uint8_t enables = 0xF;
  };
  struct response {
    std::uint64_t cycle;
    std::uint8_t tag, status;
    bool last;
    std::uint32_t data;
  };

  bool one_in(std::uint32_t n) { return random_.below(n) == 0; }
  std::uint32_t below(std::uint32_t n) { return random_.below(n); }
  void write(std::uint32_t offset, std::uint32_t data) { accesses_.push_back({1, 1, offset, data}); }
  void read(std::uint32_t offset) { accesses_.push_back({1, 0, offset, 0}); }
  void configure(std::uint32_t offset, std::uint32_t data, std::uint8_t enables = 0xF) {
    accesses_.push_back({0, 1, offset, data, enables});
  }

  void reset_and_link(std::uint64_t cycle);
  void change_speed();
  void gmii(std::uint64_t cycle);
  void next_frame();
  void target(std::uint64_t cycle, const card_outputs& outputs);
  void set_up();
  void set_up_transmit();
  void some_transmit_access();
  void some_access();
  std::uint32_t some_filters();
  std::uint32_t some_register();
  void master(std::uint64_t cycle, const card_outputs& outputs);
  void take_request(std::uint64_t cycle, const card_outputs& outputs);
  std::uint32_t some_word(std::uint8_t kind, std::uint32_t beat);
  std::uint8_t status(std::uint32_t one_error_in);

  rng random_;
  card_inputs pins_;
  const bool slow_wire_;               // the speed is chosen anew with the link
  const std::uint32_t enable_phase_;   // reset may end before the first clock enable
  std::uint32_t clocks_per_byte_ = 1;  // 1, 10 or 100
  const bool resets_in_traffic_, slow_write_data_, errors_;
  std::uint64_t reset_until_ = 8;
  std::uint64_t link_change_ = 300;

  std::vector<std::vector<std::uint8_t>> stock_;  // frames with FCS to draw from
  std::vector<std::uint8_t> burst_;               // preamble, SFD and frame under way
  std::size_t sent_ = 0;
  std::uint32_t gap_ = 200;  // byte times
  bool rx_er_ = false;

  std::deque<access> accesses_;
  bool offering_ = false;
  std::uint32_t ring_ = 8, tail_ = 0, rctl_ = 0, ctrl_ = 0;
  std::uint32_t tx_ring_ = 8, tx_tail_ = 0, tctl_ = 0;

  std::deque<std::uint8_t> writes_;  // tags of writes whose data has not ended
  std::deque<response> responses_;
  std::uint64_t bus_free_ = 0;
};

}  // namespace ringside::rtl_test

// SPDX-License-Identifier: Apache-2.0
// Clocks that the card's pins ask for (docs/rtl/top.md).
#include "hw/tlm/nic/card_clocks.h"

#include <gtest/gtest.h>

namespace ringside::tlm {
namespace {

struct pins {
  std::uint8_t rst_ni = 1, tgt_req_valid_i = 0, mst_rsp_valid_i = 0, link_up_i = 0, gmii_ce_i = 1, gmii_rx_dv_i = 0;
};

TEST(pin_requests, a_clock_set_has_a_byte_for_each_clock) {
  EXPECT_EQ(only(card_clock::csr), 0x1U);
  EXPECT_EQ(only(card_clock::irq), 0x0100000000000000U);
  EXPECT_EQ(all_clocks, 0x0101010101010101U);
}

// A card that saw a clock enable in reset, so that the next idle one says nothing new.
pin_requests after_reset() {
  pin_requests requests;
  requests.of(pins{.rst_ni = 0});
  return requests;
}

TEST(pin_requests, idle_pins_ask_for_nothing) {
  pin_requests requests = after_reset();
  EXPECT_EQ(requests.of(pins{}), 0U);
  EXPECT_TRUE(requests.settled());
}

TEST(pin_requests, reset_asks_for_all) {
  pin_requests requests = after_reset();
  EXPECT_EQ(requests.of(pins{.rst_ni = 0}), all_clocks);
}

TEST(pin_requests, an_access_asks_for_the_registers_as_long_as_it_is_there) {
  pin_requests requests = after_reset();
  EXPECT_EQ(requests.of(pins{.tgt_req_valid_i = 1}), only(card_clock::csr));
  EXPECT_TRUE(requests.settled());
  EXPECT_EQ(requests.of(pins{.tgt_req_valid_i = 1}), only(card_clock::csr));
  EXPECT_EQ(requests.of(pins{}), 0U);
}

TEST(pin_requests, a_response_asks_for_the_master_side) {
  pin_requests requests = after_reset();
  EXPECT_EQ(requests.of(pins{.mst_rsp_valid_i = 1}), only(card_clock::mst));
}

TEST(pin_requests, a_change_of_the_link_asks_once) {
  pin_requests requests = after_reset();
  for (const std::uint8_t up : {std::uint8_t{1}, std::uint8_t{0}}) {
    EXPECT_EQ(requests.of(pins{.link_up_i = up}), only(card_clock::csr));
    EXPECT_FALSE(requests.settled());
    EXPECT_EQ(requests.of(pins{.link_up_i = up}), 0U);
    EXPECT_TRUE(requests.settled());
  }
}

TEST(pin_requests, bytes_and_the_end_of_a_frame_ask_for_the_mac) {
  pin_requests requests = after_reset();
  requests.of(pins{.gmii_rx_dv_i = 1});
  EXPECT_EQ(requests.of(pins{.gmii_rx_dv_i = 1}), only(card_clock::rx_mac));
  EXPECT_TRUE(requests.settled());
  EXPECT_EQ(requests.of(pins{}), only(card_clock::rx_mac)) << "the MAC has to see RX_DV fall";
  EXPECT_FALSE(requests.settled());
  EXPECT_EQ(requests.of(pins{}), 0U);
}

// 100 Mb/s: the clock enable is up in one of ten clocks.
TEST(pin_requests, between_two_clock_enables_nothing_is_asked) {
  pin_requests requests = after_reset();
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 1, .gmii_rx_dv_i = 1}), only(card_clock::rx_mac));
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 0, .gmii_rx_dv_i = 1}), 0U);
  EXPECT_TRUE(requests.settled());
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 0, .gmii_rx_dv_i = 0}), 0U) << "the end counts with its clock enable";
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 1, .gmii_rx_dv_i = 0}), only(card_clock::rx_mac));
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 1, .gmii_rx_dv_i = 0}), 0U);
}

// At 10 Mb/s reset can end before the first clock enable; what the MAC's register of RX_DV holds is then anybody's
// guess.
TEST(pin_requests, the_first_clock_enable_after_power_on_asks_for_the_mac) {
  pin_requests requests;
  EXPECT_EQ(requests.of(pins{.rst_ni = 0, .gmii_ce_i = 0}), all_clocks);
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 0}), 0U);
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 1}), only(card_clock::rx_mac));
  EXPECT_EQ(requests.of(pins{.gmii_ce_i = 1}), 0U);
}

}  // namespace
}  // namespace ringside::tlm

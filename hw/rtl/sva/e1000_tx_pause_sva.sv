// SPDX-License-Identifier: Apache-2.0
// Rules of a PAUSE that was received: F-2, F-11.
module e1000_tx_pause_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic [63:0] now_i,
  input logic        pause_i,
  input logic [15:0] time_i,
  input logic        obey_i,
  input logic        paused_o,
  input logic [63:0] deadline_q
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  `E1000_ASSERT(PausesForATimer, !$past(paused_o) && paused_o |-> $past(pause_i && obey_i && time_i != 16'd0))
  `E1000_ASSERT(EndsWithItsTime,
    $past(paused_o) && !paused_o |-> $past(now_i >= deadline_q) || $past(pause_i && obey_i && time_i == 16'd0))
  `E1000_ASSERT(OnlyANewerOneMovesIt, paused_o && !$stable(deadline_q) |-> $past(pause_i && obey_i))
  // 64 byte times of 8 ns a count are the least there are.
  `E1000_ASSERT(NoShorterThanAtGigabit,
    $past(pause_i && obey_i && time_i != 16'd0) |-> deadline_q >= $past(now_i) + {42'd0, $past(time_i), 6'd0})

  `E1000_COVER(NewerReplacesIt, paused_o && pause_i && obey_i)
endmodule

bind e1000_tx_pause e1000_tx_pause_sva u_sva (.*);

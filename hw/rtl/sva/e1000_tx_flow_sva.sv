// SPDX-License-Identifier: Apache-2.0
// Rules of the PAUSE frames the card sends: F-6, F-7, F-9.
module e1000_tx_flow_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        able_i,
  input logic        en_i,
  input logic        tfce_i,
  input logic [15:0] fcttv_i,
  input logic [12:0] fcrth_i,
  input logic        xone_i,
  input logic [13:0] fill_i,
  input logic        overflow_i,
  input logic        pause_valid_o,
  input logic [15:0] pause_timer_o,
  input logic        pause_take_i,
  input logic        off_q,
  input logic        by_software,
  input logic        by_fill,
  input logic        cross_up,
  input logic        cross_down
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  // PAUSE frames asked for by the fill since it was armed: one for the crossing, one for an overflow behind it.
  logic [1:0] asked_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i || !tfce_i || cross_down) asked_q <= 2'd0;
    else if (by_fill && asked_q != 2'd3) asked_q <= asked_q + 2'd1;
  end

  `E1000_ASSERT(FillAsksOnlyWithTfce, by_fill |-> tfce_i && able_i && en_i)
  `E1000_ASSERT(CrossesAtFcrth, cross_up |-> !off_q && fcrth_i != 13'd0 && fill_i >= {1'b0, fcrth_i})
  `E1000_ASSERT(OncePerCrossing, by_fill && !cross_up && !cross_down |-> overflow_i && off_q && asked_q < 2'd2)
  `E1000_ASSERT(XonOnlyWithXone, by_fill && cross_down && !overflow_i |-> xone_i && off_q)
  `E1000_ASSERT(NoneUnasked,
    pause_valid_o && !($past(pause_valid_o) && $stable(pause_timer_o)) |-> $past(by_fill || by_software))
  `E1000_ASSERT(FcttvStandsInAnXoff,
    $past(by_software || (by_fill && !cross_down)) |-> pause_timer_o == $past(fcttv_i))
  `E1000_ASSERT(WaitsUntilItIsTaken, $past(pause_valid_o && !pause_take_i) |-> pause_valid_o)
  `E1000_ASSERT(TakeOnlyWhatWaits, pause_take_i |-> pause_valid_o)

  `E1000_COVER(OverflowAsksAgain, by_fill && !cross_up && !cross_down)
  `E1000_COVER(NewerTakesItsPlace, pause_valid_o && !pause_take_i && (by_fill || by_software))
endmodule

bind e1000_tx_flow e1000_tx_flow_sva u_sva (.*);

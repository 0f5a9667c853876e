// SPDX-License-Identifier: Apache-2.0
// Rules of the transmit MAC, by what stands on GMII: F-2, F-9, T-71 to T-75.
module e1000_tx_mac_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        go_i,
  input logic        paused_i,
  input logic [9:0]  ipgt_i,
  input logic        frame_valid_i,
  input logic        data_pop_o,
  input logic        frame_pop_o,
  input logic        pause_valid_i,
  input logic        pause_take_o,
  input logic        tx_en_o,
  input logic [7:0]  txd_o,
  input logic        last_o,
  input logic        sent_o,
  input logic [15:0] sent_length_o,
  input logic        ce_q,
  input logic        pause_q,
  input logic        begins,
  input logic        want_pause
);
  logic in_reset, past_ok_q, off;
  assign in_reset = !rst_ni || soft_rst_i;
  assign off      = in_reset || !past_ok_q;

  // An independent view of the pins: bytes of the frame that were shown before this one, and byte times without one.
  logic [15:0] shown_q;
  logic [15:0] quiet_q;
  logic [15:0] length_q;    // of the frame that ends, with preamble
  logic [10:0] gap_q;       // that must follow it; 0: none has been sent
  always_ff @(posedge clk_i) begin
    past_ok_q <= !in_reset;
    if (in_reset || !tx_en_o) shown_q <= 16'd0;
    else if (ce_q) shown_q <= shown_q + 16'd1;
    if (in_reset) gap_q <= 11'd0;
    if (in_reset || tx_en_o) quiet_q <= 16'd0;
    else if (ce_q && quiet_q != '1) quiet_q <= quiet_q + 16'd1;
    if (sent_o && !in_reset) begin
      length_q <= sent_length_o + 16'd8;
      gap_q    <= {1'b0, ipgt_i} + 11'd4;
    end
  end

  // ---- T-72, F-2: what begins may begin, and nothing that is on the wire stops for it
  `E1000_ASSERT(BeginsOnlyWhileItMay, begins |-> go_i, in_reset)
  `E1000_ASSERT(PauseHoldsWhatHasNotBegun, begins && !want_pause |-> !paused_i && frame_valid_i, in_reset)
  `E1000_ASSERT(OurPauseIsAskedFor, pause_take_o |-> pause_valid_i && begins, in_reset)
  `E1000_ASSERT(NoByteGapInAFrame, $past(tx_en_o && !(last_o && ce_q)) |-> tx_en_o, off)
  `E1000_ASSERT(PinsStandBetweenByteTimes, $past(!ce_q) |-> $stable(tx_en_o) && $stable(txd_o), off)
  // ---- T-73
  `E1000_ASSERT(PreambleAndSfd, tx_en_o && shown_q < 16'd8 |-> txd_o == (shown_q == 16'd7 ? 8'hD5 : 8'h55), off)
  `E1000_ASSERT(EndsWithItsLastByte, $past(tx_en_o) && !tx_en_o |-> $past(shown_q) + 16'd1 == length_q, off)
  `E1000_ASSERT(IdleShowsNothing, !tx_en_o |-> txd_o == 8'd0, off)
  // ---- T-75
  `E1000_ASSERT(TheGapIsKept, $past(!tx_en_o) && tx_en_o && gap_q != 11'd0 |-> $past(quiet_q) + 16'd1 >= {5'd0, gap_q}, off)
  // ---- T-71: whole in the FIFO, so it never runs dry
  `E1000_ASSERT(TakesOnlyFromAFrame, (data_pop_o || frame_pop_o) |-> frame_valid_i && !pause_q, in_reset)
  `E1000_ASSERT(FrameLeavesTheFifoAtItsEnd, frame_pop_o == (sent_o && !pause_q), in_reset)

  `E1000_COVER(PauseMeetsAFrame, paused_i && tx_en_o && !last_o)
  `E1000_COVER(OurPauseGoesFirst, pause_take_o && frame_valid_i)
  `E1000_COVER(NextFrameWaitsForTheGap, frame_valid_i && go_i && !paused_i && !tx_en_o)
endmodule

bind e1000_tx_mac e1000_tx_mac_sva u_sva (.*);

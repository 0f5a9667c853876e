// SPDX-License-Identifier: Apache-2.0
// Rules of the PCI master side: hold until ready, no bubbles, outstanding limits, silence when DMA is not allowed.
module e1000_mst_arb_sva (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  soft_rst_i,
  input logic                  allow_i,
  input logic                  wb_gnt_o,
  input logic                  fetch_gnt_o,
  input logic                  pay_gnt_o,
  input logic                  tx_gnt_o,
  input logic                  tx_write_i,
  input logic                  tx_valid_i,
  input logic                  tx_turn_q,
  input logic [2:0]            tx_reads_q,
  input logic                  data_tx_q,
  input logic                  data_go_q,
  input logic [31:0]           tx_data_q,
  input logic [15:0]           mst_req_ftag_o,
  input logic                  wb_valid_i,
  input logic                  fetch_valid_i,
  input logic                  fetch_urgent_i,
  input logic                  pay_valid_i,
  input logic                  mst_req_valid_o,
  input logic                  mst_req_ready_i,
  input e1000_pins_pkg::kind_e      mst_req_kind_o,
  input logic [4:0]            mst_req_tag_o,
  input logic                  mst_req_write_o,
  input logic [63:0]           mst_req_addr_o,
  input logic [12:0]           mst_req_len_o,
  input logic                  pay_wvalid_i,
  input logic                  pay_wready_o,
  input e1000_pkg::mst_wdata_t pay_w_i,
  input logic                  wb_wvalid_i,
  input logic                  wb_wready_o,
  input e1000_pkg::mst_wdata_t wb_w_i,
  input logic                  mst_wdata_valid_o,
  input logic                  mst_wdata_ready_i,
  input logic [31:0]           mst_wdata_o,
  input logic [3:0]            mst_wbe_o,
  input logic [15:0]           mst_wtag_o,
  input logic                  mst_wlast_o,
  input logic                  wvalid_q,
  input logic                  skid_q,
  input logic [2:0]            writes_q,
  input logic                  read_q,
  input logic                  error_q,
  input logic                  drained_o,
  input logic                  clk_req_o
);
  logic [101:0] mst_req;
  assign mst_req = {mst_req_ftag_o, mst_req_kind_o, mst_req_tag_o, mst_req_write_o, mst_req_addr_o, mst_req_len_o};
  e1000_pkg::mst_wdata_t mst_beat;
  assign mst_beat = {mst_wdata_o, mst_wbe_o, mst_wtag_o, mst_wlast_o};

  // Beats taken from the blocks and not yet by the bus, oldest first: two at most.
  logic                  take_pay, take_wb, take_tx, give;
  e1000_pkg::mst_wdata_t taken;
  assign take_pay = pay_wvalid_i && pay_wready_o;
  assign take_wb  = wb_wvalid_i && wb_wready_o;
  // The transmit side's one dword was handed over with the grant.
  assign take_tx  = data_tx_q && data_go_q && !skid_q;
  assign taken    = take_tx ? {tx_data_q, 4'hF, mst_req_ftag_o, 1'b1} : take_wb ? wb_w_i : pay_w_i;
  assign give     = mst_wdata_valid_o && mst_wdata_ready_i;
  logic [2:0][$bits(e1000_pkg::mst_wdata_t)-1:0] beat_q;
  logic [1:0]            beats_q;
  logic [2:0]            behind;  // beats left when the bus has had its one
  assign behind = {1'b0, beats_q} - {2'd0, give};
  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      beats_q <= 2'd0;
    end else begin
      if (give) begin
        beat_q[0] <= beat_q[1];
        beat_q[1] <= beat_q[2];
      end
      if ((take_pay || take_wb || take_tx) && behind < 3'd3) beat_q[behind[1:0]] <= taken;
      beats_q <= behind[1:0] + {1'b0, take_pay || take_wb || take_tx};
    end
  end

  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  `E1000_ASSERT(OneGrantAtATime, $onehot0({wb_gnt_o, fetch_gnt_o, pay_gnt_o, tx_gnt_o}))
  `E1000_ASSERT(RequestHoldsUntilReady,
    $past(mst_req_valid_o && !mst_req_ready_i) |-> mst_req_valid_o && mst_req == $past(mst_req))
  `E1000_ASSERT(BeatHoldsUntilReady,
    $past(mst_wdata_valid_o && !mst_wdata_ready_i) |-> mst_wdata_valid_o && mst_beat == $past(mst_beat))
  `E1000_ASSERT(NoBubbleInABurst, $past(mst_wdata_valid_o && !mst_wlast_o) |-> mst_wdata_valid_o)
  `E1000_ASSERT(AtMostFourWrites, writes_q <= 3'd4)
  `E1000_ASSERT(OneFetchOutstanding, fetch_gnt_o |-> !read_q)
  `E1000_ASSERT(AtMostFiveTransmitReads, tx_reads_q <= 3'd5)
  // Round robin: a side that had the last grant gives way to what can be granted to the other.
  `E1000_ASSERT(TransmitTakesTurns,
    tx_gnt_o && !tx_turn_q |-> !fetch_valid_i && (!(pay_valid_i || wb_valid_i) || writes_q == 3'd4 || !drained_o))
  `E1000_ASSERT(ReceiveTakesTurns,
    (wb_gnt_o || fetch_gnt_o || pay_gnt_o) && tx_turn_q && tx_valid_i |-> tx_write_i && (writes_q == 3'd4 || !drained_o))
  `E1000_ASSERT(SilentWhenNotAllowed, !allow_i || error_q |-> !wb_gnt_o && !fetch_gnt_o && !pay_gnt_o && !tx_gnt_o)
  `E1000_ASSERT(PrefetchYieldsToPayload,
    fetch_gnt_o && !fetch_urgent_i && pay_valid_i |-> writes_q == 3'd4 || !drained_o)
  `E1000_ASSERT(ResetOnlyWhenDrained, soft_rst_i |-> drained_o)
  `E1000_ASSERT(NoRequestWhenUnasked, !clk_req_o |-> !mst_req_valid_o && !mst_wdata_valid_o)

  // ---- the skid register: a ready that was said stands, and no beat is lost, doubled or overtaken ----
  `E1000_ASSERT(OneBlockSendsAtATime, $onehot0({pay_wready_o, wb_wready_o, take_tx}))
  `E1000_ASSERT(TwoBeatsAtMost, beats_q <= 2'd2 && beats_q == {1'b0, wvalid_q} + {1'b0, skid_q})
  `E1000_ASSERT(SkidIsBehindABeat, skid_q |-> wvalid_q)
  `E1000_ASSERT(FullTakesNoBeat, skid_q |-> !pay_wready_o && !wb_wready_o)
  `E1000_ASSERT(BeatIsTheOldestTaken,
    mst_wdata_valid_o == (beats_q != 2'd0) && (!mst_wdata_valid_o || mst_beat == beat_q[0]))
  `E1000_ASSERT(BeatsWaitOnlyForTheBus, $rose(skid_q) |-> $past(mst_wdata_valid_o && !mst_wdata_ready_i))

  `E1000_COVER(BeatWaitsInTheSkid, skid_q)
  `E1000_COVER(FourWritesOutstanding, writes_q == 3'd4)
  `E1000_COVER(BothSidesCompete, tx_valid_i && (pay_valid_i || fetch_valid_i || wb_valid_i))
  `E1000_COVER(FetchAndPayloadCompete, fetch_valid_i && pay_valid_i)
endmodule

bind e1000_mst_arb e1000_mst_arb_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Rules of the receive front's outputs, checked in every bench that runs it.
module e1000_rx_front_sva (
  input logic                clk_rx_frame_i,
  input logic                rst_ni,
  input logic                rxo_o,
  input logic                clk_req_rx_mac_o,
  input logic                clk_req_rx_frame_o,
  input logic                clk_req_rx_fifo_o,
  input logic                clk_req_rx_dma_o,
  input e1000_pins_pkg::rx_evt_t  evt_o,
  input e1000_pkg::reg_req_t reg_i,
  input logic                gmii_ce_i,
  input logic                gmii_rx_dv_i,
  input logic                dv_q,
  input logic                soft_rst_i,
  input logic                link_up_i,
  input logic                loop_i,
  input logic                loop_dv_i,
  input logic                data_pop_i,
  input logic                frame_pop_i,
  input logic [63:0]         watched  // registers all over the front
);

  logic unasked;  // nobody asks for a clock
  assign unasked = !clk_req_rx_mac_o && !clk_req_rx_frame_o && !clk_req_rx_fifo_o && !clk_req_rx_dma_o;

  logic past_ok_q, accepted_q, busy;
  assign busy = evt_o.accept || evt_o.reject || evt_o.commit || evt_o.drop;

  // The frame that was accepted last and has not ended yet.
  logic [15:0] accepted_tag_q;
  always_ff @(posedge clk_rx_frame_i) begin
    past_ok_q <= rst_ni;
    if (!rst_ni) accepted_q <= 1'b0;
    else if (evt_o.commit || evt_o.drop) accepted_q <= 1'b0;
    else if (evt_o.accept) accepted_q <= 1'b1;
    if (evt_o.accept) accepted_tag_q <= evt_o.tag;
  end

  `E1000_ASSERT(ReadOrWrite, !(reg_i.rd && reg_i.wr), !rst_ni, clk_rx_frame_i)
  `E1000_ASSERT(ZeroWhenNothingHappens, !busy |-> evt_o == '0,, clk_rx_frame_i)
  `E1000_ASSERT(OneFateAtATime,
    {1'b0, evt_o.reject} + {1'b0, evt_o.commit} + {1'b0, evt_o.drop} <= 2'd1,, clk_rx_frame_i)
  `E1000_ASSERT(RejectedIsNotAccepted, !(evt_o.reject && evt_o.accept),, clk_rx_frame_i)
  `E1000_ASSERT(CommitFollowsAccept,
    (evt_o.commit || evt_o.drop) |-> evt_o.accept || (accepted_q && accepted_tag_q == evt_o.tag),, clk_rx_frame_i)
  `E1000_ASSERT(EveryLossHasAReason,
    (evt_o.drop || evt_o.reject) == (evt_o.reason != e1000_pins_pkg::ReasonNone),, clk_rx_frame_i)
  `E1000_ASSERT(RxoIsAnOverflow, rxo_o == (evt_o.drop && evt_o.reason == e1000_pins_pkg::ReasonFifoOverflow),, clk_rx_frame_i)
  `E1000_ASSERT(RnbcComesWithAFrame,
    evt_o.rnbc |-> evt_o.commit || (evt_o.drop && evt_o.reason == e1000_pins_pkg::ReasonFifoOverflow),, clk_rx_frame_i)
  `E1000_ASSERT(NoNewsWhenUnasked, unasked |-> !busy,, clk_rx_frame_i)
  // The requests know of a pop in its own cycle.
  `E1000_ASSERT(StillWhenUnasked,
    $past(unasked && !gmii_rx_dv_i && !(gmii_ce_i && dv_q) && !reg_i.rd && !reg_i.wr && !soft_rst_i
      && !data_pop_i && !frame_pop_i)
      && $stable({link_up_i, loop_i, loop_dv_i}) |-> (unasked || frame_pop_i) && watched == $past(watched),, clk_rx_frame_i)

  `E1000_COVER(FrameIsMissed, rxo_o,, clk_rx_frame_i)
  `E1000_COVER(NoDescriptorForIt, evt_o.rnbc,, clk_rx_frame_i)

endmodule

bind e1000_rx_front e1000_rx_front_sva u_sva (
  .dv_q(u_mac.dv_q),
  .watched({u_mac.hunt_q, u_mac.data_q, u_mac.skip_q, u_mac.tag_q[4:0], u_mac.byte_q, u_mac.end_q,
            u_stats.pending_q, u_fifo.wr_state_q, u_fifo.rd_state_q, u_fifo.tail_q, u_fifo.head_q[5:0],
            u_fifo.rd_ptr_q[3:0], u_fifo.frames_q[1:0], decided_q, wanted_q, rxo_q}),
  .*
);

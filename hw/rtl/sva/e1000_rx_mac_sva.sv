// SPDX-License-Identifier: Apache-2.0
// Rules of the receive MAC, checked in every bench that runs it.
module e1000_rx_mac_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        sfd_o,
  input logic        byte_en_o,
  input logic        eob_o,
  input logic        cut_o,
  input logic [15:0] tag_o,
  input logic        clk_req_o,
  input logic        byte_q,
  input logic        dv_q,
  input logic        hunt_q,
  input logic        data_q,
  input logic        skip_q
);
  logic first;  // byte of a burst
  assign first = byte_q && !hunt_q && !data_q && !skip_q;

  // An independent view of bursts: open from the first byte until the one event that ends it.
  logic open_q, past_ok_q;
  always_ff @(posedge clk_i) begin
    past_ok_q <= rst_ni;
    if (!rst_ni || eob_o || cut_o) open_q <= 1'b0;
    else if (first) open_q <= 1'b1;
  end

  `E1000_ASSERT(OneThingAtATime, {2'd0, sfd_o} + {2'd0, byte_en_o} + {2'd0, eob_o} <= 3'd1, !rst_ni)
  `E1000_ASSERT(EndOnlyOnce, (eob_o || cut_o) |-> open_q, !rst_ni)
  `E1000_ASSERT(NeverTwoEnds, !(eob_o && cut_o), !rst_ni)
  `E1000_ASSERT(CutIsAReset, cut_o |-> soft_rst_i, !rst_ni)
  `E1000_ASSERT(BytesOnlyInABurst, byte_en_o |-> open_q, !rst_ni)
  `E1000_ASSERT(IdleMeansClosed, !clk_req_o && !dv_q |-> !open_q && {hunt_q, data_q, skip_q} == 3'd0, !rst_ni)
  `E1000_ASSERT(OneStateAtATime, $onehot0({hunt_q, data_q, skip_q}))
  `E1000_ASSERT(EventsAskForTheClock, sfd_o || byte_en_o || eob_o |-> clk_req_o, !rst_ni)
  `E1000_ASSERT(TagStepsWithBursts, tag_o == $past(tag_o) + {15'd0, $past(first)})

  `E1000_COVER(BurstIsCut, cut_o)

endmodule

bind e1000_rx_mac e1000_rx_mac_sva u_sva (.*);

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

  OneThingAtATime: assert property (@(posedge clk_i) disable iff (!rst_ni)
    {2'd0, sfd_o} + {2'd0, byte_en_o} + {2'd0, eob_o} <= 3'd1);
  EndOnlyOnce: assert property (@(posedge clk_i) disable iff (!rst_ni) (eob_o || cut_o) |-> open_q);
  NeverTwoEnds: assert property (@(posedge clk_i) disable iff (!rst_ni) !(eob_o && cut_o));
  CutIsAReset: assert property (@(posedge clk_i) disable iff (!rst_ni) cut_o |-> soft_rst_i);
  BytesOnlyInABurst: assert property (@(posedge clk_i) disable iff (!rst_ni) byte_en_o |-> open_q);
  IdleMeansClosed: assert property (@(posedge clk_i) disable iff (!rst_ni)
    !clk_req_o && !dv_q |-> !open_q && {hunt_q, data_q, skip_q} == 3'd0);
  OneStateAtATime: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    $onehot0({hunt_q, data_q, skip_q}));
  EventsAskForTheClock: assert property (@(posedge clk_i) disable iff (!rst_ni)
    sfd_o || byte_en_o || eob_o |-> clk_req_o);
  TagStepsWithBursts: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    tag_o == $past(tag_o) + {15'd0, $past(first)});

  BurstIsCut: cover property (@(posedge clk_i) rst_ni && cut_o);

endmodule

bind e1000_rx_mac e1000_rx_mac_sva u_sva (.*);

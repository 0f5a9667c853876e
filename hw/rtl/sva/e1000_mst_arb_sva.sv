// Rules of the PCI master side: hold until ready, no bubbles, outstanding limits, silence when DMA is not allowed.
module e1000_mst_arb_sva (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  soft_rst_i,
  input logic                  allow_i,
  input logic                  wb_gnt_o,
  input logic                  fetch_gnt_o,
  input logic                  pay_gnt_o,
  input logic                  fetch_valid_i,
  input logic                  fetch_urgent_i,
  input logic                  pay_valid_i,
  input logic                  mst_req_valid_o,
  input logic                  mst_req_ready_i,
  input e1000_pkg::mst_req_t   mst_req_o,
  input logic                  mst_wdata_valid_o,
  input logic                  mst_wdata_ready_i,
  input e1000_pkg::mst_wdata_t mst_wdata_o,
  input logic [2:0]            writes_q,
  input logic                  read_q,
  input logic                  error_q,
  input logic                  drained_o,
  input logic                  quiescent_o
);
  logic past_ok_q;
  always_ff @(posedge clk_i) past_ok_q <= rst_ni && !soft_rst_i;

  OneGrantAtATime: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    $onehot0({wb_gnt_o, fetch_gnt_o, pay_gnt_o}));
  RequestHoldsUntilReady: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    $past(mst_req_valid_o && !mst_req_ready_i) |-> mst_req_valid_o && mst_req_o == $past(mst_req_o));
  BeatHoldsUntilReady: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    $past(mst_wdata_valid_o && !mst_wdata_ready_i) |-> mst_wdata_valid_o && mst_wdata_o == $past(mst_wdata_o));
  NoBubbleInABurst: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    $past(mst_wdata_valid_o && !mst_wdata_o.last) |-> mst_wdata_valid_o);
  AtMostFourWrites: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q) writes_q <= 3'd4);
  OneFetchOutstanding: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q) fetch_gnt_o |-> !read_q);
  SilentWhenNotAllowed: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    !allow_i || error_q |-> !wb_gnt_o && !fetch_gnt_o && !pay_gnt_o);
  PrefetchYieldsToPayload: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    fetch_gnt_o && !fetch_urgent_i && pay_valid_i |-> writes_q == 3'd4 || !drained_o);
  ResetOnlyWhenDrained: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q) soft_rst_i |-> drained_o);
  QuiescentMeansNoRequest: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    quiescent_o |-> !mst_req_valid_o && !mst_wdata_valid_o);

  FourWritesOutstanding: cover property (@(posedge clk_i) rst_ni && writes_q == 3'd4);
  FetchAndPayloadCompete: cover property (@(posedge clk_i) rst_ni && fetch_valid_i && pay_valid_i);
endmodule

bind e1000_mst_arb e1000_mst_arb_sva u_sva (.*);

// Rules of the statistics block and of what feeds it, checked in the benches of the whole front.
module e1000_stats_sva (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   soft_rst_i,
  input e1000_rx_pkg::rx_stat_t stat_i,
  input logic                   reg_rd_i,
  input logic                   hit,
  input logic                   sel_torh,
  input logic                   sel_gorh,
  input logic [e1000_rx_pkg::NumStats-1:0] pending_q,
  input logic                   step_en,
  input logic [4:0]             step_index,
  input logic [63:0]            tor_q,
  input logic [63:0]            gor_q
);

  logic in_reset, past_ok_q;
  assign in_reset = !rst_ni || soft_rst_i;
  always_ff @(posedge clk_i) past_ok_q <= !in_reset;

  NoIncrementWithoutAFrame: assert property (@(posedge clk_i) disable iff (in_reset)
    !stat_i.valid |-> stat_i.inc == '0 && !stat_i.gor && !stat_i.tor);
  // The front's frames end too far apart for this; otherwise one increment would be lost.
  NoTwoIncrementsOfOneCounterWait: assert property (@(posedge clk_i) disable iff (in_reset)
    (stat_i.inc & pending_q & ~(step_en ? 19'd1 << step_index : 19'd0)) == '0);
  GoodOctetsAreOctets: assert property (@(posedge clk_i) disable iff (in_reset) stat_i.gor |-> stat_i.tor);
  OneSizeBin: assert property (@(posedge clk_i) disable iff (in_reset)
    $countones(stat_i.inc[e1000_rx_pkg::StatPrc1522:e1000_rx_pkg::StatPrc64])
      == (stat_i.inc[e1000_rx_pkg::StatGprc] ? 1 : 0));
  GoodOrMissedNotBoth: assert property (@(posedge clk_i) disable iff (in_reset)
    !(stat_i.inc[e1000_rx_pkg::StatGprc] && stat_i.inc[e1000_rx_pkg::StatMpc]));
  TotalsOnlyGrow: assert property (@(posedge clk_i) disable iff (in_reset || !past_ok_q)
    !$past(sel_torh) |-> tor_q >= $past(tor_q));
  GoodOnlyGrow: assert property (@(posedge clk_i) disable iff (in_reset || !past_ok_q)
    !$past(sel_gorh) |-> gor_q >= $past(gor_q));

  ReadMeetsFrameEnd: cover property (@(posedge clk_i) rst_ni && reg_rd_i && hit && stat_i.valid);

endmodule

bind e1000_stats e1000_stats_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Rules of the statistics block and of what feeds it, checked in the benches of the whole front.
module e1000_stats_sva (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   soft_rst_i,
  input logic                   eof_i,
  input e1000_rx_pkg::rx_class_t kind_i,
  input logic                   multicast_i,
  input logic                   broadcast_i,
  input logic [15:0]            length_i,
  input logic                   crc_ok_i,
  input logic                   rx_er_i,
  input logic                   stored_i,
  input logic                   missed_i,
  input logic                   no_desc_i,
  input e1000_pkg::reg_req_t    reg_i,
  input logic                   hit,
  input logic [4:0]             index,
  input logic                   sel_torh,
  input logic                   sel_gorh,
  input logic [e1000_rx_pkg::NumStats-1:0] pending_q,
  input e1000_rx_pkg::rx_flow_t flow_i,
  input logic [15:0] time_q,
  input logic [63:0]            tor_q,
  input logic [63:0]            gor_q
);
  localparam int unsigned NumStats = e1000_rx_pkg::NumStats;

  logic in_reset, past_ok_q, off;
  assign in_reset = !rst_ni || soft_rst_i;
  assign off      = in_reset || !past_ok_q;
  always_ff @(posedge clk_i) past_ok_q <= !in_reset;

  // What a frame moves, a counter at a time (FS 6.10, R-32, R-33, R-53, R-55, R-56).
  logic                counted, good, bad;
  logic [NumStats-1:0] inc, step, cleared;
  assign counted = eof_i && kind_i.counted;
  assign good    = counted && stored_i && kind_i.good && !flow_i.obeyed;
  assign bad     = counted && kind_i.pass && !missed_i;
  always_comb begin
    inc = '0;
    inc[e1000_rx_pkg::StatTpr]     = counted;
    inc[e1000_rx_pkg::StatMpc]     = counted && missed_i;
    inc[e1000_rx_pkg::StatRnbc]    = counted && kind_i.pass && kind_i.good && no_desc_i && !flow_i.obeyed;
    inc[e1000_rx_pkg::StatFcruc]   = counted && kind_i.good && flow_i.control && !flow_i.pause;
    inc[e1000_rx_pkg::StatXonrxc]  = counted && kind_i.good && flow_i.control && flow_i.pause && time_q == 16'd0;
    inc[e1000_rx_pkg::StatXoffrxc] = counted && kind_i.good && flow_i.control && flow_i.pause && time_q != 16'd0;
    inc[e1000_rx_pkg::StatGprc]    = good;
    inc[e1000_rx_pkg::StatBprc]    = good && broadcast_i;
    inc[e1000_rx_pkg::StatMprc]    = good && multicast_i;
    inc[e1000_rx_pkg::StatPrc64]   = good && length_i <= 16'd64;
    inc[e1000_rx_pkg::StatPrc127]  = good && length_i inside {[16'd65:16'd127]};
    inc[e1000_rx_pkg::StatPrc255]  = good && length_i inside {[16'd128:16'd255]};
    inc[e1000_rx_pkg::StatPrc511]  = good && length_i inside {[16'd256:16'd511]};
    inc[e1000_rx_pkg::StatPrc1023] = good && length_i inside {[16'd512:16'd1023]};
    inc[e1000_rx_pkg::StatPrc1522] = good && length_i >= 16'd1024;
    inc[e1000_rx_pkg::StatRuc]     = bad && kind_i.runt && crc_ok_i;
    inc[e1000_rx_pkg::StatRfc]     = bad && kind_i.runt && !crc_ok_i;
    inc[e1000_rx_pkg::StatRoc]     = bad && kind_i.giant && crc_ok_i;
    inc[e1000_rx_pkg::StatRjc]     = bad && kind_i.giant && !crc_ok_i;
    inc[e1000_rx_pkg::StatRlec]    = bad && (kind_i.runt || kind_i.giant);
    inc[e1000_rx_pkg::StatCrcerrs] = bad && !kind_i.runt && !crc_ok_i;
    inc[e1000_rx_pkg::StatRxerrc]  = bad && !kind_i.runt && rx_er_i;
    // The highest that waits takes its step; a read takes the waiting one along.
    step = '0;
    for (int i = 0; i < NumStats; i++) begin
      if (pending_q[i]) begin
        step    = '0;
        step[i] = 1'b1;
      end
    end
    cleared = '0;
    if (hit) cleared[index] = 1'b1;
  end

  `E1000_ASSERT(NoIncrementWithoutAFrame, !$past(counted) |-> (pending_q & ~$past(pending_q)) == '0, off)
  `E1000_ASSERT(FrameMovesItsCounters,
    pending_q == (($past(pending_q) & ~$past(step) & ~$past(cleared)) | $past(inc)), off)
  // The front's frames end too far apart for this; otherwise one increment would be lost.
  `E1000_ASSERT(NoTwoIncrementsOfOneCounterWait, (inc & pending_q & ~step) == '0, in_reset)
  `E1000_ASSERT(StoredIsKept, stored_i |-> eof_i && kind_i.pass, in_reset)
  `E1000_ASSERT(PassedIsCounted, kind_i.pass |-> kind_i.counted && eof_i, in_reset)
  `E1000_ASSERT(GoodOctetsAreOctets,
    gor_q > $past(gor_q) |-> $past(counted) && (tor_q > $past(tor_q) || $past(sel_torh) || tor_q == '1), off)
  `E1000_ASSERT(OneSizeBin,
    $past(counted && (pending_q & ~step) == '0) |->
      $countones(pending_q[e1000_rx_pkg::StatPrc1522:e1000_rx_pkg::StatPrc64])
      == (pending_q[e1000_rx_pkg::StatGprc] ? 1 : 0), off)
  `E1000_ASSERT(GoodOrMissedNotBoth, $past(counted && (pending_q & ~step) == '0)
      |-> !(pending_q[e1000_rx_pkg::StatGprc] && pending_q[e1000_rx_pkg::StatMpc]), off)
  `E1000_ASSERT(TotalsOnlyGrow, !$past(sel_torh) |-> tor_q >= $past(tor_q), off)
  `E1000_ASSERT(GoodOnlyGrow, !$past(sel_gorh) |-> gor_q >= $past(gor_q), off)

  `E1000_COVER(ReadMeetsFrameEnd, reg_i.rd && hit && counted)

endmodule

bind e1000_stats e1000_stats_sva u_sva (.*);

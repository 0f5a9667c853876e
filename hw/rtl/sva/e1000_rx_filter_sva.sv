// SPDX-License-Identifier: Apache-2.0
// Rules of the address and VLAN filter: FS 6.7, R-80, R-81, X-6; checked in every bench that runs it.
//
// An independent look at the head of the frame: bytes are kept as they come, and the verdict is worked out from them and
// from RAL, RAH, MTA and VFTA as they stood when the filter looked.
module e1000_rx_filter_sva (
  input logic                    clk_i,
  input logic                    rst_ni,
  input logic                    soft_rst_i,
  input logic                    sfd_i,
  input logic                    byte_en_i,
  input logic [7:0]              byte_i,
  input logic [15:0]             index_i,
  input e1000_rx_pkg::rx_cfg_t   cfg_i,
  input e1000_rx_pkg::rx_match_t match_o,
  input logic                    vet_seen_o,
  input logic                    exact_q,
  input logic [15:0]             av_q,
  input logic [31:0]             mta_hit_q,
  input logic [31:0]             vfta_hit_q
);
  logic in_reset, past_ok_q, off;
  assign in_reset = !rst_ni || soft_rst_i;
  assign off      = in_reset || !past_ok_q;
  always_ff @(posedge clk_i) past_ok_q <= !in_reset;

  // ---- the head as it came ----
  logic [15:0][7:0] head_q;
  logic [4:0]       seen_q;  // bytes of it, 16 at most
  logic             framed_q;  // ... since a delimiter
  always_ff @(posedge clk_i) begin
    if (in_reset) framed_q <= 1'b0;
    else if (sfd_i) framed_q <= 1'b1;
    if (in_reset || sfd_i) seen_q <= 5'd0;
    else if (byte_en_i && index_i < 16'd16) begin
      head_q[index_i[3:0]] <= byte_i;
      seen_q               <= index_i[4:0] + 5'd1;
    end
  end

  // The answer is a function of registers: right in every cycle of a frame, not only where the front looks at it.  The
  // delimiter's own cycle is the last that shows the old one, and there the settings may be the new ones.
  logic look;
  assign look = framed_q && !sfd_i;

  logic broadcast, group, vlan;
  assign broadcast = &{head_q[0], head_q[1], head_q[2], head_q[3], head_q[4], head_q[5]};
  assign group     = head_q[0][0];
  assign vlan      = seen_q == 5'd16 && {head_q[12], head_q[13]} == cfg_i.vet;

  `E1000_ASSERT(BytesComeInOrder, byte_en_i && index_i < 16'd16 && !sfd_i |-> index_i[4:0] == seen_q, off)
  `E1000_ASSERT(AnswerStandsBetweenBytes,
    $past(look && !byte_en_i) && look && $stable(cfg_i) |-> $stable(match_o), off)
  `E1000_ASSERT(NothingPassesWithoutADestination, look && seen_q < 5'd6 |-> !match_o.l2_pass, off)
  `E1000_ASSERT(KindOfAddress,
    look && seen_q >= 5'd6 |-> match_o.broadcast == broadcast && match_o.multicast == (group && !broadcast), off)
  `E1000_ASSERT(PromiscuousTakesUnicast, look && seen_q >= 5'd6 && cfg_i.upe && !group |-> match_o.l2_pass, off)
  `E1000_ASSERT(AllMulticastTakesMulticast,
    look && seen_q >= 5'd6 && cfg_i.mpe && group && !broadcast |-> match_o.l2_pass && !match_o.pif, off)
  `E1000_ASSERT(BroadcastAcceptMode,
    look && seen_q >= 5'd6 && cfg_i.bam && broadcast |-> match_o.l2_pass && !match_o.pif, off)
  `E1000_ASSERT(UnicastNeedsAnEntry, look && match_o.l2_pass && !group && !cfg_i.upe |-> exact_q, off)
  `E1000_ASSERT(PifIsAnInexactPass, look && match_o.pif |-> match_o.l2_pass && group && !exact_q, off)
  `E1000_ASSERT(TagIsSeenWhole,
    look |-> match_o.has_tag == vlan && (!vlan || match_o.tci == {head_q[14], head_q[15]}), off)
  `E1000_ASSERT(UntaggedIsNotFiltered, look && (!vlan || !cfg_i.vfe) |-> match_o.vlan_pass, off)
  `E1000_ASSERT(CfiDecides,
    look && vlan && cfg_i.vfe && cfg_i.cfien && head_q[14][4] != cfg_i.cfi |-> !match_o.vlan_pass, off)
  `E1000_ASSERT(VetIsKnownWithItsLastByte,
    seen_q == 5'd14 |-> vet_seen_o == ({head_q[12], head_q[13]} == cfg_i.vet), off)
  `E1000_ASSERT(HashIsReadWithTheAddress, !$stable(mta_hit_q) |-> $past(byte_en_i && index_i == 16'd5), off)
  `E1000_ASSERT(VlanIsReadWithTheTag, !$stable(vfta_hit_q) |-> $past(byte_en_i && index_i == 16'd15), off)
  `E1000_ASSERT(ResetLeavesOneEntry, $past(in_reset) |-> av_q == 16'h0001, !rst_ni)

  `E1000_COVER(HashAlone, look && match_o.pif)
  `E1000_COVER(VlanRefused, look && match_o.l2_pass && !match_o.vlan_pass)
  `E1000_COVER(HashOfAllOnes, look && seen_q == 5'd6 && group && cfg_i.mo == 2'd0 && (&{head_q[5], head_q[4][7:4]}))
endmodule

bind e1000_rx_filter e1000_rx_filter_sva u_sva (.*);

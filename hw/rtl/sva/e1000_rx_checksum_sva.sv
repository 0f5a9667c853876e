// SPDX-License-Identifier: Apache-2.0
// Rules of the checksum offload: R-1, R-82, R-84; checked in every bench that runs it.
module e1000_rx_checksum_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        sfd_i,
  input e1000_rx_pkg::rx_offload_t offload_i,
  input logic        byte_en_i,
  input logic [15:0] index_i,
  input logic        end_i,
  input logic        ipcs_o,
  input logic        tcpcs_o,
  input logic        ipe_o,
  input logic        tcpe_o,
  input logic [3:0]  state_q,
  input logic [15:0] size_q,
  input logic        frag_q,
  input logic        ip_seen_q,
  input logic        ip_good_q,
  input logic        l4_seen_q,
  input logic        l4_good_q,
  input logic [15:0] ip_end_q,
  input logic [15:0] l4_end_q
);
  localparam logic [3:0] Off = 4'd0, Ipv4 = 4'd4, Ipv6 = 4'd5, L4 = 4'd7;

  `E1000_PAST_OK(rst_ni)

  // What was enabled as the frame began, which headers it passed, and how much of each went by.
  e1000_rx_pkg::rx_offload_t offload_q = '0;
  logic        ipv4_q;
  logic [15:0] bytes_q, ip_bytes_q, l4_bytes_q;
  always_ff @(posedge clk_i) begin
    if (sfd_i) begin
      offload_q  <= offload_i;
      ipv4_q     <= 1'b0;
      bytes_q    <= 16'd0;
      ip_bytes_q <= 16'd0;
      l4_bytes_q <= 16'd0;
    end else begin
      if (state_q == Ipv4) ipv4_q <= 1'b1;
      if (byte_en_i) bytes_q <= bytes_q + 16'd1;
      if (byte_en_i && state_q == Ipv4) ip_bytes_q <= ip_bytes_q + 16'd1;
      if (byte_en_i && state_q == L4) l4_bytes_q <= l4_bytes_q + 16'd1;
    end
  end

  // The answers come a clock after the frame's end and stand until the next.
  logic        ended_q;
  logic [15:0] length_q;
  always_ff @(posedge clk_i) begin
    ended_q  <= end_i;
    length_q <= index_i;
  end

  `E1000_ASSERT(AnswersStandFromEndToEnd, !ended_q |-> $stable({ipcs_o, tcpcs_o, ipe_o, tcpe_o}))
  // A header is verified when exactly its own bytes have gone by; the last step may hold one byte behind the datagram.
  `E1000_ASSERT(IpIsVerifiedWhole,
    $rose(ip_seen_q) |-> $past(state_q) == Ipv4 && ip_bytes_q == $past(size_q) && ip_bytes_q >= 16'd20)
  `E1000_ASSERT(L4IsVerifiedWhole,
    $rose(l4_seen_q) |-> $past(state_q) == L4 && l4_bytes_q == size_q + {15'd0, size_q[0]})
  `E1000_ASSERT(IpClaimNeedsIpofl, ended_q && ipcs_o |-> offload_q.ip)
  `E1000_ASSERT(L4ClaimNeedsTuofl, ended_q && tcpcs_o |-> offload_q.l4)
  `E1000_ASSERT(IpClaimWasVerified, ended_q && ipcs_o |-> $past(ip_seen_q) && ipv4_q && ipe_o == !ip_good_q)
  `E1000_ASSERT(L4ClaimWasVerified, ended_q && tcpcs_o |-> $past(l4_seen_q) && tcpe_o == !l4_good_q)
  // The four bytes of the FCS lie behind what is claimed (R-1).
  `E1000_ASSERT(IpClaimEndsBeforeTheFcs, ended_q && ipcs_o |-> {1'b0, ip_end_q} + 17'd5 <= {1'b0, length_q})
  `E1000_ASSERT(L4ClaimEndsBeforeTheFcs, ended_q && tcpcs_o |-> {1'b0, l4_end_q} + 17'd5 <= {1'b0, length_q})
  `E1000_ASSERT(NoL4ClaimForAFragment, ended_q && tcpcs_o && ipv4_q |-> !frag_q)
  `E1000_ASSERT(Ipv6NeedsBothBits, state_q == Ipv6 |-> offload_q.ipv6 && offload_q.l4)
  `E1000_ASSERT(OffStaysOff, $past(state_q == Off && !sfd_i) |-> state_q == Off)
  `E1000_ASSERT(NothingIsCheckedUnasked, !offload_q.l4 && !offload_q.ip && state_q != Off |-> sfd_i)
  `E1000_ASSERT(StatesAreKnown, state_q <= L4)
  `E1000_ASSERT(LengthIsTheBytes,
    end_i && !sfd_i |-> index_i == bytes_q || bytes_q == 16'hFFFF || index_i == 16'hFFFF)

  `E1000_COVER(IpIsGood, ended_q && ipcs_o && !ipe_o)
  `E1000_COVER(IpIsBad, ended_q && ipcs_o && ipe_o)
  `E1000_COVER(L4IsGood, ended_q && tcpcs_o && !tcpe_o)
  `E1000_COVER(L4IsBad, ended_q && tcpcs_o && tcpe_o)
endmodule

bind e1000_rx_checksum e1000_rx_checksum_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Checksum offload (FS 5.4): walks Ethernet II or SNAP, one tag, IPv4 or IPv6, TCP or UDP, and checks the sums.
//
// A result is claimed only for what was verified whole and before the FCS (R-1): a datagram cut short, a fragment,
// a UDP sum of 0 or a UDP length that disagrees with IP's gives no TCPCS.
module e1000_rx_checksum (
  input  logic        clk_i,          // the walk, while bytes arrive
  input  logic        clk_rx_fifo_i,  // the answers
  input  logic        rst_ni,
  input  logic        sfd_i,
  input  e1000_rx_pkg::rx_offload_t offload_i,   // at sfd_i
  input  logic        byte_en_i,
  input  logic [7:0]  byte_i,
  input  logic [7:0]  prev_i,         // the byte before it
  input  logic [15:0] index_i,        // at the frame's end its length
  input  logic [15:0] vet_i,

  // Answers from the cycle after end_i, the frame's end.  ipe_o and tcpe_o mean something with ipcs_o and tcpcs_o.
  input  logic        end_i,
  output logic        ipcs_o,
  output logic        tcpcs_o,
  output logic        ipe_o,
  output logic        tcpe_o
);

  localparam logic [15:0] TypeIpv4 = 16'h0800;
  localparam logic [15:0] TypeIpv6 = 16'h86DD;
  localparam logic [15:0] MaxLlcLength = 16'd1500;
  localparam logic [7:0]  ProtoHopByHop = 8'h00;
  localparam logic [7:0]  ProtoTcp = 8'h06;
  localparam logic [7:0]  ProtoUdp = 8'h11;
  localparam logic [7:0]  ProtoRouting = 8'h2B;
  localparam logic [7:0]  ProtoDestination = 8'h3C;
  localparam logic [15:0] MinTcp = 16'd20;
  localparam logic [15:0] MinUdp = 16'd8;
  localparam logic [16:0] FcsBytes = 17'd4;

  typedef enum logic [3:0] {
    StOff   = 4'd0,  // nothing (more) to check
    StEth   = 4'd1,
    StTag   = 4'd2,  // two bytes of tag, two of type
    StSnap  = 4'd3,
    StIpv4  = 4'd4,
    StIpv6  = 4'd5,
    StExt   = 4'd6,  // IPv6 extension header
    StL4    = 4'd7
  } state_e;

  // One's-complement sum, two bytes at a time: even bytes are the high ones.
  function automatic logic [15:0] add_word(input logic [15:0] sum, input logic [15:0] word);
    logic [16:0] total;
    total = {1'b0, sum} + {1'b0, word};
    add_word = total[15:0] + {15'd0, total[16]};
  endfunction

  state_e      state_q;
  e1000_rx_pkg::rx_offload_t offload_q;
  logic [4:0]  count_q;             // pairs of bytes into the state; in StL4 up to 4
  logic [15:0] sum_q;               // IPv4 header or L4
  logic [15:0] pseudo_q;            // addresses of the pseudo header
  logic [15:0] left_q;              // bytes behind the IP header; in StIpv4 the total length, in StL4 what is unread
  logic [15:0] size_q;              // bytes of this header
  logic [7:0]  proto_q;
  logic        frag_q, udp_q;
  logic        ip_seen_q, ip_good_q, l4_seen_q, l4_good_q;
  logic [15:0] ip_end_q, l4_end_q;

  // Every header begins at an even place: one step for two bytes.  A state begins with count 31, so that its first pair
  // is number 0.
  always_ff @(posedge clk_i) begin : step
    logic [15:0] word, sum, pseudo, left, size, l4_len;
    logic [7:0]  proto;
    logic [4:0]  count;
    logic        to_type, to_l4, bad, last, udp;
    state_e      state;
    if (!rst_ni) begin
      state_q <= StOff;
    end else if (sfd_i) begin
      state_q   <= (offload_i.l4 || offload_i.ip) ? StEth : StOff;
      offload_q <= offload_i;
      count_q   <= 5'd0;
      pseudo_q  <= 16'd0;
      ip_seen_q <= 1'b0;
      l4_seen_q <= 1'b0;
    end else if (byte_en_i && index_i[0] && state_q != StOff) begin
      word  = {prev_i, byte_i};
      bad   = 1'b0;
      state = state_q;
      count = count_q;
      left  = left_q;
      sum   = add_word(sum_q, left == 16'd1 && state == StL4 ? {prev_i, 8'h00} : word);
      if (state == StL4) begin
        if (udp_q && !count[2]) begin
          bad = (count == 5'd2 && word != size_q) || (count == 5'd3 && word == 16'd0);  // O-4: no checksum
          count_q <= count + 5'd1;
        end
        sum_q  <= sum;
        left_q <= left - 16'd2;
        if (left <= 16'd2) begin
          if (!bad) begin
            l4_seen_q <= 1'b1;
            l4_good_q <= sum == 16'hFFFF;
            l4_end_q  <= index_i - {15'd0, left[0]};
          end
          bad = 1'b1;
        end
        if (bad) state_q <= StOff;
      end else begin
        to_type = 1'b0;
        to_l4   = 1'b0;
        size    = size_q;
        pseudo  = pseudo_q;
        proto   = proto_q;
        udp     = udp_q;
        l4_len  = left - size;
        last    = count != 5'd0 && {10'd0, count, 1'b0} + 16'd2 == size;
        unique case (state)
          StEth: if (count == 5'd6) begin
            to_type = word != vet_i;
            if (!to_type) begin
              state = StTag;
              count = 5'd31;
            end
          end
          StTag: to_type = count == 5'd1;
          StSnap: begin  // AA AA 03, organisation 00 00 00, type
            unique case (count[1:0])
              2'd0: bad = word != 16'hAAAA;
              2'd1: bad = word != 16'h0300;
              2'd2: bad = word != 16'h0000;
              2'd3: begin
                to_type = 1'b1;
                bad     = word <= MaxLlcLength;
              end
            endcase
          end
          StIpv4: begin
            if (count == 5'd0) begin
              size = {10'd0, prev_i[3:0], 2'b00};
              bad  = prev_i[7:4] != 4'd4 || prev_i[3:0] < 4'd5;
            end
            if (count == 5'd1) left = word;
            if (count == 5'd3) frag_q <= word[13:0] != 14'd0;  // MF or an offset
            if (count == 5'd4) proto = byte_i;
            if (count >= 5'd6 && count < 5'd10) pseudo = add_word(pseudo, word);
            if (last) begin
              ip_seen_q <= 1'b1;
              ip_good_q <= sum == 16'hFFFF;
              ip_end_q  <= index_i;
              to_l4     = ~frag_q & (left >= size);
              bad       = ~to_l4;
            end
          end
          StIpv6: begin
            if (count == 5'd0) bad = prev_i[7:4] != 4'd6;
            if (count == 5'd2) left = word;
            if (count == 5'd3) proto = prev_i;
            if (count >= 5'd4) pseudo = add_word(pseudo, word);
            if (count == 5'd19) begin
              l4_len = left;
              to_l4  = 1'b1;
            end
          end
          StExt: begin
            if (count == 5'd0) begin
              proto = prev_i;
              size  = {9'd0, {1'b0, byte_i[2:0]} + 4'd1, 3'd0};
              bad   = byte_i > 8'd7;  // 64 bytes at most
            end
            // A routing header that still has stops to make: the final destination is not in the IPv6 header.
            if (count == 5'd1) bad = udp & (byte_i != 8'd0);
            if (last) begin
              to_l4 = 1'b1;
              bad   = bad | (left < size);
            end
          end
          default: bad = 1'b1;
        endcase
        if (to_type) begin
          sum   = 16'd0;
          count = 5'd31;
          if (word == TypeIpv4) state = StIpv4;
          else if (word == TypeIpv6 && offload_q.ipv6 && offload_q.l4) state = StIpv6;
          else if (word <= MaxLlcLength) state = StSnap;
          else bad = 1'b1;
        end
        if (to_l4) begin
          left  = l4_len;
          size  = l4_len;
          count = 5'd31;
          sum   = add_word(add_word(pseudo, {8'h00, proto}), l4_len);
          udp   = proto == ProtoUdp || proto == ProtoRouting;
          if (proto == ProtoTcp || proto == ProtoUdp) begin
            state = StL4;
            bad   = bad | ~offload_q.l4 | (l4_len < (udp ? MinUdp : MinTcp));
          end else if (state != StIpv4
                       && (proto == ProtoHopByHop || proto == ProtoRouting || proto == ProtoDestination)) begin
            state = StExt;
          end else begin
            bad = 1'b1;
          end
        end
        if (bad) state = StOff;
        state_q  <= state;
        count_q  <= count + 5'd1;
        sum_q    <= sum;
        pseudo_q <= pseudo;
        left_q   <= left;
        size_q   <= size;
        proto_q  <= proto;
        udp_q    <= udp;
      end
    end
  end

  // What is covered ends before the FCS.
  always_ff @(posedge clk_rx_fifo_i) begin
    if (end_i) begin
      ipcs_o  <= offload_q.ip & ip_seen_q & ({1'b0, index_i} >= {1'b0, ip_end_q} + 17'd1 + FcsBytes);
      tcpcs_o <= offload_q.l4 & l4_seen_q & ({1'b0, index_i} >= {1'b0, l4_end_q} + 17'd1 + FcsBytes);
      ipe_o   <= ~ip_good_q;
      tcpe_o  <= ~l4_good_q;
    end
  end

endmodule

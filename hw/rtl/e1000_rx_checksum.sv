// Checksum offload (5.4): walks Ethernet II or SNAP, one tag, IPv4 or IPv6, TCP or UDP, and checks the sums.
//
// A result is claimed only for what was verified whole and before the FCS (R-1): a datagram cut short, a fragment,
// a UDP sum of 0 or a UDP length that disagrees with IP's gives no TCPCS.
module e1000_rx_checksum (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        sfd_i,
  input  logic [2:0]  offload_i,  // at sfd_i: {IPV6OFL, TUOFL, IPOFL}
  input  logic        byte_en_i,
  input  logic [7:0]  byte_i,
  input  logic [15:0] index_i,    // at the frame's end its length
  input  logic [15:0] vet_i,

  // Answers with end_i, at the frame's end.  ipe_o and tcpe_o mean something with ipcs_o and tcpcs_o.
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

  // One's-complement sum, a byte at a time: even bytes are the high ones.
  function automatic logic [15:0] add_word(input logic [15:0] sum, input logic [15:0] word);
    logic [16:0] total;
    total = {1'b0, sum} + {1'b0, word};
    add_word = total[15:0] + {15'd0, total[16]};
  endfunction

  state_e      state_q, state_d;
  logic [2:0]  offload_q;
  logic [7:0]  prev_q;
  logic [15:0] count_q, count_d;    // bytes into the state
  logic [15:0] word, lane;          // the two last bytes; the byte in its half of a word
  logic [15:0] sum_q, sum_d;        // IPv4 header or L4
  logic [15:0] pseudo_q, pseudo_d;  // addresses of the pseudo header
  logic [15:0] left_q, left_d;      // bytes behind the IP header; in StIpv4 the total length, in StL4 what is unread
  logic [15:0] size_q, size_d;      // bytes of this header
  logic [7:0]  proto_q, proto_d;
  logic        frag_q, frag_d, udp_q, udp_d;
  logic        ip_done, l4_done, to_type, to_l4, bad;
  logic [15:0] l4_len, ip_sum;
  logic        ip_seen_q, ip_good_q, l4_seen_q, l4_good_q;
  logic [15:0] ip_end_q, l4_end_q;

  always_comb begin
    state_d  = state_q;
    count_d  = count_q + 16'd1;
    word     = {prev_q, byte_i};
    lane     = count_q[0] ? {8'h00, byte_i} : {byte_i, 8'h00};
    sum_d    = sum_q;
    pseudo_d = pseudo_q;
    left_d   = left_q;
    size_d   = size_q;
    proto_d  = proto_q;
    frag_d   = frag_q;
    udp_d    = udp_q;
    ip_done  = 1'b0;
    l4_done  = 1'b0;
    to_type  = 1'b0;
    to_l4    = 1'b0;
    bad      = 1'b0;
    l4_len   = 16'd0;
    ip_sum   = 16'd0;

    if (byte_en_i && state_q != StOff) begin
      unique case (state_q)
        StEth: begin
          if (count_q == 16'd13) begin
            to_type = word != vet_i;
            if (!to_type) begin
              state_d = StTag;
              count_d = 16'd0;
            end
          end
        end
        StTag: to_type = count_q == 16'd3;
        StSnap: begin  // AA AA 03, organisation 00 00 00, type
          unique case (count_q[2:0])
            3'd0, 3'd1: bad = byte_i != 8'hAA;
            3'd2: bad = byte_i != 8'h03;
            3'd3, 3'd4, 3'd5: bad = byte_i != 8'h00;
            3'd6: bad = 1'b0;
            3'd7: begin
              to_type = 1'b1;
              bad     = word <= MaxLlcLength;
            end
          endcase
        end
        StIpv4: begin
          sum_d = add_word(sum_q, lane);
          if (count_q == 16'd0) begin
            size_d = {10'd0, byte_i[3:0], 2'b00};
            bad    = byte_i[7:4] != 4'd4 || byte_i[3:0] < 4'd5;
          end
          if (count_q == 16'd3) left_d = word;
          if (count_q == 16'd7) frag_d = word[13:0] != 14'd0;  // MF or an offset
          if (count_q == 16'd9) proto_d = byte_i;
          if (count_q >= 16'd12 && count_q < 16'd20) pseudo_d = add_word(pseudo_q, lane);
          if (count_q != 16'd0 && count_d == size_q) begin
            ip_done = 1'b1;
            l4_len  = left_q - size_q;
            to_l4   = ~frag_q & (left_q >= size_q);
            bad     = ~to_l4;
          end
        end
        StIpv6: begin
          if (count_q == 16'd0) bad = byte_i[7:4] != 4'd6;
          if (count_q == 16'd5) left_d = word;
          if (count_q == 16'd6) proto_d = byte_i;
          if (count_q >= 16'd8) pseudo_d = add_word(pseudo_q, lane);
          if (count_q == 16'd39) begin
            l4_len = left_q;
            to_l4  = 1'b1;
          end
        end
        StExt: begin
          if (count_q == 16'd0) proto_d = byte_i;
          if (count_q == 16'd1) begin
            size_d = {9'd0, {1'b0, byte_i[2:0]} + 4'd1, 3'd0};
            bad    = byte_i > 8'd7;  // 64 bytes at most
          end
          // A routing header that still has stops to make: the final destination is not in the IPv6 header.
          if (count_q == 16'd3) bad = udp_q & (byte_i != 8'd0);
          if (count_q > 16'd1 && count_d == size_q) begin
            l4_len = left_q - size_q;
            to_l4  = 1'b1;
            bad    = bad | (left_q < size_q);
          end
        end
        StL4: begin
          sum_d  = add_word(sum_q, lane);
          left_d = left_q - 16'd1;
          if (udp_q && count_q == 16'd5) bad = word != size_q;
          if (udp_q && count_q == 16'd7) bad = word == 16'd0;  // no checksum (O-4)
          l4_done = ~bad & (left_q == 16'd1);
          bad     = bad | l4_done;
        end
        default: bad = 1'b1;
      endcase

      ip_sum = sum_d;

      if (to_type) begin
        count_d = 16'd0;
        sum_d   = 16'd0;
        if (word == TypeIpv4) state_d = StIpv4;
        else if (word == TypeIpv6 && offload_q[2] && offload_q[1]) state_d = StIpv6;
        else if (word <= MaxLlcLength) state_d = StSnap;
        else bad = 1'b1;
      end
      if (to_l4) begin
        count_d = 16'd0;
        left_d  = l4_len;
        size_d  = l4_len;
        sum_d   = add_word(add_word(pseudo_d, {8'h00, proto_d}), l4_len);
        if (proto_d == ProtoTcp || proto_d == ProtoUdp) begin
          state_d = StL4;
          udp_d   = proto_d == ProtoUdp;
          bad     = bad | ~offload_q[1] | (l4_len < (udp_d ? MinUdp : MinTcp));
        end else if (state_q != StIpv4
                     && (proto_d == ProtoHopByHop || proto_d == ProtoRouting || proto_d == ProtoDestination)) begin
          state_d = StExt;
          udp_d   = proto_d == ProtoRouting;
        end else begin
          bad = 1'b1;
        end
      end
      if (bad) state_d = StOff;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StOff;
    end else if (sfd_i) begin
      state_q   <= (offload_i[1:0] != 2'b00) ? StEth : StOff;
      offload_q <= offload_i;
      count_q   <= 16'd0;
      pseudo_q  <= 16'd0;
      ip_seen_q <= 1'b0;
      l4_seen_q <= 1'b0;
    end else if (byte_en_i && state_q != StOff) begin
      state_q  <= state_d;
      prev_q   <= byte_i;
      count_q  <= count_d;
      sum_q    <= sum_d;
      pseudo_q <= pseudo_d;
      left_q   <= left_d;
      size_q   <= size_d;
      proto_q  <= proto_d;
      frag_q   <= frag_d;
      udp_q    <= udp_d;
      if (ip_done) begin
        ip_seen_q <= 1'b1;
        ip_good_q <= ip_sum == 16'hFFFF;
        ip_end_q  <= index_i;
      end
      if (l4_done) begin
        l4_seen_q <= 1'b1;
        l4_good_q <= sum_d == 16'hFFFF;
        l4_end_q  <= index_i;
      end
    end
  end

  always_comb begin
    ipcs_o  = 1'b0;
    tcpcs_o = 1'b0;
    if (end_i) begin  // what is covered ends before the FCS
      ipcs_o  = offload_q[0] & ip_seen_q & ({1'b0, index_i} >= {1'b0, ip_end_q} + 17'd1 + FcsBytes);
      tcpcs_o = offload_q[1] & l4_seen_q & ({1'b0, index_i} >= {1'b0, l4_end_q} + 17'd1 + FcsBytes);
    end
  end

  assign ipe_o  = ~ip_good_q;
  assign tcpe_o = ~l4_good_q;

endmodule

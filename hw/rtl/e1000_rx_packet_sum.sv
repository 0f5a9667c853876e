// Packet checksum (5.3): complement of the one's-complement sum over the stored frame from byte RXCSUM.PCSS on.
//
// It sums what is stored, so without the FCS if SECRC and without a stripped tag.  With SECRC the bytes come through
// a delay of four; at the tag's last byte the sum goes back to where it stood before the tag.
module e1000_rx_packet_sum (
  input  logic        clk_i,
  input  logic        sfd_i,
  input  logic        byte_en_i,
  input  logic [7:0]  byte_i,
  input  logic [15:0] index_i,
  input  logic        secrc_i,
  input  logic        strip_i,  // from byte 14 to the frame's end: bytes 12..15 are a tag to remove
  input  logic [7:0]  pcss_i,
  output logic [15:0] csum_o    // at the frame's end; high byte = even byte of the sum (R-83)
);

  logic [31:0] delay_q;
  logic [15:0] sum_q, before_tag_q;
  logic [7:0]  pos_q;           // bytes of the stored frame so far, at most 255
  logic        odd_q;           // the next byte is the low one of its word
  logic        en;
  logic [7:0]  value;
  logic [16:0] total;
  logic [4:0]  place;           // of `value` in the frame, 16 for all later ones

  always_comb begin
    en    = byte_en_i;
    value = byte_i;
    place = index_i[15:4] == 12'd0 ? {1'b0, index_i[3:0]} : 5'd16;
    if (secrc_i) begin
      en    = byte_en_i & (index_i >= 16'd4);
      value = delay_q[31:24];
      place = index_i < 16'd20 ? index_i[4:0] - 5'd4 : 5'd16;
    end
    total = {1'b0, sum_q} + {1'b0, odd_q ? {8'h00, value} : {value, 8'h00}};
  end

  always_ff @(posedge clk_i) begin
    if (sfd_i) begin
      sum_q <= 16'd0;
      pos_q <= 8'd0;
      odd_q <= 1'b0;
    end else if (byte_en_i) begin
      delay_q <= {delay_q[23:0], byte_i};
      if (en) begin
        if (place == 5'd12) before_tag_q <= sum_q;
        if (strip_i && place == 5'd15) begin
          sum_q <= before_tag_q;
          pos_q <= 8'd12;
          odd_q <= pcss_i[0] & (pcss_i < 8'd12);
        end else begin
          if (pos_q != 8'hFF) pos_q <= pos_q + 8'd1;
          if (pos_q >= pcss_i) begin
            sum_q <= total[15:0] + {15'd0, total[16]};
            odd_q <= ~odd_q;
          end
        end
      end
    end
  end

  assign csum_o = ~sum_q;

endmodule

// Packs the bytes of a frame into 8-byte words for the FIFO and takes the VLAN tag out on the way (R-43).
//
// Byte 0 goes to bits 7:0.  The tag is known for certain only at its last byte, byte 15, which is also the last of
// a word: the packer then takes four steps back instead of writing it.
module e1000_rx_pack (
  input  logic        clk_i,
  input  logic        sfd_i,
  input  logic        byte_en_i,
  input  logic [7:0]  byte_i,
  input  logic [15:0] index_i,
  input  logic        strip_i,     // with byte 15: bytes 12..15 are a tag to remove
  input  logic        flush_i,     // the frame has ended: hand over the part word

  output logic        stripped_o,  // a tag was removed from this frame
  output logic        word_en_o,
  output logic [63:0] word_o
);

  logic [2:0]  lane_q;
  logic [63:0] word_q, word_d;
  logic        strip, stripped_q;

  assign strip = byte_en_i & strip_i & (index_i == 16'd15);

  always_comb begin
    word_d = word_q;
    if (byte_en_i) begin
      unique case (lane_q)
        3'd0: word_d = {56'd0, byte_i};
        3'd1: word_d[15:8] = byte_i;
        3'd2: word_d[23:16] = byte_i;
        3'd3: word_d[31:24] = byte_i;
        3'd4: word_d[63:32] = {24'd0, byte_i};
        3'd5: word_d[47:40] = byte_i;
        3'd6: word_d[55:48] = byte_i;
        3'd7: word_d[63:56] = byte_i;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (sfd_i) begin
      lane_q     <= 3'd0;
      stripped_q <= 1'b0;
    end else if (byte_en_i) begin
      word_q <= word_d;
      lane_q <= strip ? 3'd4 : lane_q + 3'd1;
      if (strip) stripped_q <= 1'b1;
    end
  end

  assign stripped_o = stripped_q;
  assign word_en_o  = (byte_en_i & (lane_q == 3'd7) & ~strip) | (flush_i & (lane_q != 3'd0));
  assign word_o     = word_d;

endmodule

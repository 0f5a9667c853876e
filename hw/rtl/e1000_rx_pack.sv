// SPDX-License-Identifier: Apache-2.0
// Packs the bytes of a frame into 8-byte words for the FIFO and takes the VLAN tag out on the way (R-43).
//
// Byte 0 goes to bits 7:0.  Bytes are shifted in from the top.  The tag is known for certain only at its last byte,
// byte 15, which is also the last of a word: the packer then takes four steps back instead of writing it.
module e1000_rx_pack (
  input  logic        clk_i,
  input  logic        sfd_i,
  input  logic        byte_en_i,
  input  logic [7:0]  byte_i,
  input  logic [15:0] index_i,
  input  logic        strip_i,     // with byte 15: bytes 12..15 are a tag to remove
  input  logic        flush_i,     // the frame has ended: hand over the part word

  output logic        stripped_o,  // a tag was removed from this frame
  output logic        strip_o,     // ... in this cycle
  output logic [1:0]  lane_o,      // stored bytes so far, modulo 4
  output logic [63:0] last_o,      // the last stored bytes, the newest in 63:56
  output logic        word_en_o,
  output logic [63:0] word_o
);

  logic [2:0]  lane_q;
  logic [63:0] word_q;
  logic        stripped_q;

  logic        full;
  always_comb begin
    full    = 1'b0;
    strip_o = 1'b0;
    if (byte_en_i && lane_q == 3'd7) begin
      strip_o = strip_i & (index_i == 16'd15);
      full    = ~strip_o;
    end
  end

  always_ff @(posedge clk_i) begin
    if (sfd_i) begin
      lane_q     <= 3'd0;
      stripped_q <= 1'b0;
    end else if (strip_o) begin
      word_q     <= {word_q[39:8], 32'd0};
      lane_q     <= 3'd4;
      stripped_q <= 1'b1;
    end else if (byte_en_i) begin
      word_q <= {byte_i, word_q[63:8]};
      lane_q <= lane_q + 3'd1;
    end
  end

  assign stripped_o = stripped_q;
  assign lane_o     = lane_q[1:0];
  assign last_o     = word_q;
  assign word_en_o  = full | (flush_i & (lane_q != 3'd0));
  assign word_o     = flush_i ? word_q >> {3'd0 - lane_q, 3'd0} : {byte_i, word_q[63:8]};

endmodule

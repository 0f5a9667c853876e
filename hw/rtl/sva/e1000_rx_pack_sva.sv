// SPDX-License-Identifier: Apache-2.0
// Rules of the packer: every byte once and in its lane, a tag taken out whole (R-43).
//
// An independent count of what went in and what came out, and the word built a second time.
module e1000_rx_pack_sva (
  input logic        clk_i,
  input logic        sfd_i,
  input logic        byte_en_i,
  input logic [7:0]  byte_i,
  input logic [15:0] index_i,
  input logic        strip_i,
  input logic        flush_i,
  input logic        stripped_o,
  input logic        strip_o,
  input logic [1:0]  lane_o,
  input logic [63:0] last_o,
  input logic        word_en_o,
  input logic [63:0] word_o
);
  logic        framed_q = 1'b0;    // an SFD has been seen
  logic [15:0] in_q;               // bytes of the frame in hand, without a tag
  logic [15:0] words_q;            // whole words handed over
  logic [63:0] own_q;              // the bytes not handed over, own view
  logic        stripped_q;
  logic [63:0] newest_q;           // the last stored bytes, the newest on top: a tag's first three go again

  logic        takes_tag;
  logic [15:0] in_d;
  logic [63:0] own_d;
  assign takes_tag = byte_en_i && strip_i && index_i == 16'd15;
  always_comb begin
    in_d  = in_q;
    own_d = own_q;
    if (byte_en_i) begin
      own_d[{in_q[2:0], 3'b000} +: 8] = byte_i;
      in_d                            = takes_tag ? 16'd12 : in_q + 16'd1;
    end
  end
  // What lies behind the frame's last byte in its last word is nobody's.
  logic [63:0] valid;
  assign valid = in_d[2:0] == 3'd0 ? {64{1'b1}} : (64'd1 << {in_d[2:0], 3'b000}) - 64'd1;

  always_ff @(posedge clk_i) begin
    if (sfd_i) framed_q <= 1'b1;
    if (sfd_i) begin
      in_q       <= 16'd0;
      words_q    <= 16'd0;
      own_q      <= 64'd0;
      stripped_q <= 1'b0;
    end else begin
      in_q       <= in_d;
      if (takes_tag) newest_q <= {newest_q[39:0], 24'd0};
      else if (byte_en_i) newest_q <= {byte_i, newest_q[63:8]};
      stripped_q <= stripped_q || takes_tag;
      words_q    <= words_q + {15'd0, word_en_o && byte_en_i};
      // Bytes 12..15 were the upper half of the word.
      own_q <= word_en_o ? 64'd0 : takes_tag ? own_d & 64'h0000_0000_FFFF_FFFF : own_d;
    end
  end

  `E1000_ASSERT(BytesHaveAFrame, !(sfd_i && byte_en_i), !framed_q)
  `E1000_ASSERT(FullWordsAtOnce,
    byte_en_i && !flush_i && !sfd_i |-> word_en_o == (in_d[2:0] == 3'd0 && !takes_tag), !framed_q)
  `E1000_ASSERT(PartWordsAtTheEnd, flush_i && !byte_en_i && !sfd_i |-> word_en_o == (in_q[2:0] != 3'd0), !framed_q)
  `E1000_ASSERT(NothingWithoutAReason, word_en_o |-> byte_en_i || flush_i, !framed_q)
  `E1000_ASSERT(EveryByteInItsLane, word_en_o && !sfd_i |-> (word_o & valid) == (own_d & valid), !framed_q)
  `E1000_ASSERT(WordsAreEighths, !sfd_i && !flush_i |-> words_q == {3'd0, in_q[15:3]}, !framed_q)
  // What the packet checksum adds up from: a whole dword and the part of one behind it.
  `E1000_ASSERT(StripIsSaidAtTheTagsEnd, !sfd_i |-> strip_o == takes_tag, !framed_q)
  `E1000_ASSERT(LaneIsTheCount, !sfd_i |-> lane_o == in_q[1:0], !framed_q)
  `E1000_ASSERT(LastDwordIsTheNewest, !sfd_i && in_q >= 16'd4 |-> last_o[63:32] == newest_q[63:32], !framed_q)
  `E1000_ASSERT(PartBehindTheDword,
    !sfd_i && in_q >= 16'd8 && (!stripped_q || in_q >= 16'd16) |-> last_o == newest_q, !framed_q)
  `E1000_ASSERT(StrippedIsRemembered, stripped_o == stripped_q, !framed_q)

  `E1000_COVER(TagIsTaken, takes_tag, !framed_q)
  `E1000_COVER(PartWord, flush_i && word_en_o, !framed_q)
  `E1000_COVER(WholeWordsOnly, flush_i && !word_en_o, !framed_q)
endmodule

bind e1000_rx_pack e1000_rx_pack_sva u_sva (.*);

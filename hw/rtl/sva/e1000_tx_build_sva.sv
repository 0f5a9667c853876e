// SPDX-License-Identifier: Apache-2.0
// Rules of the transmit builder: T-10, T-16, T-17, T-30, T-34, T-42.
module e1000_tx_build_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        hold_i,
  input logic        flush_i,
  input logic        work_valid_i,
  input logic        data_valid_i,
  input logic        data_pop_o,
  input logic        complete_o,
  input logic        fifo_ready_i,
  input logic        fifo_end_ready_i,
  input logic        word_en_o,
  input logic        finish_o,
  input logic        forget_o,
  input e1000_tx_pkg::tx_frame_t frame_o,
  input e1000_tx_pkg::tx_patch_t patch_o,
  input logic        tso_done_o,
  input logic        tso_failed_o,
  input logic        eop,
  input logic [19:0] length,
  input logic [19:0] rem_q,
  input logic        take,
  input logic [2:0]  n,
  input logic        begin_segment,
  input logic        tso_q,
  input logic        bad_q,
  input logic        last_q,
  input logic [7:0]  header_q,
  input logic [15:0] mss_q,
  input logic [14:0] length_q
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i && !flush_i)
  logic off;
  assign off = !rst_ni || !past_ok_q;

  // Bytes of the oldest descriptor taken, counted apart from the builder's own count, and words given to the FIFO.
  logic [20:0] taken_q;
  logic [11:0] words_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i || flush_i || complete_o) taken_q <= 21'd0;
    else if (take) taken_q <= taken_q + {18'd0, n};
    if (!rst_ni || soft_rst_i || finish_o || forget_o) words_q <= 12'd0;
    else if (word_en_o) words_q <= words_q + 12'd1;
  end

  // ---- what it takes
  `E1000_ASSERT(TakeOnlyBytesThatCame, (data_pop_o || take) |-> data_valid_i && work_valid_i, off)
  `E1000_ASSERT(NothingBeyondTheBuffer, take |-> {1'b0, taken_q} + {19'd0, n} <= {2'd0, length}, off)
  // T-42: complete with its last byte, the EOP one with its frame in the FIFO
  `E1000_ASSERT(CompleteOnlyADescriptor, complete_o |-> work_valid_i, off)
  `E1000_ASSERT(CompleteBehindItsLastByte, complete_o |-> taken_q == {1'b0, length} && rem_q == 20'd0, off)
  `E1000_ASSERT(PacketIsCompleteInTheFifo, complete_o && eop && !tso_q |-> length_q == 15'd0, off)
  `E1000_ASSERT(NothingCompletesInAFlush, (flush_i || hold_i) |-> !complete_o, !rst_ni)

  // ---- what it makes
  `E1000_ASSERT(WordOnlyWithRoom, word_en_o |-> fifo_ready_i, off)
  `E1000_ASSERT(EndOnlyWithRoom, finish_o |-> fifo_end_ready_i && !word_en_o, off)
  `E1000_ASSERT(FrameHasTheWordsOfItsLength,
    finish_o |-> words_q == {1'b0, frame_o.length[13:3]} + {11'd0, frame_o.length[2:0] != 3'd0}, off)
  `E1000_ASSERT(FrameIsNoLongerThanAPacket,
    finish_o |-> frame_o.length != 14'd0 && {2'd0, frame_o.length} <= e1000_tx_pkg::MaxPacket, off)
  `E1000_ASSERT(SumsStandInTheFrame,
    finish_o |-> (!patch_o.on0 || patch_o.at0 + 15'd1 < {1'b0, frame_o.length}) &&
                 (!patch_o.on1 || patch_o.at1 + 15'd1 < {1'b0, frame_o.length}), off)
  `E1000_ASSERT(ATagBringsAnFcs, finish_o && frame_o.vlan |-> frame_o.ifcs && frame_o.length >= 14'd12, off)
  // T-30, T-34
  `E1000_ASSERT(SegmentIsHeaderAndMss,
    finish_o && tso_q && !last_q |-> {2'd0, frame_o.length} == {8'd0, header_q} + mss_q, off)
  `E1000_ASSERT(LastSegmentIsNoLonger,
    finish_o && tso_q |-> {2'd0, frame_o.length} <= {8'd0, header_q} + mss_q && frame_o.length > {6'd0, header_q}, off)
  `E1000_ASSERT(UnusableContextMakesNothing, bad_q && tso_q |-> !finish_o, off)
  `E1000_ASSERT(CountedWithItsLastSegment, tso_done_o |-> finish_o && tso_q && last_q, off)
  `E1000_ASSERT(FailureIsCountedWithThePacket, tso_failed_o |-> complete_o && eop && tso_q, off)

  `E1000_COVER(FrameIsForgotten, forget_o && !flush_i)
  `E1000_COVER(SegmentBegins, begin_segment)
endmodule

bind e1000_tx_build e1000_tx_build_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Rules of the receive FIFO, checked in every bench that runs it.
module e1000_rx_fifo_sva (
  input logic        clk_rx_fifo_i,
  input logic        clk_rx_dma_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        word_en_i,
  input logic        finish_i,
  input logic        keep_i,
  input logic        lost_o,
  input logic        commit_o,
  input e1000_pkg::rx_frame_t frame_i,
  input logic        frame_valid_o,
  input logic        data_valid_o,
  input logic [63:0] data_o,
  input e1000_pkg::rx_frame_t frame_o,
  input logic        data_pop_i,
  input logic        frame_pop_i,
  input logic [1:0]  wr_state_q,
  input logic        word_we,
  input logic [12:0] wr_ptr_q,
  input logic [12:0] head_q,
  input logic [12:0] tail_q,
  input logic [63:0] first_word,   // of the head frame, as it stands in the memory
  input logic [63:0] newest_word,  // the last one stored
  input logic        release_head,
  input logic [13:0] used_q,
  input logic [11:0] frames_q
);

  logic in_reset, past_ok_q, off;
  assign in_reset = !rst_ni || soft_rst_i;
  assign off      = in_reset || !past_ok_q;
  always_ff @(posedge clk_rx_fifo_i) past_ok_q <= !in_reset;

  // The write port's address, as the state says.
  logic        mem_we;
  logic [12:0] mem_waddr;
  assign mem_we    = word_we || wr_state_q != 2'd0;
  assign mem_waddr = wr_state_q == 2'd0 ? wr_ptr_q : wr_state_q == 2'd1 ? tail_q : tail_q + 13'd1;

  // ---- duties of the neighbours ----
  `E1000_ASSERT(PopOnlyWhatIsThere, data_pop_i |-> data_valid_o, in_reset, clk_rx_dma_i)
  `E1000_ASSERT(ReleaseOnlyAFrame, frame_pop_i |-> frame_valid_o, in_reset, clk_rx_dma_i)
  `E1000_ASSERT(NoWordWhileStatusIsWritten, (word_en_i || finish_i) |-> wr_state_q == 2'd0, in_reset, clk_rx_fifo_i)
  // The status word is written in two cycles and must be one frame's.
  `E1000_ASSERT(StatusHoldsWhileItIsWritten, wr_state_q == 2'd2 |-> $stable(frame_i), off, clk_rx_fifo_i)

  `E1000_ASSERT(CommitIsAKeptFrame, commit_o == (finish_i && keep_i && !lost_o), in_reset, clk_rx_fifo_i)
  `E1000_ASSERT(CommitIsWritten, (wr_state_q == 2'd1) == $past(commit_o), off, clk_rx_fifo_i)

  // ---- the stream to the reader holds until it is taken ----
  `E1000_ASSERT(FrameHolds,
    $past(frame_valid_o && !frame_pop_i) |-> frame_valid_o && frame_o == $past(frame_o), off, clk_rx_dma_i)
  `E1000_ASSERT(DataHolds,
    $past(data_valid_o && !data_pop_i && !frame_pop_i) |-> data_valid_o && data_o == $past(data_o), off, clk_rx_dma_i)
  `E1000_ASSERT(DataOnlyWithAFrame, data_valid_o |-> frame_valid_o, in_reset, clk_rx_dma_i)

  // ---- space ----
  `E1000_ASSERT(NeverMoreThanTheMemory, used_q <= 14'd8192, in_reset, clk_rx_fifo_i)
  `E1000_ASSERT(EmptyIsEmpty, (frames_q == 12'd0) == (used_q == 14'd0), in_reset, clk_rx_fifo_i)
  `E1000_ASSERT(TailIsHeadPlusUsed, tail_q == head_q + used_q[12:0], in_reset, clk_rx_fifo_i)
  // Stored frames lie in [head, head + used): a write there would damage one.
  `E1000_ASSERT(NoWriteIntoStoredFrames,
    mem_we |-> {1'b0, 13'(mem_waddr - head_q)} >= used_q, in_reset, clk_rx_fifo_i)
  // And the memory itself says so, at both ends.
  `E1000_ASSERT(OldestWordStands,
    $past(used_q != 14'd0 && !release_head) && $stable(head_q) |-> $stable(first_word), off, clk_rx_fifo_i)
  `E1000_ASSERT(NewestWordStands,
    $past(used_q != 14'd0) && $stable(tail_q) |-> $stable(newest_word), off, clk_rx_fifo_i)

  `E1000_COVER(RingWraps, frames_q != 12'd0 && tail_q < head_q,, clk_rx_fifo_i)
  `E1000_COVER(FrameIsLost, finish_i && keep_i && lost_o,, clk_rx_fifo_i)
  `E1000_COVER(FrameRollsBack, finish_i && !keep_i,, clk_rx_fifo_i)

endmodule

bind e1000_rx_fifo e1000_rx_fifo_sva u_sva (
  .first_word(mem[head_q]),
  .newest_word(mem[13'(tail_q - 13'd1)]),
  .*
);

// SPDX-License-Identifier: Apache-2.0
// Rules of the transmit FIFO: T-70, T-71.
module e1000_tx_fifo_sva (
  input logic        clk_tx_dma_i,
  input logic        clk_tx_mac_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic [13:0] limit_o,
  input logic        ready_o,
  input logic        word_en_i,
  input logic        finish_i,
  input logic        forget_i,
  input logic        lost_o,
  input logic        frame_valid_o,
  input e1000_tx_pkg::tx_frame_t frame_o,
  input e1000_tx_pkg::tx_patch_t patch_o,
  input logic [63:0] data_o,
  input logic        data_pop_i,
  input logic        frame_pop_i,
  input logic [1:0]  wr_state_q,
  input logic        room,
  input logic [12:0] wr_ptr_q,
  input logic [12:0] tail_q,
  input logic [12:0] head_q,
  input logic [13:0] stored_q,
  input logic [13:0] used_q,
  input logic [13:0] size_q,
  input logic [11:0] frames_q,
  input logic        published,
  input logic        release_head,
  input logic [63:0] oldest_word,   // of the head frame, as it stands in the memory
  input logic [63:0] newest_word    // the last one published
);
  logic in_reset, past_ok_q, off;
  assign in_reset = !rst_ni || soft_rst_i;
  assign off      = in_reset || !past_ok_q;
  always_ff @(posedge clk_tx_dma_i) past_ok_q <= !in_reset;

  // Words of published frames, and of the head frame those the reader has asked for, counted apart.
  logic [13:0] lies_q;      // in the memory
  logic [13:0] pops_q;
  always_ff @(posedge clk_tx_dma_i) begin
    if (in_reset) lies_q <= 14'd0;
    else lies_q <= lies_q + (published ? stored_q + 14'd2 : 14'd0) - (release_head ? size_q + 14'd2 : 14'd0);
  end
  always_ff @(posedge clk_tx_mac_i) begin
    if (in_reset || frame_pop_i) pops_q <= 14'd0;
    else if (data_pop_i) pops_q <= pops_q + 14'd1;
  end

  logic        mem_we;
  logic [12:0] mem_waddr;
  assign mem_we    = (word_en_i && room) || wr_state_q != 2'd0;
  assign mem_waddr = wr_state_q == 2'd0 ? wr_ptr_q : wr_state_q == 2'd1 ? tail_q : tail_q + 13'd1;

  // ---- duties of the neighbours
  `E1000_ASSERT(WordOnlyWhenReady, word_en_i |-> ready_o, in_reset, clk_tx_dma_i)
  `E1000_ASSERT(EndInAClockOfItsOwn, finish_i |-> !word_en_i && wr_state_q == 2'd0, in_reset, clk_tx_dma_i)
  `E1000_ASSERT(NoLostFrameIsFinished, finish_i |-> !lost_o, in_reset, clk_tx_dma_i)
  `E1000_ASSERT(PopOnlyAFrame, (data_pop_i || frame_pop_i) |-> frame_valid_o, in_reset, clk_tx_mac_i)
  // ---- it never runs dry, and a frame that leaves has left whole
  `E1000_ASSERT(NeverMoreWordsThanTheFrameHas, data_pop_i |-> pops_q < size_q, in_reset, clk_tx_mac_i)
  `E1000_ASSERT(LeavesWithItsLastWord,
    frame_pop_i |-> pops_q + {13'd0, data_pop_i} == size_q, in_reset, clk_tx_mac_i)
  `E1000_ASSERT(FrameHolds,
    $past(frame_valid_o && !frame_pop_i) && $past(!in_reset)
      |-> frame_valid_o && frame_o == $past(frame_o) && patch_o == $past(patch_o), in_reset, clk_tx_mac_i)
  `E1000_ASSERT(DataHolds,
    $past(frame_valid_o && !data_pop_i && !frame_pop_i) && $past(!in_reset)
      |-> data_o == $past(data_o), in_reset, clk_tx_mac_i)
  // ---- nor over: T-70
  `E1000_ASSERT(NeverMoreThanItsShare, used_q <= limit_o && lies_q <= used_q, off, clk_tx_dma_i)
  `E1000_ASSERT(EmptyIsEmpty,
    (frames_q == 12'd0) == (used_q == 14'd0) && (frames_q == 12'd0) == (lies_q == 14'd0), in_reset, clk_tx_dma_i)
  `E1000_ASSERT(TailIsHeadPlusWhatLies, tail_q == head_q + lies_q[12:0], off, clk_tx_dma_i)
  `E1000_ASSERT(NoWriteIntoStoredFrames, mem_we |-> {1'b0, 13'(mem_waddr - head_q)} >= lies_q, off, clk_tx_dma_i)
  `E1000_ASSERT(OldestWordStands,
    $past(frames_q != 12'd0 && !release_head) && $stable(head_q) |-> $stable(oldest_word), off, clk_tx_dma_i)
  `E1000_ASSERT(NewestWordStands,
    $past(frames_q != 12'd0) && $stable(tail_q) |-> $stable(newest_word), off, clk_tx_dma_i)
  `E1000_ASSERT(ForgottenLeavesNothing, $past(forget_i) |-> stored_q == 14'd0, off, clk_tx_dma_i)

  `E1000_COVER(MemoryWraps, frames_q != 12'd0 && tail_q < head_q, in_reset, clk_tx_dma_i)
  `E1000_COVER(FrameWaitsForRoom, !ready_o && wr_state_q == 2'd0, in_reset, clk_tx_dma_i)
endmodule

bind e1000_tx_fifo e1000_tx_fifo_sva u_sva (
  .oldest_word(mem[head_q]),
  .newest_word(mem[13'(tail_q - 13'd1)]),
  .*
);

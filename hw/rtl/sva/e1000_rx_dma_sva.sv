// SPDX-License-Identifier: Apache-2.0
// Rules of the receive DMA: N-3, R-23, R-40 and the beat stream.
module e1000_rx_dma_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        flush_i,
  input logic        frame_valid_i,
  input logic        frame_pop_o,
  input logic        data_valid_i,
  input logic        data_pop_o,
  input logic        desc_valid_i,
  input logic        desc_use_o,
  input logic [14:0] seg_rem_q,
  input logic [14:0] buffer_size,
  input logic [12:0] burst_rem_q,
  input logic [12:0] burst_q,
  input logic [3:0]  count_q,
  input logic [2:0]  need,
  input logic        send,
  input logic        last_beat,
  input logic [2:0]  tok_count_q,
  input logic        tok_push,
  input logic        tok_pop,
  input logic        frame_done_o,
  input logic        complete_o,
  input logic        req_valid_o,
  input logic [63:0] req_addr_o,
  input logic [12:0] req_len_o,
  input logic        need_desc_o,
  input logic        started_q,
  input logic        lpe_i,
  input logic        sbp_i,
  input logic        too_long,
  input logic [15:0] frame_rem_q
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  `E1000_ASSERT(PopOnlyWhatIsThere, data_pop_o |-> data_valid_i)
  `E1000_ASSERT(PopOnlyAFrame, frame_pop_o |-> frame_valid_i)
  `E1000_ASSERT(UseOnlyADescriptor, desc_use_o |-> desc_valid_i && frame_valid_i)
  `E1000_ASSERT(NeverABubble, send |-> count_q >= {1'b0, need} && need != 3'd0)
  `E1000_ASSERT(RequestStaysInAPage,
    req_valid_o |-> {1'b0, req_addr_o[11:0]} + req_len_o <= 13'd4096 && req_len_o != 13'd0)
  `E1000_ASSERT(RequestFitsTheBuffer, req_valid_o |-> {2'd0, req_len_o} <= seg_rem_q && seg_rem_q <= buffer_size)
  `E1000_ASSERT(LastBeatEndsTheBurst, send && last_beat |=> burst_rem_q == 13'd0)
  `E1000_ASSERT(NoResponseWithoutABurst, tok_pop |-> tok_count_q != 3'd0)
  `E1000_ASSERT(NeverMoreThanFourBursts, tok_push |-> tok_count_q < 3'd4 || tok_pop)
  `E1000_ASSERT(AFrameDoneIsComplete, frame_done_o |-> complete_o)
  `E1000_ASSERT(NothingCompletesInAFlush, flush_i |-> !complete_o && !desc_use_o)

  // R-40
  `E1000_ASSERT(NothingLongIsBegunWithoutLeave,
    desc_use_o && !started_q && !lpe_i && !sbp_i |-> frame_rem_q <= 16'd1522)

  `E1000_COVER(LongFrameIsDiscarded, too_long)
  `E1000_COVER(FrameWaitsForDescriptors, need_desc_o)
  `E1000_COVER(FlushMeetsABurst, flush_i && burst_rem_q != 13'd0 && burst_q != burst_rem_q)
endmodule

bind e1000_rx_dma e1000_rx_dma_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Rules of the transmit read engine: T-10, T-46, T-47, T-80, N-3.
module e1000_tx_read_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        tx_en_i,
  input logic        flush_i,
  input logic        desc_valid_i,
  input logic        desc_use_o,
  input logic        work_valid_o,
  input logic        work_pop_i,
  input logic        data_valid_o,
  input logic        data_pop_i,
  input logic        req_valid_o,
  input logic [63:0] req_addr_o,
  input logic [12:0] req_len_o,
  input logic        req_gnt_i,
  input logic        rsp_valid_i,
  input logic        rsp_ok_i,
  input logic        rsp_last_i,
  input logic [1:0]  rsp_seq_i,
  input logic [3:0]  work_wr_q,
  input logic [3:0]  work_rd_q,
  input logic [19:0] rem_q,
  input logic [8:0]  stage_rd_q,
  input logic [8:0]  reserved_q,
  input logic [6:0]  beats,
  input logic [35:0] slot_end_q,
  input logic [3:0]  busy_q,
  input logic [3:0]  stale_q,
  input logic [1:0]  slot_new_q,
  input logic [2:0]  slots_q,
  input logic        store,
  input logic [8:0]  store_at
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)
  logic [8:0] staged;   // dwords asked for and not yet taken
  assign staged = reserved_q - stage_rd_q;

  // ---- T-80: nothing begins while TCTL.EN is 0
  `E1000_ASSERT(NothingBeginsWhileOff, !tx_en_i |-> !desc_use_o && !req_valid_o)
  `E1000_ASSERT(UseOnlyADescriptor, desc_use_o |-> desc_valid_i)

  // ---- requests
  `E1000_ASSERT(RequestStaysInAPage,
    req_valid_o |-> {1'b0, req_addr_o[11:0]} + req_len_o <= 13'd4096 && req_len_o != 13'd0)
  `E1000_ASSERT(RequestFitsTheBuffer, req_valid_o |-> {7'd0, req_len_o} <= rem_q)
  `E1000_ASSERT(RequestHasRoomForItsAnswer, req_gnt_i |-> staged + {2'd0, beats} <= 9'd256)
  `E1000_ASSERT(NeverMoreThanFourReads, req_gnt_i |-> slots_q < 3'd4 && !busy_q[slot_new_q])
  `E1000_ASSERT(NothingBeginsInAFlush, flush_i |-> !req_valid_o && !desc_use_o)

  // ---- answers
  `E1000_ASSERT(AnswerOnlyToARead, rsp_valid_i |-> busy_q[rsp_seq_i])
  `E1000_ASSERT(NeverMoreThanAskedFor, store |-> store_at != slot_end_q[rsp_seq_i*9 +: 9])
  `E1000_ASSERT(TheLastDwordIsTheLast,
    rsp_valid_i && rsp_last_i && rsp_ok_i && !stale_q[rsp_seq_i] |-> store_at + 9'd1 == slot_end_q[rsp_seq_i*9 +: 9])
  `E1000_ASSERT(StageNeverOverflows, staged <= 9'd256)

  // ---- the builder
  `E1000_ASSERT(TakeOnlyBytesThatCame, data_pop_i |-> data_valid_o)
  `E1000_ASSERT(TakeOnlyADescriptor, work_pop_i |-> work_valid_o)
  `E1000_ASSERT(NeverMoreThanEightDescriptors, 4'(work_wr_q - work_rd_q) <= 4'd8)
  // T-47
  `E1000_ASSERT(AFlushForgets, flush_i |=> !work_valid_o && !data_valid_o && slots_q == 3'd0)

  `E1000_COVER(FourReadsAreUnderWay, busy_q == 4'hF)
  `E1000_COVER(AnswersOutOfOrder, rsp_valid_i && rsp_last_i && slots_q == 3'd4 && rsp_seq_i != slot_new_q)
  `E1000_COVER(AFlushMeetsARead, flush_i && busy_q != 4'd0)
  `E1000_COVER(StageIsFull, staged == 9'd256)
endmodule

bind e1000_tx_read e1000_tx_read_sva u_sva (.*);

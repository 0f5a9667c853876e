// SPDX-License-Identifier: Apache-2.0
// Rules of the descriptor write-back: R-12, R-20, R-22, N-2.
module e1000_writeback_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        flush_i,
  input logic [15:0] size_i,
  input logic [15:0] index_q,
  input logic [6:0]  complete_ptr_q,
  input logic [6:0]  issue_ptr_q,
  input logic [6:0]  freed_ptr_q,
  input logic [6:0]  burst_q,
  input logic        req_gnt_i,
  input logic        req_valid_o,
  input logic [63:0] req_addr_o,
  input logic [12:0] req_len_o,
  input logic        rsp_valid_i,
  input logic        rsp_ok_i,
  input logic        failed_q,
  input logic [27:0] tok_ptr_q,
  input logic [1:0]  tok_rd_q,
  input logic        written_o,
  input logic        rehead_i,
  input logic [1:0]  state_q
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  logic       freed;
  assign freed = rsp_valid_i && rsp_ok_i && !failed_q;
  logic [6:0] issued, completed;
  assign issued    = issue_ptr_q - freed_ptr_q;
  assign completed = complete_ptr_q - freed_ptr_q;

  `E1000_ASSERT(PointersKeepTheirOrder, issued <= completed && completed <= 7'd64)
  `E1000_ASSERT(OnlyCompletedDescriptorsAreWritten,
    req_gnt_i |-> burst_q != 7'd0 && burst_q <= 7'(complete_ptr_q - issue_ptr_q))
  `E1000_ASSERT(NeverPastTheRingEnd, req_gnt_i |-> {1'b0, index_q} + {10'd0, burst_q} <= {1'b0, size_i})
  `E1000_ASSERT(StaysInAPage, req_valid_o |-> {1'b0, req_addr_o[11:0]} + req_len_o <= 13'd4096)
  `E1000_ASSERT(FreesOnlyWhatWasIssued,
    freed |-> 7'(tok_ptr_q[tok_rd_q*7 +: 7] - freed_ptr_q) != 7'd0
      && 7'(tok_ptr_q[tok_rd_q*7 +: 7] - freed_ptr_q) <= issued)
  `E1000_ASSERT(HeadMovesWithWhatIsFreed, written_o |-> freed)
  `E1000_ASSERT(NothingBeginsInAFlush, flush_i |-> !req_valid_o)
  // R-16: what the bus has is kept, the rest is forgotten
  `E1000_ASSERT(OnlyWhatIsOnTheBusOutlivesAFlush,
    flush_i |=> complete_ptr_q == issue_ptr_q && issue_ptr_q == $past(issue_ptr_q))
  `E1000_ASSERT(SoftwareHasTheLastWordOnRdh, flush_i && rehead_i |-> !written_o)

  `E1000_COVER(FlushMeetsABurst, flush_i && state_q == 2'd2)
  `E1000_COVER(FlushMeetsAnAnswer, flush_i && freed)
  `E1000_COVER(BurstEndsAtTheRingEnd, req_gnt_i && {1'b0, index_q} + {10'd0, burst_q} == {1'b0, size_i})
endmodule

bind e1000_writeback e1000_writeback_sva u_sva (.*);

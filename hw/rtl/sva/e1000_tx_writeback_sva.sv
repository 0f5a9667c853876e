// SPDX-License-Identifier: Apache-2.0
// Rules of the transmit write-back: T-42 to T-45, T-47, T-60.
module e1000_tx_writeback_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic        flush_i,
  input logic        rehead_i,
  input logic        halt_i,
  input logic [15:0] size_i,
  input logic        complete_i,
  input logic        complete_rs_i,
  input logic [63:0] hi_i,
  input logic [6:0]  complete_ptr_q,
  input logic [6:0]  issue_ptr_q,
  input logic [6:0]  freed_ptr_q,
  input logic [6:0]  waiting_q,
  input logic [15:0] index_q,
  input logic        rs,
  input logic        send,
  input logic        pass,
  input logic        pass_now,
  input logic        push,
  input logic        due,
  input logic        freed,
  input logic        failed_q,
  input logic [1:0]  tok_count_q,
  input logic        tok_rd_q,
  input logic [13:0] tok_ptr_q,
  input logic        moved_o,
  input logic [15:0] moved_index_o,
  input logic        done_o,
  input logic        req_valid_o,
  input logic [63:0] req_addr_o,
  input logic [31:0] req_data_o,
  input logic        req_gnt_i,
  input logic        rsp_valid_i,
  input logic        rsp_ok_i
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)
  logic [6:0] issued, completed;
  assign issued    = issue_ptr_q - freed_ptr_q;
  assign completed = complete_ptr_q - freed_ptr_q;

  `E1000_ASSERT(PointersKeepTheirOrder, issued <= completed && completed <= 7'd64)
  // ---- T-42, T-44: complete ones with RS, DD and nothing else
  `E1000_ASSERT(OnlyWhatIsComplete, (req_valid_o || send || pass) |-> issue_ptr_q != complete_ptr_q)
  `E1000_ASSERT(OnlyWithRs, send |-> rs && due)
  `E1000_ASSERT(OneDwordOfItsDescriptor, req_valid_o |-> req_addr_o[3:0] == 4'd12)
  `E1000_ASSERT(DdAloneIsSet, req_valid_o |-> req_data_o[3:0] == 4'd1)
  `E1000_ASSERT(TheRestIsAsFetched, $past(send) |-> req_data_o[31:4] == $past(hi_i[63:36]))
  `E1000_ASSERT(RequestHolds, $past(req_valid_o && !req_gnt_i) && !flush_i |-> req_valid_o && $stable(req_addr_o))
  `E1000_ASSERT(NothingBeginsInAFlush, flush_i |-> !req_valid_o)
  // ---- two on the bus at most, none freed that was not given to it
  `E1000_ASSERT(NeverMoreThanTwo, push |-> tok_count_q != 2'd2)
  `E1000_ASSERT(FreesOnlyWhatWasIssued, freed |-> 7'(tok_ptr_q[tok_rd_q*7 +: 7] - freed_ptr_q) <= issued)
  `E1000_ASSERT(WaitingAreComplete, waiting_q <= 7'(complete_ptr_q - issue_ptr_q))
  // ---- T-43, T-60: TDH and TXDW follow memory
  `E1000_ASSERT(HeadFollowsMemory, moved_o |-> freed || pass_now)
  `E1000_ASSERT(PassedOverOnlyBehindTheRest, pass_now && moved_o |-> tok_count_q == 2'd0)
  `E1000_ASSERT(CauseFollowsMemory, done_o |-> rsp_valid_i && rsp_ok_i && !failed_q)
  `E1000_ASSERT(IndexStaysInTheRing, push && $past(!flush_i) |-> index_q < size_i)
  // ---- T-47
  `E1000_ASSERT(OnlyWhatIsOnTheBusOutlivesAFlush,
    flush_i |=> complete_ptr_q == issue_ptr_q && issue_ptr_q == $past(issue_ptr_q))
  `E1000_ASSERT(SoftwareHasTheLastWordOnTdh, flush_i && rehead_i && freed |-> !moved_o)

  `E1000_COVER(FlushMeetsAWrite, flush_i && tok_count_q != 2'd0)
  `E1000_COVER(TwoAreOnTheBus, tok_count_q == 2'd2)
  `E1000_COVER(WaitsForWthresh, complete_i && complete_rs_i && !due)
  `E1000_COVER(HaltForgetsAll, halt_i && tok_count_q != 2'd0)
  `E1000_COVER(HeadGoesToTheStart, moved_o && moved_index_o == 16'd0)
endmodule

bind e1000_tx_writeback e1000_tx_writeback_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Rules of the causes that wait for a write-back: R-21.
module e1000_cause_slots_sva (
  input logic       clk_i,
  input logic       rst_ni,
  input logic       soft_rst_i,
  input logic       flush_i,
  input e1000_pkg::rx_causes_t causes_o,
  input logic [6:0] freed_ptr_i,
  input logic       ask0_q,
  input logic [6:0] ask0_ptr_q,
  input logic       ask1_q,
  input logic       release0
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  // R-21: everything the cause speaks of has completed on the bus
  `E1000_ASSERT(CauseFollowsWriteBack, causes_o != 2'b00 |-> ask0_q && 7'(freed_ptr_i - ask0_ptr_q) < 7'd64)
  `E1000_ASSERT(LaterSlotNeedsTheEarlier, ask1_q |-> ask0_q)
  `E1000_ASSERT(OldestRequestIsNotPutOff,
    ask0_q && !release0 && !flush_i |=> ask0_q && ask0_ptr_q == $past(ask0_ptr_q))

  `E1000_COVER(TwoRequestsWait, ask1_q)
endmodule

bind e1000_cause_slots e1000_cause_slots_sva u_sva (.*);

// SPDX-License-Identifier: Apache-2.0
// Rules of the interrupt unit: I-4, I-5, I-20, N-6, N-7.
module e1000_irq_sva (
  input logic        clk_i,
  input logic        rst_ni,
  input logic        soft_rst_i,
  input logic [63:0] now_i,
  input logic [16:0] icr_q,
  input logic [16:0] ims_q,
  input logic [16:0] set,
  input logic [63:0] deadline_q,
  input logic        enable_i,
  input logic        intx_o,
  input logic        hold_o,
  input logic        waiting_q
);
  `E1000_PAST_OK(rst_ni && !soft_rst_i)

  `E1000_ASSERT(SetWinsOverClear, ($past(set) & ~icr_q) == 17'd0)
  `E1000_ASSERT(NoInterruptWithoutACause, intx_o |-> $past(enable_i && (icr_q & ims_q) != 17'd0))
  `E1000_ASSERT(NoAssertionBeforeTheDeadline, intx_o && !$past(intx_o) |-> $past(now_i) >= $past(deadline_q))
  `E1000_ASSERT(PendingInterruptsOrWaits, $past(enable_i && (icr_q & ims_q) != 17'd0) |-> intx_o || waiting_q)
  `E1000_ASSERT(HoldBeginsAWait, hold_o |-> waiting_q && !intx_o)

  `E1000_COVER(ThrottledInterrupt, hold_o)
endmodule

bind e1000_irq e1000_irq_sva u_sva (.*);

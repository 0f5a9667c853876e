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
  logic past_ok_q;
  always_ff @(posedge clk_i) past_ok_q <= rst_ni && !soft_rst_i;

  SetWinsOverClear: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    ($past(set) & ~icr_q) == 17'd0);
  NoInterruptWithoutACause: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    intx_o |-> $past(enable_i && (icr_q & ims_q) != 17'd0));
  NoAssertionBeforeTheDeadline: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    intx_o && !$past(intx_o) |-> $past(now_i) >= $past(deadline_q));
  PendingInterruptsOrWaits: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    $past(enable_i && (icr_q & ims_q) != 17'd0) |-> intx_o || waiting_q);
  HoldBeginsAWait: assert property (@(posedge clk_i) disable iff (!rst_ni || !past_ok_q)
    hold_o |-> waiting_q && !intx_o);

  ThrottledInterrupt: cover property (@(posedge clk_i) rst_ni && hold_o);
endmodule

bind e1000_irq e1000_irq_sva u_sva (.*);

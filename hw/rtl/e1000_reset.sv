// SPDX-License-Identifier: Apache-2.0
// CTRL.RST: stops DMA, waits until what the bus already took has finished, then resets the chip in one cycle (X-7).
//
// The wait is bounded by the bus: at most four write bursts, a descriptor read of each side and four reads of payload are
// outstanding.  No request is
// granted from the cycle after the write on, and RST reads 1 until soft_rst_o has passed (N-10).
//
// The same for a card that software has stopped altogether: with Command.BusMaster, RCTL.EN and TCTL.EN all 0 what the bus
// has not begun is withdrawn, and when the rest has ended halt_o makes the rings forget it (P-3, T-81).
module e1000_reset (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic rst_req_i,     // a write set CTRL.RST
  input  logic drained_i,     // no request, beat or response outstanding on the master side
  input  logic granting_i,    // a request is granted in this cycle: something will be outstanding
  input  logic stopped_i,     // Command.BusMaster, RCTL.EN and TCTL.EN are 0: nothing is granted
  output logic pending_o,     // CTRL.RST reads 1; DMA may not start, INTx is low (X-8)
  output logic soft_rst_o,    // one cycle
  output logic halting_o,     // from stopped_i on until halt_o: no request is granted
  output logic halt_o,        // one cycle
  output logic clk_req_o      // CTRL.RST written or pending, stopped_i changed or halting
);
  logic pending_q, soft_q;
  always_ff @(posedge clk_i) begin
    soft_q <= rst_ni && (rst_req_i || pending_q) && !soft_q && drained_i && !granting_i;
    if (!rst_ni) pending_q <= 1'b0;
    else if (rst_req_i) pending_q <= 1'b1;
    else if (soft_q) pending_q <= 1'b0;
  end

  logic stopped_q, waiting_q, halt_q, waiting;
  assign waiting = waiting_q || (stopped_i && !stopped_q);
  always_ff @(posedge clk_i) begin
    stopped_q <= !rst_ni || stopped_i;
    waiting_q <= rst_ni && waiting && !drained_i;
    halt_q    <= rst_ni && waiting && drained_i;
  end

  assign pending_o  = pending_q;
  assign soft_rst_o = soft_q;
  assign halting_o  = waiting || halt_q;
  assign halt_o     = halt_q;
  assign clk_req_o  = rst_req_i || pending_q || soft_q || stopped_i != stopped_q || waiting_q || halt_q;
endmodule

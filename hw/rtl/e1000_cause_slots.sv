// SPDX-License-Identifier: Apache-2.0
// Causes that wait for a write-back (R-21): the timers ask for one, and it is raised when every descriptor completed by
// then has been written.
//
// Two slots hold them: the oldest request, and one that gathers all later ones, so the oldest is never put off and a cause
// never waits for descriptors completed after it was asked for.  Of a rewritten ring (R-16) the slots wait only for what
// the bus has; no cause asked for is lost.
module e1000_cause_slots (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        flush_i,           // the ring was rewritten
  // from the timers: write everything completed so far, then raise the causes
  input  logic        ask_i,
  input  e1000_pkg::rx_causes_t ask_causes_i,
  output e1000_pkg::rx_causes_t causes_o,   // one-cycle pulses
  // the write-back's pointers into the cache: past the last entry completed, given to a burst, written
  input  logic [6:0]  complete_ptr_i,
  input  logic [6:0]  issue_ptr_i,
  input  logic [6:0]  freed_ptr_i,
  output logic        flush_due_o,       // what was completed when it was asked for last is not all given to a burst
  output logic        clk_req_o          // the ring asks for flushes, e1000_rx_back for responses
);
  logic        ask0_q, ask1_q;
  logic [6:0]  ask0_ptr_q, ask1_ptr_q;
  e1000_pkg::rx_causes_t ask0_causes_q, ask1_causes_q;
  logic        flush_on_q;       // entries before flush_ptr must be written whatever WTHRESH says
  logic [6:0]  flush_ptr_q;
  logic        release0, flush_due;
  // Pointers on the 128-step circle: at most 64 apart, so "reached" is the lower half.
  function automatic logic reached(logic [6:0] pointer, logic [6:0] target);
    reached = (pointer - target) < 7'd64;
  endfunction
  // A flush takes back what waits for entries that no burst carries.
  function automatic logic [6:0] on_bus(logic [6:0] pointer);
    on_bus = reached(issue_ptr_i, pointer) ? pointer : issue_ptr_i;
  endfunction
  assign flush_due = flush_on_q && !reached(issue_ptr_i, flush_ptr_q);
  assign release0  = ask0_q && reached(freed_ptr_i, ask0_ptr_q);

  // A request joins the later slot while the older one waits, so the older is never put off.
  logic [6:0] ask_ptr;
  assign ask_ptr = flush_i ? issue_ptr_i : complete_ptr_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      ask0_q     <= 1'b0;
      ask1_q     <= 1'b0;
      flush_on_q <= 1'b0;
    end else begin
      if (release0) begin
        ask0_q        <= ask1_q;
        ask0_ptr_q    <= ask1_ptr_q;
        ask0_causes_q <= ask1_causes_q;
        ask1_q        <= 1'b0;
      end
      if (flush_i) begin
        ask0_ptr_q <= on_bus(release0 ? ask1_ptr_q : ask0_ptr_q);
        ask1_ptr_q <= on_bus(ask1_ptr_q);
        flush_on_q <= 1'b0;
      end
      if (ask_i) begin
        flush_on_q  <= 1'b1;
        flush_ptr_q <= ask_ptr;
        if (!ask0_q || (release0 && !ask1_q)) begin
          ask0_q        <= 1'b1;
          ask0_ptr_q    <= ask_ptr;
          ask0_causes_q <= ask_causes_i;
        end else begin
          ask1_q        <= 1'b1;
          ask1_ptr_q    <= ask_ptr;
          ask1_causes_q <= ask_causes_i | (ask1_q && !release0 ? ask1_causes_q : 2'b00);
        end
      end else if (flush_on_q && !flush_due) begin
        flush_on_q <= 1'b0;
      end
    end
  end

  assign causes_o    = release0 ? ask0_causes_q : 2'b00;
  assign flush_due_o = flush_due;
  assign clk_req_o   = release0 || (flush_on_q && !flush_due) || ask_i;
endmodule

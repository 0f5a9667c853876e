// SPDX-License-Identifier: Apache-2.0
// Transmit interrupt moderation: TIDV and TADV (FS 9.4).
//
// Timers are deadlines against the always-on time, 128 clocks a count from the completion of a descriptor with RS and IDE
// (T-61, I-53).  An expiry asks the write-back to flush, and TXDW follows it; what completes in its clock goes along.  A
// write-back that may not be delayed raises TXDW and stops both, unless one whose interrupt is delayed still waits behind
// it (T-60).
module e1000_tx_timers (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [63:0] now_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  input  logic        start_i,          // a descriptor with RS and IDE is complete
  input  logic        done_i,           // a status was written
  input  logic        done_ide_i,       // ... whose interrupt may be delayed
  input  logic        done_all_i,       // ... and behind it waits none whose is
  output logic        at_once_o,        // TXDW
  output logic        ask_o,            // flush, then TXDW
  output logic [63:0] next_deadline_o,
  output logic        clk_req_o         // an expiry asks by next_deadline_o, descriptors outside
);
  logic [15:0] tidv_q, tadv_q;
  logic        packet_on_q, absolute_on_q;
  logic [63:0] packet_deadline_q, absolute_deadline_q;
  logic        at_once_q, ask_q;

  logic at_once, over, start;
  always_comb begin
    at_once = 1'b0;
    over    = 1'b0;
    if (done_i) begin
      at_once = !done_ide_i || tidv_q == 16'd0;
      over    = at_once && (done_all_i || tidv_q == 16'd0);
    end
  end
  assign start   = start_i && tidv_q != 16'd0;

  always_ff @(posedge clk_i) begin : update
    logic expired;
    expired = (packet_on_q && now_i >= packet_deadline_q) || (absolute_on_q && now_i >= absolute_deadline_q);
    if (!rst_ni || soft_rst_i) begin
      tidv_q        <= 16'd0;
      tadv_q        <= 16'd0;
      packet_on_q   <= 1'b0;
      absolute_on_q <= 1'b0;
      at_once_q     <= 1'b0;
      ask_q         <= 1'b0;
    end else begin
      if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TIDV) tidv_q <= reg_i.wdata[15:0];
      if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TADV) tadv_q <= reg_i.wdata[15:0];
      // An interrupt at once and a new start in one clock: the start counts.  An expiry takes it along: no timer for it.
      if (over || expired) begin
        packet_on_q   <= 1'b0;
        absolute_on_q <= 1'b0;
      end
      if (start && !expired) begin
        packet_on_q       <= 1'b1;
        packet_deadline_q <= now_i + {41'd0, tidv_q, 7'd0};
        if (!absolute_on_q || over) begin
          absolute_on_q <= tadv_q != 16'd0;
          if (tadv_q != 16'd0) absolute_deadline_q <= now_i + {41'd0, tadv_q, 7'd0};
        end
      end
      at_once_q <= at_once;
      ask_q     <= expired;
    end
  end

  assign reg_rdata_o = !reg_i.rd ? 32'd0 :
                       reg_i.addr == e1000_regs_pkg::REG_TIDV ? {16'd0, tidv_q} :
                       reg_i.addr == e1000_regs_pkg::REG_TADV ? {16'd0, tadv_q} : 32'd0;

  logic [63:0] packet_next, absolute_next;
  assign packet_next     = packet_on_q ? packet_deadline_q : {64{1'b1}};
  assign absolute_next   = absolute_on_q ? absolute_deadline_q : {64{1'b1}};
  assign next_deadline_o = packet_next < absolute_next ? packet_next : absolute_next;
  assign at_once_o       = at_once_q;
  assign ask_o           = ask_q;
  assign clk_req_o       = at_once_q || ask_q;
endmodule

// SPDX-License-Identifier: Apache-2.0
// Transmit statistics (FS 9.7): 32-bit counters and two 64-bit pairs, saturating, cleared by reading.
//
// As e1000_stats does it: the 32-bit counters are a memory that takes one step a clock, a frame's increments wait in
// `pending_q` for their turn and are part of what a read sees.  A pair is cleared by its high word (R-50); an increment in
// the cycle of a clearing read counts from zero (R-51).
module e1000_tx_stats (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        sent_i,        // a frame's last byte goes out (T-90)
  input  logic        pause_i,       // ... a PAUSE frame of our own
  input  logic [15:0] timer_i,       // ... with this
  input  logic [15:0] length_i,      // DA..FCS
  input  logic        broadcast_i,
  input  logic        multicast_i,   // not broadcast
  input  logic        tso_done_i,    // T-34
  input  logic        tso_failed_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  output logic        clk_req_o      // increments wait; sent_i comes from a block of this group
);
  // First in line is what may come again soonest: packets whose segmentation fails follow each other in three clocks, so
  // a step of each of both counters and one of another fit between; a frame's own have more than sixty.
  localparam int unsigned StatTsctfc  = 13;
  localparam int unsigned StatTsctc   = 12;
  localparam int unsigned StatTpt     = 11;
  localparam int unsigned StatGptc    = 10;
  localparam int unsigned StatPtc64   = 9;
  localparam int unsigned StatPtc127  = 8;
  localparam int unsigned StatPtc255  = 7;
  localparam int unsigned StatPtc511  = 6;
  localparam int unsigned StatPtc1023 = 5;
  localparam int unsigned StatPtc1522 = 4;
  localparam int unsigned StatBptc    = 3;
  localparam int unsigned StatMptc    = 2;
  localparam int unsigned StatXofftxc = 1;
  localparam int unsigned StatXontxc  = 0;
  localparam int unsigned NumStats    = 14;

  // ---- which counter an address names -------------------------------------------------------------
  logic       sel_gotl, sel_goth, sel_totl, sel_toth, hit;
  logic [3:0] index;
  always_comb begin
    hit      = 1'b0;
    index    = 4'd0;
    sel_gotl = 1'b0;
    sel_goth = 1'b0;
    sel_totl = 1'b0;
    sel_toth = 1'b0;
    if (reg_i.rd) begin
      hit = 1'b1;
      unique case (reg_i.addr)
        e1000_regs_pkg::REG_TPT:     index = 4'(StatTpt);
        e1000_regs_pkg::REG_GPTC:    index = 4'(StatGptc);
        e1000_regs_pkg::REG_PTC64:   index = 4'(StatPtc64);
        e1000_regs_pkg::REG_PTC127:  index = 4'(StatPtc127);
        e1000_regs_pkg::REG_PTC255:  index = 4'(StatPtc255);
        e1000_regs_pkg::REG_PTC511:  index = 4'(StatPtc511);
        e1000_regs_pkg::REG_PTC1023: index = 4'(StatPtc1023);
        e1000_regs_pkg::REG_PTC1522: index = 4'(StatPtc1522);
        e1000_regs_pkg::REG_BPTC:    index = 4'(StatBptc);
        e1000_regs_pkg::REG_MPTC:    index = 4'(StatMptc);
        e1000_regs_pkg::REG_XOFFTXC: index = 4'(StatXofftxc);
        e1000_regs_pkg::REG_XONTXC:  index = 4'(StatXontxc);
        e1000_regs_pkg::REG_TSCTC:   index = 4'(StatTsctc);
        e1000_regs_pkg::REG_TSCTFC:  index = 4'(StatTsctfc);
        default: begin
          hit      = 1'b0;
          sel_gotl = reg_i.addr == e1000_regs_pkg::REG_GOTCL;
          sel_goth = reg_i.addr == e1000_regs_pkg::REG_GOTCH;
          sel_totl = reg_i.addr == e1000_regs_pkg::REG_TOTL;
          sel_toth = reg_i.addr == e1000_regs_pkg::REG_TOTH;
        end
      endcase
    end
  end

  // ---- 32-bit counters: one that is not live is 0 ----------------------------------------------------
  logic [31:0]         count_mem [NumStats];
  logic [NumStats-1:0] live_q, pending_q;
  logic [63:0]         got_q, tot_q;   // pairs
  logic                good;
  assign good = sent_i && !pause_i && length_i >= 16'd64;

  function automatic logic [3:0] highest(input logic [NumStats-1:0] waiting);
    logic [15:0] rest;
    rest = {2'd0, waiting};
    highest[3] = |rest[15:8];
    if (highest[3]) rest = rest >> 8;
    highest[2] = |rest[7:4];
    if (highest[2]) rest = rest >> 4;
    highest[1] = |rest[3:2];
    if (highest[1]) rest = rest >> 2;
    highest[0] = rest[1];
  endfunction

  always_ff @(posedge clk_i) begin : count
    logic [NumStats-1:0] live, pending;
    logic [3:0]          step;
    if (!rst_ni || soft_rst_i) begin
      live_q    <= '0;
      pending_q <= '0;
    end else if (pending_q != '0 || sent_i || hit || tso_done_i || tso_failed_i) begin
      live    = live_q;
      pending = pending_q;
      if (pending_q != '0) begin
        step = highest(pending_q);
        count_mem[step] <= !live_q[step] ? 32'd1 : count_mem[step] == '1 ? count_mem[step] : count_mem[step] + 32'd1;
        live[step]    = 1'b1;
        pending[step] = 1'b0;
      end
      if (hit) begin
        live[index]    = 1'b0;
        pending[index] = 1'b0;
      end
      if (sent_i) begin
        pending[StatTpt] = 1'b1;
        if (pause_i && timer_i != 16'd0) pending[StatXofftxc] = 1'b1;
        if (pause_i && timer_i == 16'd0) pending[StatXontxc] = 1'b1;
      end
      if (good) begin
        pending[StatGptc] = 1'b1;
        if (broadcast_i) pending[StatBptc] = 1'b1;
        if (multicast_i) pending[StatMptc] = 1'b1;
        if (length_i == 16'd64) pending[StatPtc64] = 1'b1;
        else if (length_i <= 16'd127) pending[StatPtc127] = 1'b1;
        else if (length_i <= 16'd255) pending[StatPtc255] = 1'b1;
        else if (length_i <= 16'd511) pending[StatPtc511] = 1'b1;
        else if (length_i <= 16'd1023) pending[StatPtc1023] = 1'b1;
        else pending[StatPtc1522] = 1'b1;
      end
      if (tso_done_i) pending[StatTsctc] = 1'b1;
      if (tso_failed_i) pending[StatTsctfc] = 1'b1;
      live_q    <= live;
      pending_q <= pending;
    end
  end

  assign reg_rdata_o = hit ? (live_q[index] ? count_mem[index] + {31'd0, pending_q[index] && count_mem[index] != '1}
                                            : {31'd0, pending_q[index]}) :
                       sel_gotl ? got_q[31:0] : sel_goth ? got_q[63:32] :
                       sel_totl ? tot_q[31:0] : sel_toth ? tot_q[63:32] : 32'd0;

  // ---- pairs --------------------------------------------------------------------------------------
  function automatic logic [63:0] add(input logic [63:0] sum, input logic clr, input logic inc, input logic [15:0] by);
    logic [64:0] total;
    total = {1'b0, clr ? 64'd0 : sum} + {49'd0, inc ? by : 16'd0};
    add = total[64] ? 64'hFFFFFFFFFFFFFFFF : total[63:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      got_q <= 64'd0;
      tot_q <= 64'd0;
    end else begin
      if (good || sel_goth) got_q <= add(got_q, sel_goth, good, length_i);
      if (sent_i || sel_toth) tot_q <= add(tot_q, sel_toth, sent_i, length_i);
    end
  end

  assign clk_req_o = pending_q != '0 || tso_done_i || tso_failed_i;
endmodule

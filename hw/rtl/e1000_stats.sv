// SPDX-License-Identifier: Apache-2.0
// Receive statistics (FS 6.10): 32-bit counters and two 64-bit pairs, saturating, cleared by reading.
//
// An increment in the cycle of a clearing read counts from zero (R-51).  A pair is cleared by its high word (R-50).
// Counters of FS 6.10 that nothing here can move read 0.
//
// The 32-bit counters are a memory that takes one step a clock.  A frame's increments wait in `pending_q` for their
// turn, the total of all frames first, and are part of what a read sees; frames end too far apart for two increments
// of one counter to meet there.
module e1000_stats (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    soft_rst_i,   // R-54
  // a frame has ended, and what it was
  input  logic                    eof_i,
  input  e1000_rx_pkg::rx_class_t kind_i,
  input  e1000_rx_pkg::rx_flow_t  flow_i,
  input  logic                    timer_i,      // byte_i is byte 16, of a PAUSE frame the first of its timer
  input  logic                    byte_en_i,
  input  logic [7:0]              byte_i,
  input  logic                    multicast_i,  // not broadcast
  input  logic                    broadcast_i,
  input  logic [15:0]             length_i,     // DA..CRC, 65535 at most
  input  logic [31:0]             beyond_i,     // its bytes beyond that
  input  logic                    crc_ok_i,
  input  logic                    rx_er_i,
  input  logic                    stored_i,
  input  logic                    missed_i,     // worth storing, no room
  input  logic                    no_desc_i,    // no free descriptor (R-12b)
  input  e1000_pkg::reg_req_t     reg_i,         // clears what it reads
  output logic [31:0]             reg_rdata_o,
  output logic                    pause_o,      // with eof_i: a good PAUSE frame, to be obeyed with CTRL.RFCE
  output logic [15:0]             pause_time_o,
  output logic                    clk_req_o     // increments wait; the front asks for eof_i
);

  localparam int unsigned NumStats = e1000_rx_pkg::NumStats;

  logic unused_fields;   // they decide what is stored
  assign unused_fields = ^{flow_i.held, flow_i.let_in};

  // ---- which counter an address names -------------------------------------------------------------
  logic       sel_gorl, sel_gorh, sel_torl, sel_torh;
  logic       hit;
  logic [4:0] index;

  always_comb begin
    hit      = 1'b0;
    index    = 5'd0;
    sel_gorl = 1'b0;
    sel_gorh = 1'b0;
    sel_torl = 1'b0;
    sel_torh = 1'b0;
    if (reg_i.rd) begin
      hit = 1'b1;
      unique case (reg_i.addr)
        e1000_regs_pkg::REG_CRCERRS: index = 5'(e1000_rx_pkg::StatCrcerrs);
        e1000_regs_pkg::REG_RXERRC:  index = 5'(e1000_rx_pkg::StatRxerrc);
        e1000_regs_pkg::REG_MPC:     index = 5'(e1000_rx_pkg::StatMpc);
        e1000_regs_pkg::REG_RLEC:    index = 5'(e1000_rx_pkg::StatRlec);
        e1000_regs_pkg::REG_XONRXC:  index = 5'(e1000_rx_pkg::StatXonrxc);
        e1000_regs_pkg::REG_XOFFRXC: index = 5'(e1000_rx_pkg::StatXoffrxc);
        e1000_regs_pkg::REG_FCRUC:   index = 5'(e1000_rx_pkg::StatFcruc);
        e1000_regs_pkg::REG_PRC64:   index = 5'(e1000_rx_pkg::StatPrc64);
        e1000_regs_pkg::REG_PRC127:  index = 5'(e1000_rx_pkg::StatPrc127);
        e1000_regs_pkg::REG_PRC255:  index = 5'(e1000_rx_pkg::StatPrc255);
        e1000_regs_pkg::REG_PRC511:  index = 5'(e1000_rx_pkg::StatPrc511);
        e1000_regs_pkg::REG_PRC1023: index = 5'(e1000_rx_pkg::StatPrc1023);
        e1000_regs_pkg::REG_PRC1522: index = 5'(e1000_rx_pkg::StatPrc1522);
        e1000_regs_pkg::REG_GPRC:    index = 5'(e1000_rx_pkg::StatGprc);
        e1000_regs_pkg::REG_BPRC:    index = 5'(e1000_rx_pkg::StatBprc);
        e1000_regs_pkg::REG_MPRC:    index = 5'(e1000_rx_pkg::StatMprc);
        e1000_regs_pkg::REG_RNBC:    index = 5'(e1000_rx_pkg::StatRnbc);
        e1000_regs_pkg::REG_RUC:     index = 5'(e1000_rx_pkg::StatRuc);
        e1000_regs_pkg::REG_RFC:     index = 5'(e1000_rx_pkg::StatRfc);
        e1000_regs_pkg::REG_ROC:     index = 5'(e1000_rx_pkg::StatRoc);
        e1000_regs_pkg::REG_RJC:     index = 5'(e1000_rx_pkg::StatRjc);
        e1000_regs_pkg::REG_TPR:     index = 5'(e1000_rx_pkg::StatTpr);
        default: begin
          hit      = 1'b0;
          sel_gorl = reg_i.addr == e1000_regs_pkg::REG_GORCL;
          sel_gorh = reg_i.addr == e1000_regs_pkg::REG_GORCH;
          sel_torl = reg_i.addr == e1000_regs_pkg::REG_TORL;
          sel_torh = reg_i.addr == e1000_regs_pkg::REG_TORH;
        end
      endcase
    end
  end

  // ---- 32-bit counters ----------------------------------------------------------------------------
  // A counter that is not live is 0: reset and reading clear that bit and leave the memory alone.
  logic [31:0]         count_mem [NumStats];
  logic [NumStats-1:0] live_q;
  logic [NumStats:0]   queue_q;        // what waits: a PAUSE frame's second timer byte on top, then increments
  logic [NumStats-1:0] pending_q;      // increments
  assign pending_q = queue_q[NumStats-1:0];
  logic [15:0]         time_q;         // that timer
  logic [63:0]         gor_q, tor_q;  // pairs

  function automatic logic [31:0] plus_one(input logic [31:0] count);
    plus_one = (count == 32'hFFFFFFFF) ? count : count + 32'd1;
  endfunction

  logic counted, stored_good;
  assign counted     = eof_i & kind_i.counted;
  assign stored_good = eof_i & stored_i & kind_i.good & ~flow_i.obeyed;   // F-2

  // The counters that a frame moves, but for MPC, RNBC and flow control.
  function automatic logic [NumStats-1:0] moved(input logic [15:0] length, input logic good_stored, input logic group,
                                                input logic broadcast, input logic bad_pass, input logic runt,
                                                input logic giant, input logic crc_ok, input logic rx_er);
    moved = '0;
    moved[e1000_rx_pkg::StatTpr] = 1'b1;
    if (good_stored) begin          // R-55
      moved[e1000_rx_pkg::StatGprc]    = 1'b1;
      moved[e1000_rx_pkg::StatBprc]    = broadcast;
      moved[e1000_rx_pkg::StatMprc]    = group;
      moved[e1000_rx_pkg::StatPrc64]   = length == 16'd64;
      moved[e1000_rx_pkg::StatPrc127]  = length > 16'd64 && length <= 16'd127;
      moved[e1000_rx_pkg::StatPrc255]  = length > 16'd127 && length <= 16'd255;
      moved[e1000_rx_pkg::StatPrc511]  = length > 16'd255 && length <= 16'd511;
      moved[e1000_rx_pkg::StatPrc1023] = length > 16'd511 && length <= 16'd1023;
      moved[e1000_rx_pkg::StatPrc1522] = length > 16'd1023;
    end
    if (bad_pass) begin             // R-56
      moved[e1000_rx_pkg::StatRuc]     = runt & crc_ok;
      moved[e1000_rx_pkg::StatRfc]     = runt & ~crc_ok;
      moved[e1000_rx_pkg::StatRoc]     = giant & crc_ok;
      moved[e1000_rx_pkg::StatRjc]     = giant & ~crc_ok;
      moved[e1000_rx_pkg::StatRlec]    = runt | giant;
      moved[e1000_rx_pkg::StatCrcerrs] = ~runt & ~crc_ok;
      moved[e1000_rx_pkg::StatRxerrc]  = ~runt & rx_er;
    end
  endfunction

  // Highest counter that waits, the total of all frames first.  By halves: a loop over all of them costs a simulator as
  // many choices as there are counters.
  function automatic logic [4:0] highest(input logic [NumStats-1:0] waiting);
    logic [31:0] rest;
    rest = {{(32 - NumStats){1'b0}}, waiting};
    highest[4] = |rest[31:16];
    if (highest[4]) rest = rest >> 16;
    highest[3] = |rest[15:8];
    if (highest[3]) rest = rest >> 8;
    highest[2] = |rest[7:4];
    if (highest[2]) rest = rest >> 4;
    highest[1] = |rest[3:2];
    if (highest[1]) rest = rest >> 2;
    highest[0] = rest[1];
  endfunction

  always_ff @(posedge clk_i) begin : count
    logic [NumStats-1:0] live, pending, news;
    logic                waits;
    logic [4:0]          step;
    if (!rst_ni || soft_rst_i) begin
      live_q    <= '0;
      queue_q   <= '0;
    end else if (queue_q != '0 || counted || hit || (timer_i && flow_i.pause)) begin
      live    = live_q;
      pending = pending_q;
      waits   = queue_q[NumStats] && !byte_en_i;
      if (pending_q != '0) begin
        step = highest(pending_q);
        count_mem[step] <= plus_one(live_q[step] ? count_mem[step] : 32'd0);
        live[step]    = 1'b1;
        pending[step] = 1'b0;
      end
      if (hit) begin
        live[index]    = 1'b0;
        pending[index] = 1'b0;
      end
      if (counted) begin
        news = moved(length_i, stored_good, multicast_i, broadcast_i, kind_i.pass & ~missed_i, kind_i.runt,
                     kind_i.giant, crc_ok_i, rx_er_i);
        news[e1000_rx_pkg::StatMpc]  = missed_i;
        news[e1000_rx_pkg::StatRnbc] = kind_i.pass & kind_i.good & no_desc_i & ~flow_i.obeyed;  // R-32: stored or missed
        if (flow_i.control && kind_i.good) begin   // F-1 to F-3, F-5: with RFCE or without
          if (!flow_i.pause) news[e1000_rx_pkg::StatFcruc] = 1'b1;
          else if (time_q != 16'd0) news[e1000_rx_pkg::StatXoffrxc] = 1'b1;
          else news[e1000_rx_pkg::StatXonrxc] = 1'b1;
        end
        pending = pending | news;
      end
      if (timer_i && flow_i.pause) begin
        waits  = 1'b1;
        time_q <= {byte_i, 8'd0};
      end else if (queue_q[NumStats] && byte_en_i) begin
        time_q[7:0] <= byte_i;
      end
      if (eof_i) waits = 1'b0;
      live_q    <= live;
      queue_q   <= {waits, pending};
    end
  end

  // One expression: a simulator then works it out for a read only.
  assign reg_rdata_o = hit ? (live_q[index] ? count_mem[index] + {31'd0, pending_q[index] && count_mem[index] != '1}
                                            : {31'd0, pending_q[index]}) :
                       sel_gorl ? gor_q[31:0] : sel_gorh ? gor_q[63:32] :
                       sel_torl ? tor_q[31:0] : sel_torh ? tor_q[63:32] : 32'd0;

  always_comb begin
    pause_o = 1'b0;
    if (counted) pause_o = flow_i.pause & kind_i.good;
  end
  assign pause_time_o = time_q;

  assign clk_req_o = queue_q != '0;

  // ---- pairs --------------------------------------------------------------------------------------
  function automatic logic [63:0] add(input logic [63:0] sum, input logic clr, input logic inc, input logic [32:0] by);
    logic [64:0] total;
    total = {1'b0, clr ? 64'd0 : sum} + {32'd0, inc ? by : 33'd0};
    add = total[64] ? 64'hFFFFFFFFFFFFFFFF : total[63:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      gor_q <= 64'd0;
      tor_q <= 64'd0;
    end else if (counted || reg_i.rd) begin
      if (stored_good || sel_gorh) gor_q <= add(gor_q, sel_gorh, stored_good, {17'd0, length_i});
      if (counted || sel_torh) tor_q <= add(tor_q, sel_torh, counted, {17'd0, length_i} + {1'b0, beyond_i});  // R-33, R-53
    end
  end

endmodule

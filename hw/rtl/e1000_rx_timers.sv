// SPDX-License-Identifier: Apache-2.0
// Receive interrupt moderation: packet timer RDTR, absolute timer RADV, small packets RSRPD (FS 7.4).
//
// Timers are deadlines against the always-on time, exactly 128 clocks a count from the start event (I-53), which is a
// frame's last byte reaching memory (I-32).  Every expiry asks the write-back to flush; RXT0 follows its completion.
module e1000_rx_timers (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [63:0] now_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  output logic [11:0] small_limit_o,    // RSRPD
  input  logic        frame_done_i,     // a frame is in memory
  input  logic        frame_small_i,    // ... and no longer than RSRPD
  output logic        ask_o,            // flush, then raise the causes
  output e1000_pkg::rx_causes_t ask_causes_o,
  output logic [63:0] next_deadline_o,
  output logic        clk_req_o         // an expiry asks by next_deadline_o, a frame outside
);
  logic [15:0] rdtr_q, radv_q;
  logic [11:0] rsrpd_q;
  logic        packet_on_q, absolute_on_q;
  logic [63:0] packet_deadline_q, absolute_deadline_q;
  logic        ask_q;
  e1000_pkg::rx_causes_t ask_causes_q;

  logic wr_rdtr, fpd, at_once, start;
  assign wr_rdtr          = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RDTR;
  assign fpd              = wr_rdtr && reg_i.wdata[e1000_regs_pkg::RDTR_FPD];
  assign at_once          = frame_done_i && (frame_small_i || rdtr_q == 16'd0);  // SRPD; RDTR = 0: RXT0 per frame
  assign start            = frame_done_i && !at_once;

  always_ff @(posedge clk_i) begin : update
    logic expired;
    expired = (packet_on_q && now_i >= packet_deadline_q) || (absolute_on_q && now_i >= absolute_deadline_q);
    if (!rst_ni || soft_rst_i) begin
      rdtr_q        <= 16'd0;
      radv_q        <= 16'd0;
      rsrpd_q       <= 12'd0;
      packet_on_q   <= 1'b0;
      absolute_on_q <= 1'b0;
      ask_q         <= 1'b0;
      ask_causes_q  <= '0;
    end else begin
      if (wr_rdtr) rdtr_q <= reg_i.wdata[15:0];
      if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RADV) radv_q <= reg_i.wdata[15:0];
      if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RSRPD) rsrpd_q <= reg_i.wdata[11:0];

      // Any expiry stops both timers (I-31, I-50); a frame that comes with it starts them anew.
      if (fpd || at_once) begin
        packet_on_q   <= 1'b0;
        absolute_on_q <= 1'b0;
      end else if (start) begin
        packet_on_q       <= 1'b1;
        packet_deadline_q <= now_i + {41'd0, rdtr_q, 7'd0};
        if (!absolute_on_q || expired) begin
          absolute_on_q <= radv_q != 16'd0;  // I-30: start implies RDTR != 0
          if (radv_q != 16'd0) absolute_deadline_q <= now_i + {41'd0, radv_q, 7'd0};
        end
      end else if (expired) begin
        packet_on_q   <= 1'b0;
        absolute_on_q <= 1'b0;
      end
      ask_q        <= fpd || at_once || expired;
      ask_causes_q <= {at_once && frame_small_i, fpd || at_once || expired};
    end
  end

  // FPD reads 0
  assign reg_rdata_o = !reg_i.rd ? 32'd0 :
                       reg_i.addr == e1000_regs_pkg::REG_RDTR  ? {16'd0, rdtr_q} :
                       reg_i.addr == e1000_regs_pkg::REG_RADV  ? {16'd0, radv_q} :
                       reg_i.addr == e1000_regs_pkg::REG_RSRPD ? {20'd0, rsrpd_q} : 32'd0;

  logic [63:0] packet_next, absolute_next;
  assign packet_next     = packet_on_q ? packet_deadline_q : {64{1'b1}};
  assign absolute_next   = absolute_on_q ? absolute_deadline_q : {64{1'b1}};
  assign next_deadline_o = packet_next < absolute_next ? packet_next : absolute_next;
  assign small_limit_o   = rsrpd_q;
  assign ask_o           = ask_q;
  assign ask_causes_o    = ask_causes_q;
  assign clk_req_o       = ask_q;
endmodule

// SPDX-License-Identifier: Apache-2.0
// When a PAUSE frame of our own goes out (FS 6.9): the receive FIFO passes FCRTH or FCRTL with CTRL.TFCE, or software
// writes TCTL.SWXOFF.
//
// One frame waits at most; a newer one takes its place (F-9).  XOFF goes once per crossing and once more at the first
// overflow after it; falling to FCRTL arms it again, and sends PAUSE(0) with FCRTL.XONE (F-6).  Without CTRL.TFCE the fill
// is not looked at, and where it stands when TFCE comes counts as if it had just come there.
module e1000_tx_flow (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  e1000_pkg::reg_req_t reg_i,
  input  logic        able_i,          // link up, full duplex, D0
  input  logic        en_i,            // TCTL.EN; with SWXOFF it is the one written along
  input  logic        tfce_i,          // CTRL.TFCE
  input  logic [15:0] fcttv_i,
  input  logic [12:0] fcrth_i,         // in words of 8 bytes; 0 is never crossed
  input  logic [12:0] fcrtl_i,
  input  logic        xone_i,          // FCRTL.XONE
  input  logic [13:0] fill_i,          // receive FIFO, in words of 8 bytes (F-10)
  input  logic        overflow_i,      // a frame was missed
  output logic        pause_valid_o,
  output logic [15:0] pause_timer_o,
  input  logic        pause_take_i,
  output logic        clk_req_o
);
  logic        off_q;        // FCRTH was crossed, FCRTL not yet
  logic        again_q;      // ... and an overflow since was told
  logic        valid_q;
  logic [15:0] timer_q;

  logic cross_up, cross_down, once_more, by_software, by_fill;
  always_comb begin
    cross_up   = 1'b0;
    cross_down = 1'b0;
    once_more  = 1'b0;
    if (tfce_i) begin
      cross_up   = !off_q && fcrth_i != 13'd0 && fill_i >= {1'b0, fcrth_i};
      cross_down = off_q && fill_i <= {1'b0, fcrtl_i} && (fcrth_i == 13'd0 || fill_i < {1'b0, fcrth_i});
      once_more  = off_q && overflow_i && !again_q;
    end
  end
  assign by_software = able_i && reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TCTL &&
                       reg_i.wdata[e1000_regs_pkg::TCTL_SWXOFF] && reg_i.wdata[e1000_regs_pkg::TCTL_EN];
  assign by_fill     = able_i && en_i && (cross_up || once_more || (cross_down && xone_i));

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      off_q   <= 1'b0;
      again_q <= 1'b0;
      valid_q <= 1'b0;
    end else begin
      if (pause_take_i) valid_q <= 1'b0;
      if (cross_up) begin
        off_q   <= 1'b1;
        again_q <= 1'b0;
      end
      if (once_more) again_q <= 1'b1;
      if (cross_down || !tfce_i) off_q <= 1'b0;
      if (by_software || by_fill) begin
        valid_q <= 1'b1;
        timer_q <= cross_down && xone_i && !by_software ? 16'd0 : fcttv_i;
      end
    end
  end

  assign pause_valid_o = valid_q;
  assign pause_timer_o = timer_q;
  assign clk_req_o     = cross_up || cross_down || once_more || (off_q && !tfce_i);
endmodule

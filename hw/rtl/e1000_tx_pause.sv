// SPDX-License-Identifier: Apache-2.0
// A PAUSE that was received and is obeyed (F-2, F-11): STATUS.TXOFF, and no frame of the FIFO begins.
//
// The timer is a deadline against the always-on time, 64 byte times a count from the end of the frame.
module e1000_tx_pause (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [63:0] now_i,
  input  logic        pause_i,          // a good PAUSE frame has ended
  input  logic [15:0] time_i,           // its timer
  input  logic        obey_i,           // CTRL.RFCE and full duplex
  input  logic [1:0]  speed_i,          // STATUS.SPEED
  output logic        paused_o,
  output logic [63:0] next_deadline_o   // its end; that one has come is asked for outside
);
  logic        paused_q;
  logic [63:0] deadline_q;

  always_ff @(posedge clk_i) begin : update
    logic [22:0] byte_clocks;   // of `time_i` bytes
    byte_clocks = speed_i[1] ? {7'd0, time_i} : {7'd0, time_i} * (speed_i[0] ? 23'd10 : 23'd100);
    if (!rst_ni || soft_rst_i) begin
      paused_q <= 1'b0;
    end else if (pause_i && obey_i) begin
      paused_q   <= time_i != 16'd0;
      deadline_q <= now_i + {35'd0, byte_clocks, 6'd0};
    end else if (paused_q && now_i >= deadline_q) begin
      paused_q   <= 1'b0;
    end
  end

  assign paused_o        = paused_q;
  assign next_deadline_o = paused_q ? deadline_q : {64{1'b1}};
endmodule

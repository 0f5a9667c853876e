// SPDX-License-Identifier: Apache-2.0
// One internet checksum over the bytes from..upto of a frame that goes by in dwords (T-14, T-16; RFC 1071).
//
// Words are added as the frame's even offsets have them; a sum that starts at an odd byte is turned at the end.
module e1000_tx_sum (
  input  logic        clk_i,
  input  logic        clear_i,
  input  logic        seed_i,     // starts at start_i, a number that counts from the first byte on
  input  logic [15:0] start_i,
  input  logic        add_i,
  input  logic [31:0] dword_i,    // first byte in 7:0, 0 behind the frame's end
  input  logic [12:0] at_i,       // its index in the frame
  input  logic [15:0] from_i,
  input  logic [15:0] upto_i,     // 0: to the end
  input  logic        show_i,
  output logic [15:0] value_o     // complement of the sum, with show_i
);
  logic [31:0] sum_q;
  logic [3:0]  lanes;
  logic [16:0] pair;
  always_comb begin
    lanes = 4'h0;
    pair  = 17'd0;
    if (add_i) begin
      lanes = 4'hF;
      if ({1'b0, at_i} < from_i[15:2]) lanes = 4'h0;
      else if ({1'b0, at_i} == from_i[15:2]) lanes = lanes << from_i[1:0];
      if (upto_i != 16'd0) begin
        if ({1'b0, at_i} > upto_i[15:2]) lanes = 4'h0;
        else if ({1'b0, at_i} == upto_i[15:2]) lanes = lanes & (4'hF >> (2'd3 - upto_i[1:0]));
      end
      pair = {1'b0, lanes[0] ? dword_i[7:0] : 8'd0, lanes[1] ? dword_i[15:8] : 8'd0} +
             {1'b0, lanes[2] ? dword_i[23:16] : 8'd0, lanes[3] ? dword_i[31:24] : 8'd0};
    end
  end

  always_ff @(posedge clk_i) begin
    if (clear_i) sum_q <= 32'd0;
    else if (seed_i) sum_q <= {16'd0, from_i[0] ? {start_i[7:0], start_i[15:8]} : start_i};
    else if (add_i) sum_q <= sum_q + {15'd0, pair};
  end

  logic [16:0] once;
  logic [15:0] twice;
  always_comb begin
    once    = 17'd0;
    twice   = 16'd0;
    value_o = 16'd0;
    if (show_i) begin
      once    = {1'b0, sum_q[31:16]} + {1'b0, sum_q[15:0]};
      twice   = once[15:0] + {15'd0, once[16]};
      value_o = ~(from_i[0] ? {twice[7:0], twice[15:8]} : twice);
    end
  end
endmodule

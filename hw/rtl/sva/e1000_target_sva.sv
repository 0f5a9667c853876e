// SPDX-License-Identifier: Apache-2.0
// Rules of the PCI target side.
module e1000_target_sva (
  input logic clk_i,
  input logic rst_ni,
  input logic tgt_req_valid_i,
  input logic tgt_req_ready_o,
  input logic tgt_rsp_valid_o,
  input e1000_pkg::reg_req_t reg_o,
  input e1000_pkg::cfg_req_t cfg_o,
  input logic clk_req_o
);
  logic open_q;   // an access was accepted and has no response yet
  logic past_ok_q;
  always_ff @(posedge clk_i) begin
    past_ok_q <= rst_ni;
    if (!rst_ni) open_q <= 1'b0;
    else if (tgt_req_valid_i && tgt_req_ready_o) open_q <= 1'b1;
    else if (tgt_rsp_valid_o) open_q <= 1'b0;
  end

  `E1000_ASSERT(OneStrobeAtATime, $onehot0({reg_o.rd, reg_o.wr, cfg_o.rd, cfg_o.wr}))
  `E1000_ASSERT(ResponseAnswersARequest, tgt_rsp_valid_o |-> open_q)
  `E1000_ASSERT(StrobeBelongsToARequest, (reg_o.rd || reg_o.wr || cfg_o.rd || cfg_o.wr) |-> open_q && clk_req_o)
  `E1000_ASSERT(NotReadyWhileOneIsOpen, open_q && tgt_req_ready_o |-> tgt_rsp_valid_o)
endmodule

bind e1000_target e1000_target_sva u_sva (.*);

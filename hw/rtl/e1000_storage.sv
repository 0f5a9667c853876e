// SPDX-License-Identifier: Apache-2.0
// Registers that hold what software wrote and do nothing here: diagnostics of the transmit FIFO, TSPMT, and the addresses
// of the wake-up filters (FS 2.1, 2.6).
//
// One memory of 16 words.  Those with a reset value of 0 are marked as empty instead of being written; the others have
// none and outlast CTRL.RST.
module e1000_storage (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o    // with reg_i.rd; 0 for registers of other blocks
);
  localparam int unsigned NumCleared = 6;   // TDFH to TDFPC, IPAV

  logic                  hit;
  logic [3:0]            at;
  logic [31:0]           mask;
  always_comb begin
    hit  = 1'b1;
    at   = 4'd0;
    mask = 32'hFFFFFFFF;
    unique case (reg_i.addr)
      e1000_regs_pkg::REG_TDFH:  begin at = 4'd0; mask = e1000_regs_pkg::MASK_TDFH; end
      e1000_regs_pkg::REG_TDFT:  begin at = 4'd1; mask = e1000_regs_pkg::MASK_TDFT; end
      e1000_regs_pkg::REG_TDFHS: begin at = 4'd2; mask = e1000_regs_pkg::MASK_TDFHS; end
      e1000_regs_pkg::REG_TDFTS: begin at = 4'd3; mask = e1000_regs_pkg::MASK_TDFTS; end
      e1000_regs_pkg::REG_TDFPC: begin at = 4'd4; mask = e1000_regs_pkg::MASK_TDFPC; end
      e1000_regs_pkg::REG_IPAV:  begin at = 4'd5; mask = e1000_regs_pkg::MASK_IPAV; end
      e1000_regs_pkg::REG_TSPMT: at = 4'd6;
      default: begin
        if (reg_i.addr[16:5] == e1000_regs_pkg::REG_IP4AT[16:5] && reg_i.addr[2:0] == 3'd0) begin
          at = {2'b10, reg_i.addr[4:3]};
        end else if (reg_i.addr[16:4] == e1000_regs_pkg::REG_IP6AT[16:4] && reg_i.addr[1:0] == 2'd0) begin
          at = {2'b11, reg_i.addr[3:2]};
        end else begin
          hit = 1'b0;
        end
      end
    endcase
  end

  logic [31:0]           store_mem [16];
  logic [NumCleared-1:0] live_q;
  always_ff @(posedge clk_i) begin
    if (reg_i.wr && hit) store_mem[at] <= reg_i.wdata & mask;
    if (!rst_ni || soft_rst_i) live_q <= '0;
    else if (reg_i.wr && hit && at < 4'(NumCleared)) live_q[at[2:0]] <= 1'b1;
  end
  always_comb begin
    reg_rdata_o = 32'd0;
    if (reg_i.rd && hit && (at >= 4'(NumCleared) || live_q[at[2:0]])) reg_rdata_o = store_mem[at];
  end
endmodule

// SPDX-License-Identifier: Apache-2.0
// PCI target side: takes one access at a time, strobes the block that owns it, returns one response.
//
// accept -> strobe -> answer -> response: three edges after acceptance tgt_rsp_valid_o is 1 for one cycle.  It never
// waits for the master side, CTRL.RST included (N-13).  Memory writes that do not enable all four bytes are ignored:
// the chip's registers are dwords and no driver writes less.  Reads return whole dwords whatever the byte enables.
module e1000_target (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        tgt_req_valid_i,
  output logic        tgt_req_ready_o,
  input  logic [1:0]  tgt_space_i,
  input  logic        tgt_write_i,
  input  logic [16:0] tgt_addr_i,
  input  logic [3:0]  tgt_be_i,
  input  logic [31:0] tgt_wdata_i,
  output logic        tgt_rsp_valid_o,
  output logic [31:0] tgt_rsp_rdata_o,
  // configuration header
  output e1000_pkg::cfg_req_t cfg_o,
  input  logic [31:0] cfg_rdata_i,   // with cfg_o.rd, else 0
  // register bus: every block sees the strobes and answers 0 for what it does not own
  output e1000_pkg::reg_req_t reg_o,
  input  logic [31:0] reg_rdata_i,   // OR of all blocks, with reg_o.rd, else 0
  output logic        clk_req_o      // an access is under way or its response shown; a new one asks by tgt_req_valid_i
);
  typedef enum logic [1:0] {StIdle, StStrobe, StAnswer} state_e;
  state_e      state_q;
  logic [1:0]  space_q;
  logic        write_q;
  logic [16:0] addr_q;
  logic [3:0]  be_q;
  logic [31:0] wdata_q;
  logic        rsp_valid_q;
  logic [31:0] rsp_rdata_q;

  logic        strobe, is_cfg, is_mem, is_io;
  assign strobe = state_q == StStrobe;
  assign is_cfg = space_q == e1000_pins_pkg::SpaceConfig;
  assign is_mem = space_q == e1000_pins_pkg::SpaceMemory;
  assign is_io  = space_q == e1000_pins_pkg::SpaceIo;

  logic        io_reg_rd, io_reg_wr;
  logic [16:0] io_reg_addr;
  logic [31:0] io_rdata;
  e1000_io_window u_io_window (
    .clk_i, .rst_ni, .soft_rst_i,
    .rd_i(strobe && is_io && !write_q), .wr_i(strobe && is_io && write_q), .addr_i(addr_q), .be_i(be_q),
    .wdata_i(wdata_q), .reg_rd_o(io_reg_rd), .reg_wr_o(io_reg_wr), .reg_addr_o(io_reg_addr), .rdata_o(io_rdata)
  );

  logic reg_rd, reg_wr;
  assign cfg_o  = {wdata_q, be_q, addr_q[7:0], strobe && is_cfg && write_q, strobe && is_cfg && !write_q};
  assign reg_rd = io_reg_rd || (strobe && is_mem && !write_q);
  assign reg_wr = io_reg_wr || (strobe && is_mem && write_q && be_q == 4'hF);
  assign reg_o  = {wdata_q, is_io ? io_reg_addr : addr_q, reg_wr, reg_rd};

  assign tgt_req_ready_o = state_q == StIdle;
  assign tgt_rsp_valid_o = rsp_valid_q;
  assign tgt_rsp_rdata_o = rsp_rdata_q;
  assign clk_req_o       = state_q != StIdle || rsp_valid_q;

  always_ff @(posedge clk_i) begin
    rsp_valid_q <= 1'b0;
    if (!rst_ni) begin
      state_q     <= StIdle;
      rsp_rdata_q <= 32'd0;
    end else begin
      unique case (state_q)
        StIdle: if (tgt_req_valid_i) begin
          space_q <= tgt_space_i;
          write_q <= tgt_write_i;
          addr_q  <= {tgt_addr_i[16:2], 2'b00};
          be_q    <= tgt_be_i;
          wdata_q <= tgt_wdata_i;
          state_q <= StStrobe;
        end
        StStrobe: begin
          rsp_rdata_q <= reg_rdata_i | cfg_rdata_i | io_rdata;
          state_q     <= StAnswer;
        end
        default: begin
          rsp_valid_q <= 1'b1;
          state_q     <= StIdle;
        end
      endcase
    end
  end
endmodule

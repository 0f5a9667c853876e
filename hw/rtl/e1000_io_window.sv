// SPDX-License-Identifier: Apache-2.0
// I/O window of BAR2: IOADDR at +0 selects a register, IODATA at +4 accesses it (P-2).
//
// Only whole dwords count: a narrower write is ignored.  Register writes through here are indistinguishable from
// memory writes, CTRL.RST included (X-2).
module e1000_io_window (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  // one strobe per access, from e1000_target
  input  logic        rd_i,
  input  logic        wr_i,
  input  logic [16:0] addr_i,     // byte offset in BAR2, dword aligned
  input  logic [3:0]  be_i,
  input  logic [31:0] wdata_i,
  // the register access it turns into, in the same cycle
  output logic        reg_rd_o,
  output logic        reg_wr_o,
  output logic [16:0] reg_addr_o,
  output logic [31:0] rdata_o     // IOADDR when it is read, else 0
);
  localparam logic [16:0] OffIoAddr = 17'h0;
  localparam logic [16:0] OffIoData = 17'h4;

  logic [31:0] io_addr_q;
  logic        in_range;  // IOADDR points into the 128 KiB that BAR0 shows; elsewhere reads 0, writes vanish
  logic        data_hit;

  assign in_range   = io_addr_q[31:17] == 15'd0 && io_addr_q[1:0] == 2'b00;
  assign data_hit   = addr_i == OffIoData && in_range;
  assign reg_rd_o   = rd_i && data_hit;
  assign reg_wr_o   = wr_i && data_hit && be_i == 4'hF;
  assign reg_addr_o = io_addr_q[16:0];
  assign rdata_o    = rd_i && addr_i == OffIoAddr ? io_addr_q : 32'd0;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) io_addr_q <= 32'd0;
    else if (wr_i && addr_i == OffIoAddr && be_i == 4'hF) io_addr_q <= wdata_i;
  end
endmodule

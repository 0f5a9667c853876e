// SPDX-License-Identifier: Apache-2.0
// MDIC and the PHY's registers behind it (FS 3.2, 3.3); an access completes at once.
//
// The wire's end of the PHY is the pin link_up_i: auto-negotiation is over as soon as the link is up, and what is written
// to registers 4, 9, 16 and 20 is storage but for PSCR.10.  BMCR.11 takes the link away, BMCR.14 and PSCR.10 give one
// (L-1, M-9, B-2).
module e1000_phy (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,     // MDIC only: the PHY has resets of its own (X-5); it ends a CTRL.PHY_RST pulse
  input  logic        wake_i,         // the function leaves D3: the PHY is reset
  input  logic        ctrl_phy_rst_i, // CTRL.PHY_RST
  input  logic        phy_up_i,       // link of the wire
  input  logic [1:0]  phy_speed_i,    // 10: 1000 Mb/s
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,    // with reg_i.rd; 0 for registers of other blocks
  output logic        power_down_o,
  output logic        loopback_o,
  output logic        force_link_o,
  output logic        mdac_o,         // one-cycle cause: an access with MDIC.I is done (M-4)
  output logic        clk_req_o
);
  localparam logic [4:0] PhyAddress = 5'd1;
  localparam logic [1:0] OpWrite    = 2'b01;
  localparam logic [1:0] OpRead     = 2'b10;
  // Registers by number (FS 3.3); what is not here reads 0 and ignores writes (M-2).
  localparam logic [4:0] Bmcr   = 5'd0;
  localparam logic [4:0] Bmsr   = 5'd1;
  localparam logic [4:0] Id1    = 5'd2;
  localparam logic [4:0] Id2    = 5'd3;
  localparam logic [4:0] Anar   = 5'd4;
  localparam logic [4:0] Anlpar = 5'd5;
  localparam logic [4:0] Gctrl  = 5'd9;    // 1000T control
  localparam logic [4:0] Gstat  = 5'd10;
  localparam logic [4:0] Ext    = 5'd15;
  localparam logic [4:0] Pscr   = 5'd16;   // M88
  localparam logic [4:0] Pssr   = 5'd17;
  localparam logic [4:0] IntEn  = 5'd18;
  localparam logic [4:0] Epscr  = 5'd20;
  localparam logic [4:0] Page   = 5'd29;
  localparam logic [4:0] Paged  = 5'd30;
  localparam int unsigned PscrForceLink = 10;
  localparam int unsigned BmcrPowerDown = 11;
  localparam int unsigned BmcrAnEnable  = 12;
  localparam int unsigned BmcrLoopback  = 14;
  localparam logic [15:0] BmcrMask   = 16'h7DC0;  // reset and AN restart clear themselves, 5:0 read 0
  localparam logic [15:0] BmcrReset  = 16'h1140;
  localparam logic [15:0] BmsrCaps   = 16'h7949;
  localparam logic [15:0] AnarReset  = 16'h0DE1;
  localparam logic [15:0] GctrlReset = 16'h0E00;
  localparam logic [15:0] PscrReset  = 16'h0360;
  localparam logic [15:0] EpscrReset = 16'h0D60;

  logic [15:0] bmcr_q, anar_q, gctrl_q, pscr_q, int_en_q, epscr_q, page_q, paged_q;
  logic        low_q;   // BMSR's link, latched low: it was lost since BMSR was read

  logic        access, read, write, phy_reset, link, an_done;
  logic [4:0]  number;
  assign access    = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_MDIC;
  assign number    = reg_i.wdata[e1000_regs_pkg::MDIC_REGADD_HI:e1000_regs_pkg::MDIC_REGADD_LO];
  always_comb begin
    logic mine;
    logic [1:0] op;
    mine  = access && reg_i.wdata[e1000_regs_pkg::MDIC_PHYADD_HI:e1000_regs_pkg::MDIC_PHYADD_LO] == PhyAddress;
    op    = reg_i.wdata[e1000_regs_pkg::MDIC_OP_HI:e1000_regs_pkg::MDIC_OP_LO];
    read  = mine && op == OpRead;
    write = mine && op == OpWrite;
  end
  // X-9: any 1-0 pulse of CTRL.PHY_RST counts, one that CTRL.RST ends too
  assign phy_reset = wake_i || (ctrl_phy_rst_i && soft_rst_i) ||
                     (ctrl_phy_rst_i && reg_i.wr && !reg_i.wdata[e1000_regs_pkg::CTRL_PHY_RST] &&
                     (reg_i.addr == e1000_regs_pkg::REG_CTRL || reg_i.addr == e1000_regs_pkg::REG_CTRL_DUP));
  assign link      = (phy_up_i || pscr_q[PscrForceLink]) && !bmcr_q[BmcrPowerDown];   // L-1, M-9
  assign an_done   = phy_up_i && !bmcr_q[BmcrPowerDown] && bmcr_q[BmcrAnEnable];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || phy_reset) begin
      bmcr_q   <= BmcrReset;
      anar_q   <= AnarReset;
      gctrl_q  <= GctrlReset;
      pscr_q   <= PscrReset;
      int_en_q <= 16'd0;
      epscr_q  <= EpscrReset;
      page_q   <= 16'd0;
      paged_q  <= 16'd0;
    end else if (write) begin
      // BMCR.15 leaves the others as they stand (M-8)
      unique case (number)
        Bmcr:    bmcr_q   <= reg_i.wdata[15:0] & BmcrMask;
        Anar:    anar_q   <= reg_i.wdata[15:0];
        Gctrl:   gctrl_q  <= reg_i.wdata[15:0];
        Pscr:    pscr_q   <= reg_i.wdata[15:0];
        IntEn:   int_en_q <= reg_i.wdata[15:0];
        Epscr:   epscr_q  <= reg_i.wdata[15:0];
        Page:    page_q   <= reg_i.wdata[15:0];
        Paged:   paged_q  <= reg_i.wdata[15:0];
        default: ;
      endcase
    end
    low_q <= !rst_ni || !link || (low_q && !(read && number == Bmsr));
  end

  function automatic logic [15:0] value_of(input logic [4:0] at);
    unique case (at)
      Bmcr:    value_of = bmcr_q;
      Bmsr:    value_of = BmsrCaps | {10'd0, an_done, 2'b00, !low_q, 2'b00};
      Id1:     value_of = 16'h0141;
      Id2:     value_of = 16'h0C20;
      Anar:    value_of = anar_q;
      Anlpar:  value_of = {1'b0, an_done, 14'h01E0};   // acknowledged; the partner does not pause
      Gctrl:   value_of = gctrl_q;
      Gstat:   value_of = 16'h3C00;
      Ext:     value_of = 16'h3000;
      Pscr:    value_of = pscr_q;
      Pssr:    value_of = {phy_speed_i, 1'b1, 1'b0, link, link, 10'd0};
      IntEn:   value_of = int_en_q;
      Epscr:   value_of = epscr_q;
      Page:    value_of = page_q;
      Paged:   value_of = paged_q;
      default: value_of = 16'd0;
    endcase
  endfunction

  // ---- MDIC ------------------------------------------------------------------------------------------------
  logic [31:0] mdic_q;
  logic        mdac_q;
  always_ff @(posedge clk_i) begin
    mdac_q <= 1'b0;
    if (!rst_ni || soft_rst_i) begin
      mdic_q <= 32'd0;
    end else if (access) begin
      mdic_q <= reg_i.wdata & e1000_regs_pkg::MASK_MDIC;
      mdic_q[e1000_regs_pkg::MDIC_ERROR] <=   // M-2
          reg_i.wdata[e1000_regs_pkg::MDIC_PHYADD_HI:e1000_regs_pkg::MDIC_PHYADD_LO] != PhyAddress;
      if (read) mdic_q[e1000_regs_pkg::MDIC_DATA_HI:e1000_regs_pkg::MDIC_DATA_LO] <= value_of(number);   // M-3
      mdac_q <= reg_i.wdata[e1000_regs_pkg::MDIC_I];
    end
  end

  always_comb begin
    reg_rdata_o = 32'd0;
    if (reg_i.rd && reg_i.addr == e1000_regs_pkg::REG_MDIC) begin
      reg_rdata_o = mdic_q | (32'd1 << e1000_regs_pkg::MDIC_READY);
    end
  end

  assign power_down_o = bmcr_q[BmcrPowerDown];
  assign loopback_o   = bmcr_q[BmcrLoopback];
  assign force_link_o = pscr_q[PscrForceLink];
  assign mdac_o       = mdac_q;
  assign clk_req_o    = mdac_q || (!link && !low_q);
endmodule

// SPDX-License-Identifier: Apache-2.0
// General registers of BAR0: CTRL, STATUS, flow control, transmit, wake-up, PBA, RCTL, RXDCTL,
// RXCSUM (FS 2.1, 2.5, 2.6).
//
// Registers of a block live in that block; what is here is configuration for others, or storage for functions that are
// not here.  Masks and resets come from e1000_regs_pkg.  Unknown offsets read 0 (P-6, R-60, R-61).
module e1000_regs (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        rst_pending_i,     // reads as CTRL.RST
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  // STATUS
  input  logic        lu_i,
  input  logic        full_duplex_i,
  input  logic [1:0]  speed_i,
  input  logic [1:0]  asdv_i,
  input  logic        m66en_i,
  // configuration for the blocks
  output logic        rst_req_o,         // a write sets CTRL.RST
  output logic [31:0] ctrl_o,
  output logic [31:0] rctl_o,
  output logic [15:0] vet_o,
  output logic [10:0] rxcsum_o,
  output logic [6:0]  pba_rxa_o,         // in force: as CTRL.RST found it
  output logic [47:0] flow_address_o,    // FCAH, FCAL; byte 0 in bits 7:0
  output logic [15:0] flow_type_o,       // FCT
  // RXDCTL in descriptors, whatever its granularity
  input  logic [7:0]  cache_line_i,      // dwords
  output logic [5:0]  pthresh_o,
  output logic [5:0]  hthresh_o,
  output logic [5:0]  wthresh_o,
  // transmit
  output e1000_tx_pkg::tx_cfg_t tx_cfg_o,
  input  logic        txoff_i,           // STATUS.TXOFF
  input  logic        apme_i,            // EEPROM word 0x24 bit 10: CTRL.SLU after reset (X-10)
  input  logic        apme_load_i,       // one cycle: it has changed, and the load was CTRL.RST's
  output logic        clk_req_o
);
  localparam logic [6:0] FifoKib = 7'd64;

  logic [31:0] ctrl_q, ctrl_ext_q, fcal_q, fcah_q, fct_q, vet_q, rctl_q, fcttv_q, txcw_q;
  logic [31:0] tctl_q, tipg_q, ait_q, ledctl_q, fcrtl_q, fcrth_q, rxdctl_q, rxcsum_q, wuc_q, wufc_q, manc_q;
  logic [31:0] txdctl_q;
  logic [6:0]  pba_rxa_q, rxa_q;   // as written, and in force

  logic wr_ctrl;
  assign wr_ctrl = reg_i.wr && (reg_i.addr == e1000_regs_pkg::REG_CTRL || reg_i.addr == e1000_regs_pkg::REG_CTRL_DUP);
  assign rst_req_o = wr_ctrl && reg_i.wdata[e1000_regs_pkg::CTRL_RST];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      ctrl_q      <= e1000_regs_pkg::RESET_CTRL | (32'(apme_i) << e1000_regs_pkg::CTRL_SLU);   // X-10
      // SWDPIO survives CTRL.RST (X-5)
      if (rst_ni) ctrl_q[e1000_regs_pkg::CTRL_SWDPIO_HI:e1000_regs_pkg::CTRL_SWDPIO_LO] <=
          ctrl_q[e1000_regs_pkg::CTRL_SWDPIO_HI:e1000_regs_pkg::CTRL_SWDPIO_LO];
      ctrl_ext_q  <= e1000_regs_pkg::RESET_CTRL_EXT;
      fcal_q      <= e1000_regs_pkg::RESET_FCAL;
      fcah_q      <= e1000_regs_pkg::RESET_FCAH;
      fct_q       <= e1000_regs_pkg::RESET_FCT;
      vet_q       <= e1000_regs_pkg::RESET_VET;
      rctl_q      <= e1000_regs_pkg::RESET_RCTL;
      fcttv_q     <= e1000_regs_pkg::RESET_FCTTV;
      txcw_q      <= e1000_regs_pkg::RESET_TXCW;
      tctl_q      <= e1000_regs_pkg::RESET_TCTL;
      tipg_q      <= e1000_regs_pkg::RESET_TIPG;
      ait_q       <= e1000_regs_pkg::RESET_AIT;
      ledctl_q    <= e1000_regs_pkg::RESET_LEDCTL;
      fcrtl_q     <= e1000_regs_pkg::RESET_FCRTL;
      fcrth_q     <= e1000_regs_pkg::RESET_FCRTH;
      rxdctl_q    <= e1000_regs_pkg::RESET_RXDCTL;
      rxcsum_q    <= e1000_regs_pkg::RESET_RXCSUM;
      wuc_q       <= e1000_regs_pkg::RESET_WUC;
      wufc_q      <= e1000_regs_pkg::RESET_WUFC;
      manc_q      <= e1000_regs_pkg::RESET_MANC;
      txdctl_q    <= e1000_regs_pkg::RESET_TXDCTL;
    end else if (reg_i.wr) begin
      unique case (reg_i.addr)
        e1000_regs_pkg::REG_CTRL, e1000_regs_pkg::REG_CTRL_DUP: ctrl_q <= reg_i.wdata & e1000_regs_pkg::MASK_CTRL;
        // EE_RST, outside the mask, clears itself; e1000_rx_filter loads RA0 again (X-9)
        e1000_regs_pkg::REG_CTRL_EXT: ctrl_ext_q <= reg_i.wdata & e1000_regs_pkg::MASK_CTRL_EXT;
        e1000_regs_pkg::REG_FCAL:   fcal_q   <= reg_i.wdata & e1000_regs_pkg::MASK_FCAL;
        e1000_regs_pkg::REG_FCAH:   fcah_q   <= reg_i.wdata & e1000_regs_pkg::MASK_FCAH;
        e1000_regs_pkg::REG_FCT:    fct_q    <= reg_i.wdata & e1000_regs_pkg::MASK_FCT;
        e1000_regs_pkg::REG_VET:    vet_q    <= reg_i.wdata & e1000_regs_pkg::MASK_VET;
        e1000_regs_pkg::REG_RCTL:   rctl_q   <= reg_i.wdata & e1000_regs_pkg::MASK_RCTL;
        e1000_regs_pkg::REG_FCTTV:  fcttv_q  <= reg_i.wdata & e1000_regs_pkg::MASK_FCTTV;
        e1000_regs_pkg::REG_TXCW:   txcw_q   <= reg_i.wdata & e1000_regs_pkg::MASK_TXCW;
        // SWXOFF, outside the mask, clears itself; e1000_tx_flow sees it (F-7)
        e1000_regs_pkg::REG_TCTL:   tctl_q   <= reg_i.wdata & e1000_regs_pkg::MASK_TCTL;
        e1000_regs_pkg::REG_TIPG:   tipg_q   <= reg_i.wdata & e1000_regs_pkg::MASK_TIPG;
        e1000_regs_pkg::REG_AIT:    ait_q    <= reg_i.wdata & e1000_regs_pkg::MASK_AIT;
        e1000_regs_pkg::REG_LEDCTL: ledctl_q <= reg_i.wdata & e1000_regs_pkg::MASK_LEDCTL;
        e1000_regs_pkg::REG_FCRTL:  fcrtl_q  <= reg_i.wdata & e1000_regs_pkg::MASK_FCRTL;
        e1000_regs_pkg::REG_FCRTH:  fcrth_q  <= reg_i.wdata & e1000_regs_pkg::MASK_FCRTH;
        e1000_regs_pkg::REG_RXDCTL: rxdctl_q <= reg_i.wdata & e1000_regs_pkg::MASK_RXDCTL;
        e1000_regs_pkg::REG_RXCSUM: rxcsum_q <= reg_i.wdata & e1000_regs_pkg::MASK_RXCSUM;
        e1000_regs_pkg::REG_WUC:    wuc_q    <= reg_i.wdata & e1000_regs_pkg::MASK_WUC;
        e1000_regs_pkg::REG_WUFC:   wufc_q   <= reg_i.wdata & e1000_regs_pkg::MASK_WUFC;
        e1000_regs_pkg::REG_MANC:   manc_q   <= reg_i.wdata & e1000_regs_pkg::MASK_MANC;
        e1000_regs_pkg::REG_TXDCTL: txdctl_q <= reg_i.wdata & e1000_regs_pkg::MASK_TXDCTL;
        default: ;
      endcase
    end
    if (rst_ni && !soft_rst_i && apme_load_i) ctrl_q[e1000_regs_pkg::CTRL_SLU] <= apme_i;
    // Linux writes PBA before CTRL.RST and expects it to last (X-5)
    if (!rst_ni) pba_rxa_q <= e1000_regs_pkg::RESET_PBA[6:0];
    else if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_PBA) pba_rxa_q <= reg_i.wdata[6:0];
    if (!rst_ni) rxa_q <= e1000_regs_pkg::RESET_PBA[6:0];
    else if (soft_rst_i) rxa_q <= pba_rxa_q;   // T-70
  end

  // ---- reads -------------------------------------------------------------------------------------------
  logic [31:0] status, pba;
  always_comb begin
    status = 32'd0;   // P-7: reading it changes nothing
    status[e1000_regs_pkg::STATUS_FD]    = full_duplex_i;
    status[e1000_regs_pkg::STATUS_LU]    = lu_i;
    status[e1000_regs_pkg::STATUS_SPEED_HI:e1000_regs_pkg::STATUS_SPEED_LO] = speed_i;
    status[e1000_regs_pkg::STATUS_ASDV_HI:e1000_regs_pkg::STATUS_ASDV_LO]   = asdv_i;
    status[e1000_regs_pkg::STATUS_PCI66] = m66en_i;
    status[e1000_regs_pkg::STATUS_TXOFF] = txoff_i;
    pba = {9'd0, pba_rxa_q[6] ? 7'd0 : FifoKib - pba_rxa_q, 9'd0, pba_rxa_q};  // FS 6.6: 64 KiB in all
  end

  always_comb begin
    reg_rdata_o = 32'd0;
    if (reg_i.rd) begin
      unique case (reg_i.addr)
        e1000_regs_pkg::REG_CTRL, e1000_regs_pkg::REG_CTRL_DUP:
                                      reg_rdata_o = ctrl_q | ({31'd0, rst_pending_i} << e1000_regs_pkg::CTRL_RST);
        e1000_regs_pkg::REG_STATUS:   reg_rdata_o = status;
        e1000_regs_pkg::REG_CTRL_EXT: reg_rdata_o = ctrl_ext_q;
        e1000_regs_pkg::REG_FCAL:     reg_rdata_o = fcal_q;
        e1000_regs_pkg::REG_FCAH:     reg_rdata_o = fcah_q;
        e1000_regs_pkg::REG_FCT:      reg_rdata_o = fct_q;
        e1000_regs_pkg::REG_VET:      reg_rdata_o = vet_q;
        e1000_regs_pkg::REG_RCTL:     reg_rdata_o = rctl_q;
        e1000_regs_pkg::REG_FCTTV:    reg_rdata_o = fcttv_q;
        e1000_regs_pkg::REG_TXCW:     reg_rdata_o = txcw_q;
        e1000_regs_pkg::REG_TCTL:     reg_rdata_o = tctl_q;
        e1000_regs_pkg::REG_TIPG:     reg_rdata_o = tipg_q;
        e1000_regs_pkg::REG_AIT:      reg_rdata_o = ait_q;
        e1000_regs_pkg::REG_LEDCTL:   reg_rdata_o = ledctl_q;
        e1000_regs_pkg::REG_PBA:      reg_rdata_o = pba;
        e1000_regs_pkg::REG_FCRTL:    reg_rdata_o = fcrtl_q;
        e1000_regs_pkg::REG_FCRTH:    reg_rdata_o = fcrth_q;
        e1000_regs_pkg::REG_RXDCTL:   reg_rdata_o = rxdctl_q;
        e1000_regs_pkg::REG_RXCSUM:   reg_rdata_o = rxcsum_q;
        e1000_regs_pkg::REG_WUC:      reg_rdata_o = wuc_q;
        e1000_regs_pkg::REG_WUFC:     reg_rdata_o = wufc_q;
        e1000_regs_pkg::REG_MANC:     reg_rdata_o = manc_q;
        e1000_regs_pkg::REG_TXDCTL:   reg_rdata_o = txdctl_q;
        default:                      reg_rdata_o = 32'd0;   // P-6; WUS (W1C) has no hardware source and reads 0
      endcase
    end
  end

  // ---- RXDCTL and TXDCTL thresholds in descriptors: a cache line of CLS dwords holds CLS / 4, at most 31 in all (FS 6.4) ----
  logic [5:0] pthresh_q, hthresh_q, wthresh_q, tx_pthresh_q, tx_hthresh_q, tx_wthresh_q;
  logic [7:0] cache_line_q;
  logic       stale_q;
  function automatic logic [5:0] in_descriptors(logic [5:0] threshold, logic granular, logic [5:0] per_line);
    logic [11:0] product;
    product = {6'd0, threshold} * {6'd0, per_line == 6'd0 ? 6'd1 : per_line};
    in_descriptors = granular ? threshold : product > 12'd31 ? 6'd31 : product[5:0];
  endfunction

  always_ff @(posedge clk_i) begin
    stale_q <= !rst_ni || soft_rst_i || (reg_i.wr && (reg_i.addr == e1000_regs_pkg::REG_RXDCTL || reg_i.addr == e1000_regs_pkg::REG_TXDCTL)) ||
               cache_line_q != cache_line_i;
    cache_line_q <= cache_line_i;
    if (stale_q) begin
      pthresh_q <= in_descriptors(rxdctl_q[e1000_regs_pkg::RXDCTL_PTHRESH_HI:e1000_regs_pkg::RXDCTL_PTHRESH_LO],
                                  rxdctl_q[e1000_regs_pkg::RXDCTL_GRAN], cache_line_q[7:2]);
      hthresh_q <= in_descriptors(rxdctl_q[e1000_regs_pkg::RXDCTL_HTHRESH_HI:e1000_regs_pkg::RXDCTL_HTHRESH_LO],
                                  rxdctl_q[e1000_regs_pkg::RXDCTL_GRAN], cache_line_q[7:2]);
      wthresh_q <= in_descriptors(rxdctl_q[e1000_regs_pkg::RXDCTL_WTHRESH_HI:e1000_regs_pkg::RXDCTL_WTHRESH_LO],
                                  rxdctl_q[e1000_regs_pkg::RXDCTL_GRAN], cache_line_q[7:2]);
      tx_pthresh_q <= in_descriptors(txdctl_q[e1000_regs_pkg::TXDCTL_PTHRESH_HI:e1000_regs_pkg::TXDCTL_PTHRESH_LO],
                                     txdctl_q[e1000_regs_pkg::TXDCTL_GRAN], cache_line_q[7:2]);
      tx_hthresh_q <= in_descriptors(txdctl_q[e1000_regs_pkg::TXDCTL_HTHRESH_HI:e1000_regs_pkg::TXDCTL_HTHRESH_LO],
                                     txdctl_q[e1000_regs_pkg::TXDCTL_GRAN], cache_line_q[7:2]);
      tx_wthresh_q <= in_descriptors(txdctl_q[e1000_regs_pkg::TXDCTL_WTHRESH_HI:e1000_regs_pkg::TXDCTL_WTHRESH_LO],
                                     txdctl_q[e1000_regs_pkg::TXDCTL_GRAN], cache_line_q[7:2]);
    end
  end

  assign ctrl_o      = ctrl_q;
  assign rctl_o      = rctl_q;
  assign vet_o       = vet_q[15:0];
  assign rxcsum_o    = rxcsum_q[10:0];
  assign pba_rxa_o   = rxa_q;
  assign flow_address_o = {fcah_q[15:0], fcal_q};
  assign flow_type_o    = fct_q[15:0];
  assign pthresh_o   = pthresh_q;
  assign hthresh_o   = hthresh_q;
  assign wthresh_o   = wthresh_q;
  assign tx_cfg_o    = {tctl_q[e1000_regs_pkg::TCTL_EN], tctl_q[e1000_regs_pkg::TCTL_PSP],
                        tipg_q[e1000_regs_pkg::TIPG_IPGT_HI:e1000_regs_pkg::TIPG_IPGT_LO], rxa_q,
                        tx_pthresh_q, tx_hthresh_q, tx_wthresh_q,
                        txdctl_q[e1000_regs_pkg::TXDCTL_LWTHRESH_HI:e1000_regs_pkg::TXDCTL_LWTHRESH_LO],
                        fcrtl_q[e1000_regs_pkg::FCRTL_XONE], fcrtl_q[15:3], fcrth_q[15:3], fcttv_q[15:0]};
  assign clk_req_o   = stale_q || cache_line_q != cache_line_i;
endmodule

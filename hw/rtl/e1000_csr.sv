// SPDX-License-Identifier: Apache-2.0
// The clk_csr_i group but for the filter's tables: reset, target side, configuration space, registers, link, PHY.
// Wiring.
module e1000_csr (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        link_up_i,
  input  logic [1:0]  link_speed_i,
  input  logic        m66en_i,
  input  logic [31:0] subsystem_i,
  // PCI target
  input  logic        tgt_req_valid_i,
  output logic        tgt_req_ready_o,
  input  logic [1:0]  tgt_space_i,
  input  logic        tgt_write_i,
  input  logic [16:0] tgt_addr_i,
  input  logic [3:0]  tgt_be_i,
  input  logic [31:0] tgt_wdata_i,
  output logic        tgt_rsp_valid_o,
  output logic [31:0] tgt_rsp_rdata_o,
  // configuration state
  output logic [15:0] cfg_command_o,
  output logic [31:0] cfg_bar0_o,
  output logic [31:0] cfg_bar2_o,
  output logic [7:0]  cfg_latency_timer_o,
  output logic [7:0]  cfg_cache_line_o,
  output logic        cfg_reset_o,       // CTRL.RST waits, or DMA stops
  // reset
  input  logic        drained_i,         // the master side has nothing outstanding
  input  logic        granting_i,
  output logic        soft_rst_o,        // one cycle
  output logic        halt_o,            // one cycle
  // register bus; what other blocks answer
  output e1000_pkg::reg_req_t reg_o,
  input  logic [31:0] reg_rdata_i,
  // what the bus and the link allow
  input  e1000_pkg::mst_error_t error_i,
  output logic        dma_allow_o,
  output logic        intx_allow_o,
  output logic        asleep_o,          // D3hot or D0 uninitialized
  output logic        link_up_o,         // STATUS.LU and what goes with it
  output logic        full_duplex_o,
  output logic [1:0]  speed_o,
  output logic        loop_o,            // BMCR.14
  input  logic        paused_i,          // STATUS.TXOFF
  output logic        lsc_o,             // one-cycle causes
  output logic        mdac_o,
  // EEPROM
  input  logic        eeprom_do_i,
  output logic        eeprom_do_seen_o,  // as it was when the access came
  input  logic        apme_i,
  input  logic        apme_load_i,
  // settings
  output logic [31:0] ctrl_o,
  output logic [31:0] rctl_o,
  output logic [31:0] rctl_front_o,      // as the receive front has it
  output logic [15:0] vet_o,
  output logic [10:0] rxcsum_o,
  output logic [6:0]  pba_rxa_o,
  output logic [47:0] flow_address_o,
  output logic [15:0] flow_type_o,
  output logic [5:0]  pthresh_o,
  output logic [5:0]  hthresh_o,
  output logic [5:0]  wthresh_o,
  output e1000_tx_pkg::tx_cfg_t tx_cfg_o,
  output logic        clk_req_o
);
  // ---- reset ---------------------------------------------------------------------------------------------
  logic rst_req, wake, rst_pending, stopped, halting, req_reset;
  e1000_reset u_reset (
    .clk_i,
    .rst_ni,
    .rst_req_i (rst_req || wake),
    .drained_i,
    .granting_i,
    .stopped_i (stopped),
    .pending_o (rst_pending),
    .soft_rst_o,
    .halting_o (halting),
    .halt_o,
    .clk_req_o (req_reset)
  );

  // ---- target side and registers ---------------------------------------------------------------------------
  e1000_pkg::cfg_req_t cfg_bus;
  logic [31:0] cfg_rdata, reg_rdata;
  logic        req_target;
  e1000_target u_target (
    .clk_i,
    .rst_ni,
    .soft_rst_i (soft_rst_o),
    .tgt_req_valid_i,
    .tgt_req_ready_o,
    .tgt_space_i,
    .tgt_write_i,
    .tgt_addr_i,
    .tgt_be_i,
    .tgt_wdata_i,
    .tgt_rsp_valid_o,
    .tgt_rsp_rdata_o,
    .cfg_o      (cfg_bus),
    .cfg_rdata_i(cfg_rdata),
    .reg_o,
    .reg_rdata_i(reg_rdata),
    .clk_req_o  (req_target)
  );

  logic        power_d3, req_cfg;
  e1000_pci_cfg u_pci_cfg (
    .clk_i,
    .rst_ni,
    .subsystem_i,
    .cfg_i          (cfg_bus),
    .cfg_rdata_o    (cfg_rdata),
    .error_i,
    .command_o      (cfg_command_o),
    .bar0_o         (cfg_bar0_o),
    .bar2_o         (cfg_bar2_o),
    .latency_timer_o(cfg_latency_timer_o),
    .cache_line_o   (cfg_cache_line_o),
    .power_d3_o     (power_d3),
    .asleep_o,
    .wake_o         (wake),
    .clk_req_o      (req_cfg)
  );

  localparam int unsigned CmdBusMaster   = 2;
  localparam int unsigned CmdIntxDisable = 10;
  logic bus_master;
  assign bus_master  = cfg_command_o[CmdBusMaster];                                  // not asleep
  assign dma_allow_o   = bus_master && !rst_pending && !halting;                       // P-3, N-9, N-10
  assign intx_allow_o  = !cfg_command_o[CmdIntxDisable] && !power_d3 && !rst_pending;  // P-4, X-8
  assign cfg_reset_o = rst_pending || halting;

  logic        m66en_q, do_q;
  always_ff @(posedge clk_i) begin
    m66en_q <= m66en_i;
    if (tgt_req_valid_i) do_q <= eeprom_do_i;   // the pin asks for no clock
  end
  assign eeprom_do_seen_o = do_q;

  logic [31:0] rdata_regs, rdata_phy, rdata_storage;
  assign reg_rdata = rdata_regs | rdata_phy | rdata_storage | reg_rdata_i;

  logic        req_regs, req_link, phy_up, phy_down, phy_force;
  logic [1:0]  asdv, phy_speed;
  e1000_regs u_regs (
    .clk_i,
    .rst_ni,
    .soft_rst_i    (soft_rst_o),
    .rst_pending_i (rst_pending),
    .reg_i         (reg_o),
    .reg_rdata_o   (rdata_regs),
    .lu_i          (link_up_o),
    .full_duplex_i (full_duplex_o),
    .speed_i       (speed_o),
    .asdv_i        (asdv),
    .m66en_i       (m66en_q),
    .rst_req_o     (rst_req),
    .ctrl_o,
    .rctl_o,
    .vet_o,
    .rxcsum_o,
    .pba_rxa_o,
    .flow_address_o,
    .flow_type_o,
    .cache_line_i  (cfg_cache_line_o),
    .pthresh_o,
    .hthresh_o,
    .wthresh_o,
    .tx_cfg_o,
    .txoff_i       (paused_i),
    .apme_i,
    .apme_load_i,
    .clk_req_o     (req_regs)
  );

  e1000_link u_link (
    .clk_i,
    .rst_ni,
    .soft_rst_i   (soft_rst_o),
    .link_up_i,
    .link_speed_i,
    .phy_down_i   (phy_down),
    .phy_loop_i   (loop_o),
    .phy_force_i  (phy_force),
    .phy_up_o     (phy_up),
    .phy_speed_o  (phy_speed),
    .slu_i        (ctrl_o[e1000_regs_pkg::CTRL_SLU]),
    .frcspd_i     (ctrl_o[e1000_regs_pkg::CTRL_FRCSPD]),
    .frcdpx_i     (ctrl_o[e1000_regs_pkg::CTRL_FRCDPX]),
    .fd_i         (ctrl_o[e1000_regs_pkg::CTRL_FD]),
    .speed_i      (ctrl_o[e1000_regs_pkg::CTRL_SPEED_HI:e1000_regs_pkg::CTRL_SPEED_LO]),
    .lu_o         (link_up_o),
    .full_duplex_o,
    .speed_o,
    .asdv_o       (asdv),
    .lsc_o,
    .clk_req_o    (req_link)
  );

  logic        req_phy;
  e1000_phy u_phy (
    .clk_i,
    .rst_ni,
    .soft_rst_i    (soft_rst_o),
    .wake_i        (wake),
    .ctrl_phy_rst_i(ctrl_o[e1000_regs_pkg::CTRL_PHY_RST]),
    .phy_up_i      (phy_up),
    .phy_speed_i   (phy_speed),
    .reg_i         (reg_o),
    .reg_rdata_o   (rdata_phy),
    .power_down_o  (phy_down),
    .loopback_o    (loop_o),
    .force_link_o  (phy_force),
    .mdac_o,
    .clk_req_o     (req_phy)
  );

  e1000_storage u_storage (
    .clk_i,
    .rst_ni,
    .soft_rst_i (soft_rst_o),
    .reg_i      (reg_o),
    .reg_rdata_o(rdata_storage)
  );

  assign stopped      = !bus_master && !rctl_o[e1000_regs_pkg::RCTL_EN] && !tx_cfg_o.en;   // P-3, T-81
  assign rctl_front_o = rctl_o & ~(32'(asleep_o) << e1000_regs_pkg::RCTL_EN);   // a card that sleeps takes no frame

  assign clk_req_o    = req_reset | req_target | req_cfg | req_regs | req_link | req_phy;
endmodule

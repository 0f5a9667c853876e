// SPDX-License-Identifier: Apache-2.0
// 82540EM-compatible NIC behind its PCI interface: wiring and flat ports only.
//
// GMII in -> e1000_rx_front (MAC, filter, FIFO, statistics) -> e1000_rx_back (descriptors, DMA, write-back) -> PCI
// master; causes through e1000_rx_timers and e1000_irq; e1000_target strobes the registers of all.  No path leads from an
// input to an output or a clk_req_*_o without a register in between.
module e1000_top #(
  parameter int unsigned FetchMax   = 64,    // descriptors in one fetch burst
  parameter int unsigned BurstBytes = 256,   // payload bursts end on multiples of this, power of two
  parameter logic        Apme       = 1'b0,  // EEPROM word 0x24 bit 10: CTRL.SLU after reset (X-10)
  parameter logic [15:0] SubsystemId     = 16'h100E,
  parameter logic [15:0] SubsystemVendor = 16'h8086
) (
  // 125 MHz, all of one phase.  clk_req_*_o and some pins ask for those that have to come at the next edge; the others
  // may come or not (docs/rtl/top.md).  Tied together they are one clock.
  input  logic        clk_csr_i,             // target, configuration space, registers (RA, MTA, VFTA too), link, reset
  input  logic        clk_rx_frame_i,        // once a frame: filter, fate, statistics, events
  input  logic        clk_rx_mac_i,          // bytes: MAC, packer, checksums
  input  logic        clk_rx_fifo_i,         // receive FIFO, write side; what a frame's end leaves for it
  input  logic        clk_rx_dma_i,          // receive FIFO, read side; receive DMA
  input  logic        clk_rx_desc_i,         // ring, descriptor cache, write-back
  input  logic        clk_mst_i,             // master side
  input  logic        clk_irq_i,             // timers, interrupts
  input  logic        rst_ni,                // power-on and PCI RST#, synchronous; 0 asks for all clocks
  input  logic [63:0] now_i,                 // time in clocks; counts whether they come or not
  // GMII and link
  input  logic        gmii_ce_i,
  input  logic        gmii_rx_dv_i,
  input  logic        gmii_rx_er_i,
  input  logic [7:0]  gmii_rxd_i,
  input  logic        link_up_i,             // of the wire
  input  logic [1:0]  link_speed_i,          // 10: 1000 Mb/s
  input  logic        m66en_i,
  input  logic [47:0] mac_addr_i,            // byte 0 in 7:0
  // PCI target
  input  logic        tgt_req_valid_i,
  output logic        tgt_req_ready_o,
  input  logic [1:0]  tgt_space_i,
  input  logic        tgt_write_i,
  input  logic [16:0] tgt_addr_i,
  input  logic [3:0]  tgt_be_i,
  input  logic [31:0] tgt_wdata_i,
  output logic [31:0] tgt_rsp_rdata_o,
  // configuration state the bus needs
  output logic [15:0] cfg_command_o,
  output logic [31:0] cfg_bar0_o,
  output logic [31:0] cfg_bar2_o,
  output logic [7:0]  cfg_latency_timer_o,
  output logic [7:0]  cfg_cache_line_o,
  output logic        cfg_reset_o,           // requests not begun may be withdrawn: CTRL.RST waits, or DMA stops
  // PCI master
  input  logic        mst_req_ready_i,
  output logic [2:0]  mst_req_kind_o,
  output logic [4:0]  mst_req_tag_o,
  output logic        mst_req_write_o,
  output logic [63:0] mst_req_addr_o,
  output logic [12:0] mst_req_len_o,
  output logic        mst_wdata_valid_o,
  input  logic        mst_wdata_ready_i,
  output logic [31:0] mst_wdata_o,
  output logic [3:0]  mst_wbe_o,
  output logic [15:0] mst_wtag_o,
  output logic        mst_wlast_o,
  input  logic        mst_rsp_valid_i,
  input  logic [4:0]  mst_rsp_tag_i,
  input  logic [1:0]  mst_rsp_status_i,
  input  logic [31:0] mst_rsp_data_i,
  input  logic        mst_rsp_last_i,
  // What says that there is something to look at; side by side, so that a simulator reads them at once.
  output logic        intx_o,                // 1 = INTA# asserted
  output logic        tgt_rsp_valid_o,
  output logic        mst_req_valid_o,
  output logic        evt_rst_o,             // CTRL.RST takes effect in this cycle
  output logic        evt_cause_o,           // evt_causes_o
  output logic        evt_hold_o,            // evt_held_o
  output logic        evt_lost_o,            // evt_lost_frame_o
  // a register of the group may change at the next edge; beside it the pins that ask as well
  output logic        clk_req_csr_o,         // tgt_req_valid_i; link_up_i, link_speed_i, m66en_i when one has changed
  output logic        clk_req_rx_frame_o,
  output logic        clk_req_rx_mac_o,      // gmii_ce_i with gmii_rx_dv_i, and the first one without it after that
  output logic        clk_req_rx_fifo_o,
  output logic        clk_req_rx_dma_o,
  output logic        clk_req_rx_desc_o,
  output logic        clk_req_mst_o,         // mst_rsp_valid_i
  output logic        clk_req_irq_o,         // now_i >= next_deadline_o
  output logic [63:0] next_deadline_o,       // all ones: none
  // observation
  output logic [24:0] evt_rx_o,              // e1000_pins_pkg::rx_evt_t, zero when nothing happens
  output logic [16:0] evt_causes_o,          // ICR bits set in this cycle
  output logic [16:0] evt_held_o,            // causes that wait for the throttle from this cycle on
  output logic [16:0] evt_lost_frame_o       // e1000_pins_pkg::rx_loss_t: a stored frame is discarded
);
  // ---- reset ---------------------------------------------------------------------------------------------
  logic rst_req, wake, rst_pending, soft_rst, drained, grant, stopped, halting, halt, req_reset;
  e1000_reset u_reset (
    .clk_i     (clk_csr_i),
    .rst_ni,
    .rst_req_i (rst_req || wake),
    .drained_i (drained),
    .granting_i(grant),
    .stopped_i (stopped),
    .pending_o (rst_pending),
    .soft_rst_o(soft_rst),
    .halting_o (halting),
    .halt_o    (halt),
    .clk_req_o (req_reset)
  );

  // ---- target side and registers ---------------------------------------------------------------------------
  e1000_pkg::reg_req_t reg_bus;
  e1000_pkg::cfg_req_t cfg_bus;
  logic [31:0] cfg_rdata, reg_rdata;
  logic        req_target;
  e1000_target u_target (
    .clk_i      (clk_csr_i),
    .rst_ni,
    .soft_rst_i (soft_rst),
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
    .reg_o      (reg_bus),
    .reg_rdata_i(reg_rdata),
    .clk_req_o  (req_target)
  );

  e1000_pkg::mst_error_t mst_error;
  logic        power_d3, asleep, req_cfg;
  e1000_pci_cfg #(.SubsystemId(SubsystemId), .SubsystemVendor(SubsystemVendor)) u_pci_cfg (
    .clk_i          (clk_csr_i),
    .rst_ni,
    .cfg_i          (cfg_bus),
    .cfg_rdata_o    (cfg_rdata),
    .error_i        (mst_error),
    .command_o      (cfg_command_o),
    .bar0_o         (cfg_bar0_o),
    .bar2_o         (cfg_bar2_o),
    .latency_timer_o(cfg_latency_timer_o),
    .cache_line_o   (cfg_cache_line_o),
    .power_d3_o     (power_d3),
    .asleep_o       (asleep),
    .wake_o         (wake),
    .clk_req_o      (req_cfg)
  );

  localparam int unsigned CmdBusMaster   = 2;
  localparam int unsigned CmdIntxDisable = 10;
  logic bus_master, dma_allow, intx_allow;
  assign bus_master  = cfg_command_o[CmdBusMaster];                                  // not asleep
  assign dma_allow   = bus_master && !rst_pending && !halting;                       // P-3, N-9, N-10
  assign intx_allow  = !cfg_command_o[CmdIntxDisable] && !power_d3 && !rst_pending;  // P-4, X-8
  assign cfg_reset_o = rst_pending || halting;

  logic        m66en_q;
  always_ff @(posedge clk_csr_i) m66en_q <= m66en_i;

  logic [31:0] rdata_regs, rdata_phy, rdata_eeprom, rdata_storage, rdata_ring, rdata_timers, rdata_irq, rdata_front;
  assign reg_rdata = rdata_regs | rdata_phy | rdata_eeprom | rdata_storage | rdata_ring | rdata_timers | rdata_irq |
                     rdata_front;

  logic        lu, full_duplex, lsc, req_regs, req_link, phy_up, phy_down, phy_loop;
  logic [1:0]  speed, asdv, phy_speed;
  logic [47:0] flow_address;
  logic [15:0] flow_type;
  logic [31:0] ctrl, rctl;
  logic [15:0] vet;
  logic [10:0] rxcsum;
  logic [6:0]  pba_rxa;
  logic [5:0]  pthresh, hthresh, wthresh;
  e1000_regs #(.Apme(Apme)) u_regs (
    .clk_i         (clk_csr_i),
    .rst_ni,
    .soft_rst_i    (soft_rst),
    .rst_pending_i (rst_pending),
    .reg_i         (reg_bus),
    .reg_rdata_o   (rdata_regs),
    .lu_i          (lu),
    .full_duplex_i (full_duplex),
    .speed_i       (speed),
    .asdv_i        (asdv),
    .m66en_i       (m66en_q),
    .rst_req_o     (rst_req),
    .ctrl_o        (ctrl),
    .rctl_o        (rctl),
    .vet_o         (vet),
    .rxcsum_o      (rxcsum),
    .pba_rxa_o     (pba_rxa),
    .flow_address_o(flow_address),
    .flow_type_o   (flow_type),
    .cache_line_i  (cfg_cache_line_o),
    .pthresh_o     (pthresh),
    .hthresh_o     (hthresh),
    .wthresh_o     (wthresh),
    .clk_req_o     (req_regs)
  );

  e1000_link u_link (
    .clk_i        (clk_csr_i),
    .rst_ni,
    .soft_rst_i   (soft_rst),
    .link_up_i,
    .link_speed_i,
    .phy_down_i   (phy_down),
    .phy_loop_i   (phy_loop),
    .phy_up_o     (phy_up),
    .phy_speed_o  (phy_speed),
    .slu_i        (ctrl[e1000_regs_pkg::CTRL_SLU]),
    .frcspd_i     (ctrl[e1000_regs_pkg::CTRL_FRCSPD]),
    .frcdpx_i     (ctrl[e1000_regs_pkg::CTRL_FRCDPX]),
    .fd_i         (ctrl[e1000_regs_pkg::CTRL_FD]),
    .speed_i      (ctrl[e1000_regs_pkg::CTRL_SPEED_HI:e1000_regs_pkg::CTRL_SPEED_LO]),
    .lu_o         (lu),
    .full_duplex_o(full_duplex),
    .speed_o      (speed),
    .asdv_o       (asdv),
    .lsc_o        (lsc),
    .clk_req_o    (req_link)
  );

  logic        mdac, req_phy;
  e1000_phy u_phy (
    .clk_i         (clk_csr_i),
    .rst_ni,
    .soft_rst_i    (soft_rst),
    .wake_i        (wake),
    .ctrl_phy_rst_i(ctrl[e1000_regs_pkg::CTRL_PHY_RST]),
    .phy_up_i      (phy_up),
    .phy_speed_i   (phy_speed),
    .reg_i         (reg_bus),
    .reg_rdata_o   (rdata_phy),
    .power_down_o  (phy_down),
    .loopback_o    (phy_loop),
    .mdac_o        (mdac),
    .clk_req_o     (req_phy)
  );

  e1000_eeprom #(.Apme(Apme), .SubsystemId(SubsystemId), .SubsystemVendor(SubsystemVendor)) u_eeprom (
    .clk_i      (clk_csr_i),
    .rst_ni,
    .soft_rst_i (soft_rst),
    .mac_addr_i,
    .reg_i      (reg_bus),
    .reg_rdata_o(rdata_eeprom)
  );

  e1000_storage u_storage (
    .clk_i      (clk_csr_i),
    .rst_ni,
    .soft_rst_i (soft_rst),
    .reg_i      (reg_bus),
    .reg_rdata_o(rdata_storage)
  );

  logic        rx_en;
  logic [31:0] rctl_front;   // a card that sleeps takes no frame from the wire
  assign rx_en      = rctl[e1000_regs_pkg::RCTL_EN];
  assign stopped    = !bus_master && !rx_en;   // P-3
  assign rctl_front = rctl & ~(32'(asleep) << e1000_regs_pkg::RCTL_EN);

  // ---- receive front ---------------------------------------------------------------------------------------
  logic                 frame_valid, data_valid, data_pop, frame_pop, no_desc, rxo;
  logic                 req_rx_mac, req_rx_frame, req_rx_fifo, req_rx_read;
  e1000_pkg::rx_frame_t frame;
  logic [63:0]          data;
  e1000_pins_pkg::rx_evt_t rx_evt;
  e1000_rx_front u_front (
    .clk_rx_mac_i,
    .clk_rx_frame_i,
    .clk_rx_fifo_i,
    .clk_rx_dma_i,
    .clk_csr_i,
    .rst_ni,
    .soft_rst_i        (soft_rst),
    .gmii_ce_i,
    .gmii_rx_dv_i,
    .gmii_rx_er_i,
    .gmii_rxd_i,
    .link_up_i         (lu),
    .mac_addr_i,
    .rctl_i            (rctl_front),
    .vme_i             (ctrl[e1000_regs_pkg::CTRL_VME]),
    .vet_i             (vet),
    .rxcsum_i          (rxcsum),
    .pba_rxa_i         (pba_rxa),
    .flow_address_i    (flow_address),
    .flow_type_i       (flow_type),
    .reg_i             (reg_bus),
    .reg_rdata_o       (rdata_front),
    .no_desc_i         (no_desc),
    .frame_valid_o     (frame_valid),
    .frame_o           (frame),
    .data_valid_o      (data_valid),
    .data_o            (data),
    .data_pop_i        (data_pop),
    .frame_pop_i       (frame_pop),
    .rxo_o             (rxo),
    .clk_req_rx_mac_o  (req_rx_mac),
    .clk_req_rx_frame_o(req_rx_frame),
    .clk_req_rx_fifo_o (req_rx_fifo),
    .clk_req_rx_dma_o  (req_rx_read),
    .evt_o             (rx_evt)
  );

  // ---- receive back: ring, descriptors, DMA, write-back, master side ---------------------------------------
  logic        frame_done, frame_small, ask, rxdmt0, lost_long, req_rx_dma, req_rx_desc, req_mst;
  e1000_pkg::rx_causes_t ask_causes, rx_causes;
  logic [11:0] small_limit;
  e1000_rx_back #(.FetchMax(FetchMax), .BurstBytes(BurstBytes)) u_back (
    .clk_rx_dma_i,
    .clk_rx_desc_i,
    .clk_mst_i,
    .rst_ni,
    .soft_rst_i       (soft_rst),
    .reg_i            (reg_bus),
    .reg_rdata_o      (rdata_ring),
    .rctl_i           (rctl),
    .pthresh_i        (pthresh),
    .hthresh_i        (hthresh),
    .wthresh_i        (wthresh),
    .small_limit_i    (small_limit),
    .allow_i          (dma_allow),
    .halt_i           (halt),
    .frame_valid_i    (frame_valid),
    .frame_i          (frame),
    .data_valid_i     (data_valid),
    .data_i           (data),
    .data_pop_o       (data_pop),
    .frame_pop_o      (frame_pop),
    .frame_done_o     (frame_done),
    .frame_small_o    (frame_small),
    .ask_i            (ask),
    .ask_causes_i     (ask_causes),
    .causes_o         (rx_causes),
    .rxdmt0_o         (rxdmt0),
    .no_desc_o        (no_desc),
    .lost_o           (evt_lost_o),
    .lost_long_o      (lost_long),
    .grant_o          (grant),
    .drained_o        (drained),
    .error_o          (mst_error),
    .mst_req_valid_o,
    .mst_req_ready_i,
    .mst_req_kind_o,
    .mst_req_tag_o,
    .mst_req_write_o,
    .mst_req_addr_o,
    .mst_req_len_o,
    .mst_wdata_valid_o,
    .mst_wdata_ready_i,
    .mst_wdata_o,
    .mst_wbe_o,
    .mst_wtag_o,
    .mst_wlast_o,
    .mst_rsp_valid_i,
    .mst_rsp_tag_i,
    .mst_rsp_status_i,
    .mst_rsp_data_i,
    .mst_rsp_last_i,
    .clk_req_rx_dma_o (req_rx_dma),
    .clk_req_rx_desc_o(req_rx_desc),
    .clk_req_mst_o    (req_mst)
  );

  // ---- causes --------------------------------------------------------------------------------------------------
  logic [63:0] timer_deadline, irq_deadline;
  logic        req_timers, req_irq, hold;
  logic [16:0] held;
  e1000_rx_timers u_timers (
    .clk_i          (clk_irq_i),
    .rst_ni,
    .soft_rst_i     (soft_rst),
    .now_i,
    .reg_i          (reg_bus),
    .reg_rdata_o    (rdata_timers),
    .small_limit_o  (small_limit),
    .frame_done_i   (frame_done),
    .frame_small_i  (frame_small),
    .ask_o          (ask),
    .ask_causes_o   (ask_causes),
    .next_deadline_o(timer_deadline),
    .clk_req_o      (req_timers)
  );

  logic [16:0] causes, causes_set;
  always_comb begin
    causes = 17'd0;
    causes[e1000_regs_pkg::ICR_SRPD]   = rx_causes.srpd;
    causes[e1000_regs_pkg::ICR_MDAC]   = mdac;
    causes[e1000_regs_pkg::ICR_RXT0]   = rx_causes.rxt0;
    causes[e1000_regs_pkg::ICR_RXO]    = rxo;   // I-41
    causes[e1000_regs_pkg::ICR_RXDMT0] = rxdmt0;
    causes[e1000_regs_pkg::ICR_LSC]    = lsc;
  end
  e1000_irq u_irq (
    .clk_i          (clk_irq_i),
    .rst_ni,
    .soft_rst_i     (soft_rst),
    .now_i,
    .reg_i          (reg_bus),
    .reg_rdata_o    (rdata_irq),
    .causes_i       (causes),
    .enable_i       (intx_allow),
    .causes_o       (causes_set),
    .hold_o         (hold),
    .held_o         (held),
    .intx_o,
    .next_deadline_o(irq_deadline),
    .clk_req_o      (req_irq)
  );

  // ---- observation ---------------------------------------------------------------------------------------------
  assign evt_rx_o        = rx_evt;
  assign evt_rst_o       = soft_rst;
  assign evt_cause_o     = causes_set != 17'd0;
  assign evt_causes_o    = causes_set;
  assign evt_hold_o      = hold;
  assign evt_held_o      = held;
  e1000_pins_pkg::rx_loss_t lost;
  always_comb begin
    lost.too_long    = lost_long;
    lost.tag         = frame.tag;
    evt_lost_frame_o = 17'd0;
    if (evt_lost_o) evt_lost_frame_o = lost;
  end
  assign next_deadline_o = timer_deadline < irq_deadline ? timer_deadline : irq_deadline;

  // ---- clocks --------------------------------------------------------------------------------------------------
  // Each block asks for what it will do by itself; here stands what others do to it.  A register access and CTRL.RST
  // concern everybody; in the csr group the blocks they come from ask.
  logic wake_all;
  assign wake_all           = reg_bus.rd | reg_bus.wr | soft_rst;
  assign clk_req_csr_o      = req_reset | req_target | req_cfg | req_regs | req_link | req_phy;
  assign clk_req_rx_frame_o = wake_all | req_rx_frame;
  assign clk_req_rx_mac_o   = wake_all | req_rx_mac;
  assign clk_req_rx_fifo_o  = wake_all | req_rx_fifo;
  assign clk_req_rx_dma_o   = wake_all | req_rx_dma | req_rx_read;
  assign clk_req_rx_desc_o  = wake_all | req_rx_desc;
  assign clk_req_mst_o      = wake_all | req_mst;
  assign clk_req_irq_o      = wake_all | req_timers | req_irq;
endmodule

// SPDX-License-Identifier: Apache-2.0
// 82540EM-compatible NIC behind its PCI interface: wiring and flat ports only.
//
// GMII in -> e1000_rx_front (MAC, filter, FIFO, statistics) -> e1000_rx_back (descriptors, DMA, write-back) -> PCI
// master -> e1000_tx_back (descriptors, reads, frames) -> e1000_tx_front (FIFO, MAC, statistics) -> GMII out; causes
// through e1000_rx_timers, e1000_tx_timers and e1000_irq; e1000_target strobes the registers of all.  No path leads from an
// input to an output or a clk_req_*_o without a register in between.
module e1000_top #(
  parameter int unsigned FetchMax   = 64,    // descriptors in one fetch burst
  parameter int unsigned BurstBytes = 256    // payload bursts end on multiples of this, power of two
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
  input  logic        clk_tx_desc_i,         // transmit ring, descriptor cache, write-back
  input  logic        clk_tx_dma_i,          // payload reads, frames, transmit FIFO's write side
  input  logic        clk_tx_mac_i,          // transmit FIFO's read side, MAC, statistics
  input  logic        rst_ni,                // power-on and PCI RST#, synchronous; 0 asks for all clocks
  input  logic [63:0] now_i,                 // time in clocks; counts whether they come or not
  // GMII and link
  input  logic        gmii_ce_i,
  input  logic        gmii_rx_dv_i,
  input  logic        gmii_rx_er_i,
  input  logic [7:0]  gmii_rxd_i,
  input  logic        gmii_tx_ce_i,          // as gmii_ce_i, for what goes out
  output logic        gmii_tx_er_o,
  output logic [7:0]  gmii_txd_o,
  output logic        gmii_looped_o,         // PHY loopback: what comes on GMII is not received (B-5)
  output logic        gmii_loop_en_o,        // ... and gmii_txd_o goes to the receiver, not to the wire
  output logic        gmii_tx_last_o,        // with either enable: the frame's last byte
  input  logic        link_up_i,             // of the wire
  input  logic [1:0]  link_speed_i,          // 10: 1000 Mb/s
  input  logic        m66en_i,
  // EEPROM: a Microwire part; words as power-on loaded them, looked at in reset only
  input  logic [47:0] mac_addr_i,            // words 0 to 2, byte 0 in 7:0
  input  logic        apme_i,                // word 0x24 bit 10: CTRL.SLU after reset (X-10)
  input  logic [31:0] subsystem_i,           // words 0x0B, 0x0C: id and vendor
  input  logic        eeprom_do_i,
  output logic        eeprom_cs_o,
  output logic        eeprom_sk_o,
  output logic        eeprom_di_o,
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
  output logic [15:0] mst_req_ftag_o,        // number of the packet a transmit read or write-back belongs to
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
  output logic        eeprom_moved_o,        // eeprom_cs_o, eeprom_sk_o or eeprom_di_o has changed
  // a register of the group may change at the next edge; beside it the pins that ask as well
  output logic        clk_req_csr_o,         // tgt_req_valid_i; link_up_i, link_speed_i, m66en_i when one has changed
  output logic        clk_req_rx_frame_o,
  output logic        clk_req_rx_mac_o,      // gmii_ce_i with gmii_rx_dv_i, and the first one without it after that
  output logic        clk_req_rx_fifo_o,
  output logic        clk_req_rx_dma_o,
  output logic        clk_req_rx_desc_o,
  output logic        clk_req_mst_o,         // mst_rsp_valid_i
  output logic        clk_req_irq_o,         // now_i >= next_deadline_o
  output logic        clk_req_tx_desc_o,
  output logic        clk_req_tx_dma_o,
  output logic        clk_req_tx_mac_o,
  output logic        gmii_tx_en_o,          // beside the requests: it says that a byte is to be taken
  output logic [63:0] next_deadline_o,       // all ones: none
  // observation
  output logic [24:0] evt_rx_o,              // e1000_pins_pkg::rx_evt_t, zero when nothing happens
  output logic [19:0] evt_tx_o,              // e1000_pins_pkg::tx_evt_t, likewise
  output logic [14:0] evt_tx_length_o,       // with its commit: bytes of the frame as sent, without padding and FCS
  output logic [16:0] evt_causes_o,          // ICR bits set in this cycle
  output logic [16:0] evt_held_o,            // causes that wait for the throttle from this cycle on
  output logic [16:0] evt_lost_frame_o       // e1000_pins_pkg::rx_loss_t: a stored frame is discarded
);
  // ---- reset, target side, registers, link -------------------------------------------------------------------
  e1000_pkg::reg_req_t   reg_bus;
  e1000_pkg::mst_error_t mst_error;
  e1000_tx_pkg::tx_cfg_t tx_cfg;
  logic        req_csr, soft_rst, halt, drained, granting, dma_allow, intx_allow, asleep, lu, full_duplex, phy_loop, lsc, mdac, paused;
  logic [31:0] ctrl, rctl, rctl_front, rdata_ring, rdata_front, rdata_transmit, rdata_causes;
  logic [47:0] flow_address, station;
  logic [15:0] flow_type, vet, pause_time;
  logic [10:0] rxcsum;
  logic [6:0]  pba_rxa;
  logic [5:0]  pthresh, hthresh, wthresh;
  logic [1:0]  speed, rsp_seq;
  logic        seen_do, apme, apme_load, mac_load;
  logic [47:0] mac;
  e1000_csr u_csr (
    .clk_i         (clk_csr_i),
    .rst_ni,
    .link_up_i, .link_speed_i, .m66en_i, .subsystem_i,
    .tgt_req_valid_i, .tgt_req_ready_o, .tgt_space_i, .tgt_write_i, .tgt_addr_i, .tgt_be_i, .tgt_wdata_i,
    .tgt_rsp_valid_o, .tgt_rsp_rdata_o,
    .cfg_command_o, .cfg_bar0_o, .cfg_bar2_o, .cfg_latency_timer_o, .cfg_cache_line_o, .cfg_reset_o,
    .eeprom_do_i,
    .eeprom_do_seen_o(seen_do),
    .apme_i        (apme),
    .apme_load_i   (apme_load),
    .drained_i     (drained),
    .granting_i    (granting),
    .soft_rst_o    (soft_rst),
    .halt_o        (halt),
    .reg_o         (reg_bus),
    .reg_rdata_i   (rdata_ring | rdata_front | rdata_transmit | rdata_causes),
    .error_i       (mst_error),
    .dma_allow_o   (dma_allow),
    .intx_allow_o  (intx_allow),
    .asleep_o      (asleep),
    .link_up_o     (lu),
    .full_duplex_o (full_duplex),
    .speed_o       (speed),
    .loop_o        (phy_loop),
    .paused_i      (paused),
    .lsc_o         (lsc),
    .mdac_o        (mdac),
    .ctrl_o        (ctrl),
    .rctl_o        (rctl),
    .rctl_front_o  (rctl_front),
    .vet_o         (vet),
    .rxcsum_o      (rxcsum),
    .pba_rxa_o     (pba_rxa),
    .flow_address_o(flow_address),
    .flow_type_o   (flow_type),
    .pthresh_o     (pthresh),
    .hthresh_o     (hthresh),
    .wthresh_o     (wthresh),
    .tx_cfg_o      (tx_cfg),
    .clk_req_o     (req_csr)
  );

  // ---- receive front ---------------------------------------------------------------------------------------
  logic                 frame_valid, data_valid, data_pop, frame_pop, no_desc, rxo, pause_seen;
  logic [13:0]          rx_fill;
  logic                 req_rx_mac, req_rx_frame, req_rx_fifo, req_rx_read, req_loop;
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
    .loop_i            (phy_loop),
    .loop_ce_i         (gmii_tx_ce_i),
    .loop_dv_i         (gmii_loop_en_o),
    .loop_data_i       (gmii_txd_o),
    .looped_o          (gmii_looped_o),
    .link_up_i         (lu),
    .mac_addr_i        (mac),
    .mac_load_i        (mac_load),
    .rctl_i            (rctl_front),
    .vme_i             (ctrl[e1000_regs_pkg::CTRL_VME]),
    .rfce_i            (ctrl[e1000_regs_pkg::CTRL_RFCE]),
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
    .fill_on_i         (ctrl[e1000_regs_pkg::CTRL_TFCE]),
    .fill_o            (rx_fill),
    .station_o         (station),
    .pause_o           (pause_seen),
    .pause_time_o      (pause_time),
    .clk_req_rx_mac_o  (req_rx_mac),
    .clk_req_rx_frame_o(req_rx_frame),
    .clk_req_rx_fifo_o (req_rx_fifo),
    .clk_req_csr_o     (req_loop),
    .clk_req_rx_dma_o  (req_rx_read),
    .evt_o             (rx_evt)
  );

  // ---- receive back: ring, descriptors, DMA, write-back, master side ---------------------------------------
  logic        frame_done, frame_small, ask, rxdmt0, lost_long, req_rx_dma, req_rx_desc, req_mst;
  e1000_pkg::rx_causes_t ask_causes, rx_causes;
  logic [11:0] small_limit;
  logic        tx_req_valid, tx_req_write, tx_write_ok, tx_gnt, tx_fetch_rsp, tx_pay_rsp, tx_wb_rsp, rsp_ok, rsp_last;
  e1000_pins_pkg::kind_e tx_req_kind;
  logic [63:0] tx_req_addr;
  logic [12:0] tx_req_len;
  logic [15:0] tx_req_tag;
  logic [31:0] tx_req_data, rsp_data;
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
    .tx_valid_i       (tx_req_valid),
    .tx_write_i       (tx_req_write),
    .tx_kind_i        (tx_req_kind),
    .tx_addr_i        (tx_req_addr),
    .tx_len_i         (tx_req_len),
    .tx_tag_i         (tx_req_tag),
    .tx_data_i        (tx_req_data),
    .tx_write_ok_o    (tx_write_ok),
    .tx_gnt_o         (tx_gnt),
    .tx_fetch_rsp_o   (tx_fetch_rsp),
    .tx_pay_rsp_o     (tx_pay_rsp),
    .tx_wb_rsp_o      (tx_wb_rsp),
    .rsp_ok_o         (rsp_ok),
    .rsp_last_o       (rsp_last),
    .rsp_data_o       (rsp_data),
    .rsp_seq_o        (rsp_seq),
    .granting_o       (granting),
    .drained_o        (drained),
    .error_o          (mst_error),
    .mst_req_valid_o, .mst_req_ready_i, .mst_req_kind_o, .mst_req_tag_o, .mst_req_write_o, .mst_req_addr_o,
    .mst_req_len_o, .mst_req_ftag_o,
    .mst_wdata_valid_o, .mst_wdata_ready_i, .mst_wdata_o, .mst_wbe_o, .mst_wtag_o, .mst_wlast_o,
    .mst_rsp_valid_i, .mst_rsp_tag_i, .mst_rsp_status_i, .mst_rsp_data_i, .mst_rsp_last_i,
    .clk_req_rx_dma_o (req_rx_dma),
    .clk_req_rx_desc_o(req_rx_desc),
    .clk_req_mst_o    (req_mst)
  );

  // ---- causes --------------------------------------------------------------------------------------------------
  logic        req_causes, hold, tx_start, tx_done, tx_done_ide, tx_done_all, tx_ask, txdw, txqe, txd_low;
  logic [16:0] causes_set, held;
  e1000_causes u_causes (
    .clk_i          (clk_irq_i),
    .rst_ni,
    .soft_rst_i     (soft_rst),
    .now_i,
    .reg_i          (reg_bus),
    .reg_rdata_o    (rdata_causes),
    .enable_i       (intx_allow),
    .small_limit_o  (small_limit),
    .frame_done_i   (frame_done),
    .frame_small_i  (frame_small),
    .rx_ask_o       (ask),
    .rx_ask_causes_o(ask_causes),
    .rx_causes_i    (rx_causes),
    .rxo_i          (rxo),
    .rxdmt0_i       (rxdmt0),
    .lsc_i          (lsc),
    .mdac_i         (mdac),
    .tx_start_i     (tx_start),
    .tx_done_i      (tx_done),
    .tx_done_ide_i  (tx_done_ide),
    .tx_done_all_i  (tx_done_all),
    .tx_ask_o       (tx_ask),
    .txdw_i         (txdw),
    .txqe_i         (txqe),
    .txd_low_i      (txd_low),
    .pause_i        (pause_seen),
    .pause_time_i   (pause_time),
    .pause_obey_i   (ctrl[e1000_regs_pkg::CTRL_RFCE] && full_duplex),
    .speed_i        (speed),
    .paused_o       (paused),
    .mac_addr_i, .apme_i, .eeprom_cs_o, .eeprom_sk_o, .eeprom_di_o, .eeprom_moved_o, .eeprom_do_i,
    .eeprom_do_seen_i(seen_do),
    .mac_o          (mac),
    .mac_load_o     (mac_load),
    .apme_o         (apme),
    .apme_load_o    (apme_load),
    .causes_o       (causes_set),
    .hold_o         (hold),
    .held_o         (held),
    .intx_o,
    .next_deadline_o,
    .clk_req_o      (req_causes)
  );

  // ---- transmit: ring, descriptors, reads, frames; FIFO and MAC ----------------------------------------------
  logic        req_tx_desc, req_tx_dma, req_tx_mac;
  e1000_pins_pkg::tx_evt_t tx_evt;
  e1000_transmit #(.FetchMax(FetchMax), .BurstBytes(BurstBytes)) u_transmit (
    .clk_tx_desc_i,
    .clk_tx_dma_i,
    .clk_tx_mac_i,
    .rst_ni,
    .soft_rst_i       (soft_rst),
    .reg_i            (reg_bus),
    .reg_rdata_o      (rdata_transmit),
    .ctrl_i           (ctrl),
    .cfg_i            (tx_cfg),
    .vet_i            (vet),
    .flow_address_i   (flow_address),
    .flow_type_i      (flow_type),
    .station_i        (station),
    .full_duplex_i    (full_duplex),
    .link_up_i        (lu),
    .asleep_i         (asleep),
    .loop_i           (phy_loop),
    .rx_looped_i      (gmii_looped_o),
    .paused_i         (paused),
    .fill_i           (rx_fill),
    .overflow_i       (rxo),
    .hold_i           (cfg_reset_o),
    .halt_i           (halt),
    .gmii_tx_ce_i,
    .gmii_tx_en_o,
    .gmii_txd_o,
    .gmii_tx_last_o,
    .loop_dv_o        (gmii_loop_en_o),
    .start_o          (tx_start),
    .done_o           (tx_done),
    .done_ide_o       (tx_done_ide),
    .done_all_o       (tx_done_all),
    .ask_i            (tx_ask),
    .txdw_o           (txdw),
    .txqe_o           (txqe),
    .low_o            (txd_low),
    .req_valid_o      (tx_req_valid),
    .req_write_o      (tx_req_write),
    .req_kind_o       (tx_req_kind),
    .req_addr_o       (tx_req_addr),
    .req_len_o        (tx_req_len),
    .req_tag_o        (tx_req_tag),
    .req_data_o       (tx_req_data),
    .write_ok_i       (tx_write_ok),
    .req_gnt_i        (tx_gnt),
    .rsp_fetch_i      (tx_fetch_rsp),
    .rsp_pay_i        (tx_pay_rsp),
    .rsp_wb_i         (tx_wb_rsp),
    .rsp_ok_i         (rsp_ok),
    .rsp_last_i       (rsp_last),
    .rsp_data_i       (rsp_data),
    .rsp_seq_i        (rsp_seq),
    .evt_o            (tx_evt),
    .evt_length_o     (evt_tx_length_o),
    .clk_req_tx_desc_o(req_tx_desc),
    .clk_req_tx_dma_o (req_tx_dma),
    .clk_req_tx_mac_o (req_tx_mac)
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
  assign evt_tx_o        = tx_evt;
  assign gmii_tx_er_o    = 1'b0;   // T-75
  // ---- clocks --------------------------------------------------------------------------------------------------
  // Each block asks for what it does by itself.  A register access and CTRL.RST concern everybody.
  logic wake_all;
  assign wake_all           = reg_bus.rd | reg_bus.wr | soft_rst;
  assign clk_req_csr_o      = req_csr | req_loop | mac_load | apme_load;
  assign clk_req_rx_frame_o = wake_all | req_rx_frame;
  assign clk_req_rx_mac_o   = wake_all | req_rx_mac;
  assign clk_req_rx_fifo_o  = wake_all | req_rx_fifo;
  assign clk_req_rx_dma_o   = wake_all | req_rx_dma | req_rx_read;
  assign clk_req_rx_desc_o  = wake_all | req_rx_desc;
  assign clk_req_mst_o      = wake_all | req_mst;
  assign clk_req_irq_o      = wake_all | req_causes;
  assign clk_req_tx_desc_o  = wake_all | req_tx_desc;
  assign clk_req_tx_dma_o   = wake_all | req_tx_dma;
  assign clk_req_tx_mac_o   = wake_all | req_tx_mac;
endmodule

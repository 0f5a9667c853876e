// SPDX-License-Identifier: Apache-2.0
// The transmit side: ring to GMII.  Wiring of back (descriptors, reads, frames) and front (FIFO, MAC, statistics).
module e1000_transmit #(
  parameter int unsigned FetchMax   = 64,   // descriptors in one fetch burst
  parameter int unsigned BurstBytes = 256   // payload bursts end on multiples of this, power of two
) (
  input  logic                  clk_tx_desc_i,
  input  logic                  clk_tx_dma_i,
  input  logic                  clk_tx_mac_i,
  input  logic                  rst_ni,
  input  logic                  soft_rst_i,
  input  e1000_pkg::reg_req_t   reg_i,
  output logic [31:0]           reg_rdata_o,
  // settings
  input  logic [31:0]           ctrl_i,
  input  e1000_tx_pkg::tx_cfg_t cfg_i,
  input  logic [15:0]           vet_i,
  input  logic [47:0]           flow_address_i, // FCAH, FCAL
  input  logic [15:0]           flow_type_i,    // FCT
  input  logic [47:0]           station_i,      // RA0
  input  logic                  full_duplex_i,
  input  logic                  link_up_i,      // STATUS.LU
  input  logic                  asleep_i,
  input  logic                  loop_i,         // BMCR.14
  input  logic                  rx_looped_i,    // the receiver has turned to us
  input  logic                  paused_i,       // STATUS.TXOFF
  input  logic [13:0]           fill_i,         // receive FIFO, in words
  input  logic                  overflow_i,     // ... missed a frame
  input  logic                  hold_i,         // a reset or halt comes
  input  logic                  halt_i,
  // GMII
  input  logic                  gmii_tx_ce_i,
  output logic                  gmii_tx_en_o,
  output logic [7:0]            gmii_txd_o,
  output logic                  gmii_tx_last_o, // the frame's last byte
  output logic                  loop_dv_o,      // the same bytes for the own receiver
  // causes and timers
  output logic                  start_o,
  output logic                  done_o,
  output logic                  done_ide_o,
  output logic                  done_all_o,
  input  logic                  ask_i,
  output logic                  txdw_o,
  output logic                  txqe_o,
  output logic                  low_o,
  // master side
  output logic                  req_valid_o,
  output logic                  req_write_o,
  output e1000_pins_pkg::kind_e req_kind_o,
  output logic [63:0]           req_addr_o,
  output logic [12:0]           req_len_o,
  output logic [15:0]           req_tag_o,
  output logic [31:0]           req_data_o,
  input  logic                  write_ok_i,
  input  logic                  req_gnt_i,
  input  logic                  rsp_fetch_i,
  input  logic                  rsp_pay_i,
  input  logic                  rsp_wb_i,
  input  logic                  rsp_ok_i,
  input  logic                  rsp_last_i,
  input  logic [1:0]            rsp_seq_i,      // which of four reads
  input  logic [31:0]           rsp_data_i,
  output e1000_pins_pkg::tx_evt_t evt_o,
  output logic [14:0]           evt_length_o,   // of a frame committed
  // strobes and CTRL.RST are asked for from outside
  output logic                  clk_req_tx_desc_o,
  output logic                  clk_req_tx_dma_o,
  output logic                  clk_req_tx_mac_o
);
  logic [31:0] rdata_ring, rdata_stats;
  assign reg_rdata_o = rdata_ring | rdata_stats;
  logic        fifo_ready, fifo_end_ready, fifo_lost, word_en, tag_word, finish, forget, tso_done, tso_failed, committed, segment, req_back, req_fifo;
  logic [13:0] fifo_limit;
  logic [63:0] word;
  logic [15:0] commit_tag;
  e1000_tx_pkg::tx_frame_t frame;
  e1000_tx_pkg::tx_patch_t patch;
  e1000_tx_back #(.FetchMax(FetchMax), .BurstBytes(BurstBytes)) u_back (
    .clk_tx_desc_i,
    .clk_tx_dma_i,
    .rst_ni,
    .soft_rst_i,
    .reg_i,
    .reg_rdata_o  (rdata_ring),
    .tx_en_i      (cfg_i.en),
    .vme_i        (ctrl_i[e1000_regs_pkg::CTRL_VME]),
    .vet_i,
    .pthresh_i    (cfg_i.pthresh),
    .hthresh_i    (cfg_i.hthresh),
    .wthresh_i    (cfg_i.wthresh),
    .lwthresh_i   (cfg_i.lwthresh),
    .hold_i,
    .halt_i,
    .fifo_ready_i (fifo_ready),
    .fifo_end_ready_i(fifo_end_ready),
    .rsp_seq_i,
    .fifo_lost_i  (fifo_lost),
    .fifo_limit_i (fifo_limit),
    .word_en_o    (word_en),
    .word_o       (word),
    .tag_word_o   (tag_word),
    .finish_o     (finish),
    .frame_o      (frame),
    .patch_o      (patch),
    .forget_o     (forget),
    .start_o,
    .done_o,
    .done_ide_o,
    .done_all_o,
    .ask_i,
    .txdw_o,
    .txqe_o,
    .low_o,
    .tso_done_o   (tso_done),
    .tso_failed_o (tso_failed),
    .evt_commit_o (committed),
    .evt_segment_o(segment),
    .evt_tag_o    (commit_tag),
    .evt_length_o,
    .req_valid_o,
    .req_write_o,
    .req_kind_o,
    .req_addr_o,
    .req_len_o,
    .req_tag_o,
    .req_data_o,
    .write_ok_i,
    .req_gnt_i,
    .rsp_fetch_i,
    .rsp_pay_i,
    .rsp_wb_i,
    .rsp_ok_i,
    .rsp_last_i,
    .rsp_data_i,
    .clk_req_tx_desc_o,
    .clk_req_tx_dma_o(req_back)
  );

  logic on_gmii, looped;
  e1000_tx_front u_front (
    .clk_tx_dma_i,
    .clk_tx_mac_i,
    .rst_ni,
    .soft_rst_i,
    .gmii_tx_ce_i,
    .reg_i,
    .reg_rdata_o  (rdata_stats),
    .able_i       (link_up_i && !asleep_i),
    .cfg_i,
    .tfce_i       (ctrl_i[e1000_regs_pkg::CTRL_TFCE]),
    .full_duplex_i,
    .flow_address_i,
    .flow_type_i,
    .station_i,
    .loop_i,
    .rx_looped_i,
    .paused_i,
    .fill_i,
    .overflow_i,
    .ready_o      (fifo_ready),
    .end_ready_o  (fifo_end_ready),
    .lost_o       (fifo_lost),
    .limit_o      (fifo_limit),
    .word_en_i    (word_en),
    .word_i       (word),
    .tag_word_i   (tag_word),
    .finish_i     (finish),
    .frame_i      (frame),
    .patch_i      (patch),
    .forget_i     (forget),
    .tx_en_o      (on_gmii),
    .txd_o        (gmii_txd_o),
    .last_o       (gmii_tx_last_o),
    .looped_o     (looped),
    .tso_done_i   (tso_done),
    .tso_failed_i (tso_failed),
    .evt_commit_i (committed),
    .evt_segment_i(segment),
    .evt_tag_i    (commit_tag),
    .evt_o,
    .clk_req_tx_dma_o(req_fifo),
    .clk_req_tx_mac_o
  );
  assign gmii_tx_en_o     = on_gmii && !looped;   // B-5
  assign loop_dv_o        = on_gmii && looped;
  assign clk_req_tx_dma_o = req_back | req_fifo;
endmodule

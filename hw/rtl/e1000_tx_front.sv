// SPDX-License-Identifier: Apache-2.0
// Transmit front: from whole frames to GMII.  Wiring of FIFO, MAC, flow control and statistics, and the event word.
module e1000_tx_front (
  input  logic                    clk_tx_dma_i,    // FIFO, write side
  input  logic                    clk_tx_mac_i,    // FIFO, read side; MAC
  input  logic                    rst_ni,
  input  logic                    soft_rst_i,
  input  logic                    gmii_tx_ce_i,
  input  e1000_pkg::reg_req_t     reg_i,
  output logic [31:0]             reg_rdata_o,
  // settings
  input  logic                    able_i,          // link up, D0 active
  input  e1000_tx_pkg::tx_cfg_t   cfg_i,
  input  logic                    loop_i,          // BMCR.14
  input  logic                    rx_looped_i,     // the receiver has turned to us
  // flow control (F-2, F-6, F-9)
  input  logic                    tfce_i,          // CTRL.TFCE
  input  logic                    full_duplex_i,
  input  logic [47:0]             flow_address_i,  // FCAH, FCAL
  input  logic [15:0]             flow_type_i,     // FCT
  input  logic [47:0]             station_i,       // RA0
  input  logic                    paused_i,
  input  logic [13:0]             fill_i,          // receive FIFO, in words
  input  logic                    overflow_i,
  // frames
  output logic                    ready_o,
  output logic                    end_ready_o,
  output logic                    lost_o,
  output logic [13:0]             limit_o,
  input  logic                    word_en_i,
  input  logic [63:0]             word_i,
  input  logic                    tag_word_i,
  input  logic                    finish_i,
  input  e1000_tx_pkg::tx_frame_t frame_i,
  input  e1000_tx_pkg::tx_patch_t patch_i,
  input  logic                    forget_i,
  // GMII
  output logic                    tx_en_o,
  output logic [7:0]              txd_o,
  output logic                    last_o,
  output logic                    looped_o,
  // statistics, events
  input  logic                    tso_done_i,
  input  logic                    tso_failed_i,
  input  logic                    evt_commit_i,
  input  logic                    evt_segment_i,
  input  logic [15:0]             evt_tag_i,
  output e1000_pins_pkg::tx_evt_t evt_o,
  output logic                    clk_req_tx_dma_o,
  output logic                    clk_req_tx_mac_o
);
  logic                    frame_valid, data_pop, frame_pop, req_read, req_mac;
  e1000_tx_pkg::tx_frame_t frame;
  e1000_tx_pkg::tx_patch_t patch;
  logic [63:0]             data;
  e1000_tx_fifo u_fifo (
    .clk_tx_dma_i,
    .clk_tx_mac_i,
    .rst_ni,
    .soft_rst_i,
    .pba_rxa_i    (cfg_i.rxa),
    .limit_o,
    .ready_o,
    .end_ready_o,
    .word_en_i,
    .word_i,
    .tag_word_i,
    .finish_i,
    .frame_i,
    .patch_i,
    .forget_i,
    .lost_o,
    .frame_valid_o(frame_valid),
    .frame_o      (frame),
    .patch_o      (patch),
    .data_o       (data),
    .data_pop_i   (data_pop),
    .frame_pop_i  (frame_pop),
    .clk_req_tx_dma_o,
    .clk_req_tx_mac_o(req_read)
  );

  logic        sof, sof_pause, sent, sent_pause, pause_valid, pause_take, req_flow, req_stats;
  logic [15:0] sof_tag, sent_timer, sent_length, pause_timer;
  logic [1:0]  sent_cast;
  e1000_tx_mac u_mac (
    .clk_i         (clk_tx_mac_i),
    .rst_ni,
    .soft_rst_i,
    .gmii_tx_ce_i,
    .go_i          (cfg_i.en && able_i && loop_i == rx_looped_i),   // T-72, B-5
    .paused_i,
    .psp_i         (cfg_i.psp),
    .ipgt_i        (cfg_i.ipgt),
    .loop_i,
    .frame_valid_i (frame_valid),
    .frame_i       (frame),
    .patch_i       (patch),
    .data_i        (data),
    .data_pop_o    (data_pop),
    .frame_pop_o   (frame_pop),
    .pause_valid_i (pause_valid),
    .pause_timer_i (pause_timer),
    .flow_address_i,
    .flow_type_i,
    .station_i,
    .pause_take_o  (pause_take),
    .tx_en_o,
    .txd_o,
    .last_o,
    .looped_o,
    .sent_o        (sent),
    .sent_pause_o  (sent_pause),
    .sent_timer_o  (sent_timer),
    .sent_length_o (sent_length),
    .sent_cast_o   (sent_cast),
    .evt_sof_o     (sof),
    .evt_pause_o   (sof_pause),
    .evt_tag_o     (sof_tag),
    .clk_req_o     (req_mac)
  );

  e1000_tx_flow u_flow (
    .clk_i        (clk_tx_mac_i),
    .rst_ni,
    .soft_rst_i,
    .reg_i,
    .able_i       (able_i && full_duplex_i),
    .en_i         (cfg_i.en),
    .tfce_i       (tfce_i),
    .fcttv_i      (cfg_i.fcttv),
    .fcrth_i      (cfg_i.fcrth),
    .fcrtl_i      (cfg_i.fcrtl),
    .xone_i       (cfg_i.xone),
    .fill_i,
    .overflow_i,
    .pause_valid_o(pause_valid),
    .pause_timer_o(pause_timer),
    .pause_take_i (pause_take),
    .clk_req_o    (req_flow)
  );

  e1000_tx_stats u_stats (
    .clk_i       (clk_tx_mac_i),
    .rst_ni,
    .soft_rst_i,
    .sent_i      (sent),
    .pause_i     (sent_pause),
    .timer_i     (sent_timer),
    .length_i    (sent_length),
    .broadcast_i (sent_cast[1]),
    .multicast_i (sent_cast[0]),
    .tso_done_i,
    .tso_failed_i,
    .reg_i,
    .reg_rdata_o,
    .clk_req_o   (req_stats)
  );
  // As in e1000_tx_back: one sum of what our own clocks move.
  logic own;
  always_comb begin
    own = 1'b0;
    if (req_read || req_mac || req_stats) own = 1'b1;
  end
  assign clk_req_tx_mac_o = own | req_flow;

  always_comb begin
    evt_o = '0;
    if (evt_commit_i || sof) begin
      evt_o.commit  = evt_commit_i;
      evt_o.sof     = sof;
      evt_o.pause   = sof && sof_pause;
      evt_o.segment = evt_commit_i && evt_segment_i;
      evt_o.tag     = evt_commit_i ? evt_tag_i : sof_tag;
    end
  end
endmodule

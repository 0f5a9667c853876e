// SPDX-License-Identifier: Apache-2.0
// Receive back: from the FIFO's head to the PCI master.  Wiring of ring, descriptor cache, DMA, write-back,
// cause slots, bus master.
module e1000_rx_back #(
  parameter int unsigned FetchMax   = 64,   // descriptors in one fetch burst
  parameter int unsigned BurstBytes = 256   // payload bursts end on multiples of this, power of two
) (
  input  logic                    clk_rx_dma_i,   // receive DMA
  input  logic                    clk_rx_desc_i,  // ring, descriptor cache, write-back
  input  logic                    clk_mst_i,      // master side
  input  logic                    rst_ni,
  input  logic                    soft_rst_i,
  input  e1000_pkg::reg_req_t     reg_i,
  output logic [31:0]             reg_rdata_o,    // RDBAL to RDT
  // settings
  input  logic [31:0]             rctl_i,
  input  logic [5:0]              pthresh_i,      // descriptors, as the next two
  input  logic [5:0]              hthresh_i,
  input  logic [5:0]              wthresh_i,
  input  logic [11:0]             small_limit_i,  // RSRPD
  input  logic                    allow_i,        // DMA may begin (P-3, N-9, N-10)
  input  logic                    halt_i,         // one cycle: forget all, the bus has nothing
  // head frame of the FIFO
  input  logic                    frame_valid_i,
  input  e1000_pkg::rx_frame_t    frame_i,
  input  logic                    data_valid_i,
  input  logic [63:0]             data_i,
  output logic                    data_pop_o,
  output logic                    frame_pop_o,
  // causes
  output logic                    frame_done_o,   // a frame is in memory
  output logic                    frame_small_o,  // ... and no longer than RSRPD
  input  logic                    ask_i,          // write all of it back, then raise the causes
  input  e1000_pkg::rx_causes_t   ask_causes_i,
  output e1000_pkg::rx_causes_t   causes_o,       // one-cycle pulses
  output logic                    rxdmt0_o,       // likewise
  output logic                    no_desc_o,      // free count 0, for RNBC (R-32)
  output logic                    lost_o,         // the frame at the FIFO's head is discarded
  output logic                    lost_long_o,    // ... as too long (R-40), not for a rewritten ring (R-85)
  // master side, shared with the transmit side (e1000_tx_back)
  input  logic                    tx_valid_i,
  input  logic                    tx_write_i,
  input  e1000_pins_pkg::kind_e   tx_kind_i,
  input  logic [63:0]             tx_addr_i,
  input  logic [12:0]             tx_len_i,
  input  logic [15:0]             tx_tag_i,
  input  logic [31:0]             tx_data_i,
  output logic                    tx_write_ok_o,
  output logic                    tx_gnt_o,
  output logic                    tx_fetch_rsp_o,
  output logic                    tx_pay_rsp_o,
  output logic                    tx_wb_rsp_o,
  output logic                    rsp_ok_o,
  output logic                    rsp_last_o,
  output logic [31:0]             rsp_data_o,
  output logic [1:0]              rsp_seq_o,
  output logic                    granting_o,     // a grant, to either side
  output logic                    drained_o,      // nothing outstanding
  output e1000_pkg::mst_error_t   error_o,
  output logic                    mst_req_valid_o,
  input  logic                    mst_req_ready_i,
  output logic [2:0]              mst_req_kind_o,
  output logic [4:0]              mst_req_tag_o,
  output logic                    mst_req_write_o,
  output logic [63:0]             mst_req_addr_o,
  output logic [12:0]             mst_req_len_o,
  output logic [15:0]             mst_req_ftag_o,
  output logic                    mst_wdata_valid_o,
  input  logic                    mst_wdata_ready_i,
  output logic [31:0]             mst_wdata_o,
  output logic [3:0]              mst_wbe_o,
  output logic [15:0]             mst_wtag_o,
  output logic                    mst_wlast_o,
  input  logic                    mst_rsp_valid_i,
  input  logic [4:0]              mst_rsp_tag_i,
  input  logic [1:0]              mst_rsp_status_i,
  input  logic [31:0]             mst_rsp_data_i,
  input  logic                    mst_rsp_last_i,
  // strobes, CTRL.RST, mst_rsp_valid_i and what wakes the FIFO's read side are asked for from outside
  output logic                    clk_req_rx_dma_o,
  output logic                    clk_req_rx_desc_o,
  output logic                    clk_req_mst_o
);
  logic fetch_gnt, pay_gnt, wb_gnt, rsp_any, grant, rx_en;
  assign rx_en = rctl_i[e1000_regs_pkg::RCTL_EN];

  // ---- ring, descriptors, DMA, write-back --------------------------------------------------------------------
  logic        placed, written, ring_usable, ring_flush, ring_rehead, ring_halt, ring_restart, req_ring;
  logic [6:0]  placed_count, issue_ptr;
  logic [63:0] ring_base;
  logic [15:0] ring_size, ring_start, ring_tail, written_index, issue_index;
  e1000_rx_ring u_ring (
    .clk_i          (clk_rx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .reg_i,
    .reg_rdata_o,
    .rx_en_i        (rx_en),
    .halt_i,
    .rdmts_i        (rctl_i[e1000_regs_pkg::RCTL_RDMTS_HI:e1000_regs_pkg::RCTL_RDMTS_LO]),
    .placed_i       (placed),
    .placed_count_i (placed_count),
    .written_i      (written),
    .written_index_i(written_index),
    .issued_index_i (issue_index),
    .base_o         (ring_base),
    .size_o         (ring_size),
    .tail_o         (ring_tail),
    .usable_o       (ring_usable),
    .flush_o        (ring_flush),
    .rehead_o       (ring_rehead),
    .halt_o         (ring_halt),
    .start_o        (ring_start),
    .restart_o      (ring_restart),
    .no_desc_o,
    .rxdmt0_o,
    .clk_req_o      (req_ring)
  );

  logic        desc_valid, desc_use, none_left, cache_starved, wb_rd, req_cache;
  logic [63:0] desc_addr, wb_lo, wb_hi, unused_hi;
  logic [6:0]  use_ptr, freed_ptr;
  logic [5:0]  wb_rd_ptr;
  logic        fetch_valid, fetch_urgent, fetch_rsp, rsp_ok, rsp_last;
  logic [63:0] fetch_addr;
  logic [12:0] fetch_len;
  logic [31:0] rsp_data;
  e1000_desc_cache #(.FetchMax(FetchMax)) u_cache (
    .clk_i        (clk_rx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .rx_en_i      (rx_en),
    .base_i       (ring_base),
    .size_i       (ring_size),
    .tail_i       (ring_tail),
    .usable_i     (ring_usable),
    .flush_i      (ring_flush),
    .start_i      (ring_start),
    .restart_i    (ring_restart),
    .pthresh_i,
    .hthresh_i,
    .desc_valid_o (desc_valid),
    .desc_addr_o  (desc_addr),
    .desc_hi_o    (unused_hi),
    .use_ptr_o    (use_ptr),
    .desc_use_i   (desc_use),
    .none_left_o  (none_left),
    .starved_o    (cache_starved),
    .wb_rd_i      (wb_rd),
    .wb_rd_ptr_i  (wb_rd_ptr),
    .wb_lo_o      (wb_lo),
    .wb_hi_o      (wb_hi),
    .freed_ptr_i  (freed_ptr),
    .issue_ptr_i  (issue_ptr),
    .issue_index_i(issue_index),
    .req_valid_o  (fetch_valid),
    .req_urgent_o (fetch_urgent),
    .req_addr_o   (fetch_addr),
    .req_len_o    (fetch_len),
    .req_gnt_i    (fetch_gnt),
    .rsp_valid_i  (fetch_rsp),
    .rsp_data_i   (rsp_data),
    .rsp_ok_i     (rsp_ok),
    .rsp_last_i   (rsp_last),
    .clk_req_o    (req_cache)
  );

  logic        done_wr, complete, need_desc, done_alone;
  e1000_pkg::rx_done_t done;
  logic [6:0]  complete_ptr;
  logic        pay_valid, pay_wvalid, pay_wready, pay_rsp;
  logic [63:0] pay_addr;
  logic [12:0] pay_len;
  logic        pay_end;
  e1000_pkg::mst_wdata_t pay_w;
  e1000_rx_dma #(.BurstBytes(BurstBytes)) u_dma (
    .clk_i         (clk_rx_dma_i),
    .rst_ni,
    .soft_rst_i,
    .rx_en_i       (rx_en),
    .bsize_i       (rctl_i[e1000_regs_pkg::RCTL_BSIZE_HI:e1000_regs_pkg::RCTL_BSIZE_LO]),
    .bsex_i        (rctl_i[e1000_regs_pkg::RCTL_BSEX]),
    .small_limit_i,
    .lpe_i         (rctl_i[e1000_regs_pkg::RCTL_LPE]),
    .sbp_i         (rctl_i[e1000_regs_pkg::RCTL_SBP]),
    .flush_i       (ring_flush),
    .halt_i        (ring_halt),
    .issue_ptr_i   (issue_ptr),
    .frame_valid_i,
    .frame_i,
    .data_valid_i,
    .data_i,
    .data_pop_o,
    .frame_pop_o,
    .desc_valid_i  (desc_valid),
    .desc_addr_i   (desc_addr),
    .use_ptr_i     (use_ptr),
    .desc_use_o    (desc_use),
    .starved_i     (cache_starved),
    .done_wr_o     (done_wr),
    .done_o        (done),
    .placed_o      (placed),
    .placed_count_o(placed_count),
    .complete_o    (complete),
    .complete_ptr_o(complete_ptr),
    .frame_done_o,
    .frame_small_o,
    .lost_o,
    .lost_long_o,
    .need_desc_o   (need_desc),
    .done_alone_o  (done_alone),
    .req_valid_o   (pay_valid),
    .req_addr_o    (pay_addr),
    .req_len_o     (pay_len),
    .req_end_o     (pay_end),
    .req_gnt_i     (pay_gnt),
    .w_valid_o     (pay_wvalid),
    .w_o           (pay_w),
    .w_ready_i     (pay_wready),
    .rsp_valid_i   (pay_rsp),
    .rsp_ok_i      (rsp_ok),
    .clk_req_o     (clk_req_rx_dma_o)
  );

  logic        wb_valid, wb_wvalid, wb_wready, wb_rsp, req_wb, flush_due, req_slots;
  logic [6:0]  completed_ptr;
  logic [63:0] wb_addr;
  logic [12:0] wb_len;
  e1000_pkg::mst_wdata_t wb_w;
  e1000_writeback u_writeback (
    .clk_i          (clk_rx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .flush_i        (ring_flush),
    .rehead_i       (ring_rehead),
    .halt_i         (ring_halt),
    .start_i        (ring_start),
    .base_i         (ring_base),
    .size_i         (ring_size),
    .wthresh_i,
    .rx_en_i        (rx_en),
    .none_left_i    (none_left),
    .starved_i      (need_desc),
    .done_wr_i      (done_wr),
    .done_ptr_i     (use_ptr[5:0]),
    .done_i         (done),
    .complete_i     (complete),
    .complete_ptr_i (complete_ptr),
    .flush_due_i    (flush_due),
    .completed_ptr_o(completed_ptr),
    .rd_o           (wb_rd),
    .rd_ptr_o       (wb_rd_ptr),
    .lo_i           (wb_lo),
    .hi_i           (wb_hi),
    .freed_ptr_o    (freed_ptr),
    .issue_ptr_o    (issue_ptr),
    .issue_index_o  (issue_index),
    .written_o      (written),
    .written_index_o(written_index),
    .req_valid_o    (wb_valid),
    .req_addr_o     (wb_addr),
    .req_len_o      (wb_len),
    .req_gnt_i      (wb_gnt),
    .w_valid_o      (wb_wvalid),
    .w_o            (wb_w),
    .w_ready_i      (wb_wready),
    .rsp_valid_i    (wb_rsp),
    .rsp_ok_i       (rsp_ok),
    .clk_req_o      (req_wb)
  );

  e1000_cause_slots u_slots (
    .clk_i         (clk_rx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .flush_i       (ring_flush),
    .ask_i,
    .ask_causes_i,
    .causes_o,
    .complete_ptr_i(completed_ptr),
    .issue_ptr_i   (issue_ptr),
    .freed_ptr_i   (freed_ptr),
    .flush_due_o   (flush_due),
    .clk_req_o     (req_slots)
  );

  // ---- master side -------------------------------------------------------------------------------------------
  e1000_mst_arb u_arb (
    .clk_i         (clk_mst_i),
    .rst_ni,
    .soft_rst_i,
    .allow_i,
    .fetch_valid_i (fetch_valid),
    .fetch_urgent_i(fetch_urgent),
    .fetch_addr_i  (fetch_addr),
    .fetch_len_i   (fetch_len),
    .fetch_gnt_o   (fetch_gnt),
    .pay_valid_i   (pay_valid),
    .pay_addr_i    (pay_addr),
    .pay_len_i     (pay_len),
    .pay_end_i     (pay_end),
    .pay_gnt_o     (pay_gnt),
    .pay_wvalid_i  (pay_wvalid),
    .pay_w_i       (pay_w),
    .pay_wready_o  (pay_wready),
    .wb_valid_i    (wb_valid),
    .wb_addr_i     (wb_addr),
    .wb_len_i      (wb_len),
    .wb_gnt_o      (wb_gnt),
    .wb_wvalid_i   (wb_wvalid),
    .wb_w_i        (wb_w),
    .wb_wready_o   (wb_wready),
    .fetch_rsp_o   (fetch_rsp),
    .pay_rsp_o     (pay_rsp),
    .wb_rsp_o      (wb_rsp),
    .rsp_o         (rsp_any),
    .error_o,
    .tx_valid_i,
    .tx_write_i,
    .tx_kind_i,
    .tx_addr_i,
    .tx_len_i,
    .tx_tag_i,
    .tx_data_i,
    .tx_write_ok_o,
    .tx_gnt_o,
    .tx_fetch_rsp_o,
    .tx_pay_rsp_o,
    .tx_wb_rsp_o,
    .grant_o       (grant),
    .granting_o,
    .rsp_seq_o,
    .rsp_ok_o      (rsp_ok),
    .rsp_last_o    (rsp_last),
    .rsp_data_o    (rsp_data),
    .drained_o,
    .mst_req_valid_o,
    .mst_req_ready_i,
    .mst_req_kind_o,
    .mst_req_tag_o,
    .mst_req_write_o,
    .mst_req_addr_o,
    .mst_req_len_o,
    .mst_req_ftag_o,
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
    .clk_req_o     (clk_req_mst_o)
  );

  assign rsp_ok_o   = rsp_ok;
  assign rsp_last_o = rsp_last;
  assign rsp_data_o = rsp_data;

  // Grants, responses, uses and completions move the pointers of ring, cache and write-back.
  assign clk_req_rx_desc_o = req_ring | req_cache | req_wb | req_slots | rsp_any | grant
                             | desc_use | done_alone | halt_i;
endmodule

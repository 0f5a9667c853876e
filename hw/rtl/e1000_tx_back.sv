// SPDX-License-Identifier: Apache-2.0
// Transmit back: from the descriptor ring to whole frames for the FIFO.  Wiring of ring, descriptor cache, read engine,
// builder, write-back and cause slots, and which of their requests goes to the master side next.
module e1000_tx_back #(
  parameter int unsigned FetchMax   = 64,
  parameter int unsigned BurstBytes = 256
) (
  input  logic                    clk_tx_desc_i,  // ring, descriptor cache, write-back
  input  logic                    clk_tx_dma_i,   // read engine, builder
  input  logic                    rst_ni,
  input  logic                    soft_rst_i,
  input  e1000_pkg::reg_req_t     reg_i,
  output logic [31:0]             reg_rdata_o,    // TDBAL to TDT
  // settings
  input  logic                    tx_en_i,        // TCTL.EN
  input  logic                    vme_i,
  input  logic [15:0]             vet_i,
  input  logic [5:0]              pthresh_i,      // descriptors, as the next two
  input  logic [5:0]              hthresh_i,
  input  logic [5:0]              wthresh_i,
  input  logic [6:0]              lwthresh_i,     // in 8 descriptors
  input  logic                    hold_i,         // a reset or halt comes
  input  logic                    halt_i,         // one cycle: forget all, the bus has nothing
  // FIFO
  input  logic                    fifo_ready_i,
  input  logic                    fifo_end_ready_i,
  input  logic                    fifo_lost_i,
  input  logic [13:0]             fifo_limit_i,
  output logic                    word_en_o,
  output logic [63:0]             word_o,
  output logic                    tag_word_o,
  output logic                    finish_o,
  output e1000_tx_pkg::tx_frame_t frame_o,
  output e1000_tx_pkg::tx_patch_t patch_o,
  output logic                    forget_o,
  // causes and timers
  output logic                    start_o,        // a descriptor with RS and IDE is complete
  output logic                    done_o,         // a status was written
  output logic                    done_ide_o,
  output logic                    done_all_o,
  input  logic                    ask_i,          // write all of it back, then raise TXDW
  output logic                    txdw_o,         // one-cycle causes
  output logic                    txqe_o,
  output logic                    low_o,
  // statistics, events
  output logic                    tso_done_o,
  output logic                    tso_failed_o,
  output logic                    evt_commit_o,
  output logic                    evt_segment_o,
  output logic [15:0]             evt_tag_o,
  output logic [14:0]             evt_length_o,
  // master side
  output logic                    req_valid_o,
  output logic                    req_write_o,
  output e1000_pins_pkg::kind_e   req_kind_o,
  output logic [63:0]             req_addr_o,
  output logic [12:0]             req_len_o,
  output logic [15:0]             req_tag_o,
  output logic [31:0]             req_data_o,     // of a write
  input  logic                    write_ok_i,     // a write could be granted now
  input  logic                    req_gnt_i,
  input  logic                    rsp_fetch_i,
  input  logic                    rsp_pay_i,
  input  logic                    rsp_wb_i,
  input  logic                    rsp_ok_i,
  input  logic                    rsp_last_i,
  input  logic [1:0]              rsp_seq_i,      // which of four reads
  input  logic [31:0]             rsp_data_i,
  // strobes and CTRL.RST are asked for from outside
  output logic                    clk_req_tx_desc_o,
  output logic                    clk_req_tx_dma_o
);
  logic        complete, complete_rs, complete_ide, moved, ring_usable, ring_flush, ring_rehead, ring_halt, ring_restart;
  logic        req_ring;
  logic [63:0] ring_base;
  logic [15:0] ring_size, ring_start, ring_tail, moved_index, issue_index;
  logic [6:0]  issue_ptr;
  e1000_tx_ring u_ring (
    .clk_i         (clk_tx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .reg_i,
    .reg_rdata_o,
    .tx_en_i,
    .halt_i,
    .lwthresh_i,
    .complete_i    (complete),
    .moved_i       (moved),
    .moved_index_i (moved_index),
    .issued_index_i(issue_index),
    .base_o        (ring_base),
    .size_o        (ring_size),
    .tail_o        (ring_tail),
    .usable_o      (ring_usable),
    .flush_o       (ring_flush),
    .rehead_o      (ring_rehead),
    .halt_o        (ring_halt),
    .start_o       (ring_start),
    .restart_o     (ring_restart),
    .txqe_o,
    .low_o,
    .clk_req_o     (req_ring)
  );

  logic        desc_valid, desc_use, starved, wb_rd, req_cache, fetch_valid, fetch_urgent, fetch_gnt, unused_none;
  logic [63:0] desc_lo, desc_hi, wb_hi, unused_lo, fetch_addr;
  logic [12:0] fetch_len;
  logic [6:0]  use_ptr, freed_ptr;
  logic        unused_ptr;
  assign unused_ptr = use_ptr[6];
  logic [5:0]  wb_rd_ptr;
  e1000_desc_cache #(.FetchMax(FetchMax)) u_cache (
    .clk_i        (clk_tx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .rx_en_i      (tx_en_i),
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
    .desc_addr_o  (desc_lo),
    .desc_hi_o    (desc_hi),
    .use_ptr_o    (use_ptr),
    .desc_use_i   (desc_use),
    .none_left_o  (unused_none),
    .starved_o    (starved),
    .wb_rd_i      (wb_rd),
    .wb_rd_ptr_i  (wb_rd_ptr),
    .wb_lo_o      (unused_lo),
    .wb_hi_o      (wb_hi),
    .freed_ptr_i  (freed_ptr),
    .issue_ptr_i  (issue_ptr),
    .issue_index_i(issue_index),
    .req_valid_o  (fetch_valid),
    .req_urgent_o (fetch_urgent),
    .req_addr_o   (fetch_addr),
    .req_len_o    (fetch_len),
    .req_gnt_i    (fetch_gnt),
    .rsp_valid_i  (rsp_fetch_i),
    .rsp_data_i,
    .rsp_ok_i,
    .rsp_last_i,
    .clk_req_o    (req_cache)
  );

  logic        work_valid, work_vme, data_valid, data_pop, pay_valid, pay_end, pay_gnt, req_read, req_build;
  logic [63:0] work_lo, work_hi, pay_addr;
  logic [15:0] use_tag, work_tag, work_vet, pay_tag;
  logic [31:0] data;
  logic [12:0] pay_len;
  e1000_tx_read #(.BurstBytes(BurstBytes)) u_read (
    .clk_i       (clk_tx_dma_i),
    .rst_ni,
    .soft_rst_i,
    .tx_en_i,
    .vme_i,
    .vet_i,
    .flush_i     (ring_flush),
    .desc_valid_i(desc_valid),
    .desc_lo_i   (desc_lo),
    .desc_hi_i   (desc_hi),
    .desc_use_o  (desc_use),
    .use_tag_o   (use_tag),
    .work_valid_o(work_valid),
    .work_lo_o   (work_lo),
    .work_hi_o   (work_hi),
    .work_tag_o  (work_tag),
    .work_vme_o  (work_vme),
    .work_vet_o  (work_vet),
    .work_pop_i  (complete),
    .data_valid_o(data_valid),
    .data_o      (data),
    .data_pop_i  (data_pop),
    .req_valid_o (pay_valid),
    .req_end_o   (pay_end),
    .req_addr_o  (pay_addr),
    .req_len_o   (pay_len),
    .req_tag_o   (pay_tag),
    .req_gnt_i   (pay_gnt),
    .rsp_valid_i (rsp_pay_i),
    .rsp_data_i,
    .rsp_ok_i,
    .rsp_last_i,
    .rsp_seq_i,
    .clk_req_o   (req_read)
  );

  e1000_tx_build u_build (
    .clk_i         (clk_tx_dma_i),
    .rst_ni,
    .soft_rst_i,
    .hold_i,
    .flush_i       (ring_flush),
    .work_valid_i  (work_valid),
    .work_lo_i     (work_lo),
    .work_hi_i     (work_hi),
    .work_tag_i    (work_tag),
    .work_vme_i    (work_vme),
    .work_vet_i    (work_vet),
    .data_valid_i  (data_valid),
    .data_i        (data),
    .data_pop_o    (data_pop),
    .complete_o    (complete),
    .complete_rs_o (complete_rs),
    .complete_ide_o(complete_ide),
    .fifo_ready_i,
    .fifo_end_ready_i,
    .fifo_lost_i,
    .fifo_limit_i,
    .word_en_o,
    .word_o,
    .tag_word_o,
    .finish_o,
    .frame_o,
    .patch_o,
    .forget_o,
    .tso_done_o,
    .tso_failed_o,
    .evt_commit_o,
    .evt_segment_o,
    .evt_tag_o,
    .evt_length_o,
    .clk_req_o     (req_build)
  );
  assign start_o = complete && complete_rs && complete_ide;

  logic        wb_valid, wb_gnt, req_wb, flush_due, req_slots;
  logic [63:0] wb_addr;
  logic [31:0] wb_data;
  logic [15:0] wb_tag;
  logic [6:0]  completed_ptr;
  e1000_tx_writeback u_writeback (
    .clk_i          (clk_tx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .flush_i        (ring_flush),
    .rehead_i       (ring_rehead),
    .halt_i         (ring_halt),
    .start_i        (ring_start),
    .base_i         (ring_base),
    .size_i         (ring_size),
    .wthresh_i,
    .tx_en_i,
    .starved_i      (starved),
    .use_i          (desc_use),
    .use_ptr_i      (use_ptr[5:0]),
    .use_tag_i      (use_tag),
    .complete_i     (complete),
    .complete_rs_i  (complete_rs),
    .complete_ide_i (complete_ide),
    .flush_due_i    (flush_due),
    .completed_ptr_o(completed_ptr),
    .rd_o           (wb_rd),
    .rd_ptr_o       (wb_rd_ptr),
    .hi_i           (wb_hi),
    .freed_ptr_o    (freed_ptr),
    .issue_ptr_o    (issue_ptr),
    .issue_index_o  (issue_index),
    .moved_o        (moved),
    .moved_index_o  (moved_index),
    .done_o,
    .done_ide_o,
    .done_all_o,
    .req_valid_o    (wb_valid),
    .req_addr_o     (wb_addr),
    .req_tag_o      (wb_tag),
    .req_data_o     (wb_data),
    .req_gnt_i      (wb_gnt),
    .rsp_valid_i    (rsp_wb_i),
    .rsp_ok_i,
    .clk_req_o      (req_wb)
  );

  e1000_pkg::rx_causes_t slot_causes;
  e1000_cause_slots u_slots (
    .clk_i         (clk_tx_desc_i),
    .rst_ni,
    .soft_rst_i,
    .flush_i       (ring_flush),
    .ask_i,
    .ask_causes_i  (2'b01),
    .causes_o      (slot_causes),
    .complete_ptr_i(completed_ptr),
    .issue_ptr_i   (issue_ptr),
    .freed_ptr_i   (freed_ptr),
    .flush_due_o   (flush_due),
    .clk_req_o     (req_slots)
  );
  assign txdw_o = slot_causes.rxt0;
  logic unused_slot;
  assign unused_slot = slot_causes.srpd;

  // ---- one of three requests: write-back, fetch with nothing on chip, payload, prefetch -----------------------------
  logic pick_wb, pick_fetch;
  assign pick_wb     = wb_valid && write_ok_i;
  assign pick_fetch  = !pick_wb && fetch_valid && (fetch_urgent || !pay_valid);
  assign req_valid_o = pick_wb || fetch_valid || pay_valid;
  always_comb begin
    wb_gnt    = 1'b0;
    fetch_gnt = 1'b0;
    pay_gnt   = 1'b0;
    if (req_gnt_i) begin
      wb_gnt    = pick_wb;
      fetch_gnt = pick_fetch;
      pay_gnt   = !pick_wb && !pick_fetch;
    end
  end
  always_comb begin
    req_write_o = 1'b0;
    req_kind_o  = e1000_pins_pkg::KindTxFetch;
    req_addr_o  = 64'd0;
    req_len_o   = 13'd0;
    req_tag_o   = 16'd0;
    req_data_o  = wb_data;
    if (req_valid_o) begin
      if (pick_wb) begin
        req_write_o = 1'b1;
        req_kind_o  = e1000_pins_pkg::KindTxWriteback;
        req_addr_o  = wb_addr;
        req_len_o   = 13'd4;
        req_tag_o   = wb_tag;
      end else if (pick_fetch) begin
        req_addr_o  = fetch_addr;
        req_len_o   = fetch_len;
      end else begin
        req_kind_o  = pay_end ? e1000_pins_pkg::KindTxPayloadEnd : e1000_pins_pkg::KindTxPayload;
        req_addr_o  = pay_addr;
        req_len_o   = pay_len;
        req_tag_o   = pay_tag;
      end
    end
  end

  // What one block does to the registers of another, and the master side to all of them.  Those of our own clocks come first,
  // each in a process of its own: a simulator then looks at one sum in the clocks of the others, not at every term.
  logic own_desc, own_dma;
  always_comb begin
    own_desc = 1'b0;
    if (req_ring || req_cache || req_wb || req_slots || desc_use || complete || ask_i || halt_i) own_desc = 1'b1;
  end
  always_comb begin
    own_dma = 1'b0;
    if (req_read || req_build || ring_flush) own_dma = 1'b1;
  end
  assign clk_req_tx_desc_o = own_desc | rsp_fetch_i | rsp_wb_i | req_gnt_i;
  assign clk_req_tx_dma_o  = own_dma | rsp_pay_i | req_gnt_i;
endmodule

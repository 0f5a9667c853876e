// PCI master side: picks the next request, streams write beats in request order, routes responses, counts what is out.
//
// Order: write-back, fetch with nothing on chip, payload, prefetch.  One write at a time owns the beat stream, so its
// beats follow without a bubble; the next request may already be on its way.  At most four writes are outstanding.
// After an error response DMA stops until CTRL.RST or PCI reset.
module e1000_mst_arb (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        allow_i,              // bus master enabled, not D3, no reset pending (P-3, X-7, N-9)
  // requesters
  input  logic        fetch_valid_i,
  input  logic        fetch_urgent_i,
  input  logic [63:0] fetch_addr_i,
  input  logic [12:0] fetch_len_i,
  output logic        fetch_gnt_o,
  input  logic        pay_valid_i,
  input  logic [63:0] pay_addr_i,
  input  logic [12:0] pay_len_i,
  input  logic        pay_end_i,            // last burst of the frame
  output logic        pay_gnt_o,
  input  logic        pay_wvalid_i,
  input  e1000_pkg::mst_wdata_t pay_w_i,
  output logic        pay_wready_o,
  input  logic        wb_valid_i,
  input  logic [63:0] wb_addr_i,
  input  logic [12:0] wb_len_i,
  output logic        wb_gnt_o,
  input  logic        wb_wvalid_i,
  input  e1000_pkg::mst_wdata_t wb_w_i,
  output logic        wb_wready_o,
  // responses, routed
  output logic        fetch_rsp_o,
  output logic        pay_rsp_o,
  output logic        wb_rsp_o,
  output logic        rsp_ok_o,
  output logic        rsp_last_o,
  output logic [31:0] rsp_data_o,
  output logic        master_abort_o,       // one-cycle pulses for the PCI status register
  output logic        target_abort_o,
  output logic        parity_error_o,
  output logic        drained_o,            // nothing outstanding
  // pins
  output logic        mst_req_valid_o,
  input  logic        mst_req_ready_i,
  output e1000_pkg::mst_req_t mst_req_o,
  output logic        mst_wdata_valid_o,
  input  logic        mst_wdata_ready_i,
  output e1000_pkg::mst_wdata_t mst_wdata_o,
  input  logic        mst_rsp_valid_i,
  input  e1000_pkg::mst_rsp_t mst_rsp_i,
  output logic        quiescent_o
);
  logic                  req_valid_q;
  e1000_pkg::mst_req_t   req_q;
  logic                  wvalid_q;
  e1000_pkg::mst_wdata_t wdata_q;
  logic                  rsp_valid_q;
  e1000_pkg::mst_rsp_t   rsp_q;
  logic                  data_busy_q;   // a granted write still has beats to send
  logic                  data_go_q;     // ... and its request was accepted
  logic                  data_wb_q;     // ... and belongs to the write-back
  logic [2:0]            writes_q;      // writes granted, response outstanding
  logic                  read_q;        // fetch granted, last response beat outstanding
  logic                  error_q;
  logic [1:0]            seq_fetch_q, seq_pay_q, seq_wb_q;

  logic may_grant, may_write;
  assign may_grant = allow_i && !error_q && !req_valid_q;
  assign may_write = may_grant && !data_busy_q && !writes_q[2];

  always_comb begin
    wb_gnt_o    = may_write && wb_valid_i;
    fetch_gnt_o = may_grant && fetch_valid_i && !wb_gnt_o && (fetch_urgent_i || !(may_write && pay_valid_i));
    pay_gnt_o   = may_write && pay_valid_i && !wb_gnt_o && !fetch_gnt_o;
  end

  logic accepted, stage_free, take_beat;
  e1000_pkg::mst_wdata_t beat;
  assign accepted     = req_valid_q && mst_req_ready_i;
  assign stage_free   = data_go_q && (!wvalid_q || mst_wdata_ready_i);
  assign pay_wready_o = stage_free && !data_wb_q;
  assign wb_wready_o  = stage_free && data_wb_q;
  assign take_beat    = stage_free && (data_wb_q ? wb_wvalid_i : pay_wvalid_i);
  assign beat         = data_wb_q ? wb_w_i : pay_w_i;

  logic write_done;
  assign write_done = rsp_valid_q && rsp_q.tag[3:2] != e1000_pkg::KindFetch;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      req_valid_q <= 1'b0;
      wvalid_q    <= 1'b0;
      rsp_valid_q <= 1'b0;
      data_busy_q <= 1'b0;
      data_go_q   <= 1'b0;
      writes_q    <= 3'd0;
      read_q      <= 1'b0;
      error_q     <= 1'b0;
      seq_fetch_q <= 2'd0;
      seq_pay_q   <= 2'd0;
      seq_wb_q    <= 2'd0;
    end else begin
      if (accepted) req_valid_q <= 1'b0;
      if (wb_gnt_o || fetch_gnt_o || pay_gnt_o) req_valid_q <= 1'b1;
      if (wb_gnt_o) begin
        req_q    <= {e1000_pkg::KindWriteback, e1000_pkg::KindWriteback, seq_wb_q, 1'b1, wb_addr_i, wb_len_i};
        seq_wb_q <= seq_wb_q + 2'd1;
      end
      if (fetch_gnt_o) begin
        req_q       <= {e1000_pkg::KindFetch, e1000_pkg::KindFetch, seq_fetch_q, 1'b0, fetch_addr_i, fetch_len_i};
        seq_fetch_q <= seq_fetch_q + 2'd1;
        read_q      <= 1'b1;
      end
      if (pay_gnt_o) begin
        req_q     <= {pay_end_i ? e1000_pkg::KindPayloadEnd : e1000_pkg::KindPayload, e1000_pkg::KindPayload, seq_pay_q,
                      1'b1, pay_addr_i, pay_len_i};
        seq_pay_q <= seq_pay_q + 2'd1;
      end
      if (wb_gnt_o || pay_gnt_o) begin
        data_busy_q <= 1'b1;
        data_wb_q   <= wb_gnt_o;
      end else if (take_beat && beat.last) begin
        data_busy_q <= 1'b0;
        data_go_q   <= 1'b0;
      end
      if (accepted && req_q.write) data_go_q <= 1'b1;

      if (take_beat) begin
        wvalid_q <= 1'b1;
        wdata_q  <= beat;
      end else if (mst_wdata_ready_i) begin
        wvalid_q <= 1'b0;
      end

      rsp_valid_q <= mst_rsp_valid_i;
      if (mst_rsp_valid_i) rsp_q <= mst_rsp_i;
      if (rsp_valid_q && rsp_q.status != e1000_pkg::RspOk) error_q <= 1'b1;
      if (fetch_rsp_o && rsp_q.last) read_q <= 1'b0;
      if ((wb_gnt_o || pay_gnt_o) != write_done)
        writes_q <= write_done ? writes_q - 3'd1 : writes_q + 3'd1;
    end
  end

  assign fetch_rsp_o    = rsp_valid_q && rsp_q.tag[3:2] == e1000_pkg::KindFetch;
  assign pay_rsp_o      = rsp_valid_q && rsp_q.tag[3:2] == e1000_pkg::KindPayload;
  assign wb_rsp_o       = rsp_valid_q && rsp_q.tag[3:2] == e1000_pkg::KindWriteback;
  assign rsp_ok_o       = rsp_q.status == e1000_pkg::RspOk;
  assign rsp_last_o     = rsp_q.last;
  assign rsp_data_o     = rsp_q.data;
  assign master_abort_o = rsp_valid_q && rsp_q.status == e1000_pkg::RspMasterAbort;
  assign target_abort_o = rsp_valid_q && rsp_q.status == e1000_pkg::RspTargetAbort;
  assign parity_error_o = rsp_valid_q && rsp_q.status == e1000_pkg::RspParityError;

  assign drained_o         = !req_valid_q && !data_busy_q && !wvalid_q && writes_q == 3'd0 && !read_q;
  assign mst_req_valid_o   = req_valid_q;
  assign mst_req_o         = req_q;
  assign mst_wdata_valid_o = wvalid_q;
  assign mst_wdata_o       = wdata_q;
  assign quiescent_o       = !req_valid_q && !wvalid_q && !rsp_valid_q && !wb_gnt_o && !fetch_gnt_o && !pay_gnt_o;
endmodule

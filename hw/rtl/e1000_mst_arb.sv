// SPDX-License-Identifier: Apache-2.0
// PCI master side: picks the next request, streams write beats in request order, routes responses, counts what is out.
//
// Order: write-back, fetch with nothing on chip, payload, prefetch.  One write at a time owns the beat stream, so its
// beats follow without a bubble; the next request may already be on its way.  Two registers hold beats, so that no path
// leads from mst_wdata_ready_i to a block.  At most four writes are outstanding.  After an error response DMA stops
// until CTRL.RST or PCI reset.
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
  output logic        rsp_o,                // any of them
  output logic        grant_o,              // any of the three
  output logic        rsp_ok_o,
  output logic        rsp_last_o,
  output logic [31:0] rsp_data_o,
  output e1000_pkg::mst_error_t error_o,    // for the PCI status register
  output logic        drained_o,            // nothing outstanding
  // pins
  output logic        mst_req_valid_o,
  input  logic        mst_req_ready_i,
  output e1000_pins_pkg::kind_e mst_req_kind_o,
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
  output logic        clk_req_o             // a response asks by mst_rsp_valid_i
);
  logic                  req_valid_q, req_write_q;
  e1000_pins_pkg::kind_e      req_kind_q;
  logic [4:0]            req_tag_q;
  logic [63:0]           req_addr_q;
  logic [12:0]           req_len_q;
  logic                  wvalid_q, wlast_q;
  logic [31:0]           wdata_q;
  logic [3:0]            wbe_q;
  logic [15:0]           wtag_q;
  logic                  skid_q;        // a beat waits behind the one on the pins, which the bus did not take
  e1000_pkg::mst_wdata_t skid_data_q;
  logic                  rsp_valid_q, rsp_fetch_q, rsp_pay_q, rsp_wb_q, rsp_ok_q, rsp_last_q;
  e1000_pkg::mst_error_t fault_q;
  logic [31:0]           rsp_data_q;
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
    wb_gnt_o    = 1'b0;
    fetch_gnt_o = 1'b0;
    pay_gnt_o   = 1'b0;
    if (may_grant) begin
      wb_gnt_o    = may_write && wb_valid_i;
      fetch_gnt_o = fetch_valid_i && !wb_gnt_o && (fetch_urgent_i || !(may_write && pay_valid_i));
      pay_gnt_o   = may_write && pay_valid_i && !wb_gnt_o && !fetch_gnt_o;
    end
  end

  // A grant comes only while no request is on the pins; what follows is the same for all three.
  logic grant, grant_write, stage_free, take_beat;
  assign grant        = wb_gnt_o || fetch_gnt_o || pay_gnt_o;
  assign grant_write  = wb_gnt_o || pay_gnt_o;
  assign stage_free   = data_go_q && !skid_q;
  assign pay_wready_o = stage_free && !data_wb_q;
  assign wb_wready_o  = stage_free && data_wb_q;
  assign take_beat    = stage_free && (data_wb_q ? wb_wvalid_i : pay_wvalid_i);

  always_ff @(posedge clk_i) begin : update
    logic write_done, last;
    if (!rst_ni || soft_rst_i) begin
      req_valid_q    <= 1'b0;
      wvalid_q       <= 1'b0;
      skid_q         <= 1'b0;
      rsp_valid_q    <= 1'b0;
      rsp_fetch_q    <= 1'b0;
      rsp_pay_q      <= 1'b0;
      rsp_wb_q       <= 1'b0;
      fault_q        <= '0;
      data_busy_q    <= 1'b0;
      data_go_q      <= 1'b0;
      writes_q       <= 3'd0;
      read_q         <= 1'b0;
      error_q        <= 1'b0;
      seq_fetch_q    <= 2'd0;
      seq_pay_q      <= 2'd0;
      seq_wb_q       <= 2'd0;
    end else begin
      if (req_valid_q) begin
        if (mst_req_ready_i) begin
          req_valid_q <= 1'b0;
          if (req_write_q) data_go_q <= 1'b1;
        end
      end else if (grant) begin
        req_valid_q <= 1'b1;
        req_write_q <= !fetch_gnt_o;
        if (fetch_gnt_o) begin
          req_kind_q  <= e1000_pins_pkg::KindFetch;
          req_tag_q   <= {e1000_pins_pkg::KindFetch, seq_fetch_q};
          req_addr_q  <= fetch_addr_i;
          req_len_q   <= fetch_len_i;
          seq_fetch_q <= seq_fetch_q + 2'd1;
          read_q      <= 1'b1;
        end else begin
          data_busy_q <= 1'b1;
          data_wb_q   <= wb_gnt_o;
          req_addr_q  <= wb_gnt_o ? wb_addr_i : pay_addr_i;
          req_len_q   <= wb_gnt_o ? wb_len_i : pay_len_i;
          if (wb_gnt_o) begin
            req_kind_q <= e1000_pins_pkg::KindWriteback;
            req_tag_q  <= {e1000_pins_pkg::KindWriteback, seq_wb_q};
            seq_wb_q   <= seq_wb_q + 2'd1;
          end else begin
            req_kind_q <= pay_end_i ? e1000_pins_pkg::KindPayloadEnd : e1000_pins_pkg::KindPayload;
            req_tag_q  <= {e1000_pins_pkg::KindPayload, seq_pay_q};
            seq_pay_q  <= seq_pay_q + 2'd1;
          end
        end
      end

      if (!wvalid_q || mst_wdata_ready_i) begin
        wvalid_q <= skid_q || take_beat;
        if (skid_q) begin
          skid_q <= 1'b0;
          {wdata_q, wbe_q, wtag_q, wlast_q} <= skid_data_q;
        end else if (take_beat) begin
          last    = data_wb_q ? wb_w_i.last : pay_w_i.last;
          wdata_q <= data_wb_q ? wb_w_i.data : pay_w_i.data;
          wbe_q   <= data_wb_q ? wb_w_i.be : pay_w_i.be;
          wtag_q  <= data_wb_q ? wb_w_i.frame_tag : pay_w_i.frame_tag;
          wlast_q <= last;
          if (last) begin
            data_busy_q <= 1'b0;
            data_go_q   <= 1'b0;
          end
        end
      end else if (take_beat) begin
        last        = data_wb_q ? wb_w_i.last : pay_w_i.last;
        skid_q      <= 1'b1;
        skid_data_q <= data_wb_q ? wb_w_i : pay_w_i;
        if (last) begin
          data_busy_q <= 1'b0;
          data_go_q   <= 1'b0;
        end
      end

      if (mst_rsp_valid_i) begin
        rsp_valid_q    <= 1'b1;
        rsp_fetch_q    <= mst_rsp_tag_i[4:2] == e1000_pins_pkg::KindFetch;
        rsp_pay_q      <= mst_rsp_tag_i[4:2] == e1000_pins_pkg::KindPayload;
        rsp_wb_q       <= mst_rsp_tag_i[4:2] == e1000_pins_pkg::KindWriteback;
        rsp_ok_q       <= mst_rsp_status_i == e1000_pins_pkg::RspOk;
        rsp_last_q     <= mst_rsp_last_i;
        rsp_data_q     <= mst_rsp_data_i;
        fault_q        <= '0;
        if (mst_rsp_status_i != e1000_pins_pkg::RspOk) begin
          fault_q <= {1'b1, mst_rsp_status_i == e1000_pins_pkg::RspMasterAbort,
                      mst_rsp_status_i == e1000_pins_pkg::RspTargetAbort, mst_rsp_status_i == e1000_pins_pkg::RspParityError,
                      mst_rsp_tag_i[4:2] == e1000_pins_pkg::KindFetch};
        end
      end else if (rsp_valid_q) begin
        rsp_valid_q    <= 1'b0;
        rsp_fetch_q    <= 1'b0;
        rsp_pay_q      <= 1'b0;
        rsp_wb_q       <= 1'b0;
        fault_q        <= '0;
      end
      if (fault_q.any) error_q <= 1'b1;
      if (rsp_fetch_q && rsp_last_q) read_q <= 1'b0;
      write_done = rsp_valid_q && !rsp_fetch_q;
      if (grant_write != write_done) writes_q <= write_done ? writes_q - 3'd1 : writes_q + 3'd1;
    end
  end

  assign fetch_rsp_o    = rsp_fetch_q;
  assign pay_rsp_o      = rsp_pay_q;
  assign wb_rsp_o       = rsp_wb_q;
  assign rsp_o          = rsp_valid_q;
  assign rsp_ok_o       = rsp_ok_q;
  assign rsp_last_o     = rsp_last_q;
  assign rsp_data_o     = rsp_data_q;
  assign error_o        = fault_q;

  assign drained_o         = !req_valid_q && !data_busy_q && !wvalid_q && !skid_q && writes_q == 3'd0 && !read_q;
  assign mst_req_valid_o   = req_valid_q;
  assign mst_req_kind_o    = req_kind_q;
  assign mst_req_tag_o     = req_tag_q;
  assign mst_req_write_o   = req_write_q;
  assign mst_req_addr_o    = req_addr_q;
  assign mst_req_len_o     = req_len_q;
  assign mst_wdata_valid_o = wvalid_q;
  assign mst_wdata_o       = wdata_q;
  assign mst_wbe_o         = wbe_q;
  assign mst_wtag_o        = wtag_q;
  assign mst_wlast_o       = wlast_q;
  assign grant_o           = grant;
  assign clk_req_o         = req_valid_q || wvalid_q || rsp_valid_q || take_beat || grant;

  // The kind is all that matters: responses come in order.
  logic unused_tag;
  assign unused_tag = ^mst_rsp_tag_i[1:0];
endmodule

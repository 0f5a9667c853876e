// SPDX-License-Identifier: Apache-2.0
// PCI master side: picks the next request, streams write beats in request order, routes responses, counts what is out.
//
// The receive side asks in this order: write-back, fetch with nothing on chip, payload, prefetch.  The transmit side asks
// for one thing at a time (e1000_tx_back).  When both want what can be granted, the one that had no grant last gets it.  One
// write at a time owns the beat stream, so its beats follow without a bubble; the next request may already be on its way.
// Two registers hold beats, so that no path leads from mst_wdata_ready_i to a block.  At most four writes are outstanding.
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
  // the transmit side: one request; a write is one dword
  input  logic        tx_valid_i,
  input  logic        tx_write_i,
  input  e1000_pins_pkg::kind_e tx_kind_i,
  input  logic [63:0] tx_addr_i,
  input  logic [12:0] tx_len_i,
  input  logic [15:0] tx_tag_i,             // number of its packet
  input  logic [31:0] tx_data_i,
  output logic        tx_write_ok_o,        // a write could be granted now
  output logic        tx_gnt_o,
  output logic        tx_fetch_rsp_o,
  output logic        tx_pay_rsp_o,
  output logic        tx_wb_rsp_o,
  // responses, routed
  output logic        fetch_rsp_o,
  output logic        pay_rsp_o,
  output logic        wb_rsp_o,
  output logic        rsp_o,                // any of the receive side's
  output logic        grant_o,              // a grant to the receive side
  output logic        granting_o,           // a grant to either
  output logic        rsp_ok_o,
  output logic        rsp_last_o,
  output logic [31:0] rsp_data_o,
  output logic [1:0]  rsp_seq_o,            // which of its kind
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
  output logic [15:0] mst_req_ftag_o,       // packet of a transmit request
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
  logic [15:0]           req_ftag_q;
  logic                  wvalid_q, wlast_q;
  logic [31:0]           wdata_q;
  logic [3:0]            wbe_q;
  logic [15:0]           wtag_q;
  logic                  skid_q;        // a beat waits behind the one on the pins, which the bus did not take
  e1000_pkg::mst_wdata_t skid_data_q;
  logic                  rsp_valid_q, rsp_fetch_q, rsp_pay_q, rsp_wb_q, rsp_ok_q, rsp_last_q;
  logic                  rsp_rx_q, rsp_write_q;             // of the receive side; ends a write
  logic                  rsp_txf_q, rsp_txp_q, rsp_txw_q;   // fetch, payload, write-back of the transmit side
  e1000_pkg::mst_error_t fault_q;
  logic [31:0]           rsp_data_q;
  logic [1:0]            rsp_seq_q;
  logic                  data_busy_q;   // a granted write still has beats to send
  logic                  data_go_q;     // ... and its request was accepted
  logic                  data_wb_q;     // ... and belongs to the write-back
  logic                  data_tx_q;     // ... or is the transmit side's dword
  logic [31:0]           tx_data_q;
  logic [2:0]            writes_q;      // writes granted, response outstanding
  logic                  read_q;        // fetch granted, last response beat outstanding
  logic [2:0]            tx_reads_q;    // transmit reads granted, last response beat outstanding
  logic                  tx_turn_q;     // the receive side had the last grant
  logic                  error_q;
  logic [1:0]            seq_txf_q, seq_txp_q, seq_txw_q;
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
    // Round robin between the sides (docs/rtl/mst_arb.md has the bound).
    tx_gnt_o = 1'b0;
    if (tx_valid_i) begin
      tx_gnt_o = may_grant && (!tx_write_i || may_write) && (tx_turn_q || !(wb_gnt_o || fetch_gnt_o || pay_gnt_o));
      if (tx_gnt_o) begin
        wb_gnt_o    = 1'b0;
        fetch_gnt_o = 1'b0;
        pay_gnt_o   = 1'b0;
      end
    end
  end
  assign tx_write_ok_o = may_write;

  // A grant comes only while no request is on the pins; what follows is the same for all.
  logic grant, grant_write, stage_free, take_beat;
  assign grant        = wb_gnt_o || fetch_gnt_o || pay_gnt_o || tx_gnt_o;
  assign grant_write  = wb_gnt_o || pay_gnt_o || (tx_gnt_o && tx_write_i);
  assign stage_free   = data_go_q && !skid_q;
  assign pay_wready_o = stage_free && !data_wb_q && !data_tx_q;
  assign wb_wready_o  = stage_free && data_wb_q;
  assign take_beat    = stage_free && (data_tx_q || (data_wb_q ? wb_wvalid_i : pay_wvalid_i));
  e1000_pkg::mst_wdata_t beat;
  always_comb begin
    beat = data_wb_q ? wb_w_i : pay_w_i;
    if (data_tx_q) beat = {tx_data_q, 4'hF, req_ftag_q, 1'b1};
  end

  logic tx_read, tx_read_done;
  assign tx_read      = tx_gnt_o && !tx_write_i;
  assign tx_read_done = (rsp_txf_q || rsp_txp_q) && rsp_last_q;

  always_ff @(posedge clk_i) begin : update
    logic [2:0] kind;
    if (!rst_ni || soft_rst_i) begin
      req_valid_q    <= 1'b0;
      wvalid_q       <= 1'b0;
      skid_q         <= 1'b0;
      rsp_valid_q    <= 1'b0;
      rsp_fetch_q    <= 1'b0;
      rsp_pay_q      <= 1'b0;
      rsp_wb_q       <= 1'b0;
      rsp_rx_q       <= 1'b0;
      rsp_write_q    <= 1'b0;
      rsp_txf_q      <= 1'b0;
      rsp_txp_q      <= 1'b0;
      rsp_txw_q      <= 1'b0;
      data_wb_q      <= 1'b0;
      data_tx_q      <= 1'b0;
      tx_reads_q     <= 3'd0;
      tx_turn_q      <= 1'b0;
      seq_txf_q      <= 2'd0;
      seq_txp_q      <= 2'd0;
      seq_txw_q      <= 2'd0;
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
        req_write_q <= grant_write;
        tx_turn_q   <= !tx_gnt_o;
        if (tx_gnt_o) begin
          req_kind_q <= tx_kind_i;
          req_addr_q <= tx_addr_i;
          req_len_q  <= tx_len_i;
          req_ftag_q <= tx_tag_i;
          if (tx_kind_i == e1000_pins_pkg::KindTxFetch) begin
            req_tag_q <= {e1000_pins_pkg::KindTxFetch, seq_txf_q};
            seq_txf_q <= seq_txf_q + 2'd1;
          end else if (!tx_write_i) begin
            req_tag_q <= {e1000_pins_pkg::KindTxPayload, seq_txp_q};
            seq_txp_q <= seq_txp_q + 2'd1;
          end else begin
            req_tag_q   <= {e1000_pins_pkg::KindTxWriteback, seq_txw_q};
            seq_txw_q   <= seq_txw_q + 2'd1;
            data_busy_q <= 1'b1;
            data_wb_q   <= 1'b0;
            data_tx_q   <= 1'b1;
            tx_data_q   <= tx_data_i;
          end
        end else if (fetch_gnt_o) begin
          req_kind_q  <= e1000_pins_pkg::KindFetch;
          req_tag_q   <= {e1000_pins_pkg::KindFetch, seq_fetch_q};
          req_addr_q  <= fetch_addr_i;
          req_len_q   <= fetch_len_i;
          seq_fetch_q <= seq_fetch_q + 2'd1;
          read_q      <= 1'b1;
        end else begin
          data_busy_q <= 1'b1;
          data_wb_q   <= wb_gnt_o;
          data_tx_q   <= 1'b0;
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
          {wdata_q, wbe_q, wtag_q, wlast_q} <= beat;
          if (beat.last) begin
            data_busy_q <= 1'b0;
            data_go_q   <= 1'b0;
          end
        end
      end else if (take_beat) begin
        skid_q      <= 1'b1;
        skid_data_q <= beat;
        if (beat.last) begin
          data_busy_q <= 1'b0;
          data_go_q   <= 1'b0;
        end
      end

      if (mst_rsp_valid_i) begin
        kind        = mst_rsp_tag_i[4:2];
        rsp_valid_q <= 1'b1;
        rsp_rx_q    <= !mst_rsp_tag_i[4];
        rsp_write_q <= kind != e1000_pins_pkg::KindFetch && kind != e1000_pins_pkg::KindTxPayload &&
                       kind != e1000_pins_pkg::KindTxFetch;
        rsp_fetch_q <= kind == e1000_pins_pkg::KindFetch;
        rsp_pay_q   <= kind == e1000_pins_pkg::KindPayload;
        rsp_wb_q    <= kind == e1000_pins_pkg::KindWriteback;
        rsp_txf_q   <= kind == e1000_pins_pkg::KindTxFetch;
        rsp_txp_q   <= kind == e1000_pins_pkg::KindTxPayload;
        rsp_txw_q   <= kind == e1000_pins_pkg::KindTxWriteback;
        rsp_ok_q    <= mst_rsp_status_i == e1000_pins_pkg::RspOk;
        rsp_last_q  <= mst_rsp_last_i;
        rsp_data_q  <= mst_rsp_data_i;
        rsp_seq_q   <= mst_rsp_tag_i[1:0];
        fault_q     <= '0;
        if (mst_rsp_status_i != e1000_pins_pkg::RspOk) begin
          fault_q <= {1'b1, mst_rsp_status_i == e1000_pins_pkg::RspMasterAbort,
                      mst_rsp_status_i == e1000_pins_pkg::RspTargetAbort, mst_rsp_status_i == e1000_pins_pkg::RspParityError,
                      kind == e1000_pins_pkg::KindFetch || kind == e1000_pins_pkg::KindTxPayload ||
                      kind == e1000_pins_pkg::KindTxFetch};
        end
      end else if (rsp_valid_q) begin
        rsp_valid_q <= 1'b0;
        rsp_rx_q    <= 1'b0;
        rsp_write_q <= 1'b0;
        rsp_fetch_q <= 1'b0;
        rsp_pay_q   <= 1'b0;
        rsp_wb_q    <= 1'b0;
        rsp_txf_q   <= 1'b0;
        rsp_txp_q   <= 1'b0;
        rsp_txw_q   <= 1'b0;
        fault_q     <= '0;
      end
      if (fault_q.any) error_q <= 1'b1;
      if (rsp_fetch_q && rsp_last_q) read_q <= 1'b0;
      if (grant_write != rsp_write_q) writes_q <= rsp_write_q ? writes_q - 3'd1 : writes_q + 3'd1;
      if (tx_read != tx_read_done) tx_reads_q <= tx_read_done ? tx_reads_q - 3'd1 : tx_reads_q + 3'd1;
    end
  end

  assign fetch_rsp_o    = rsp_fetch_q;
  assign pay_rsp_o      = rsp_pay_q;
  assign wb_rsp_o       = rsp_wb_q;
  assign tx_fetch_rsp_o = rsp_txf_q;
  assign tx_pay_rsp_o   = rsp_txp_q;
  assign tx_wb_rsp_o    = rsp_txw_q;
  assign rsp_o          = rsp_rx_q;
  assign rsp_ok_o       = rsp_ok_q;
  assign rsp_last_o     = rsp_last_q;
  assign rsp_data_o     = rsp_data_q;
  assign rsp_seq_o      = rsp_seq_q;
  assign error_o        = fault_q;

  assign drained_o         = !req_valid_q && !data_busy_q && !wvalid_q && !skid_q && writes_q == 3'd0 && !read_q &&
                             tx_reads_q == 3'd0;
  assign mst_req_valid_o   = req_valid_q;
  assign mst_req_kind_o    = req_kind_q;
  assign mst_req_tag_o     = req_tag_q;
  assign mst_req_write_o   = req_write_q;
  assign mst_req_addr_o    = req_addr_q;
  assign mst_req_len_o     = req_len_q;
  assign mst_req_ftag_o    = req_ftag_q;
  assign mst_wdata_valid_o = wvalid_q;
  assign mst_wdata_o       = wdata_q;
  assign mst_wbe_o         = wbe_q;
  assign mst_wtag_o        = wtag_q;
  assign mst_wlast_o       = wlast_q;
  assign grant_o           = grant && !tx_gnt_o;
  assign granting_o        = grant;
  assign clk_req_o         = req_valid_q || wvalid_q || rsp_valid_q || take_beat || grant;
endmodule

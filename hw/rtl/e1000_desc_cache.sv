// SPDX-License-Identifier: Apache-2.0
// Descriptor fetch and the 64-entry on-chip cache (FS 6.3).
//
// An entry lives from its fetch to the completion of its write-back, so the cache is four pointers into one circle of
// 64: fetched (write_ptr) >= used by a frame (use_ptr) >= ... >= written back (freed_ptr, owned by the write-back).
// One fetch is outstanding at a time; it never passes RDT (R-13), the ring's end or a 4 KiB page.
module e1000_desc_cache #(
  parameter int unsigned FetchMax = 64   // descriptors in one fetch burst, 1..64
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  // the ring
  input  logic        rx_en_i,           // R-7, N-9: no fetch while RCTL.EN = 0
  input  logic [63:0] base_i,
  input  logic [15:0] size_i,
  input  logic [15:0] tail_i,
  input  logic        usable_i,
  input  logic        flush_i,           // the ring was rewritten: empty but for what is on the bus
  input  logic [15:0] start_i,           // with flush_i: the ring index to go on at
  input  logic        restart_i,         // ... or RDT with EN = 0: what no frame has used is fetched again (R-16, N-8)
  input  logic [5:0]  pthresh_i,         // descriptors
  input  logic [5:0]  hthresh_i,         // descriptors
  // head of the unused descriptors, to the DMA engine
  output logic        desc_valid_o,
  output logic [63:0] desc_addr_o,       // its bytes 0-7
  output logic [63:0] desc_hi_o,         // its bytes 8-15
  output logic [6:0]  use_ptr_o,
  input  logic        desc_use_i,
  output logic        none_left_o,       // no unused descriptor on chip or in the ring (R-20 d)
  output logic        starved_o,         // none on chip and none can be fetched or cached now (R-25)
  // write-back side: reads entries, frees them
  input  logic        wb_rd_i,
  input  logic [5:0]  wb_rd_ptr_i,
  output logic [63:0] wb_lo_o,
  output logic [63:0] wb_hi_o,
  input  logic [6:0]  freed_ptr_i,
  input  logic [6:0]  issue_ptr_i,       // past the last entry given to a write-back burst
  input  logic [15:0] issue_index_i,     // ... and its ring index
  // bus
  output logic        req_valid_o,
  output logic        req_urgent_o,      // on-chip empty: ahead of payload; a prefetch comes last
  output logic [63:0] req_addr_o,
  output logic [12:0] req_len_o,
  input  logic        req_gnt_i,
  input  logic        rsp_valid_i,       // one dword of a fetch
  input  logic [31:0] rsp_data_i,
  input  logic        rsp_ok_i,
  input  logic        rsp_last_i,
  output logic        clk_req_o
);
  if (FetchMax < 1 || FetchMax > 64) begin : gen_bad_parameter
    $error("e1000_desc_cache: FetchMax must be 1..64");
  end

  typedef enum logic [1:0] {StIdle, StRequest, StWait} state_e;
  state_e      state_q;
  logic [6:0]  write_ptr_q, use_ptr_q;
  logic [15:0] fetch_q;          // ring index of the next descriptor to fetch
  logic [63:0] req_addr_q;
  logic [6:0]  req_count_q;
  logic        urgent_q;
  logic        drop_q;           // a flush or refetch overtook the outstanding fetch: its data are stale (N-8)
  logic [1:0]  dword_q;          // which dword of a descriptor arrives next
  logic [31:0] dword_low_q;

  logic [63:0] mem_lo [64];      // bytes 0-7: read by the DMA engine (address) and by the write-back
  logic [63:0] mem_hi [64];      // bytes 8-15 as fetched: a null descriptor goes back with only DD added (R-26)
  logic [63:0] head_addr_q, head_hi_q, wb_lo_q, wb_hi_q;
  logic        head_loaded_q;

  logic [6:0]  unused, occupied, space;
  logic [15:0] avail;            // descriptors the ring still offers
  always_comb begin
    unused   = write_ptr_q - use_ptr_q;
    occupied = write_ptr_q - freed_ptr_i;
    space    = 7'd64 - occupied;
    avail    = 16'd0;
    if (usable_i && fetch_q != tail_i) avail = tail_i > fetch_q ? tail_i - fetch_q : tail_i - fetch_q + size_i;
  end

  // FS 6.3: fetch at once when nothing is on chip, else prefetch by PTHRESH and HTHRESH.
  logic can_fetch, want;
  assign can_fetch = rx_en_i && avail != 16'd0 && space != 7'd0;
  assign want      = can_fetch && !restart_i &&
                     (unused == 7'd0 || (unused < {1'b0, pthresh_i} && avail >= {10'd0, hthresh_i}));

  // Burst: what the ring offers, what the cache holds, the ring's end, the page's end.
  logic [63:0] fetch_addr;
  logic [15:0] to_end;
  logic [8:0]  to_page;
  logic [6:0]  count;
  always_comb begin
    fetch_addr = 64'd0;
    to_end     = 16'd0;
    to_page    = 9'd0;
    count      = 7'd0;
    if (want && state_q == StIdle) begin
      fetch_addr = base_i + {44'd0, fetch_q, 4'd0};
      to_end     = size_i - fetch_q;
      to_page    = 9'd256 - {1'b0, fetch_addr[11:4]};
      count      = space;
      if (avail < {9'd0, count}) count = avail[6:0];
      if (to_end < {9'd0, count}) count = to_end[6:0];
      if (to_page < {2'd0, count}) count = to_page[6:0];
      if (count > 7'(FetchMax)) count = 7'(FetchMax);
    end
  end

  logic store;   // a dword that still means something
  assign store = rsp_valid_i && rsp_ok_i && !drop_q && !restart_i;

  always_ff @(posedge clk_i) begin : update
    logic [6:0]  used;
    logic [16:0] used_index;
    if (!rst_ni || soft_rst_i) begin
      state_q       <= StIdle;
      write_ptr_q   <= 7'd0;
      use_ptr_q     <= 7'd0;
      fetch_q       <= 16'd0;
      drop_q        <= 1'b0;
      dword_q       <= 2'd0;
      head_loaded_q <= 1'b0;
    end else begin
      unique case (state_q)
        StIdle: if (want) begin
          req_addr_q  <= fetch_addr;
          req_count_q <= count;
          urgent_q    <= unused == 7'd0;
          state_q     <= StRequest;
        end
        StRequest: begin
          if (req_gnt_i) state_q <= StWait;
          else if (restart_i || !rx_en_i) state_q <= StIdle;
          else if (unused == 7'd0) urgent_q <= 1'b1;
        end
        default: if (rsp_valid_i && rsp_last_i) state_q <= StIdle;
      endcase

      if (state_q == StRequest && req_gnt_i) begin
        fetch_q <= fetch_q + {9'd0, req_count_q} == size_i ? 16'd0 : fetch_q + {9'd0, req_count_q};
        dword_q <= 2'd0;
      end
      if (store) begin
        dword_q <= dword_q + 2'd1;
        if (!dword_q[0]) dword_low_q <= rsp_data_i;
        if (dword_q == 2'd3) write_ptr_q <= write_ptr_q + 7'd1;
      end
      if (rsp_valid_i && rsp_last_i) drop_q <= 1'b0;
      else if (restart_i && state_q == StWait) drop_q <= 1'b1;

      if (desc_use_i) begin
        use_ptr_q     <= use_ptr_q + 7'd1;
        head_loaded_q <= 1'b0;
      end else if (unused != 7'd0) begin
        head_loaded_q <= 1'b1;
      end
      if (restart_i) begin
        // A refetch goes on past the last entry a frame uses, which may be the one it takes now.
        used          = use_ptr_q + {6'd0, desc_use_i};
        used_index    = {1'b0, issue_index_i} + {10'd0, 7'(used - issue_ptr_i)};
        if (used_index >= {1'b0, size_i}) used_index = used_index - {1'b0, size_i};
        write_ptr_q   <= flush_i ? issue_ptr_i : used;
        use_ptr_q     <= flush_i ? issue_ptr_i : used;
        fetch_q       <= flush_i ? start_i : used_index[15:0];
        head_loaded_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (store && dword_q == 2'd1) mem_lo[write_ptr_q[5:0]] <= {rsp_data_i, dword_low_q};
    if (store && dword_q == 2'd3) mem_hi[write_ptr_q[5:0]] <= {rsp_data_i, dword_low_q};
    if (unused != 7'd0 && !head_loaded_q) begin
      head_addr_q <= mem_lo[use_ptr_q[5:0]];
      head_hi_q   <= mem_hi[use_ptr_q[5:0]];
    end
    if (wb_rd_i) begin
      wb_lo_q <= mem_lo[wb_rd_ptr_i];
      wb_hi_q <= mem_hi[wb_rd_ptr_i];
    end
  end

  assign desc_valid_o = head_loaded_q;
  assign desc_addr_o  = head_addr_q;
  assign desc_hi_o    = head_hi_q;
  assign use_ptr_o    = use_ptr_q;
  assign none_left_o  = unused == 7'd0 && avail == 16'd0 && state_q == StIdle;
  assign starved_o    = unused == 7'd0 && !can_fetch && state_q == StIdle;
  assign wb_lo_o      = wb_lo_q;
  assign wb_hi_o      = wb_hi_q;
  assign req_valid_o  = state_q == StRequest && rx_en_i && !restart_i;
  assign req_urgent_o = urgent_q;
  assign req_addr_o   = req_addr_q;
  assign req_len_o    = {2'd0, req_count_q, 4'd0};
  // A request that waits for its grant and a fetch that waits for data change nothing.  e1000_rx_back asks for grants,
  // responses and uses, the ring for flushes, the write-back for its reads.
  assign clk_req_o    = (state_q == StIdle && want) || (unused != 7'd0 && !head_loaded_q) ||
                        (state_q == StRequest && (!rx_en_i || (unused == 7'd0 && !urgent_q)));
endmodule

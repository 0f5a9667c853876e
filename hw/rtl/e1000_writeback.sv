// SPDX-License-Identifier: Apache-2.0
// Descriptor write-back (FS 6.5): writes completed descriptors to the ring in order, in bursts.
//
// When: WTHRESH reached, a timer or FPD asks (flush), no unused descriptor is left anywhere, a frame is starved of
// descriptors (R-20, R-25), or RCTL.EN is 0, so that nothing is written long after the stop (R-5, N-10).
// A whole 16-byte descriptor goes out in ascending dwords, so DD's dword lands last (R-22).
// The burst's response is its completion: then RDH moves (R-12), and the entries are freed, for which causes wait in
// e1000_cause_slots (R-21).
// A rewritten ring (R-16) forgets what no burst was granted for; what the bus has ends as if the ring had been rewritten
// after it: RDH moves on, unless software has written RDH.  A halt (P-3) comes when the bus has ended or withdrawn all it
// had: entries without a response are forgotten too.
module e1000_writeback (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        flush_i,              // the ring was rewritten
  input  logic        rehead_i,             // ... by RDH, or halt_i
  input  logic        halt_i,               // ... no response is to come any more
  input  logic [15:0] start_i,              // ... and goes on at this index
  input  logic [63:0] base_i,
  input  logic [15:0] size_i,
  input  logic [5:0]  wthresh_i,            // descriptors, at least 1
  input  logic        rx_en_i,              // RCTL.EN
  input  logic        none_left_i,          // R-20 d
  input  logic        starved_i,            // R-25
  // from the DMA engine
  input  logic        done_wr_i,            // what to write for cache entry done_ptr
  input  logic [5:0]  done_ptr_i,
  input  e1000_pkg::rx_done_t done_i,
  input  logic        complete_i,           // every entry before complete_ptr may be written
  input  logic [6:0]  complete_ptr_i,
  input  logic        flush_due_i,          // e1000_cause_slots: write whatever WTHRESH says
  output logic [6:0]  completed_ptr_o,       // past the last completed entry
  // descriptor cache
  output logic        rd_o,
  output logic [5:0]  rd_ptr_o,
  input  logic [63:0] lo_i,
  input  logic [63:0] hi_i,
  output logic [6:0]  freed_ptr_o,
  output logic [6:0]  issue_ptr_o,          // past the last entry given to a burst
  output logic [15:0] issue_index_o,        // ... and its ring index
  // ring
  output logic        written_o,            // RDH goes to written_index
  output logic [15:0] written_index_o,
  // bus
  output logic        req_valid_o,
  output logic [63:0] req_addr_o,
  output logic [12:0] req_len_o,
  input  logic        req_gnt_i,
  output logic        w_valid_o,
  output e1000_pkg::mst_wdata_t w_o,
  input  logic        w_ready_i,
  input  logic        rsp_valid_i,
  input  logic        rsp_ok_i,
  output logic        clk_req_o
);
  typedef enum logic [1:0] {StIdle, StRequest, StSend} state_e;
  state_e      state_q;
  logic [6:0]  complete_ptr_q;   // past the last completed entry
  logic [6:0]  issue_ptr_q;      // past the last entry given to a burst
  logic [6:0]  freed_ptr_q;      // past the last entry whose write-back completed
  logic [15:0] index_q;          // ring index of issue_ptr
  logic [63:0] addr_q;
  logic [6:0]  burst_q;          // descriptors of the burst
  logic [6:0]  send_rem_q;       // descriptors not yet sent
  logic [5:0]  send_ptr_q;
  logic [1:0]  dword_q;

  // ---- when and how much -----------------------------------------------------------------------------
  logic [6:0]  pending, count;
  logic        want, start;
  logic [63:0] start_addr;
  logic [15:0] to_end;
  logic [8:0]  to_page;
  assign pending = complete_ptr_q - issue_ptr_q;
  assign want    = pending >= {1'b0, wthresh_i} || flush_due_i || none_left_i || starved_i || !rx_en_i;
  always_comb begin
    start = 1'b0;
    if (state_q == StIdle && pending != 7'd0) start = want && !flush_i;
  end
  always_comb begin
    start_addr = 64'd0;
    to_end     = 16'd0;
    to_page    = 9'd0;
    count      = 7'd0;
    if (start) begin
      start_addr = base_i + {44'd0, index_q, 4'd0};
      to_end     = size_i - index_q;
      to_page    = 9'd256 - {1'b0, start_addr[11:4]};
      count      = pending;
      if (to_end < {9'd0, count}) count = to_end[6:0];
      if (to_page < {2'd0, count}) count = to_page[6:0];
    end
  end

  // ---- contents: written by the DMA engine when it uses an entry, read for the burst ------------------
  logic [80:0] mem_done [64];    // rx_done_t: yosys takes no memory of structs
  e1000_pkg::rx_done_t done_q;
  logic        next_desc;        // the last dword of an entry leaves: read the next one
  assign next_desc = state_q == StSend && w_ready_i && dword_q == 2'd3;
  assign rd_o      = start || next_desc;
  assign rd_ptr_o  = start ? issue_ptr_q[5:0] : send_ptr_q + 6'd1;
  always_ff @(posedge clk_i) begin
    if (done_wr_i) mem_done[done_ptr_i] <= done_i;
    if (rd_o) done_q <= mem_done[rd_ptr_o];
  end

  localparam logic [63:0] DdBit = 64'd1 << (32 + e1000_regs_pkg::RXD_STATUS_DD);
  logic        is_null, last_beat;
  logic [63:0] hi;
  assign is_null   = done_q.is_null;
  assign hi        = is_null ? hi_i | DdBit : done_q.tail;
  assign last_beat = send_rem_q == 7'd1 && dword_q == 2'd3;
  assign w_valid_o = state_q == StSend;
  always_comb begin
    w_o = '0;
    if (state_q == StSend) begin
      unique case (dword_q)
        2'd0:    w_o.data = lo_i[31:0];
        2'd1:    w_o.data = lo_i[63:32];
        2'd2:    w_o.data = hi[31:0];
        default: w_o.data = hi[63:32];
      endcase
      w_o.be        = 4'hF;
      w_o.frame_tag = done_q.frame_tag;
      w_o.last      = last_beat;
    end
  end

  // ---- bursts whose response is outstanding ------------------------------------------------------------
  logic [1:0]  tok_rd_q, tok_wr_q;
  logic [3:0]  tok_head_q;       // it moves RDH: software has not written RDH since
  logic [27:0] tok_ptr_q;        // 4 x cache pointer past the burst
  logic [63:0] tok_index_q;      // 4 x ring index past it
  logic        failed_q;         // one ended in an error: nothing behind it counts
  assign written_o       = rsp_valid_i && rsp_ok_i && !failed_q && tok_head_q[tok_rd_q] && !(flush_i && rehead_i);
  assign written_index_o = tok_index_q[tok_rd_q*16 +: 16];

  always_ff @(posedge clk_i) begin : update
    logic [6:0]  next_ptr;
    logic [15:0] next_index;
    if (!rst_ni || soft_rst_i) begin
      state_q        <= StIdle;
      complete_ptr_q <= 7'd0;
      issue_ptr_q    <= 7'd0;
      freed_ptr_q    <= 7'd0;
      index_q        <= 16'd0;
      tok_rd_q       <= 2'd0;
      tok_wr_q       <= 2'd0;
      tok_head_q     <= 4'd0;
      failed_q       <= 1'b0;
    end else begin
      if (complete_i) complete_ptr_q <= complete_ptr_i;
      unique case (state_q)
        StIdle: if (start) begin
          addr_q     <= start_addr;
          burst_q    <= count;
          send_rem_q <= count;
          send_ptr_q <= issue_ptr_q[5:0];
          dword_q    <= 2'd0;
          state_q    <= StRequest;
        end
        StRequest: if (flush_i) state_q <= StIdle;
        else if (req_gnt_i) begin
          next_ptr    = issue_ptr_q + burst_q;
          next_index  = index_q + {9'd0, burst_q};
          if (next_index == size_i) next_index = 16'd0;
          issue_ptr_q <= next_ptr;
          index_q     <= next_index;
          state_q     <= StSend;
          tok_wr_q                       <= tok_wr_q + 2'd1;
          tok_head_q[tok_wr_q]           <= 1'b1;
          tok_ptr_q[tok_wr_q*7 +: 7]     <= next_ptr;
          tok_index_q[tok_wr_q*16 +: 16] <= next_index;
        end
        default: if (w_ready_i) begin
          dword_q <= dword_q + 2'd1;
          if (dword_q == 2'd3) begin
            send_ptr_q <= send_ptr_q + 6'd1;
            send_rem_q <= send_rem_q - 7'd1;
          end
          if (last_beat) state_q <= StIdle;
        end
      endcase

      if (rsp_valid_i) begin
        tok_rd_q <= tok_rd_q + 2'd1;
        if (!rsp_ok_i) failed_q <= 1'b1;
        else if (!failed_q) freed_ptr_q <= tok_ptr_q[tok_rd_q*7 +: 7];
      end

      if (flush_i) begin
        complete_ptr_q <= issue_ptr_q;
        index_q        <= start_i;
        if (rehead_i) tok_head_q <= 4'd0;
        if (halt_i) begin
          tok_rd_q    <= tok_wr_q;
          freed_ptr_q <= issue_ptr_q;
        end
      end
    end
  end

  assign completed_ptr_o = complete_ptr_q;
  assign freed_ptr_o    = freed_ptr_q;
  assign issue_ptr_o    = issue_ptr_q;
  assign issue_index_o  = index_q;
  assign req_valid_o    = state_q == StRequest && !flush_i;
  assign req_addr_o     = addr_q;
  assign req_len_o      = {2'd0, burst_q, 4'd0};
  // e1000_rx_back asks for responses, grants, uses of descriptors and completions, the ring for flushes.
  assign clk_req_o      = start || state_q == StSend;
endmodule

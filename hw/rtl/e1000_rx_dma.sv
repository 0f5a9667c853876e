// SPDX-License-Identifier: Apache-2.0
// Receive DMA: takes the frame at the FIFO's head, spends descriptors on it and bursts its bytes into memory.
//
// Steps of a frame: descriptor (a null one is passed over, R-26) -> burst request -> beats -> ... -> pop.  The next
// frame's payload may stream while this one's responses and write-back are outstanding; a frame is complete when the
// response of its last burst is back (R-21, I-32).  Bursts end on BurstBytes-aligned addresses, which also keeps
// them inside 4 KiB pages.  A descriptor gets at most BSIZE bytes (N-3); a frame that finds no descriptor waits (R-34).
module e1000_rx_dma #(
  parameter int unsigned BurstBytes = 256   // power of two, 16..4096
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        rx_en_i,              // RCTL.EN: a frame starts only while 1 (R-5)
  input  logic [1:0]  bsize_i,              // RCTL.BSIZE, BSEX
  input  logic        bsex_i,
  input  logic [11:0] small_limit_i,        // RSRPD
  input  logic        lpe_i,                // RCTL.LPE, SBP: with one of them buffers take more than 1522 bytes (R-40)
  input  logic        sbp_i,
  input  logic        flush_i,              // the ring was rewritten: a half delivered frame is discarded (R-85)
  input  logic        halt_i,               // with flush_i: no response is to come any more (P-3)
  input  logic [6:0]  issue_ptr_i,          // with flush_i: what a write-back burst has taken stays
  // frame FIFO
  input  logic                   frame_valid_i,
  input  e1000_pkg::rx_frame_t   frame_i,
  input  logic                   data_valid_i,
  input  logic [63:0]            data_i,
  output logic                   data_pop_o,
  output logic                   frame_pop_o,
  // descriptors
  input  logic        desc_valid_i,
  input  logic [63:0] desc_addr_i,
  input  logic [6:0]  use_ptr_i,
  output logic        desc_use_o,
  input  logic        starved_i,
  // what to write back for the descriptor used in this cycle
  output logic        done_wr_o,
  output e1000_pkg::rx_done_t done_o,
  // progress
  output logic        placed_o,             // buffers of the next placed_count descriptors are in memory
  output logic [6:0]  placed_count_o,
  output logic        complete_o,           // every descriptor before complete_ptr may be written back
  output logic [6:0]  complete_ptr_o,
  output logic        frame_done_o,         // with complete_o: a whole frame, start event of the timers (I-32)
  output logic        frame_small_o,        // with frame_done_o: SRPD applies, by RSRPD as it stands then
  output logic        lost_o,               // the frame at the FIFO's head is discarded
  output logic        lost_long_o,          // with lost_o: as too long (R-40), not for a rewritten ring (R-85)
  output logic        need_desc_o,          // stuck without a descriptor: flush what is complete (R-25)
  output logic        done_alone_o,         // complete_o without a response
  // bus
  output logic        req_valid_o,
  output logic [63:0] req_addr_o,
  output logic [12:0] req_len_o,
  output logic        req_end_o,            // last burst of the frame
  input  logic        req_gnt_i,
  output logic        w_valid_o,
  output e1000_pkg::mst_wdata_t w_o,
  input  logic        w_ready_i,
  input  logic        rsp_valid_i,          // response of a payload burst
  input  logic        rsp_ok_i,
  output logic        clk_req_o
);
  if (BurstBytes < 16 || BurstBytes > 4096 || (BurstBytes & (BurstBytes - 1)) != 0) begin : gen_bad_parameter
    $error("e1000_rx_dma: BurstBytes must be a power of two, 16..4096");
  end
  localparam int unsigned BurstLog = $clog2(BurstBytes);
  localparam logic [15:0] MaxShort = 16'd1522;   // R-40

  typedef enum logic [2:0] {StIdle, StDesc, StCalc, StRequest, StSend, StEmpty, StPop, StLost} state_e;
  state_e      state_q;
  logic [15:0] frame_rem_q;   // bytes of the frame not yet given to a descriptor
  logic [14:0] seg_rem_q;     // bytes of the current descriptor not yet sent
  logic        seg_eop_q;     // the current descriptor ends the frame
  logic [63:0] addr_q;
  logic [12:0] burst_q;       // bytes of the burst requested
  logic [12:0] burst_rem_q;   // bytes of the burst not yet sent
  logic        started_q;     // the frame has used a descriptor
  logic        abort_q;       // discard the frame when the burst in progress ends

  // ---- byte queue: up to 8 bytes, so any source alignment meets any bus lane ------------------------
  logic [63:0] bytes_q;
  logic [3:0]  count_q;
  logic [15:0] src_rem_q;     // bytes of the frame not yet taken from the FIFO, rounded up to 4
  logic        half_q;        // the upper dword of data_i is next

  logic [1:0]  lane;
  logic [2:0]  need, out;
  logic        send, last_beat, refill;
  logic [31:0] src_dword;
  always_comb begin
    lane      = addr_q[1:0];
    need      = 3'd4 - {1'b0, lane};
    if (burst_rem_q < {10'd0, need}) need = burst_rem_q[2:0];
    send      = state_q == StSend && w_ready_i;
    out       = send ? need : 3'd0;
    last_beat = burst_rem_q == {10'd0, need};
    refill    = state_q != StIdle && src_rem_q != 16'd0 && data_valid_i && count_q <= 4'd4 + {1'b0, out};
    src_dword = half_q ? data_i[63:32] : data_i[31:0];
  end

  logic [3:0] left;
  assign left = count_q - {1'b0, out};

  assign w_valid_o = state_q == StSend;
  always_comb begin
    w_o = '0;
    if (state_q == StSend) begin
      w_o.data      = bytes_q[31:0] << {lane, 3'b000};
      w_o.be        = 4'((5'd1 << need) - 5'd1) << lane;
      w_o.frame_tag = frame_i.tag;
      w_o.last      = last_beat;
    end
  end
  assign data_pop_o = refill && (half_q || src_rem_q <= 16'd4);

  // ---- bursts whose response is outstanding, oldest at rd -------------------------------------------
  logic [2:0]  tok_count_q;
  logic [1:0]  tok_rd_q, tok_wr_q;
  logic [3:0]  tok_live_q;    // 0: a flush overtook it
  logic [3:0]  tok_desc_q;    // last burst of its descriptor
  logic [3:0]  tok_eop_q;     // last burst of its frame
  logic [51:0] tok_length_q;  // 4 x {4096 or more, length of its frame}
  logic [27:0] tok_ptr_q;     // 4 x cache pointer past the burst's descriptor
  logic [6:0]  placed_ptr_q;  // cache pointer past the last descriptor whose buffer is in memory
  logic [6:0]  complete_ptr_q;

  logic        tok_push, tok_pop, tok_ok;
  logic [6:0]  tok_ptr;
  logic        burst_ends_desc;
  assign burst_ends_desc = seg_rem_q == {2'd0, burst_q};
  assign tok_push = state_q == StRequest && req_gnt_i;
  assign tok_pop  = rsp_valid_i;
  assign tok_ok   = tok_pop && rsp_ok_i && tok_live_q[tok_rd_q] && !flush_i;
  assign tok_ptr  = tok_ptr_q[tok_rd_q*7 +: 7];

  // A frame without a byte to write completes when all before it have (the front stores none: e1000_rx_verdict), and
  // the descriptors of a starved frame complete early (R-25).
  logic empty_done, early_done;
  assign empty_done = state_q == StEmpty && tok_count_q == 3'd0 && !flush_i;
  always_comb begin
    early_done = 1'b0;
    if (need_desc_o) early_done = started_q && tok_count_q == 3'd0 && complete_ptr_q != use_ptr_i && !flush_i;
  end
  assign done_alone_o = empty_done || early_done;

  always_comb begin
    need_desc_o = 1'b0;
    if (state_q == StDesc && !desc_valid_i) need_desc_o = starved_i;
  end
  assign complete_ptr_o = tok_ok ? tok_ptr : use_ptr_i;
  assign complete_o     = (tok_ok && tok_eop_q[tok_rd_q]) || empty_done || early_done;
  assign frame_done_o   = (tok_ok && tok_eop_q[tok_rd_q]) || empty_done;
  // FS 7.4: what counts is RSRPD when the frame is in memory.
  logic [12:0] done_length;
  always_comb begin
    done_length   = 13'd0;
    frame_small_o = 1'b0;
    if (frame_done_o) begin
      if (tok_ok) done_length = tok_length_q[tok_rd_q*13 +: 13];   // else the frame is empty
      frame_small_o = small_limit_i != 12'd0 && done_length <= {1'b0, small_limit_i};
    end
  end
  assign lost_o         = state_q == StLost;
  assign lost_long_o    = !started_q;   // R-40 discards what has not been begun, a rewritten ring what has
  assign placed_o       = (tok_ok && tok_desc_q[tok_rd_q]) || empty_done || early_done;
  assign placed_count_o = complete_ptr_o - placed_ptr_q;

  // ---- descriptor of the frame -----------------------------------------------------------------------
  logic [14:0] buffer_size;
  always_comb begin
    unique case ({bsex_i, bsize_i})
      3'b0_01: buffer_size = 15'd1024;
      3'b0_10: buffer_size = 15'd512;
      3'b0_11: buffer_size = 15'd256;
      3'b1_01: buffer_size = 15'd16384;
      3'b1_10: buffer_size = 15'd8192;
      3'b1_11: buffer_size = 15'd4096;
      default: buffer_size = 15'd2048;
    endcase
  end

  // R-40: a frame stored while LPE or SBP was set may find neither when its turn comes; with a descriptor at hand it is
  // discarded whole.  One that was begun goes on: its buffers were posted for it.  With EN = 0 none is begun (R-5).
  logic        is_null, fits, too_long, may_use;
  logic [14:0] seg_len;
  assign may_use    = state_q == StDesc && desc_valid_i && (started_q || rx_en_i);
  assign is_null    = desc_addr_i == 64'd0;
  assign fits       = frame_rem_q <= {1'b0, buffer_size};
  assign seg_len    = fits ? frame_rem_q[14:0] : buffer_size;
  always_comb begin
    too_long   = 1'b0;
    desc_use_o = 1'b0;
    if (may_use && !flush_i) begin
      if (!lpe_i && !sbp_i) too_long = !started_q && frame_rem_q > MaxShort;
      desc_use_o = !too_long;
    end
  end
  assign done_wr_o  = desc_use_o;

  localparam logic [7:0] StatusDd  = 8'd1 << e1000_regs_pkg::RXD_STATUS_DD;
  localparam logic [7:0] StatusEop = 8'd1 << e1000_regs_pkg::RXD_STATUS_EOP;
  always_comb begin
    done_o = '0;
    if (desc_use_o) begin
      // R-23, R-82: only the last descriptor carries status, errors and special
      done_o = {is_null, frame_i.tag, fits ? frame_i.special : 16'd0, fits ? frame_i.errors : 8'd0,
                fits ? frame_i.status | StatusDd | StatusEop : StatusDd, frame_i.csum, 1'b0, seg_len};
    end
  end

  assign req_valid_o = state_q == StRequest && !flush_i;
  assign req_addr_o  = addr_q;
  assign req_len_o   = burst_q;
  assign req_end_o   = seg_eop_q && burst_ends_desc;
  assign frame_pop_o = state_q == StPop || state_q == StLost;

  logic [12:0] to_boundary;
  assign to_boundary = 13'(BurstBytes) - 13'(addr_q[BurstLog-1:0]);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      state_q   <= StIdle;
      count_q   <= 4'd0;
      src_rem_q <= 16'd0;
      half_q    <= 1'b0;
      started_q <= 1'b0;
      abort_q   <= 1'b0;
    end else begin
      if (refill || send) begin
        bytes_q <= (bytes_q >> {out, 3'b000}) | (refill ? {32'd0, src_dword} << {left, 3'b000} : 64'd0);
        count_q <= left + (refill ? 4'd4 : 4'd0);
      end
      if (refill) begin
        half_q    <= !half_q;
        src_rem_q <= src_rem_q - 16'd4;
      end

      unique case (state_q)
        StIdle: if (frame_valid_i && rx_en_i && !flush_i) begin
          frame_rem_q <= frame_i.length;
          src_rem_q   <= {frame_i.length[15:2], 2'b00} + (frame_i.length[1:0] != 2'd0 ? 16'd4 : 16'd0);
          bytes_q     <= 64'd0;
          count_q     <= 4'd0;
          half_q      <= 1'b0;
          started_q   <= 1'b0;
          state_q     <= StDesc;
        end
        StDesc: if (flush_i) begin
          if (started_q) state_q <= StLost;
        end else if (too_long) begin
          state_q <= StLost;
        end else if (may_use) begin
          started_q <= 1'b1;
          if (!is_null) begin
            addr_q      <= desc_addr_i;
            seg_rem_q   <= seg_len;
            seg_eop_q   <= fits;
            frame_rem_q <= frame_rem_q - {1'b0, seg_len};
            state_q     <= seg_len == 15'd0 ? StEmpty : StCalc;
          end
        end
        StCalc: begin
          burst_q     <= seg_rem_q < {2'd0, to_boundary} ? seg_rem_q[12:0] : to_boundary;
          burst_rem_q <= seg_rem_q < {2'd0, to_boundary} ? seg_rem_q[12:0] : to_boundary;
          if (flush_i) state_q <= StLost;
          // beats flow without a bubble once begun: at least one dword waits in the queue
          else if (count_q >= 4'd4 || src_rem_q == 16'd0) state_q <= StRequest;
        end
        StRequest: if (flush_i) state_q <= StLost;
        else if (req_gnt_i) state_q <= StSend;
        StSend: begin
          if (flush_i) abort_q <= 1'b1;
          if (send) begin
            burst_rem_q <= burst_rem_q - {10'd0, need};
            addr_q      <= addr_q + {61'd0, need};
            if (last_beat) begin
              seg_rem_q <= seg_rem_q - {2'd0, burst_q};
              if (abort_q || flush_i) state_q <= StLost;
              else if (!burst_ends_desc) state_q <= StCalc;
              else state_q <= seg_eop_q ? StPop : StDesc;
            end
          end
        end
        StEmpty: if (flush_i) state_q <= StLost;
        else if (empty_done) state_q <= StPop;
        default: begin  // StPop, StLost
          abort_q   <= 1'b0;
          count_q   <= 4'd0;
          src_rem_q <= 16'd0;
          state_q   <= StIdle;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      tok_count_q    <= 3'd0;
      tok_rd_q       <= 2'd0;
      tok_wr_q       <= 2'd0;
      tok_live_q     <= 4'd0;
      placed_ptr_q   <= 7'd0;
      complete_ptr_q <= 7'd0;
    end else begin
      if (tok_push) begin
        tok_wr_q                    <= tok_wr_q + 2'd1;
        tok_desc_q[tok_wr_q]        <= burst_ends_desc;
        tok_eop_q[tok_wr_q]         <= burst_ends_desc && seg_eop_q;
        tok_length_q[tok_wr_q*13 +: 13] <= {frame_i.length[15:12] != 4'd0, frame_i.length[11:0]};
        tok_ptr_q[tok_wr_q*7 +: 7]  <= use_ptr_i;
        tok_live_q[tok_wr_q]        <= 1'b1;
      end
      if (tok_pop) tok_rd_q <= tok_rd_q + 2'd1;
      if (tok_push != tok_pop) tok_count_q <= tok_push ? tok_count_q + 3'd1 : tok_count_q - 3'd1;
      if (placed_o) placed_ptr_q <= complete_ptr_o;
      if (complete_o) complete_ptr_q <= complete_ptr_o;
      if (flush_i) begin
        tok_live_q     <= 4'd0;
        placed_ptr_q   <= issue_ptr_i;
        complete_ptr_q <= issue_ptr_i;
        if (halt_i) begin
          tok_rd_q    <= tok_wr_q;
          tok_count_q <= 3'd0;
        end
      end
    end
  end

  // Waiting for a grant, a response or a descriptor changes nothing.
  assign clk_req_o   = (state_q == StIdle && frame_valid_i && rx_en_i) || may_use ||
                       state_q == StCalc || state_q == StSend || frame_pop_o || empty_done || early_done ||
                       refill || flush_i || req_gnt_i || rsp_valid_i;
endmodule

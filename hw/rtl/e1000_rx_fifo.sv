// SPDX-License-Identifier: Apache-2.0
// Receive FIFO: stores whole frames, commits or rolls them back, hands them out head first (R-30..R-35).
//
// 64 KiB of memory, PBA.RXA KiB of it usable.  A frame takes two words for its status and its bytes rounded up to
// whole words.  Data words are written behind the place of the status words, which follow when the frame's fate is
// known; until the second is in, the frame does not exist for the reader.
module e1000_rx_fifo (
  input  logic                    clk_rx_fifo_i,  // write side, counts, diagnostics
  input  logic                    clk_rx_dma_i,   // read side
  input  logic                    rst_ni,
  input  logic                    soft_rst_i,
  input  logic [6:0]              pba_rxa_i,      // usable size in KiB, 64 at most

  // write side
  input  logic                    start_i,        // a frame begins: back to its first word
  input  logic                    word_en_i,
  input  logic [63:0]             word_i,
  input  logic                    finish_i,       // the frame has ended; its last word may come in the same cycle
  input  logic                    keep_i,         // with finish_i: commit it, otherwise roll back
  input  logic [15:0]             length_i,       // with finish_i: bytes to store
  input  e1000_pkg::rx_frame_t    frame_i,        // from the cycle after commit_o
  output logic                    lost_o,         // with finish_i and keep_i: a word found no room, so it rolls back
  output logic                    commit_o,       // with finish_i: it is kept
  input  logic                    fill_on_i,      // fill_o is looked at
  input  logic                    taken_i,        // the frame in progress counts: the address filter has taken it
  output logic [13:0]             fill_o,         // words occupied (F-10)

  // read side
  output logic                    frame_valid_o,
  output e1000_pkg::rx_frame_t    frame_o,
  output logic                    data_valid_o,
  output logic [63:0]             data_o,
  input  logic                    data_pop_i,
  input  logic                    frame_pop_i,

  // diagnostics RDFH, RDFT, RDFHS, RDFTS, RDFPC
  input  e1000_pkg::reg_req_t     reg_i,
  input  logic                    reg_wr_ok_i,    // the receiver is off
  output logic [31:0]             reg_rdata_o,

  output logic                    clk_req_rx_fifo_o,
  output logic                    clk_req_rx_dma_o
);

  localparam logic [13:0] Words = 14'd8192;

  logic [63:0] mem [8192];

  // Words that hold so many bytes.
  function automatic logic [13:0] words_of(input logic [15:0] bytes);
    words_of = {1'b0, bytes[15:3]} + {13'd0, |bytes[2:0]};
  endfunction

  // ---- write side ---------------------------------------------------------------------------------
  typedef enum logic [1:0] {
    WrData  = 2'd0,
    WrStat0 = 2'd1,
    WrStat1 = 2'd2
  } wr_state_e;

  wr_state_e   wr_state_q;
  logic [12:0] tail_q;      // first word of the frame in progress
  logic [12:0] wr_ptr_q;    // its next data word
  logic [13:0] stored_q;    // its data words so far
  logic [13:0] used_q;      // words of committed frames
  logic [13:0] limit, need;
  logic        holed_q;     // a word found no room: none behind it is stored, or the frame would have a hole
  logic        word_we, published;

  assign limit = pba_rxa_i[6] ? Words : {1'b0, pba_rxa_i[5:0], 7'd0};

  always_comb begin
    need    = 14'd0;
    lost_o  = 1'b0;
    word_we = 1'b0;
    if (word_en_i) word_we = ~holed_q & ({1'b0, used_q} + {1'b0, stored_q} + 15'd3 <= {1'b0, limit});
    if (finish_i) begin
      need   = words_of(length_i);
      lost_o = keep_i & (stored_q + {13'd0, word_we} < need);
    end
  end

  always_comb begin
    fill_o = 14'd0;
    if (fill_on_i) fill_o = used_q + (taken_i || wr_state_q != WrData ? stored_q + 14'd2 : 14'd0);
  end
  assign commit_o  = finish_i & keep_i & ~lost_o;
  assign published = wr_state_q == WrStat1;

  // No word behind a lost one is stored: with a stripped FCS `stored_q` could still reach `need`, and the frame would
  // have a hole.
  always_ff @(posedge clk_rx_fifo_i) begin
    if (!rst_ni || soft_rst_i || start_i || finish_i) holed_q <= 1'b0;
    else if (word_en_i && !word_we) holed_q <= 1'b1;
  end

  // One write port: data words while a frame arrives, then its two status words.  The next frame's first word is at
  // least eight bytes and a delimiter away.
  always_ff @(posedge clk_rx_fifo_i) begin : write
    logic [12:0] addr;
    logic [63:0] data;
    if (word_we || wr_state_q != WrData) begin
      addr = wr_state_q == WrData ? wr_ptr_q : wr_state_q == WrStat0 ? tail_q : tail_q + 13'd1;
      data = wr_state_q == WrData ? word_i : wr_state_q == WrStat0 ? frame_i[63:0] : {48'd0, frame_i.length};
      mem[addr] <= data;
    end
  end

  // ---- read side ----------------------------------------------------------------------------------
  // `rdata_q` always holds the word the reader needs next: a pop reads the one behind it in the same cycle.
  typedef enum logic [1:0] {
    RdEmpty = 2'd0,
    RdStat0 = 2'd1,  // rdata_q = first status word
    RdStat1 = 2'd2,  // rdata_q = second status word
    RdHead  = 2'd3   // rdata_q = data
  } rd_state_e;

  rd_state_e   rd_state_q;
  logic [12:0] head_q;      // first word of the head frame
  logic [12:0] rd_ptr_q;    // word in rdata_q
  logic [11:0] frames_q;    // committed frames, the head frame included; 8192 / 3 at most
  logic [13:0] left_q;      // unread data words of the head frame
  logic [13:0] size_q;      // all its data words
  logic [63:0] rdata_q, frame_lo_q;
  logic [15:0] frame_len_q;
  logic        release_head, mem_re;
  logic [12:0] mem_raddr;

  assign release_head = frame_pop_i & (rd_state_q == RdHead);

  assign mem_re    = (rd_state_q == RdHead) ? data_pop_i & ~frame_pop_i : rd_state_q != RdEmpty || frames_q != 12'd0;
  assign mem_raddr = (rd_state_q == RdEmpty) ? head_q : rd_ptr_q + 13'd1;

  always_ff @(posedge clk_rx_dma_i) begin
    if (mem_re) begin
      rdata_q  <= mem[mem_raddr];
      rd_ptr_q <= mem_raddr;
    end
    if (rd_state_q == RdStat0) frame_lo_q <= rdata_q;
    if (rd_state_q == RdStat1) begin
      frame_len_q <= rdata_q[15:0];
      size_q      <= words_of(rdata_q[15:0]);
    end
  end

  assign frame_valid_o = rd_state_q == RdHead;
  assign frame_o       = {frame_len_q, frame_lo_q};
  assign data_valid_o  = frame_valid_o & (left_q != 14'd0);
  assign data_o        = rdata_q;

  // ---- diagnostics --------------------------------------------------------------------------------
  // The pointers can be moved while the receiver is off and the FIFO empty, where head and tail are one place; not under
  // a frame that was begun before the receiver went off and is still arriving (R-5).  What software wrote reads back (FS 2.5: RW 12:0) until a frame comes or goes; then the register shows the pointer again.
  logic        sel_diag, move;
  logic [6:0]  held_q;  // by offset: reads as written
  logic [12:0] rdfh_q, rdft_q, rdfhs_q, rdfts_q, rdfpc_q;

  assign sel_diag = reg_i.addr[16:6] == e1000_regs_pkg::REG_RDFH[16:6] && reg_i.addr[2:0] == 3'd0;
  always_comb begin
    move = 1'b0;
    if (reg_i.wr) begin
      move = reg_wr_ok_i & sel_diag & (reg_i.addr[5:3] <= 3'd5) & (reg_i.addr[5:3] >= 3'd2)
           & (frames_q == 12'd0) & (wr_state_q == WrData) & (stored_q == 14'd0) & ~word_we;
    end
  end

  assign reg_rdata_o =
      !reg_i.rd || !sel_diag ? 32'd0 :
      reg_i.addr[5:3] == 3'd2 ? {19'd0, held_q[2] ? rdfh_q : frame_valid_o ? rd_ptr_q : head_q} :
      reg_i.addr[5:3] == 3'd3 ? {19'd0, held_q[3] ? rdft_q : stored_q != 14'd0 ? wr_ptr_q : tail_q} :
      reg_i.addr[5:3] == 3'd4 ? {19'd0, held_q[4] ? rdfhs_q : head_q} :
      reg_i.addr[5:3] == 3'd5 ? {19'd0, held_q[5] ? rdfts_q : tail_q} :
      reg_i.addr[5:3] == 3'd6 ? {19'd0, held_q[6] ? rdfpc_q : {1'b0, frames_q}} : 32'd0;

  always_ff @(posedge clk_rx_fifo_i) begin
    if (reg_i.wr) begin
      if (sel_diag) begin
        unique case (reg_i.addr[5:3])
          3'd2: rdfh_q  <= reg_i.wdata[12:0];
          3'd3: rdft_q  <= reg_i.wdata[12:0];
          3'd4: rdfhs_q <= reg_i.wdata[12:0];
          3'd5: rdfts_q <= reg_i.wdata[12:0];
          3'd6: rdfpc_q <= reg_i.wdata[12:0];
          default: ;
        endcase
      end
    end
  end

  // ---- pointers and counts ------------------------------------------------------------------------
  always_ff @(posedge clk_rx_fifo_i) begin
    if (!rst_ni || soft_rst_i) begin
      wr_state_q <= WrData;
      tail_q     <= 13'd0;
      wr_ptr_q   <= 13'd2;
      stored_q   <= 14'd0;
    end else begin
      if (commit_o) begin
        wr_state_q <= WrStat0;
        stored_q   <= need;
      end else if (wr_state_q == WrStat0) begin
        wr_state_q <= WrStat1;
      end else if (published) begin
        wr_state_q <= WrData;
        tail_q     <= tail_q + stored_q[12:0] + 13'd2;
        wr_ptr_q   <= tail_q + stored_q[12:0] + 13'd4;
        stored_q   <= 14'd0;
      end else if (finish_i || start_i) begin
        wr_ptr_q <= tail_q + 13'd2;
        stored_q <= 14'd0;
      end else if (word_we) begin
        wr_ptr_q <= wr_ptr_q + 13'd1;
        stored_q <= stored_q + 14'd1;
      end
      if (move) begin
        tail_q   <= reg_i.wdata[12:0];
        wr_ptr_q <= reg_i.wdata[12:0] + 13'd2;
      end
    end
  end

  always_ff @(posedge clk_rx_dma_i) begin
    if (!rst_ni || soft_rst_i) begin
      rd_state_q <= RdEmpty;
      head_q     <= 13'd0;
      left_q     <= 14'd0;
    end else begin
      unique case (rd_state_q)
        RdEmpty: if (frames_q != 12'd0) rd_state_q <= RdStat0;
        RdStat0: rd_state_q <= RdStat1;
        RdStat1: begin
          rd_state_q <= RdHead;
          left_q     <= words_of(rdata_q[15:0]);
        end
        RdHead: begin
          if (frame_pop_i) begin
            rd_state_q <= RdEmpty;
            head_q     <= head_q + size_q[12:0] + 13'd2;
            left_q     <= 14'd0;
          end else if (data_pop_i) begin
            left_q <= left_q - 14'd1;
          end
        end
      endcase
      if (move) head_q <= reg_i.wdata[12:0];
    end
  end

  always_ff @(posedge clk_rx_fifo_i) begin
    if (!rst_ni || soft_rst_i) begin
      frames_q <= 12'd0;
      used_q   <= 14'd0;
      held_q   <= 7'd0;
    end else if (published || release_head) begin
      frames_q <= frames_q + {11'd0, published} - {11'd0, release_head};
      used_q   <= used_q + (published ? stored_q + 14'd2 : 14'd0) - (release_head ? size_q + 14'd2 : 14'd0);
      held_q   <= 7'd0;
    end else if (reg_i.wr) begin
      if (sel_diag) held_q <= held_q | (7'd1 << reg_i.addr[5:3]);
    end
  end

  // e1000_rx_dma, on the read side's clock, asks for it with its pops.
  assign clk_req_rx_fifo_o = start_i | word_en_i | finish_i | (wr_state_q != WrData) | release_head;
  assign clk_req_rx_dma_o  = rd_state_q == RdStat0 || rd_state_q == RdStat1 ||
                             (rd_state_q == RdEmpty && frames_q != 12'd0);

  // Diagnostic pointers have 13 bits.

endmodule

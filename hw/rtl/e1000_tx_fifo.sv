// SPDX-License-Identifier: Apache-2.0
// Transmit FIFO: takes whole frames from the builder and hands them to the MAC, head first (FS 6.6, FS 9.3).
//
// PBA leaves 64 KiB minus RXA to it.  A frame is two status words and its bytes rounded up to whole words of 8; a tag, which
// the MAC puts in, stands in the status but takes its room (T-70).  Its data are
// written behind the place of the status words, which follow at its end; until then it does not exist for the MAC.  A frame
// waits for room as long as others leave the FIFO; one that has it alone and finds no room never will: it is lost.
module e1000_tx_fifo (
  input  logic                     clk_tx_dma_i,   // write side, counts
  input  logic                     clk_tx_mac_i,   // read side
  input  logic                     rst_ni,
  input  logic                     soft_rst_i,
  input  logic [6:0]               pba_rxa_i,      // KiB of the receive side, as latched at reset (T-70)
  output logic [13:0]              limit_o,        // words a frame can have at most, with its two status words

  // write side
  output logic                     ready_o,        // takes a word
  output logic                     end_ready_o,    // takes an end
  input  logic                     word_en_i,
  input  logic [63:0]              word_i,
  input  logic                     tag_word_i,     // the frame that ends needs one word more for its tag
  input  logic                     finish_i,       // the frame has ended, in a clock without a word
  input  e1000_tx_pkg::tx_frame_t  frame_i,        // with it, as is the next
  input  e1000_tx_pkg::tx_patch_t  patch_i,
  input  logic                     forget_i,       // the frame under way is taken back
  output logic                     lost_o,         // a word found no room: the frame is lost

  // read side
  output logic                     frame_valid_o,
  output e1000_tx_pkg::tx_frame_t  frame_o,
  output e1000_tx_pkg::tx_patch_t  patch_o,
  output logic [63:0]              data_o,         // its next word
  input  logic                     data_pop_i,
  input  logic                     frame_pop_i,

  output logic                     clk_req_tx_dma_o,
  output logic                     clk_req_tx_mac_o
);
  localparam logic [13:0] Words = 14'd8192;

  logic [63:0] mem [8192];

  function automatic logic [13:0] words_of(input logic [15:0] bytes);
    words_of = {1'b0, bytes[15:3]} + {13'd0, |bytes[2:0]};
  endfunction

  // A tag of four bytes behind so many makes a word more.
  function automatic logic tag_word(input logic vlan, input logic [2:0] beyond_words);
    tag_word = vlan && (beyond_words == 3'd0 || beyond_words > 3'd4);
  endfunction

  // ---- write side ---------------------------------------------------------------------------------
  typedef enum logic [1:0] {WrData, WrStat0, WrStat1} wr_state_e;
  wr_state_e   wr_state_q;
  logic [12:0] tail_q;      // first word of the frame in progress
  logic [12:0] wr_ptr_q;    // its next data word
  logic [13:0] stored_q;    // its data words so far
  logic [13:0] used_q;      // words of committed frames
  logic [11:0] frames_q;    // committed frames
  logic        holed_q;     // a word found no room
  logic [13:0] size_q;      // data words of the head frame
  e1000_tx_pkg::tx_frame_t status_q;
  e1000_tx_pkg::tx_patch_t patch_q;
  logic [13:0] limit;
  logic        room, commit, published, release_head;

  assign limit     = pba_rxa_i[6] ? 14'd0 : Words - {1'b0, pba_rxa_i[5:0], 7'd0};
  assign room      = !holed_q && {1'b0, used_q} + {1'b0, stored_q} + 15'd3 <= {1'b0, limit};
  assign ready_o   = wr_state_q == WrData && (room || frames_q == 12'd0 || holed_q);
  assign end_ready_o = wr_state_q == WrData && (!tag_word_i || room || frames_q == 12'd0 || holed_q);
  assign lost_o    = holed_q;
  assign limit_o   = limit;
  assign commit    = finish_i && !holed_q;
  assign published = wr_state_q == WrStat1;

  always_ff @(posedge clk_tx_dma_i) begin : write
    logic [12:0] addr;
    logic [63:0] data;
    if ((word_en_i && room) || wr_state_q != WrData) begin
      addr = wr_state_q == WrData ? wr_ptr_q : wr_state_q == WrStat0 ? tail_q : tail_q + 13'd1;
      data = wr_state_q == WrData ? word_i : wr_state_q == WrStat0 ? status_q : patch_q;
      mem[addr] <= data;
    end
  end

  always_ff @(posedge clk_tx_dma_i) begin
    if (finish_i) begin
      status_q <= frame_i;
      patch_q  <= patch_i;
    end
    if (!rst_ni || soft_rst_i) begin
      wr_state_q <= WrData;
      tail_q     <= 13'd0;
      wr_ptr_q   <= 13'd2;
      stored_q   <= 14'd0;
      used_q     <= 14'd0;
      frames_q   <= 12'd0;
      holed_q    <= 1'b0;
    end else begin
      if (commit) begin
        wr_state_q <= WrStat0;
      end else if (wr_state_q == WrStat0) begin
        wr_state_q <= WrStat1;
      end else if (published) begin
        wr_state_q <= WrData;
        tail_q     <= tail_q + stored_q[12:0] + 13'd2;
        wr_ptr_q   <= tail_q + stored_q[12:0] + 13'd4;
        stored_q   <= 14'd0;
      end else if (finish_i || forget_i) begin
        wr_ptr_q <= tail_q + 13'd2;
        stored_q <= 14'd0;
        holed_q  <= 1'b0;
      end else if (word_en_i) begin
        if (room) begin
          wr_ptr_q <= wr_ptr_q + 13'd1;
          stored_q <= stored_q + 14'd1;
        end else begin
          holed_q  <= 1'b1;
        end
      end
      if (published || release_head) begin
        frames_q <= frames_q + {11'd0, published} - {11'd0, release_head};
        used_q   <= used_q + (published ? stored_q + 14'd2 + {13'd0, tag_word(status_q.vlan, status_q.length[2:0])} : 14'd0)
                           - (release_head ? size_q + 14'd2 + {13'd0, tag_word(frame_q.vlan, frame_q.length[2:0])} : 14'd0);
      end
    end
  end

  // ---- read side: rdata_q always holds the word the reader needs next --------------------------------
  typedef enum logic [1:0] {RdEmpty, RdStat0, RdStat1, RdHead} rd_state_e;
  rd_state_e   rd_state_q;
  logic [12:0] head_q;      // first word of the head frame
  logic [12:0] rd_ptr_q;    // word in rdata_q
  logic [63:0] rdata_q;
  e1000_tx_pkg::tx_frame_t frame_q;
  e1000_tx_pkg::tx_patch_t rd_patch_q;
  logic        mem_re;
  logic [12:0] mem_raddr;

  assign release_head = frame_pop_i && rd_state_q == RdHead;
  assign mem_re    = rd_state_q == RdHead ? data_pop_i && !frame_pop_i : rd_state_q != RdEmpty || frames_q != 12'd0;
  assign mem_raddr = rd_state_q == RdEmpty ? head_q : rd_ptr_q + 13'd1;

  always_ff @(posedge clk_tx_mac_i) begin
    if (mem_re) begin
      rdata_q  <= mem[mem_raddr];
      rd_ptr_q <= mem_raddr;
    end
    if (rd_state_q == RdStat0) begin
      frame_q <= rdata_q;
      size_q  <= words_of({2'd0, rdata_q[63:50]});
    end
    if (rd_state_q == RdStat1) rd_patch_q <= rdata_q;
    if (!rst_ni || soft_rst_i) begin
      rd_state_q <= RdEmpty;
      head_q     <= 13'd0;
    end else begin
      unique case (rd_state_q)
        RdEmpty: if (frames_q != 12'd0) rd_state_q <= RdStat0;
        RdStat0: rd_state_q <= RdStat1;
        RdStat1: rd_state_q <= RdHead;
        default: if (frame_pop_i) begin
          rd_state_q <= RdEmpty;
          head_q     <= head_q + size_q[12:0] + 13'd2;
        end
      endcase
    end
  end

  assign frame_valid_o = rd_state_q == RdHead;
  assign frame_o       = frame_q;
  assign patch_o       = rd_patch_q;
  assign data_o        = rdata_q;

  assign clk_req_tx_dma_o = wr_state_q != WrData || release_head;
  assign clk_req_tx_mac_o = rd_state_q == RdStat0 || rd_state_q == RdStat1 || (rd_state_q == RdEmpty && frames_q != 12'd0);
endmodule

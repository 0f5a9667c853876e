// SPDX-License-Identifier: Apache-2.0
// Transmit descriptor write-back (FS 9.3): walks over done descriptors in ring order, writes the status of those with RS,
// moves TDH and tells the timers.
//
// When (T-45): WTHRESH complete ones with RS wait, a timer asks (flush), no unused one is left and none can be fetched, or
// TCTL.EN is 0.  What goes back is the dword at descriptor + 12: DD set, EC, LC and TU clear, the rest as fetched (T-44).
// A descriptor without RS is passed over; TDH passes it with the status of the one before it, or at once when none is on
// its way (T-43).
module e1000_tx_writeback (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        flush_i,              // the ring was rewritten
  input  logic        rehead_i,             // ... by TDH, or halt_i
  input  logic        halt_i,               // ... no response is to come any more
  input  logic [15:0] start_i,              // ... and goes on at this index
  input  logic [63:0] base_i,
  input  logic [15:0] size_i,
  input  logic [5:0]  wthresh_i,            // descriptors; 0 acts as 1
  input  logic        tx_en_i,
  input  logic        starved_i,            // nothing unused on chip, and nothing can be fetched
  // from the engines: the packet of an entry when it is taken; completion
  input  logic        use_i,
  input  logic [5:0]  use_ptr_i,
  input  logic [15:0] use_tag_i,
  input  logic        complete_i,           // the next entry is complete
  input  logic        complete_rs_i,        // ... and has RS
  input  logic        complete_ide_i,       // ... and its interrupt may be delayed
  input  logic        flush_due_i,          // e1000_cause_slots: write whatever WTHRESH says
  output logic [6:0]  completed_ptr_o,      // past the last done entry
  // descriptor cache
  output logic        rd_o,
  output logic [5:0]  rd_ptr_o,
  input  logic [63:0] hi_i,
  output logic [6:0]  freed_ptr_o,
  output logic [6:0]  issue_ptr_o,          // past the last entry walked over or given to a write
  output logic [15:0] issue_index_o,        // ... and its ring index
  // ring and timers
  output logic        moved_o,              // TDH goes to moved_index
  output logic [15:0] moved_index_o,
  output logic        done_o,               // the status of a descriptor is in memory
  output logic        done_ide_o,           // ... and its interrupt may be delayed
  output logic        done_all_o,           // ... and behind it waits none whose interrupt is (T-60)
  // bus: one dword
  output logic        req_valid_o,
  output logic [63:0] req_addr_o,
  output logic [15:0] req_tag_o,
  output logic [31:0] req_data_o,
  input  logic        req_gnt_i,
  input  logic        rsp_valid_i,
  input  logic        rsp_ok_i,
  output logic        clk_req_o
);
  typedef enum logic [1:0] {StIdle, StLook, StRequest} state_e;
  state_e      state_q;
  logic        batch_q;           // those before target_q go back, whatever is due else
  logic [6:0]  target_q;
  logic [6:0]  waiting_q;         // complete entries with RS that no write was granted for
  logic [6:0]  complete_ptr_q, issue_ptr_q, freed_ptr_q;
  logic [15:0] index_q;           // ring index of issue_ptr
  logic [63:0] addr_q;
  logic [31:0] data_q;
  logic        ide_q;

  logic [15:0] mem_tag [64];      // packet of an entry
  logic [15:0] tag_q;
  always_ff @(posedge clk_i) begin
    if (use_i) mem_tag[use_ptr_i] <= use_tag_i;
    if (rd_o) tag_q <= mem_tag[rd_ptr_o];
  end

  logic        due, look;
  assign due  = batch_q || (waiting_q >= {1'b0, wthresh_i}) || flush_due_i || starved_i || !tx_en_i;
  assign look = state_q == StIdle && complete_ptr_q != issue_ptr_q && !flush_i;
  assign rd_o     = look;
  assign rd_ptr_o = issue_ptr_q[5:0];

  // Writes whose response is outstanding: two at most.
  logic [1:0]  tok_count_q;
  logic        tok_rd_q;
  logic [1:0]  tok_head_q;        // it moves TDH: software has not written TDH since
  logic [1:0]  tok_ide_q;
  logic [13:0] tok_ptr_q;         // 2 x cache pointer past it and what was passed over behind it
  logic [31:0] tok_index_q;       // 2 x ring index past them
  logic        failed_q;          // one ended in an error: nothing behind it counts

  logic        rs, pass, send, freed, push, tok_wr, tok_last;
  logic [6:0]  next_ptr;
  logic [15:0] next_index;
  assign rs         = hi_i[e1000_tx_pkg::CmdRs];
  assign pass       = state_q == StLook && !rs && !flush_i;
  assign send       = state_q == StLook && rs && due && tok_count_q != 2'd2 && !flush_i;
  assign push       = state_q == StRequest && req_gnt_i;
  assign tok_wr     = tok_rd_q ^ tok_count_q[0];
  assign tok_last   = ~tok_wr;
  always_comb begin
    freed = 1'b0;
    if (rsp_valid_i) freed = rsp_ok_i && !failed_q && tok_count_q != 2'd0;
  end
  assign next_ptr   = issue_ptr_q + 7'd1;
  assign next_index = index_q + 16'd1 == size_i ? 16'd0 : index_q + 16'd1;

  // A response and a step over an entry without RS in one clock: the entry waits for the next clock's look.
  logic        pass_now, pass_later;
  assign pass_now   = pass && tok_count_q == 2'd0;
  assign pass_later = pass && tok_count_q != 2'd0 && !rsp_valid_i;

  always_comb begin
    moved_o       = pass_now && !failed_q;
    moved_index_o = next_index;
    if (freed) begin
      moved_o       = tok_head_q[tok_rd_q] && !(flush_i && rehead_i);
      moved_index_o = tok_index_q[tok_rd_q*16 +: 16];
    end
  end
  // The last complete entry with RS and IDE, until its status is written: at most 64 steps ahead on the circle of 128.
  logic        ide_waits_q;
  logic [6:0]  ide_ptr_q, freed_now;
  assign freed_now  = tok_ptr_q[tok_rd_q*7 +: 7];
  assign done_all_o = !ide_waits_q || freed_now - ide_ptr_q < 7'd64;
  assign done_o     = freed;
  assign done_ide_o = tok_ide_q[tok_rd_q];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      state_q        <= StIdle;
      batch_q        <= 1'b0;
      waiting_q      <= 7'd0;
      complete_ptr_q <= 7'd0;
      issue_ptr_q    <= 7'd0;
      freed_ptr_q    <= 7'd0;
      index_q        <= 16'd0;
      tok_count_q    <= 2'd0;
      tok_rd_q       <= 1'b0;
      tok_head_q     <= 2'd0;
      failed_q       <= 1'b0;
      ide_waits_q    <= 1'b0;
    end else begin
      if (complete_i) complete_ptr_q <= complete_ptr_q + 7'd1;
      if (complete_i && complete_rs_i && complete_ide_i) begin
        ide_waits_q <= 1'b1;
        ide_ptr_q   <= complete_ptr_q + 7'd1;
      end else if (freed && done_all_o) begin
        ide_waits_q <= 1'b0;
      end
      waiting_q <= waiting_q + {6'd0, complete_i && complete_rs_i} - {6'd0, push};
      unique case (state_q)
        StIdle: if (look) state_q <= StLook;
        StLook: if (flush_i) begin
          state_q <= StIdle;
        end else if (!rs) begin
          if (pass_now || pass_later) begin
            issue_ptr_q <= next_ptr;
            index_q     <= next_index;
            if (next_ptr == target_q) batch_q <= 1'b0;
            if (pass_now) begin
              if (!failed_q) freed_ptr_q <= next_ptr;
            end else begin
              tok_ptr_q[tok_last*7 +: 7]     <= next_ptr;
              tok_index_q[tok_last*16 +: 16] <= next_index;
            end
            state_q <= StIdle;
          end
        end else if (send) begin
          if (!batch_q) target_q <= complete_ptr_q;
          batch_q <= 1'b1;
          addr_q  <= base_i + {44'd0, index_q, 4'd12};
          data_q  <= {hi_i[63:36], 3'b000, 1'b1};
          ide_q   <= hi_i[e1000_tx_pkg::CmdIde];
          state_q <= StRequest;
        end
        default: if (flush_i) begin
          state_q <= StIdle;
        end else if (req_gnt_i) begin
          issue_ptr_q <= next_ptr;
          index_q     <= next_index;
          if (next_ptr == target_q) batch_q <= 1'b0;
          tok_head_q[tok_wr]           <= 1'b1;
          tok_ide_q[tok_wr]            <= ide_q;
          tok_ptr_q[tok_wr*7 +: 7]     <= next_ptr;
          tok_index_q[tok_wr*16 +: 16] <= next_index;
          state_q <= StIdle;
        end
      endcase

      if (rsp_valid_i && tok_count_q != 2'd0) begin
        tok_rd_q <= ~tok_rd_q;
        if (!rsp_ok_i) failed_q <= 1'b1;
        else if (!failed_q) freed_ptr_q <= tok_ptr_q[tok_rd_q*7 +: 7];
      end
      tok_count_q <= tok_count_q + {1'b0, push} - {1'b0, rsp_valid_i && tok_count_q != 2'd0};

      if (flush_i) begin
        batch_q        <= 1'b0;
        waiting_q      <= 7'd0;
        if (issue_ptr_q - ide_ptr_q >= 7'd64 || halt_i) ide_waits_q <= 1'b0;   // no write has it: it is forgotten
        complete_ptr_q <= issue_ptr_q;
        index_q        <= start_i;
        if (rehead_i) tok_head_q <= 2'd0;
        if (halt_i) begin
          tok_count_q <= 2'd0;
          freed_ptr_q <= issue_ptr_q;
        end
      end
    end
  end

  assign completed_ptr_o = complete_ptr_q;
  assign freed_ptr_o     = freed_ptr_q;
  assign issue_ptr_o     = issue_ptr_q;
  assign issue_index_o   = index_q;
  assign req_valid_o     = state_q == StRequest && !flush_i;
  assign req_addr_o      = addr_q;
  assign req_data_o      = data_q;
  assign req_tag_o       = tag_q;
  // e1000_tx_back asks for responses, grants, uses and completions, the ring for flushes.  A look that waits
  // changes nothing.
  assign clk_req_o       = look || pass || send;   // what holds a pass up is a response, which asks for this clock itself
endmodule

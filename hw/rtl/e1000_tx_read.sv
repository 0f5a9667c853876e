// SPDX-License-Identifier: Apache-2.0
// Transmit read engine: takes descriptors in ring order and reads their buffers, up to four bursts ahead (FS 9.3).
//
// A descriptor goes into a queue of eight for the builder, its bytes into a staging memory of 1 KiB, a dword as the bus
// gives it.  A burst is requested only when its dwords have room there, so a response never has to wait.  Each of four
// bursts has its place, so they may come back in any order.  Bursts end on
// BurstBytes-aligned addresses, so the dwords of a buffer follow each other without gap whatever its alignment.  With
// TCTL.EN = 0 nothing is taken or asked for; the packet under way goes on when EN returns (T-80).
module e1000_tx_read #(
  parameter int unsigned BurstBytes = 256   // bursts end on multiples of it, or of 256 if that is less; power of two
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        tx_en_i,           // TCTL.EN
  input  logic        vme_i,             // CTRL.VME
  input  logic [15:0] vet_i,
  input  logic        flush_i,           // the ring was rewritten: forget what was read and what is on its way
  // descriptors
  input  logic        desc_valid_i,
  input  logic [63:0] desc_lo_i,
  input  logic [63:0] desc_hi_i,
  output logic        desc_use_o,
  output logic [15:0] use_tag_o,         // number of its packet
  // to the builder: the oldest descriptor, and the dwords of all
  output logic        work_valid_o,
  output logic [63:0] work_lo_o,
  output logic [63:0] work_hi_o,
  output logic [15:0] work_tag_o,
  output logic        work_vme_o,        // VME and VET when it was taken (T-13)
  output logic [15:0] work_vet_o,
  input  logic        work_pop_i,
  output logic        data_valid_o,
  output logic [31:0] data_o,
  input  logic        data_pop_i,
  // bus
  output logic        req_valid_o,
  output logic        req_end_o,         // last burst of the packet
  output logic [63:0] req_addr_o,
  output logic [12:0] req_len_o,
  output logic [15:0] req_tag_o,
  input  logic        req_gnt_i,
  input  logic        rsp_valid_i,       // one dword of a burst
  input  logic [31:0] rsp_data_i,
  input  logic        rsp_ok_i,
  input  logic        rsp_last_i,
  input  logic [1:0]  rsp_seq_i,         // which of four bursts: they are counted as they are granted
  output logic        clk_req_o
);
  localparam int unsigned Burst    = BurstBytes < 256 ? BurstBytes : 256;
  localparam int unsigned BurstLog = $clog2(Burst);

  typedef enum logic [1:0] {StIdle, StCalc, StRequest} state_e;
  state_e      state_q;
  logic        mid_q;          // a packet was begun
  logic [15:0] packet_q;       // its number, or the next one's
  logic [63:0] addr_q;
  logic [19:0] rem_q;          // bytes of the buffer not yet requested
  logic        eop_q;
  logic [15:0] tag_q;
  logic [8:0]  burst_q;        // bytes of the burst

  // ---- descriptors for the builder ---------------------------------------------------------------
  logic [63:0] work_lo_mem [8];
  logic [63:0] work_hi_mem [8];
  logic [32:0] work_tag_mem [8];
  logic [3:0]  work_wr_q, work_rd_q;
  logic        work_full, take, ends, slots_left;
  logic [19:0] length;
  assign work_full  = work_wr_q - work_rd_q == 4'd8;
  assign take       = state_q == StIdle && desc_valid_i && !work_full && slots_left && tx_en_i && !flush_i;
  // A context has no bytes, nor has a descriptor of no kind there is (T-12); they end nothing.
  logic        is_data;
  assign is_data    = !desc_hi_i[e1000_tx_pkg::CmdDext] || desc_hi_i[23:20] == e1000_tx_pkg::DtypData;
  assign ends       = is_data && desc_hi_i[e1000_tx_pkg::CmdEop];
  assign length     = !is_data || desc_lo_i == 64'd0 ? 20'd0 :   // T-10
                      desc_hi_i[e1000_tx_pkg::CmdDext] ? desc_hi_i[19:0] : {4'd0, desc_hi_i[15:0]};
  assign desc_use_o = take;
  assign use_tag_o  = packet_q;

  always_ff @(posedge clk_i) begin
    if (take) begin
      work_lo_mem[work_wr_q[2:0]]  <= desc_lo_i;
      work_hi_mem[work_wr_q[2:0]]  <= desc_hi_i;
      work_tag_mem[work_wr_q[2:0]] <= {vme_i, vet_i, packet_q};
    end
  end
  assign work_valid_o = work_wr_q != work_rd_q;
  assign work_lo_o    = work_lo_mem[work_rd_q[2:0]];
  assign work_hi_o    = work_hi_mem[work_rd_q[2:0]];
  assign {work_vme_o, work_vet_o, work_tag_o} = work_tag_mem[work_rd_q[2:0]];

  // ---- staging memory ------------------------------------------------------------------------------
  logic [31:0] stage_mem [256];
  logic [8:0]  stage_rd_q;
  logic [8:0]  reserved_q;       // behind all that was requested
  logic [35:0] slot_wr_q;        // 4 x where a burst's next dword goes
  logic [35:0] slot_end_q;       // 4 x behind its last
  logic [3:0]  busy_q;           // its last dword has not come
  logic [3:0]  stale_q;          // ... and a flush overtook it
  logic [1:0]  slot_new_q;       // the slot granted next
  logic [1:0]  slot_old_q;       // the oldest with dwords for the builder
  logic [2:0]  slots_q;          // from there on
  logic [6:0]  beats;
  logic        store, leaves;
  logic [8:0]  store_at;
  assign beats        = 7'((burst_q + {7'd0, addr_q[1:0]} + 9'd3) >> 2);
  always_comb begin
    store    = 1'b0;
    store_at = 9'd0;
    if (rsp_valid_i) begin
      store    = rsp_ok_i && !stale_q[rsp_seq_i];
      store_at = slot_wr_q[rsp_seq_i*9 +: 9];
    end
  end
  assign data_valid_o = slots_q != 3'd0 && stage_rd_q != slot_wr_q[slot_old_q*9 +: 9];
  assign data_o       = stage_mem[stage_rd_q[7:0]];
  assign leaves       = data_pop_i && stage_rd_q + 9'd1 == slot_end_q[slot_old_q*9 +: 9];
  assign slots_left   = slots_q != 3'd4 && !busy_q[slot_new_q];
  always_ff @(posedge clk_i) begin
    if (store) stage_mem[store_at[7:0]] <= rsp_data_i;
  end

  // ---- bursts ----------------------------------------------------------------------------------------
  logic [8:0] to_boundary;
  logic       room, last_burst;
  assign to_boundary = 9'(Burst) - 9'(addr_q[BurstLog-1:0]);
  assign room        = 9'(reserved_q - stage_rd_q) + {2'd0, beats} <= 9'd256 && slots_left;
  assign last_burst  = rem_q == {11'd0, burst_q};
  assign req_valid_o = state_q == StRequest && room && tx_en_i && !flush_i;
  assign req_end_o   = eop_q && last_burst;
  assign req_addr_o  = addr_q;
  assign req_len_o   = {4'd0, burst_q};
  assign req_tag_o   = tag_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      state_q    <= StIdle;
      mid_q      <= 1'b0;
      work_wr_q  <= 4'd0;
      work_rd_q  <= 4'd0;
      stage_rd_q <= 9'd0;
      reserved_q <= 9'd0;
      busy_q     <= 4'd0;
      stale_q    <= 4'd0;
      slot_new_q <= 2'd0;
      slot_old_q <= 2'd0;
      slots_q    <= 3'd0;
      if (!rst_ni) packet_q <= 16'd1;   // else an observer stays in step
      else if (mid_q) packet_q <= packet_q + 16'd1;
    end else begin
      unique case (state_q)
        StIdle: if (take) begin
          addr_q <= desc_lo_i;
          rem_q  <= length;
          eop_q  <= ends;
          tag_q  <= packet_q;
          mid_q  <= !ends && (mid_q || is_data);
          if (ends) packet_q <= packet_q + 16'd1;
          if (length != 20'd0) state_q <= StCalc;
        end
        StCalc: begin
          burst_q <= rem_q < {11'd0, to_boundary} ? rem_q[8:0] : to_boundary;
          state_q <= StRequest;
        end
        default: if (req_gnt_i) begin
          addr_q  <= addr_q + {55'd0, burst_q};
          rem_q   <= rem_q - {11'd0, burst_q};
          state_q <= last_burst ? StIdle : StCalc;
        end
      endcase
      if (take) work_wr_q <= work_wr_q + 4'd1;
      if (work_pop_i) work_rd_q <= work_rd_q + 4'd1;
      if (store) slot_wr_q[rsp_seq_i*9 +: 9] <= store_at + 9'd1;
      if (data_pop_i) stage_rd_q <= stage_rd_q + 9'd1;
      if (rsp_valid_i && rsp_last_i) begin
        busy_q[rsp_seq_i]  <= 1'b0;
        stale_q[rsp_seq_i] <= 1'b0;
      end
      if (req_gnt_i) begin
        reserved_q                      <= reserved_q + {2'd0, beats};
        slot_wr_q[slot_new_q*9 +: 9]    <= reserved_q;
        slot_end_q[slot_new_q*9 +: 9]   <= reserved_q + {2'd0, beats};
        busy_q[slot_new_q]              <= 1'b1;
        slot_new_q                      <= slot_new_q + 2'd1;
      end
      if (leaves) slot_old_q <= slot_old_q + 2'd1;
      if (req_gnt_i != leaves) slots_q <= leaves ? slots_q - 3'd1 : slots_q + 3'd1;
      if (flush_i) begin
        state_q    <= StIdle;
        mid_q      <= 1'b0;
        if (mid_q) packet_q <= packet_q + 16'd1;
        work_wr_q  <= 4'd0;
        work_rd_q  <= 4'd0;
        stage_rd_q <= 9'd0;
        reserved_q <= 9'd0;
        slot_old_q <= slot_new_q;
        slots_q    <= 3'd0;
        stale_q    <= busy_q & ~(rsp_valid_i && rsp_last_i ? 4'd1 << rsp_seq_i : 4'd0);
      end
    end
  end

  // Waiting for a grant, for room or for responses changes nothing; e1000_tx_back asks for grants and responses.
  assign clk_req_o = take || state_q == StCalc;
endmodule

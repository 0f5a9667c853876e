// SPDX-License-Identifier: Apache-2.0
// Transmit descriptor ring: TDBAL, TDBAH, TDLEN, TDH, TDT, and the causes TXQE and TXD_LOW (FS 9.3).
//
// Hardware owns [TDH, TDT).  TDH is the oldest unfinished descriptor (T-43): it moves past one with RS when its status is
// written, past one without in its turn.  A ring that cannot be meant (TDLEN 0, TDH or TDT beyond it) has no descriptors
// (T-40).
module e1000_tx_ring (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  input  logic        tx_en_i,         // TCTL.EN
  input  logic        halt_i,          // one cycle: forget all, the bus has nothing (e1000_reset)
  input  logic [6:0]  lwthresh_i,      // TXDCTL.LWTHRESH, in 8 descriptors
  input  logic        complete_i,      // the next descriptor is complete (T-42)
  input  logic        moved_i,         // TDH goes to moved_index
  input  logic [15:0] moved_index_i,
  input  logic [15:0] issued_index_i,  // the ring index past the last descriptor given to a write-back
  output logic [63:0] base_o,
  output logic [15:0] size_o,          // descriptors in the ring
  output logic [15:0] tail_o,          // TDT
  output logic        usable_o,        // the ring's registers make sense
  // One cycle each: the ring was rewritten, forget all that is not on the bus and go on at start_o; to TDH by software, and
  // a write-back under way moves it no more; TDT with EN = 0: unused descriptors are fetched again.
  output logic        flush_o,
  output logic        rehead_o,        // with flush_o: go on at TDH
  output logic        halt_o,          // with rehead_o: what has no response was withdrawn
  output logic [15:0] start_o,         // with flush_o
  output logic        restart_o,       // either: TDT with EN = 0 comes without flush_o
  output logic        txqe_o,          // one-cycle causes
  output logic        low_o,
  output logic        clk_req_o        // e1000_tx_back asks for complete_i and moved_i
);
  logic [31:4]  tdbal_q;
  logic [31:0]  tdbah_q;
  logic [19:7]  tdlen_q;
  logic [15:0]  tdh_q, tdt_q;
  logic [15:0]  done_q;       // ring index past the last complete descriptor
  logic         flush_q, rehead_q, restart_q, halt_q;
  logic         start_ok_q;   // the index at which the ring was begun lies in it
  logic [15:0]  start, size;
  assign size  = {tdlen_q, 3'b000};
  assign start = rehead_q ? tdh_q : issued_index_i;

  // T-63: one event when completion leaves 8 x LWTHRESH before TDT.
  logic [15:0] done_next, left_after;
  logic        low, low_q;
  always_comb begin
    done_next  = done_q;
    left_after = 16'd0;
    low        = 1'b0;
    if (complete_i) begin
      done_next  = done_q + 16'd1 == size ? 16'd0 : done_q + 16'd1;
      left_after = tdt_q >= done_next ? tdt_q - done_next : tdt_q - done_next + size;
      low        = usable_o && left_after == {6'd0, lwthresh_i, 3'd0};
    end
  end
  always_comb begin   // T-62
    txqe_o = 1'b0;
    if (moved_i) txqe_o = moved_index_i == tdt_q && usable_o;
  end

  logic wr_tdbal, wr_tdbah, wr_tdlen, wr_tdh, wr_tdt;
  assign wr_tdbal = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TDBAL;
  assign wr_tdbah = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TDBAH;
  assign wr_tdlen = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TDLEN;
  assign wr_tdh   = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TDH;
  assign wr_tdt   = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_TDT;

  always_ff @(posedge clk_i) begin
    // TDBA has no defined reset value and keeps its value over CTRL.RST (X-5)
    if (wr_tdbal) tdbal_q <= reg_i.wdata[31:4];
    if (wr_tdbah) tdbah_q <= reg_i.wdata;
    if (!rst_ni || soft_rst_i) begin
      tdlen_q    <= '0;
      tdh_q      <= 16'd0;
      tdt_q      <= 16'd0;
      done_q     <= 16'd0;
      flush_q    <= 1'b0;
      rehead_q   <= 1'b0;
      restart_q  <= 1'b0;
      halt_q     <= 1'b0;
      low_q      <= 1'b0;
      start_ok_q <= 1'b1;
    end else begin
      flush_q   <= wr_tdbal || wr_tdbah || wr_tdlen || wr_tdh || halt_i;
      rehead_q  <= wr_tdh || halt_i;
      restart_q <= wr_tdbal || wr_tdbah || wr_tdlen || wr_tdh || (wr_tdt && !tx_en_i) || halt_i;
      halt_q    <= halt_i;
      low_q     <= low;
      if (wr_tdlen) tdlen_q <= reg_i.wdata[19:7];
      if (wr_tdt) tdt_q <= reg_i.wdata[15:0];
      if (wr_tdh) tdh_q <= reg_i.wdata[15:0];
      else if (moved_i) tdh_q <= moved_index_i;
      if (flush_q) start_ok_q <= start < size;
      if (flush_q) done_q <= start;
      else if (complete_i) done_q <= done_next;
    end
  end

  assign reg_rdata_o = !reg_i.rd ? 32'd0 :
                       reg_i.addr == e1000_regs_pkg::REG_TDBAL ? {tdbal_q, 4'd0} :
                       reg_i.addr == e1000_regs_pkg::REG_TDBAH ? tdbah_q :
                       reg_i.addr == e1000_regs_pkg::REG_TDLEN ? {12'd0, tdlen_q, 7'd0} :
                       reg_i.addr == e1000_regs_pkg::REG_TDH   ? {16'd0, tdh_q} :
                       reg_i.addr == e1000_regs_pkg::REG_TDT   ? {16'd0, tdt_q} : 32'd0;

  assign base_o      = {tdbah_q, tdbal_q, 4'd0};
  assign size_o      = size;
  assign tail_o      = tdt_q;
  assign usable_o    = tdh_q < size && tdt_q < size && start_ok_q;
  assign flush_o     = flush_q;
  assign rehead_o    = rehead_q;
  assign halt_o      = halt_q;
  assign start_o     = start;
  assign restart_o   = restart_q;
  assign low_o       = low_q;   // behind the completion, as software sees it
  assign clk_req_o   = restart_q || low_q;
endmodule

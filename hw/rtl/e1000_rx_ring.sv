// SPDX-License-Identifier: Apache-2.0
// Receive descriptor ring: RDBAL/RDBAH/RDLEN/RDH/RDT, the free count and RXDMT0.
//
// Hardware owns [RDH, RDT) (R-11).  RDH moves at write-back completion (R-12); the free count runs ahead of it, from
// the last descriptor whose buffer is in memory (R-12b).  A ring that cannot be meant (RDLEN 0, RDH or RDT beyond it)
// has no descriptors at all (R-18); a tail beyond the ring is treated like such a head, since it is never reached.
module e1000_rx_ring (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  input  logic        rx_en_i,         // RCTL.EN
  input  logic        halt_i,          // one cycle: forget all, the bus has nothing (e1000_reset)
  input  logic [1:0]  rdmts_i,
  // descriptors whose buffer is filled or whose frame is in memory, in ring order
  input  logic        placed_i,
  input  logic [6:0]  placed_count_i,
  // descriptors whose write-back completed on the bus
  input  logic        written_i,
  input  logic [15:0] written_index_i, // the ring index past them
  input  logic [15:0] issued_index_i,  // the ring index past the last descriptor given to a write-back burst
  output logic [63:0] base_o,
  output logic [15:0] size_o,          // descriptors in the ring
  output logic [15:0] tail_o,          // RDT
  output logic        usable_o,        // the ring's registers make sense (R-18)
  // R-16, N-8, one cycle each.  The ring was rewritten: forget all that is not on the bus, go on at start_o; to RDH by
  // software, and a write-back under way moves it no more.  RDT with EN = 0: fetch unused descriptors again.
  output logic        flush_o,
  output logic        rehead_o,        // with flush_o: go on at RDH
  output logic        halt_o,          // with rehead_o: bursts whose response has not come were withdrawn
  output logic [15:0] start_o,         // with flush_o
  output logic        restart_o,       // either: RDT with EN = 0 comes without flush_o
  output logic        no_desc_o,       // free count 0, for RNBC (R-32)
  output logic        rxdmt0_o,        // one-cycle cause (I-40)
  output logic        clk_req_o        // the top asks for placed_i and written_i
);
  logic [31:4]  rdbal_q;
  logic [31:0]  rdbah_q;
  logic [19:7]  rdlen_q;
  logic [15:0]  rdh_q, rdt_q;
  logic [15:0]  placed_q;     // ring index past the last descriptor whose buffer is in memory
  logic         flush_q, rehead_q, restart_q, halt_q;
  logic         start_ok_q;   // the index at which the ring was begun lies in it: RDH may not have got there yet
  logic [15:0]  start;

  logic [15:0]  size;
  assign size = {rdlen_q, 3'b000};

  // (index + count) mod size, for count <= 64 <= anything the ring can hand out
  function automatic logic [15:0] advance(logic [15:0] index, logic [6:0] count, logic [15:0] modulus);
    logic [16:0] sum;
    sum = {1'b0, index} + {10'd0, count};
    advance = sum >= {1'b0, modulus} ? sum[15:0] - modulus : sum[15:0];
  endfunction

  function automatic logic [15:0] distance(logic [15:0] from, logic [15:0] to, logic [15:0] modulus);
    distance = to >= from ? to - from : to - from + modulus;
  endfunction

  // I-40: one event when consumption takes the free count from above T = n >> (RDMTS + 1) to T or below.
  logic [15:0] placed_next, threshold, free_before, free_after;
  always_comb begin
    placed_next = placed_q;
    threshold   = 16'd0;
    free_before = 16'd0;
    free_after  = 16'd0;
    rxdmt0_o    = 1'b0;
    if (placed_i) begin
      placed_next = advance(placed_q, placed_count_i, size);
      threshold   = (size >> 1) >> rdmts_i;
      free_before = distance(placed_q, rdt_q, size);
      free_after  = distance(placed_next, rdt_q, size);
      rxdmt0_o    = usable_o && free_before > threshold && free_after <= threshold;
    end
  end

  logic wr_rdbal, wr_rdbah, wr_rdlen, wr_rdh, wr_rdt;
  assign wr_rdbal = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RDBAL;
  assign wr_rdbah = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RDBAH;
  assign wr_rdlen = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RDLEN;
  assign wr_rdh   = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RDH;
  assign wr_rdt   = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_RDT;

  always_ff @(posedge clk_i) begin
    // RDBA has no defined reset value and keeps its value over CTRL.RST (X-5)
    if (wr_rdbal) rdbal_q <= reg_i.wdata[31:4];
    if (wr_rdbah) rdbah_q <= reg_i.wdata;
    if (!rst_ni || soft_rst_i) begin
      rdlen_q    <= '0;
      rdh_q      <= 16'd0;
      rdt_q      <= 16'd0;
      placed_q   <= 16'd0;
      flush_q    <= 1'b0;
      rehead_q   <= 1'b0;
      restart_q  <= 1'b0;
      halt_q     <= 1'b0;
      start_ok_q <= 1'b1;
    end else begin
      flush_q   <= wr_rdbal || wr_rdbah || wr_rdlen || wr_rdh || halt_i;  // R-16, P-3
      rehead_q  <= wr_rdh || halt_i;
      restart_q <= wr_rdbal || wr_rdbah || wr_rdlen || wr_rdh || (wr_rdt && !rx_en_i) || halt_i;
      halt_q    <= halt_i;
      if (wr_rdlen) rdlen_q <= reg_i.wdata[19:7];
      if (wr_rdt) rdt_q <= reg_i.wdata[15:0];
      if (wr_rdh) rdh_q <= reg_i.wdata[15:0];
      else if (written_i) rdh_q <= written_index_i;
      if (flush_q) start_ok_q <= start < size;
      if (flush_q) placed_q <= start;
      else if (placed_i) placed_q <= placed_next;
    end
  end

  assign reg_rdata_o = !reg_i.rd ? 32'd0 :
                       reg_i.addr == e1000_regs_pkg::REG_RDBAL ? {rdbal_q, 4'd0} :
                       reg_i.addr == e1000_regs_pkg::REG_RDBAH ? rdbah_q :
                       reg_i.addr == e1000_regs_pkg::REG_RDLEN ? {12'd0, rdlen_q, 7'd0} :
                       reg_i.addr == e1000_regs_pkg::REG_RDH   ? {16'd0, rdh_q} :
                       reg_i.addr == e1000_regs_pkg::REG_RDT   ? {16'd0, rdt_q} : 32'd0;

  assign base_o      = {rdbah_q, rdbal_q, 4'd0};
  assign size_o      = size;
  assign tail_o      = rdt_q;
  assign usable_o    = rdh_q < size && rdt_q < size && start_ok_q;
  assign start       = rehead_q ? rdh_q : issued_index_i;
  assign flush_o     = flush_q;
  assign rehead_o    = rehead_q;
  assign halt_o      = halt_q;
  assign start_o     = start;
  assign restart_o   = restart_q;
  assign no_desc_o   = !usable_o || placed_q == rdt_q;
  assign clk_req_o   = restart_q;
endmodule

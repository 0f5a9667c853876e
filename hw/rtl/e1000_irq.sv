// SPDX-License-Identifier: Apache-2.0
// Interrupt unit: ICR, ICS, IMS, IMC, ITR and INTA# (FS 7).
//
// INTA# is up while (ICR & IMS) != 0, except that an assertion comes no sooner than ITR x 32 clocks after the previous
// assertion (I-20, I-53, V-11); a deassertion is never delayed (I-5).  All of bits 16:0 are stored (I-54).
module e1000_irq (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [63:0] now_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  input  logic [16:0] causes_i,         // one-cycle events
  input  logic        enable_i,         // 0: INTx disabled, D3 or reset pending (P-4, X-8)
  output logic [16:0] causes_o,         // ICR bits set in this cycle, by hardware or ICS
  output logic        hold_o,           // one cycle: a cause begins to wait for ITR
  output logic [16:0] held_o,           // with hold_o: the causes that wait
  output logic        intx_o,
  output logic [63:0] next_deadline_o,
  output logic        clk_req_o         // the end of a wait asks by next_deadline_o, causes outside
);
  logic [16:0] icr_q, ims_q;
  logic [15:0] itr_q;
  logic [63:0] deadline_q;      // no assertion before this time
  logic        intx_q;
  logic        waiting_q;       // a cause waits for the deadline
  logic        hold_q;          // ... since this cycle
  logic [16:0] held_q;

  logic        rd_icr, wr_icr, wr_ics, wr_ims, wr_imc;
  assign rd_icr = reg_i.rd && reg_i.addr == e1000_regs_pkg::REG_ICR;
  assign wr_icr = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_ICR;
  assign wr_ics = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_ICS;
  assign wr_ims = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_IMS;
  assign wr_imc = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_IMC;

  logic [16:0] set, kept;
  always_comb begin
    set = causes_i;                                                // I-1
    if (reg_i.wr) set = causes_i | (wr_ics ? reg_i.wdata[16:0] : 17'd0);   // I-6
  end
  assign kept = icr_q & ~(rd_icr ? 17'h1FFFF : 17'd0) & ~(wr_icr ? reg_i.wdata[16:0] : 17'd0);  // I-2, I-3

  logic pending;
  assign pending = enable_i && (icr_q & ims_q) != 17'd0;

  always_ff @(posedge clk_i) begin : update
    logic assert_now;
    assert_now = pending && !intx_q && now_i >= deadline_q;
    if (!rst_ni || soft_rst_i) begin
      icr_q      <= 17'd0;
      ims_q      <= 17'd0;
      itr_q      <= 16'd0;
      deadline_q <= 64'd0;
      intx_q     <= 1'b0;
      waiting_q  <= 1'b0;
      hold_q     <= 1'b0;
    end else begin
      icr_q <= kept | set;  // I-4: set wins
      if (wr_ims) ims_q <= ims_q | reg_i.wdata[16:0];
      if (wr_imc) ims_q <= ims_q & ~reg_i.wdata[16:0];
      if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_ITR) itr_q <= reg_i.wdata[15:0];
      intx_q    <= pending && (intx_q || assert_now);
      waiting_q <= pending && !intx_q && !assert_now;
      hold_q    <= pending && !intx_q && !assert_now && !waiting_q;
      if (pending && !intx_q && !assert_now && !waiting_q) held_q <= icr_q & ims_q;
      if (assert_now) deadline_q <= now_i + {43'd0, itr_q, 5'd0};  // I-52: ITR counts from the next load
    end
  end

  assign reg_rdata_o = !reg_i.rd ? 32'd0 :
                       rd_icr || reg_i.addr == e1000_regs_pkg::REG_ICS ? {15'd0, icr_q} :   // V-8
                       reg_i.addr == e1000_regs_pkg::REG_IMS ? {15'd0, ims_q} :
                       reg_i.addr == e1000_regs_pkg::REG_ITR ? {16'd0, itr_q} : 32'd0;

  assign causes_o        = set;
  assign hold_o          = hold_q;
  assign held_o          = held_q;
  assign intx_o          = intx_q;
  assign next_deadline_o = waiting_q ? deadline_q : {64{1'b1}};
  // A cause that waits needs no clock: its deadline was still ahead at the last edge.
  always_comb begin
    clk_req_o = 1'b0;
    if (hold_q || (pending && !intx_q && !waiting_q) || (!pending && (intx_q || waiting_q))) clk_req_o = 1'b1;
  end
endmodule

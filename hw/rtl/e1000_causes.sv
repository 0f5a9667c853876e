// SPDX-License-Identifier: Apache-2.0
// What waits for a time: the timers of both directions, a received PAUSE, the EEPROM's clock, and ITR; what sets ICR, and
// INTA#.  Wiring only.
module e1000_causes (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [63:0] now_i,
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,
  input  logic        enable_i,         // 0: INTx disabled, D3 or reset pending
  // receive
  output logic [11:0] small_limit_o,    // RSRPD
  input  logic        frame_done_i,     // a frame is in memory
  input  logic        frame_small_i,    // ... and no longer than RSRPD
  output logic        rx_ask_o,         // flush, then raise the causes
  output e1000_pkg::rx_causes_t rx_ask_causes_o,
  input  e1000_pkg::rx_causes_t rx_causes_i,
  input  logic        rxo_i,
  input  logic        rxdmt0_i,
  // link and MDIO
  input  logic        lsc_i,
  input  logic        mdac_i,
  // transmit
  input  logic        tx_start_i,       // a descriptor with RS and IDE is complete
  input  logic        tx_done_i,        // a status was written
  input  logic        tx_done_ide_i,    // ... whose interrupt may be delayed
  input  logic        tx_done_all_i,    // ... and behind it waits none whose is
  output logic        tx_ask_o,         // flush, then TXDW
  input  logic        txdw_i,           // ... which comes then
  input  logic        txqe_i,
  input  logic        txd_low_i,
  // PAUSE received
  input  logic        pause_i,
  input  logic [15:0] pause_time_i,
  input  logic        pause_obey_i,     // CTRL.RFCE and full duplex
  input  logic [1:0]  speed_i,
  output logic        paused_o,         // STATUS.TXOFF
  // EEPROM
  input  logic [47:0] mac_addr_i,
  input  logic        apme_i,
  output logic        eeprom_cs_o,
  output logic        eeprom_sk_o,
  output logic        eeprom_di_o,
  output logic        eeprom_moved_o,
  input  logic        eeprom_do_i,
  input  logic        eeprom_do_seen_i,
  output logic [47:0] mac_o,            // what was loaded
  output logic        mac_load_o,
  output logic        apme_o,
  output logic        apme_load_o,
  // what follows
  output logic [16:0] causes_o,         // ICR bits set in this cycle
  output logic        hold_o,           // causes begin to wait for ITR
  output logic [16:0] held_o,
  output logic        intx_o,
  output logic [63:0] next_deadline_o,
  output logic        clk_req_o
);
  logic [31:0] rdata_rx, rdata_tx, rdata_irq, rdata_eeprom;
  logic [63:0] rx_deadline, tx_deadline, timer_deadline, pause_deadline, irq_deadline, late_deadline, eeprom_deadline, earlier_deadline;
  logic        req_rx, req_tx, req_irq, req_eeprom, txdw_now;
  e1000_rx_timers u_timers (
    .clk_i,
    .rst_ni,
    .soft_rst_i,
    .now_i,
    .reg_i,
    .reg_rdata_o    (rdata_rx),
    .small_limit_o,
    .frame_done_i,
    .frame_small_i,
    .ask_o          (rx_ask_o),
    .ask_causes_o   (rx_ask_causes_o),
    .next_deadline_o(rx_deadline),
    .clk_req_o      (req_rx)
  );

  e1000_tx_timers u_tx_timers (
    .clk_i,
    .rst_ni,
    .soft_rst_i,
    .now_i,
    .reg_i,
    .reg_rdata_o    (rdata_tx),
    .start_i        (tx_start_i),
    .done_i         (tx_done_i),
    .done_ide_i     (tx_done_ide_i),
    .done_all_i     (tx_done_all_i),
    .at_once_o      (txdw_now),
    .ask_o          (tx_ask_o),
    .next_deadline_o(tx_deadline),
    .clk_req_o      (req_tx)
  );

  e1000_tx_pause u_pause (
    .clk_i,
    .rst_ni,
    .soft_rst_i,
    .now_i,
    .pause_i,
    .time_i         (pause_time_i),
    .obey_i         (pause_obey_i),
    .speed_i,
    .paused_o,
    .next_deadline_o(pause_deadline)
  );

  // Others ask, too, each at clocks of its own.  A sum for each of these clocks, in a process of its own: a simulator then
  // looks at that sum in the clocks of the others, not at every term.
  logic link_cause, tx_cause, tx_moved, cause;
  always_comb begin
    link_cause = 1'b0;
    if (lsc_i || mdac_i) link_cause = 1'b1;
  end
  always_comb begin
    tx_cause = 1'b0;
    if (txqe_i || txd_low_i || txdw_i) tx_cause = 1'b1;
  end
  always_comb begin
    tx_moved = 1'b0;
    if (tx_start_i || tx_done_i) tx_moved = 1'b1;
  end
  logic [16:0] causes;
  always_comb begin
    cause  = 1'b0;
    causes = 17'd0;
    if (rx_causes_i != '0 || rxo_i || rxdmt0_i || link_cause || tx_cause || txdw_now) begin
      cause = 1'b1;
      causes[e1000_regs_pkg::ICR_SRPD]    = rx_causes_i.srpd;
      causes[e1000_regs_pkg::ICR_TXD_LOW] = txd_low_i;
      causes[e1000_regs_pkg::ICR_MDAC]    = mdac_i;
      causes[e1000_regs_pkg::ICR_RXT0]    = rx_causes_i.rxt0;
      causes[e1000_regs_pkg::ICR_RXO]     = rxo_i;   // I-41
      causes[e1000_regs_pkg::ICR_RXDMT0]  = rxdmt0_i;
      causes[e1000_regs_pkg::ICR_LSC]     = lsc_i;
      causes[e1000_regs_pkg::ICR_TXQE]    = txqe_i;
      causes[e1000_regs_pkg::ICR_TXDW]    = txdw_now || txdw_i;
    end
  end
  e1000_irq u_irq (
    .clk_i,
    .rst_ni,
    .soft_rst_i,
    .now_i,
    .reg_i,
    .reg_rdata_o    (rdata_irq),
    .causes_i       (causes),
    .enable_i,
    .causes_o,
    .hold_o,
    .held_o,
    .intx_o,
    .next_deadline_o(irq_deadline),
    .clk_req_o      (req_irq)
  );

  e1000_eeprom u_eeprom (
    .clk_i,
    .rst_ni,
    .soft_rst_i,
    .now_i,
    .mac_addr_i,
    .apme_i,
    .cs_o           (eeprom_cs_o),
    .sk_o           (eeprom_sk_o),
    .di_o           (eeprom_di_o),
    .moved_o        (eeprom_moved_o),
    .do_i           (eeprom_do_i),
    .do_seen_i      (eeprom_do_seen_i),
    .reg_i,
    .reg_rdata_o    (rdata_eeprom),
    .mac_o,
    .apme_o,
    .mac_load_o,
    .apme_load_o,
    .next_deadline_o(eeprom_deadline),
    .clk_req_o      (req_eeprom)
  );

  assign reg_rdata_o     = rdata_rx | rdata_tx | rdata_irq | rdata_eeprom;
  assign timer_deadline  = rx_deadline < tx_deadline ? rx_deadline : tx_deadline;
  assign late_deadline   = pause_deadline < irq_deadline ? pause_deadline : irq_deadline;
  assign earlier_deadline = timer_deadline < late_deadline ? timer_deadline : late_deadline;
  assign next_deadline_o   = earlier_deadline < eeprom_deadline ? earlier_deadline : eeprom_deadline;
  logic own;
  always_comb begin
    own = 1'b0;
    if (req_rx || req_tx || req_irq || req_eeprom) own = 1'b1;
  end
  assign clk_req_o         = own | frame_done_i | tx_moved | pause_i | cause;
endmodule

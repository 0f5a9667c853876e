// The fate of a frame at its end: stored or dropped and why, its status word, and which counters move (6.8, 6.10).
//
// Combinational.  `eof_i` guards everything: no output toggles while bytes arrive.
module e1000_rx_verdict (
  input  logic                    eof_i,       // a frame with an SFD and at least one byte has ended
  input  e1000_rx_pkg::rx_cfg_t   cfg_i,
  input  e1000_rx_pkg::rx_match_t match_i,
  input  logic [15:0]             length_i,    // DA..CRC
  input  logic                    crc_ok_i,
  input  logic                    rx_er_i,
  input  logic                    stripped_i,  // the VLAN tag was taken out
  input  logic [15:0]             tag_i,
  input  logic                    ipcs_i, tcpcs_i, ipe_i, tcpe_i,
  input  logic [15:0]             csum_i,
  input  logic                    no_desc_i,
  input  logic                    lost_i,      // the FIFO had no room (an answer to keep_o)

  output logic                    keep_o,      // worth storing
  output logic                    stored_o,
  output e1000_pkg::rx_reason_e   reason_o,    // why not, for a frame that passed the filter
  output e1000_pkg::rx_frame_t    frame_o,
  output e1000_rx_pkg::rx_stat_t  stat_o,
  output logic                    missed_o,    // MPC, RXO
  output logic                    rnbc_o
);

  logic        counted, pass, runt, giant, good;
  logic [15:0] max;
  logic [14:0] length;

  // ---- before the FIFO has its say ----------------------------------------------------------------
  always_comb begin
    counted = 1'b0;
    pass    = 1'b0;
    runt    = 1'b0;
    giant   = 1'b0;
    good    = 1'b0;
    keep_o  = 1'b0;
    max     = 16'd0;
    length  = 15'd0;
    frame_o = '0;

    if (eof_i) begin
      counted = cfg_i.en & cfg_i.link_up;
      pass    = counted & match_i.l2_pass & match_i.vlan_pass;
      max     = cfg_i.lpe ? e1000_rx_pkg::MaxJumbo : e1000_rx_pkg::MaxFrame;
      runt    = length_i < e1000_rx_pkg::MinFrame;
      giant   = length_i > max;
      good    = crc_ok_i & ~rx_er_i & ~runt & ~giant;
      keep_o  = pass & (good | (cfg_i.sbp & (length_i <= e1000_rx_pkg::MaxStored)));

      // What is stored: without the FCS if SECRC (R-42), without the tag (R-43).  A frame that passes has its DA,
      // and 16 bytes if it lost a tag, so this stays above zero.
      length = length_i[14:0] - (cfg_i.secrc ? 15'd4 : 15'd0) - (stripped_i ? 15'd4 : 15'd0);
      frame_o.length  = length;
      frame_o.tag     = tag_i;
      frame_o.status[e1000_regs_pkg::RXD_STATUS_IXSM]  = ~(ipcs_i | tcpcs_i);  // R-82
      frame_o.status[e1000_regs_pkg::RXD_STATUS_VP]    = stripped_i;
      frame_o.status[e1000_regs_pkg::RXD_STATUS_TCPCS] = tcpcs_i;
      frame_o.status[e1000_regs_pkg::RXD_STATUS_IPCS]  = ipcs_i;
      frame_o.status[e1000_regs_pkg::RXD_STATUS_PIF]   = match_i.pif;
      frame_o.errors[e1000_regs_pkg::RXD_ERROR_CE]     = ~crc_ok_i;
      frame_o.errors[e1000_regs_pkg::RXD_ERROR_TCPE]   = tcpcs_i & tcpe_i;
      frame_o.errors[e1000_regs_pkg::RXD_ERROR_IPE]    = ipcs_i & ipe_i;
      frame_o.errors[e1000_regs_pkg::RXD_ERROR_RXE]    = rx_er_i;
      frame_o.csum    = csum_i;
      frame_o.special = stripped_i ? match_i.tci : 16'd0;
    end
  end

  // ---- fate and counters --------------------------------------------------------------------------
  always_comb begin
    stored_o = 1'b0;
    missed_o = 1'b0;
    rnbc_o   = 1'b0;
    reason_o = e1000_pkg::ReasonNone;
    stat_o   = '0;

    if (eof_i) begin
      stored_o = keep_o & ~lost_i;
      missed_o = keep_o & lost_i;
      rnbc_o   = pass & good & no_desc_i;  // R-32: stored or missed

      // Length first, then RX_ER (the PHY's own word), then the FCS.
      if (keep_o) reason_o = lost_i ? e1000_pkg::ReasonOverflow : e1000_pkg::ReasonNone;
      else if (runt) reason_o = crc_ok_i ? e1000_pkg::ReasonUndersize : e1000_pkg::ReasonFragment;
      else if (giant) reason_o = crc_ok_i ? e1000_pkg::ReasonOversize : e1000_pkg::ReasonJabber;
      else if (rx_er_i) reason_o = e1000_pkg::ReasonRxEr;
      else reason_o = e1000_pkg::ReasonCrc;

      stat_o.valid  = counted;
      stat_o.length = length_i;
      stat_o.tor    = counted;             // all frames, bad and missed ones too (R-33, R-53)
      stat_o.inc[e1000_rx_pkg::StatTpr]  = counted;
      stat_o.inc[e1000_rx_pkg::StatMpc]  = missed_o;
      stat_o.inc[e1000_rx_pkg::StatRnbc] = rnbc_o;
      if (stored_o && good) begin          // R-55
        stat_o.gor = 1'b1;
        stat_o.inc[e1000_rx_pkg::StatGprc]    = 1'b1;
        stat_o.inc[e1000_rx_pkg::StatBprc]    = match_i.broadcast;
        stat_o.inc[e1000_rx_pkg::StatMprc]    = match_i.multicast;
        stat_o.inc[e1000_rx_pkg::StatPrc64]   = length_i == 16'd64;
        stat_o.inc[e1000_rx_pkg::StatPrc127]  = length_i > 16'd64 && length_i <= 16'd127;
        stat_o.inc[e1000_rx_pkg::StatPrc255]  = length_i > 16'd127 && length_i <= 16'd255;
        stat_o.inc[e1000_rx_pkg::StatPrc511]  = length_i > 16'd255 && length_i <= 16'd511;
        stat_o.inc[e1000_rx_pkg::StatPrc1023] = length_i > 16'd511 && length_i <= 16'd1023;
        stat_o.inc[e1000_rx_pkg::StatPrc1522] = length_i > 16'd1023;
      end
      if (pass && !missed_o) begin         // R-56
        stat_o.inc[e1000_rx_pkg::StatRuc]     = runt & crc_ok_i;
        stat_o.inc[e1000_rx_pkg::StatRfc]     = runt & ~crc_ok_i;
        stat_o.inc[e1000_rx_pkg::StatRoc]     = giant & crc_ok_i;
        stat_o.inc[e1000_rx_pkg::StatRjc]     = giant & ~crc_ok_i;
        stat_o.inc[e1000_rx_pkg::StatRlec]    = runt | giant;
        stat_o.inc[e1000_rx_pkg::StatCrcerrs] = ~runt & ~crc_ok_i;
        stat_o.inc[e1000_rx_pkg::StatRxerrc]  = ~runt & rx_er_i;
      end
    end
  end

  // The filter used up the rest of the settings.
  logic unused_fields;
  assign unused_fields = ^{cfg_i, match_i};

endmodule

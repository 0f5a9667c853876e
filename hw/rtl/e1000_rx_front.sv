// SPDX-License-Identifier: Apache-2.0
// Receive front: from the GMII pins to whole frames in the FIFO.  Wiring, the frame's settings, whether it is wanted,
// and its event word.
module e1000_rx_front (
  input  logic                 clk_rx_mac_i,    // bytes: MAC, packer, checksums
  input  logic                 clk_rx_frame_i,  // once a frame: filter, settings, statistics, events
  input  logic                 clk_rx_fifo_i,   // FIFO, write side; what a frame's end leaves for it
  input  logic                 clk_rx_dma_i,    // FIFO, read side
  input  logic                 clk_csr_i,       // RAL/RAH, MTA, VFTA
  input  logic                 rst_ni,          // power-on or PCI reset, synchronous
  input  logic                 soft_rst_i,      // CTRL.RST, one cycle; keeps the frame tag, MTA and VFTA (X-4..X-6)
  input  logic                 gmii_ce_i,       // a GMII byte is on the pins in this cycle
  input  logic                 gmii_rx_dv_i,
  input  logic                 gmii_rx_er_i,
  input  logic [7:0]           gmii_rxd_i,
  input  logic                 loop_i,          // BMCR.14, and what the own transmitter sends
  input  logic                 loop_ce_i,
  input  logic                 loop_dv_i,
  input  logic [7:0]           loop_data_i,
  output logic                 looped_o,        // the receiver listens to it
  input  logic                 link_up_i,       // STATUS.LU
  input  logic [47:0]          mac_addr_i,      // RA[0] after reset; byte 0 in bits 7:0
  input  logic                 mac_load_i,      // one cycle: it is another one (E-8)
  input  logic [31:0]          rctl_i,
  input  logic                 vme_i,           // CTRL.VME
  input  logic                 rfce_i,          // CTRL.RFCE
  input  logic [15:0]          vet_i,
  input  logic [10:0]          rxcsum_i,
  input  logic [6:0]           pba_rxa_i,       // KiB
  input  logic [47:0]          flow_address_i,  // FCAH, FCAL
  input  logic [15:0]          flow_type_i,     // FCT

  // RAL/RAH, MTA, VFTA, statistics, FIFO diagnostics
  input  e1000_pkg::reg_req_t  reg_i,
  output logic [31:0]          reg_rdata_o,     // with reg_i.rd; 0 for registers of other blocks
  input  logic                 no_desc_i,       // no free descriptor (R-12b)

  // head frame of the FIFO, 8 bytes a word, byte 0 in bits 7:0
  output logic                 frame_valid_o,
  output e1000_pkg::rx_frame_t frame_o,
  output logic                 data_valid_o,
  output logic [63:0]          data_o,
  input  logic                 data_pop_i,
  input  logic                 frame_pop_i,

  output logic                 rxo_o,           // one cycle: a frame was missed
  // for the transmit side's flow control
  input  logic                 fill_on_i,       // fill_o is looked at
  output logic [13:0]          fill_o,          // words in the FIFO (F-10)
  output logic [47:0]          station_o,       // RA0
  output logic                 pause_o,         // one cycle: a good PAUSE frame
  output logic [15:0]          pause_time_o,
  // strobes, CTRL.RST, pops and GMII pins are asked for from outside
  output logic                 clk_req_rx_mac_o,
  output logic                 clk_req_rx_frame_o,
  output logic                 clk_req_rx_fifo_o,
  output logic                 clk_req_csr_o,
  output logic                 clk_req_rx_dma_o,
  output e1000_pins_pkg::rx_evt_t evt_o         // what the cycle before decided
);

  // ---- MAC ----------------------------------------------------------------------------------------
  logic        sfd, byte_en, head, eob, is_frame, crc_ok, rx_er, cut, mac_req;
  logic [7:0]  rx_byte;
  logic [15:0] index, tag;
  logic [31:0] beyond;

  e1000_rx_mac u_mac (
    .clk_i(clk_rx_mac_i), .clk_csr_i, .rst_ni, .soft_rst_i, .gmii_ce_i, .gmii_rx_dv_i, .gmii_rx_er_i, .gmii_rxd_i,
    .loop_i, .loop_ce_i, .loop_dv_i, .loop_data_i, .looped_o,
    .sfd_o     (sfd),
    .byte_en_o (byte_en),
    .byte_o    (rx_byte),
    .index_o   (index),
    .beyond_o  (beyond),
    .head_o    (head),
    .eob_o     (eob),
    .is_frame_o(is_frame),
    .crc_ok_o  (crc_ok),
    .rx_er_o   (rx_er),
    .cut_o     (cut),
    .tag_o     (tag),
    .clk_req_csr_o,
    .clk_req_o (mac_req)
  );

  // ---- the frame's settings (R-3) -----------------------------------------------------------------
  e1000_rx_pkg::rx_cfg_t cfg_q;
  logic                  link_q;
  logic [7:0]            pcss_q;

  always_ff @(posedge clk_rx_frame_i) begin
    link_q <= link_up_i;
    if (sfd) begin
      pcss_q <= rxcsum_i[e1000_regs_pkg::RXCSUM_PCSS_HI:e1000_regs_pkg::RXCSUM_PCSS_LO];
      // A reset in this cycle turns the receiver off.
      cfg_q <= {
        rfce_i,
        rctl_i[e1000_regs_pkg::RCTL_DPF],
        rctl_i[e1000_regs_pkg::RCTL_PMCF],
        rctl_i[e1000_regs_pkg::RCTL_EN] & ~soft_rst_i,
        link_q,
        rctl_i[e1000_regs_pkg::RCTL_SBP],
        rctl_i[e1000_regs_pkg::RCTL_UPE],
        rctl_i[e1000_regs_pkg::RCTL_MPE],
        rctl_i[e1000_regs_pkg::RCTL_LPE],
        rctl_i[e1000_regs_pkg::RCTL_MO_HI:e1000_regs_pkg::RCTL_MO_LO],
        rctl_i[e1000_regs_pkg::RCTL_BAM],
        rctl_i[e1000_regs_pkg::RCTL_VFE],
        rctl_i[e1000_regs_pkg::RCTL_CFIEN],
        rctl_i[e1000_regs_pkg::RCTL_CFI],
        rctl_i[e1000_regs_pkg::RCTL_SECRC],
        vme_i,
        vet_i
      };
    end
  end

  // ---- filter and packer --------------------------------------------------------------------------
  e1000_rx_pkg::rx_match_t match;
  e1000_rx_pkg::rx_flow_t  flow;
  logic                    vet_seen, stripped, word_en;
  logic [63:0]             word, last;
  logic                    strip_now;
  logic [1:0]              lane;
  logic                    eof, decide, strip;
  logic [31:0]             filter_rdata, fifo_rdata, stats_rdata;

  assign eof   = eob & is_frame;
  assign strip = vet_seen & cfg_q.vme;  // R-43; VFE has no say in it

  e1000_rx_filter u_filter (
    .clk_i(clk_rx_frame_i), .clk_csr_i, .rst_ni, .soft_rst_i, .mac_addr_i, .mac_load_i,
    .sfd_i      (sfd),
    .byte_en_i  (byte_en),
    .byte_i     (rx_byte),
    .index_i    (index),
    .cfg_i      (cfg_q),
    .match_o    (match),
    .vet_seen_o (vet_seen),
    .flow_address_i, .flow_type_i,
    .flow_o     (flow),
    .station_o,
    .reg_i,
    .reg_rdata_o(filter_rdata)
  );

  e1000_rx_pack u_pack (
    .clk_i(clk_rx_mac_i),
    .sfd_i     (sfd),
    .byte_en_i (byte_en),
    .byte_i    (rx_byte),
    .index_i   (index),
    .strip_i   (strip),
    .flush_i   (eof),
    .stripped_o(stripped),
    .strip_o   (strip_now),
    .lane_o    (lane),
    .last_o    (last),
    .word_en_o (word_en),
    .word_o    (word)
  );

  // ---- checksums ----------------------------------------------------------------------------------
  logic        ipcs, tcpcs, ipe, tcpe;
  logic [15:0] csum;

  e1000_rx_packet_sum u_packet_sum (
    .clk_i(clk_rx_mac_i), .clk_rx_fifo_i,
    .sfd_i    (sfd),
    .byte_en_i(byte_en),
    .strip_i  (strip_now),
    .lane_i   (lane),
    .last_i   (last),
    .secrc_i  (cfg_q.secrc),
    .pcss_i   (pcss_q),
    .end_i    (eof),
    .csum_o   (csum)
  );

  e1000_rx_checksum u_checksum (
    .clk_i(clk_rx_mac_i), .clk_rx_fifo_i, .rst_ni,
    .sfd_i    (sfd),
    .offload_i(rxcsum_i[e1000_regs_pkg::RXCSUM_IPV6OFL:e1000_regs_pkg::RXCSUM_IPOFL]),
    .byte_en_i(byte_en),
    .byte_i   (rx_byte),
    .prev_i   (last[63:56]),
    .index_i  (index),
    .vet_i    (cfg_q.vet),
    .end_i    (eof),
    .ipcs_o   (ipcs),
    .tcpcs_o  (tcpcs),
    .ipe_o    (ipe),
    .tcpe_o   (tcpe)
  );

  // ---- does the station want it?  Asked once, when the filter has seen all it looks at -------------
  logic wanted, decided_q, wanted_q;
  logic take_q;  // the receiver is on, and nobody has said that the frame is not wanted

  assign wanted = cfg_q.en & cfg_q.link_up & ((match.l2_pass & match.vlan_pass) | flow.let_in);
  always_comb begin
    decide = 1'b0;
    if (head) decide = ~decided_q & (byte_en ? index[4] : eof);
    else if (eof) decide = ~decided_q;
  end

  always_ff @(posedge clk_rx_frame_i) begin
    if (!rst_ni || eob || cut) begin
      decided_q <= 1'b0;
      wanted_q  <= 1'b0;
    end else if (decide) begin
      decided_q <= 1'b1;
      wanted_q  <= wanted;
    end
    if (sfd) take_q <= rctl_i[e1000_regs_pkg::RCTL_EN] & ~soft_rst_i;
    else if (decide && !eob && !cut && !wanted) take_q <= 1'b0;
  end

  // ---- fate ---------------------------------------------------------------------------------------
  logic                    keep, lost, commit, stored, missed;
  logic [15:0]             length;
  e1000_rx_pkg::rx_class_t kind;
  e1000_pkg::rx_frame_t    frame;

  e1000_rx_verdict u_verdict (
    .clk_rx_fifo_i,
    .eof_i     (eof),
    .cfg_i     (cfg_q),
    .match_i   (match),
    .flow_i    (flow),
    .length_i  (index),
    .crc_ok_i  (crc_ok),
    .rx_er_i   (rx_er),
    .stripped_i(stripped),
    .tag_i     (tag),
    .ipcs_i    (ipcs),
    .tcpcs_i   (tcpcs),
    .ipe_i     (ipe),
    .tcpe_i    (tcpe),
    .csum_i    (csum),
    .commit_i  (commit),
    .kind_o    (kind),
    .keep_o    (keep),
    .length_o  (length),
    .frame_o   (frame)
  );

  logic stats_req;
  assign stored  = commit;
  assign missed  = keep & lost;

  e1000_rx_fifo u_fifo (
    .clk_rx_fifo_i, .clk_rx_dma_i, .rst_ni, .soft_rst_i, .pba_rxa_i,
    .start_i    (sfd),
    .word_en_i  (word_en & take_q),
    .word_i     (word),
    .finish_i   (eof),
    .keep_i     (keep),
    .length_i   (length),
    .frame_i    (frame),
    .lost_o     (lost),
    .commit_o   (commit),
    .fill_on_i,
    .taken_i    (wanted_q),
    .fill_o,
    .frame_valid_o, .frame_o, .data_valid_o, .data_o, .data_pop_i, .frame_pop_i,
    .reg_i,
    .reg_wr_ok_i(~rctl_i[e1000_regs_pkg::RCTL_EN]),
    .reg_rdata_o(fifo_rdata),
    .clk_req_rx_fifo_o, .clk_req_rx_dma_o
  );

  e1000_stats u_stats (
    .clk_i      (clk_rx_frame_i),
    .rst_ni, .soft_rst_i,
    .eof_i      (eof),
    .kind_i     (kind),
    .flow_i     (flow),
    .timer_i    (decide),
    .byte_en_i  (byte_en),
    .byte_i     (rx_byte),
    .multicast_i(match.multicast),
    .broadcast_i(match.broadcast),
    .length_i   (index),
    .beyond_i   (beyond),
    .crc_ok_i   (crc_ok),
    .rx_er_i    (rx_er),
    .stored_i   (stored),
    .missed_i   (missed),
    .no_desc_i,
    .reg_i,
    .reg_rdata_o(stats_rdata),
    .pause_o,
    .pause_time_o,
    .clk_req_o  (stats_req)
  );

  assign reg_rdata_o = filter_rdata | fifo_rdata | stats_rdata;

  // ---- events -------------------------------------------------------------------------------------
  // A burst ends in one of reject, drop, commit.  At most one burst is open, and its end is decided in the cycle
  // that ends it, so one register serves all.  `commit` leads the frame at the head by at least five cycles.
  e1000_pins_pkg::rx_evt_t evt_q;
  logic                    evt_busy, rxo_q;

  always_ff @(posedge clk_rx_frame_i) begin : events
    logic                       accept, reject, committed, drop;
    e1000_pins_pkg::rx_reason_e why;
    if (!rst_ni) begin
      evt_q <= '0;
      rxo_q <= 1'b0;
    end else if (cut || decide || eob || evt_busy) begin
      accept    = 1'b0;
      reject    = 1'b0;
      committed = 1'b0;
      drop      = 1'b0;
      why       = e1000_pins_pkg::ReasonNone;
      if (cut) begin
        // A frame that was rejected already has had its event.
        if (!(decided_q && !wanted_q)) begin
          why    = e1000_pins_pkg::ReasonRxDisabled;
          drop   = wanted_q;
          reject = ~wanted_q;
        end
      end else if (eob && !is_frame) begin
        reject = 1'b1;
        why    = e1000_pins_pkg::ReasonFragment;
      end else begin
        if (decide) begin
          accept = wanted;
          reject = ~wanted;
          if (wanted) why = e1000_pins_pkg::ReasonNone;
          else if (!cfg_q.en) why = e1000_pins_pkg::ReasonRxDisabled;
          else if (!cfg_q.link_up) why = e1000_pins_pkg::ReasonLinkDown;
          else if (!match.l2_pass) why = e1000_pins_pkg::ReasonAddressFilter;
          else if (!match.vlan_pass) why = e1000_pins_pkg::ReasonVlanFilter;
        end
        if (eof && (decide ? wanted : wanted_q)) begin
          committed = stored;
          drop      = ~stored;
          // Length first, then RX_ER (the PHY's own word), then the FCS.
          if (keep) why = lost ? e1000_pins_pkg::ReasonFifoOverflow : e1000_pins_pkg::ReasonNone;
          else if (kind.good && flow.held) why = e1000_pins_pkg::ReasonMacControl;
          else if (kind.runt) why = crc_ok ? e1000_pins_pkg::ReasonUndersize : e1000_pins_pkg::ReasonFragment;
          else if (kind.giant) why = crc_ok ? e1000_pins_pkg::ReasonOversize : e1000_pins_pkg::ReasonJabber;
          else if (rx_er) why = e1000_pins_pkg::ReasonRxError;
          else why = e1000_pins_pkg::ReasonCrcError;
        end
      end
      evt_q.rnbc   <= kind.pass & kind.good & no_desc_i & ~flow.obeyed;  // R-32: stored or missed
      evt_q.tag    <= accept | reject | committed | drop ? tag : 16'd0;
      evt_q.reason <= why;
      evt_q.drop   <= drop;
      evt_q.commit <= committed;
      evt_q.reject <= reject;
      evt_q.accept <= accept;
      rxo_q        <= missed;
    end
  end

  assign evt_busy           = evt_q.accept | evt_q.reject | evt_q.commit | evt_q.drop;
  assign evt_o              = evt_q;
  assign rxo_o              = rxo_q;
  assign clk_req_rx_mac_o   = mac_req;
  assign clk_req_rx_frame_o = sfd | eob | (byte_en & head) | evt_busy | stats_req | (link_q != link_up_i);

endmodule

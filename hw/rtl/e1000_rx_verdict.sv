// SPDX-License-Identifier: Apache-2.0
// The fate of a frame at its end: what it is, whether it is worth storing, and its status word (FS 6.8).
//
// What the FIFO must know in the cycle of the frame's end is combinational; the status word is registered with it.
module e1000_rx_verdict (
  input  logic                    clk_rx_fifo_i,
  input  logic                    eof_i,       // a frame with an SFD and at least one byte has ended
  input  e1000_rx_pkg::rx_cfg_t   cfg_i,
  input  e1000_rx_pkg::rx_match_t match_i,
  input  e1000_rx_pkg::rx_flow_t  flow_i,
  input  logic [15:0]             length_i,    // DA..CRC
  input  logic                    crc_ok_i,
  input  logic                    rx_er_i,
  input  logic                    stripped_i,  // the VLAN tag was taken out
  input  logic [15:0]             tag_i,
  input  logic                    ipcs_i, tcpcs_i, ipe_i, tcpe_i,  // from the cycle after eof_i
  input  logic [15:0]             csum_i,                          // likewise
  input  logic                    commit_i,    // the FIFO takes the frame

  output e1000_rx_pkg::rx_class_t kind_o,      // 0 without eof_i, as the next two
  output logic                    keep_o,      // worth storing
  output logic [15:0]             length_o,    // bytes to store
  output e1000_pkg::rx_frame_t    frame_o      // from the cycle after commit_i
);

  always_comb begin
    keep_o   = 1'b0;
    length_o = 16'd0;
    kind_o   = '0;
    if (eof_i) begin
      kind_o.counted = cfg_i.en & cfg_i.link_up;
      kind_o.runt    = length_i < e1000_rx_pkg::MinFrame;
      kind_o.giant   = length_i > (cfg_i.lpe ? e1000_rx_pkg::MaxJumbo : e1000_rx_pkg::MaxFrame);
      kind_o.good    = crc_ok_i & ~rx_er_i & ~kind_o.runt & ~kind_o.giant;
      kind_o.pass    = kind_o.counted & ((match_i.l2_pass & match_i.vlan_pass) | (flow_i.let_in & kind_o.good));
      keep_o = kind_o.pass & (kind_o.good ? ~flow_i.held : cfg_i.sbp);
      // What is stored: without the FCS if SECRC (R-42), without the tag (R-43).  A frame that passes has its DA,
      // and 16 bytes if it lost a tag, so this stays above zero.
      // The longest that fits into the FIFO has 65520 bytes; one of 65535 may be longer still, and does not.
      length_o = length_i - (cfg_i.secrc ? 16'd4 : 16'd0) - (stripped_i ? 16'd4 : 16'd0);
    end
  end

  // The status word; the checksums, which have registers of their own, join in the cycle after.
  logic [15:0] length_q;
  logic [15:0] tag_q, special_q;
  logic        stripped_q, pif_q, crc_ok_q, rx_er_q;
  always_ff @(posedge clk_rx_fifo_i) begin
    if (commit_i) begin
      length_q   <= length_o;
      tag_q      <= tag_i;
      special_q  <= stripped_i ? match_i.tci : 16'd0;
      stripped_q <= stripped_i;
      pif_q      <= match_i.pif | (flow_i.let_in & ~match_i.l2_pass);   // R-81
      crc_ok_q   <= crc_ok_i;
      rx_er_q    <= rx_er_i;
    end
  end
  // {PIF, IPCS, TCPCS, RSV, VP, IXSM, EOP, DD} and {RXE, IPE, TCPE, RSV, SEQ, SE, CE}
  assign frame_o = {length_q, tag_q, pif_q, ipcs_i, tcpcs_i, 1'b0, stripped_q, ~(ipcs_i | tcpcs_i), 2'b00,
                    rx_er_q, ipcs_i & ipe_i, tcpcs_i & tcpe_i, 4'd0, ~crc_ok_q, csum_i, special_q};

  // The filter used up the rest of the settings.
  logic unused_fields;
  assign unused_fields = ^{cfg_i, match_i, flow_i};

endmodule

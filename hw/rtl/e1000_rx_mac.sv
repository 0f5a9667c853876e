// SPDX-License-Identifier: Apache-2.0
// Receive MAC: finds frames in rx_dv bursts, numbers them, counts their bytes, checks the FCS, remembers RX_ER.
//
// The wire's pins, or the transmitter's in PHY loopback, are registered first; every output is a function of those registers, of the MAC's state and of soft_rst_i.  Each
// rx_dv burst takes the next tag and raises `eob_o` or, when a reset hits it, `cut_o`, exactly once.
module e1000_rx_mac (
  input  logic        clk_i,
  input  logic        clk_csr_i,   // of the switch to the loop and back
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        gmii_ce_i,
  input  logic        gmii_rx_dv_i,
  input  logic        gmii_rx_er_i,
  input  logic [7:0]  gmii_rxd_i,
  // PHY loopback (B-5): what the own transmitter sends
  input  logic        loop_i,
  input  logic        loop_ce_i,
  input  logic        loop_dv_i,
  input  logic [7:0]  loop_data_i,
  output logic        looped_o,    // the receiver listens to it and not to the wire

  output logic        sfd_o,       // start frame delimiter: sample the settings, forget the last frame
  output logic        byte_en_o,   // byte_o belongs to the frame
  output logic [7:0]  byte_o,
  output logic [15:0] index_o,     // bytes before byte_o; at eob_o the frame's length, at most 65535
  output logic [31:0] beyond_o,    // at eob_o: its bytes beyond that
  output logic        head_o,      // index_o is at most 16
  output logic        eob_o,       // the burst ended
  output logic        is_frame_o,  // with eob_o: it held an SFD and at least one byte
  output logic        crc_ok_o,    // with eob_o
  output logic        rx_er_o,     // with eob_o: RX_ER anywhere in the burst
  output logic        cut_o,       // a reset ends the burst under way; nothing more comes from it
  output logic [15:0] tag_o,
  output logic        clk_req_csr_o,
  output logic        clk_req_o    // a byte or a burst's end is in the input registers; the pins ask before
);

  localparam logic [7:0]  Sfd = 8'hD5;
  localparam logic [31:0] CrcResidue = 32'hDEBB20E3;  // register after a good FCS (IEEE 802.3 3.2.9)

  // ---- input registers ---------------------------------------------------------------------------
  logic       byte_q;  // a byte came
  logic       end_q;   // the first enabled cycle without one
  logic       dv_q, er_q;
  logic [7:0] rxd_q;

  // ---- burst state: none of them between bursts --------------------------------------------------
  logic hunt_q;        // in a burst, SFD not seen
  logic hunt_er_q;     // RX_ER seen in the burst up to the SFD
  logic data_q;
  logic skip_q;        // rest of a burst that a reset cut

  always_comb begin
    sfd_o = 1'b0;
    // Bytes before the SFD are thrown away whatever they hold (IEEE 802.3 4.2.9, PhysicalSignalDecap); their RX_ER is
    // not.
    if (!data_q) sfd_o = byte_q & ~skip_q & (rxd_q == Sfd);
  end
  assign byte_en_o = byte_q & data_q;
  always_comb begin
    cut_o = 1'b0;
    eob_o = end_q & ~skip_q;   // a burst that ends has begun
    if (soft_rst_i) begin
      cut_o = hunt_q | data_q;
      eob_o = 1'b0;
    end
  end

  // Sequence tag: survives CTRL.RST, so that an observer who counts bursts stays in step.
  logic [15:0] tag_q;
  // Length, FCS, RX_ER
  logic [15:0] count_q;
  logic [31:0] beyond_q;
  logic [31:0] crc_q, crc_d;
  logic        head_q, bad_q;

  e1000_crc32 u_crc (
    .crc_i (crc_q),
    .data_i(rxd_q),
    .crc_o (crc_d)
  );

  // The source changes between two bursts.  dv_q follows the wire whatever the source is, open_q the transmitter.
  // Nothing that hangs on loop_q alone moves with the bytes: it has the clock of the register that asks for it.
  // When it turns back is said twice: a signal of its own would be worked out with every byte.
  logic loop_q, open_q, looping;
  always_ff @(posedge clk_i) begin
    byte_q <= 1'b0;
    end_q  <= 1'b0;
    if (gmii_ce_i) dv_q <= gmii_rx_dv_i;
    if (!loop_q) begin
      if (gmii_ce_i) begin
        if (gmii_rx_dv_i) begin
          byte_q <= 1'b1;
          er_q   <= gmii_rx_er_i;
          rxd_q  <= gmii_rxd_i;
        end else begin
          end_q <= dv_q;
        end
      end
    end else if (loop_ce_i) begin
      open_q <= loop_dv_i;
      if (loop_dv_i) begin
        byte_q <= 1'b1;
        er_q   <= 1'b0;
        rxd_q  <= loop_data_i;
      end else begin
        end_q <= open_q;
      end
    end
    if (!rst_ni) open_q <= 1'b0;
  end
  always_ff @(posedge clk_csr_i) begin
    if (!rst_ni || (loop_q && !loop_i && !loop_dv_i && !open_q)) loop_q <= 1'b0;
    else if (loop_i && !loop_q && !(gmii_ce_i ? gmii_rx_dv_i : dv_q)) loop_q <= 1'b1;
  end
  assign looped_o      = loop_q;
  assign clk_req_csr_o = loop_i != loop_q;
  always_comb begin
    looping = 1'b0;
    if (loop_i || loop_q) looping = 1'b1;
  end

  always_ff @(posedge clk_i) begin
    if (byte_en_o) begin
      crc_q <= crc_d;
      if (er_q) bad_q <= 1'b1;
      if (count_q != 16'hFFFF) count_q <= count_q + 16'd1;
      else beyond_q <= beyond_q + 32'd1;
      if (count_q[4]) head_q <= 1'b0;
    end else if (sfd_o) begin
      count_q <= 16'd0;
      beyond_q <= 32'd0;
      head_q  <= 1'b1;
      crc_q   <= 32'hFFFFFFFF;
      bad_q   <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      // A burst that is under way when reset ends is not the station's business and takes no tag.
      hunt_er_q <= 1'b0;
      hunt_q <= 1'b0;
      data_q <= 1'b0;
      skip_q <= gmii_rx_dv_i | dv_q;
      tag_q  <= 16'd0;
    end else if (soft_rst_i || !byte_en_o) begin
      if (end_q) begin
        hunt_er_q <= 1'b0;
        hunt_q <= 1'b0;
        data_q <= 1'b0;
        skip_q <= 1'b0;
      end else if (cut_o) begin
        hunt_er_q <= 1'b0;
        hunt_q <= 1'b0;
        data_q <= 1'b0;
        skip_q <= 1'b1;
      end else if (byte_q && !skip_q) begin
        if (er_q) hunt_er_q <= 1'b1;
        hunt_q <= ~sfd_o;
        data_q <= sfd_o;
      end
      if (byte_q && !hunt_q && !data_q && !skip_q) tag_q <= tag_q + 16'd1;
      // What is on the wire when the receiver turns back to it began for nobody.
      if (loop_q && !loop_i && !loop_dv_i && !open_q && (gmii_ce_i ? gmii_rx_dv_i : dv_q)) skip_q <= 1'b1;
    end
  end

  assign byte_o     = rxd_q;
  assign index_o    = count_q;
  assign beyond_o   = beyond_q;
  assign head_o     = head_q;
  assign is_frame_o = data_q & (count_q != 16'd0);
  assign crc_ok_o   = crc_q == CrcResidue;
  // RX_ER with RX_DV speaks of the frame, whose first byte on GMII is that of the preamble (IEEE 802.3 35.2.2.8, 35.2.3).
  assign rx_er_o    = bad_q | hunt_er_q;
  assign tag_o      = tag_q;
  assign clk_req_o  = byte_q | end_q | looping;

endmodule

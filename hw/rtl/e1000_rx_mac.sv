// Receive MAC: finds frames in rx_dv bursts, numbers them, counts their bytes, checks the FCS, remembers RX_ER.
//
// Pins are registered first; every output is a function of those registers and of the MAC's state.  Each rx_dv
// burst takes the next tag and raises `eob_o` or, when a reset hits it, `cut_o`, exactly once.
module e1000_rx_mac (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        gmii_ce_i,
  input  logic        gmii_rx_dv_i,
  input  logic        gmii_rx_er_i,
  input  logic [7:0]  gmii_rxd_i,

  output logic        sfd_o,       // start frame delimiter: sample the settings, forget the last frame
  output logic        byte_en_o,   // byte_o belongs to the frame
  output logic [7:0]  byte_o,
  output logic [15:0] index_o,     // bytes before byte_o; at eob_o the frame's length, at most 65535
  output logic        eob_o,       // the burst ended
  output logic        is_frame_o,  // with eob_o: it held an SFD and at least one byte
  output logic        crc_ok_o,    // with eob_o
  output logic        rx_er_o,     // with eob_o: RX_ER between SFD and end
  output logic        cut_o,       // a reset ends the burst under way; nothing more comes from it
  output logic [15:0] tag_o,
  output logic        idle_o       // no state changes while rx_dv stays 0
);

  localparam logic [7:0]  Sfd = 8'hD5;
  localparam logic [31:0] CrcResidue = 32'hDEBB20E3;  // register after a good FCS (IEEE 802.3 3.2.9)

  typedef enum logic [1:0] {
    StIdle = 2'd0,
    StHunt = 2'd1,  // in a burst, SFD not seen
    StData = 2'd2,
    StSkip = 2'd3   // rest of a burst that a reset cut
  } state_e;

  // ---- input registers ---------------------------------------------------------------------------
  // `stb_q` marks a cycle with news: a byte, or the first idle cycle after one.
  logic       stb_q, dv_q, er_q;
  logic [7:0] rxd_q;

  always_ff @(posedge clk_i) begin
    stb_q <= gmii_ce_i & (gmii_rx_dv_i | dv_q);
    if (gmii_ce_i) begin
      dv_q <= gmii_rx_dv_i;
      if (gmii_rx_dv_i) begin
        er_q  <= gmii_rx_er_i;
        rxd_q <= gmii_rxd_i;
      end
    end
  end

  // ---- burst state -------------------------------------------------------------------------------
  state_e state_q;
  logic   first;

  assign first     = stb_q & dv_q & (state_q == StIdle);
  // Bytes before the SFD are thrown away whatever they hold (IEEE 802.3 4.2.9, PhysicalSignalDecap).
  assign sfd_o     = stb_q & dv_q & (rxd_q == Sfd) & (state_q == StIdle || state_q == StHunt);
  assign byte_en_o = stb_q & dv_q & (state_q == StData);
  assign cut_o     = soft_rst_i & (state_q == StHunt || state_q == StData);
  assign eob_o     = stb_q & ~dv_q & (state_q == StHunt || state_q == StData) & ~soft_rst_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      // A burst that is under way when reset ends is not the station's business and takes no tag.
      state_q <= (gmii_rx_dv_i | dv_q) ? StSkip : StIdle;
    end else if (stb_q) begin
      if (!dv_q) state_q <= StIdle;
      else if (cut_o) state_q <= StSkip;
      else if (sfd_o) state_q <= StData;
      else if (first) state_q <= StHunt;
    end else if (cut_o) begin
      state_q <= StSkip;
    end
  end

  // ---- sequence tag: survives CTRL.RST, so that an observer who counts bursts stays in step -------
  logic [15:0] tag_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) tag_q <= 16'd0;
    else if (first) tag_q <= tag_q + 16'd1;
  end

  // ---- length, FCS, RX_ER --------------------------------------------------------------------------
  logic [15:0] count_q;
  logic [31:0] crc_q, crc_d;
  logic        bad_q;

  e1000_crc32 u_crc (
    .crc_i (crc_q),
    .data_i(rxd_q),
    .crc_o (crc_d)
  );

  always_ff @(posedge clk_i) begin
    if (sfd_o) begin
      count_q <= 16'd0;
      crc_q   <= 32'hFFFFFFFF;
      bad_q   <= er_q;
    end else if (byte_en_o) begin
      if (count_q != 16'hFFFF) count_q <= count_q + 16'd1;
      crc_q <= crc_d;
      bad_q <= bad_q | er_q;
    end
  end

  assign byte_o     = rxd_q;
  assign index_o    = count_q;
  assign is_frame_o = (state_q == StData) & (count_q != 16'd0);
  assign crc_ok_o   = crc_q == CrcResidue;
  assign rx_er_o    = bad_q;
  assign tag_o      = tag_q;
  assign idle_o     = ~stb_q & ~dv_q;

endmodule

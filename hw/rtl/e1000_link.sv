// SPDX-License-Identifier: Apache-2.0
// Link state as software sees it: STATUS.LU, SPEED, FD and the LSC cause (FS 2.3, FS 3.4).
module e1000_link (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       soft_rst_i,
  input  logic       link_up_i,        // link of the wire
  input  logic [1:0] link_speed_i,
  input  logic       phy_down_i,       // BMCR.11
  input  logic       phy_loop_i,       // BMCR.14
  input  logic       phy_force_i,      // PSCR.10
  input  logic       slu_i,            // CTRL fields
  input  logic       frcspd_i,
  input  logic       frcdpx_i,
  input  logic       fd_i,
  input  logic [1:0] speed_i,
  output logic       phy_up_o,         // the pins, registered
  output logic [1:0] phy_speed_o,
  output logic       lu_o,
  output logic       full_duplex_o,
  output logic [1:0] speed_o,
  output logic [1:0] asdv_o,
  output logic       lsc_o,            // one-cycle cause on any change of LU (L-1, L-2)
  output logic       clk_req_o         // the pins ask when they change
);
  logic       phy_up_q, lu_q, after_rst_q;
  logic [1:0] phy_speed_q, speed_q, asdv_q;
  logic       fd_q;

  logic       lu;
  logic [1:0] speed, asdv;
  logic       fd;
  assign lu    = (((phy_up_q || phy_force_i) && !phy_down_i) || phy_loop_i) && slu_i;   // L-1, M-9
  always_comb begin   // FS 2.3: 11 means 1000 as well and is never shown
    speed = frcspd_i ? speed_i : phy_speed_q;
    if (speed[1]) speed = 2'b10;
  end
  assign asdv  = speed[1] ? 2'b11 : speed;   // FS 2.3
  assign fd    = frcdpx_i ? fd_i : 1'b1;   // the GMII side is full duplex

  // L-7: LU as it stands right after CTRL.RST is the new reference.  CTRL's reset value reaches `lu` one cycle later.
  assign lsc_o = lu != lu_q && !after_rst_q;

  always_ff @(posedge clk_i) begin
    phy_up_q    <= link_up_i;
    phy_speed_q <= link_speed_i;
    after_rst_q <= !rst_ni || soft_rst_i;
    lu_q        <= rst_ni && lu;
    if (!rst_ni) begin
      speed_q <= 2'b10;
      asdv_q  <= 2'b11;
      fd_q    <= 1'b1;
    end else if (lu) begin   // they mean something only while LU = 1; the last value stays
      speed_q <= speed;
      asdv_q  <= asdv;
      fd_q    <= fd;
    end
  end

  // LU and what it vouches for change together (L-3).
  assign lu_o          = lu_q;
  assign full_duplex_o = fd_q;
  assign speed_o       = speed_q;
  assign asdv_o        = asdv_q;
  assign phy_up_o      = phy_up_q;
  assign phy_speed_o   = phy_speed_q;
  assign clk_req_o     = lu != lu_q || after_rst_q ||
                         (lu && (speed_q != speed || fd_q != fd || asdv_q != asdv));
endmodule

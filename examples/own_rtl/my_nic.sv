// SPDX-License-Identifier: Apache-2.0
// A card of your own, as small as the bench takes it: PCI configuration space and registers that remember, on one clock.
//
// The ports are those of hw/rtl/e1000_top.sv; docs/rtl/top.md is their contract.  The driver finds this card, maps it, reads
// its address and opens it; frames arrive on GMII and nothing takes them.  Put a receiver between GMII and the master ports.
module my_nic (
  // One clock: any of the eleven, all of which come at every edge since every clk_req_*_o is 1.
  input  logic        clk_csr_i,
  input  logic        clk_rx_frame_i,
  input  logic        clk_rx_mac_i,
  input  logic        clk_rx_fifo_i,
  input  logic        clk_rx_dma_i,
  input  logic        clk_rx_desc_i,
  input  logic        clk_mst_i,
  input  logic        clk_irq_i,
  input  logic        clk_tx_desc_i,
  input  logic        clk_tx_dma_i,
  input  logic        clk_tx_mac_i,
  input  logic        rst_ni,                // synchronous
  input  logic [63:0] now_i,
  input  logic        gmii_ce_i,
  input  logic        gmii_rx_dv_i,
  input  logic        gmii_rx_er_i,
  input  logic [7:0]  gmii_rxd_i,
  input  logic        gmii_tx_ce_i,
  output logic        gmii_tx_er_o,
  output logic [7:0]  gmii_txd_o,
  output logic        gmii_looped_o,
  output logic        gmii_loop_en_o,
  output logic        gmii_tx_last_o,
  input  logic        link_up_i,
  input  logic [1:0]  link_speed_i,
  input  logic        m66en_i,
  input  logic [47:0] mac_addr_i,
  // PCI target: one request, one response
  input  logic        tgt_req_valid_i,
  output logic        tgt_req_ready_o,
  input  logic [1:0]  tgt_space_i,           // 0 configuration, 1 memory (BAR0), 2 I/O (BAR2)
  input  logic        tgt_write_i,
  input  logic [16:0] tgt_addr_i,
  input  logic [3:0]  tgt_be_i,
  input  logic [31:0] tgt_wdata_i,
  output logic [31:0] tgt_rsp_rdata_o,
  output logic [15:0] cfg_command_o,
  output logic [31:0] cfg_bar0_o,
  output logic [31:0] cfg_bar2_o,
  output logic [7:0]  cfg_latency_timer_o,
  output logic [7:0]  cfg_cache_line_o,
  output logic        cfg_reset_o,
  // PCI master: this card asks for nothing
  input  logic        mst_req_ready_i,
  output logic [2:0]  mst_req_kind_o,
  output logic [4:0]  mst_req_tag_o,
  output logic        mst_req_write_o,
  output logic [63:0] mst_req_addr_o,
  output logic [12:0] mst_req_len_o,
  output logic [15:0] mst_req_ftag_o,
  output logic        mst_wdata_valid_o,
  input  logic        mst_wdata_ready_i,
  output logic [31:0] mst_wdata_o,
  output logic [3:0]  mst_wbe_o,
  output logic [15:0] mst_wtag_o,
  output logic        mst_wlast_o,
  input  logic        mst_rsp_valid_i,
  input  logic [4:0]  mst_rsp_tag_i,
  input  logic [1:0]  mst_rsp_status_i,
  input  logic [31:0] mst_rsp_data_i,
  input  logic        mst_rsp_last_i,
  output logic        intx_o,
  output logic        tgt_rsp_valid_o,
  output logic        mst_req_valid_o,
  output logic        evt_rst_o,
  output logic        evt_cause_o,
  output logic        evt_hold_o,
  output logic        evt_lost_o,
  output logic        clk_req_csr_o,
  output logic        clk_req_rx_frame_o,
  output logic        clk_req_rx_mac_o,
  output logic        clk_req_rx_fifo_o,
  output logic        clk_req_rx_dma_o,
  output logic        clk_req_rx_desc_o,
  output logic        clk_req_mst_o,
  output logic        clk_req_irq_o,
  output logic        clk_req_tx_desc_o,
  output logic        clk_req_tx_dma_o,
  output logic        clk_req_tx_mac_o,
  output logic        gmii_tx_en_o,
  output logic [63:0] next_deadline_o,
  output logic [24:0] evt_rx_o,
  output logic [19:0] evt_tx_o,
  output logic [14:0] evt_tx_length_o,
  output logic [16:0] evt_causes_o,
  output logic [16:0] evt_held_o,
  output logic [16:0] evt_lost_frame_o
);
  // ---- PCI target: accepted, carried out at the next edge, answered by it ------------------------------------
  typedef enum logic [1:0] {Configuration = 2'd0, Memory = 2'd1, Io = 2'd2} space_e;
  logic        busy_q, write_q, answer_q;
  logic [1:0]  space_q;
  logic [16:0] addr_q;
  logic [3:0]  be_q;
  logic [31:0] wdata_q, rdata_q, lanes;
  assign lanes           = {{8{be_q[3]}}, {8{be_q[2]}}, {8{be_q[1]}}, {8{be_q[0]}}};
  assign tgt_req_ready_o = !busy_q;
  assign tgt_rsp_valid_o = answer_q;
  assign tgt_rsp_rdata_o = rdata_q;

  // ---- configuration header (PCI 2.3 section 6.1): what software writes stays, as far as the bit exists --------
  logic [31:0] config_q [16];
  function automatic logic [31:0] config_mask(logic [3:0] dword);
    unique case (dword)
      4'h1:    config_mask = 32'h0000_0547;   // Command
      4'h3:    config_mask = 32'h0000_FFFF;   // cache line, latency timer
      4'h4:    config_mask = 32'hFFFE_0000;   // BAR0: 128 KiB of memory
      4'h6:    config_mask = 32'hFFFF_FFC0;   // BAR2: 64 bytes of I/O
      4'hF:    config_mask = 32'h0000_00FF;   // interrupt line
      default: config_mask = 32'd0;
    endcase
  endfunction
  function automatic logic [31:0] config_reset(logic [3:0] dword);
    unique case (dword)
      4'h0:    config_reset = 32'h100E_8086;  // 82540EM: the driver takes no other
      4'h2:    config_reset = 32'h0200_0002;  // Ethernet controller, revision 2
      4'h6:    config_reset = 32'h0000_0001;  // I/O space
      4'hF:    config_reset = 32'hFF00_0100;  // INTA#
      default: config_reset = 32'd0;
    endcase
  endfunction
  assign cfg_command_o       = config_q[1][15:0];
  assign cfg_cache_line_o    = config_q[3][7:0];
  assign cfg_latency_timer_o = config_q[3][15:8];
  assign cfg_bar0_o          = config_q[4];
  assign cfg_bar2_o          = config_q[6];

  // ---- registers: dwords that remember; the I/O window reaches them by IOADDR and IODATA -----------------------
  localparam logic [14:0] Ral0 = 15'h5400 >> 2;
  localparam logic [14:0] Rah0 = 15'h5404 >> 2;
  logic [31:0] reg_q [32768];
  initial for (int i = 0; i < 32768; ++i) reg_q[i] = 32'd0;
  logic [14:0] io_reg_q, reg_at;
  logic        reg_access;
  assign reg_at     = space_q == Io ? io_reg_q : addr_q[16:2];
  assign reg_access = space_q == Memory || (space_q == Io && addr_q[2]);

  always_ff @(posedge clk_csr_i) begin
    answer_q <= busy_q;
    busy_q   <= tgt_req_valid_i && !busy_q;
    if (!busy_q) begin
      {space_q, write_q, addr_q} <= {tgt_space_i, tgt_write_i, tgt_addr_i};
      {be_q, wdata_q}            <= {tgt_be_i, tgt_wdata_i};
    end else begin
      rdata_q <= reg_access ? reg_q[reg_at] : space_q == Io ? {15'd0, io_reg_q, 2'd0} : config_q[addr_q[5:2]];
      if (write_q && space_q == Configuration)
        config_q[addr_q[5:2]] <= (config_q[addr_q[5:2]] & ~(lanes & config_mask(addr_q[5:2]))) |
                                 (wdata_q & lanes & config_mask(addr_q[5:2]));
      if (write_q && space_q == Io && !addr_q[2]) io_reg_q <= wdata_q[16:2];
      if (write_q && reg_access) reg_q[reg_at] <= wdata_q;
    end
    if (!rst_ni) begin
      answer_q    <= 1'b0;
      busy_q      <= 1'b0;
      io_reg_q    <= 15'd0;
      reg_q[Ral0] <= mac_addr_i[31:0];                       // what an EEPROM would have brought
      reg_q[Rah0] <= {1'b1, 15'd0, mac_addr_i[47:32]};       // AV
      for (int i = 0; i < 16; ++i) config_q[i] <= config_reset(4'(i));
    end
  end

  // ---- what one clock and an unfinished card tie off ------------------------------------------------------------
  assign {clk_req_csr_o, clk_req_rx_frame_o, clk_req_rx_mac_o, clk_req_rx_fifo_o} = '1;
  assign {clk_req_rx_dma_o, clk_req_rx_desc_o, clk_req_mst_o, clk_req_irq_o}      = '1;
  assign {clk_req_tx_desc_o, clk_req_tx_dma_o, clk_req_tx_mac_o} = '0;   // the clocks of all come anyway
  assign {gmii_tx_en_o, gmii_tx_er_o, gmii_txd_o, gmii_looped_o, gmii_loop_en_o, gmii_tx_last_o} = '0;
  assign next_deadline_o = '1;
  assign {evt_rst_o, evt_cause_o, evt_hold_o, evt_lost_o, evt_rx_o, evt_causes_o, evt_held_o, evt_lost_frame_o} = '0;
  assign {evt_tx_o, evt_tx_length_o} = '0;
  assign cfg_reset_o = 1'b0;
  assign intx_o      = 1'b0;
  assign {mst_req_valid_o, mst_req_kind_o, mst_req_tag_o, mst_req_write_o, mst_req_addr_o, mst_req_len_o} = '0;
  assign mst_req_ftag_o = '0;
  assign {mst_wdata_valid_o, mst_wdata_o, mst_wbe_o, mst_wtag_o, mst_wlast_o}                            = '0;

  logic unused;
  assign unused = ^{clk_rx_frame_i, clk_rx_mac_i, clk_rx_fifo_i, clk_rx_dma_i, clk_rx_desc_i, clk_mst_i, clk_irq_i, now_i,
                    clk_tx_desc_i, clk_tx_dma_i, clk_tx_mac_i, gmii_tx_ce_i,
                    gmii_ce_i, gmii_rx_dv_i, gmii_rx_er_i, gmii_rxd_i, link_up_i, link_speed_i, m66en_i, mst_req_ready_i,
                    mst_wdata_ready_i, mst_rsp_valid_i, mst_rsp_tag_i, mst_rsp_status_i, mst_rsp_data_i, mst_rsp_last_i,
                    addr_q[1:0], wdata_q[31:17]};
endmodule

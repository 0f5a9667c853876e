// SPDX-License-Identifier: Apache-2.0
// Address and VLAN filter (FS 6.7 steps 3 and 4): reads the head of each frame, owns RAL/RAH, MTA and VFTA.  Knows MAC
// control frames (F-1).
//
// Everything is looked up once a frame: the 16 exact entries and the hash word at byte 5, the VLAN word at byte 15.
// The answers are registers, so `match_o` is right from the cycle after, the earliest in which a frame can end.
module e1000_rx_filter (
  input  logic                    clk_i,       // what is known of the frame: SFD and first 17 bytes
  input  logic                    clk_csr_i,   // registers and tables
  input  logic                    rst_ni,
  input  logic                    soft_rst_i,  // X-6: entry 0 from the EEPROM, the others invalid; MTA, VFTA kept
  input  logic [47:0]             mac_addr_i,  // as the EEPROM was loaded last
  input  logic                    mac_load_i,  // one cycle: it is another one

  input  logic                    sfd_i,
  input  logic                    byte_en_i,
  input  logic [7:0]              byte_i,
  input  logic [15:0]             index_i,
  input  e1000_rx_pkg::rx_cfg_t   cfg_i,
  output e1000_rx_pkg::rx_match_t match_o,
  output logic                    vet_seen_o,  // bytes 12..13 were VET; from byte 14 on
  input  logic [47:0]             flow_address_i,  // FCAH, FCAL; byte 0 in bits 7:0
  input  logic [15:0]             flow_type_i,     // FCT
  output e1000_rx_pkg::rx_flow_t  flow_o,
  output logic [47:0]             station_o,       // RA0, byte 0 in bits 7:0

  input  e1000_pkg::reg_req_t     reg_i,
  output logic [31:0]             reg_rdata_o
);

  localparam int unsigned NumExact = 16;
  localparam logic [15:0] PauseOpcode = 16'h0001;   // IEEE 802.3 annex 31B

  // ---- registers: 16 exact entries ----------------------------------------------------------------
  logic sel_ra, sel_mta, sel_vfta;
  assign sel_ra   = reg_i.addr[16:7] == e1000_regs_pkg::REG_RAL[16:7];
  assign sel_mta  = reg_i.addr[16:9] == e1000_regs_pkg::REG_MTA[16:9];
  assign sel_vfta = reg_i.addr[16:9] == e1000_regs_pkg::REG_VFTA[16:9];

  // Two small memories.  Reset marks what they hold as 0 instead of writing it; only entry 0 gets a value.
  logic [31:0] ral_mem [NumExact];
  logic [17:0] rah_mem [NumExact];  // ASEL in 17:16
  logic [15:0] ral_live_q, rah_live_q, av_q;

  always_ff @(posedge clk_csr_i) begin
    if (!rst_ni || soft_rst_i) begin
      ral_mem[0] <= mac_addr_i[31:0];
      rah_mem[0] <= {2'b00, mac_addr_i[47:32]};
      ral_live_q <= 16'h0001;
      rah_live_q <= 16'h0001;
      av_q       <= 16'h0001;
    end else begin
      if (mac_load_i || (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_CTRL_EXT &&
                         reg_i.wdata[e1000_regs_pkg::CTRL_EXT_EE_RST])) begin  // X-9, E-8
        ral_mem[0] <= mac_addr_i[31:0];
        rah_mem[0] <= {2'b00, mac_addr_i[47:32]};
        av_q[0]    <= 1'b1;
      end
      if (reg_i.wr && sel_ra && !reg_i.addr[2]) begin
        ral_mem[reg_i.addr[6:3]]    <= reg_i.wdata;
        ral_live_q[reg_i.addr[6:3]] <= 1'b1;
      end
      if (reg_i.wr && sel_ra && reg_i.addr[2]) begin
        rah_mem[reg_i.addr[6:3]]    <= reg_i.wdata[17:0];
        rah_live_q[reg_i.addr[6:3]] <= 1'b1;
        av_q[reg_i.addr[6:3]]       <= reg_i.wdata[e1000_regs_pkg::RAH_AV];
      end
    end
  end

  // ---- registers: hash and VLAN tables, memories with a port for software and one for frames, -----
  // each on its clock
  logic [31:0] mta_mem [128];
  logic [31:0] vfta_mem [128];
  logic [31:0] mta_hit_q, vfta_hit_q;

  always_ff @(posedge clk_csr_i) begin
    if (reg_i.wr) begin
      if (sel_mta) mta_mem[reg_i.addr[8:2]] <= reg_i.wdata;
    end
  end

  always_ff @(posedge clk_csr_i) begin
    if (reg_i.wr) begin
      if (sel_vfta) vfta_mem[reg_i.addr[8:2]] <= reg_i.wdata;
    end
  end

  // ---- register read ------------------------------------------------------------------------------
  always_comb begin
    reg_rdata_o = 32'd0;
    if (reg_i.rd) begin
      if (sel_mta) reg_rdata_o = mta_mem[reg_i.addr[8:2]];
      if (sel_vfta) reg_rdata_o = vfta_mem[reg_i.addr[8:2]];
      if (sel_ra && !reg_i.addr[2]) reg_rdata_o = ral_live_q[reg_i.addr[6:3]] ? ral_mem[reg_i.addr[6:3]] : 32'd0;
      if (sel_ra && reg_i.addr[2]) begin
        reg_rdata_o = {av_q[reg_i.addr[6:3]], 13'd0, rah_live_q[reg_i.addr[6:3]] ? rah_mem[reg_i.addr[6:3]] : 18'd0};
      end
    end
  end

  // ---- destination address, bytes 0..5 ------------------------------------------------------------
  logic [39:0] da_q;     // bytes 0..4 on arrival of byte 5; byte 0 in bits 7:0
  logic [7:0]  prev_q, da5_q;
  logic        control_q, pause_q;
  logic        exact_q, broadcast_q, multicast_q, da_seen_q;
  logic [4:0]  hash_bit_q;
  logic        vet_q, tagged_q;
  logic [15:0] tci_q;
  logic [4:0]  vlan_bit_q;

  always_ff @(posedge clk_i) begin : head
    logic [15:0] da_tail;
    logic [11:0] hash;
    logic        exact;
    if (sfd_i) begin
      exact_q     <= 1'b0;
      broadcast_q <= 1'b0;
      multicast_q <= 1'b0;
      da_seen_q   <= 1'b0;
      vet_q       <= 1'b0;
      tagged_q    <= 1'b0;
      control_q   <= 1'b0;
    end else if (byte_en_i && index_i[15:4] == 12'd0) begin
      prev_q <= byte_i;
      if (index_i[3:0] <= 4'd4) da_q <= {byte_i, da_q[39:8]};
      if (index_i[3:0] == 4'd5) begin
        da_tail = {byte_i, da_q[39:32]};
        da5_q   <= byte_i;
        // {DA[5],DA[4]} >> 4, 3, 2, 0 for MO 0..3.
        unique case (cfg_i.mo)
          2'd0: hash = da_tail[15:4];
          2'd1: hash = da_tail[14:3];
          2'd2: hash = da_tail[13:2];
          2'd3: hash = da_tail[11:0];
        endcase
        // An entry whose ASEL is not 00 (destination) is storage only.  AV=1 implies a live upper half.
        exact = 1'b0;
        for (int i = 0; i < NumExact; i++) begin
          if (av_q[i] && rah_mem[i] == {2'b00, da_tail} && (ral_live_q[i] ? ral_mem[i] : 32'd0) == da_q[31:0]) begin
            exact = 1'b1;
          end
        end
        da_seen_q   <= 1'b1;
        broadcast_q <= (&da_q) & (&byte_i);
        multicast_q <= da_q[0];
        hash_bit_q  <= hash[4:0];
        if (da_q[0]) mta_hit_q <= mta_mem[hash[11:5]];
        exact_q     <= exact;
      end
      if (index_i[3:0] == 4'd13) begin
        vet_q <= {prev_q, byte_i} == cfg_i.vet;
        if ({prev_q, byte_i} == flow_type_i) begin   // RA0 with whatever AV and ASEL say
          control_q <= {da5_q, da_q} == flow_address_i ||
              {da5_q, da_q} == station_o;
        end
      end
      if (index_i[3:0] == 4'd15) pause_q <= {prev_q, byte_i} == PauseOpcode;
      if (index_i[3:0] == 4'd15 && vet_q) begin
        tagged_q   <= 1'b1;
        tci_q      <= {prev_q, byte_i};
        vlan_bit_q <= byte_i[4:0];
        vfta_hit_q <= vfta_mem[{prev_q[3:0], byte_i[7:5]}];
      end
    end
  end

  assign station_o  = {rah_live_q[0] ? rah_mem[0][15:0] : 16'd0, ral_live_q[0] ? ral_mem[0] : 32'd0};
  assign vet_seen_o = vet_q;
  logic ruled;   // a MAC control frame with RFCE
  assign ruled      = control_q & cfg_i.rfce;
  assign flow_o     = {ruled & pause_q, ruled & (pause_q ? cfg_i.dpf : ~cfg_i.pmcf), ruled & ~pause_q & cfg_i.pmcf,
                       control_q, control_q & pause_q};

  // ---- verdict ------------------------------------------------------------------------------------
  // The hash table is for group addresses: multicast, and broadcast when BAM is 0 (R-80).
  logic group_hit, sure_hit, hash_hit;
  assign hash_hit  = multicast_q & mta_hit_q[hash_bit_q];
  assign group_hit = broadcast_q ? cfg_i.bam : (multicast_q & cfg_i.mpe);
  assign sure_hit  = exact_q | group_hit;
  assign match_o = {
    da_seen_q & (sure_hit | hash_hit | (~multicast_q & cfg_i.upe)),
    ~tagged_q | ~cfg_i.vfe | (vfta_hit_q[vlan_bit_q] & (~cfg_i.cfien | (tci_q[12] == cfg_i.cfi))),
    hash_hit & ~sure_hit,
    broadcast_q,
    multicast_q & ~broadcast_q,
    tagged_q,
    tci_q
  };

  // The other settings are for the frame's end; registers are dwords.
  logic unused_fields;
  assign unused_fields = ^{cfg_i, reg_i.addr[1:0]};

endmodule

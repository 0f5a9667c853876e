// SPDX-License-Identifier: Apache-2.0
// PCI configuration header and the power management capability (FS 1.1, FS 1.2, P-8).
//
// Layout V-2: BAR0 memory 128 KiB, BAR1 reads 0, BAR2 I/O 64 B, capability list with PM only.  CTRL.RST leaves all of
// it alone (X-4); only PCI reset clears it.  Decode and DEVSEL stay in the PCI interface, which reads the outputs.
module e1000_pci_cfg (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [31:0] subsystem_i,        // id and vendor: EEPROM words 0x0B and 0x0C, as power-on loads them
  input  e1000_pkg::cfg_req_t   cfg_i,
  output logic [31:0] cfg_rdata_o,        // with cfg_i.rd, else 0
  input  e1000_pkg::mst_error_t error_i,
  output logic [15:0] command_o,
  output logic [31:0] bar0_o,
  output logic [31:0] bar2_o,
  output logic [7:0]  latency_timer_o,
  output logic [7:0]  cache_line_o,       // dwords
  output logic        power_d3_o,
  output logic        asleep_o,           // D3hot, or D0 uninitialized: only configuration answers (P-9)
  output logic        wake_o,             // one cycle: D0 uninitialized begins, by a write of PMCSR
  output logic        clk_req_o           // an error to record; e1000_target asks for its strobes
);
  localparam logic [15:0] CommandMask = 16'h0557;  // I/O, memory, master, MWI, PERR, SERR, INTx disable (P-4)
  localparam logic [15:0] StatusFixed = 16'h0230;  // capability list, 66 MHz capable, medium DEVSEL
  localparam int unsigned StDetectedParity = 15;
  localparam int unsigned StMasterAbort    = 13;
  localparam int unsigned StTargetAbort    = 12;
  localparam int unsigned StMasterParity   = 8;
  localparam int unsigned CmdMemory        = 1;
  localparam int unsigned CmdMaster        = 2;
  localparam int unsigned CmdPerr          = 6;
  localparam logic [31:0] IdWord     = 32'h100E_8086;
  localparam logic [31:0] ClassWord  = 32'h0200_0002;  // Ethernet, revision 2 (V-5)
  localparam logic [7:0]  PmCapability = 8'hDC;
  localparam logic [31:0] PmCapWord  = 32'hC822_0001;  // PM v2, PME from D0, D3hot, D3cold; last capability
  localparam logic [7:0]  PmData     = 8'h1B;

  logic [15:0] command_q;
  logic [15:0] status_q;       // only the write-1-to-clear bits
  logic [7:0]  cache_line_q, latency_q, int_line_q;
  logic [31:17] bar0_q;
  logic [31:6]  bar2_q;
  logic [1:0]  power_q;        // PMCSR.PowerState; D1 and D2 are not supported
  logic        awake_q;        // D0 active: memory space was enabled in D0
  logic        wr_power;
  logic        pme_en_q;
  logic [3:0]  data_select_q;
  logic [31:0] subsystem_q;

  always_ff @(posedge clk_i) if (!rst_ni) subsystem_q <= subsystem_i;
  assign wr_power = cfg_i.wr && cfg_i.addr == 8'hE0 && cfg_i.be[0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      command_q     <= 16'd0;
      cache_line_q  <= 8'd0;
      latency_q     <= 8'd0;
      int_line_q    <= 8'd0;
      bar0_q        <= '0;
      bar2_q        <= '0;
      power_q       <= 2'b00;
      awake_q       <= 1'b0;
      pme_en_q      <= 1'b0;
      data_select_q <= 4'd0;
    end else if (cfg_i.wr) begin
      unique case (cfg_i.addr)
        8'h04: begin
          if (cfg_i.be[0]) command_q[7:0]  <= cfg_i.wdata[7:0] & CommandMask[7:0];
          if (cfg_i.be[1]) command_q[15:8] <= cfg_i.wdata[15:8] & CommandMask[15:8];
          if (power_d3_o) command_q[1:0] <= 2'b00;   // no decoding in D3
          else if (cfg_i.be[0] && cfg_i.wdata[CmdMemory]) awake_q <= 1'b1;
        end
        8'h0C: begin
          if (cfg_i.be[0]) cache_line_q <= cfg_i.wdata[7:0];
          if (cfg_i.be[1]) latency_q    <= cfg_i.wdata[15:8];
        end
        8'h10: begin
          if (cfg_i.be[2]) bar0_q[23:17] <= cfg_i.wdata[23:17];
          if (cfg_i.be[3]) bar0_q[31:24] <= cfg_i.wdata[31:24];
        end
        8'h18: begin
          if (cfg_i.be[0]) bar2_q[7:6]   <= cfg_i.wdata[7:6];
          if (cfg_i.be[1]) bar2_q[15:8]  <= cfg_i.wdata[15:8];
          if (cfg_i.be[2]) bar2_q[23:16] <= cfg_i.wdata[23:16];
          if (cfg_i.be[3]) bar2_q[31:24] <= cfg_i.wdata[31:24];
        end
        8'h3C: if (cfg_i.be[0]) int_line_q <= cfg_i.wdata[7:0];
        8'hE0: begin
          if (wr_power && cfg_i.wdata[1] == cfg_i.wdata[0]) begin
            power_q <= cfg_i.wdata[1:0];
            if (cfg_i.wdata[0]) begin   // D3: memory and I/O enable go, and come back by software only
              command_q[1:0] <= 2'b00;
              awake_q        <= 1'b0;
            end
          end
          if (cfg_i.be[1]) begin
            pme_en_q      <= cfg_i.wdata[8];
            data_select_q <= cfg_i.wdata[12:9];
          end
        end
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin : status
    logic [15:0] set, clear;
    if (!rst_ni) begin
      status_q <= 16'd0;
    end else if (error_i.any || (cfg_i.wr && cfg_i.addr == 8'h04)) begin
      set = 16'd0;
      if (error_i.any) begin
        set[StMasterAbort]    = error_i.master_abort;
        set[StTargetAbort]    = error_i.target_abort;
        set[StMasterParity]   = error_i.parity && command_q[CmdPerr];
        set[StDetectedParity] = error_i.parity && error_i.read;   // who receives the data detects it
      end
      clear = cfg_i.wr && cfg_i.addr == 8'h04 ? {{8{cfg_i.be[3]}}, {8{cfg_i.be[2]}}} & cfg_i.wdata[31:16] : 16'd0;
      status_q <= (status_q & ~clear) | set;
    end
  end

  always_comb begin
    cfg_rdata_o = 32'd0;
    if (cfg_i.rd) begin
      unique case (cfg_i.addr)
        8'h00:   cfg_rdata_o = IdWord;
        8'h04:   cfg_rdata_o = {status_q | StatusFixed, command_q};
        8'h08:   cfg_rdata_o = ClassWord;
        8'h0C:   cfg_rdata_o = {16'd0, latency_q, cache_line_q};
        8'h10:   cfg_rdata_o = {bar0_q, 17'd0};
        8'h18:   cfg_rdata_o = {bar2_q, 6'd1};
        8'h2C:   cfg_rdata_o = subsystem_q;
        8'h34:   cfg_rdata_o = {24'd0, PmCapability};
        8'h3C:   cfg_rdata_o = {8'h00, 8'hFF, 8'h01, int_line_q};  // Max_Lat, Min_Gnt, INTA#
        8'hDC:   cfg_rdata_o = PmCapWord;
        // PMCSR: data scale 01; the data byte holds a figure for select 0 only
        8'hE0:   cfg_rdata_o = {data_select_q == 4'd0 ? PmData : 8'd0, 8'd0, 1'b0, 2'b01, data_select_q, pme_en_q, 6'd0,
                             power_q};
        default: cfg_rdata_o = 32'd0;
      endcase
    end
  end

  assign command_o       = {command_q[15:3], command_q[CmdMaster] && awake_q, command_q[1:0]};
  assign bar0_o          = {bar0_q, 17'd0};
  assign bar2_o          = {bar2_q, 6'd1};
  assign latency_timer_o = latency_q;
  assign cache_line_o    = cache_line_q;
  assign power_d3_o      = power_q != 2'b00;
  assign asleep_o        = !awake_q;
  assign wake_o          = wr_power && cfg_i.wdata[1:0] == 2'b00 && power_d3_o;
  assign clk_req_o       = error_i.any;
endmodule

// SPDX-License-Identifier: Apache-2.0
// The Microwire EEPROM on its pins and who has them: software bit by bit (EECD), a word for software (EERD), or the
// auto-load (FS 4.1, 4.2, E-5 to E-8).
//
// The block clocks a 93C46 by itself: SK is 120 clocks of 125 MHz, about 1 MHz.  A read is one word, the auto-load all 64
// in one sequence, 1 ms.  What the last load read is in registers from the start of the next one; words that have
// changed since are loaded when it ends.
module e1000_eeprom (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [63:0] now_i,
  input  logic [47:0] mac_addr_i,    // words 0 to 2 as power-on loaded them, byte 0 in bits 7:0
  input  logic        apme_i,        // word 0x24 bit 10, likewise
  // the part
  output logic        cs_o,
  output logic        sk_o,
  output logic        di_o,
  output logic        moved_o,       // one cycle: one of the three is not what it was
  input  logic        do_i,
  input  logic        do_seen_i,     // do_i as it was when software's access came
  // register bus
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o,   // with reg_i.rd; 0 for registers of other blocks
  // what is loaded from it
  output logic [47:0] mac_o,
  output logic        apme_o,
  output logic        mac_load_o,    // one cycle: mac_o is another one
  output logic        apme_load_o,   // one cycle: apme_o is another one, and CTRL.RST was what asked (X-10)
  output logic [63:0] next_deadline_o,
  output logic        clk_req_o      // about to begin, or something to show; the rest asks by next_deadline_o
);
  localparam logic [63:0] HalfPeriod  = 64'd60;
  localparam logic [3:0]  CommandBits = 4'd9;      // 1, 10, six of the address
  localparam logic [5:0]  WordControl3 = 6'h24;
  localparam int unsigned Control3Apme = 10;

  typedef enum logic [1:0] {StIdle, StSelect, StShift, StEnd} state_e;
  state_e      state_q;
  logic [63:0] when_q;           // next half period
  logic        sk_q;
  logic [8:0]  command_q;        // its highest bit is DI
  logic [3:0]  command_left_q;   // bits of it
  logic [3:0]  bit_q;            // of the word that comes
  logic [5:0]  word_q;
  logic [14:0] in_q;

  logic [31:0] eecd_q;
  logic [7:0]  addr_q;
  logic        start_q, done_q;  // EERD: wanted, done
  logic [15:0] data_q;
  logic        load_q, by_reset_q, mac_changed_q, mac_load_q, apme_load_q, apme_q;
  logic [47:0] mac_q;

  logic requested, busy, begins, write_eerd, ee_rst;
  assign requested  = eecd_q[e1000_regs_pkg::EECD_REQ];
  assign busy       = load_q || state_q != StIdle;
  assign begins     = state_q == StIdle && (load_q || (start_q && !requested));   // E-5
  assign write_eerd = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_EERD;
  assign ee_rst     = reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_CTRL_EXT &&
                      reg_i.wdata[e1000_regs_pkg::CTRL_EXT_EE_RST];

  // ---- the part's sequence ---------------------------------------------------------------------------------
  always_ff @(posedge clk_i) begin
    mac_load_q  <= 1'b0;
    apme_load_q <= 1'b0;
    if (!rst_ni || soft_rst_i) begin
      state_q <= StIdle;
      start_q <= 1'b0;
      done_q  <= 1'b0;
      addr_q  <= 8'd0;
      data_q  <= 16'd0;
      load_q  <= rst_ni;    // E-8: the load of power-on lies before the run
      by_reset_q <= rst_ni;
      sk_q    <= 1'b0;
    end else begin
      if (begins) begin
        mac_changed_q  <= 1'b0;
        command_q      <= {3'b110, load_q ? 6'd0 : addr_q[5:0]};
        command_left_q <= CommandBits;
        bit_q          <= 4'd0;
        word_q         <= 6'd0;
        when_q         <= now_i + HalfPeriod;
        if (load_q || addr_q[7:6] == 2'd0) begin
          state_q <= StSelect;
        end else begin
          start_q <= 1'b0;   // FS 4.2: no such word
          done_q  <= 1'b1;
        end
      end else if (state_q != StIdle && now_i >= when_q) begin
        when_q <= now_i + HalfPeriod;
        unique case (state_q)
          StSelect: if (do_i) state_q <= StShift;   // E-6: a part that writes shows 0
          StShift: begin
            sk_q <= !sk_q;
            if (sk_q) begin
              if (command_left_q != 4'd0) begin
                command_q      <= {command_q[7:0], 1'b0};
                command_left_q <= command_left_q - 4'd1;
              end else begin
                in_q  <= {in_q[13:0], do_i};
                bit_q <= bit_q + 4'd1;
                if (bit_q == 4'd15) begin
                  word_q <= word_q + 6'd1;
                  if (!load_q) begin
                    start_q <= 1'b0;
                    done_q  <= 1'b1;
                    data_q  <= {in_q, do_i};
                    state_q <= StEnd;
                  end else begin
                    unique case (word_q)
                      6'd0: mac_q[15:0]  <= {in_q, do_i};
                      6'd1: mac_q[31:16] <= {in_q, do_i};
                      6'd2: mac_q[47:32] <= {in_q, do_i};
                      WordControl3: begin
                        apme_q      <= in_q[Control3Apme-1];
                        apme_load_q <= by_reset_q && apme_q != in_q[Control3Apme-1];
                      end
                      default: ;
                    endcase
                    if ((word_q == 6'd0 && mac_q[15:0] != {in_q, do_i}) ||
                        (word_q == 6'd1 && mac_q[31:16] != {in_q, do_i}) ||
                        (word_q == 6'd2 && mac_q[47:32] != {in_q, do_i})) mac_changed_q <= 1'b1;
                    if (word_q == 6'd63) begin
                      state_q    <= StEnd;
                      load_q     <= 1'b0;
                      by_reset_q <= 1'b0;
                      mac_load_q <= mac_changed_q;
                    end
                  end
                end
              end
            end
          end
          StEnd: state_q <= StIdle;
          default: ;
        endcase
      end
      if (write_eerd) begin   // another address ends a read under way
        addr_q  <= reg_i.wdata[e1000_regs_pkg::EERD_ADDR_HI:e1000_regs_pkg::EERD_ADDR_LO];
        start_q <= reg_i.wdata[e1000_regs_pkg::EERD_START];
        done_q  <= 1'b0;
        data_q  <= 16'd0;
      end
      if (ee_rst) load_q <= 1'b1;
      if (ee_rst || (write_eerd && !load_q && (begins || state_q != StIdle))) begin
        state_q <= StEnd;
        sk_q    <= 1'b0;
        when_q  <= now_i + HalfPeriod;
      end
    end
    if (!rst_ni) begin
      mac_q  <= mac_addr_i;
      apme_q <= apme_i;
    end
  end

  // ---- EECD and the pins -----------------------------------------------------------------------------------
  logic [2:0] pins, pins_q;   // CS, SK, DI
  always_ff @(posedge clk_i) begin
    pins_q <= pins;
    if (!rst_ni || soft_rst_i) eecd_q <= e1000_regs_pkg::RESET_EECD & e1000_regs_pkg::MASK_EECD;
    else if (reg_i.wr && reg_i.addr == e1000_regs_pkg::REG_EECD) eecd_q <= reg_i.wdata & e1000_regs_pkg::MASK_EECD;
  end
  always_comb begin
    pins = 3'd0;
    if (busy) begin
      if (state_q == StSelect || state_q == StShift) pins = {1'b1, sk_q, command_q[8]};
    end else if (requested) begin   // E-7: nothing of EECD reaches the part without the grant
      pins = {eecd_q[e1000_regs_pkg::EECD_CS], eecd_q[e1000_regs_pkg::EECD_SK], eecd_q[e1000_regs_pkg::EECD_DI]};
    end
  end
  assign {cs_o, sk_o, di_o} = pins;
  assign moved_o            = pins != pins_q;

  logic [31:0] eecd, eerd;
  always_comb begin
    eecd = eecd_q;
    eecd[e1000_regs_pkg::EECD_DO]   = do_seen_i || busy || !pins[2];   // idles at 1
    eecd[e1000_regs_pkg::EECD_GNT]  = requested && !busy;
    eecd[e1000_regs_pkg::EECD_PRES] = 1'b1;                    // 64 words
    eerd = 32'd0;
    eerd[e1000_regs_pkg::EERD_DONE] = done_q;
    eerd[e1000_regs_pkg::EERD_ADDR_HI:e1000_regs_pkg::EERD_ADDR_LO] = addr_q;
    eerd[e1000_regs_pkg::EERD_DATA_HI:e1000_regs_pkg::EERD_DATA_LO] = data_q;
  end
  always_comb begin
    reg_rdata_o = 32'd0;
    if (reg_i.rd) begin
      unique case (reg_i.addr)
        e1000_regs_pkg::REG_EECD: reg_rdata_o = eecd;
        e1000_regs_pkg::REG_EERD: reg_rdata_o = eerd;
        default:                  reg_rdata_o = 32'd0;
      endcase
    end
  end

  assign mac_o           = mac_q;
  assign apme_o          = apme_q;
  assign mac_load_o      = mac_load_q;
  assign apme_load_o     = apme_load_q;
  assign next_deadline_o = state_q == StIdle ? {64{1'b1}} : when_q;
  assign clk_req_o       = begins || moved_o || mac_load_q || apme_load_q;
endmodule

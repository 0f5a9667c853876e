// SPDX-License-Identifier: Apache-2.0
// EEPROM as software reads it: EECD and EERD (FS 4.1, 4.2), and the words that the chip itself is loaded from (FS 4.3).
//
// A word is there at once.  No Microwire part stands behind EECD's pins: DO idles at 1.
module e1000_eeprom #(
  parameter logic        Apme            = 1'b0,
  parameter logic [15:0] SubsystemId     = 16'h100E,
  parameter logic [15:0] SubsystemVendor = 16'h8086
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic [47:0] mac_addr_i,    // byte 0 in bits 7:0
  input  e1000_pkg::reg_req_t reg_i,
  output logic [31:0] reg_rdata_o    // with reg_i.rd; 0 for registers of other blocks
);
  localparam logic [15:0] DeviceId  = 16'h100E;
  localparam logic [15:0] VendorId  = 16'h8086;
  localparam logic [15:0] Control3  = {5'd0, Apme, 10'd0};
  localparam logic [15:0] WholeSum  = 16'hBABA;                  // E-3
  localparam logic [15:0] FixedSum  = SubsystemId + SubsystemVendor + DeviceId + VendorId + Control3;

  // E-4; words that nothing here is loaded from are 0, and there is none beyond 0x3F.
  function automatic logic [15:0] word_at(input logic [7:0] at, input logic [47:0] mac);
    unique case (at)
      8'h00:   word_at = mac[15:0];
      8'h01:   word_at = mac[31:16];
      8'h02:   word_at = mac[47:32];
      8'h0B:   word_at = SubsystemId;
      8'h0C:   word_at = SubsystemVendor;
      8'h0D:   word_at = DeviceId;
      8'h0E:   word_at = VendorId;
      8'h24:   word_at = Control3;
      8'h3F:   word_at = WholeSum - FixedSum - mac[15:0] - mac[31:16] - mac[47:32];
      default: word_at = 16'd0;
    endcase
  endfunction

  logic [31:0] eecd_q;
  logic [7:0]  addr_q;
  logic        held_q, done_q;   // E-5: a read waits while software owns the EEPROM
  logic [15:0] data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || soft_rst_i) begin
      eecd_q <= e1000_regs_pkg::RESET_EECD & e1000_regs_pkg::MASK_EECD;
      addr_q <= 8'd0;
      held_q <= 1'b0;
      done_q <= 1'b0;
      data_q <= 16'd0;
    end else if (reg_i.wr) begin
      unique case (reg_i.addr)
        e1000_regs_pkg::REG_EECD: begin
          eecd_q <= reg_i.wdata & e1000_regs_pkg::MASK_EECD;
          if (!reg_i.wdata[e1000_regs_pkg::EECD_REQ] && held_q) begin
            held_q <= 1'b0;
            done_q <= 1'b1;
            data_q <= word_at(addr_q, mac_addr_i);
          end
        end
        e1000_regs_pkg::REG_EERD: begin
          addr_q <= reg_i.wdata[e1000_regs_pkg::EERD_ADDR_HI:e1000_regs_pkg::EERD_ADDR_LO];
          held_q <= reg_i.wdata[e1000_regs_pkg::EERD_START] && eecd_q[e1000_regs_pkg::EECD_REQ];
          done_q <= reg_i.wdata[e1000_regs_pkg::EERD_START] && !eecd_q[e1000_regs_pkg::EECD_REQ];
          data_q <= 16'd0;
          if (reg_i.wdata[e1000_regs_pkg::EERD_START] && !eecd_q[e1000_regs_pkg::EECD_REQ])
            data_q <= word_at(reg_i.wdata[e1000_regs_pkg::EERD_ADDR_HI:e1000_regs_pkg::EERD_ADDR_LO], mac_addr_i);
        end
        default: ;
      endcase
    end
  end

  logic [31:0] eecd, eerd;
  always_comb begin
    eecd = eecd_q;    // FS 4.1: grant follows request, a 64-word part is present
    eecd[e1000_regs_pkg::EECD_DO]   = 1'b1;
    eecd[e1000_regs_pkg::EECD_GNT]  = eecd_q[e1000_regs_pkg::EECD_REQ];
    eecd[e1000_regs_pkg::EECD_PRES] = 1'b1;
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

endmodule

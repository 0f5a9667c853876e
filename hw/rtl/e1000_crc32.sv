// SPDX-License-Identifier: Apache-2.0
// One byte's step of the IEEE 802.3 CRC-32, reflected, as the MAC shifts it: combinational, from a table.
module e1000_crc32 (
  input  logic [31:0] crc_i,
  input  logic [7:0]  data_i,
  output logic [31:0] crc_o
);

  logic [31:0] rom [256];
  initial begin
    for (int i = 0; i < 256; i++) begin
      logic [31:0] c;
      c = i;
      for (int k = 0; k < 8; k++) c = c[0] ? {1'b0, c[31:1]} ^ 32'hEDB88320 : {1'b0, c[31:1]};
      rom[i] = c;
    end
  end

  assign crc_o = {8'h00, crc_i[31:8]} ^ rom[crc_i[7:0] ^ data_i];

endmodule

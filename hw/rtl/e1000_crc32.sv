// One byte's step of the IEEE 802.3 CRC-32, reflected, as the MAC shifts it: combinational.
module e1000_crc32 (
  input  logic [31:0] crc_i,
  input  logic [7:0]  data_i,
  output logic [31:0] crc_o
);

  logic [7:0] x;

  // Each constant is the step's answer to one bit of the index; the step is linear, so they add up.
  always_comb begin
    x = crc_i[7:0] ^ data_i;
    crc_o = {8'h00, crc_i[31:8]}
      ^ ({32{x[0]}} & 32'h77073096) ^ ({32{x[1]}} & 32'hEE0E612C)
      ^ ({32{x[2]}} & 32'h076DC419) ^ ({32{x[3]}} & 32'h0EDB8832)
      ^ ({32{x[4]}} & 32'h1DB71064) ^ ({32{x[5]}} & 32'h3B6E20C8)
      ^ ({32{x[6]}} & 32'h76DC4190) ^ ({32{x[7]}} & 32'hEDB88320);
  end

endmodule

// SPDX-License-Identifier: Apache-2.0
// The header of a TSO packet: kept as it came, read with what changes from segment to segment (T-30 to T-32).
module e1000_tx_header (
  input  logic        clk_i,
  input  logic        put_i,        // a byte of the header comes
  input  logic [7:0]  put_at_i,
  input  logic [7:0]  put_byte_i,
  input  logic        next_i,       // a segment has ended
  input  logic [15:0] mss_i,
  input  logic        ip_i,         // IPv4; with TCP alone IPv6
  input  logic        tcp_i,        // TCP; with IP alone UDP
  input  logic [7:0]  ipcss_i,
  input  logic [7:0]  tucss_i,
  input  logic [15:0] bytes_i,      // of the segment, with header
  input  logic        last_i,       // it is the last one
  input  logic        show_i,
  input  logic [7:0]  at_i,
  output logic [7:0]  byte_o        // with show_i: the header's byte at at_i
);
  // Identification and sequence number count on from what the header holds.
  logic [7:0]  mem [256];
  logic [15:0] id_q;
  logic [31:0] seq_q;
  logic [7:0]  id_at, seq_at;
  assign id_at  = put_at_i - ipcss_i;
  assign seq_at = put_at_i - tucss_i;
  always_ff @(posedge clk_i) begin
    if (put_i) begin
      mem[put_at_i] <= put_byte_i;
      if (id_at == 8'd4) id_q[15:8] <= put_byte_i;
      if (id_at == 8'd5) id_q[7:0] <= put_byte_i;
      if (seq_at == 8'd4) seq_q[31:24] <= put_byte_i;
      if (seq_at == 8'd5) seq_q[23:16] <= put_byte_i;
      if (seq_at == 8'd6) seq_q[15:8] <= put_byte_i;
      if (seq_at == 8'd7) seq_q[7:0] <= put_byte_i;
    end else if (next_i) begin
      id_q  <= id_q + 16'd1;
      seq_q <= seq_q + {16'd0, mss_i};
    end
  end

  logic [15:0] ip_length, l4_length;
  assign ip_length = bytes_i - {8'd0, ipcss_i} - (ip_i ? 16'd0 : 16'd40);
  assign l4_length = bytes_i - {8'd0, tucss_i};
  always_comb begin
    byte_o = 8'd0;
    if (show_i) begin
      byte_o = mem[at_i];
      if (ip_i) begin
        if (at_i == ipcss_i + 8'd2) byte_o = ip_length[15:8];
        if (at_i == ipcss_i + 8'd3) byte_o = ip_length[7:0];
        if (at_i == ipcss_i + 8'd4) byte_o = id_q[15:8];
        if (at_i == ipcss_i + 8'd5) byte_o = id_q[7:0];
      end else if (tcp_i) begin
        if (at_i == ipcss_i + 8'd4) byte_o = ip_length[15:8];
        if (at_i == ipcss_i + 8'd5) byte_o = ip_length[7:0];
      end
      if (tcp_i) begin
        if (at_i == tucss_i + 8'd4) byte_o = seq_q[31:24];
        if (at_i == tucss_i + 8'd5) byte_o = seq_q[23:16];
        if (at_i == tucss_i + 8'd6) byte_o = seq_q[15:8];
        if (at_i == tucss_i + 8'd7) byte_o = seq_q[7:0];
        if (at_i == tucss_i + 8'd13 && !last_i) byte_o = byte_o & 8'hF6;   // FIN, PSH
      end else if (ip_i) begin
        if (at_i == tucss_i + 8'd4) byte_o = l4_length[15:8];
        if (at_i == tucss_i + 8'd5) byte_o = l4_length[7:0];
      end
    end
  end
endmodule

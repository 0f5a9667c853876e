// SPDX-License-Identifier: Apache-2.0
// Packet checksum (FS 5.3): complement of the one's-complement sum over the stored frame from byte RXCSUM.PCSS on.
//
// It sums what is stored, so without the FCS if SECRC and without a stripped tag.  It works on dwords, one behind the
// packer: when a dword is whole, the one before it is added, so that neither a tag nor the FCS has been added when it
// goes.  The rest is added at the frame's end.  An odd PCSS swaps the bytes of the sum.
module e1000_rx_packet_sum (
  input  logic        clk_i,          // the sum, while bytes arrive
  input  logic        clk_rx_fifo_i,  // the answer
  input  logic        sfd_i,
  input  logic        byte_en_i,
  input  logic        strip_i,        // with byte_en_i: this dword is a tag and is taken out
  input  logic [1:0]  lane_i,         // stored bytes so far, modulo 4
  input  logic [63:0] last_i,         // the last stored bytes, the newest in 63:56
  input  logic        secrc_i,
  input  logic [7:0]  pcss_i,
  input  logic        end_i,          // the frame has ended
  output logic [15:0] csum_o          // from the cycle after end_i; high byte = even byte of the sum (R-83)
);

  function automatic logic [15:0] add_word(input logic [15:0] sum, input logic [15:0] word);
    logic [16:0] total;
    total = {1'b0, sum} + {1'b0, word};
    add_word = total[15:0] + {15'd0, total[16]};
  endfunction

  logic [15:0] sum_q;
  logic [6:0]  dwords_q;   // whole dwords so far, at most 65: from byte 256 on PCSS leaves nothing out

  // Adds the bytes of a dword (byte 0 in 7:0) that `first` and `count` leave.
  function automatic logic [15:0] add_dword(input logic [15:0] sum, input logic [31:0] data, input logic [2:0] first,
                                            input logic [2:0] count);
    logic [3:0] keep;
    keep = (4'hF << first) & ~(4'hF << count);
    add_dword = add_word(add_word(sum, {keep[0] ? data[7:0] : 8'd0, keep[1] ? data[15:8] : 8'd0}),
                         {keep[2] ? data[23:16] : 8'd0, keep[3] ? data[31:24] : 8'd0});
  endfunction

  // Bytes of dword `number` that PCSS leaves out.
  function automatic logic [2:0] skipped(input logic [6:0] number, input logic [7:0] pcss);
    logic [8:0] start;
    start = {number, 2'd0};
    if ({1'b0, pcss} <= start) skipped = 3'd0;
    else if ({1'b0, pcss} - start >= 9'd4) skipped = 3'd4;
    else skipped = {1'b0, pcss[1:0]};
  endfunction

  always_ff @(posedge clk_i) begin
    if (sfd_i) begin
      sum_q    <= 16'd0;
      dwords_q <= 7'd0;
    end else if (byte_en_i && lane_i == 2'd3) begin
      if (strip_i) begin
      end else if (dwords_q == 7'd65) begin
        sum_q <= add_word(add_word(sum_q, {last_i[15:8], last_i[23:16]}), {last_i[31:24], last_i[39:32]});
      end else begin
        if (dwords_q != 7'd0) sum_q <= add_dword(sum_q, last_i[39:8], skipped(dwords_q - 7'd1, pcss_i), 3'd4);
      end
      if (!strip_i && dwords_q != 7'd65) dwords_q <= dwords_q + 7'd1;
    end
  end

  // At the end: `part` bytes behind the last whole dword.
  logic [15:0] csum_q;
  always_ff @(posedge clk_rx_fifo_i) begin : finish
    logic [15:0] sum;
    logic [1:0]  part;
    logic [63:0] tail;       // the last whole dword in 31:0, the part of one behind it
    if (end_i) begin
      sum  = sum_q;
      part = lane_i[1:0];
      tail = last_i >> {3'd4 - {1'b0, part}, 3'd0};
      if (dwords_q != 7'd0) begin
        sum = add_dword(sum, tail[31:0], skipped(dwords_q - 7'd1, pcss_i), secrc_i ? {1'b0, part} : 3'd4);
      end
      if (!secrc_i) begin
        sum = add_dword(sum, tail[63:32], skipped(dwords_q, pcss_i), {1'b0, part});
      end
      csum_q <= ~(pcss_i[0] ? {sum[7:0], sum[15:8]} : sum);
    end
  end
  assign csum_o = csum_q;

endmodule

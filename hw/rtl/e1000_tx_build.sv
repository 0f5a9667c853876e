// SPDX-License-Identifier: Apache-2.0
// Transmit builder: makes frames of descriptors and the bytes the read engine has brought, and puts them into the FIFO.
//
// Bytes go through a queue of eight, which closes the gaps between buffers, and leave it by dwords of the frame, which are
// summed on their way.  What is inserted into a frame is only decided here: the tag and the sums stand in its status words,
// and the MAC puts them in (e1000_tx_mac).  Of a TSO packet the header is kept, and its edited copy opens each segment
// (T-30 to T-35).  A descriptor is complete when its last byte has been taken; an EOP one when its frame is in the FIFO.
module e1000_tx_build (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        hold_i,            // a reset or halt comes: what the bus gives now means nothing
  input  logic        flush_i,           // the ring was rewritten: the packet under way is forgotten
  // from the read engine
  input  logic        work_valid_i,
  input  logic [63:0] work_lo_i,
  input  logic [63:0] work_hi_i,
  input  logic [15:0] work_tag_i,
  input  logic        work_vme_i,
  input  logic [15:0] work_vet_i,
  input  logic        data_valid_i,
  input  logic [31:0] data_i,
  output logic        data_pop_o,
  // descriptors, in ring order
  output logic        complete_o,        // the oldest one is complete
  output logic        complete_rs_o,     // ... and has RS
  output logic        complete_ide_o,    // ... and its interrupt may be delayed
  // FIFO
  input  logic        fifo_ready_i,      // for a word
  input  logic        fifo_end_ready_i,  // for an end
  input  logic        fifo_lost_i,
  input  logic [13:0] fifo_limit_i,      // words a frame can have at most
  output logic        word_en_o,
  output logic [63:0] word_o,
  output logic        tag_word_o,        // the frame that ends needs a word more for its tag
  output logic        finish_o,
  output e1000_tx_pkg::tx_frame_t frame_o,
  output e1000_tx_pkg::tx_patch_t patch_o,
  output logic        forget_o,
  // statistics, events
  output logic        tso_done_o,        // TSCTC
  output logic        tso_failed_o,      // TSCTFC
  output logic        evt_commit_o,      // in the clock before a frame went into the FIFO
  output logic        evt_segment_o,     // ... one of a TSO packet
  output logic [15:0] evt_tag_o,
  output logic [14:0] evt_length_o,      // ... its bytes with tag, without padding and FCS
  output logic        clk_req_o
);
  typedef enum logic [2:0] {StNext, StStart, StData, StHeader, StFlush, StEnd} state_e;
  state_e      state_q;

  // ---- the oldest descriptor -----------------------------------------------------------------------
  logic        ext, is_context, is_data, eop;
  logic [19:0] length;
  assign ext        = work_hi_i[e1000_tx_pkg::CmdDext];
  assign is_context = ext && work_hi_i[23:20] == e1000_tx_pkg::DtypContext;
  assign is_data    = !ext || work_hi_i[23:20] == e1000_tx_pkg::DtypData;
  assign eop        = is_data && work_hi_i[e1000_tx_pkg::CmdEop];
  assign length     = !is_data || work_lo_i == 64'd0 ? 20'd0 : ext ? work_hi_i[19:0] : {4'd0, work_hi_i[15:0]};
  logic [19:0] rem_q;        // its bytes not yet taken
  logic [1:0]  lane_q;       // the next one's place in the dword at hand

  // ---- contexts (T-15) and the packet's settings ------------------------------------------------------
  logic [63:0] sum_ctx_q, tso_ctx_q;   // bytes 0..7 of the last context of each kind
  logic [63:0] tso_hi_q;               // bytes 8..15
  logic        started_q;    // a packet is under way
  logic        tso_q, bad_q; // it is cut up; its context cannot be used (T-34)
  logic        ip_q, tcp_q;  // TUCMD of its context
  logic        ixsm_q, txsm_q;
  logic        plain0_q, plain1_q;     // the slot's sum is for a legacy IC
  logic        use0_q, use1_q;         // the slot's sum is needed
  logic [15:0] from0_q, upto0_q, from1_q, upto1_q;   // first and last byte; last 0: to the end
  logic [7:0]  at0_q, at1_q;
  logic [7:0]  ipcss_q, tucss_q, header_q;
  logic [15:0] mss_q, tci_q, vet_q;
  logic        vlan_q, ifcs_q;         // of a TSO packet
  // ---- TSO progress
  logic [7:0]  header_rem_q;           // header bytes still to come
  logic [7:0]  index_q;                // of the header byte put out next
  logic [19:0] payload_q;              // payload bytes of this and later segments
  logic [15:0] segment_q;              // payload bytes of this segment
  logic [15:0] segment_rem_q;          // ... not yet taken
  logic        last_q;                 // it completes PAYLEN

  // ---- queue of bytes, and dwords out of it ----------------------------------------------------------
  logic [63:0] bytes_q;
  logic [3:0]  count_q;
  logic [14:0] length_q;     // of the frame so far
  logic [12:0] dword_q;      // index of the dword that leaves next
  logic        half_q;       // low_q waits for the other half of its word
  logic [31:0] low_q;
  logic        over_q;       // longer than a packet may be (T-17)

  logic        sink_ready, out, closing, ending;
  logic [2:0]  out_bytes;
  logic [3:0]  left;
  assign sink_ready = !half_q || fifo_ready_i;
  always_comb begin
    out       = 1'b0;
    out_bytes = 3'd0;
    if (count_q >= 4'd4) begin
      out       = sink_ready;
      out_bytes = out ? 3'd4 : 3'd0;
    end else if (state_q == StFlush && count_q != 4'd0) begin
      out       = sink_ready;
      out_bytes = out ? count_q[2:0] : 3'd0;
    end
  end
  assign left    = count_q - {1'b0, out_bytes};
  // The last half of a word, then the end.
  assign closing = state_q == StFlush && count_q == 4'd0;
  assign ending    = closing && !half_q && fifo_end_ready_i && !flush_i;
  assign word_en_o = fifo_ready_i && half_q && (out || closing);
  assign word_o    = {closing ? 32'd0 : bytes_q[31:0], low_q};

  // ---- taking bytes ------------------------------------------------------------------------------------
  logic        in_header, swallow, take, begin_segment;
  logic [2:0]  have, n;
  logic        put_header;
  assign in_header     = tso_q && !bad_q && header_rem_q != 8'd0;
  assign swallow       = tso_q ? bad_q || (header_rem_q == 8'd0 && payload_q == 20'd0) : over_q;
  assign begin_segment = tso_q && !bad_q && header_rem_q == 8'd0 && payload_q != 20'd0 && length_q == 15'd0;
  always_comb begin
    have = 3'd0;
    n    = 3'd0;
    take = 1'b0;
    if (state_q == StData && data_valid_i && !hold_i && !begin_segment) begin
      have = 3'd4 - {1'b0, lane_q};
      if (rem_q < {17'd0, have}) have = rem_q[2:0];
      n = have;
      if (in_header) n = 3'd1;
      else if (tso_q && !swallow && segment_rem_q < {13'd0, have}) n = segment_rem_q[2:0];
      take = in_header || swallow || left <= 4'd4;
    end
  end
  assign data_pop_o = take && ({1'b0, lane_q} + n == 3'd4 || {17'd0, n} == rem_q);
  assign put_header = state_q == StHeader && left <= 4'd4;

  logic        append;
  logic [2:0]  append_bytes;
  logic [31:0] append_data;
  logic [7:0]  header_byte;
  always_comb begin
    append       = 1'b0;
    append_bytes = 3'd0;
    append_data  = 32'd0;
    if (put_header) begin
      append       = 1'b1;
      append_bytes = 3'd1;
      append_data  = {24'd0, header_byte};
    end else if (take && !in_header && !swallow) begin
      append       = 1'b1;
      append_bytes = n;
      append_data  = (data_i >> {lane_q, 3'b000}) & ~(32'hFFFFFFFF << {n, 3'b000});
      if (n == 3'd4) append_data = data_i;
    end
  end

  // ---- the header as it goes out (T-31, T-32), and sums of the dwords that leave --------------------------
  logic [15:0] segment_bytes;     // with header
  logic [15:0] l4_length, value0, value1;
  assign segment_bytes = {8'd0, header_q} + segment_q;
  assign l4_length     = segment_bytes - {8'd0, tucss_q};
  e1000_tx_header u_header (
    .clk_i,
    .put_i      (take && in_header),
    .put_at_i   (header_q - header_rem_q),
    .put_byte_i (data_i[{lane_q, 3'b000} +: 8]),
    .next_i     (ending && tso_q),
    .mss_i      (mss_q),
    .ip_i       (ip_q),
    .tcp_i      (tcp_q),
    .ipcss_i    (ipcss_q),
    .tucss_i    (tucss_q),
    .bytes_i    (segment_bytes),
    .last_i     (last_q),
    .show_i     (state_q == StHeader),
    .at_i       (index_q),
    .byte_o     (header_byte)
  );

  logic clear, seed;
  assign clear = ending || state_q == StStart;
  // T-33: the L4 length joins the pseudo-header's sum.
  assign seed  = put_header && index_q == 8'd0 && txsm_q && (ip_q || tcp_q);
  e1000_tx_sum u_sum0 (
    .clk_i,
    .clear_i (clear),
    .seed_i  (1'b0),
    .start_i (16'd0),
    .add_i   (out && use0_q),
    .dword_i (bytes_q[31:0]),
    .at_i    (dword_q),
    .from_i  (from0_q),
    .upto_i  (upto0_q),
    .show_i  (ending),
    .value_o (value0)
  );
  e1000_tx_sum u_sum1 (
    .clk_i,
    .clear_i (clear),
    .seed_i  (seed),
    .start_i (l4_length),
    .add_i   (out && use1_q),
    .dword_i (bytes_q[31:0]),
    .at_i    (dword_q),
    .from_i  (from1_q),
    .upto_i  (upto1_q),
    .show_i  (ending),
    .value_o (value1)
  );
  // Whether a sum over from..upto goes into a frame of so many bytes at `at` (T-14, T-16).
  function automatic logic fits(input logic [15:0] bytes, input logic [15:0] first, input logic [15:0] last,
                                input logic [7:0] at);
    fits = first < bytes && (last == 16'd0 || first <= last) && {8'd0, at} + 16'd1 < bytes;
  endfunction

  // ---- the end of a frame --------------------------------------------------------------------------------
  logic        drop, legacy_ic, vlan;
  logic [15:0] bytes;
  logic [7:0]  at0, at1;
  assign bytes     = {1'b0, length_q};
  assign legacy_ic = !tso_q && !ext && work_hi_i[e1000_tx_pkg::CmdIc];
  assign vlan      = (tso_q ? vlan_q : work_hi_i[e1000_tx_pkg::CmdVle] && work_vme_i) && length_q >= 15'd12;
  assign tag_word_o = closing && vlan && (length_q[2:0] == 3'd0 || length_q[2:0] > 3'd4);
  always_comb begin
    frame_o  = '0;
    patch_o  = '0;
    drop     = 1'b0;
    at0      = 8'd0;
    at1      = 8'd0;
    if (ending) begin
      at0    = plain0_q ? work_hi_i[23:16] : at0_q;
      at1    = plain1_q ? work_hi_i[23:16] : at1_q;
      frame_o.length = length_q[13:0];
      frame_o.tag    = work_tag_i;
      frame_o.tci    = tso_q ? tci_q : work_hi_i[63:48];
      frame_o.vet    = tso_q ? vet_q : work_vet_i;
      frame_o.vlan   = vlan;
      frame_o.ifcs   = (tso_q ? ifcs_q : work_hi_i[e1000_tx_pkg::CmdIfcs]) || frame_o.vlan;
      patch_o.on0    = (plain0_q ? legacy_ic : ixsm_q) && fits(bytes, from0_q, upto0_q, at0);
      patch_o.on1    = (plain1_q ? legacy_ic : txsm_q) && fits(bytes, from1_q, upto1_q, at1);
      patch_o.at0    = {7'd0, at0};
      patch_o.at1    = {7'd0, at1};
      patch_o.value0 = value0;
      patch_o.value1 = value1 == 16'd0 && !plain1_q ? 16'hFFFF : value1;   // T-16
      drop = over_q || fifo_lost_i ||
             (frame_o.vlan && {1'b0, bytes[15:3]} + {13'd0, bytes[2:0] > 3'd4} + 14'd3 > fifo_limit_i);
    end
  end
  assign finish_o = ending && !drop;

  // ---- descriptors -----------------------------------------------------------------------------------------
  logic partial;   // EOP before the segment is whole: what there is of it goes (T-34)
  assign partial        = state_q == StEnd && eop && tso_q && length_q != 15'd0;
  assign complete_o     = state_q == StEnd && !hold_i && !flush_i && !(eop && length_q != 15'd0 && !tso_q);
  assign complete_rs_o  = work_hi_i[e1000_tx_pkg::CmdRs];
  assign complete_ide_o = work_hi_i[e1000_tx_pkg::CmdIde];
  assign forget_o       = (ending && drop) || (partial && complete_o) || flush_i;
  assign tso_done_o     = finish_o && tso_q && last_q;
  assign tso_failed_o   = complete_o && eop && tso_q && (bad_q || payload_q != 20'd0);

  // What an unusable context looks like (T-34), with the packet's first descriptor at hand.
  logic        unusable;
  logic [7:0]  c_ipcss, c_tucss, c_header;
  logic [15:0] c_mss, c_bytes;
  logic        c_ip, c_tcp, c_vlan;
  assign c_ipcss  = tso_ctx_q[7:0];
  assign c_tucss  = tso_ctx_q[39:32];
  assign c_header = tso_hi_q[47:40];
  assign c_mss    = tso_hi_q[63:48];
  assign c_ip     = tso_hi_q[e1000_tx_pkg::CtxIp];
  assign c_tcp    = tso_hi_q[e1000_tx_pkg::CtxTcp];
  assign c_vlan   = work_hi_i[e1000_tx_pkg::CmdVle] && work_vme_i;
  assign c_bytes  = {8'd0, c_header} + c_mss;
  always_comb begin
    unusable = 1'b0;
    if (state_q == StStart) begin
      unusable = c_mss == 16'd0 || tso_hi_q[19:0] == 20'd0 || c_header == 8'd0 || c_header > e1000_tx_pkg::MaxHeader ||
                 c_mss > e1000_tx_pkg::MaxPacket || c_bytes > e1000_tx_pkg::MaxPacket ||
                 {1'b0, c_bytes[15:3]} + {13'd0, {1'b0, c_bytes[2:0]} + {1'b0, c_vlan, 2'd0} > 4'd8} +
                   {13'd0, c_bytes[2:0] != 3'd0 || c_vlan} + 14'd2 > fifo_limit_i ||
                 ((c_ip || c_tcp) && {1'b0, c_ipcss} + 9'd6 > {1'b0, c_header}) ||
                 (c_tcp && {1'b0, c_tucss} + 9'd14 > {1'b0, c_header}) ||
                 (!c_tcp && c_ip && {1'b0, c_tucss} + 9'd6 > {1'b0, c_header});
    end
  end

  always_ff @(posedge clk_i) begin : update
    logic tso;
    tso = 1'b0;
    if (out) begin
      dword_q <= dword_q + 13'd1;
      if (half_q) half_q <= 1'b0;
      else begin
        half_q <= 1'b1;
        low_q  <= bytes_q[31:0];
      end
    end else if (word_en_o) begin
      half_q <= 1'b0;
    end
    if (out || append) begin
      bytes_q <= (bytes_q >> {out_bytes, 3'b000}) | ({32'd0, append_data} << {left, 3'b000});
      count_q <= left + {1'b0, append_bytes};
    end
    if (append) begin
      length_q <= length_q + {12'd0, append_bytes};
      if (length_q + {12'd0, append_bytes} > e1000_tx_pkg::MaxPacket[14:0]) over_q <= 1'b1;
    end
    if (take) begin
      rem_q  <= rem_q - {17'd0, n};
      lane_q <= data_pop_o ? 2'd0 : lane_q + n[1:0];
      if (in_header) header_rem_q <= header_rem_q - 8'd1;
      else if (tso_q && !swallow) segment_rem_q <= segment_rem_q - {13'd0, n};
    end

    unique case (state_q)
      StNext: if (work_valid_i && !hold_i) begin
        rem_q  <= length;
        lane_q <= work_lo_i[1:0];
        if (is_context) begin
          if (work_hi_i[e1000_tx_pkg::CmdTse]) begin
            tso_ctx_q <= work_lo_i;
            tso_hi_q  <= work_hi_i;
          end else begin
            sum_ctx_q <= work_lo_i;
          end
        end
        state_q <= is_data && !started_q ? StStart : length != 20'd0 ? StData : StEnd;
      end
      StStart: begin   // the first descriptor of a packet
        tso       = ext && work_hi_i[e1000_tx_pkg::CmdTse];
        started_q <= 1'b1;
        tso_q     <= tso;
        bad_q     <= tso && unusable;
        ixsm_q    <= ext && work_hi_i[e1000_tx_pkg::PoptIxsm];
        txsm_q    <= ext && work_hi_i[e1000_tx_pkg::PoptTxsm];
        // A legacy checksum takes the slot that no option has; which it is shows only with EOP (T-11).
        plain0_q  <= !(ext && work_hi_i[e1000_tx_pkg::PoptIxsm]);
        plain1_q  <= ext && work_hi_i[e1000_tx_pkg::PoptIxsm] && !work_hi_i[e1000_tx_pkg::PoptTxsm];
        use0_q    <= !tso && eop && (ext || !work_hi_i[e1000_tx_pkg::CmdIc]) ? ext && work_hi_i[e1000_tx_pkg::PoptIxsm] :
                     1'b1;
        use1_q    <= !tso && eop ? ext && work_hi_i[e1000_tx_pkg::PoptTxsm] : 1'b1;
        {upto0_q, at0_q} <= tso ? tso_ctx_q[31:8] : sum_ctx_q[31:8];
        {upto1_q, at1_q} <= tso ? tso_ctx_q[63:40] : sum_ctx_q[63:40];
        from0_q   <= {8'd0, tso ? tso_ctx_q[7:0] : sum_ctx_q[7:0]};
        from1_q   <= {8'd0, tso ? tso_ctx_q[39:32] : sum_ctx_q[39:32]};
        if (!(ext && work_hi_i[e1000_tx_pkg::PoptIxsm])) begin
          from0_q <= ext ? 16'd0 : {8'd0, work_hi_i[47:40]};
          upto0_q <= 16'd0;
        end else if (!work_hi_i[e1000_tx_pkg::PoptTxsm]) begin
          from1_q <= 16'd0;
          upto1_q <= 16'd0;
        end
        ipcss_q      <= c_ipcss;
        tucss_q      <= c_tucss;
        header_q     <= c_header;
        header_rem_q <= c_header;
        mss_q        <= c_mss;
        ip_q         <= c_ip;
        tcp_q        <= c_tcp;
        payload_q    <= tso ? tso_hi_q[19:0] : 20'd0;
        tci_q        <= work_hi_i[63:48];
        vet_q        <= work_vet_i;
        vlan_q       <= c_vlan;
        ifcs_q       <= work_hi_i[e1000_tx_pkg::CmdIfcs];
        state_q      <= rem_q != 20'd0 ? StData : StEnd;
      end
      StData: if (begin_segment) begin
        last_q        <= payload_q <= {4'd0, mss_q};
        segment_q     <= payload_q <= {4'd0, mss_q} ? payload_q[15:0] : mss_q;
        segment_rem_q <= payload_q <= {4'd0, mss_q} ? payload_q[15:0] : mss_q;
        index_q       <= 8'd0;
        state_q       <= StHeader;
      end else if (take) begin
        if (tso_q && !in_header && !swallow && segment_rem_q == {13'd0, n}) state_q <= StFlush;
        else if (rem_q == {17'd0, n}) state_q <= StEnd;
      end
      StHeader: if (put_header) begin
        index_q <= index_q + 8'd1;
        if (index_q + 8'd1 == header_q) state_q <= StData;
      end
      StFlush: if (ending) begin
        if (tso_q) payload_q <= payload_q - {4'd0, segment_q};
        length_q <= 15'd0;
        dword_q  <= 13'd0;
        over_q   <= 1'b0;
        state_q  <= rem_q != 20'd0 ? StData : StEnd;
      end
      default: begin   // StEnd
        if (complete_o) begin
          state_q <= StNext;
          if (eop) begin
            started_q <= 1'b0;
            bytes_q   <= 64'd0;
            count_q   <= 4'd0;
            length_q  <= 15'd0;
            dword_q   <= 13'd0;
            half_q    <= 1'b0;
            over_q    <= 1'b0;
          end
        end else if (!hold_i && !flush_i) begin
          state_q <= StFlush;
        end
      end
    endcase

    if (!rst_ni || soft_rst_i || flush_i) begin
      state_q   <= StNext;
      started_q <= 1'b0;
      bytes_q   <= 64'd0;
      count_q   <= 4'd0;
      length_q  <= 15'd0;
      dword_q   <= 13'd0;
      half_q    <= 1'b0;
      over_q    <= 1'b0;
    end
    if (!rst_ni || soft_rst_i) begin   // T-15
      sum_ctx_q <= 64'd0;
      tso_ctx_q <= 64'd0;
      tso_hi_q  <= 64'd0;
    end
  end

  logic        commit_q, segment_evt_q;
  logic [15:0] tag_q;
  logic [14:0] length_evt_q;
  always_ff @(posedge clk_i) begin
    commit_q <= finish_o && rst_ni && !soft_rst_i;   // a reset in these clocks takes the frame: nobody is told of it
    if (finish_o) begin
      segment_evt_q <= tso_q;
      tag_q         <= work_tag_i;
      length_evt_q  <= length_q + {12'd0, frame_o.vlan, 2'd0};
    end
  end
  assign evt_commit_o  = commit_q && !soft_rst_i;
  assign evt_segment_o = segment_evt_q;
  assign evt_tag_o     = tag_q;
  assign evt_length_o  = length_evt_q;

  // Waiting for a descriptor, for bytes or for room changes nothing.
  assign clk_req_o = (state_q == StNext && work_valid_i && !hold_i) || state_q == StStart ||
                     (state_q == StData && begin_segment) || take || put_header || out || word_en_o || ending ||
                     (state_q == StEnd && !hold_i) || commit_q;
endmodule

// SPDX-License-Identifier: Apache-2.0
// Transmit MAC: preamble, SFD, the frame with what is inserted into it, padding, FCS, gap (FS 9.5).
//
// A byte a clock enable; at 10 and 100 Mb/s the pins stand still between two.  The enable is registered, so that no path
// leads from the pin to a request; an idle MAC holds it at 1, and a frame begins at any clock.  A frame of the FIFO begins when it is whole,
// the transmitter is on, the link is up and no PAUSE holds; a PAUSE frame of our own goes first (F-9).
module e1000_tx_mac (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        soft_rst_i,
  input  logic        gmii_tx_ce_i,
  // settings
  input  logic        go_i,             // TCTL.EN, link up, D0 active: a frame may begin
  input  logic        paused_i,         // a received PAUSE holds the frames of the FIFO
  input  logic        psp_i,            // TCTL.PSP
  input  logic [9:0]  ipgt_i,           // TIPG.IPGT
  input  logic        loop_i,           // BMCR.14, for the next frame
  // FIFO
  input  logic                    frame_valid_i,
  input  e1000_tx_pkg::tx_frame_t frame_i,
  input  e1000_tx_pkg::tx_patch_t patch_i,
  input  logic [63:0]             data_i,
  output logic                    data_pop_o,
  output logic                    frame_pop_o,
  // PAUSE frames (F-9)
  input  logic        pause_valid_i,
  input  logic [15:0] pause_timer_i,
  input  logic [47:0] flow_address_i,   // byte 0 in bits 7:0
  input  logic [15:0] flow_type_i,
  input  logic [47:0] station_i,        // RA0
  output logic        pause_take_o,
  // GMII, and the same inside the card
  output logic        tx_en_o,
  output logic [7:0]  txd_o,
  output logic        last_o,           // ... the frame's last byte
  output logic        looped_o,         // the frame on GMII goes to the own receiver
  // a frame's last byte goes onto GMII at this edge
  output logic        sent_o,
  output logic        sent_pause_o,
  output logic [15:0] sent_timer_o,
  output logic [15:0] sent_length_o,    // DA..FCS
  output logic [1:0]  sent_cast_o,      // broadcast, multicast
  // a frame begins
  output logic        evt_sof_o,
  output logic        evt_pause_o,
  output logic [15:0] evt_tag_o,
  output logic        clk_req_o
);
  localparam logic [7:0]  Preamble  = 8'h55;
  localparam logic [7:0]  Sfd       = 8'hD5;
  localparam logic [15:0] MinBytes  = 16'd60;   // T-74
  localparam logic [15:0] PauseOp   = 16'h0001;

  typedef enum logic [2:0] {StIdle, StPreamble, StData, StPad, StFcs, StGap} state_e;
  state_e      state_q;
  logic [2:0]  step_q;       // of preamble and FCS
  logic [10:0] gap_q;        // byte times of the gap still to come
  logic        pause_q;      // the frame is our own PAUSE
  logic [15:0] timer_q;      // ... with this
  logic        psp_q, loop_q;
  logic [63:0] word_q;       // bytes of the FIFO, the next one lowest
  logic [13:0] taken_q;      // bytes of the frame taken out of it
  logic [15:0] sent_q;       // bytes sent, from DA on
  logic [31:0] crc_q, crc_d;
  logic        en_q, last_q;
  logic [7:0]  txd_q;
  logic        group_q, all_q;   // DA is a group address; all ones so far
  logic        ce_q;         // the clock before was one of the link's bytes
  logic        sof_q, sof_pause_q;
  logic [15:0] sof_tag_q;

  logic        want_pause, want_frame, begins;
  assign want_pause = pause_valid_i && go_i;
  assign want_frame = frame_valid_i && go_i && !paused_i;
  assign begins     = (state_q == StIdle || (state_q == StGap && gap_q == 11'd0)) && (want_pause || want_frame);
  assign pause_take_o = begins && want_pause && ce_q;

  // ---- the byte that goes out ------------------------------------------------------------------------------
  logic        in_tag, source_last;
  logic [7:0]  data_byte, pause_byte, byte_out;
  assign in_tag = frame_i.vlan && !pause_q && sent_q[15:2] == 14'd3;
  always_comb begin
    pause_byte = 8'd0;
    if (pause_q && state_q == StData) begin
      unique case (sent_q[5:0])
        6'd0, 6'd1, 6'd2, 6'd3, 6'd4, 6'd5: pause_byte = flow_address_i[{sent_q[2:0], 3'b000} +: 8];
        6'd6:    pause_byte = station_i[7:0];
        6'd7:    pause_byte = station_i[15:8];
        6'd8:    pause_byte = station_i[23:16];
        6'd9:    pause_byte = station_i[31:24];
        6'd10:   pause_byte = station_i[39:32];
        6'd11:   pause_byte = station_i[47:40];
        6'd12:   pause_byte = flow_type_i[15:8];
        6'd13:   pause_byte = flow_type_i[7:0];
        6'd14:   pause_byte = PauseOp[15:8];
        6'd15:   pause_byte = PauseOp[7:0];
        6'd16:   pause_byte = timer_q[15:8];
        6'd17:   pause_byte = timer_q[7:0];
        default: pause_byte = 8'd0;
      endcase
    end
  end
  always_comb begin
    data_byte = word_q[7:0];
    if (in_tag) begin
      unique case (sent_q[1:0])
        2'd0:    data_byte = frame_i.vet[15:8];
        2'd1:    data_byte = frame_i.vet[7:0];
        2'd2:    data_byte = frame_i.tci[15:8];
        default: data_byte = frame_i.tci[7:0];
      endcase
    end
    byte_out = state_q == StPad ? 8'd0 : pause_q ? pause_byte : data_byte;
  end
  always_comb begin
    if (pause_q) source_last = sent_q == MinBytes - 16'd1;
    else if (in_tag) source_last = taken_q == frame_i.length && sent_q[1:0] == 2'd3;   // 12 bytes and a tag
    else source_last = taken_q + 14'd1 == frame_i.length && !(frame_i.vlan && sent_q == 16'd11);
  end

  e1000_crc32 u_crc (
    .crc_i (crc_q),
    .data_i(byte_out),
    .crc_o (crc_d)
  );

  // ---- a word of the FIFO, with what is put into it ------------------------------------------------------------
  logic        load;
  logic [10:0] load_index;
  logic [63:0] loaded;
  assign load       = ce_q && !pause_q &&
                      ((state_q == StPreamble && step_q == 3'd7) ||
                       (state_q == StData && !in_tag && !source_last && taken_q[2:0] == 3'd7));
  assign load_index = state_q == StPreamble ? 11'd0 : taken_q[13:3] + 11'd1;
  assign data_pop_o = load;
  function automatic logic [63:0] patched(input logic [63:0] word, input logic [10:0] index, input logic [14:0] at,
                                          input logic [7:0] value);
    patched = word;
    if (at[14:3] == {1'b0, index}) patched[{at[2:0], 3'b000} +: 8] = value;
  endfunction
  always_comb begin
    loaded = data_i;
    if (load) begin
      if (patch_i.on0) begin
        loaded = patched(loaded, load_index, patch_i.at0, patch_i.value0[15:8]);
        loaded = patched(loaded, load_index, patch_i.at0 + 15'd1, patch_i.value0[7:0]);
      end
      if (patch_i.on1) begin
        loaded = patched(loaded, load_index, patch_i.at1, patch_i.value1[15:8]);
        loaded = patched(loaded, load_index, patch_i.at1 + 15'd1, patch_i.value1[7:0]);
      end
    end
  end

  // ---- the end ------------------------------------------------------------------------------------------------
  logic ifcs, pads, last_byte;
  assign ifcs = pause_q || frame_i.ifcs;
  assign pads = ifcs && (psp_q || pause_q) && sent_q + 16'd1 < MinBytes;
  always_comb begin
    last_byte = 1'b0;
    if (ce_q) last_byte = state_q == StFcs ? step_q == 3'd3 : state_q == StData && source_last && !ifcs;
  end
  assign frame_pop_o   = last_byte && !pause_q;   // T-70: its room is free now
  assign sent_o        = last_byte;
  assign sent_pause_o  = pause_q;
  assign sent_timer_o  = timer_q;
  assign sent_length_o = sent_q + (ifcs ? 16'd4 : 16'd1);
  assign sent_cast_o   = {all_q, group_q && !all_q};

  always_ff @(posedge clk_i) begin
    sof_q <= 1'b0;
    if (ce_q || !rst_ni || soft_rst_i) last_q <= last_byte && rst_ni && !soft_rst_i;
    ce_q  <= !rst_ni || soft_rst_i || (state_q == StIdle && !begins) || gmii_tx_ce_i;
    if (!rst_ni || soft_rst_i) begin
      state_q <= StIdle;
      en_q    <= 1'b0;
      pause_q <= 1'b0;
      loop_q  <= 1'b0;
      txd_q   <= 8'd0;
    end else if (ce_q) begin
      unique case (state_q)
        StIdle, StGap: begin
          en_q  <= 1'b0;
          txd_q <= 8'd0;
          if (state_q == StGap && gap_q != 11'd0) begin
            gap_q <= gap_q - 11'd1;
          end else if (begins) begin
            state_q     <= StPreamble;
            step_q      <= 3'd1;
            en_q        <= 1'b1;
            txd_q       <= Preamble;
            pause_q     <= want_pause;
            timer_q     <= pause_timer_i;
            psp_q       <= psp_i;
            loop_q      <= loop_i;
            sof_q       <= 1'b1;
            sof_pause_q <= want_pause;
            sof_tag_q   <= want_pause ? 16'd0 : frame_i.tag;
          end else begin
            state_q <= StIdle;
          end
        end
        StPreamble: begin
          txd_q  <= step_q == 3'd7 ? Sfd : Preamble;
          step_q <= step_q + 3'd1;
          if (step_q == 3'd7) begin
            state_q <= StData;
            taken_q <= 14'd0;
            sent_q  <= 16'd0;
            crc_q   <= 32'hFFFFFFFF;
            all_q   <= 1'b1;
          end
        end
        StData, StPad: begin
          txd_q  <= byte_out;
          sent_q <= sent_q + 16'd1;
          crc_q  <= crc_d;
          if (sent_q == 16'd0) group_q <= byte_out[0];
          if (sent_q < 16'd6 && byte_out != 8'hFF) all_q <= 1'b0;
          if (state_q == StData && !in_tag) taken_q <= taken_q + 14'd1;
          if (state_q == StPad || source_last) begin
            step_q <= 3'd0;
            gap_q  <= {1'b0, ipgt_i} + 11'd4;   // T-75
            state_q <= pads ? StPad : ifcs ? StFcs : StGap;
          end
        end
        default: begin   // StFcs
          txd_q  <= ~crc_q[7:0];
          crc_q  <= {8'd0, crc_q[31:8]};
          step_q <= step_q + 3'd1;
          if (step_q == 3'd3) begin
            state_q <= StGap;
            gap_q   <= {1'b0, ipgt_i} + 11'd4;
          end
        end
      endcase
    end
  end
  always_ff @(posedge clk_i) begin
    if (load) word_q <= loaded;
    else if (ce_q && state_q == StData && !in_tag && !pause_q) word_q <= {8'd0, word_q[63:8]};
  end

  assign tx_en_o     = en_q;
  assign txd_o       = txd_q;
  assign last_o      = last_q;
  assign looped_o    = loop_q;
  assign evt_sof_o   = sof_q;
  assign evt_pause_o = sof_pause_q;
  assign evt_tag_o   = sof_tag_q;
  assign clk_req_o   = state_q != StIdle || begins || en_q || sof_q || !ce_q;
endmodule

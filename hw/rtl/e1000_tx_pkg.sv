// SPDX-License-Identifier: Apache-2.0
// Types shared by the blocks of the transmit side (FS 9).
package e1000_tx_pkg;

  // Bits of a descriptor's bytes 8..15 (FS 9.1).
  localparam int unsigned CmdEop   = 24;
  localparam int unsigned CmdIfcs  = 25;
  localparam int unsigned CmdIc    = 26;   // legacy: insert a checksum
  localparam int unsigned CmdTse   = 26;   // context and data: segment
  localparam int unsigned CmdRs    = 27;
  localparam int unsigned CmdDext  = 29;
  localparam int unsigned CmdVle   = 30;
  localparam int unsigned CmdIde   = 31;
  localparam int unsigned CtxTcp   = 24;   // context: TUCMD stands where DCMD stands
  localparam int unsigned CtxIp    = 25;
  localparam int unsigned PoptIxsm = 40;
  localparam int unsigned PoptTxsm = 41;
  localparam logic [3:0] DtypContext = 4'd0;   // bits 23:20, with DEXT
  localparam logic [3:0] DtypData    = 4'd1;

  localparam logic [15:0] MaxPacket = 16'd16288;   // T-17
  localparam logic [7:0]  MaxHeader = 8'd240;      // T-30

  // Settings of the transmit side, but for VME and VET, which the receive side has as well.
  typedef struct packed {
    logic        en;          // TCTL.EN
    logic        psp;
    logic [9:0]  ipgt;        // TIPG
    logic [6:0]  rxa;         // PBA.RXA at the last reset (T-70)
    logic [5:0]  pthresh;     // TXDCTL, in descriptors
    logic [5:0]  hthresh;
    logic [5:0]  wthresh;
    logic [6:0]  lwthresh;    // in 8 descriptors
    logic        xone;        // FCRTL.XONE
    logic [12:0] fcrtl;       // in words of 8 bytes
    logic [12:0] fcrth;
    logic [15:0] fcttv;
  } tx_cfg_t;

  // First status word of a frame in the transmit FIFO: what the MAC makes of its bytes.
  typedef struct packed {
    logic [13:0] length;    // bytes in the FIFO: DA up to the FCS, without a tag to be inserted
    logic [15:0] tag;       // number of its packet
    logic [15:0] tci;       // VLAN tag to insert: special and VET
    logic [15:0] vet;
    logic        vlan;      // ... at offset 12
    logic        ifcs;      // append the FCS
  } tx_frame_t;

  // The second: two 16-bit words to put into the frame, the later one over the first.  Of a value bits 15:8 come first.
  typedef struct packed {
    logic        on1;
    logic [14:0] at1;       // byte offset in the FIFO's frame
    logic [15:0] value1;
    logic        on0;
    logic [14:0] at0;
    logic [15:0] value0;
  } tx_patch_t;

endpackage

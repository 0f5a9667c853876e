// SPDX-License-Identifier: Apache-2.0
// Types shared by the blocks of the receive front only; what leaves the front is in e1000_pkg.
package e1000_rx_pkg;

  // The settings one frame is received with, sampled at its SFD: a write while it arrives applies to the next (R-3).
  typedef struct packed {
    logic        rfce;       // CTRL.RFCE; DPF and PMCF count with it only (F-3)
    logic        dpf;
    logic        pmcf;
    logic        en;
    logic        link_up;
    logic        sbp;
    logic        upe;
    logic        mpe;
    logic        lpe;
    logic [1:0]  mo;
    logic        bam;
    logic        vfe;
    logic        cfien;
    logic        cfi;
    logic        secrc;
    logic        vme;
    logic [15:0] vet;
  } rx_cfg_t;

  // RXCSUM: which checksums are looked at; IPv6 only where TCP and UDP are.
  typedef struct packed {
    logic ipv6;
    logic l4;
    logic ip;
  } rx_offload_t;

  // What the filter knows of a frame; final from byte 16 on, or at the frame's end.
  typedef struct packed {
    logic        l2_pass;    // FS 6.7 step 3
    logic        vlan_pass;  // FS 6.7 step 4
    logic        pif;        // taken by the hash table alone (R-81)
    logic        broadcast;
    logic        multicast;  // not broadcast
    logic        has_tag;    // bytes 12..13 are VET and the whole tag has arrived
    logic [15:0] tci;        // bytes 14..15
  } rx_match_t;

  // What the filter knows of a MAC control frame (F-1, F-5); the opcode is final from byte 16 on.
  typedef struct packed {
    logic obeyed;    // PAUSE, with RFCE: no counter of good frames moves (F-2)
    logic held;      // if good, not for the host, whatever filter it passes (F-4, F-5)
    logic let_in;    // if good, for the host, whatever filter it fails (F-5)
    logic control;   // of type FCT, and addressed to FCAH and FCAL or to RA0
    logic pause;     // ... and its opcode is PAUSE
  } rx_flow_t;

  // What a frame turned out to be, at its end.
  typedef struct packed {
    logic counted;   // the receiver and the link are up
    logic pass;      // ... and it is for this station
    logic runt;
    logic giant;
    logic good;
  } rx_class_t;

  // One bit for each counter that goes up by one at the end of a frame; the value is the counter's place in the bank.
  localparam int unsigned StatXonrxc = 0;
  localparam int unsigned StatXoffrxc = 1;
  localparam int unsigned StatFcruc = 2;
  localparam int unsigned StatCrcerrs = 3;
  localparam int unsigned StatRxerrc = 4;
  localparam int unsigned StatMpc = 5;
  localparam int unsigned StatRlec = 6;
  localparam int unsigned StatPrc64 = 7;
  localparam int unsigned StatPrc127 = 8;
  localparam int unsigned StatPrc255 = 9;
  localparam int unsigned StatPrc511 = 10;
  localparam int unsigned StatPrc1023 = 11;
  localparam int unsigned StatPrc1522 = 12;
  localparam int unsigned StatGprc = 13;
  localparam int unsigned StatBprc = 14;
  localparam int unsigned StatMprc = 15;
  localparam int unsigned StatRnbc = 16;
  localparam int unsigned StatRuc = 17;
  localparam int unsigned StatRfc = 18;
  localparam int unsigned StatRoc = 19;
  localparam int unsigned StatRjc = 20;
  localparam int unsigned StatTpr = 21;
  localparam int unsigned NumStats = 22;

  // Length limits, DA..CRC (FS 6.8).
  localparam logic [15:0] MinFrame = 16'd64;
  localparam logic [15:0] MaxFrame = 16'd1522;
  localparam logic [15:0] MaxJumbo = 16'd16384;

endpackage

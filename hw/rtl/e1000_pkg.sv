// SPDX-License-Identifier: Apache-2.0
// Shared types of the 82540EM-compatible NIC: what flows between its blocks and through its pins.
//
// Registers and descriptor bits come from e1000_regs_pkg (generated from hw/regs/e1000.toml).
package e1000_pkg;

  // ---- PCI target side: one access at a time, decoded in the PCI interface -----------------------
  typedef enum logic [1:0] {
    SpaceConfig = 2'd0,  // addr = dword offset in the configuration header
    SpaceMemory = 2'd1,  // addr = byte offset in BAR0
    SpaceIo     = 2'd2   // addr = byte offset in the I/O BAR
  } space_e;

  typedef struct packed {
    space_e      space;
    logic        write;
    logic [16:0] addr;   // dword aligned
    logic [3:0]  be;     // 1 = byte enabled
    logic [31:0] wdata;
  } tgt_req_t;

  // The register bus: a strobe of one cycle to all blocks at once, and what goes with it.
  typedef struct packed {
    logic [31:0] wdata;
    logic [16:0] addr;   // byte offset in BAR0, dword aligned
    logic        wr;
    logic        rd;
  } reg_req_t;

  // The same for the configuration header, where byte enables count.
  typedef struct packed {
    logic [31:0] wdata;
    logic [3:0]  be;
    logic [7:0]  addr;   // byte offset in the header, dword aligned
    logic        wr;
    logic        rd;
  } cfg_req_t;

  // ---- PCI master side ---------------------------------------------------------------------------
  typedef enum logic [1:0] {
    KindPayload    = 2'd0,
    KindFetch      = 2'd1,  // receive descriptor read
    KindWriteback  = 2'd2,  // receive descriptor write
    KindPayloadEnd = 2'd3   // payload, last burst of its frame (in a request; its tag says KindPayload)
  } kind_e;

  typedef struct packed {
    kind_e       kind;
    logic [3:0]  tag;    // returned with the response
    logic        write;
    logic [63:0] addr;   // byte address, any alignment for payload
    logic [12:0] len;    // bytes, 1..4096; never crosses a 4 KiB page
  } mst_req_t;

  // One dword lane group of a write burst: lanes follow the bus address, so an unaligned burst begins and
  // ends with partial byte enables.  ceil((addr[1:0] + len) / 4) beats follow an accepted write request.
  typedef struct packed {
    logic [31:0] data;
    logic [3:0]  be;
    logic [15:0] frame_tag;  // the frame this beat belongs to (debug; a write-back burst holds many)
    logic        last;
  } mst_wdata_t;

  typedef enum logic [1:0] {
    RspOk          = 2'd0,
    RspMasterAbort = 2'd1,
    RspTargetAbort = 2'd2,
    RspParityError = 2'd3
  } rsp_status_e;

  // Reads: one beat per dword, `last` on the final one.  Writes: one beat when the last data phase is done.
  typedef struct packed {
    logic [3:0]  tag;
    rsp_status_e status;
    logic [31:0] data;
    logic        last;
  } mst_rsp_t;

  // An error this device met as a master, for one cycle; zero otherwise.
  typedef struct packed {
    logic any;
    logic master_abort;
    logic target_abort;
    logic parity;
    logic read;          // ... in a read: this device received the bad data
  } mst_error_t;

  // Bytes 8-15 of a descriptor as they go back.
  typedef struct packed {
    logic [15:0] special;
    logic [7:0]  errors;
    logic [7:0]  status;
    logic [15:0] csum;
    logic [15:0] length;
  } rxd_tail_t;

  // What the DMA knows of a descriptor it has used.
  typedef struct packed {
    logic        is_null;   // its tail goes back as fetched, with DD (R-26)
    logic [15:0] frame_tag;
    rxd_tail_t   tail;
  } rx_done_t;

  // Causes that follow a write-back: a small packet, a receive timer.
  typedef struct packed {
    logic srpd;
    logic rxt0;
  } rx_causes_t;

  // ---- Receive front (MAC, filter, FIFO) to receive back (descriptors, DMA) ------------------------
  // The status word that heads a committed frame in the FIFO.
  typedef struct packed {
    logic [15:0] length;   // bytes stored: without the CRC if SECRC, without a stripped tag
    logic [15:0] tag;      // sequence number the MAC gave the frame at its first byte
    logic [7:0]  status;   // status byte of the EOP descriptor, DD and EOP still 0
    logic [7:0]  errors;   // error byte of the EOP descriptor
    logic [15:0] csum;     // packet checksum field
    logic [15:0] special;  // VLAN tag or 0
  } rx_frame_t;

  // Why the receive front did not store a frame.
  typedef enum logic [3:0] {
    ReasonNone       = 4'd0,
    ReasonDisabled   = 4'd1,   // RCTL.EN = 0 at its first byte, or cut off by a reset
    ReasonLinkDown   = 4'd2,
    ReasonAddress    = 4'd3,   // no address filter took it
    ReasonVlan       = 4'd4,   // VLAN filter or CFI
    ReasonMacControl = 4'd5,   // PAUSE or MAC control frame kept from the host
    ReasonCrc        = 4'd6,   // 64..max bytes, bad CRC
    ReasonRxEr       = 4'd7,   // RX_ER inside the frame
    ReasonUndersize  = 4'd8,   // < 64, good CRC (RUC)
    ReasonFragment   = 4'd9,   // < 64, bad CRC (RFC)
    ReasonOversize   = 4'd10,  // > max, good CRC (ROC)
    ReasonJabber     = 4'd11,  // > max, bad CRC (RJC)
    ReasonOverflow   = 4'd12   // no room in the FIFO (MPC)
  } rx_reason_e;

  // What the receive front tells an observer; all zero when nothing happens.
  // Every burst of the MAC ends in exactly one of reject, drop, commit.
  typedef struct packed {
    logic [15:0] tag;
    rx_reason_e  reason;   // with reject and drop
    logic        drop;     // passed the filter, not stored (CRC, length, RX_ER, overflow)
    logic        commit;   // whole frame is in the FIFO
    logic        reject;   // not for this station (address, VLAN), receiver off or link down
    logic        accept;   // the address filter took it; commit or drop follows
  } rx_evt_t;

endpackage

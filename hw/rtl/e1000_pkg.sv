// SPDX-License-Identifier: Apache-2.0
// Shared types of the 82540EM-compatible NIC: what flows between its blocks and through its pins.
//
// Registers and descriptor bits come from e1000_regs_pkg, codes and event words of the pins from e1000_pins_pkg; both are
// generated (hw/regs/e1000.toml, hw/regs/e1000_pins.toml).
package e1000_pkg;

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
  // One dword lane group of a write burst: lanes follow the bus address, so an unaligned burst begins and
  // ends with partial byte enables.  ceil((addr[1:0] + len) / 4) beats follow an accepted write request.
  typedef struct packed {
    logic [31:0] data;
    logic [3:0]  be;
    logic [15:0] frame_tag;  // the frame this beat belongs to (debug; a write-back burst holds many)
    logic        last;
  } mst_wdata_t;

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

endpackage

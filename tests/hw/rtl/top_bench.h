// SPDX-License-Identifier: Apache-2.0
// Drives a Verilated e1000_top: clock, register accesses, GMII frames both ways, and a PCI master side with memory
// behind it.
//
// Owned and called by the benches of the whole chip (back.cmake).  The bus checks the seam's rules on every beat:
// hold until ready, no bubbles inside a burst, lanes by address, 4 KiB pages, outstanding limits.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hw/tlm/nic/eeprom_pins.h"

class Ve1000_top;
class VerilatedContext;

namespace ringside::rtl_test {

enum class kind : std::uint8_t { payload, fetch, writeback, tx_payload, tx_fetch, tx_writeback };
inline constexpr std::size_t kinds = 6;

// One finished or running bus transaction; times in clk cycles.
struct bus_op {
  kind what{};
  bool ends_frame = false;  // payload: last burst of its frame, or packet
  unsigned tag = 0;
  bool write = false;
  std::uint64_t addr = 0;
  unsigned length = 0;  // bytes
  std::uint64_t accepted = 0;
  std::uint64_t completed = 0;  // cycle of the (last) response; 0 while it runs
  std::vector<std::uint8_t> data;
  std::vector<std::uint16_t> frame_tags;  // per beat
  std::uint16_t packet = 0;               // of a transmit request
};

// How the bus behaves; every choice is a function of the cycle number, so skipping cycles changes nothing.
struct bus_timing {
  unsigned latency_min = 20;  // cycles from the last beat (or the request of a read) to the response
  unsigned latency_max = 20;
  unsigned stall_percent = 0;  // chance that a ready input is 0 in a cycle
};

// A frame as it left the chip.
struct sent_frame {
  std::uint64_t start = 0, end = 0;  // cycles of its first preamble byte and of its last byte
  std::vector<std::uint8_t> bytes;   // DA .. FCS
};

class top_bench {
 public:
  top_bench();
  ~top_bench();
  top_bench(const top_bench&) = delete;
  top_bench& operator=(const top_bench&) = delete;

  // ---- time
  void tick();
  void run(std::uint64_t cycles);
  bool run_until(const std::function<bool()>& done, std::uint64_t limit = 100000);
  std::uint64_t now() const { return now_; }
  // Each clock comes only if the chip asks for it or the pins do, and cycles without any are left out.
  void allow_skipping(bool on);
  std::uint64_t edges() const { return edges_; }

  // ---- registers
  std::uint32_t read(std::uint32_t offset);
  void write(std::uint32_t offset, std::uint32_t value, unsigned byte_enables = 0xF);
  std::uint32_t access(unsigned space, bool write, std::uint32_t addr, std::uint32_t value, unsigned byte_enables);
  std::uint32_t read_config(std::uint32_t offset) { return access(0, false, offset, 0, 0xF); }
  void write_config(std::uint32_t offset, std::uint32_t value, unsigned byte_enables = 0xF);
  std::uint32_t read_io(std::uint32_t offset) { return access(2, false, offset, 0, 0xF); }
  void write_io(std::uint32_t offset, std::uint32_t value, unsigned byte_enables = 0xF);

  // ---- set-up in the order of Linux (FS 10.2)
  void bring_up();  // bus master on, link up, CTRL.SLU, no LSC pending
  void set_ring(std::uint64_t base, unsigned descriptors);
  void post(unsigned index, std::uint64_t buffer);  // writes a descriptor with status 0
  void fill_ring(unsigned descriptors, std::uint64_t first_buffer, unsigned stride);

  // ---- transmit set-up in the order of Linux (FS 10.2 step 4), TCTL left 0
  void set_tx_ring(std::uint64_t base, unsigned descriptors);
  void put_tx(unsigned index, std::uint64_t low, std::uint64_t high);  // bytes 0..7 and 8..15 of a descriptor
  std::uint64_t tx_high(unsigned index) const { return qword_at(tx_ring_ + 16ULL * index + 8); }
  std::vector<sent_frame> sent;  // frames that left the chip
  struct tx_event {
    std::uint64_t time;
    std::uint32_t word;  // evt_tx_o
  };
  std::vector<tx_event> tx_events;
  unsigned tx_byte_clocks = 1;  // 10 and 100 on slow links

  // ---- wire and link
  void send(const std::vector<std::uint8_t>& frame, unsigned gap = 12);
  bool wire_idle() const { return wire_.empty(); }
  void set_link(bool up, unsigned speed = 2);
  void set_m66en(bool on);
  void pci_reset();

  // ---- memory
  std::uint8_t byte_at(std::uint64_t addr) const;
  void poke(std::uint64_t addr, std::uint8_t value);
  std::vector<std::uint8_t> bytes_at(std::uint64_t addr, std::size_t count) const;
  std::uint64_t qword_at(std::uint64_t addr) const;
  void poke_qword(std::uint64_t addr, std::uint64_t value);
  struct descriptor {
    std::uint64_t buffer;
    std::uint16_t length, checksum;
    std::uint8_t status, errors;
    std::uint16_t special;
  };
  descriptor descriptor_at(unsigned index) const;

  // ---- bus
  bus_timing timing;
  unsigned burst_bytes = 256;  // what the design was built with
  unsigned fail_kind = 99;     // responses of this kind carry fail_status
  unsigned fail_status = 0;
  bool frozen = false;      // no response leaves while true
  std::vector<bus_op> log;  // in order of acceptance
  std::size_t outstanding() const;
  std::vector<bus_op> ops(kind what) const;

  // ---- observation
  bool intx() const;
  bool asks_no_clock() const;
  std::uint64_t next_deadline() const;
  std::uint64_t hash() const { return hash_; }
  struct cause_event {
    std::uint64_t time;
    std::uint32_t bits;
  };
  std::vector<cause_event> causes;  // every cause_set event
  std::vector<std::uint64_t> intx_rises, intx_falls, holds, resets;
  std::vector<std::uint32_t> held;  // with each of holds: the causes that wait
  Ve1000_top& dut() { return *dut_; }

 private:
  struct pending_rsp {
    std::uint64_t due;
    std::size_t op;
    unsigned beat;
  };
  void drive();
  bool quiet_pins() const;
  unsigned side_pins_now() const;
  void sample();
  void sample_gmii();
  void take_request();
  void respond();
  void mix(std::uint64_t value);
  unsigned random(unsigned salt) const;  // of this cycle
  std::uint64_t idle_until() const;

  std::unique_ptr<VerilatedContext> context_;
  static constexpr std::uint64_t mac = 0x5634'1200'5452;  // 52:54:00:12:34:56, byte 0 lowest
  tlm::microwire eeprom_{tlm::factory_image(mac)};
  tlm::eeprom_pins eeprom_pins_{eeprom_};
  std::unique_ptr<Ve1000_top> dut_;
  std::uint64_t now_ = 0;
  std::uint64_t edges_ = 0;
  bool skipping_ = false;
  bool burst_ = false;        // the last byte time on the pins held a byte
  unsigned side_pins_ = ~0U;  // link and m66en at the last edge
  std::map<std::uint64_t, std::array<std::uint8_t, 4096>> pages_;
  std::uint64_t ring_ = 0, tx_ring_ = 0;

  struct wire_byte {
    std::uint64_t time;
    std::uint8_t data;
  };
  std::deque<wire_byte> wire_;

  // master side
  std::deque<std::size_t> write_queue_;                   // accepted, beats still to come
  unsigned beat_ = 0;                                     // of the first of them
  std::array<std::deque<pending_rsp>, kinds> responses_;  // per kind, in order
  std::array<std::uint64_t, kinds> last_due_{};
  bool sending_ = false;  // a frame is on GMII
  sent_frame frame_;
  bool held_req_ = false, held_wdata_ = false, in_burst_ = false;
  std::uint64_t held_req_value_ = 0, held_wdata_value_ = 0;
  bool intx_was_ = false;
  bool tgt_busy_ = false;
  std::uint64_t hash_ = 0;
};

}  // namespace ringside::rtl_test

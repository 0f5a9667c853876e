// SPDX-License-Identifier: Apache-2.0
// A scripted 82540EM for driver tests: registers and descriptors as the fact sheet words them, no timing, no bus.
//
// Independent of hw/: written from FS 2, FS 5, FS 6.1 to FS 6.5 and FS 7 only.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

#include "tests/sw/driver/fake_eeprom.h"
#include "tests/sw/fake_host.h"

namespace ringside::test {

/// A frame to receive: DA..payload without FCS, and what the descriptor shall say.
struct fake_frame {
  frame_id id = 0;
  std::vector<std::uint8_t> bytes;
  std::uint8_t status = 0x04;  // IXSM, besides DD and EOP
  std::uint8_t errors = 0;
  std::uint16_t special = 0;
  bool append_fcs = true;
};

/// A packet the driver gave the card: its descriptors, contexts before it among them, and the bytes of its buffers.
struct sent_packet {
  std::vector<std::array<std::uint64_t, 2>> descriptors;
  std::vector<std::uint8_t> bytes;
  frame_id frame = 0;  // of the first buffer that bears one
};

class fake_nic final : public fake_device {
 public:
  static constexpr kernel::bus_address bar0 = 0xF0000000;
  static constexpr std::uint32_t io_base = 0xC000;
  static constexpr unsigned device_number = 3;

  fake_nic(fake_host& machine, kernel::irq_line line);

  /// Receives: stores in posted buffers, writes back, sets RXT0.  Waits in the FIFO while descriptors are missing
  ///
  void receive(fake_frame frame);
  void set_cause(std::uint32_t bits);

  /// LU and the PHY's link, with LSC.
  void set_link(bool up);

  // ---- Transmit (FS 9): what TDT hands over is taken at once while TCTL.EN is on, and finished unless `hold` is.
  std::vector<sent_packet> sent;
  bool hold_transmit = false;  // fault: nothing is finished
  bool raise_txdw = true;
  /// Finishes the oldest `packets` of what is held.
  void finish(std::size_t packets);
  fake_eeprom eeprom;
  fake_phy phy;
  /// Fault: bits of a register that read 0 whatever is written.
  std::map<std::uint32_t, std::uint32_t> stuck;
  /// Causes that interrupt whether they are masked or not.
  std::uint32_t ignores_mask = 0;
  bool half_duplex = false;
  /// Fault: ICS sets no cause.
  bool ics_works = true;
  /// Fault: looped frames are lost from this one on; 0: none.
  std::size_t loopback_loses_from = 0;

  // What tests look at and change.
  std::map<std::uint32_t, std::uint32_t> registers;
  struct write_record {
    sim_time time;
    std::uint32_t offset;
    std::uint32_t value;
    bool through_io;
  };
  std::vector<write_record> writes;
  std::vector<std::uint32_t> reads;
  std::uint32_t command = 0;
  std::uint32_t id = 0x100E8086;
  std::uint32_t io_bar = io_base | 1;
  std::uint32_t icr = 0;
  std::uint32_t ims = 0;
  std::uint64_t resets = 0;
  std::uint64_t dma_faults = 0;     // DMA that broke a rule (bus master off, EN off)
  std::uint64_t lost_in_reset = 0;  // frames the FIFO held when CTRL.RST came
  std::size_t fifo_depth() const { return fifo_.size(); }
  std::vector<std::uint32_t> values_written(std::uint32_t offset) const;
  bool raise_rxt0 = true;
  std::function<void(std::uint32_t)> on_tail;  // before a write of RDT takes effect

  std::uint32_t mmio_read(kernel::bus_address address) override;
  void mmio_write(kernel::bus_address address, std::uint32_t value) override;
  std::uint32_t io_read(std::uint32_t port) override;
  void io_write(std::uint32_t port, std::uint32_t value) override;
  std::uint32_t config_read(unsigned device, std::uint32_t offset) override;
  void config_write(unsigned device, std::uint32_t offset, std::uint32_t value) override;

 private:
  std::uint32_t read_register(std::uint32_t offset);
  void write_register(std::uint32_t offset, std::uint32_t value, bool through_io);
  void reset();
  void update_line();
  std::uint32_t buffer_bytes() const;
  std::uint32_t free_descriptors() const;
  void drain_fifo();
  void take_descriptors();
  void take_one();
  void loop_back(const sent_packet& packet);
  void store(const fake_frame& frame);

  fake_host& host_;
  kernel::irq_line line_;
  std::uint32_t io_address_ = 0;
  std::deque<fake_frame> fifo_;
  sent_packet under_way_;
  std::uint32_t next_descriptor_ = 0;                  // behind the last one taken
  std::deque<std::vector<std::uint32_t>> unfinished_;  // indices, packet by packet
  std::vector<std::uint32_t> taken_;
  std::size_t looped_ = 0;
};

}  // namespace ringside::test

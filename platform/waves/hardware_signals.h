// SPDX-License-Identifier: Apache-2.0
// What the event stream tells of the hardware: wire, card, bus and memory, for a card with or without RTL.
//
// Owned by the waveform writer.
#pragma once

#include "common/event_stream.h"
#include "platform/waves/vcd_signals.h"

namespace ringside::platform {

class hardware_signals {
 public:
  hardware_signals(vcd_signals& signals, const clock_domain& pci_clock);
  void on_event(const event& e);

 private:
  void declare_wire();
  void declare_nic();
  void declare_bus();
  void declare_memory();
  bool on_wire_event(const event& e);
  bool on_nic_event(const event& e);
  void on_memory_event(const event& e);
  void show_transaction(const event& e);
  void show_register(const event& e, bool write);
  std::uint64_t descriptor_index(std::uint64_t address) const;

  vcd_signals& signals_;
  const clock_domain pci_clock_;
  std::uint64_t ring_base_ = 0;  // RDBAH:RDBAL as the card took them
  std::uint64_t written_ = 0;    // descriptors whose write-back completed on the bus
  std::uint64_t visible_ = 0;    // descriptors whose write-back memory shows

  struct {
    vcd_signals::id link, in_frame, frame;
  } wire_{};
  struct {
    vcd_signals::id accepted_frame, committed_frame, dropped_frame, drop_reason, causes, intx, moderation_hold,
        no_buffer, reset, reg, reg_write, reg_value, rdt, head;
  } nic_{};
  struct {
    vcd_signals::id busy, kind, write, address, bytes, result;
  } bus_{};
  struct {
    vcd_signals::id payload_frame, writeback_frame, writeback_index, writebacks_posted, dd_frame, dd_index;
  } memory_{};
};

}  // namespace ringside::platform

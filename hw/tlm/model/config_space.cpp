// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/config_space.h"

namespace ringside::tlm::model {
namespace {
// Offsets, PCI 2.3 section 6.1; values, FS 1.1 and FS 1.2.
constexpr std::uint32_t id = 0x00, command_status = 0x04, class_revision = 0x08, cache_latency = 0x0C, bar0 = 0x10,
                        bar2 = 0x18, subsystem = 0x2C, capabilities = 0x34, interrupt = 0x3C, pm = 0xDC,
                        pm_control = 0xE0;
constexpr std::uint32_t id_value = 0x100E'8086;
constexpr std::uint32_t class_revision_value = 0x0200'0002;
constexpr std::uint32_t grant_and_pin = 0x00FF'0100;  // MaxLat 0, MinGnt FF, INTA#
constexpr std::uint32_t pm_value = 0xC822'0001;       // PMC, next 00 (P-8), capability 01
constexpr std::uint32_t pm_data = 0x1B00'0000;        // of data select 0, the one the dump shows
constexpr std::uint32_t data_select = 0x1E00;
constexpr std::uint16_t status_fixed = 0x0230;        // capability list, 66 MHz, medium DEVSEL#
constexpr std::uint16_t command_mask = 0x0557;        // IO, MEM, master, MWI, PERR, SERR; bit 10: P-4
constexpr std::uint16_t status_errors_mask = 0xF900;  // W1C
constexpr std::uint16_t received_master_abort = 1U << 13, received_target_abort = 1U << 12,
                        detected_parity_error = 1U << 15, master_data_parity_error = 1U << 8;
constexpr std::uint16_t command_decode = 3, command_memory = 1U << 1, command_master = 1U << 2,
                        command_parity_response = 1U << 6;
constexpr std::uint32_t bar0_mask = ~(bar0_bytes - 1);
constexpr std::uint32_t bar2_mask = ~(bar2_bytes - 1);
constexpr std::uint32_t pmcsr_mask = 0x1F00;  // PME enable, data select (PCI PM 1.1 section 3.2.4)
constexpr std::uint32_t power_state = 0x3;
constexpr std::uint32_t pmcsr_scale = 0x2000;  // DScale = 1

std::uint32_t lanes_of(std::uint8_t enables) {
  std::uint32_t lanes = 0;
  for (unsigned i = 0; i < 4; ++i)
    if ((enables >> i & 1) != 0) lanes |= 0xFFU << (8 * i);
  return lanes;
}
std::uint32_t merge(std::uint32_t old, std::uint32_t value, std::uint32_t lanes) {
  return (old & ~lanes) | (value & lanes);
}
}  // namespace

std::uint32_t config_space::read(std::uint32_t offset) const {
  switch (offset) {
    case id:
      return id_value;
    case command_status:
      return command_ | static_cast<std::uint32_t>(status_fixed | status_errors_) << 16;
    case class_revision:
      return class_revision_value;
    case cache_latency:
      return cache_line_ | static_cast<std::uint32_t>(latency_) << 8;
    case bar0:
      return bar0_;
    case bar2:
      return bar2_;
    case subsystem:
      return subsystem_;
    case capabilities:
      return pm;
    case interrupt:
      return grant_and_pin | interrupt_line_;
    case pm:
      return pm_value;
    case pm_control:
      return pmcsr_ | ((pmcsr_ & data_select) == 0 ? pm_data : 0);
    default:
      return 0;
  }
}

bool config_space::write(std::uint32_t offset, std::uint32_t value, std::uint8_t byte_enables) {
  const std::uint32_t lanes = lanes_of(byte_enables);
  const std::uint32_t merged = merge(read(offset), value, lanes);
  switch (offset) {
    case command_status:
      write_command_status(value, lanes);
      break;
    case cache_latency:
      cache_line_ = static_cast<std::uint8_t>(merged);
      latency_ = static_cast<std::uint8_t>(merged >> 8);
      break;
    case bar0:
      bar0_ = merged & bar0_mask;
      break;
    case bar2:
      bar2_ = (merged & bar2_mask) | 1;
      break;
    case interrupt:
      interrupt_line_ = static_cast<std::uint8_t>(merged);
      break;
    case pm_control:
      return write_power(value, lanes);
    default:
      break;
  }
  return false;
}

void config_space::write_command_status(std::uint32_t value, std::uint32_t lanes) {
  command_ = static_cast<std::uint16_t>(merge(command_, value, lanes) & command_mask);
  if (in_d3()) command_ &= static_cast<std::uint16_t>(~command_decode);
  if ((value & lanes & command_memory) != 0 && !in_d3()) active_ = true;
  status_errors_ = static_cast<std::uint16_t>(status_errors_ & ~((value & lanes) >> 16));
}

// P-9, manual 6.3.1.2 to 6.3.1.4: D3 clears memory and I/O enable; what follows it is D0 uninitialized until memory
// space is enabled again.
bool config_space::write_power(std::uint32_t value, std::uint32_t lanes) {
  const std::uint32_t merged = merge(pmcsr_, value, lanes);
  // D1 and D2 are not supported: writing them changes nothing (PCI PM 1.1 section 3.2.4).
  const std::uint32_t wanted = merged & power_state;
  const std::uint32_t next = wanted == 1 || wanted == 2 ? pmcsr_ & power_state : wanted;
  const bool left_d3 = in_d3() && next == 0;
  pmcsr_ = (merged & pmcsr_mask) | pmcsr_scale | next;
  if (in_d3()) {
    command_ &= static_cast<std::uint16_t>(~command_decode);
    active_ = false;
  }
  return left_d3;
}

nic_config_state config_space::state() const {
  const std::uint16_t command = asleep() ? static_cast<std::uint16_t>(command_ & ~command_master) : command_;
  return {command, bar0_, bar2_, latency_, cache_line_};
}

// Who receives data detects their parity, so a write shows bad parity to its target; PERR# tells the master, which
// notes it where it may (bit 8).
void config_space::report(dma_status status, bool write) {
  if (status == dma_status::master_abort) status_errors_ |= received_master_abort;
  if (status == dma_status::target_abort) status_errors_ |= received_target_abort;
  if (status == dma_status::parity_error) {
    if (!write) status_errors_ |= detected_parity_error;
    if ((command_ & command_parity_response) != 0) status_errors_ |= master_data_parity_error;
  }
  status_errors_ &= status_errors_mask;
}

}  // namespace ringside::tlm::model

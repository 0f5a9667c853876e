// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/firmware.h"

namespace ringside::platform {
namespace {
// Configuration header, PCI 2.3 section 6.1.
constexpr std::uint32_t id_register = 0x00;
constexpr std::uint32_t cache_line_register = 0x0C;
constexpr std::uint32_t first_bar = 0x10;
constexpr std::uint32_t bar_count = 6;
constexpr std::uint32_t interrupt_register = 0x3C;
constexpr std::uint32_t nothing_there = 0xFFFF'FFFF;
constexpr std::uint32_t cache_line_dwords = 16;  // 64 bytes
constexpr std::uint32_t io_bar = 1;              // bit 0 of a BAR: I/O space

std::uint32_t aligned(std::uint32_t value, std::uint32_t to) {
  return (value + to - 1) & ~(to - 1);
}
}  // namespace

void configure_devices(kernel::host& machine, const firmware_plan& plan) {
  std::uint32_t memory = plan.memory_window;
  std::uint32_t io = plan.io_window;
  for (unsigned device = 0; device < plan.devices; ++device) {
    if (machine.config_read32(device, id_register) == nothing_there) continue;
    for (std::uint32_t bar = 0; bar < bar_count; ++bar) {
      const std::uint32_t at = first_bar + 4 * bar;
      machine.config_write32(device, at, 0xFFFF'FFFF);
      const std::uint32_t answer = machine.config_read32(device, at);
      if (answer == 0) continue;
      const bool is_io = (answer & io_bar) != 0;
      const std::uint32_t size = ~(answer & (is_io ? ~0x3U : ~0xFU)) + 1;
      std::uint32_t& window = is_io ? io : memory;
      window = aligned(window, size);
      machine.config_write32(device, at, window);
      window += size;
    }
    machine.config_write32(device, cache_line_register, cache_line_dwords | plan.latency_timer << 8);
    machine.config_write32(device, interrupt_register, plan.interrupts.line_of(device, interrupt_pin::inta));
  }
}

}  // namespace ringside::platform

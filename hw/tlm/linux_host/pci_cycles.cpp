// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/pci_cycles.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"

namespace ringside::tlm {
namespace {

enum class operation : std::uint8_t { config_read = 1, config_write, memory_read, memory_write };

constexpr std::uint32_t first_bar = 0x10;
constexpr std::uint32_t memory_bar_address = ~0xFU;
constexpr std::uint32_t most_bytes = 4096;

bool writes(operation what) {
  return what == operation::config_write || what == operation::memory_write;
}
bool is_config(operation what) {
  return what == operation::config_read || what == operation::config_write;
}

}  // namespace

std::vector<pci_cycle> pci_cycles::of(std::span<const std::byte> message) {
  head m{};
  static_assert(sizeof m == 16, "as the kernel has it");
  if (message.size() < sizeof m) throw guest_error(fmt::format("a PCI message of {} bytes", message.size()));
  std::memcpy(&m, message.data(), sizeof m);
  const auto what = static_cast<operation>(m.what);
  if (what < operation::config_read || what > operation::memory_write || m.bytes == 0 || m.bytes > most_bytes)
    throw guest_error(fmt::format("a PCI message of kind {} for {} bytes", m.what, m.bytes));
  // A configuration write always carries eight bytes, of which `bytes` count.
  const auto data = message.subspan(sizeof m);
  if (writes(what) && data.size() < m.bytes)
    throw guest_error(fmt::format("a PCI write of {} bytes that brings {}", m.bytes, data.size()));

  pci_space space = is_config(what) ? pci_space::config : pci_space::memory;
  const std::uint64_t start = is_config(what) ? m.address : bus_address(m, space);
  if (start > UINT32_MAX - m.bytes) throw guest_error(fmt::format("a PCI address of more than 32 bits: 0x{:x}", start));
  std::vector<pci_cycle> cycles;
  for (std::uint32_t done = 0; done < m.bytes;) {
    const auto at = static_cast<std::uint32_t>(start) + done;
    const std::uint32_t lane = at % 4;
    const std::uint32_t n = std::min(4 - lane, m.bytes - done);
    pci_cycle c{space, writes(what), at - lane, static_cast<std::uint8_t>(((1U << n) - 1) << lane), 0};
    if (c.write) std::memcpy(reinterpret_cast<std::byte*>(&c.data) + lane, data.data() + done, n);
    if (c.write && space == pci_space::config) remember(c);
    cycles.push_back(c);
    done += n;
  }
  return cycles;
}

std::uint64_t pci_cycles::bus_address(const head& m, pci_space& space) const {
  if (m.bar >= bars_.size()) throw guest_error(fmt::format("a PCI message for BAR {}", m.bar));
  if (m.bar == 0 && m.address >= port_window) {
    space = pci_space::io;
    return m.address - port_window;
  }
  return (bars_[m.bar] & memory_bar_address) + m.address;
}

void pci_cycles::remember(const pci_cycle& config_write) {
  if (config_write.address < first_bar || config_write.address >= first_bar + 4 * bars_.size()) return;
  std::uint32_t& bar = bars_[(config_write.address - first_bar) / 4];
  for (unsigned lane = 0; lane < 4; ++lane) {
    if ((config_write.enables >> lane & 1) == 0) continue;
    const std::uint32_t mask = 0xFFU << (8 * lane);
    bar = (bar & ~mask) | (config_write.data & mask);
  }
}

std::vector<std::byte> pci_cycles::answer(std::span<const pci_cycle> cycles, std::span<const std::uint32_t> answers) {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < cycles.size(); ++i)
    for (unsigned lane = 0; lane < 4; ++lane)
      if ((cycles[i].enables >> lane & 1) != 0) bytes.push_back(static_cast<std::byte>(answers[i] >> (8 * lane)));
  return bytes;
}

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
// What each named operation of the software costs in CPU cycles: the table behind host::consume().
//
// Owner: the scenario (keys cost.<name>).  Callers: everything under sw/ names an operation, the virtual CPU
// multiplies. Costs of context_switch and of a stalled MMIO read are charged by the virtual CPU itself, all others by
// sw/.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ringside::kernel {

enum class cost : std::uint8_t {
  // CPU and interrupts.
  hardirq_entry,
  hardirq_exit,
  hardirq_handler,
  timer_interrupt,
  softirq_entry,
  softirq_exit,
  context_switch,  // charged by the virtual CPU
  wakeup,
  syscall_entry,
  syscall_exit,
  mmio_write,
  mmio_read,  // issue only; the stall is the bus round trip
  pio_access,
  timer_program,
  timer_callback,
  ipi_send,
  ipi_call,
  tasklet_call,
  spin_wait,
  // NAPI and driver.
  napi_schedule,
  napi_poll,
  napi_complete,
  backlog_enqueue,
  descriptor_check,
  descriptor_post,
  dma_map,
  dma_unmap,
  dma_sync,
  dma_sync_line,  // charged by the machine in non-coherent memory, on top of dma_map, dma_unmap or dma_sync
  page_alloc,
  skb_alloc,
  skb_free,
  build_skb,
  copy_per_byte,
  // Stack.
  eth_type_trans,
  netif_receive_skb,
  tap_per_packet,
  tap_per_byte,
  vlan_untag,
  arp_rcv,
  ip_rcv,
  ip_option,
  icmp_rcv,
  udp_rcv,
  socket_lookup,
  socket_enqueue,
  checksum_per_byte,
  // Transmit.
  route_lookup,
  udp_send,
  ip_output,
  ip_fragment,
  neigh_output,
  arp_send,
  icmp_send,
  loopback_xmit,
  dev_queue_xmit,
  qdisc_enqueue,
  qdisc_dequeue,
  tx_driver,
  // Socket calls.
  recvmsg,
  sendmsg,
  poll_call,
  copy_to_user_per_byte,
  copy_from_user_per_byte,
  app_per_frame,
  app_per_byte,
  // Calls that are not part of receiving.
  socket_call,
  file_call,
  count
};

inline constexpr std::size_t cost_count = static_cast<std::size_t>(cost::count);

enum class cost_unit : std::uint8_t {
  cycles,             // CPU cycles per operation
  sixteenth_per_byte  // 1/16 CPU cycle per byte
};

struct cost_info {
  cost what;
  std::string_view name;  // scenario key is cost.<name>
  cost_unit unit;
  std::uint32_t default_value;
  std::string_view source;
};

const cost_info& info(cost what);
/// The cost of that name, or cost::count.
cost cost_by_name(std::string_view name);

/// Values in force, in each row's unit.
struct cost_table {
  std::array<std::uint32_t, cost_count> cycles;

  cost_table();
  /// CPU cycles for `times` operations (or bytes), rounded up to a whole cycle.
  std::uint64_t total(cost what, std::uint64_t times) const {
    const auto index = static_cast<std::size_t>(what);
    // No branch: which unit comes next cannot be predicted.
    const std::uint64_t ones = (std::uint64_t{1} << shift_[index]) - 1;
    return (cycles[index] * times + ones) >> shift_[index];
  }

  /// What one of them takes, in 1/16 cycle.
  std::uint64_t sixteenths(cost what) const {
    const auto index = static_cast<std::size_t>(what);
    return std::uint64_t{cycles[index]} << (4 - shift_[index]);
  }

 private:
  std::array<std::uint8_t, cost_count> shift_;  // from the row's unit to cycles
};

}  // namespace ringside::kernel

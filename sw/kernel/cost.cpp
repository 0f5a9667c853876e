// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/cost.h"

namespace ringside::kernel {
namespace {

constexpr cost_unit op = cost_unit::cycles;
constexpr cost_unit byte16 = cost_unit::sixteenth_per_byte;

// Sources.  Agner: Agner Fog, "Instruction tables" and "Microarchitecture" (agner.org/optimize).  Rizzo: L. Rizzo,
// "netmap: a novel framework for fast packet I/O", USENIX ATC 2012, table of per-layer times on FreeBSD.  Hoiland:
// T. Hoiland-Jorgensen et al., "The eXpress Data Path", CoNEXT 2018.  Cai: Q. Cai et al., "Understanding host network
// stack overheads", SIGCOMM 2021.  FlexSC: L. Soares and M. Stumm, OSDI 2010.  Drepper: U. Drepper, "What every
// programmer should know about memory", 2007: a Pentium M takes 3 cycles to L1d, 14 to L2 and 240 to memory.
//
// The machine is one of those with a parallel PCI bus, up to about 2008: DMA goes to memory and takes the line out of
// the caches, so the first look at what a card wrote is a miss.  Intel's DDIO, which fills the cache instead, came with
// PCI Express.  Each figure is an order of magnitude for one core of a 2-4 GHz x86, not a measurement of ours.
constexpr auto rows = std::to_array<cost_info>({
    {cost::hardirq_entry, "hardirq_entry", op, 600, "Agner: interrupt delivery and register save, several hundred"},
    {cost::hardirq_exit, "hardirq_exit", op, 300, "Agner: iret; irq_exit checks (estimate)"},
    {cost::hardirq_handler, "hardirq_handler", op, 150, "estimate: handle_fasteoi_irq and one handler call"},
    {cost::timer_interrupt, "timer_interrupt", op, 800, "estimate: local timer entry, accounting, exit"},
    {cost::softirq_entry, "softirq_entry", op, 120, "estimate: __do_softirq prologue"},
    {cost::softirq_exit, "softirq_exit", op, 80, "estimate: __do_softirq epilogue"},
    {cost::context_switch, "context_switch", op, 3000, "McVoy, Staelin: lmbench lat_ctx, about 1-2 us"},
    {cost::wakeup, "wakeup", op, 1000, "estimate: try_to_wake_up with an enqueue"},
    {cost::syscall_entry, "syscall_entry", op, 150, "FlexSC: syscall instruction and mode switch, about 150"},
    {cost::syscall_exit, "syscall_exit", op, 100, "FlexSC: sysret path"},
    {cost::mmio_write, "mmio_write", op, 100, "estimate: uncached store drained from the store buffer"},
    {cost::mmio_read, "mmio_read", op, 20, "estimate: issue of an uncached load"},
    {cost::pio_access, "pio_access", op, 60, "Agner: IN/OUT, issue part"},
    {cost::timer_program, "timer_program", op, 100, "estimate: mod_timer"},
    {cost::timer_callback, "timer_callback", op, 150, "estimate: call_timer_fn"},
    {cost::ipi_send, "ipi_send", op, 200,
     "estimate: uncached store to the local APIC's interrupt command register, and a look at its delivery status"},
    {cost::ipi_call, "ipi_call", op, 150,
     "estimate: flush_smp_call_function_queue, one entry; the queue's line comes from another CPU's cache"},
    {cost::tasklet_call, "tasklet_call", op, 100, "estimate: tasklet_action_common, three locked operations"},
    {cost::spin_wait, "spin_wait", op, 40,
     "estimate: one look at a taken lock; Agner: PAUSE takes about 10 cycles before Skylake, 140 since"},
    {cost::napi_schedule, "napi_schedule", op, 60, "estimate: list insert and raise"},
    {cost::napi_poll, "napi_poll", op, 150, "estimate: net_rx_action loop and call"},
    {cost::napi_complete, "napi_complete", op, 80, "estimate: cmpxchg loop"},
    {cost::backlog_enqueue, "backlog_enqueue", op, 120, "estimate: enqueue_to_backlog with its lock"},
    {cost::descriptor_check, "descriptor_check", op, 240,
     "Drepper: one line from memory; no DDIO on parallel PCI (estimate: each check, also of a line read before)"},
    {cost::descriptor_post, "descriptor_post", op, 30, "estimate: two stores and index arithmetic"},
    {cost::dma_map, "dma_map", op, 60, "Linux core-api/dma-api: direct mapping, no IOMMU (estimate)"},
    {cost::dma_unmap, "dma_unmap", op, 40, "Linux core-api/dma-api: direct mapping, no IOMMU (estimate)"},
    {cost::dma_sync, "dma_sync", op, 20, "Linux core-api/dma-api: coherent, nothing to flush (estimate)"},
    {cost::dma_sync_line, "dma_sync_line", op, 30,
     "estimate: one 64-byte line invalidated or cleaned to memory (Linux arm64 dcache_inval_poc, dcache_clean_poc)"},
    {cost::page_alloc, "page_alloc", op, 100, "estimate: page fragment from the per-CPU cache"},
    {cost::skb_alloc, "skb_alloc", op, 200, "Rizzo: mbuf or skb allocation about 60-100 ns with its free"},
    {cost::skb_free, "skb_free", op, 120, "Rizzo: as above"},
    {cost::build_skb, "build_skb", op, 150, "estimate: slab object and header initialisation"},
    {cost::copy_per_byte, "copy_per_byte", byte16, 2, "Agner: rep movsb, 8-16 bytes a cycle from cache"},
    {cost::eth_type_trans, "eth_type_trans", op, 240, "Drepper: first touch of the payload, one line from memory"},
    {cost::netif_receive_skb, "netif_receive_skb", op, 150, "Hoiland: driver to stack hand-over (estimate)"},
    {cost::tap_per_packet, "tap_per_packet", op, 400, "estimate: packet_rcv with a clone"},
    {cost::tap_per_byte, "tap_per_byte", byte16, 2, "Agner: rep movsb, 8-16 bytes a cycle from cache"},
    {cost::vlan_untag, "vlan_untag", op, 80, "estimate: move of twelve bytes and two header writes"},
    {cost::arp_rcv, "arp_rcv", op, 400, "estimate: arp_process with a neighbour update"},
    {cost::ip_rcv, "ip_rcv", op, 350,
     "Cai: netdevice and IP layers with early demux and route (estimate of the split)"},
    {cost::ip_option, "ip_option", op, 80, "estimate: one option of ip_options_compile"},
    {cost::icmp_rcv, "icmp_rcv", op, 200, "estimate: icmp_rcv dispatch"},
    {cost::udp_rcv, "udp_rcv", op, 150, "Cai: transport layer (estimate of the split)"},
    {cost::socket_lookup, "socket_lookup", op, 120, "estimate: two hash chains"},
    {cost::socket_enqueue, "socket_enqueue", op, 180, "estimate: lock, accounting, list"},
    {cost::checksum_per_byte, "checksum_per_byte", byte16, 2, "RFC 1071 section 2: 64-bit adds from cache (estimate)"},
    {cost::route_lookup, "route_lookup", op, 150, "estimate: fib_table_lookup, a few nodes of the trie"},
    {cost::udp_send, "udp_send", op, 160, "estimate after Rizzo: udp_output about 57 ns"},
    {cost::ip_output, "ip_output", op, 350, "estimate after Rizzo: ip_output about 198 ns with its route look-up"},
    {cost::ip_fragment, "ip_fragment", op, 100, "estimate: ip_fraglist_prepare, a header of 20 bytes and its checksum"},
    {cost::neigh_output, "neigh_output", op, 150,
     "estimate: Rizzo has 162 ns for ether_output without a cached header"},
    {cost::arp_send, "arp_send", op, 200, "estimate: arp_create without the packet's allocation"},
    {cost::icmp_send, "icmp_send", op, 250, "estimate: icmp_push_reply without what it calls"},
    {cost::loopback_xmit, "loopback_xmit", op, 60, "estimate: loopback_xmit, the backlog's part apart"},
    {cost::dev_queue_xmit, "dev_queue_xmit", op, 150,
     "Rizzo: device-independent layer of transmit, about 50 ns with its queue (estimate of the split)"},
    {cost::qdisc_enqueue, "qdisc_enqueue", op, 80, "estimate: pfifo_fast_enqueue, a locked ring and its counters"},
    {cost::qdisc_dequeue, "qdisc_dequeue", op, 60, "estimate: pfifo_fast_dequeue, three rings looked at"},
    {cost::tx_driver, "tx_driver", op, 200,
     "Rizzo: driver's transmit function, about 80 ns, without mapping, descriptors and doorbell (estimate)"},
    {cost::recvmsg, "recvmsg", op, 500, "estimate: udp_recvmsg without copy"},
    {cost::sendmsg, "sendmsg", op, 300, "estimate after Rizzo: sendto to sosend_dgram, without copy and packet"},
    {cost::poll_call, "poll_call", op, 400, "estimate: ep_poll or do_sys_poll, one descriptor"},
    {cost::copy_to_user_per_byte, "copy_to_user_per_byte", byte16, 2, "Cai: data copy dominates; rep movsb from cache"},
    {cost::copy_from_user_per_byte, "copy_from_user_per_byte", byte16, 2,
     "Agner: rep movsb from cache; the checksum apart"},
    {cost::app_per_frame, "app_per_frame", op, 200, "estimate: the reader's own work"},
    {cost::app_per_byte, "app_per_byte", byte16, 0, "estimate: none by default"},
    {cost::socket_call, "socket_call", op, 400,
     "estimate: socket, bind, connect, an option, each without its system call"},
    {cost::file_call, "file_call", op, 200,
     "estimate: close, dup, fcntl, ioctl, eventfd, each without its system call"},
});
static_assert(rows.size() == cost_count);

constexpr bool in_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].what) != i) return false;
  return true;
}
static_assert(in_order(), "one row per cost, in the order of the enumeration");

}  // namespace

const cost_info& info(cost what) {
  return rows.at(static_cast<std::size_t>(what));
}

cost cost_by_name(std::string_view name) {
  for (const cost_info& row : rows)
    if (row.name == name) return row.what;
  return cost::count;
}

cost_table::cost_table() {
  for (std::size_t i = 0; i < cost_count; ++i) {
    cycles[i] = rows[i].default_value;
    shift_[i] = rows[i].unit == cost_unit::sixteenth_per_byte ? 4 : 0;
  }
}

}  // namespace ringside::kernel

#include "common/event.h"

#include <array>
#include <cstddef>

namespace ringside {
namespace {

constexpr auto stages = std::to_array<stage_info>({
    {stage::wire_sof, "wire_sof", lane::wire, "IEEE 802.3 clause 35, RX_DV rises", true},
    {stage::wire_eof, "wire_eof", lane::wire, "IEEE 802.3 clause 35, last FCS octet", true},
    {stage::filter_accept, "filter_accept", lane::fifo, "SDM 3.2.1 packet address filtering", true},
    {stage::filter_reject, "filter_reject", lane::fifo, "SDM 3.2.1 packet address filtering", true},
    {stage::fifo_commit, "fifo_commit", lane::fifo, "SDM 3.2.2 receive data storage", true},
    {stage::fifo_drop, "fifo_drop", lane::fifo, "SDM 13.7 statistics (CRCERRS, MPC, ...)", true},
    {stage::desc_fetch, "desc_fetch", lane::bus, "SDM 3.2.4 receive descriptor fetching", true},
    {stage::dma_start, "dma_start", lane::bus, "SDM 3.2.2 receive data storage", true},
    {stage::dma_done, "dma_done", lane::bus, "SDM 3.2.2 receive data storage", true},
    {stage::desc_writeback, "desc_writeback", lane::bus, "SDM 3.2.5 descriptor write-back", true},
    {stage::dd_visible, "dd_visible", lane::memory, "SDM 3.2.3.1 status DD; PCI posted write", true},
    {stage::cause_set, "cause_set", lane::fifo, "SDM 13.4.17 ICR", true},
    {stage::moderation_hold, "moderation_hold", lane::fifo, "SDM 13.4.18 ITR", true},
    {stage::intx_assert, "intx_assert", lane::bus, "PCI 2.3 section 2.2.6 INTA#", true},
    {stage::intx_deassert, "intx_deassert", lane::bus, "PCI 2.3 section 2.2.6 INTA#", true},
    {stage::hardirq_enter, "hardirq_enter", lane::cpu, "irq_enter, e1000_intr", true},
    {stage::icr_read, "icr_read", lane::cpu, "e1000_intr: er32(ICR)", true},
    {stage::imc_write, "imc_write", lane::cpu, "e1000_intr: ew32(IMC, ~0)", true},
    {stage::napi_schedule, "napi_schedule", lane::cpu, "__napi_schedule", true},
    {stage::softirq_raise, "softirq_raise", lane::cpu, "__raise_softirq_irqoff(NET_RX_SOFTIRQ)", true},
    {stage::hardirq_exit, "hardirq_exit", lane::cpu, "irq_exit", true},
    {stage::softirq_enter, "softirq_enter", lane::cpu, "__do_softirq", true},
    {stage::ksoftirqd_run, "ksoftirqd_run", lane::cpu, "run_ksoftirqd", true},
    {stage::napi_poll, "napi_poll", lane::cpu, "net_rx_action, napi_poll", true},
    {stage::dma_sync, "dma_sync", lane::cpu, "dma_sync_single_for_cpu / dma_unmap_single", true},
    {stage::skb_build, "skb_build", lane::cpu, "e1000_clean_rx_irq: build_skb or copybreak", true},
    {stage::netif_receive_skb, "netif_receive_skb", lane::cpu, "netif_receive_skb", true},
    {stage::tap, "tap", lane::cpu, "packet_rcv (ptype_all)", true},
    {stage::ip_rcv, "ip_rcv", lane::cpu, "ip_rcv", true},
    {stage::udp_rcv, "udp_rcv", lane::cpu, "udp_rcv", true},
    {stage::tcp_v4_rcv, "tcp_v4_rcv", lane::cpu, "tcp_v4_rcv", true},
    {stage::icmp_rcv, "icmp_rcv", lane::cpu, "icmp_rcv", true},
    {stage::arp_rcv, "arp_rcv", lane::cpu, "arp_rcv", true},
    {stage::socket_enqueue, "socket_enqueue", lane::cpu, "__udp_enqueue_schedule_skb", true},
    {stage::task_wake, "task_wake", lane::cpu, "sock_def_readable, try_to_wake_up", true},
    {stage::app_read, "app_read", lane::cpu, "recvmsg returns", true},
    {stage::skb_consume, "skb_consume", lane::cpu, "consume_skb", true},
    {stage::skb_drop, "skb_drop", lane::cpu, "kfree_skb_reason", true},
    {stage::rdt_write, "rdt_write", lane::cpu, "e1000_alloc_rx_buffers: writel(RDT)", true},
    {stage::napi_complete, "napi_complete", lane::cpu, "napi_complete_done", true},
    {stage::ims_write, "ims_write", lane::cpu, "e1000_irq_enable: ew32(IMS)", true},
    {stage::softirq_exit, "softirq_exit", lane::cpu, "__do_softirq ends", true},
    {stage::boot_ksoftirqd, "boot_ksoftirqd", lane::cpu, "spawn_ksoftirqd", false},
    {stage::boot_net_dev_init, "boot_net_dev_init", lane::cpu, "net_dev_init", false},
    {stage::boot_proto_register, "boot_proto_register", lane::cpu, "dev_add_pack, inet_add_protocol", false},
    {stage::driver_probe, "driver_probe", lane::cpu, "e1000_probe", false},
    {stage::driver_open, "driver_open", lane::cpu, "e1000_open, e1000_up", false},
    {stage::driver_close, "driver_close", lane::cpu, "e1000_close, e1000_down", false},
    {stage::dma_write, "dma_write", lane::bus, "PCI memory write, payload", false},
    {stage::desc_load, "desc_load", lane::bus, "SDM 3.2.4 receive descriptor fetching", false},
    {stage::pci_transaction, "pci_transaction", lane::bus, "PCI 2.3 chapter 3", false},
    {stage::reg_write, "reg_write", lane::fifo, "SDM chapter 13", false},
    {stage::reg_read, "reg_read", lane::fifo, "SDM chapter 13", false},
    {stage::nic_reset, "nic_reset", lane::fifo, "SDM 13.4.1 CTRL.RST", false},
    {stage::link_change, "link_change", lane::wire, "SDM 13.4.2 STATUS.LU", false},
    {stage::rnbc, "rnbc", lane::fifo, "SDM 13.7 RNBC", false},
    {stage::desc_post, "desc_post", lane::cpu, "e1000_alloc_rx_buffers", false},
    {stage::desc_take, "desc_take", lane::cpu, "e1000_clean_rx_irq", false},
    {stage::dma_map, "dma_map", lane::cpu, "dma_map_single", false},
    {stage::dma_unmap, "dma_unmap", lane::cpu, "dma_unmap_single", false},
    {stage::task_switch, "task_switch", lane::cpu, "__schedule: context_switch", false},
    {stage::reconfigure, "reconfigure", lane::cpu, "e1000_set_ringparam, e1000_change_mtu, e1000_set_rx_mode, ...",
     false},
    {stage::dma_misuse, "dma_misuse", lane::cpu, "err_printk of kernel/dma/debug.c", false},
    {stage::socket_copy, "socket_copy", lane::cpu, "__udp4_lib_mcast_deliver: skb_clone", true},
    {stage::irq_nobody_cared, "irq_nobody_cared", lane::cpu, "note_interrupt", false},
});
static_assert(stages.size() == static_cast<std::size_t>(stage::count));

constexpr bool in_order() {
  for (std::size_t i = 0; i < stages.size(); ++i)
    if (static_cast<std::size_t>(stages[i].what) != i) return false;
  return true;
}
static_assert(in_order(), "one row per stage, in the order of the enumeration");

}  // namespace

const stage_info& info(stage what) {
  return stages.at(static_cast<std::size_t>(what));
}

stage stage_by_name(std::string_view name) {
  for (const stage_info& row : stages)
    if (row.name == name) return row.what;
  return stage::count;
}

}  // namespace ringside

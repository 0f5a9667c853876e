// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/coverage.h"

#include <array>
#include <cstdlib>

#include "common/drop_reason.h"
#include "common/ethernet.h"
#include "common/reconfiguration.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/pci/pci_bus.h"
#include "platform/report/descriptor_word.h"

namespace ringside::platform {
namespace {

constexpr auto kinds = std::to_array<coverage_kind>({
    {"back_to_back", "frames at the least gap"},
    {"runt", "frames below 64 bytes"},
    {"oversize", "frames above the chip's limit"},
    {"crc_error", "frames with a wrong FCS"},
    {"rx_er", "frames with RX_ER"},
    {"jumbo", "frames above 1522 bytes that the chip takes"},
    {"address_filter", "frames for others, filtered"},
    {"other_host", "frames for others, taken when promiscuous"},
    {"fifo_overflow", "frames missed for want of FIFO (MPC)"},
    {"rnbc", "frames that met an empty ring"},
    {"ring_wrap", "write-backs past the end of the ring"},
    {"multi_descriptor", "descriptors without EOP"},
    {"rxdmt0", "ring below its threshold"},
    {"rdmts", "ring below another threshold than its half"},
    {"prefetch", "descriptor fetches while unused ones were on the chip (PTHRESH)"},
    {"hthresh", "runs that prefetch no fewer than some (HTHRESH)"},
    {"wthresh", "write-backs of WTHRESH descriptors or more at once, WTHRESH above 1"},
    {"odd_buffer", "frames whose buffer begins at an odd address"},
    {"page_crossed", "buffers filled across a 4 KiB page"},
    {"small_packet", "frames announced at once for being small (SRPD)"},
    {"rdtr_expiry", "RXT0 at the packet delay after the last frame"},
    {"radv_expiry", "RXT0 at the absolute delay after the first frame"},
    {"itr_hold", "causes that waited for ITR"},
    {"polled_without_interrupt", "frames caught by a running poll"},
    {"budget_exhausted", "polls that used their whole weight"},
    {"ksoftirqd", "runs of ksoftirqd"},
    {"copybreak", "frames copied"},
    {"built", "frames whose buffer became the packet"},
    {"socket_rcvbuf", "datagrams beyond the socket's buffer"},
    {"retry", "PCI retries"},
    {"disconnect", "PCI bursts ended before their last byte"},
    {"two_cpus", "runs on two CPUs"},
    {"cost_jitter", "runs in which each use of a cost varies"},
    {"mode_napi", "runs with NAPI"},
    {"mode_irq", "runs without NAPI"},
    {"mode_poll", "runs by polling alone"},
    {"bus_33mhz", "runs at 33 MHz or less"},
    {"slow_link", "runs at 10 or 100 Mb/s"},
    {"promiscuous", "promiscuous runs"},
    {"strip_crc", "runs with SECRC"},
    {"not_coherent", "runs in non-coherent memory"},
    {"irq_quota", "runs with a quota of frames per interrupt"},
    {"delayed_read", "runs whose memory answers reads after the 16 clocks of the target"},
    {"no_socket", "datagrams to a port nobody listens on"},
    {"no_protocol", "frames of an unknown EtherType"},
    {"udp_checksum", "datagrams with a wrong checksum"},
    {"udp_no_checksum", "datagrams without a checksum"},
    {"udp_header", "datagrams with an impossible length"},
    {"ip_header", "packets of another IP version"},
    {"ip_checksum", "packets with a wrong header checksum"},
    {"ip_length", "packets longer than their frame"},
    {"ip_address", "packets for another host"},
    {"ip_no_protocol", "packets of an unknown protocol"},
    {"ip_options", "packets with sound options, delivered"},
    {"ip_option", "packets with bad options"},
    {"icmp", "ICMP messages taken"},
    {"icmp_checksum", "ICMP messages with a wrong checksum"},
    {"arp", "ARP packets taken"},
    {"arp_header", "ARP packets refused"},
    {"vlan_unknown", "frames of a VLAN that is not configured"},
    {"vlan_filter", "frames of other VLANs, filtered"},
    {"vlan", "frames of a configured VLAN, delivered"},
    {"multicast", "frames for a group, in the FIFO"},
    {"inexact", "frames that passed by the hash alone (PIF)"},
    {"tag_left", "runs with VLAN tags left in the data"},
    {"no_rx_checksum", "runs without checksum offload"},
    {"reconfigure_live", "filters and flags changed under traffic"},
    {"reconfigure_down_up", "rings, MTU or checksums changed under traffic, by down and up"},
    {"threshold_moved", "thresholds of RXDCTL changed under traffic"},
    {"store_bad_moved", "times SBP was switched under traffic"},
    {"limit_moved", "MTUs that moved the chip's limit under traffic (LPE)"},
    {"limit_felt", "frames judged by another limit than at the start"},
    {"store_bad_felt", "damaged frames judged by another SBP than at the start"},
    {"stored_bad", "damaged frames the chip stored and the stack got (SBP)"},
    {"cut_short", "packets cut short by a runt, refused by the stack (SBP)"},
    {"fragment_memory", "fragments refused for want of memory"},
    {"lost_to_down_up", "frames that came while the interface was down"},
    {"priority_tag", "frames tagged for no VLAN"},
    {"reassembled", "datagrams put together from fragments"},
    {"fragment_given_up", "fragments that found no datagram, twice or overlapping"},
    {"pause", "PAUSE frames received"},
    {"sent_udp", "datagrams sent, whole on the wire"},
    {"sent_large_udp", "datagrams of more than 20,000 bytes sent"},
    {"sent_empty_udp", "datagrams without payload sent"},
    {"sent_fragment", "fragments sent"},
    {"sent_tcp", "TCP packets sent, whole on the wire"},
    {"sent_tso", "TCP packets that the chip cut"},
    {"sent_gso", "TCP packets that the stack cut"},
    {"sent_tagged", "frames sent with an 802.1Q tag"},
    {"sent_service_tagged", "frames sent with an 802.1ad tag"},
    {"obeyed_pause", "PAUSE frames that held a frame back"},
    {"sent_arp", "ARP packets sent"},
    {"sent_icmp", "ICMP messages sent"},
    {"echoed", "datagrams echoed"},
    {"sent_in_pieces", "datagrams given to the kernel in several calls (MSG_MORE)"},
    {"sent_pause", "PAUSE frames sent by the card"},
    {"hang_recovered", "transmitters that hung and were reset"},
    {"given_up", "frames given up before they were sent"},
    {"lost_in_card", "frames given to the card and lost by a reset"},
    {"unaligned_send", "payload reads that begin beside a dword"},
    {"transmit_moved", "rings, features and resets of the transmitter changed under traffic"},
    {"cable_pulled", "times the cable was pulled and put in again"},
});

constexpr std::uint32_t pif = 0x80;  // FS 5.1
constexpr unsigned rxdmt0_bit = 4;
constexpr unsigned srpd_bit = 16;
constexpr unsigned rxt0_bit = 7;
constexpr sim_time settle = 80 * ns;          // between a register access and its effect in ICR
constexpr sim_time delay_unit = 1024 * ns;    // RDTR, RADV
constexpr std::uint32_t frame_errors = 0x97;  // CE, SE, SEQ, CXE, RXE (FS 5.2)

bool near(sim_time difference, std::uint32_t units) {
  return units != 0 && std::abs(difference - static_cast<sim_time>(units) * delay_unit) <= delay_unit + 200 * ns;
}

}  // namespace

std::span<const coverage_kind> coverage_kinds() {
  return kinds;
}

coverage::coverage(const scenario& plan)
    : plan_(plan), mtu_(plan.driver.mtu), wthresh_(plan.driver.wthresh), store_bad_(plan.driver.store_bad) {
  for (const coverage_kind& kind : kinds) counts_[std::string(kind.name)] = 0;
  add("two_cpus", plan.cpu.count == 2);
  add("cost_jitter", plan.cpu.cost_jitter != 0);
  add("mode_napi", plan.driver.mode == driver::receive_mode_kind::napi);
  add("mode_irq", plan.driver.mode == driver::receive_mode_kind::irq);
  add("mode_poll", plan.driver.mode == driver::receive_mode_kind::poll);
  add("bus_33mhz", pci_clock_hz(plan).num <= 34'000'000 * pci_clock_hz(plan).den);
  add("slow_link", plan.wire.link_mbps != 1000);
  add("promiscuous", plan.driver.promiscuous);
  add("strip_crc", plan.driver.strip_crc);
  add("hthresh", plan.driver.pthresh != 0 && plan.driver.hthresh > 1);
  add("not_coherent", !plan.bus.coherent);
  add("tag_left", !plan.driver.vlan_offload);
  add("no_rx_checksum", !plan.driver.checksum_offload);
  add("irq_quota", plan.driver.mode == driver::receive_mode_kind::irq && plan.driver.irq_quota != 0);
  add("delayed_read", plan.bus.pci.read_latency_clocks + plan.bus.pci.devsel_clocks > 16);
}

void coverage::on_event(const event& e) {
  descriptors_.on_event(e);
  switch (e.what) {
    case stage::wire_sof:
      wire(e);
      break;
    case stage::wire_eof:
      last_end_ = e.time;
      break;
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_drop:
      drop(e);
      break;
    case stage::reconfigure:
      reconfigured(e);
      break;
    case stage::rnbc:
      add("rnbc");
      break;
    case stage::desc_writeback:
      written_back(e);
      break;
    case stage::cause_set:
      cause(e);
      break;
    case stage::dma_start:
      add("odd_buffer", (e.a & 1) != 0);
      break;
    case stage::reg_write:
      if (e.a == reg::ICS && (e.b >> rxdmt0_bit & 1) != 0) threshold_asked_ = e.time;
      break;
    case stage::moderation_hold:
      add("itr_hold");
      break;
    case stage::desc_take:
      add("stored_bad", (e.b & word_eop) != 0 && (word_errors(e.b) & frame_errors) != 0);
      break;
    case stage::skb_build:
      add(e.b == 1 ? "copybreak" : "built");
      break;
    case stage::tx_dma_start:
      add("unaligned_send", (e.a & 3) != 0);
      break;
    case stage::pci_transaction:
      bus(e);
      break;
    default:
      break;
  }
}

void coverage::wire(const event& e) {
  const sim_time byte = 8 * us / plan_.wire.link_mbps;
  // One byte of gap more than the least may come from rounding to byte times.
  if (last_end_ >= 0 && e.time - last_end_ <= byte * (plan_.wire.gap_min + 2)) add("back_to_back");
  add("runt", (e.b & wire_mark::runt) != 0);
  add("oversize", (e.b & wire_mark::oversize) != 0);
  add("crc_error", (e.b & wire_mark::bad_fcs) != 0);
  add("rx_er", (e.b & wire_mark::rx_er) != 0);
  add("jumbo", e.a > ethernet::longest_frame && (e.b & wire_mark::oversize) == 0);
}

void coverage::drop(const event& e) {
  const auto reason = static_cast<drop_reason>(e.b);
  add("address_filter", reason == drop_reason::address_filter);
  add("other_host", reason == drop_reason::other_host);
  add("fifo_overflow", reason == drop_reason::fifo_overflow);
  add("socket_rcvbuf", reason == drop_reason::socket_rcvbuf);
  add("vlan_filter", reason == drop_reason::vlan_filter);
  add("vlan_unknown", reason == drop_reason::vlan_unknown);
  add("lost_to_down_up",
      reason == drop_reason::rx_disabled || reason == drop_reason::nic_reset || reason == drop_reason::driver_down);
}

void coverage::reconfigured(const event& e) {
  if ((e.a & reconfiguration_ended) == 0 || (e.a & reconfiguration_refused) != 0) return;
  const auto what = static_cast<reconfiguration>(e.a & reconfiguration_mask);
  if (what == reconfiguration::hang || what == reconfiguration::pause_sent) return;  // seen by their effect
  if (what == reconfiguration::link) return add("cable_pulled", e.b == 0);
  if (what >= reconfiguration::tx_ring_size && what <= reconfiguration::restart) return add("transmit_moved");
  const bool down_up = what == reconfiguration::ring_size || what == reconfiguration::mtu ||
                       what == reconfiguration::rx_checksum || what == reconfiguration::store_bad;
  add(down_up ? "reconfigure_down_up" : "reconfigure_live");
  add("threshold_moved",
      what == reconfiguration::pthresh || what == reconfiguration::hthresh || what == reconfiguration::wthresh);
  if (what == reconfiguration::wthresh) wthresh_ = static_cast<std::uint32_t>(e.b);
  if (what == reconfiguration::store_bad) {
    add("store_bad_moved", (e.b != 0) != store_bad_);
    store_bad_ = e.b != 0;
  }
  if (what != reconfiguration::mtu) return;
  add("limit_moved", (e.b > 1500) != (mtu_ > 1500));
  mtu_ = e.b;
}

void coverage::bus(const event& e) {
  add("retry", (e.b & tlm::pci_word::retry) != 0);
  add("disconnect", (e.b & tlm::pci_word::disconnect) != 0);
  const auto what = static_cast<tlm::pci_word::kind>(e.b >> 16 & 0xF);
  const auto bytes = static_cast<std::uint32_t>(e.b & 0xFFFF);
  add("wthresh", what == tlm::pci_word::kind::writeback && wthresh_ > 1 && bytes >= wthresh_ * rxd::SIZE);
}

void coverage::cause(const event& e) {
  // The watchdog sets RXDMT0 by ICS as well (FS 10.7).
  const bool threshold = (e.a >> rxdmt0_bit & 1) != 0 && (threshold_asked_ < 0 || e.time - threshold_asked_ > settle);
  add("rxdmt0", threshold);
  add("rdmts", threshold && plan_.driver.rdmts != 0);
  add("small_packet", (e.a >> srpd_bit & 1) != 0);
  if ((e.a >> rxt0_bit & 1) == 0) return;
  if (plan_.driver.rdtr != 0 && last_waiting_ >= 0) {
    if (near(e.time - last_waiting_, plan_.driver.rdtr))
      add("rdtr_expiry");
    else if (near(e.time - first_waiting_, plan_.driver.radv))
      add("radv_expiry");
  }
  first_waiting_ = last_waiting_ = -1;
}

void coverage::written_back(const event& e) {
  if (e.a < last_descriptor_) add("ring_wrap");
  last_descriptor_ = e.a;
  if ((e.b & word_eop) == 0) return add("multi_descriptor");
  add("inexact", (word_status(e.b) & pif) != 0);
  if (first_waiting_ < 0) first_waiting_ = e.time;
  last_waiting_ = e.time;
}

void coverage::add_frames(const std::map<std::string_view, std::uint64_t>& met) {
  for (const auto& [kind, count] : met)
    if (counts_.contains(std::string(kind))) add(kind, count);
}

void coverage::finish(const run_counters& machine, const interrupt_report& interrupts) {
  for (const auto& card : machine.cards)
    for (const auto& [name, count] : card)
      if (name == "MPRC") add("multicast", count);
  add("prefetch", descriptors_.prefetches());
  add("page_crossed", descriptors_.page_crossings());
  add("polled_without_interrupt", interrupts.polled_without_interrupt());
  add("budget_exhausted", machine.napi_budget_exhausted);
  add("ksoftirqd", machine.ksoftirqd_runs);
}

}  // namespace ringside::platform

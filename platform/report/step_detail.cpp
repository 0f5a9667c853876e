// SPDX-License-Identifier: Apache-2.0
#include "platform/report/step_detail.h"

#include <fmt/format.h>

#include <array>

#include "common/cable_fault.h"
#include "common/drop_reason.h"
#include "platform/report/descriptor_word.h"
#include "platform/report/frame_name.h"
#include "platform/report/interrupt_report.h"

namespace ringside::platform {
namespace {

std::string reason_name(std::uint64_t value) {
  return value < static_cast<std::uint64_t>(drop_reason::count) ? std::string(name(static_cast<drop_reason>(value)))
                                                                : fmt::format("reason {}", value);
}

std::string descriptor_text(const event& e) {
  return fmt::format("@{:x} {} B st {:02x}", e.a, word_length(e.b), word_status(e.b));
}

std::string sof_text(const event& e) {
  std::string out = fmt::format("{} B", e.a);
  if ((e.b & wire_mark::bad_fcs) != 0) out += " bad FCS";
  if ((e.b & wire_mark::rx_er) != 0) out += " RX_ER";
  if ((e.b & wire_mark::runt) != 0) out += " runt";
  if ((e.b & wire_mark::oversize) != 0) out += " oversize";
  if ((e.b & wire_mark::padded) != 0) out += " padded";
  return out;
}

std::string made_text(const event& e) {
  switch (static_cast<cause_kind>(e.b)) {
    case cause_kind::frame:
      return "because of frame " + frame_name(e.a);
    case cause_kind::timer:
      return "by a timer";
    case cause_kind::task:
      return "by a task";
    default:
      return fmt::format("cause {}", e.b);
  }
}

std::string link_text(const event& e) {
  static constexpr std::array<std::string_view, static_cast<std::size_t>(link_kind::count)> names{
      "clone of", "copy of", "segment of", "retransmission of", "merged into"};
  const std::string frame = frame_name(e.a);
  return e.b < names.size() ? fmt::format("{} {}", names[e.b], frame) : fmt::format("link {} to {}", e.b, frame);
}

}  // namespace

std::string cause_names(std::uint64_t bits) {
  std::string out;
  for (const interrupt_cause& cause : interrupt_causes) {
    if ((bits >> cause.bit & 1) == 0) continue;
    if (!out.empty()) out += ' ';
    for (const char c : cause.name) out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  }
  return out.empty() ? fmt::format("{:x}", bits) : out;
}

std::string step_detail(const event& e) {
  switch (e.what) {
    case stage::wire_sof:
      return sof_text(e);
    case stage::cable_fault:
      return std::string(e.a < cable_fault_names.size() ? cable_fault_names[e.a] : "?");
    case stage::cable_out:
      return e.a == 0 ? "a PAUSE frame" : fmt::format("sent as {}{}", frame_name(e.a), e.b != 0 ? ", twice" : "");
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_drop:
      return reason_name(e.b);
    case stage::desc_fetch:
      return fmt::format("@{:x} {} descriptors", e.a, e.b / 16);
    case stage::dma_start:
      return fmt::format("@{:x} burst {} B", e.a, e.b);
    case stage::dma_done:
      return fmt::format("to {:x}", e.a);
    case stage::desc_writeback:
    case stage::dd_visible:
    case stage::desc_take:
      return descriptor_text(e);
    case stage::moderation_hold:
      return e.a == 0 ? "waits for ITR" : "waits for ITR: " + cause_names(e.a);
    case stage::cause_set:
    case stage::icr_read:
      return cause_names(e.a);
    case stage::imc_write:
      return (e.a & 0x1FFFF) == 0x1FFFF ? "all" : cause_names(e.a);
    case stage::ims_write:
      return fmt::format("mask {:x}", e.a);
    case stage::intx_assert:
      return "INTA# low";
    case stage::intx_deassert:
      return "INTA# high";
    case stage::hardirq_enter:
      return fmt::format("CPU {} line {}", e.unit % most_machines, e.a);
    case stage::softirq_enter:
    case stage::ksoftirqd_run:
    case stage::hardirq_exit:
    case stage::napi_schedule:
      return fmt::format("CPU {}", e.unit % most_machines);
    case stage::softirq_raise:
      return fmt::format("softirq {}", e.a);
    case stage::napi_poll:
      return fmt::format("budget {}", e.a);
    case stage::dma_sync:
      return fmt::format("@{:x} {} B", e.a, e.b);
    case stage::skb_build:
      return fmt::format("{} B{}", e.a, e.b == 1 ? " copied" : "");
    case stage::tx_wire_eof:
      return sof_text(e);
    case stage::tx_desc_fetch:
      return fmt::format("@{:x} {} descriptors", e.a, e.b / 16);
    case stage::tx_dma_start:
      return fmt::format("@{:x} burst {} B", e.a, e.b);
    case stage::tx_dma_done:
      return fmt::format("to {:x}", e.a);
    case stage::tx_desc_writeback:
    case stage::tx_dd_visible:
      return fmt::format("@{:x} st {:02x}", e.a, word_status(e.b));
    case stage::tx_socket:
      return fmt::format("socket {} {} B", e.a, e.b);
    case stage::tx_qdisc:
      return e.b == 0 ? fmt::format("{} B, none before it", e.a) : fmt::format("{} B, {} before it", e.a, e.b);
    case stage::tx_driver:
      return fmt::format("{} B, {} descriptors", e.a, e.b);
    case stage::tdt_write:
      return fmt::format("TDT = {}", e.a);
    case stage::tx_fifo_commit:
      return fmt::format("{} B", e.a);
    case stage::frame_made:
      return made_text(e);
    case stage::skb_link:
      return link_text(e);
    case stage::netif_receive_skb:
    case stage::tap:
    case stage::tx_complete:
      return fmt::format("{} B", e.a);
    case stage::socket_enqueue:
    case stage::socket_copy:
    case stage::app_read:
      return fmt::format("socket {} {} B", e.a & ~socket_mark::unverified, e.b);
    case stage::task_wake:
      return fmt::format("task {}", e.a);
    case stage::rdt_write:
      return fmt::format("RDT = {}", e.a);
    case stage::napi_complete:
      return fmt::format("{} frames", e.a);
    case stage::softirq_exit:
      return fmt::format("{} restarts", e.a);
    default:
      return {};
  }
}

}  // namespace ringside::platform

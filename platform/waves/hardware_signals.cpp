// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/hardware_signals.h"

#include <string_view>

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/pci/pci_bus.h"
#include "platform/waves/stage_signals.h"

namespace ringside::platform {
namespace {

std::string_view register_name(std::uint64_t offset) {
  if (offset >= config_event_base) return "configuration";
  for (const reg::row& r : reg::table)
    if (offset >= r.offset && offset < r.offset + std::uint64_t{r.count} * r.stride) return r.name;
  return "unknown";
}

std::string_view kind_name(std::uint64_t word) {
  using tlm::pci_word::kind;
  switch (static_cast<kind>(word >> 16 & 0xF)) {
    case kind::payload:
      return "payload";
    case kind::fetch:
      return "descriptor_fetch";
    case kind::writeback:
      return "descriptor_writeback";
    case kind::tx_payload:
      return "transmit_payload";
    case kind::tx_fetch:
      return "transmit_descriptor_fetch";
    case kind::tx_writeback:
      return "transmit_descriptor_writeback";
    case kind::config:
      return "cpu_configuration";
    case kind::memory:
      return "cpu_memory";
    case kind::io:
      return "cpu_io";
  }
  return "unknown";
}

std::string_view result_name(std::uint64_t word) {
  if ((word & tlm::pci_word::abort) != 0) return "abort";
  if ((word & tlm::pci_word::retry) != 0) return "retry";
  return (word & tlm::pci_word::disconnect) != 0 ? "disconnect" : "complete";
}

}  // namespace

hardware_signals::hardware_signals(vcd_signals& signals, const clock_domain& pci_clock)
    : signals_(signals), pci_clock_(pci_clock) {
  declare_wire();
  declare_nic();
  declare_bus();
  declare_memory();
}

void hardware_signals::declare_wire() {
  signals_.open_scope("wire");
  wire_ = {signals_.number("link", 1), signals_.number("in_frame", 1), signals_.number("frame", 32)};
  signals_.close_scope();
}

void hardware_signals::declare_nic() {
  signals_.open_scope("nic");
  nic_ = {.accepted_frame = signals_.number("accepted_frame", 32),
          .committed_frame = signals_.number("committed_frame", 32),
          .dropped_frame = signals_.number("dropped_frame", 32),
          .drop_reason = signals_.word("drop_reason"),
          .causes = signals_.number("causes", 32),
          .intx = signals_.number("intx", 1),
          .moderation_hold = signals_.number("moderation_hold", 1),
          .no_buffer = signals_.moment("no_buffer"),
          .reset = signals_.moment("reset"),
          .reg = signals_.word("register"),
          .reg_write = signals_.number("register_write", 1),
          .reg_value = signals_.number("register_value", 32),
          .rdt = signals_.number("rdt", 16),
          .head = signals_.number("descriptors_written", 32)};
  signals_.close_scope();
}

void hardware_signals::declare_bus() {
  signals_.open_scope("bus");
  bus_ = {.busy = signals_.number("busy", 1),
          .kind = signals_.word("kind"),
          .write = signals_.number("write", 1),
          .address = signals_.number("address", 64),
          .bytes = signals_.number("bytes", 16),
          .result = signals_.word("result")};
  signals_.close_scope();
}

void hardware_signals::declare_memory() {
  signals_.open_scope("memory");
  memory_ = {.payload_frame = signals_.number("payload_frame", 32),
             .writeback_frame = signals_.number("writeback_frame", 32),
             .writeback_index = signals_.number("writeback_index", 16),
             .writebacks_posted = signals_.number("writebacks_posted", 16),
             .dd_frame = signals_.number("dd_frame", 32),
             .dd_index = signals_.number("dd_index", 16)};
  signals_.close_scope();
}

std::uint64_t hardware_signals::descriptor_index(std::uint64_t address) const {
  return address >= ring_base_ ? (address - ring_base_) / rxd::SIZE : 0;
}

void hardware_signals::on_event(const event& e) {
  if (!on_wire_event(e) && !on_nic_event(e)) on_memory_event(e);
}

bool hardware_signals::on_wire_event(const event& e) {
  switch (e.what) {
    case stage::wire_sof:
      signals_.set(wire_.in_frame, 1, e.time);
      signals_.set(wire_.frame, frame_number(e.frame), e.time);
      return true;
    case stage::wire_eof:
      signals_.set(wire_.in_frame, 0, e.time);
      return true;
    case stage::link_change:
      signals_.set(wire_.link, e.a, e.time);
      return true;
    default:
      return false;
  }
}

bool hardware_signals::on_nic_event(const event& e) {
  switch (e.what) {
    case stage::filter_accept:
      signals_.set(nic_.accepted_frame, frame_number(e.frame), e.time);
      return true;
    case stage::filter_reject:
    case stage::fifo_drop:
      signals_.set(nic_.dropped_frame, frame_number(e.frame), e.time);
      signals_.set(nic_.drop_reason, name(static_cast<drop_reason>(e.b)), e.time);
      return true;
    case stage::fifo_commit:
      signals_.set(nic_.committed_frame, frame_number(e.frame), e.time);
      return true;
    case stage::cause_set:
      signals_.set(nic_.causes, e.a, e.time);
      return true;
    case stage::moderation_hold:
      signals_.set(nic_.moderation_hold, 1, e.time);
      return true;
    case stage::intx_assert:
      signals_.set(nic_.intx, 1, e.time);
      signals_.set(nic_.moderation_hold, 0, e.time);
      return true;
    case stage::intx_deassert:
      signals_.set(nic_.intx, 0, e.time);
      return true;
    case stage::rnbc:
      signals_.happen(nic_.no_buffer, e.time);
      return true;
    case stage::nic_reset:
      signals_.happen(nic_.reset, e.time);
      signals_.set(nic_.moderation_hold, 0, e.time);
      return true;
    case stage::reg_write:
      show_register(e, true);
      return true;
    case stage::reg_read:
      show_register(e, false);
      return true;
    default:
      return false;
  }
}

void hardware_signals::show_register(const event& e, bool write) {
  signals_.set(nic_.reg, register_name(e.a), e.time);
  signals_.set(nic_.reg_write, write ? 1 : 0, e.time);
  signals_.set(nic_.reg_value, e.b, e.time);
  if (!write) return;
  if (e.a == reg::RDT) signals_.set(nic_.rdt, e.b, e.time);
  if (e.a == reg::RDBAL) ring_base_ = (ring_base_ & ~std::uint64_t{0xFFFFFFFF}) | (e.b & 0xFFFFFFF0);
  if (e.a == reg::RDBAH) ring_base_ = (ring_base_ & 0xFFFFFFFF) | e.b << 32;
}

void hardware_signals::on_memory_event(const event& e) {
  switch (e.what) {
    case stage::dma_done:
      signals_.set(memory_.payload_frame, frame_number(e.frame), e.time);
      break;
    case stage::desc_writeback:
      ++written_;
      signals_.set(memory_.writeback_frame, frame_number(e.frame), e.time);
      signals_.set(memory_.writeback_index, descriptor_index(e.a), e.time);
      signals_.set(memory_.writebacks_posted, written_ - visible_, e.time);
      signals_.set(nic_.head, written_, e.time);
      break;
    case stage::dd_visible:
      ++visible_;
      signals_.set(memory_.dd_frame, frame_number(e.frame), e.time);
      signals_.set(memory_.dd_index, descriptor_index(e.a), e.time);
      signals_.set(memory_.writebacks_posted, written_ - visible_, e.time);
      break;
    case stage::pci_transaction:
      show_transaction(e);
      break;
    default:
      break;
  }
}

// Told at its last clock; drawn from its address phase to the end of that clock.
void hardware_signals::show_transaction(const event& e) {
  const std::int64_t last = pci_clock_.edge_at_or_after(e.time);
  const auto clocks = static_cast<std::int64_t>(e.b >> 32);
  const sim_time start = pci_clock_.edge(last - clocks + 1);
  signals_.set(bus_.busy, 1, start);
  signals_.set(bus_.kind, kind_name(e.b), start);
  signals_.set(bus_.write, (e.b & tlm::pci_word::write) != 0 ? 1 : 0, start);
  signals_.set(bus_.address, e.a, start);
  signals_.set(bus_.bytes, e.b & 0xFFFF, start);
  signals_.set(bus_.result, result_name(e.b), start);
  signals_.set(bus_.busy, 0, pci_clock_.edge(last + 1));
}

}  // namespace ringside::platform

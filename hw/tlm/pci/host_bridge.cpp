// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/pci/host_bridge.h"

#include <algorithm>
#include <cstring>

#include "hw/tlm/pci/pci_bus.h"
#include "hw/tlm/pci/pci_space_extension.h"
#include "hw/tlm/systemc/sc_time_convert.h"

namespace ringside::tlm {
namespace {
constexpr std::uint32_t memory_line_bytes = 64;
}

host_bridge::host_bridge(const sc_core::sc_module_name& name, const pci_params& params, host_memory& memory)
    : sc_module(name), cpu_in("cpu_in"), memory_out("memory_out"), params_(params), memory_(memory) {
  cpu_in.register_b_transport(this, &host_bridge::b_transport);
  memory_out.register_invalidate_direct_mem_ptr(this, &host_bridge::lose_direct_access);
  memory_out.bind(memory.bus_in);
}

// ---- target side: DMA
// ------------------------------------------------------------------------------------------------

[[gnu::hot]] bool host_bridge::claims(std::uint64_t address, std::uint32_t bytes) const {
  return memory_.contains(address, bytes);
}

[[gnu::hot]] bool host_bridge::can_post(std::uint32_t bytes) const {
  // A burst larger than the buffer is taken when the buffer is empty: it drains while it comes in.
  return posted_.empty() || posted_bytes_ + bytes <= params_.posted_bytes;
}

[[gnu::hot]] void host_bridge::post_write(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to,
                                          sim_time t) {
  posted_write& entry = posted_.add();
  entry.address = transfer.address + from;
  entry.kind = transfer.kind;
  entry.offset = from;
  entry.data.assign(std::span(transfer.data).subspan(from, to - from));
  entry.frames.assign(transfer.frames);
  const std::uint32_t bytes = to - from;
  const auto lines = static_cast<sim_time>((bytes + memory_line_bytes - 1) / memory_line_bytes);
  entry.visible = std::max(t + params_.drain_latency, last_drain_) + lines * params_.drain_line_time;
  last_drain_ = entry.visible;
  posted_bytes_ += bytes;
}

[[gnu::hot]] sim_time host_bridge::drained_by() const {
  return posted_.empty() ? 0 : posted_.back().visible;
}

[[gnu::hot]] void host_bridge::read_memory(std::uint64_t address, std::span<std::uint8_t> data) {
  access_memory(::tlm::TLM_READ_COMMAND, address, data);
}

frame_id host_bridge::frame_at(std::uint64_t address) const {
  return memory_.frame_at(address);
}

void host_bridge::ask_direct_access() {
  ::tlm::tlm_dmi dmi;
  if (!memory_out->get_direct_mem_ptr(payload_, dmi)) return;
  if (!dmi.is_read_write_allowed()) return;
  direct_ = dmi.get_dmi_ptr();
  direct_from_ = dmi.get_start_address();
  direct_bytes_ = dmi.get_end_address() + 1 - direct_from_;
}

void host_bridge::lose_direct_access(sc_dt::uint64, sc_dt::uint64) {
  direct_ = nullptr;
  direct_bytes_ = 0;
}

// One payload object for all: making one costs more than the transport (IEEE 1666-2011 14.5 asks for pooling).
[[gnu::hot]] void host_bridge::access_memory(::tlm::tlm_command command, std::uint64_t address,
                                             std::span<std::uint8_t> data) {
  // An address below the first wraps around and is far beyond the last.
  if (const std::uint64_t inside = address - direct_from_;
      inside < direct_bytes_ && data.size() <= direct_bytes_ - inside) [[likely]] {
    std::uint8_t* const here = direct_ + inside;
    if (command == ::tlm::TLM_WRITE_COMMAND)
      std::memcpy(here, data.data(), data.size());
    else
      std::memcpy(data.data(), here, data.size());
    return;
  }
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(data.data());
  payload_.set_data_length(static_cast<unsigned>(data.size()));
  payload_.set_streaming_width(static_cast<unsigned>(data.size()));
  payload_.set_response_status(::tlm::TLM_INCOMPLETE_RESPONSE);
  payload_.set_dmi_allowed(false);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  memory_out->b_transport(payload_, delay);
  if (payload_.is_response_error()) SC_REPORT_FATAL("host_bridge", "DMA beyond memory was claimed");
  if (payload_.is_dmi_allowed()) ask_direct_access();
}

[[gnu::hot]] const posted_write& host_bridge::drain() {
  posted_write& entry = posted_.take();
  posted_bytes_ -= static_cast<std::uint32_t>(entry.data.size());
  access_memory(::tlm::TLM_WRITE_COMMAND, entry.address, {entry.data.data(), entry.data.size()});
  if (is_payload(entry.kind)) memory_.mark(entry.address, entry.data.size(), entry.frames.front());
  return entry;
}

// ---- master side: CPU accesses
// ---------------------------------------------------------------------------------------

::tlm::tlm_response_status host_bridge::check(const ::tlm::tlm_generic_payload& payload) {
  if (!payload.is_read() && !payload.is_write()) return ::tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr) return ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (payload.get_data_length() != 4 || payload.get_streaming_width() < 4) return ::tlm::TLM_BURST_ERROR_RESPONSE;
  if (payload.get_address() % 4 != 0) return ::tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return ::tlm::TLM_OK_RESPONSE;
}

host_bridge::access_slot& host_bridge::take_slot() {
  for (access_slot& slot : slots_)
    if (!slot.busy) {
      slot.busy = true;
      return slot;
    }
  access_slot& slot = slots_.emplace_back();
  slot.busy = true;
  return slot;
}

// Wakes: a read, I/O or configuration access by cpu_access_done(); a memory write waits only while the posting buffer
// is full.
void host_bridge::b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (const ::tlm::tlm_response_status status = check(payload); status != ::tlm::TLM_OK_RESPONSE) {
    payload.set_response_status(status);
    return;
  }
  if (delay != sc_core::SC_ZERO_TIME) {
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }
  const auto* extension = payload.get_extension<pci_space_extension>();
  // Only memory writes are posted; I/O and configuration writes complete on the bus first (PCI 2.3 section 3.2.5).
  const bool posted = !is_answered(extension == nullptr ? pci_space::memory : extension->space, payload.is_write());
  if (posted)
    while (posted_cpu_writes_ >= params_.cpu_posted_writes) wait(write_slot_free_);
  access_slot& slot = take_slot();
  cpu_access& access = slot.access;
  access = {};
  if (extension != nullptr) {
    access.space = extension->space;
    access.device = extension->device;
    access.byte_enables = extension->byte_enables;
  }
  access.address = payload.get_address();
  access.write = payload.is_write();
  if (access.write) std::memcpy(&access.data, payload.get_data_ptr(), sizeof access.data);
  const sim_time asked = from_sc_time(sc_core::sc_time_stamp()) + params_.cpu_to_bus_latency;
  bus_->request_cpu(access, asked);
  if (posted) {
    ++posted_cpu_writes_;
  } else {
    wait(slot.done);
    if (!access.write) std::memcpy(payload.get_data_ptr(), &access.data, sizeof access.data);
    slot.busy = false;
  }
  payload.set_response_status(::tlm::TLM_OK_RESPONSE);
}

void host_bridge::cpu_access_done(cpu_access& access, sim_time t) {
  for (access_slot& slot : slots_) {
    if (&slot.access != &access) continue;
    if (access.write && access.space != pci_space::memory) {
      notify(slot.done, t + params_.bus_to_cpu_latency);
    } else if (access.write) {
      slot.busy = false;
      if (posted_cpu_writes_-- == params_.cpu_posted_writes) notify(write_slot_free_, t);
    } else {
      // The answer may not pass the DMA writes that ended before it.  Software at an instant goes before the drain at
      // that instant, so it comes a picosecond after the last one.
      notify(slot.done, std::max(t + params_.bus_to_cpu_latency, drained_by() + ps));
    }
    return;
  }
}

void host_bridge::notify(sc_core::sc_event& event, sim_time t) {
  event.notify(to_sc_time(t) - sc_core::sc_time_stamp());
  if (on_schedule_) on_schedule_(t);
}

}  // namespace ringside::tlm

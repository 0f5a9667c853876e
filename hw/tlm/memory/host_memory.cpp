// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/memory/host_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>
#include <stdexcept>

namespace ringside::tlm {

namespace {
template <typename T>
T* zeroed_array(std::size_t count) {
  auto* memory = static_cast<T*>(std::calloc(count, sizeof(T)));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

host_memory::host_memory(const sc_core::sc_module_name& name, std::size_t bytes, bool coherent)
    : sc_module(name),
      bus_in("bus_in"),
      size_(bytes),
      bytes_(zeroed_array<std::byte>(bytes)),
      view_(bytes_.get()),
      shadow_(zeroed_array<frame_id>((bytes >> shadow_shift) + 1)) {
  bus_in.register_b_transport(this, &host_memory::b_transport);
  bus_in.register_transport_dbg(this, &host_memory::transport_dbg);
  bus_in.register_get_direct_mem_ptr(this, &host_memory::get_direct_mem_ptr);
  if (!coherent) device_.reset(zeroed_array<std::byte>(bytes));
}

void host_memory::split() {
  device_.reset(zeroed_array<std::byte>(size_));
  bus_in->invalidate_direct_mem_ptr(0, size_ - 1);
}

void host_memory::adopt(std::span<std::byte> bytes, std::uint64_t first) {
  if (!coherent()) throw std::logic_error("memory with two views is not adopted");
  bus_in->invalidate_direct_mem_ptr(0, size_ - 1);
  size_ = static_cast<std::size_t>(first) + bytes.size();
  first_ = first;
  view_ = bytes.data();
  bytes_.reset();
  shadow_.reset(zeroed_array<frame_id>((size_ >> shadow_shift) + 1));
}

frame_id host_memory::frame_at(std::uint64_t address) const {
  return address < size_ ? shadow_[address >> shadow_shift] : 0;
}

[[gnu::hot]] void host_memory::mark(std::uint64_t address, std::uint64_t length, frame_id frame) {
  for (std::uint64_t line = address >> shadow_shift; line <= (address + length - 1) >> shadow_shift; ++line)
    shadow_[line] = frame;
}

// ---- two views
// ---------------------------------------------------------------------------------------------------------

void host_memory::set_coherent(std::uint64_t address, std::uint64_t length, bool on) {
  if (coherent() || !contains(address, length)) return;
  if (on) {
    coherent_.insert_or_assign(address, address + length);
  } else if (coherent_.erase(address) != 0) {
    to_device(address, length);  // uncached so far: memory holds what the CPU saw
  }
}

void host_memory::to_cpu(std::uint64_t address, std::uint64_t length) {
  if (!coherent() && contains(address, length)) std::memcpy(bytes_.get() + address, device_.get() + address, length);
}

void host_memory::to_device(std::uint64_t address, std::uint64_t length) {
  if (!coherent() && contains(address, length)) std::memcpy(device_.get() + address, bytes_.get() + address, length);
}

// ---- bus side
// ----------------------------------------------------------------------------------------------------------

[[gnu::hot]] void host_memory::b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  access(payload);
}

unsigned host_memory::transport_dbg(::tlm::tlm_generic_payload& payload) {
  return access(payload) ? payload.get_data_length() : 0;
}

// All of it, as long as devices see what the CPU sees.
bool host_memory::get_direct_mem_ptr(::tlm::tlm_generic_payload&, ::tlm::tlm_dmi& dmi) {
  if (!coherent()) return false;
  dmi.allow_read_write();
  dmi.set_start_address(first_);
  dmi.set_end_address(size_ - 1);
  dmi.set_dmi_ptr(reinterpret_cast<unsigned char*>(view_));
  return true;
}

[[gnu::hot]] bool host_memory::check(::tlm::tlm_generic_payload& payload) const {
  const unsigned length = payload.get_data_length();
  ::tlm::tlm_response_status status = ::tlm::TLM_OK_RESPONSE;
  if (!contains(payload.get_address(), length)) {
    status = ::tlm::TLM_ADDRESS_ERROR_RESPONSE;
  } else if (payload.get_streaming_width() < length) {
    status = ::tlm::TLM_BURST_ERROR_RESPONSE;
  } else if (payload.get_byte_enable_ptr() != nullptr) {
    status = ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  } else if (!payload.is_read() && !payload.is_write()) {
    status = ::tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  payload.set_response_status(status);
  return status == ::tlm::TLM_OK_RESPONSE;
}

[[gnu::hot]] bool host_memory::access(::tlm::tlm_generic_payload& payload) {
  if (!check(payload)) return false;
  payload.set_dmi_allowed(coherent());
  return coherent() ? access_together(payload) : access_apart(payload);
}

[[gnu::hot]] bool host_memory::access_together(::tlm::tlm_generic_payload& payload) {
  std::byte* here = view_ + (payload.get_address() - first_);
  if (payload.is_read())
    std::memcpy(payload.get_data_ptr(), here, payload.get_data_length());
  else
    std::memcpy(here, payload.get_data_ptr(), payload.get_data_length());
  return true;
}

// A burst may begin in one kind of range and end in another.
bool host_memory::access_apart(::tlm::tlm_generic_payload& payload) {
  unsigned char* data = payload.get_data_ptr();
  std::uint64_t at = payload.get_address();
  const std::uint64_t end = at + payload.get_data_length();
  while (at < end) {
    const auto next = coherent_.upper_bound(at);
    std::uint64_t until = next == coherent_.end() ? end : std::min(end, next->first);
    std::byte* view = device_.get();
    if (next != coherent_.begin()) {
      if (const auto range = std::prev(next); at < range->second) {
        until = std::min(until, range->second);
        view = bytes_.get();
      }
    }
    const auto bytes = static_cast<std::size_t>(until - at);
    if (payload.is_read())
      std::memcpy(data, view + at, bytes);
    else
      std::memcpy(view + at, data, bytes);
    data += bytes;
    at = until;
  }
  return true;
}

}  // namespace ringside::tlm

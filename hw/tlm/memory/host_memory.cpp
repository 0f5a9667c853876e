#include "hw/tlm/memory/host_memory.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace ringside::tlm {

namespace {
template <typename T>
T* zeroed_array(std::size_t count) {
  auto* memory = static_cast<T*>(std::calloc(count, sizeof(T)));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
}  // namespace

host_memory::host_memory(const sc_core::sc_module_name& name, std::size_t bytes)
    : sc_module(name),
      bus_in("bus_in"),
      size_(bytes),
      bytes_(zeroed_array<std::byte>(bytes)),
      shadow_(zeroed_array<frame_id>((bytes >> shadow_shift) + 1)) {
  bus_in.register_b_transport(this, &host_memory::b_transport);
  bus_in.register_transport_dbg(this, &host_memory::transport_dbg);
}

frame_id host_memory::frame_at(std::uint64_t address) const {
  return address < size_ ? shadow_[address >> shadow_shift] : 0;
}

void host_memory::mark(std::uint64_t address, std::uint64_t length, frame_id frame) {
  for (std::uint64_t line = address >> shadow_shift; line <= (address + length - 1) >> shadow_shift; ++line)
    shadow_[line] = frame;
}

void host_memory::b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time&) { access(payload); }

unsigned host_memory::transport_dbg(::tlm::tlm_generic_payload& payload) {
  return access(payload) ? payload.get_data_length() : 0;
}

bool host_memory::access(::tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (!contains(address, length)) {
    payload.set_response_status(::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return false;
  }
  if (payload.get_streaming_width() < length) {
    payload.set_response_status(::tlm::TLM_BURST_ERROR_RESPONSE);
    return false;
  }
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return false;
  }
  if (payload.is_read())
    std::memcpy(payload.get_data_ptr(), bytes_.get() + address, length);
  else if (payload.is_write())
    std::memcpy(bytes_.get() + address, payload.get_data_ptr(), length);
  else {
    payload.set_response_status(::tlm::TLM_COMMAND_ERROR_RESPONSE);
    return false;
  }
  payload.set_response_status(::tlm::TLM_OK_RESPONSE);
  return true;
}

}  // namespace ringside::tlm

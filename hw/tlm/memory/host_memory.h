// Host memory: bytes at bus addresses from 0, bounds-checked, with the shadow map from buffer address to frame id.
//
// A TLM-2.0 target; the host bridge reaches it through its socket, software through span().
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>

#include <systemc>
#include <tlm>
#include <tlm_utils/simple_target_socket.h>

#include "common/event.h"

namespace ringside::tlm {

class host_memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<host_memory> bus_in;

  host_memory(const sc_core::sc_module_name& name, std::size_t bytes);

  std::size_t size() const { return size_; }
  std::span<std::byte> span() { return {bytes_.get(), size_}; }
  bool contains(std::uint64_t address, std::uint64_t length) const {
    return length <= size_ && address <= size_ - length;
  }

  /// Frame whose payload was last written to the line that holds `address`; 0 when none.
  frame_id frame_at(std::uint64_t address) const;
  /// Notes that payload of `frame` was drained to [address, address + length).
  void mark(std::uint64_t address, std::uint64_t length, frame_id frame);

 private:
  // Frames are told apart per 64 bytes: no receive buffer is smaller than 256 bytes or shares a line with another's start.
  static constexpr unsigned shadow_shift = 6;

  void b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(::tlm::tlm_generic_payload& payload);
  bool access(::tlm::tlm_generic_payload& payload);

  // From calloc: pages the run never touches cost nothing.
  struct release {
    void operator()(void* memory) const { std::free(memory); }
  };
  template <typename T>
  using zeroed = std::unique_ptr<T[], release>;

  std::size_t size_;
  zeroed<std::byte> bytes_;
  zeroed<frame_id> shadow_;
};

}  // namespace ringside::tlm

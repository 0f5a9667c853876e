// SPDX-License-Identifier: Apache-2.0
// Host memory: bytes at bus addresses from 0, bounds-checked, with the shadow map from buffer address to frame id.
//
// A TLM-2.0 target; the host bridge reaches it through its socket, coherent memory directly (DMI) from its second
// access on, software through span().
//
// Not coherent: CPU and devices see different bytes at an address, except in coherent ranges, until the DMA API moves
// them (to_cpu, to_device).  The CPU's view stands for its cache, the devices' view for the memory behind it.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <span>
#include <systemc>
#include <tlm>

#include "common/event.h"

namespace ringside::tlm {

class host_memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<host_memory> bus_in;

  host_memory(const sc_core::sc_module_name& name, std::size_t bytes, bool coherent = true);

  std::size_t size() const { return size_; }
  /// The CPU's view, of memory that is not adopted.
  std::span<std::byte> span() { return {bytes_.get(), size_}; }
  bool coherent() const { return device_ == nullptr; }
  /// From now on devices have a view of their own, empty as the CPU's is; before anybody has written.
  void split();
  /// From now on memory is what lies at `bytes`, which stay the caller's, and its first address is `first`: the memory
  /// of a CPU that is not ours.  Coherent memory alone; before anybody has written.
  void adopt(std::span<std::byte> bytes, std::uint64_t first);
  /// Makes CPU and devices see the same bytes in [address, address + length) from now on, or no longer.
  void set_coherent(std::uint64_t address, std::uint64_t length, bool on);
  /// Non-coherent memory: what devices wrote becomes what the CPU sees, and the other way round.
  void to_cpu(std::uint64_t address, std::uint64_t length);
  void to_device(std::uint64_t address, std::uint64_t length);
  bool contains(std::uint64_t address, std::uint64_t length) const {
    return address >= first_ && length <= size_ && address <= size_ - length;
  }

  /// Frame whose payload was last written to the line that holds `address`; 0 when none.
  frame_id frame_at(std::uint64_t address) const;
  /// Notes that payload of `frame` was drained to [address, address + length).
  void mark(std::uint64_t address, std::uint64_t length, frame_id frame);

 private:
  // Frames are told apart per 64 bytes: no receive buffer is smaller than 256 bytes or shares a line with another's
  // start.
  static constexpr unsigned shadow_shift = 6;

  void b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(::tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(::tlm::tlm_generic_payload& payload, ::tlm::tlm_dmi& dmi);
  bool access(::tlm::tlm_generic_payload& payload);
  bool access_together(::tlm::tlm_generic_payload& payload);
  bool access_apart(::tlm::tlm_generic_payload& payload);
  bool check(::tlm::tlm_generic_payload& payload) const;

  // From calloc: pages the run never touches cost nothing.
  struct release {
    void operator()(void* memory) const { std::free(memory); }
  };
  template <typename T>
  using zeroed = std::unique_ptr<T[], release>;

  std::size_t size_;                                 // the address behind the last
  std::uint64_t first_ = 0;                          // address
  zeroed<std::byte> bytes_;                          // our own, none when adopted
  std::byte* view_;                                  // of the CPU, from first_ on
  zeroed<std::byte> device_;                         // the devices' view; null in coherent memory
  std::map<std::uint64_t, std::uint64_t> coherent_;  // ranges both views share in bytes_: start, end
  zeroed<frame_id> shadow_;
};

}  // namespace ringside::tlm

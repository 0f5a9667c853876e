// SPDX-License-Identifier: Apache-2.0
// What the PCI bus asks of the host bridge as a target, and tells it as a master.
#pragma once

#include <cstdint>
#include <span>

#include "common/bounded_vector.h"
#include "hw/tlm/pci/cpu_access.h"

namespace ringside::tlm {

/// A DMA write burst on its way from the bus into memory.
struct posted_write {
  std::uint64_t address = 0;
  dma_kind kind = dma_kind::payload;
  std::uint32_t offset = 0;  // of its first byte in the transfer
  bounded_vector<std::uint8_t, dma_transfer::max_bytes> data;
  dma_transfer::frame_list frames;
  sim_time visible = 0;  // when it is in memory
};

class host_bridge_port {
 public:
  virtual ~host_bridge_port() = default;

  // ---- target: DMA of the cards ----
  /// True when [address, address + bytes) is host memory.
  virtual bool claims(std::uint64_t address, std::uint32_t bytes) const = 0;
  /// True when the posted write buffer takes `bytes` more.
  virtual bool can_post(std::uint32_t bytes) const = 0;
  /// A write burst, bytes [from, to) of `transfer`, ended at `t`: it is posted and drains later.
  virtual void post_write(const dma_transfer& transfer, std::uint32_t from, std::uint32_t to, sim_time t) = 0;
  /// Time at which all writes posted so far have drained; 0 when none is left.
  virtual sim_time drained_by() const = 0;
  /// Reads memory as it is now (every drain up to now applied).
  virtual void read_memory(std::uint64_t address, std::span<std::uint8_t> data) = 0;
  /// The frame whose bytes are in memory there, 0 when none.
  virtual frame_id frame_at(std::uint64_t address) const = 0;
  /// Date of the next drain, time_never when nothing is posted.
  virtual sim_time next_drain() const = 0;
  /// Writes the oldest posted burst into memory; valid until the next burst is posted.
  virtual const posted_write& drain() = 0;

  // ---- master: accesses of the CPUs ----
  /// The access ended on the bus at `t`.
  virtual void cpu_access_done(cpu_access& access, sim_time t) = 0;
};

}  // namespace ringside::tlm

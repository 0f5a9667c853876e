// The host bridge's posted write buffer: bursts that ended on the bus and are not in memory yet, oldest first.
//
// A ring whose entries keep their vectors: posting a burst copies its bytes and allocates nothing.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "hw/tlm/pci/host_bridge_port.h"

namespace ringside::tlm {

class posted_writes {
 public:
  bool empty() const { return first_ == end_; }
  const posted_write& front() const { return ring_[first_ & (ring_.size() - 1)]; }
  const posted_write& back() const { return ring_[(end_ - 1) & (ring_.size() - 1)]; }

  /// Adds an entry, to be filled in; it holds what an older one held.
  posted_write& add() {
    if (end_ - first_ == ring_.size()) grow();
    return ring_[end_++ & (ring_.size() - 1)];
  }

  /// Takes the oldest off; it stays valid until the next add().
  posted_write& take() { return ring_[first_++ & (ring_.size() - 1)]; }

 private:
  void grow() {
    std::vector<posted_write> larger(ring_.size() * 2);
    for (std::size_t i = 0; i < ring_.size(); ++i) larger[i] = std::move(ring_[(first_ + i) & (ring_.size() - 1)]);
    end_ = ring_.size();
    first_ = 0;
    ring_ = std::move(larger);
  }

  std::vector<posted_write> ring_{16};  // a power of two of entries
  std::size_t first_ = 0;
  std::size_t end_ = 0;
};

}  // namespace ringside::tlm

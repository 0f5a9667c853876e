// SPDX-License-Identifier: Apache-2.0
// Where a packet goes on: the result of a route lookup that travels with it (struct dst_entry, struct rtable).
//
// Owner: who refers to it: packets, sockets, and the route it is kept with (nhc_rth_input, nhc_pcpu_rth_output).  Made
// by ipv4_layer for packets that come in and by routing for those that leave.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace ringside::stack {

class ip_output;
class ipv4_layer;
class sk_buff;
struct net_device;

/// RTN_*, with Linux' numbers.
enum class route_type : std::uint8_t {
  unicast = 1,
  local = 2,
  broadcast = 3,
  multicast = 5,
  blackhole = 6,
  unreachable = 7,
  prohibit = 8
};

struct dst_entry {
  /// Takes the packet.
  using input_function = void (*)(ipv4_layer&, std::unique_ptr<sk_buff>);
  /// The same; what dev_queue_xmit says, or a negative errno.
  using output_function = int (*)(ip_output&, std::unique_ptr<sk_buff>);

  route_type type;
  input_function input;       // of a packet that came in (dst_input)
  output_function output;     // of one that leaves (dst_output)
  net_device* dev = nullptr;  // by which it leaves; null: it does not
  std::uint32_t references = 0;
  // Of one that leaves (struct rtable).
  std::uint32_t gateway = 0;     // rt_gw4: the next hop; 0: the destination itself
  bool local = false;            // RTCF_LOCAL: this host takes it
  std::uint32_t metric_mtu = 0;  // RTAX_MTU of its route; 0: none
  bool metric_locked = false;    // ... which no ICMP changes (lock of RTAX_MTU)
  bool mtu_locked = false;       // packets go without DF: it is, or what was learned is too little (ip_mtu_locked)
  std::uint32_t pmtu = 0;        // learned (rt_pmtu); 0: none
  std::uint64_t expires = 0;     // jiffies: when what was learned is forgotten
  std::uint64_t generation = 0;  // rt_genid: of all routes when it was made
  bool obsolete = false;         // DST_OBSOLETE_KILL: who keeps it has to look again
};

// The analyzer does not follow counts: to it an entry is used after it is freed, or never freed.
// NOLINTBEGIN(clang-analyzer-cplusplus.NewDelete,clang-analyzer-cplusplus.NewDeleteLeaks)

/// A counted reference (skb_dst); may refer to nothing.
class dst_ref {
 public:
  dst_ref() = default;
  explicit dst_ref(dst_entry* made) : entry_(made) { hold(); }
  dst_ref(const dst_ref& other) : entry_(other.entry_) { hold(); }
  dst_ref(dst_ref&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
  dst_ref& operator=(dst_ref other) noexcept {
    std::swap(entry_, other.entry_);
    return *this;
  }
  ~dst_ref() { drop(); }
  void reset() {  // skb_dst_drop
    drop();
    entry_ = nullptr;
  }

  explicit operator bool() const { return entry_ != nullptr; }
  const dst_entry* operator->() const { return entry_; }
  /// To change it for all who refer to it.
  dst_entry& shared() const { return *entry_; }
  const dst_entry& operator*() const { return *entry_; }
  /// The same entry, not an equal one.
  friend bool operator==(const dst_ref& x, const dst_ref& y) { return x.entry_ == y.entry_; }

 private:
  void hold() {
    if (entry_ != nullptr) ++entry_->references;
  }
  void drop() {
    if (entry_ != nullptr && --entry_->references == 0) delete entry_;
  }

  dst_entry* entry_ = nullptr;
};

// NOLINTEND(clang-analyzer-cplusplus.NewDelete,clang-analyzer-cplusplus.NewDeleteLeaks)

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// Where a packet goes on: the result of a route lookup that travels with it (struct dst_entry, struct rtable).
//
// Owner: who refers to it: packets, and the route it is kept with (nhc_rth_input).  Made by ipv4_layer.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace ringside::stack {

class ipv4_layer;
class sk_buff;
struct net_device;

/// RTN_*, with Linux' numbers.
enum class route_type : std::uint8_t { unicast = 1, local = 2, broadcast = 3, multicast = 5, unreachable = 7 };

struct dst_entry {
  /// Takes the packet.
  using function = void (*)(ipv4_layer&, std::unique_ptr<sk_buff>);

  route_type type;
  function input;             // of a packet that came in (dst_input)
  function output;            // of one that leaves (dst_output)
  net_device* dev = nullptr;  // by which it leaves; null: it does not
  std::uint32_t references = 0;
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

// SPDX-License-Identifier: Apache-2.0
// The messages of vhost-user that a User-Mode-Linux guest sends and understands (QEMU, docs/interop/vhost-user.rst).
#pragma once

#include <array>
#include <cstdint>

namespace ringside::tlm::vhost {

enum class request : std::uint32_t {
  get_features = 1,
  set_features = 2,
  set_owner = 3,
  set_mem_table = 5,
  set_vring_num = 8,
  set_vring_addr = 9,
  set_vring_base = 10,
  get_protocol_features = 15,
  set_protocol_features = 16,
  set_vring_enable = 18,
  set_request_socket = 21,  // VHOST_USER_SET_SLAVE_REQ_FD
  vring_kick = 35,          // in-band notifications
};
inline constexpr std::uint32_t request_vring_call = 4;  // from us, on the socket of set_request_socket

inline constexpr std::uint32_t version = 1;
inline constexpr std::uint32_t version_mask = 3;
inline constexpr std::uint32_t is_reply = 1U << 2;
inline constexpr std::uint32_t wants_reply = 1U << 3;

inline constexpr std::uint64_t feature_protocol = 1ULL << 30;   // VHOST_USER_F_PROTOCOL_FEATURES
inline constexpr std::uint64_t feature_version_1 = 1ULL << 32;  // VIRTIO_F_VERSION_1
// Without in-band notifications a kick would not wait for us, and simulated time would not be the guest's.
inline constexpr std::uint64_t protocol_reply_ack = 1ULL << 3;
inline constexpr std::uint64_t protocol_request_socket = 1ULL << 5;
inline constexpr std::uint64_t protocol_in_band = 1ULL << 14;

struct header {
  std::uint32_t what;
  std::uint32_t flags;
  std::uint32_t bytes;  // of what follows
};

struct vring_state {
  std::uint32_t index;
  std::uint32_t value;
};

struct vring_address {
  std::uint32_t index;
  std::uint32_t flags;
  std::uint64_t descriptors, used, available, log;
};

struct memory_region {
  std::uint64_t guest_address, bytes, user_address, file_offset;
};
struct memory_table {
  std::uint32_t regions;
  std::uint32_t padding;
  std::array<memory_region, 2> region;
};

}  // namespace ringside::tlm::vhost

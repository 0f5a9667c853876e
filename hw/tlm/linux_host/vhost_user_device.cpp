// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/linux_host/vhost_user_device.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"
#include "hw/tlm/linux_host/unix_socket.h"

namespace ringside::tlm {
namespace {

constexpr std::uint64_t offered_features = vhost::feature_protocol | vhost::feature_version_1;
constexpr std::uint64_t offered_protocol =
    vhost::protocol_reply_ack | vhost::protocol_request_socket | vhost::protocol_in_band;
constexpr std::uint32_t longest_payload = 512;

template <typename T>
T payload_as(std::span<const std::byte> payload) {
  if (payload.size() < sizeof(T))
    throw guest_error(fmt::format("a vhost-user message of {} bytes where {} belong", payload.size(), sizeof(T)));
  T value;
  std::memcpy(&value, payload.data(), sizeof value);
  return value;
}

void require_all(std::uint64_t taken, std::uint64_t needed, const char* what) {
  if ((taken & needed) != needed)
    throw guest_error(fmt::format("the guest does without {} 0x{:x}", what, needed & ~taken));
}

}  // namespace

vhost_user_device::vhost_user_device(unsigned queues, on_kick kicked, on_memory mapped)
    : kicked_(std::move(kicked)), mapped_(std::move(mapped)), queues_(queues) {}

void vhost_user_device::serve() {
  vhost::header head{};
  std::vector<file_descriptor> files;
  receive_all(socket_.get(), bytes_of(head), &files);
  if ((head.flags & vhost::version_mask) != vhost::version || head.bytes > longest_payload)
    throw guest_error(fmt::format("a vhost-user message with flags 0x{:x} and {} bytes", head.flags, head.bytes));
  std::array<std::byte, longest_payload> room{};
  const auto payload = std::span(room).first(head.bytes);
  receive_all(socket_.get(), payload, &files);

  switch (static_cast<vhost::request>(head.what)) {
    case vhost::request::get_features:
      return reply(head.what, offered_features);
    case vhost::request::get_protocol_features:
      return reply(head.what, offered_protocol);
    default:
      obey(static_cast<vhost::request>(head.what), payload, files);
      if ((head.flags & vhost::wants_reply) != 0) reply(head.what, 0);
  }
}

void vhost_user_device::obey(vhost::request what, std::span<const std::byte> payload,
                             std::vector<file_descriptor>& files) {
  const auto queue = [this](std::uint32_t index) -> virtqueue& {
    if (index >= queues_.size()) throw guest_error(fmt::format("the guest names queue {}", index));
    return queues_[index];
  };
  switch (what) {
    case vhost::request::set_owner:
      return;
    case vhost::request::set_features:
      return require_all(payload_as<std::uint64_t>(payload), vhost::feature_version_1, "the virtio features");
    case vhost::request::set_protocol_features:
      return require_all(payload_as<std::uint64_t>(payload), offered_protocol, "the vhost-user features");
    case vhost::request::set_request_socket:
      if (files.empty()) throw guest_error("a vhost-user message without its socket");
      requests_ = std::move(files.front());
      return;
    case vhost::request::set_mem_table:
      return take_memory(payload, files);
    case vhost::request::set_vring_num: {
      const auto state = payload_as<vhost::vring_state>(payload);
      return queue(state.index).set_size(state.value);
    }
    case vhost::request::set_vring_base: {
      const auto state = payload_as<vhost::vring_state>(payload);
      return queue(state.index).set_next(state.value);
    }
    case vhost::request::set_vring_addr: {
      const auto at = payload_as<vhost::vring_address>(payload);
      return queue(at.index).set_rings(at.descriptors, at.available, at.used);
    }
    case vhost::request::set_vring_enable: {
      const auto state = payload_as<vhost::vring_state>(payload);
      return queue(state.index).enable(state.value != 0);
    }
    case vhost::request::vring_kick: {
      const auto state = payload_as<vhost::vring_state>(payload);
      queue(state.index);
      return kicked_(state.index);
    }
    default:
      throw guest_error(fmt::format("a vhost-user request nobody has offered: {}", static_cast<std::uint32_t>(what)));
  }
}

// User-Mode-Linux has a second region only where a 32 bit machine has high memory.
void vhost_user_device::take_memory(std::span<const std::byte> payload, std::vector<file_descriptor>& files) {
  const auto table = payload_as<vhost::memory_table>(payload);
  if (table.regions != 1 || files.size() != 1)
    throw guest_error(fmt::format("the guest shows its memory in {} pieces; allowed: 1", table.regions));
  const vhost::memory_region& region = table.region.front();
  // Addresses in messages are the guest's own, which are the same in this kind of guest.
  if (region.user_address != region.guest_address) throw guest_error("the guest's two addresses of its memory differ");
  memory_.map(files.front(), region.guest_address, region.bytes, region.file_offset);
  if (mapped_) mapped_(memory_);
}

void vhost_user_device::reply(std::uint32_t what, std::uint64_t value) {
  struct {
    vhost::header head;
    std::array<std::byte, sizeof(std::uint64_t)> value;
  } message{{what, vhost::version | vhost::is_reply, sizeof value}, {}};
  static_assert(sizeof message == 20, "no padding");
  std::memcpy(message.value.data(), &value, sizeof value);
  send_all(socket_.get(), bytes_of(message));
}

void vhost_user_device::call(unsigned queue) {
  const struct {
    vhost::header head;
    vhost::vring_state state;
  } message{{vhost::request_vring_call, vhost::version | vhost::wants_reply, sizeof(vhost::vring_state)}, {queue, 0}};
  static_assert(sizeof message == 20, "no padding");
  send_all(requests_.get(), bytes_of(message));
}

void vhost_user_device::take_answer() {
  struct {
    vhost::header head;
    std::array<std::byte, sizeof(std::uint64_t)> value;
  } message{};
  receive_all(requests_.get(), bytes_of(message));
  std::uint64_t refused = 0;
  std::memcpy(&refused, message.value.data(), sizeof refused);
  if (refused != 0) throw guest_error("the guest refuses an interrupt of its own queue");
}

}  // namespace ringside::tlm

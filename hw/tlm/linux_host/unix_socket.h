// SPDX-License-Identifier: Apache-2.0
// Stream sockets of the host with a name, and whole messages over them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "common/file_descriptor.h"

namespace ringside::tlm {

/// Listens at `path`, which must not exist.  Throws guest_error.
file_descriptor listen_at(const std::string& path);
file_descriptor accept_one(int listener);

/// All of `to`; descriptors that come along are added to `files`.  Throws guest_gone at the end of the stream.
void receive_all(int socket, std::span<std::byte> to, std::vector<file_descriptor>* files = nullptr);
/// Throws guest_gone when the other end is closed.
void send_all(int socket, std::span<const std::byte> bytes);

template <typename T>
std::span<std::byte> bytes_of(T& object) {
  return std::as_writable_bytes(std::span(&object, 1));
}
template <typename T>
std::span<const std::byte> bytes_of(const T& object) {
  return std::as_bytes(std::span(&object, 1));
}

}  // namespace ringside::tlm

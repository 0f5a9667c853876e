// SPDX-License-Identifier: Apache-2.0
// A counter to wait for (eventfd(2)): writing adds to it, reading takes it, or one of it.
//
// Owner: fd_table.  Callers: system calls of tasks.
#pragma once

#include <cstdint>

#include "sw/stack/file.h"

namespace ringside::stack {

class eventfd final : public file {
 public:
  /// `flags`: EFD_SEMAPHORE and O_NONBLOCK.
  eventfd(kernel::host& machine, std::uint32_t count, int flags)
      : file(flags & abi::o_nonblock),
        host_(machine),
        wait_(machine),
        count_(count),
        one_by_one_((flags & abi::efd_semaphore) != 0) {}

  bool can_poll() const override { return true; }
  poll_mask poll(poll_table* table) override;
  long read(std::span<std::byte> to) override;
  long write(std::span<const std::byte> from) override;

 private:
  kernel::host& host_;
  kernel::wait_queue wait_;
  std::uint64_t count_;
  bool one_by_one_;
};

}  // namespace ringside::stack

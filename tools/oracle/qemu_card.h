// SPDX-License-Identifier: Apache-2.0
// QEMU's e1000 as the oracle drives it; one process serves many cases, with a reset of the machine between them.
#pragma once

#include <deque>
#include <string>

#include "tools/oracle/oracle_card.h"
#include "tools/oracle/qemu_process.h"
#include "tools/oracle/qemu_traits.h"

namespace ringside::oracle {

class qemu_card final : public oracle_card {
 public:
  explicit qemu_card(const std::string& path);

  /// The machine from reset, with BAR0 and bus mastering set up; nothing of the last case is left.
  void reset();

  std::string_view name() const override { return "qemu"; }
  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  byte_vector memory(std::uint64_t address, std::size_t bytes) override;
  void put(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void fill(std::uint64_t address, std::size_t bytes, std::uint8_t value) override;
  /// Frames with a wrong FCS, with RX_ER or shorter than 60 bytes do not exist on QEMU's wire: they are left out
  /// (V-55).
  void offer(const std::vector<offered_frame>& frames) override;
  std::vector<byte_vector> take_sent() override;
  bool work_until(const std::function<bool()>& done) override;
  void settle() override {}
  std::uint64_t accesses() const override { return process_.bus().commands() - first_command_; }
  const qemu_traits& traits() const { return traits_; }
  pid_t pid() const { return process_.pid(); }

 private:
  void push_frames();
  void configure(std::uint32_t offset, std::uint32_t value);

  mutable qemu_process process_;
  qemu_traits traits_;
  byte_vector outgoing_;  // frames the wire had no room for yet
  byte_vector incoming_;
  std::uint64_t first_command_ = 0;
};

/// Can QEMU's wire carry it?
bool exists_in_qemu(const offered_frame& frame);

}  // namespace ringside::oracle

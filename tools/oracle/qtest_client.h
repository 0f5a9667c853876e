// SPDX-License-Identifier: Apache-2.0
// QEMU's qtest protocol: one text line a command, one an answer; memory, ports, nothing else.
//
// Owned by qemu_process; tests drive it against a server of their own.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ringside::oracle {

using byte_vector = std::vector<std::uint8_t>;

/// QEMU ended, did not answer or refused a command.
class qemu_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

class qtest_client {
 public:
  /// `link`: a connected stream socket, not owned.  An answer that takes longer than `limit` is none.
  explicit qtest_client(int link, std::chrono::milliseconds limit = std::chrono::seconds{20})
      : link_(link), limit_(limit) {}

  std::uint32_t read_dword(std::uint64_t address);
  void write_dword(std::uint64_t address, std::uint32_t value);
  std::uint32_t port_in(std::uint16_t port);  // a dword
  void port_out(std::uint16_t port, std::uint32_t value);
  void port_out_byte(std::uint16_t port, std::uint8_t value);
  byte_vector read(std::uint64_t address, std::size_t bytes);
  void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
  void fill(std::uint64_t address, std::size_t bytes, std::uint8_t value);

  /// Commands so far.
  std::uint64_t commands() const { return commands_; }

 private:
  std::string command(const std::string& line);
  std::string answer_line();
  static std::uint64_t number(std::string_view answer, std::string_view command);

  int link_;
  std::chrono::milliseconds limit_;
  std::string received_;
  std::uint64_t commands_ = 0;
};

}  // namespace ringside::oracle

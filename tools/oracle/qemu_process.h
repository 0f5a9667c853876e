// SPDX-License-Identifier: Apache-2.0
// A QEMU of our own with one e1000: its processor halts, we are its bus by qtest and the other end of its wire.
//
// Owned by qemu_card.  Leaves no file behind however it ends: sockets are pairs, the firmware is a file without a name.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "common/file_descriptor.h"
#include "tools/oracle/qtest_client.h"

namespace ringside::oracle {

/// QEMU is not installed.
class qemu_absent : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The program's path: `name` itself when it has a slash, else as PATH has it.  Throws qemu_absent.
std::string find_qemu(const std::string& name);
/// "QEMU emulator version 7.2.22 (...)".
std::string qemu_version(const std::string& path);

class qemu_process {
 public:
  /// `mac`: byte 0 in bits 7:0.
  qemu_process(const std::string& path, std::uint64_t mac);
  ~qemu_process();
  qemu_process(const qemu_process&) = delete;
  qemu_process& operator=(const qemu_process&) = delete;

  qtest_client& bus() { return bus_; }
  /// Stream socket of the wire: each frame behind its length, 4 bytes, highest first.
  int wire() const { return wire_.get(); }
  pid_t pid() const { return pid_; }
  /// What it said on standard error.
  std::string complaint() const;

 private:
  file_descriptor errors_;
  file_descriptor wire_;
  file_descriptor link_;
  pid_t pid_ = -1;
  qtest_client bus_;
};

}  // namespace ringside::oracle

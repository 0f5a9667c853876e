// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/qemu_card.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "common/ethernet.h"
#include "tools/oracle/oracle_case.h"

namespace ringside::oracle {
namespace {

constexpr std::uint64_t bar0_at = 0xE000'0000;
constexpr std::uint16_t config_address = 0xCF8, config_data = 0xCFC, reset_control = 0xCF9;
constexpr std::uint32_t card_function = 0x8000'1800;  // bus 0, device 3
constexpr std::uint32_t identity = 0x100E'8086;
constexpr std::uint32_t command_all = 7;  // I/O, memory, bus master
constexpr std::uint8_t hard_reset = 6;
constexpr auto real_patience = std::chrono::seconds{20};
constexpr std::size_t length_bytes = 4;

}  // namespace

bool exists_in_qemu(const offered_frame& frame) {
  return !frame.bad_fcs && frame.rx_er_at == no_rx_er &&
         frame.bytes.size() >= ethernet::least_frame - ethernet::fcs_bytes;
}

qemu_card::qemu_card(const std::string& path) : process_(path, own_mac), traits_(traits_of(qemu_version(path))) {
  try {
    process_.bus().port_out(config_address, card_function);
    const std::uint32_t found = process_.bus().port_in(config_data);
    if (found != identity) throw qemu_error(fmt::format("device 3 of QEMU is {:08x}, not an e1000", found));
  } catch (const qemu_error& error) {
    const std::string said = process_.complaint();
    throw qemu_error(said.empty() ? error.what() : fmt::format("{} ({})", error.what(), said));
  }
}

void qemu_card::configure(std::uint32_t offset, std::uint32_t value) {
  process_.bus().port_out(config_address, card_function | offset);
  process_.bus().port_out(config_data, value);
}

void qemu_card::reset() {
  process_.bus().port_out_byte(reset_control, hard_reset);
  process_.bus().port_out(config_address, card_function | 0x10);
  if (process_.bus().port_in(config_data) != 0) throw qemu_error("QEMU did not reset its machine");
  configure(0x10, static_cast<std::uint32_t>(bar0_at));
  configure(0x04, command_all);
  outgoing_.clear();
  incoming_.clear();
  first_command_ = process_.bus().commands();
}

std::uint32_t qemu_card::read(std::uint32_t offset) {
  return process_.bus().read_dword(bar0_at + offset);
}

void qemu_card::write(std::uint32_t offset, std::uint32_t value) {
  process_.bus().write_dword(bar0_at + offset, value);
}

byte_vector qemu_card::memory(std::uint64_t address, std::size_t bytes) {
  return process_.bus().read(address, bytes);
}

void qemu_card::put(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  process_.bus().write(address, bytes);
}

void qemu_card::fill(std::uint64_t address, std::size_t bytes, std::uint8_t value) {
  process_.bus().fill(address, bytes, value);
}

void qemu_card::offer(const std::vector<offered_frame>& frames) {
  for (const offered_frame& frame : frames) {
    if (!exists_in_qemu(frame)) continue;
    const auto n = static_cast<std::uint32_t>(frame.bytes.size());
    for (const unsigned shift : {24U, 16U, 8U, 0U}) outgoing_.push_back(static_cast<std::uint8_t>(n >> shift));
    outgoing_.insert(outgoing_.end(), frame.bytes.begin(), frame.bytes.end());
  }
  push_frames();
}

void qemu_card::push_frames() {
  while (!outgoing_.empty()) {
    const ssize_t n = ::send(process_.wire(), outgoing_.data(), outgoing_.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) throw qemu_error(std::string("QEMU's wire: ") + std::strerror(errno));
    outgoing_.erase(outgoing_.begin(), outgoing_.begin() + n);
  }
}

std::vector<byte_vector> qemu_card::take_sent() {
  std::uint8_t buffer[65536];
  for (;;) {
    const ssize_t n = ::recv(process_.wire(), buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) break;
    if (n <= 0) throw qemu_error("QEMU closed its wire");
    incoming_.insert(incoming_.end(), buffer, buffer + n);
  }
  std::vector<byte_vector> frames;
  std::size_t at = 0;
  while (incoming_.size() - at >= length_bytes) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) n = n << 8 | incoming_[at + i];
    if (incoming_.size() - at - length_bytes < n) break;
    const auto from = incoming_.begin() + static_cast<std::ptrdiff_t>(at + length_bytes);
    frames.emplace_back(from, from + static_cast<std::ptrdiff_t>(n));
    at += length_bytes + n;
  }
  incoming_.erase(incoming_.begin(), incoming_.begin() + static_cast<std::ptrdiff_t>(at));
  return frames;
}

bool qemu_card::work_until(const std::function<bool()>& done) {
  const auto limit = std::chrono::steady_clock::now() + real_patience;
  do {
    push_frames();
    if (done()) return true;
  } while (std::chrono::steady_clock::now() < limit);
  return false;
}

}  // namespace ringside::oracle

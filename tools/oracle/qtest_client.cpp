// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/qtest_client.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace ringside::oracle {
namespace {

constexpr std::size_t most_bytes = 32768;  // of memory in one command
constexpr std::string_view answered = "OK";
constexpr std::string_view interrupt_line = "IRQ ";  // comes unasked

void append_hex(std::string& to, std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const std::uint8_t b : bytes) {
    to.push_back(digits[b >> 4]);
    to.push_back(digits[b & 15]);
  }
}

void send_all(int to, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::send(to, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw qemu_error(std::string("QEMU takes no more commands: ") + std::strerror(errno));
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

}  // namespace

std::string qtest_client::answer_line() {
  const auto deadline = std::chrono::steady_clock::now() + limit_;
  for (;;) {
    if (const auto end = received_.find('\n'); end != std::string::npos) {
      std::string line = received_.substr(0, end);
      received_.erase(0, end + 1);
      return line;
    }
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    pollfd fd{.fd = link_, .events = POLLIN, .revents = 0};
    const int ready = left <= 0 ? 0 : ::poll(&fd, 1, static_cast<int>(left));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) throw qemu_error(fmt::format("QEMU did not answer within {} ms", limit_.count()));
    char buffer[65536];
    const ssize_t n = ::read(link_, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw qemu_error("QEMU ended");
    received_.append(buffer, static_cast<std::size_t>(n));
  }
}

std::string qtest_client::command(const std::string& line) {
  ++commands_;
  send_all(link_, line + "\n");
  std::string answer = answer_line();
  while (answer.starts_with(interrupt_line)) answer = answer_line();
  if (answer.starts_with(answered) && (answer.size() == 2 || answer[2] == ' '))
    return answer.substr(std::min<std::size_t>(3, answer.size()));
  throw qemu_error(fmt::format("QEMU answered '{}' to '{}'", answer, line.substr(0, 60)));
}

std::uint64_t qtest_client::number(std::string_view answer, std::string_view command) {
  std::uint64_t value = 0;
  const std::string_view digits = answer.starts_with("0x") ? answer.substr(2) : answer;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error != std::errc{} || end != digits.data() + digits.size())
    throw qemu_error(fmt::format("QEMU answered '{}' to '{}', which is no number", answer, command));
  return value;
}

std::uint32_t qtest_client::read_dword(std::uint64_t address) {
  return static_cast<std::uint32_t>(number(command(fmt::format("readl {:#x}", address)), "readl"));
}

void qtest_client::write_dword(std::uint64_t address, std::uint32_t value) {
  command(fmt::format("writel {:#x} {:#x}", address, value));
}

std::uint32_t qtest_client::port_in(std::uint16_t port) {
  return static_cast<std::uint32_t>(number(command(fmt::format("inl {:#x}", port)), "inl"));
}

void qtest_client::port_out(std::uint16_t port, std::uint32_t value) {
  command(fmt::format("outl {:#x} {:#x}", port, value));
}

void qtest_client::port_out_byte(std::uint16_t port, std::uint8_t value) {
  command(fmt::format("outb {:#x} {:#x}", port, unsigned{value}));
}

byte_vector qtest_client::read(std::uint64_t address, std::size_t bytes) {
  byte_vector out;
  while (out.size() < bytes) {
    const std::size_t n = std::min(bytes - out.size(), most_bytes);
    const std::string answer = command(fmt::format("read {:#x} {:#x}", address + out.size(), n));
    if (answer.size() != 2 + 2 * n || !answer.starts_with("0x"))
      throw qemu_error(fmt::format("QEMU answered {} characters to a read of {} bytes", answer.size(), n));
    for (std::size_t i = 0; i < n; ++i)
      out.push_back(static_cast<std::uint8_t>(number(std::string_view(answer).substr(2 + 2 * i, 2), "read")));
  }
  return out;
}

void qtest_client::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 0; at < bytes.size(); at += most_bytes) {
    const auto part = bytes.subspan(at, std::min(bytes.size() - at, most_bytes));
    std::string line = fmt::format("write {:#x} {:#x} 0x", address + at, part.size());
    append_hex(line, part);
    command(line);
  }
}

void qtest_client::fill(std::uint64_t address, std::size_t bytes, std::uint8_t value) {
  if (bytes != 0) command(fmt::format("memset {:#x} {:#x} {:#x}", address, bytes, unsigned{value}));
}

}  // namespace ringside::oracle

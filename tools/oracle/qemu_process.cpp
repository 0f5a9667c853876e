// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/qemu_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>

namespace ringside::oracle {
namespace {

constexpr std::size_t firmware_bytes = 65536;
constexpr std::size_t reset_vector = 0xFFF0;

[[noreturn]] void fail(std::string_view what) {
  throw qemu_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

file_descriptor nameless_file(const char* label) {
  const int number = ::memfd_create(label, MFD_CLOEXEC);
  if (number < 0) fail("memfd_create");
  return file_descriptor(number);
}

// cli; hlt; jmp to the hlt: the processor does nothing, ever.
file_descriptor make_firmware() {
  byte_vector image(firmware_bytes, 0xF4);
  constexpr std::array<std::uint8_t, 4> halt{0xFA, 0xF4, 0xEB, 0xFD};
  std::copy(halt.begin(), halt.end(), image.begin() + reset_vector);
  file_descriptor file = nameless_file("firmware");
  if (::write(file.get(), image.data(), image.size()) != static_cast<ssize_t>(image.size())) fail("firmware");
  return file;
}

std::pair<file_descriptor, file_descriptor> make_link() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail("socketpair");
  constexpr int room = 4 << 20;
  for (const int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  return {file_descriptor(ends[0]), file_descriptor(ends[1])};
}

std::string mac_text(std::uint64_t mac) {
  std::string text;
  for (unsigned i = 0; i < 6; ++i) text += fmt::format("{}{:02x}", i == 0 ? "" : ":", (mac >> (8 * i)) & 0xFF);
  return text;
}

constexpr int child_firmware = 3, child_bus = 4, child_wire = 5;

// Virtual time jumps to the next timer while the processor halts, so QEMU's delays (1 s behind each write to RCTL)
// take no real time.
std::vector<std::string> arguments(const std::string& path, std::uint64_t mac) {
  return {path,
          "-machine",
          "pc,accel=tcg,hpet=off",
          "-icount",
          "shift=0,sleep=off",
          "-bios",
          fmt::format("/proc/self/fd/{}", child_firmware),
          "-nodefaults",
          "-no-user-config",
          "-display",
          "none",
          "-m",
          "64",
          "-netdev",
          fmt::format("socket,id=n0,fd={}", child_wire),
          "-device",
          fmt::format("e1000,netdev=n0,mac={},addr=3,romfile=", mac_text(mac)),
          "-chardev",
          fmt::format("socket,id=qtest,fd={}", child_bus),
          "-qtest",
          "chardev:qtest",
          "-qtest-log",
          "none"};
}

// In the child: nothing that could wait for a lock of the parent.
[[noreturn]] void become(char* const* words, pid_t parent, std::array<int, 3> links, int errors) {
  ::setpgid(0, 0);  // Ctrl-C is for us to handle
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  constexpr int above = 16;
  for (int& link : links) link = ::fcntl(link, F_DUPFD, above);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::dup2(links[0], child_firmware);
  ::dup2(links[1], child_bus);
  ::dup2(links[2], child_wire);
  ::close_range(child_wire + 1, ~0U, 0);
  for (const int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
  ::execv(words[0], words);
  ::_exit(127);
}

}  // namespace

std::string find_qemu(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    if (::access(name.c_str(), X_OK) == 0) return name;
    throw qemu_absent(fmt::format("{}: no such program", name));
  }
  const char* path = std::getenv("PATH");
  for (std::string_view left = path == nullptr ? "" : path; !left.empty();) {
    const auto colon = left.find(':');
    const std::string candidate = fmt::format("{}/{}", left.substr(0, colon), name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    left = colon == std::string_view::npos ? "" : left.substr(colon + 1);
  }
  throw qemu_absent(fmt::format("{} is not installed (Debian: package qemu-system-x86)", name));
}

std::string qemu_version(const std::string& path) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) fail("pipe");
  const file_descriptor from(ends[0]);
  file_descriptor to(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) fail("fork");
  if (pid == 0) {
    ::dup2(to.get(), STDOUT_FILENO);
    ::execl(path.c_str(), path.c_str(), "--version", static_cast<char*>(nullptr));
    ::_exit(127);
  }
  to.reset();
  std::string text;
  char buffer[256];
  for (ssize_t n = 0; (n = ::read(from.get(), buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0) text.append(buffer, static_cast<std::size_t>(n));
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return text.substr(0, text.find('\n'));
}

qemu_process::qemu_process(const std::string& path, std::uint64_t mac) : errors_(nameless_file("errors")), bus_(-1) {
  const file_descriptor firmware = make_firmware();
  auto [bus_here, bus_there] = make_link();
  auto [wire_here, wire_there] = make_link();
  std::vector<std::string> text = arguments(path, mac);
  std::vector<char*> words;
  for (std::string& word : text) words.push_back(word.data());
  words.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) fail("fork");
  if (pid_ == 0) become(words.data(), parent, {firmware.get(), bus_there.get(), wire_there.get()}, errors_.get());
  link_ = std::move(bus_here);
  wire_ = std::move(wire_here);
  ::fcntl(wire_.get(), F_SETFL, O_NONBLOCK);
  bus_ = qtest_client(link_.get());
}

qemu_process::~qemu_process() {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string qemu_process::complaint() const {
  std::string text(4096, '\0');
  const ssize_t n = ::pread(errors_.get(), text.data(), text.size(), 0);
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return text.substr(0, text.find('\n'));
}

}  // namespace ringside::oracle

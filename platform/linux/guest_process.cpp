// SPDX-License-Identifier: Apache-2.0
#include "platform/linux/guest_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace ringside::platform {
namespace {

constexpr int longest_goodbye_ms = 5000;  // of a kernel that has closed its clock

[[noreturn]] void process_failed(const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

// In the kernel's process to be.  Where things lie in its address space must not differ from run to run: addresses are
// what hash tables of the kernel are filled by.
[[noreturn]] void become_kernel(char* const* words, char* const* environment, int log, pid_t keeper,
                                const char* folder) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != keeper) ::_exit(127);
  ::personality(ADDR_NO_RANDOMIZE);
  if (::chdir(folder) != 0) ::_exit(127);
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_DFL);
  ::execve(words[0], words, environment);
  ::dprintf(STDERR_FILENO, "%s: %s\n", words[0], std::strerror(errno));
  ::_exit(127);
}

void kill_children() {
  const std::string path = fmt::format("/proc/self/task/{}/children", ::getpid());
  const file_descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 4096> text{};
  const ssize_t n = ::read(file.get(), text.data(), text.size() - 1);
  if (n <= 0) return;
  char* at = text.data();
  for (;;) {
    char* end = nullptr;
    const long pid = std::strtol(at, &end, 10);
    if (end == at) return;
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    at = end;
  }
}

// The processes of a guest's programs are children of its kernel; as their subreaper we get them when it has gone.
void reap_everything() {
  for (;;) {
    const pid_t done = ::waitpid(-1, nullptr, WNOHANG);
    if (done > 0) continue;
    if (done < 0 && errno == ECHILD) return;
    kill_children();
    ::usleep(1000);
  }
}

// The keeper: tells the other end of `life` the kernel's process id and its status, and takes everything away when that
// end closes.
[[noreturn]] void keep(char* const* words, char* const* environment, int log, int life, const std::string& folder) {
  ::setsid();  // Ctrl-C is for the simulator to handle
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) ::signal(number, SIG_IGN);
  // Nothing of the simulator's is held open: its outputs end when it ends.
  const int own_life = ::fcntl(life, F_DUPFD, 64);
  const int own_log = ::fcntl(log, F_DUPFD, 64);
  ::close_range(0, static_cast<unsigned>(std::min(own_life, own_log)) - 1, 0);
  ::close_range(static_cast<unsigned>(std::max(own_life, own_log)) + 1, ~0U, 0);
  const pid_t self = ::getpid();
  const pid_t kernel = ::fork();
  if (kernel == 0) become_kernel(words, environment, own_log, self, folder.c_str());
  ::close(own_log);
  if (kernel > 0) {
    ::send(own_life, &kernel, sizeof kernel, MSG_NOSIGNAL);
    const int ended = static_cast<int>(::syscall(SYS_pidfd_open, kernel, 0));
    std::array<pollfd, 2> both{pollfd{own_life, POLLIN, 0}, pollfd{ended, POLLIN, 0}};
    while (::poll(both.data(), both.size(), -1) < 0 && errno == EINTR) {
    }
    if (both[1].revents != 0) {
      int status = 0;
      ::waitpid(kernel, &status, 0);
      ::send(own_life, &status, sizeof status, MSG_NOSIGNAL);
    }
    reap_everything();
  }
  std::byte nobody_writes{};
  while (::recv(own_life, &nobody_writes, 1, 0) < 0 && errno == EINTR) {
  }
  std::error_code none;
  std::filesystem::remove_all(folder, none);
  ::_exit(0);
}

}  // namespace

// A socket's name has 108 bytes.
guest_folder::guest_folder() {
  const char* base = std::getenv("TMPDIR");
  if (base == nullptr || *base != '/' || std::strlen(base) > 64) base = "/tmp";
  path_ = fmt::format("{}/ringside.XXXXXX", base);
  if (::mkdtemp(path_.data()) == nullptr) process_failed(path_);
}

guest_folder::~guest_folder() {
  std::error_code none;
  std::filesystem::remove_all(path_, none);
}

guest_process::guest_process(const command& what, const std::string& folder)
    : log_(::memfd_create("kernel log", MFD_CLOEXEC)) {
  if (!log_.open()) process_failed("memfd_create");
  ::fcntl(log_.get(), F_SETFL, O_APPEND);
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) process_failed("socketpair");
  life_ = file_descriptor(ends[0]);
  file_descriptor theirs(ends[1]);
  std::vector<std::string> words{what.kernel};
  words.insert(words.end(), what.arguments.begin(), what.arguments.end());
  std::vector<std::string> environment;
  for (const auto& [name, value] : what.environment) environment.push_back(name + "=" + value);
  const std::vector<char*> word_pointers = pointers_to(words);
  const std::vector<char*> environment_pointers = pointers_to(environment);
  keeper_ = ::fork();
  if (keeper_ < 0) process_failed("fork");
  if (keeper_ == 0) keep(word_pointers.data(), environment_pointers.data(), log_.get(), theirs.get(), folder);
  theirs.reset();
  while (::recv(life_.get(), &pid_, sizeof pid_, 0) < 0 && errno == EINTR) {
  }
}

guest_process::~guest_process() {
  life_.reset();
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<int> guest_process::wait_for_end() {
  if (status_) return status_;
  pollfd life{life_.get(), POLLIN, 0};
  if (::poll(&life, 1, longest_goodbye_ms) <= 0) return std::nullopt;
  int status = 0;
  ssize_t n = 0;
  while ((n = ::recv(life_.get(), &status, sizeof status, 0)) < 0 && errno == EINTR) {
  }
  if (n == static_cast<ssize_t>(sizeof status)) status_ = status;
  return status_;
}

std::string guest_process::log() const {
  struct stat about {};
  ::fstat(log_.get(), &about);
  std::string text(static_cast<std::size_t>(about.st_size), '\0');
  const ssize_t n = ::pread(log_.get(), text.data(), text.size(), 0);
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return text;
}

}  // namespace ringside::platform

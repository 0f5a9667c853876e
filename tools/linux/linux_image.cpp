// SPDX-License-Identifier: Apache-2.0
#include "tools/linux/linux_image.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "common/file_descriptor.h"
#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

namespace fs = std::filesystem;

// Beside an installed program, or in the tree it was built in.
fs::path linux_folder() {
  std::error_code none;
  const fs::path program = fs::read_symlink("/proc/self/exe", none).parent_path();
  for (const char* place : {"../share/ringside", RINGSIDE_SOURCE_FROM_HERE}) {
    const fs::path folder = (program / place / "linux").lexically_normal();
    if (fs::exists(folder / "kernel" / "build_kernel", none)) return folder;
  }
  throw input_error(
      "linux: the scripts that build the guest are neither beside the program nor in its source tree; allowed: "
      "--kernel and --rootfs");
}

std::string cache_folder(const linux_request& request) {
  if (request.cache) return fs::absolute(*request.cache).string();
  const auto set = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const std::string base = set("XDG_CACHE_HOME"); !base.empty()) return base + "/ringside";
  if (const std::string home = set("HOME"); !home.empty()) return home + "/.cache/ringside";
  throw input_error(fmt_error("--cache", 0, "folder", "neither XDG_CACHE_HOME nor HOME is set", "a folder"));
}

// Runs a script, whose progress goes to standard error; its answer is its last line.
std::string ask(std::vector<std::string> words) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe failed");
  const file_descriptor from(ends[0]);
  file_descriptor to(ends[1]);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("fork failed");
  if (pid == 0) {
    for (const int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
    ::dup2(to.get(), STDOUT_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  to.reset();
  std::string text;
  std::array<char, 512> piece{};
  for (ssize_t n = 0; (n = ::read(from.get(), piece.data(), piece.size())) > 0 || (n < 0 && errno == EINTR);)
    if (n > 0) text.append(piece.data(), static_cast<std::size_t>(n));
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status)) throw image_error(128 + WTERMSIG(status));
  if (WEXITSTATUS(status) != 0) throw image_error(WEXITSTATUS(status));
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

std::string existing(const std::string& path, const char* option, const char* kind) {
  std::error_code none;
  if (!fs::exists(path, none)) throw input_error(fmt_error(option, 0, kind, "'" + path + "' is not there", "a path"));
  return fs::absolute(path).string();
}

}  // namespace

linux_image find_linux_image(const linux_request& request) {
  if (request.kernel && request.kernel_source)
    throw input_error(fmt_error("--kernel-source", 0, "kernel", "is given by --kernel already", "one of the two"));
  linux_image image;
  if (request.kernel) image.kernel = existing(*request.kernel, "--kernel", "kernel");
  if (request.rootfs) image.root = existing(*request.rootfs, "--rootfs", "root folder");
  if (!image.kernel.empty() && !image.root.empty()) return image;
  const fs::path scripts = linux_folder();
  const std::string cache = cache_folder(request);
  if (image.root.empty()) image.root = ask({scripts / "root" / "build_root", cache});
  if (image.kernel.empty()) {
    std::vector<std::string> words{scripts / "kernel" / "build_kernel", cache};
    if (request.kernel_source) words.push_back(existing(*request.kernel_source, "--kernel-source", "kernel source"));
    image.kernel = ask(words);
  }
  return image;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <utility>

#include "platform/report/output_name.h"
#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

std::string allowed_for(int why) {
  if (why == EACCES || why == EPERM || why == EROFS) return "a file where you may write";
  if (why == ENOENT || why == ENOTDIR) return "a file in an existing folder";
  return "a file that can be written";
}

}  // namespace

output_error::output_error(const std::string& name, const std::string& why)
    : std::runtime_error(fmt::format("{}: cannot be written: {}", name, why)) {}

output_error::output_error(const std::string& name, int why)
    : output_error(name, why == 0 ? std::string("the reason is unknown") : std::strerror(why)) {
  why_ = why;
}

bool output_error::reader_is_gone() const {
  return why_ == EPIPE;
}

void put(std::ostream& to, std::string_view text, const std::string& name) {
  errno = 0;
  to << text << std::flush;
  if (!to) throw output_error(name, errno);
}

output_file::output_file(std::string path, const std::string& key, std::ostream* standard) : path_(std::move(path)) {
  if (is_standard_output(path_)) {
    if (standard == nullptr)
      throw input_error(fmt_error(path_, 0, key, "cannot go to standard output", "a file, which can be gone back in"));
    standard_ = standard;
    return;
  }
  const bool given_open = is_descriptor(path_);
  target_ = given_open ? path_ : follow_links(path_);
  std::error_code none;
  const auto kind = std::filesystem::status(target_, none);
  if (path_.empty() || std::filesystem::is_directory(kind))
    throw input_error(
        fmt_error(path_.empty() ? "(empty)" : path_, 0, key, "is no file name", "a file that can be written"));
  direct_ = std::filesystem::is_other(kind);
  if (given_open && !direct_)
    throw input_error(fmt_error(path_, 0, key, "is a file that is open already", "its own name"));
  if (!direct_) {
    create_temporary(key);
    return;
  }
  temporary_ = target_;
  if (access(target_.c_str(), W_OK) != 0)
    throw input_error(
        fmt_error(path_, 0, key, fmt::format("cannot be written: {}", std::strerror(errno)), allowed_for(errno)));
}

// As mkstemp(3), but with the mode that umask leaves.
void output_file::create_temporary(const std::string& key) {
  const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
  int file = -1;
  for (unsigned n = 0; file < 0; ++n) {
    temporary_ = (folder / fmt::format(".ringside-{}-{}", getpid(), n)).string();
    file = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0 && errno != EEXIST) break;
  }
  if (file < 0) {
    const int why = errno;
    temporary_.clear();
    throw input_error(
        fmt_error(path_, 0, key, fmt::format("cannot be written: {}", std::strerror(why)), allowed_for(why)));
  }
  close(file);
}

output_file::output_file(output_file&& other) noexcept
    : path_(std::move(other.path_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})),
      content_(std::move(other.content_)),
      standard_(other.standard_),
      direct_(other.direct_) {}

output_file::~output_file() {
  if (!temporary_.empty() && !direct_) std::remove(temporary_.c_str());
}

void output_file::write(const std::string& content) {
  if (standard_ != nullptr) {
    content_ = content;
    return;
  }
  errno = 0;
  std::ofstream out(temporary_, std::ios::binary | std::ios::trunc);
  out << content;
  out.close();
  if (!out) throw output_error(path_, errno);
}

void output_file::commit() {
  if (standard_ != nullptr) return put(*standard_, std::exchange(content_, {}));
  if (!direct_ && std::rename(temporary_.c_str(), target_.c_str()) != 0) throw output_error(path_, errno);
  temporary_.clear();
}

}  // namespace ringside::platform

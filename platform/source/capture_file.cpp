// SPDX-License-Identifier: Apache-2.0
#include "platform/source/capture_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "platform/scenario/loader.h"
#include "platform/source/unpack.h"

namespace ringside::platform {
namespace {

constexpr const char* whole_captures = "a whole Ethernet capture, pcap or pcapng, or one compressed with gzip";
constexpr std::size_t chunk = std::size_t{1} << 16;

/// One reader: fopencookie(3) calls the functions below with it.
struct reader {
  std::shared_ptr<const capture_file> file;  // keeps the descriptor open
  std::shared_ptr<const capture_file::edits> changes;
  int descriptor = -1;
  off64_t at = 0;
};

void apply(const capture_file::edits& changes, std::int64_t from, std::span<char> bytes) {
  const auto end = from + static_cast<std::int64_t>(bytes.size());
  for (auto edit = changes.upper_bound(from - 4); edit != changes.end() && edit->first < end; ++edit)
    for (std::int64_t i = std::max<std::int64_t>(0, from - edit->first); i < 4 && edit->first + i < end; ++i)
      bytes[static_cast<std::size_t>(edit->first + i - from)] =
          static_cast<char>(edit->second[static_cast<std::size_t>(i)]);
}

ssize_t read_some(void* cookie, char* into, std::size_t most) {
  auto& self = *static_cast<reader*>(cookie);
  const ssize_t got = pread64(self.descriptor, into, most, self.at);
  if (got <= 0) return got;
  if (self.changes) apply(*self.changes, self.at, {into, static_cast<std::size_t>(got)});
  self.at += got;
  return got;
}

int go_to(void* cookie, off64_t* offset, int whence) {
  auto& self = *static_cast<reader*>(cookie);
  if (whence == SEEK_SET) self.at = *offset;
  if (whence == SEEK_CUR) self.at += *offset;
  if (whence == SEEK_END) return -1;  // nobody asks for it
  *offset = self.at;
  return 0;
}

int let_go(void* cookie) {
  delete static_cast<reader*>(cookie);
  return 0;
}

}  // namespace

void capture_file::closer::operator()(std::FILE* stream) const {
  std::fclose(stream);
}

capture_file::capture_file(std::string name, std::string key) : name_(std::move(name)), key_(std::move(key)) {}

capture_file::~capture_file() {
  if (descriptor_ >= 0) close(descriptor_);
}

void capture_file::refuse(const std::string& why) const {
  refuse(why, whole_captures);
}

void capture_file::refuse(const std::string& why, const std::string& allowed) const {
  throw input_error(fmt_error(name_ == "-" ? "standard input" : name_, 0, key_, why, allowed));
}

std::shared_ptr<const capture_file> capture_file::open(const std::string& name, const std::string& key) {
  const std::shared_ptr<capture_file> file(new capture_file(name, key));
  file->open_descriptor();
  file->look_inside();
  return file;
}

void capture_file::open_descriptor() {
  if (name_ == "-") {
    if (isatty(STDIN_FILENO) == 1) refuse("is a terminal");
    descriptor_ = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  } else {
    descriptor_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
  }
  if (descriptor_ < 0) refuse(std::strerror(errno));
  struct stat what {};
  if (fstat(descriptor_, &what) != 0) refuse(std::strerror(errno));
  if (S_ISDIR(what.st_mode)) refuse("is a folder");
  // A file that others have read from, as standard input may be, begins where they left it.
  if (!S_ISREG(what.st_mode) || lseek64(descriptor_, 0, SEEK_CUR) != 0) unpack();
}

void capture_file::look_inside() {
  std::array<char, 6> first{};
  const ssize_t got = pread(descriptor_, first.data(), first.size(), 0);
  if (got < 0) refuse(std::strerror(errno));
  const std::string_view head(first.data(), static_cast<std::size_t>(got));
  if (const refusal other = of_other_compression(head); !other.why.empty()) refuse(other.why, other.allowed);
  if (is_gzip(head)) unpack();
}

void capture_file::unpack() {
  const unpacked plain = unpack_to_temporary(descriptor_);
  if (const refusal& no = plain.refused; !no.why.empty())
    refuse(no.why, no.allowed.empty() ? whole_captures : no.allowed);
  close(descriptor_);
  descriptor_ = plain.descriptor;
}

capture_file::stream capture_file::read(std::shared_ptr<const edits> changes) const {
  auto state = std::make_unique<reader>(reader{shared_from_this(), std::move(changes), descriptor_, 0});
  stream out(fopencookie(state.get(), "rb", {.read = read_some, .write = nullptr, .seek = go_to, .close = let_go}));
  if (!out) throw std::runtime_error("no stream for a capture");
  static_cast<void>(state.release());
  std::setvbuf(out.get(), nullptr, _IOFBF, chunk);
  return out;
}

}  // namespace ringside::platform

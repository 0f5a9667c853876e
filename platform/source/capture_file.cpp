#include "platform/source/capture_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr const char* whole_captures = "a whole Ethernet capture, pcap or pcapng, or one compressed with gzip";
constexpr std::size_t chunk = std::size_t{1} << 16;

/// Other compressions, by their first bytes.
struct packing {
  std::string_view magic;
  const char* name;
  const char* unpacker;
};
constexpr packing other_packings[] = {{"\x28\xB5\x2F\xFD", "Zstandard", "zstdcat"},
                                      {{"\xFD\x37zXZ\0", 6}, "xz", "xzcat"},
                                      {"BZh", "bzip2", "bzcat"},
                                      {"\x04\x22\x4D\x18", "LZ4", "lz4cat"}};
constexpr std::string_view gzip_magic = "\x1F\x8B";

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
  for (const packing& p : other_packings)
    if (head.starts_with(p.magic))
      refuse(fmt::format("is compressed with {}", p.name),
             fmt::format("pcap and pcapng, plain or compressed with gzip; or {} FILE | ringside run --pcap -",
                         p.unpacker));
  if (head.starts_with(gzip_magic)) unpack();
}

// zlib reads what is not compressed as it is, and of a pipe no byte twice.
void capture_file::unpack() {
  const std::unique_ptr<std::FILE, closer> to(std::tmpfile());
  if (!to) refuse(fmt::format("cannot be stored in a temporary file: {}", std::strerror(errno)));
  const int own = fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  gzFile from = own < 0 ? nullptr : gzdopen(own, "rb");
  if (from == nullptr) throw std::runtime_error(fmt::format("{}: zlib cannot read it", name_));
  gzbuffer(from, chunk);
  std::vector<char> bytes(chunk);
  int got = 0;
  std::string why;
  while (why.empty() && (got = gzread(from, bytes.data(), static_cast<unsigned>(bytes.size()))) > 0)
    if (std::fwrite(bytes.data(), 1, static_cast<std::size_t>(got), to.get()) != static_cast<std::size_t>(got))
      why = fmt::format("cannot be stored in a temporary file: {}", std::strerror(errno));
  int code = Z_OK;
  const char* text = gzerror(from, &code);
  // Z_BUF_ERROR: the compressed data end before their end.
  if (why.empty() && code != Z_OK && code != Z_STREAM_END)
    why = code == Z_ERRNO       ? std::strerror(errno)
          : code == Z_BUF_ERROR ? "gzip: cut short"
                                : fmt::format("gzip: {}", text);
  gzclose(from);
  if (why.empty() && std::fflush(to.get()) != 0)
    why = fmt::format("cannot be stored in a temporary file: {}", std::strerror(errno));
  if (!why.empty()) refuse(why);
  close(descriptor_);
  descriptor_ = fcntl(fileno(to.get()), F_DUPFD_CLOEXEC, 0);
  lseek64(descriptor_, 0, SEEK_SET);
}

capture_file::stream capture_file::read(std::shared_ptr<const edits> changes) const {
  auto state = std::make_unique<reader>(reader{shared_from_this(), std::move(changes), descriptor_, 0});
  stream out(fopencookie(state.get(), "rb", {.read = read_some, .write = nullptr, .seek = go_to, .close = let_go}));
  if (!out) throw std::runtime_error("no stream for a capture");
  state.release();
  std::setvbuf(out.get(), nullptr, _IOFBF, chunk);
  return out;
}

}  // namespace ringside::platform

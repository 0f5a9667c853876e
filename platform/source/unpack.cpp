// SPDX-License-Identifier: Apache-2.0
#include "platform/source/unpack.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

namespace ringside::platform {
namespace {

constexpr std::size_t read_bytes = std::size_t{1} << 16;
constexpr std::size_t magic_bytes = 4;
constexpr std::size_t longest_magic = 6;
constexpr std::string_view gzip_magic = "\x1F\x8B";

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

// In either byte order: microseconds, nanoseconds, Kuznetzov's, Navtel's, IXIA's two (libpcap sf-pcap.c); a section
// header block.
constexpr std::uint32_t capture_magics[] = {0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34, 0xA12B3C4D,
                                            0x1C0001AC, 0x1C0001AB, 0x0A0D0D0A};

bool is_capture(std::string_view head) {
  std::uint32_t big = 0;
  std::uint32_t little = 0;
  for (std::size_t i = 0; i < magic_bytes; ++i) {
    big = big << 8 | static_cast<std::uint8_t>(head[i]);
    little |= std::uint32_t{static_cast<std::uint8_t>(head[i])} << (8 * i);
  }
  return std::any_of(std::begin(capture_magics), std::end(capture_magics),
                     [&](std::uint32_t magic) { return magic == big || magic == little; });
}

/// Nobody else sees it, and it is gone with its descriptor.
int open_temporary() {
  std::error_code none;
  const std::filesystem::path folder = std::filesystem::temp_directory_path(none);  // TMPDIR, or /tmp
  std::string name = ((none ? std::filesystem::path("/tmp") : folder) / "ringside-XXXXXX").string();
  const int file = mkostemp(name.data(), O_CLOEXEC);
  if (file >= 0) unlink(name.c_str());
  return file;
}

/// The plain bytes on their way to the temporary file.
class copy {
 public:
  copy() : to_(open_temporary()) {
    if (to_ < 0) cannot_store();
  }
  ~copy() {
    if (to_ >= 0) close(to_);
  }
  copy(const copy&) = delete;
  copy& operator=(const copy&) = delete;

  bool ok() const { return out_.refused.why.empty(); }
  void fail(std::string why, std::string allowed = {}) { out_.refused = {std::move(why), std::move(allowed)}; }

  void take(std::string_view bytes) {
    if (head_.size() < longest_magic) look_at_head(bytes);
    while (!bytes.empty() && ok()) {
      const ssize_t done = write(to_, bytes.data(), bytes.size());
      if (done < 0 && errno != EINTR) return cannot_store();
      if (done > 0) bytes.remove_prefix(static_cast<std::size_t>(done));
    }
  }

  unpacked result() {
    if (ok()) {
      out_.descriptor = std::exchange(to_, -1);
      lseek64(out_.descriptor, 0, SEEK_SET);
    }
    return out_;
  }

 private:
  void look_at_head(std::string_view bytes) {
    head_.append(bytes.substr(0, longest_magic - head_.size()));
    if (head_.size() < longest_magic) return;
    out_.refused = of_other_compression(head_);
    if (ok() && !is_gzip(head_) && !is_capture(head_)) fail("unknown file format");
  }

  void cannot_store() {
    fail(fmt::format("cannot be stored in a temporary file: {}", std::strerror(errno)),
         "a capture for which the folder of temporary files (TMPDIR, or /tmp) has room");
  }

  int to_;
  std::string head_;
  unpacked out_;
};

/// Members of a gzip file one after the other (RFC 1952 section 2.2), and zeros that fill a block behind them.
class gunzip {
 public:
  explicit gunzip(copy& to) : to_(to), plain_(read_bytes) { open_ = inflateInit2(&state_, MAX_WBITS + 16) == Z_OK; }
  ~gunzip() {
    if (open_) inflateEnd(&state_);
  }
  gunzip(const gunzip&) = delete;
  gunzip& operator=(const gunzip&) = delete;

  void take(std::span<unsigned char> bytes) {
    state_.next_in = bytes.data();
    state_.avail_in = static_cast<uInt>(bytes.size());
    while (state_.avail_in != 0 && to_.ok()) {
      if (between_ && !begin_member()) return;
      if (!between_) inflate_some();
    }
  }

  void end() {
    if (to_.ok() && !between_) to_.fail("gzip: cut short");
  }

 private:
  /// False when the bytes at hand are fill.
  bool begin_member() {
    while (state_.avail_in != 0 && *state_.next_in == 0) {
      ++state_.next_in;
      --state_.avail_in;
      filled_ = true;
    }
    if (state_.avail_in == 0) return false;
    if (filled_ || *state_.next_in != static_cast<unsigned char>(gzip_magic[0])) {
      to_.fail("gzip: something else stands behind the compressed data");
      return false;
    }
    open_ = inflateReset(&state_) == Z_OK;
    between_ = false;
    return true;
  }

  void inflate_some() {
    state_.next_out = plain_.data();
    state_.avail_out = static_cast<uInt>(plain_.size());
    const int code = open_ ? inflate(&state_, Z_NO_FLUSH) : Z_MEM_ERROR;
    to_.take({reinterpret_cast<const char*>(plain_.data()), plain_.size() - state_.avail_out});
    if (code == Z_STREAM_END)
      between_ = true;
    else if (code != Z_OK && to_.ok())
      to_.fail(fmt::format("gzip: {}", state_.msg != nullptr ? state_.msg : zError(code)));
  }

  copy& to_;
  std::vector<unsigned char> plain_;
  z_stream state_{};
  bool open_ = false;
  bool between_ = false;  // a member has ended and none has begun
  bool filled_ = false;
};

/// As many bytes as there are up to the size of `into`; -1 on failure.
ssize_t read_full(int from, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = read(from, into.data() + done, into.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(done);
}

}  // namespace

bool is_gzip(std::string_view head) {
  return head.starts_with(gzip_magic);
}

refusal of_other_compression(std::string_view head) {
  for (const packing& p : other_packings)
    if (head.starts_with(p.magic))
      return {fmt::format("is compressed with {}", p.name),
              fmt::format("pcap and pcapng, plain or compressed with gzip; or {} FILE | ringside run --pcap -",
                          p.unpacker)};
  return {};
}

unpacked unpack_to_temporary(int from) {
  copy to;
  std::vector<char> bytes(read_bytes);
  std::span<char> first(bytes.data(), longest_magic);
  ssize_t got = to.ok() ? read_full(from, first) : 0;
  const bool packed = got > 0 && is_gzip({bytes.data(), static_cast<std::size_t>(got)});
  gunzip inner(to);
  while (got > 0 && to.ok()) {
    const auto count = static_cast<std::size_t>(got);
    if (packed)
      inner.take({reinterpret_cast<unsigned char*>(bytes.data()), count});
    else
      to.take({bytes.data(), count});
    if (to.ok()) got = read_full(from, bytes);
  }
  if (got < 0) to.fail(std::strerror(errno));
  if (packed) inner.end();
  return to.result();
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/pcap_out.h"

#include <pcap/pcap.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ostream>
#include <stdexcept>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr int snap_length = 262'144;  // libpcap's largest

/// A handle to write through.  libpcap takes a declared FCS over from the capture a handle was opened on, and in no
/// other way: the header of an empty one (draft-ietf-opsawg-pcap section 4), little-endian.
pcap* new_handle(pcap_out::fcs end) {
  if (end == pcap_out::fcs::absent)
    return pcap_open_dead_with_tstamp_precision(DLT_EN10MB, snap_length, PCAP_TSTAMP_PRECISION_NANO);
  std::array<std::uint8_t, 24> header{0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0,
                                      0,    0,    0,    0,    0, 0, 4, 0, 1, 0, 0, 0x24};
  std::FILE* empty = fmemopen(header.data(), header.size(), "rb");
  if (empty == nullptr) return nullptr;
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  pcap* out = pcap_fopen_offline_with_tstamp_precision(empty, PCAP_TSTAMP_PRECISION_NANO, why.data());
  if (out == nullptr) std::fclose(empty);
  return out;
}

// fopencookie(3): the cookie is where the stream stands.
ssize_t write_some(void* cookie, const char* bytes, std::size_t count) {
  std::ostream* const to = *static_cast<std::ostream**>(cookie);
  if (to == nullptr) return static_cast<ssize_t>(count);
  to->write(bytes, static_cast<std::streamsize>(count));
  return *to ? static_cast<ssize_t>(count) : 0;  // 0 is an error here, fopencookie(3)
}

}  // namespace

void pcap_out::handle_closer::operator()(pcap* handle) const {
  pcap_close(handle);
}
void pcap_out::dump_closer::operator()(pcap_dumper* dump) const {
  pcap_dump_close(dump);
}

pcap_out::pcap_out(const std::string& path, const std::string& key, fcs end, std::ostream* standard)
    : file_(path, key, standard), stream_(file_.standard()), handle_(new_handle(end)) {
  if (!handle_) throw std::runtime_error("libpcap gives no handle");
  std::FILE* out = open_stream();
  if (out != nullptr) dump_.reset(pcap_dump_fopen(handle_.get(), out));
  if (!dump_) throw output_error(path, errno);
}

std::FILE* pcap_out::open_stream() {
  if (stream_ == nullptr) return std::fopen(file_.temporary().c_str(), "wbe");
  return fopencookie(&stream_, "wb", {.read = nullptr, .write = write_some, .seek = nullptr, .close = nullptr});
}

pcap_out::~pcap_out() {
  if (packets_ == 0) stream_ = nullptr;  // a run that never was leaves no header either
}

void pcap_out::write(sim_time time, std::span<const std::byte> packet) {
  if (failed()) return;
  pcap_pkthdr header{};
  header.ts.tv_sec = time / second;
  header.ts.tv_usec = time % second / ns;  // nanoseconds, by the handle's precision
  header.caplen = header.len = static_cast<bpf_u_int32>(packet.size());
  errno = 0;
  pcap_dump(reinterpret_cast<unsigned char*>(dump_.get()), &header,
            reinterpret_cast<const unsigned char*>(packet.data()));
  note_error();
  ++packets_;
}

// pcap_dump() says nothing of what fwrite() answered.
void pcap_out::note_error() {
  if (!failed() && std::ferror(pcap_dump_file(dump_.get())) != 0) error_ = errno == 0 ? EIO : errno;
}

void pcap_out::finish() {
  errno = 0;
  if (pcap_dump_flush(dump_.get()) != 0 && !failed()) error_ = errno == 0 ? EIO : errno;
  note_error();
  if (stream_ != nullptr && !failed() && !stream_->flush()) error_ = errno == 0 ? EIO : errno;
  // pcap_dump_close() says nothing either of a disk that refuses when a file is closed (close(2): NFS, quota).
  if (stream_ == nullptr && !failed() && close(dup(fileno(pcap_dump_file(dump_.get())))) != 0) error_ = errno;
  if (!failed()) return;
  stream_ = nullptr;  // no further attempt when the stream is closed
  throw output_error(file_.standard() != nullptr ? "standard output" : file_.path(), error_);
}

void pcap_out::commit() {
  finish();
  dump_.reset();
  file_.commit();
}

}  // namespace ringside::platform

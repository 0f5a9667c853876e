#include "platform/report/pcap_out.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>
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
  return *to ? static_cast<ssize_t>(count) : 0;
}

}  // namespace

void pcap_out::handle_closer::operator()(pcap* handle) const {
  pcap_close(handle);
}
void pcap_out::dump_closer::operator()(pcap_dumper* dump) const {
  pcap_dump_close(dump);
}

pcap_out::pcap_out(const std::string& path, const std::string& key, fcs end) : handle_(new_handle(end)) {
  file_.emplace(path, key);
  if (!handle_) throw std::runtime_error("libpcap gives no handle");
  dump_.reset(pcap_dump_open(handle_.get(), file_->temporary().c_str()));
  if (!dump_) throw input_error(fmt_error(path, 0, key, pcap_geterr(handle_.get()), "a file in an existing folder"));
}

pcap_out::pcap_out(std::ostream& to) : stream_(&to), handle_(new_handle(fcs::absent)) {
  if (!handle_) throw std::runtime_error("libpcap gives no handle");
  std::FILE* out =
      fopencookie(&stream_, "wb", {.read = nullptr, .write = write_some, .seek = nullptr, .close = nullptr});
  if (out != nullptr) dump_.reset(pcap_dump_fopen(handle_.get(), out));
  if (!dump_) throw std::runtime_error("no stream for a capture");
}

pcap_out::~pcap_out() {
  if (packets_ == 0) stream_ = nullptr;  // a run that never was leaves no header either
}

void pcap_out::write(sim_time time, std::span<const std::byte> packet) {
  pcap_pkthdr header{};
  header.ts.tv_sec = time / second;
  header.ts.tv_usec = time % second / ns;  // nanoseconds, by the handle's precision
  header.caplen = header.len = static_cast<bpf_u_int32>(packet.size());
  pcap_dump(reinterpret_cast<unsigned char*>(dump_.get()), &header,
            reinterpret_cast<const unsigned char*>(packet.data()));
  ++packets_;
}

void pcap_out::commit() {
  const bool written = pcap_dump_flush(dump_.get()) == 0;
  if (!written || (stream_ != nullptr && !stream_->flush()))
    throw std::runtime_error(fmt::format("{}: write failed", file_ ? file_->path() : "standard output"));
  dump_.reset();
  if (file_) file_->commit();
}

}  // namespace ringside::platform

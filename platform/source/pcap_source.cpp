#include "platform/source/pcap_source.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <array>
#include <cstdio>

#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr std::string_view captures = "a whole Ethernet capture, pcap or pcapng";
// Times far beyond any run (292 years of nanoseconds fit; 100 days of picoseconds fit).
constexpr sim_time latest = 8'640'000 * second;

std::int64_t nanoseconds(const pcap_pkthdr& header) {
  // With PCAP_TSTAMP_PRECISION_NANO, tv_usec holds nanoseconds.
  return static_cast<std::int64_t>(header.ts.tv_sec) * 1'000'000'000 + header.ts.tv_usec;
}

}  // namespace

void pcap_source::closer::operator()(pcap* handle) const {
  pcap_close(handle);
}

pcap_source::pcap_source(const std::string& file, speed_kind speed, rational speed_value, const std::string& key)
    : file_(file), key_(key), speed_(speed), speed_value_(speed_value) {
  check_whole_file();
  capture_ = open();
}

pcap_source::~pcap_source() = default;

pcap_source::handle pcap_source::open() const {
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  handle out(pcap_open_offline_with_tstamp_precision(file_.c_str(), PCAP_TSTAMP_PRECISION_NANO, why.data()));
  if (!out) throw input_error(fmt_error(file_, 0, key_, why.data(), captures));
  return out;
}

void pcap_source::check_whole_file() {
  const handle capture = open();
  if (const int type = pcap_datalink(capture.get()); type != DLT_EN10MB) {
    const char* name = pcap_datalink_val_to_name(type);
    throw input_error(fmt_error(
        file_, 0, key_, fmt::format("link type is {}", name == nullptr ? std::to_string(type) : name), captures));
  }
  pcap_pkthdr* header = nullptr;
  const unsigned char* bytes = nullptr;
  int result = 0;
  while ((result = pcap_next_ex(capture.get(), &header, &bytes)) == 1) {
    if (records_ == 0) first_ns_ = nanoseconds(*header);
    ++records_;
    if (header->caplen < header->len) ++snapped_;
  }
  if (result != PCAP_ERROR_BREAK)
    throw input_error(
        fmt_error(file_, 0, key_, fmt::format("record {}: {}", records_ + 1, pcap_geterr(capture.get())), captures));
}

std::optional<offered_frame> pcap_source::next() {
  pcap_pkthdr* header = nullptr;
  const unsigned char* bytes = nullptr;
  if (pcap_next_ex(capture_.get(), &header, &bytes) != 1) return std::nullopt;
  offered_frame frame;
  frame.bytes.assign(bytes, bytes + header->caplen);
  frame.earliest = due(nanoseconds(*header));
  ++sent_;
  return frame;
}

// A time before the frame's predecessor stays as it is: the wire repairs it with the minimum gap.
sim_time pcap_source::due(std::int64_t stamp_ns) {
  wide_int when = 0;
  const wide_int since_first = static_cast<wide_int>(stamp_ns) - first_ns_;
  switch (speed_) {
    case speed_kind::line:
      return 0;
    case speed_kind::original:
      when = since_first * ns;
      break;
    case speed_kind::times:
      when = since_first * ns * speed_value_.den / speed_value_.num;
      break;
    case speed_kind::frames_per_second:
      when = static_cast<wide_int>(sent_) * second * speed_value_.den / speed_value_.num;
      break;
  }
  if (when < 0) return 0;
  return when > latest ? latest : static_cast<sim_time>(when);
}

}  // namespace ringside::platform

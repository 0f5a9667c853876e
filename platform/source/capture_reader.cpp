// SPDX-License-Identifier: Apache-2.0
#include "platform/source/capture_reader.h"

#include <fmt/format.h>
#include <pcap/pcap.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>

namespace ringside::platform {
namespace {

constexpr int linktype_raw = 101;  // where LINKTYPE_ and DLT_ numbers differ; Ethernet and cooked have one number

std::string name_of(int link_type) {
  if (link_type == linktype_raw) return "RAW";
  const char* name = pcap_datalink_val_to_name(link_type);
  return name == nullptr ? std::to_string(link_type) : name;
}

// What a user can do about packets without Ethernet headers.  A cooked header less its first two bytes is as long as an
// Ethernet one, its EtherType in place.
std::string way_out(int link_type, const std::string& file) {
  const std::string out = "an Ethernet capture: taken on ";
  if (link_type == DLT_LINUX_SLL)
    return out + fmt::format(
                     "one interface (tcpdump -i eth0) and not on \"any\", which makes cooked ones; or, with "
                     "--pcap-rewrite, what editcap -C 2 -T ether {} OUT makes of it",
                     file);
  if (link_type == DLT_LINUX_SLL2)
    return out + "one interface (tcpdump -i eth0) and not on \"any\", which makes cooked ones";
  if (link_type == linktype_raw || link_type == DLT_RAW || link_type == DLT_IPV4 || link_type == DLT_IPV6)
    return out + fmt::format(
                     "the Ethernet interface below the tunnel, which has no link layer; or, with --pcap-rewrite, "
                     "what tshark -r {} -x | text2pcap -e 0x800 - OUT makes of it",
                     file);
  return out + "an Ethernet interface";
}

// More than 32 bits of seconds hold; a difference of two such times in nanoseconds fits into 64 bits.
constexpr std::int64_t last_second = 4'500'000'000;

std::int64_t nanoseconds(const pcap_pkthdr& header) {
  // With PCAP_TSTAMP_PRECISION_NANO, tv_usec holds nanoseconds.
  return static_cast<std::int64_t>(header.ts.tv_sec) * 1'000'000'000 + header.ts.tv_usec;
}

}  // namespace

ethernet_capture::ethernet_capture(std::shared_ptr<const capture_file> file)
    : file_(std::move(file)), pcapng_(pcapng_blocks::is_pcapng(*file_)) {
  if (pcapng_) look_at_interfaces();
}

// An interface that carries nothing may be of any kind: merged captures and those of several interfaces have such.
void ethernet_capture::look_at_interfaces() {
  pcapng_blocks blocks(file_->read());
  bool inbound = false;
  bool outbound = false;
  while (const auto packet = blocks.next()) (packet->outbound ? outbound : inbound) = true;
  both_ways_ = inbound && outbound;
  const auto& all = blocks.interfaces();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].link_type == linktype_ethernet || all[i].packets == 0) continue;
    std::string allowed = way_out(all[i].link_type, file_->name());
    if (std::any_of(all.begin(), all.end(),
                    [](const auto& other) { return other.link_type == linktype_ethernet && other.packets != 0; }))
      allowed += fmt::format("; or its Ethernet packets alone: tshark -r {} -Y 'frame.interface_id != {}' -w OUT",
                             file_->name(), i);
    file_->refuse(
        fmt::format("interface {} has {} packets of link type {}", i, all[i].packets, name_of(all[i].link_type)),
        allowed);
  }
  edits_ = blocks.edits();
}

void capture_reader::closer::operator()(pcap* handle) const {
  pcap_close(handle);
}

capture_reader::capture_reader(const ethernet_capture& from) : file_(from.file_) {
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  capture_file::stream bytes = file_->read(from.edits_);
  handle_.reset(pcap_fopen_offline_with_tstamp_precision(bytes.get(), PCAP_TSTAMP_PRECISION_NANO, why.data()));
  if (!handle_) file_->refuse(why.data());
  static_cast<void>(bytes.release());  // closed with the handle
  if (const int type = pcap_datalink(handle_.get()); type != DLT_EN10MB)
    file_->refuse("link type is " + name_of(type), way_out(type, file_->name()));
  if (from.pcapng_) blocks_.emplace(file_->read());
  both_ways_ = from.both_ways_;
  // draft-ietf-opsawg-pcap section 4: length of the FCS in units of 16 bits, where bit 26 says that it is known.
  const int declared = pcap_datalink_ext(handle_.get());
  if (LT_FCS_LENGTH_PRESENT(declared) != 0) fcs_bytes_ = LT_FCS_LENGTH(static_cast<std::uint32_t>(declared)) * 2;
}

void capture_reader::refuse(const std::string& why) const {
  file_->refuse(fmt::format("record {}: {}", records_ + 1, why));
}

std::optional<capture_record> capture_reader::next() {
  pcap_pkthdr* header = nullptr;
  const unsigned char* bytes = nullptr;
  const int result = pcap_next_ex(handle_.get(), &header, &bytes);
  if (result == PCAP_ERROR_BREAK) return std::nullopt;
  if (result != 1) refuse(pcap_geterr(handle_.get()));
  if (std::abs(header->ts.tv_sec) > last_second) refuse("has a time stamp beyond the year 2112");
  capture_record out{{bytes, header->caplen}, header->len, fcs_bytes_, nanoseconds(*header)};
  if (blocks_) {
    const auto told = blocks_->next();
    if (!told) refuse("is no packet by its blocks");
    out.wire_length = told->wire_length;
    out.fcs_bytes = told->fcs_bytes;
    out.outbound = both_ways_ && told->outbound;
  }
  // IEEE 802.3 3.2.9: four octets.
  if (out.fcs_bytes != 0 && out.fcs_bytes != 4) refuse(fmt::format("declares an FCS of {} bytes", out.fcs_bytes));
  ++records_;
  return out;
}

}  // namespace ringside::platform

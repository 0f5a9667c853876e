// SPDX-License-Identifier: Apache-2.0
#include "platform/source/pcap_source.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <utility>

#include "common/ethernet.h"
#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

// Times far beyond any run (292 years of nanoseconds fit; 100 days of picoseconds fit).
constexpr sim_time latest = 8'640'000 * second;
constexpr std::uint32_t longest_record = 262'144;  // libpcap's largest snapshot length

std::size_t captured_bytes(const capture_record& record) {
  return std::min<std::size_t>(record.bytes.size(), record.wire_length);
}

bool is_snapped(const capture_record& record) {
  return record.bytes.size() < record.wire_length;
}

/// Of the frame on the wire, without an FCS that the capture declares.
std::size_t bytes_without_fcs(const capture_record& record) {
  return record.wire_length > record.fcs_bytes ? record.wire_length - record.fcs_bytes : record.wire_length;
}

// IEEE 802.3 3.2.9, least significant octet first.
bool fcs_is_right(const std::vector<std::uint8_t>& bytes) {
  const std::size_t covered = bytes.size() - ethernet::fcs_bytes;
  std::uint32_t fcs = 0;
  for (std::size_t i = ethernet::fcs_bytes; i-- > 0;) fcs = fcs << 8 | bytes[covered + i];
  return crc32(0, bytes.data(), static_cast<uInt>(covered)) == fcs;
}

}  // namespace

capture_options capture_options_of(const scenario& s) {
  capture_options out{.speed = s.wire.speed,
                      .speed_value = s.wire.speed_value,
                      .stamps = s.wire.stamps,
                      .snapped = s.wire.snapped,
                      .passes = s.wire.loop};
  if (s.wire.rewrite) {
    out.rewrite = rewrite_target{s.nic.mac_address, own_address(s), s.stack.addresses.front().prefix_bits};
  }
  return out;
}

pcap_source::pcap_source(std::shared_ptr<const capture_file> file, const capture_options& how)
    : capture_(std::move(file)), how_(how) {
  counts_.passes = how.passes;
  check_whole_file();
  reader_.emplace(capture_.read());
}

void pcap_source::check_whole_file() {
  capture_reader all = capture_.read();
  while (const auto record = all.next()) count(*record);
}

void pcap_source::count(const capture_record& record) {
  ++counts_.records;
  if (record.outbound) {
    ++counts_.outbound;
    return;
  }
  if (captured_bytes(record) == 0) {
    ++counts_.empty;
    return;
  }
  if (frames_in_a_pass() == 1) first_ns_ = last_ns_ = record.stamp_ns;
  if (how_.stamps == stamps_kind::simulated) first_ns_ = 0;
  last_ns_ = std::max(last_ns_, record.stamp_ns);
  if (record.bytes.size() > record.wire_length) ++counts_.surplus;
  if (!is_snapped(record)) {
    if (record.fcs_bytes != 0) ++counts_.with_fcs;
    return;
  }
  ++counts_.snapped;
  if (how_.snapped == snapped_kind::pad && record.wire_length > longest_record)
    capture_.file().refuse(fmt::format("record {}: is to be padded to {} bytes", counts_.records, record.wire_length),
                           fmt::format("frames of at most {} bytes, or wire.snapped = as_is", longest_record));
}

std::optional<capture_record> pcap_source::next_record() {
  if (frames_in_a_pass() == 0) return std::nullopt;
  for (;;) {
    std::optional<capture_record> record = reader_->next();
    if (record && !record->outbound && captured_bytes(*record) != 0) return record;
    if (record) continue;
    if (++pass_ >= how_.passes) return std::nullopt;
    reader_.emplace(capture_.read());
  }
}

std::optional<offered_frame> pcap_source::next() {
  if (pass_ >= how_.passes) return std::nullopt;
  const std::optional<capture_record> record = next_record();
  if (!record) return std::nullopt;
  offered_frame frame;
  send(*record, frame);
  const bool rewritten = how_.rewrite && rewrite(frame) && pass_ == 0;
  if (rewritten) ++counts_.rewritten;
  rewritten_[handed_out_ % frames_remembered] = rewritten;
  const std::size_t wire_bytes =
      frame.has_fcs ? frame.bytes.size()
      : frame.pad   ? std::max<std::size_t>(frame.bytes.size() + ethernet::fcs_bytes, ethernet::least_frame)
                    : frame.bytes.size() + ethernet::fcs_bytes;
  frame.earliest = due(record->stamp_ns);
  ++handed_out_;
  bits_ += wire_bytes * 8;
  return frame;
}

// What was on the wire, as far as it was captured.
void pcap_source::send(const capture_record& record, offered_frame& frame) const {
  const auto captured = record.bytes.first(captured_bytes(record));
  frame.bytes.assign(captured.begin(), captured.end());
  if (is_snapped(record)) {  // has lost its FCS, or some of it
    const std::size_t whole = bytes_without_fcs(record);
    if (frame.bytes.size() > whole || how_.snapped == snapped_kind::pad) frame.bytes.resize(whole);
  } else if (record.fcs_bytes != 0) {
    frame.has_fcs = true;
    frame.pad = false;
  }
}

// The FCS of a frame that is changed is the sender's again: right, or wrong as before.
bool pcap_source::rewrite(offered_frame& frame) const {
  const bool had_fcs = frame.has_fcs && frame.bytes.size() > ethernet::fcs_bytes;
  if (frame.has_fcs && !had_fcs) return false;
  const bool right = had_fcs && fcs_is_right(frame.bytes);
  std::vector<std::uint8_t> bytes = frame.bytes;
  if (had_fcs) bytes.resize(bytes.size() - ethernet::fcs_bytes);
  if (!rewrite_frame(bytes, *how_.rewrite)) return false;
  frame.bytes = std::move(bytes);
  frame.has_fcs = false;
  frame.bad_fcs = had_fcs && !right;
  return true;
}

capture_counts pcap_source::counts(std::uint64_t sent) const {
  capture_counts out = counts_;
  for (std::uint64_t frame = sent; frame < handed_out_; ++frame)
    if (rewritten_[frame % frames_remembered]) --out.rewritten;
  return out;
}

// A time before the frame's predecessor stays as it is: the wire repairs it with the minimum gap.
sim_time pcap_source::due(std::int64_t stamp_ns) const {
  // A pass begins as long after the last frame of the one before as frames are apart in the mean.
  const std::uint64_t gaps = std::max<std::uint64_t>(frames_in_a_pass(), 2) - 1;
  const wide_int span = static_cast<wide_int>(last_ns_) - first_ns_;
  const wide_int pass = frames_in_a_pass() < 2 ? 0 : span + span / gaps;
  const wide_int since_first = static_cast<wide_int>(stamp_ns) - first_ns_ + pass * pass_;
  wide_int when = 0;
  switch (how_.speed) {
    case speed_kind::line:
      return 0;
    case speed_kind::original:
      when = since_first * ns;
      break;
    case speed_kind::times:
      when = since_first * ns * how_.speed_value.den / how_.speed_value.num;
      break;
    case speed_kind::frames_per_second:
      when = static_cast<wide_int>(handed_out_) * second * how_.speed_value.den / how_.speed_value.num;
      break;
    case speed_kind::megabits_per_second:
      when = static_cast<wide_int>(bits_) * us * how_.speed_value.den / how_.speed_value.num;
      break;
  }
  if (when < 0) return 0;
  return when > latest ? latest : static_cast<sim_time>(when);
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/report/wire_capture.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "common/event.h"

namespace ringside::platform {
namespace {

// Block types (section 4) and options (section 3.5 and the blocks').
constexpr std::uint32_t section_header = 0x0A0D0D0A;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t enhanced_packet = 6;
constexpr std::uint16_t shb_userappl = 4;
constexpr std::uint16_t if_name = 2;
constexpr std::uint16_t if_tsresol = 9;
constexpr std::uint16_t if_fcslen = 13;
constexpr std::uint16_t epb_flags = 2;
constexpr std::uint32_t linktype_ethernet = 1;

// epb_flags: direction in bits 0-1, length of the FCS in bits 5-8, errors of the link layer from bit 16 on.
constexpr std::uint32_t inbound = 1;
constexpr std::uint32_t outbound = 2;
constexpr std::uint32_t four_fcs_bytes = 4U << 5;
constexpr std::uint32_t crc_error = 1U << 24;
constexpr std::uint32_t too_long = 1U << 25;
constexpr std::uint32_t too_short = 1U << 26;
constexpr std::uint32_t symbol_error = 1U << 31;

// Blocks are made in the byte order of this machine, which the section header tells.
class block {
 public:
  explicit block(std::uint32_t type) {
    number(type, 4);
    number(0, 4);  // length, when it is known
  }
  block& number(std::uint64_t value, unsigned width) {
    for (unsigned i = 0; i < width; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }
  block& data(std::span<const std::uint8_t> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    while (bytes_.size() % 4 != 0) bytes_.push_back(0);
    return *this;
  }
  block& option(std::uint16_t code, std::span<const std::uint8_t> value) {
    number(code, 2).number(value.size(), 2);
    return data(value);
  }
  block& option(std::uint16_t code, std::string_view text) {
    return option(code, std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
  }
  block& option(std::uint16_t code, std::uint8_t value) { return option(code, std::span(&value, 1)); }
  std::span<const std::uint8_t> whole() {
    const auto length = static_cast<std::uint32_t>(bytes_.size() + 4);
    for (unsigned i = 0; i < 4; ++i) bytes_[4 + i] = static_cast<std::uint8_t>(length >> (8 * i));
    number(length, 4);
    return bytes_;
  }

 private:
  std::vector<std::uint8_t> bytes_;
};

constexpr std::uint32_t end_of_options = 0;

std::uint32_t flags_of(bool sent, std::uint64_t marks) {
  std::uint32_t flags = (sent ? outbound : inbound) | four_fcs_bytes;
  if ((marks & wire_mark::bad_fcs) != 0) flags |= crc_error;
  if ((marks & wire_mark::oversize) != 0) flags |= too_long;
  if ((marks & wire_mark::runt) != 0) flags |= too_short;
  if ((marks & wire_mark::rx_er) != 0) flags |= symbol_error;
  return flags;
}

}  // namespace

wire_capture::wire_capture(const std::string& path, const std::string& key, unsigned cards)
    : file_(path, key), out_(std::fopen(file_.temporary().c_str(), "wbe")) {
  if (out_ == nullptr) throw output_error(path, errno);
  block head(section_header);
  head.number(0x1A2B3C4D, 4).number(1, 2).number(0, 2).number(~std::uint64_t{0}, 8);  // version 1.0, length not said
  head.option(shb_userappl, "ringside").number(end_of_options, 4);
  put(head.whole());
  for (unsigned card = 0; card < cards; ++card) {
    block one(interface_description);
    one.number(linktype_ethernet, 2).number(0, 2).number(0, 4);  // no snapshot length
    one.option(if_name, fmt::format("eth{}", card)).option(if_tsresol, std::uint8_t{9});
    one.option(if_fcslen, std::uint8_t{4}).number(end_of_options, 4);
    put(one.whole());
  }
}

wire_capture::~wire_capture() {
  if (out_ != nullptr) std::fclose(out_);
}

void wire_capture::add(const wire_passage& frame) {
  waiting_.push({frame.start, added_++, frame.card, frame.sent, frame.marks, {frame.bytes.begin(), frame.bytes.end()}});
}

void wire_capture::settle(sim_time t) {
  while (!waiting_.empty() && waiting_.top().start < t) {
    write(waiting_.top());
    waiting_.pop();
  }
}

void wire_capture::write(const waiting& frame) {
  const auto stamp = static_cast<std::uint64_t>(frame.start / ns);
  block one(enhanced_packet);
  one.number(frame.card, 4).number(stamp >> 32, 4).number(stamp & 0xFFFF'FFFF, 4);
  one.number(frame.bytes.size(), 4).number(frame.bytes.size(), 4).data(frame.bytes);
  const std::uint32_t flags = flags_of(frame.sent, frame.marks);
  one.number(epb_flags, 2).number(4, 2).number(flags, 4).number(end_of_options, 4);
  put(one.whole());
}

void wire_capture::put(std::span<const std::uint8_t> bytes) {
  if (failed()) return;
  errno = 0;
  if (std::fwrite(bytes.data(), 1, bytes.size(), out_) != bytes.size()) error_ = errno == 0 ? EIO : errno;
}

void wire_capture::finish() {
  settle(time_never);
  if (out_ != nullptr) {
    errno = 0;
    if (std::fflush(out_) != 0 && !failed()) error_ = errno == 0 ? EIO : errno;
    if (std::fclose(std::exchange(out_, nullptr)) != 0 && !failed()) error_ = errno == 0 ? EIO : errno;
  }
  if (failed()) throw output_error(file_.path(), error_);
}

void wire_capture::commit() {
  finish();
  file_.commit();
}

}  // namespace ringside::platform

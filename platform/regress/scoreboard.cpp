#include "platform/regress/scoreboard.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/source/udp_frame.h"
#include "sw/driver/nic_statistics.h"

namespace ringside::platform {
namespace {

// Octets that may arrive between two register reads: one long frame, or 20 us of the line rate.
constexpr std::uint64_t most_torn = 16'384 + 2'500;
constexpr std::size_t least_without_fcs = 60;
constexpr std::size_t type_offset = 12;

bool same(std::span<const std::byte> got, std::span<const std::uint8_t> sent) {
  return std::equal(got.begin(), got.end(), sent.begin(), sent.end(),
                    [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
}

/// As a tap shows it: padded by the sender, without FCS, a VLAN tag that the chip took out put back (as libpcap does);
/// of the tag the driver keeps the VID alone (Linux e1000_receive_skb, E1000_RXD_SPC_VLAN_MASK).
std::vector<std::uint8_t> as_tapped(const offered_frame& sent) {
  std::vector<std::uint8_t> bytes = sent.bytes;
  if (sent.pad && bytes.size() < least_without_fcs) bytes.resize(least_without_fcs);
  if (bytes[type_offset] == 0x81 && bytes[type_offset + 1] == 0x00) bytes[type_offset + 2] &= 0x0F;
  return bytes;
}

std::string fate_name(drop_reason reason) {
  return reason == drop_reason::none ? "delivered" : "dropped as " + std::string(name(reason));
}

std::string difference(std::span<const std::byte> got, std::span<const std::uint8_t> sent) {
  std::size_t at = 0;
  while (at < std::min(got.size(), sent.size()) && std::to_integer<std::uint8_t>(got[at]) == sent[at]) ++at;
  std::string seen;
  for (std::size_t i = at; i < std::min(got.size(), at + 8); ++i)
    seen += fmt::format(" {:02x}", std::to_integer<unsigned>(got[i]));
  return fmt::format("{} bytes, not {}, different from byte {} on:{}", got.size(), sent.size(), at, seen);
}

/// Counters of good frames by size, DA..FCS (sheet 6.10).
std::string_view size_counter(std::uint32_t bytes) {
  if (bytes == 64) return "PRC64";
  if (bytes <= 127) return "PRC127";
  if (bytes <= 255) return "PRC255";
  if (bytes <= 511) return "PRC511";
  return bytes <= 1023 ? "PRC1023" : "PRC1522";
}

}  // namespace

scoreboard::scoreboard(const std::vector<planned_frame>& frames) : frames_(frames), states_(frames.size()) {}

const planned_frame* scoreboard::planned(frame_id frame) const {
  return frame >= 1 && frame <= frames_.size() ? &frames_[frame - 1] : nullptr;
}

void scoreboard::complain(std::string text, frame_id frame, sim_time t) {
  if (complaints_.empty()) {
    first_time_ = t >= 0 ? t : now_;
    first_frame_ = frame;
  }
  if (complaints_.size() < most_complaints) complaints_.push_back(std::move(text));
}

void scoreboard::on_event(const event& e) {
  now_ = e.time;
  if (planned(e.frame) != nullptr) states_[e.frame - 1].last = e.time;
  switch (e.what) {
    case stage::wire_sof:
      ++offered_;
      if (const planned_frame* p = planned(e.frame); p == nullptr || p->wire_bytes != e.a)
        complain(fmt::format("scoreboard: frame {} is on the wire with {} bytes, not as planned", e.frame, e.a),
                 e.frame);
      break;
    case stage::fifo_commit:
      if (planned(e.frame) != nullptr) states_[e.frame - 1].committed = true;
      break;
    case stage::rnbc:
      ++rnbc_;
      break;
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_drop:
      settle(e, static_cast<drop_reason>(e.b));
      break;
    case stage::socket_enqueue:
      settle(e, drop_reason::none);
      break;
    case stage::skb_consume:
      complain(fmt::format("scoreboard: frame {} was consumed, and none sent should be", e.frame), e.frame);
      break;
    default:
      break;
  }
}

void scoreboard::settle(const event& e, drop_reason reason) {
  const planned_frame* p = planned(e.frame);
  if (p == nullptr) {
    if (e.frame != 0) complain(fmt::format("scoreboard: frame {} has a fate and was never sent", e.frame), e.frame);
    return;
  }
  state& s = states_[e.frame - 1];
  if (s.fate) complain(fmt::format("scoreboard: frame {} has a second fate", e.frame), e.frame);
  s.fate = true;
  s.reason = reason;
  if (reason < drop_reason::count && p->allowed.test(static_cast<std::size_t>(reason))) return;
  std::string allowed;
  for (std::size_t i = 0; i < p->allowed.size(); ++i)
    if (p->allowed.test(i)) allowed += (allowed.empty() ? "" : ", ") + fate_name(static_cast<drop_reason>(i));
  complain(fmt::format("scoreboard: frame {} is {}; it may only be {}", e.frame, fate_name(reason), allowed), e.frame);
}

void scoreboard::on_tap(sim_time t, frame_id frame, std::span<const std::byte> packet) {
  now_ = std::max(now_, t);
  const planned_frame* p = planned(frame);
  if (p == nullptr)
    complain(fmt::format("scoreboard: the tap saw frame {}, which was never sent", frame), frame);
  else if (const auto sent = as_tapped(p->offer); !same(packet, sent))
    complain(fmt::format("scoreboard: the tap saw other bytes of frame {} than were sent ({})", frame,
                         difference(packet, sent)),
             frame);
}

void scoreboard::on_read(sim_time t, frame_id frame, std::span<const std::byte> payload) {
  now_ = std::max(now_, t);
  const planned_frame* p = planned(frame);
  if (p == nullptr) return complain(fmt::format("scoreboard: the application read frame {}, never sent", frame), frame);
  if (std::exchange(states_[frame - 1].read, true))
    complain(fmt::format("scoreboard: the application read frame {} twice", frame), frame);
  if (!same(payload, p->payload))
    complain(fmt::format("scoreboard: the application read other bytes of frame {} than were sent ({})", frame,
                         difference(payload, p->payload)),
             frame);
  frame_id& last = last_of_flow_[p->flow];
  if (frame <= last)
    complain(fmt::format("scoreboard: frame {} of flow {} was read after frame {}", frame, p->flow, last), frame);
  last = frame;
}

void scoreboard::finish() {
  if (offered_ != frames_.size())
    complain(fmt::format("scoreboard: {} frames were planned, {} were on the wire", frames_.size(), offered_));
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const state& s = states_[i];
    if (!s.fate)
      complain(fmt::format("scoreboard: frame {} never got a fate", i + 1), i + 1, s.last);
    else if (s.reason == drop_reason::none && !s.read)
      complain(fmt::format("scoreboard: frame {} was delivered and never read", i + 1), i + 1, s.last);
    else if (s.reason != drop_reason::none && s.read)
      complain(fmt::format("scoreboard: frame {} was dropped and read", i + 1), i + 1, s.last);
  }
}

std::map<std::string_view, std::uint64_t> scoreboard::expected_counters() const {
  std::map<std::string_view, std::uint64_t> n;
  for (const std::string_view zero :
       {"CRCERRS", "RXERRC",  "MPC",      "RLEC",    "RUC",    "RFC",    "ROC",     "RJC",
        "GPRC",    "GORC",    "BPRC",     "MPRC",    "PRC64",  "PRC127", "PRC255",  "PRC511",
        "PRC1023", "PRC1522", "ALGNERRC", "SYMERRS", "MGTPRC", "SEC",    "CEXTERR", "FCRUC"})
    n[zero] = 0;
  n["RNBC"] = rnbc_;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const planned_frame& p = frames_[i];
    ++n["TPR"];
    n["TOR"] += p.wire_bytes;
    if (states_[i].committed) {
      ++n["GPRC"];
      n["GORC"] += p.wire_bytes;
      ++n[size_counter(p.wire_bytes)];
      const auto& to = p.offer.bytes;
      const bool broadcast = std::all_of(to.begin(), to.begin() + 6, [](std::uint8_t b) { return b == 0xFF; });
      if (broadcast)
        ++n["BPRC"];
      else if ((to[0] & 1) != 0)
        ++n["MPRC"];
      continue;
    }
    const drop_reason reason = states_[i].reason;
    n["MPC"] += reason == drop_reason::fifo_overflow;
    n["CRCERRS"] += reason == drop_reason::crc_error || reason == drop_reason::jabber;
    n["RXERRC"] += reason == drop_reason::rx_error;
    n["RUC"] += reason == drop_reason::undersize;
    n["RFC"] += reason == drop_reason::fragment;
    n["ROC"] += reason == drop_reason::oversize;
    n["RJC"] += reason == drop_reason::jabber;
    n["RLEC"] += reason == drop_reason::undersize || reason == drop_reason::fragment ||
                 reason == drop_reason::oversize || reason == drop_reason::jabber;
  }
  return n;
}

void scoreboard::compare(const driver::nic_statistics& counters, std::uint64_t reads) {
  for (const auto& [name, count] : expected_counters()) {
    const std::uint64_t torn = name == "GORC" || name == "TOR" ? reads * most_torn : 0;
    if (counters[name] > count || counters[name] + torn < count)
      complain(fmt::format("scoreboard: counter {} holds {}; {} by the frames' fates", name, counters[name], count));
  }
}

}  // namespace ringside::platform

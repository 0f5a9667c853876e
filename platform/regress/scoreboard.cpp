#include "platform/regress/scoreboard.h"

#include <fmt/format.h>

#include <algorithm>

#include "hw/regs/e1000_regs.h"
#include "platform/regress/fragment_rules.h"
#include "platform/report/descriptor_word.h"
#include "sw/driver/nic_statistics.h"

namespace ringside::platform {
namespace {

constexpr std::size_t least_without_fcs = 60;
constexpr std::size_t type_offset = 12;
constexpr std::size_t tag_at = 14;  // TCI behind the VLAN's EtherType

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

std::string fate_name(std::size_t fate) {
  if (fate == consumed_fate) return "consumed";
  const auto reason = static_cast<drop_reason>(fate);
  return reason == drop_reason::none ? "delivered" : "dropped as " + std::string(name(reason));
}

bool is_tagged(const planned_frame& p) {
  const auto& bytes = p.offer.bytes;
  return bytes.size() > tag_at + 1 && bytes[type_offset] == 0x81 && bytes[type_offset + 1] == 0x00;
}

/// What the chip must say of the UDP checksum (sheet 5.4): nothing, right or wrong.
enum class checksum_says { unknown, nothing, right, wrong };
checksum_says checksum_of(std::string_view kind) {
  if (kind == "udp" || kind == "ip_options") return checksum_says::right;
  if (kind == "udp_checksum") return checksum_says::wrong;
  // O-4: no checksum is no verdict; fragments have none, nor has what is neither TCP nor UDP over IPv4.
  if (kind == "udp_no_checksum" || kind == "no_socket" || kind == "fragment" || kind == "arp" ||
      kind == "no_protocol" || kind == "icmp" || kind == "ip_no_protocol")
    return checksum_says::nothing;
  return checksum_says::unknown;
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

scoreboard::scoreboard(const std::vector<planned_frame>& frames, const driver_config& driver)
    : frames_(frames),
      driver_(driver),
      states_(frames.size()),
      good_octets_(reg::GORCL, reg::GORCH),
      all_octets_(reg::TORL, reg::TORH) {}

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
    case stage::wire_eof:
      if (planned(e.frame) != nullptr) all_octets_.add(e.time, e.a);
      break;
    case stage::fifo_commit:
      if (planned(e.frame) == nullptr) break;
      states_[e.frame - 1].committed = true;
      good_octets_.add(e.time, planned(e.frame)->wire_bytes);
      break;
    case stage::desc_writeback:
      if (planned(e.frame) != nullptr && (e.b & word_eop) != 0) check_descriptor(e);
      break;
    case stage::reg_read:
      good_octets_.on_read(e);
      all_octets_.on_read(e);
      break;
    case stage::rnbc:
      ++rnbc_;
      break;
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_drop:
      settle(e, e.b);
      break;
    case stage::socket_enqueue:
      settle(e, static_cast<std::size_t>(drop_reason::none));
      break;
    case stage::skb_consume:
      settle(e, consumed_fate);
      break;
    default:
      break;
  }
}

void scoreboard::settle(const event& e, std::size_t fate) {
  const planned_frame* p = planned(e.frame);
  if (p == nullptr) {
    if (e.frame != 0) complain(fmt::format("scoreboard: frame {} has a fate and was never sent", e.frame), e.frame);
    return;
  }
  state& s = states_[e.frame - 1];
  if (s.fate) complain(fmt::format("scoreboard: frame {} has a second fate", e.frame), e.frame);
  s.fate = true;
  s.which = fate;
  if (fate < p->meant.size() && p->meant.test(fate)) ++met_[p->kind];
  if (fate < p->allowed.size() && p->allowed.test(fate)) return;
  std::string allowed;
  for (std::size_t i = 0; i < p->allowed.size(); ++i)
    if (p->allowed.test(i)) allowed += (allowed.empty() ? "" : ", ") + fate_name(i);
  complain(
      fmt::format("scoreboard: frame {} ({}) is {}; it may only be {}", e.frame, p->kind, fate_name(fate), allowed),
      e.frame);
}

// The last descriptor of a frame: the tag as a whole (R-43; the driver keeps the VID alone) and the verdict on the UDP
// checksum (5.1, 5.2, R-1, R-84; IPOFL is off, so IPCS and IPE are 0).
void scoreboard::check_descriptor(const event& e) {
  const planned_frame& p = *planned(e.frame);
  const bool vp = is_tagged(p);
  const std::uint32_t tag = vp ? static_cast<std::uint32_t>(p.offer.bytes[tag_at] << 8 | p.offer.bytes[tag_at + 1]) : 0;
  const std::uint32_t status = word_status(e.b);
  if (((status & rxd_status::VP) != 0) != vp || (e.b >> 48) != tag)
    complain(fmt::format("scoreboard: the descriptor of frame {} says VLAN tag {:04x} (VP {}); it was sent with {:04x}",
                         e.frame, e.b >> 48, (status & rxd_status::VP) != 0, tag),
             e.frame);
  const bool computed = (status & rxd_status::TCPCS) != 0;
  const bool wrong = (word_errors(e.b) & rxd_error::TCPE) != 0;
  const checksum_says says = checksum_of(p.kind);
  const bool right_verdict =
      says == checksum_says::unknown || (says == checksum_says::nothing && !computed && !wrong) ||
      (says == checksum_says::right && computed && !wrong) || (says == checksum_says::wrong && computed && wrong);
  if (!right_verdict)
    complain(fmt::format("scoreboard: the descriptor of frame {} ({}) has TCPCS {} and TCPE {}", e.frame, p.kind,
                         computed, wrong),
             e.frame);
}

void scoreboard::finish_fragments() {
  std::map<std::uint32_t, std::vector<fragment_arrival>> groups;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const std::size_t fate = states_[i].which;
    const bool reached = states_[i].fate && frames_[i].piece.group != 0 && frames_[i].meant.test(fate) &&
                         frames_[i].meant.test(consumed_fate);
    if (reached) groups[frames_[i].piece.group].push_back({i + 1, frames_[i].piece, fate});
  }
  for (const auto& [number, arrivals] : groups) {
    const fragment_verdict verdict = judge_fragments(arrivals);
    met_["reassembled"] += verdict.reassembled;
    met_["fragment_given_up"] += verdict.given_up;
    for (const frame_id frame : verdict.wrong)
      complain(fmt::format("scoreboard: fragment {} of datagram {} is {}, against the order of its fragments", frame,
                           number, fate_name(states_[frame - 1].which)),
               frame, states_[frame - 1].last);
  }
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
    else if (s.is(drop_reason::none) && !s.read)
      complain(fmt::format("scoreboard: frame {} was delivered and never read", i + 1), i + 1, s.last);
    else if (!s.is(drop_reason::none) && s.read)
      complain(fmt::format("scoreboard: frame {} was dropped and read", i + 1), i + 1, s.last);
  }
  finish_fragments();
}

std::map<std::string_view, std::uint64_t> scoreboard::expected_counters() const {
  std::map<std::string_view, std::uint64_t> n;
  for (const std::string_view zero :
       {"CRCERRS", "RXERRC",   "MPC",     "RLEC",   "RUC",    "RFC",     "ROC",    "RJC",
        "GPRC",    "BPRC",     "MPRC",    "PRC64",  "PRC127", "PRC255",  "PRC511", "PRC1023",
        "PRC1522", "ALGNERRC", "SYMERRS", "MGTPRC", "SEC",    "CEXTERR", "FCRUC"})
    n[zero] = 0;
  n["RNBC"] = rnbc_;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const planned_frame& p = frames_[i];
    ++n["TPR"];
    if (states_[i].committed) {
      ++n["GPRC"];
      ++n[size_counter(p.wire_bytes)];
      const auto& to = p.offer.bytes;
      const bool broadcast = std::all_of(to.begin(), to.begin() + 6, [](std::uint8_t b) { return b == 0xFF; });
      if (broadcast)
        ++n["BPRC"];
      else if ((to[0] & 1) != 0)
        ++n["MPRC"];
      continue;
    }
    if (!states_[i].fate || states_[i].which == consumed_fate) continue;
    const auto reason = static_cast<drop_reason>(states_[i].which);
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

void scoreboard::compare(const driver::nic_statistics& counters) {
  for (const auto& [name, count] : expected_counters())
    if (counters[name] != count)
      complain(fmt::format("scoreboard: counter {} holds {}; {} by the frames' fates", name, counters[name], count));
  for (const auto& [name, octets] : {std::pair{"GORC", good_octets_.expected()}, {"TOR", all_octets_.expected()}})
    if (counters[name] < octets.least || counters[name] > octets.most)
      complain(fmt::format("scoreboard: counter {} holds {}; {} to {} by the frames and the reads", name,
                           counters[name], octets.least, octets.most));
}

}  // namespace ringside::platform

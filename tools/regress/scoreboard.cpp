// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/scoreboard.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/inet.h"
#include "hw/regs/e1000_regs.h"
#include "platform/report/descriptor_word.h"
#include "platform/source/odd_packets.h"
#include "tools/regress/fragment_rules.h"

namespace ringside::platform {
namespace {

constexpr std::size_t least_without_fcs = 60;
constexpr std::size_t tag_at = 14;  // TCI behind the VLAN's EtherType
constexpr std::size_t checksum_break = 76;

bool same(std::span<const std::byte> got, std::span<const std::uint8_t> sent) {
  return std::equal(got.begin(), got.end(), sent.begin(), sent.end(),
                    [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
}

/// As a tap shows it: padded by the sender, without FCS, a VLAN tag that the chip took out put back (as libpcap does);
/// of the tag the driver keeps the VID alone (Linux e1000_receive_skb, E1000_RXD_SPC_VLAN_MASK).
std::vector<std::uint8_t> as_tapped(const offered_frame& sent, bool stripped) {
  std::vector<std::uint8_t> bytes = sent.bytes;
  if (sent.pad && bytes.size() < least_without_fcs) bytes.resize(least_without_fcs);
  if (stripped) bytes[tag_at] &= 0x0F;
  return bytes;
}

std::string fate_name(std::size_t fate) {
  if (fate == consumed_fate) return "consumed";
  const auto reason = static_cast<drop_reason>(fate);
  return reason == drop_reason::none ? "delivered" : "dropped as " + std::string(name(reason));
}

/// What the chip must say of the UDP checksum (FS 5.4): nothing, right or wrong.
enum class checksum_says { unknown, nothing, right, wrong, not_right };
checksum_says checksum_of(std::string_view kind) {
  if (kind == "udp" || kind == "ip_options" || kind == "vlan" || kind == "priority_tag") return checksum_says::right;
  if (kind == "udp_checksum") return checksum_says::wrong;
  if (kind == "cut_short") return checksum_says::not_right;
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

}  // namespace

scoreboard::scoreboard(const std::vector<planned_frame>& frames, std::vector<expected_interface> epochs,
                       sim_time fragment_timeout, bool fragments_limited)
    : frames_(frames),
      epochs_(std::move(epochs)),
      states_(frames.size()),
      good_octets_(reg::GORCL, reg::GORCH),
      all_octets_(reg::TORL, reg::TORH),
      fragment_timeout_(fragment_timeout),
      fragments_limited_(fragments_limited) {}

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
      if (planned(e.frame) != nullptr) {
        states_[e.frame - 1].epoch = std::min(settled_epoch_, epochs_.size() - 1);
        states_[e.frame - 1].judged = std::min(judging_epoch_, epochs_.size() - 1);
        states_[e.frame - 1].downs = downs_;
        states_[e.frame - 1].no_link = !link_;
      }
      if (const planned_frame* p = planned(e.frame); p == nullptr || p->wire_bytes != e.a)
        complain(fmt::format("scoreboard: frame {} is on the wire with {} bytes, not as planned", e.frame, e.a),
                 e.frame);
      break;
    case stage::wire_eof:
      if (planned(e.frame) == nullptr) break;
      states_[e.frame - 1].ended = e.time;
      states_[e.frame - 1].obeyed = obeys_pause_ && planned(e.frame)->kind == "pause";
      break;
    case stage::link_change:
      link_ = e.a != 0;
      ++downs_;
      break;
    case stage::fifo_commit:
      if (planned(e.frame) == nullptr) break;
      states_[e.frame - 1].committed = true;
      if (is_good(e.frame) && !states_[e.frame - 1].obeyed)
        good_octets_.add(e.time, planned(e.frame)->wire_bytes, !states_[e.frame - 1].cut);
      break;
    case stage::desc_writeback:
      if (planned(e.frame) != nullptr && (e.b & word_eop) != 0) check_descriptor(e);
      break;
    case stage::reconfigure:
      reconfigured(e);
      break;
    case stage::driver_close:
    case stage::nic_reset:
      ++downs_;
      if (e.what == stage::nic_reset) {
        enabled(false);
        judging_epoch_ = last_epoch_;
      }
      lose(e.what == stage::nic_reset);
      break;
    case stage::desc_take:
      if (planned(e.frame) != nullptr) states_[e.frame - 1].taken = true;
      break;
    case stage::reg_write:
      if (e.a == reg::RCTL) enabled((e.b & rctl::EN) != 0);
      if (e.a == reg::CTRL) obeys_pause_ = (e.b & ctrl::RFCE) != 0;
      break;
    case stage::ip_rcv:
      if (planned(e.frame) != nullptr) states_[e.frame - 1].arrived = e.time;
      break;
    case stage::reg_read:
      if (e.a == reg::TPR) last_total_read_ = e.time;
      good_octets_.on_read(e);
      all_octets_.on_read(e);
      break;
    case stage::rnbc:
      ++(enabled_ ? rnbc_ : cut_rnbc_);
      break;
    case stage::skb_drop:
      if ((e.a & drop_mark::revoked) != 0) revoke(e);
      [[fallthrough]];
    case stage::filter_reject:
    case stage::fifo_drop:
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

// What the machine itself makes and sends is the ledger's to balance.
void scoreboard::settle(const event& e, std::size_t fate) {
  if (kind_of(e.frame) != frame_kind::received) return;
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
  const fate_set may_be = allowed_for(*p, s);
  if (fate < may_be.size() && may_be.test(fate)) return;
  // Above 76 bytes a wrong checksum that the card did not judge is found by the reader (Linux CHECKSUM_BREAK).
  s.unverified = e.what == stage::socket_enqueue && (e.a & socket_mark::unverified) != 0 &&
                 p->payload.size() + inet::udp_header_bytes > checksum_break &&
                 may_be.test(static_cast<std::size_t>(drop_reason::udp_checksum));
  if (s.unverified) return;
  std::string allowed;
  for (std::size_t i = 0; i < may_be.size(); ++i)
    if (may_be.test(i)) allowed += (allowed.empty() ? "" : ", ") + fate_name(i);
  complain(
      fmt::format("scoreboard: frame {} ({}) is {}; it may only be {}", e.frame, p->kind, fate_name(fate), allowed),
      e.frame);
}

// A delivered frame is dropped after all: only one whose checksum was to be found wrong.
void scoreboard::revoke(const event& e) {
  if (planned(e.frame) == nullptr || !states_[e.frame - 1].unverified) return;  // settle() names the second fate
  states_[e.frame - 1].fate = states_[e.frame - 1].unverified = false;
}

// What is in the chip when it is reset is gone, what is in the ring when the driver gives it up as well; a card
// or a driver may say so of each frame, or leave it at the event.
void scoreboard::lose(bool in_chip) {
  const auto reason = static_cast<std::size_t>(in_chip ? drop_reason::nic_reset : drop_reason::driver_down);
  for (state& s : states_)
    if (!s.fate && s.committed && (in_chip ? !s.written : s.written && !s.taken)) s.lost = reason;
}

// The one frame that is arriving when EN falls is finished, but counters count while EN is 1 (FS 6.10); and on a
// slow link its end may come after the driver's last reads and before the reset that clears what they left.
void scoreboard::enabled(bool now) {
  const bool falls = enabled_ && !now;
  enabled_ = now;
  if (falls && offered_ >= 1 && offered_ <= states_.size() && states_[offered_ - 1].ended == 0)
    states_[offered_ - 1].cut = true;
}

void scoreboard::reconfigured(const event& e) {
  if ((e.a & reconfiguration_ended) == 0)
    ++last_epoch_;
  else
    settled_epoch_ = judging_epoch_ = last_epoch_;
  if (last_epoch_ >= epochs_.size()) complain("scoreboard: the interface was changed once more than planned");
}

// A change takes effect somewhere between its begin and its end, so a frame may meet the interface as it was
// before or after every change under way from its first byte to its fate.
fate_set scoreboard::allowed_for(const planned_frame& p, const state& s) const {
  fate_set out;
  const std::size_t last = std::min(last_epoch_, epochs_.size() - 1);
  for (std::size_t i = s.epoch; i <= last; ++i) out |= epochs_[i].fates_of(p);
  // In the middle of a change an entry that stays may be on its way to another place, and VFE on before its bit.
  if (s.epoch != last) out |= fates({drop_reason::address_filter});
  if (s.epoch != last && p.vid >= 0) out |= fates({drop_reason::vlan_filter, drop_reason::vlan_unknown});
  // Down and up: EN off, the reset, and what lay in the ring.
  if (s.downs != downs_ || epochs_[s.epoch].downs() != epochs_[last].downs())
    out |= fates({drop_reason::rx_disabled, drop_reason::link_down, drop_reason::nic_reset, drop_reason::driver_down});
  if (s.no_link) out |= fates({drop_reason::link_down});
  // Room: the FIFO may be too full for any frame that passes the filter, the backlog for any that gets there.
  if (out != fates({drop_reason::address_filter}) && out != fates({drop_reason::vlan_filter}))
    out |= fates({drop_reason::fifo_overflow});
  for (std::size_t i = s.epoch; i <= last; ++i)
    if (epochs_[i].stores(p)) out |= fates({drop_reason::backlog_full});
  return out;
}

// In the FIFO: a chip that does not store bad frames has judged it good.
bool scoreboard::is_good(frame_id frame) const {
  const expected_interface& told = epochs_[states_[frame - 1].judged];
  return !told.stores_bad() || told.damage_of(frames_[frame - 1]).none();
}

// False when the epochs the frame may have met disagree.
bool scoreboard::in_every_epoch(const state& s, bool (expected_interface::*says)() const, bool& what) const {
  what = (epochs_[s.epoch].*says)();
  for (std::size_t i = s.epoch; i <= last_epoch_ && i < epochs_.size(); ++i)
    if ((epochs_[i].*says)() != what) return false;
  return true;
}

// The last descriptor of a frame: the tag as a whole (R-43; the driver keeps the VID alone) and the verdict on the UDP
// checksum (FS 5.1, FS 5.2, R-1, R-84; IPOFL is off, so IPCS and IPE are 0).
void scoreboard::check_descriptor(const event& e) {
  const planned_frame& p = *planned(e.frame);
  state& s = states_[e.frame - 1];
  const std::uint32_t status = word_status(e.b);
  s.written = true;
  s.stripped = (status & rxd_status::VP) != 0;
  bool strips = false;
  const bool sure = in_every_epoch(s, &expected_interface::strips, strips);
  const bool vp = p.vid >= 0 && (sure ? strips : s.stripped);
  const std::uint32_t tag = vp ? static_cast<std::uint32_t>(p.offer.bytes[tag_at] << 8 | p.offer.bytes[tag_at + 1]) : 0;
  if (s.stripped != vp || (e.b >> 48) != tag)
    complain(fmt::format("scoreboard: the descriptor of frame {} says VLAN tag {:04x} (VP {}); it was sent with {:04x}",
                         e.frame, e.b >> 48, s.stripped, tag),
             e.frame);
  bool verifies = false;
  if (!in_every_epoch(s, &expected_interface::verifies, verifies)) return;
  const bool computed = (status & rxd_status::TCPCS) != 0;
  const bool wrong = (word_errors(e.b) & rxd_error::TCPE) != 0;
  const checksum_says says = verifies ? checksum_of(p.kind) : checksum_says::nothing;
  const bool right_verdict =
      says == checksum_says::unknown || (says == checksum_says::nothing && !computed && !wrong) ||
      (says == checksum_says::right && computed && !wrong) || (says == checksum_says::wrong && computed && wrong) ||
      (says == checksum_says::not_right && (!computed || wrong));
  if (!right_verdict)
    complain(fmt::format("scoreboard: the descriptor of frame {} ({}) has TCPCS {} and TCPE {}", e.frame, p.kind,
                         computed, wrong),
             e.frame);
}

void scoreboard::finish_fragments() {
  std::map<std::uint32_t, std::vector<fragment_arrival>> groups;
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const std::size_t fate = states_[i].which;
    const bool reached = states_[i].fate && frames_[i].piece.group != 0 && frames_[i].meant.test(fate);
    if (reached) groups[frames_[i].piece.group].push_back({i + 1, frames_[i].piece, fate});
  }
  for (const auto& [number, arrivals] : groups) {
    const auto [first, last] = std::minmax_element(arrivals.begin(), arrivals.end(),
                                                   [this](const fragment_arrival& x, const fragment_arrival& y) {
                                                     return states_[x.frame - 1].arrived < states_[y.frame - 1].arrived;
                                                   });
    // A datagram may have been given up before its last fragment came: then any of their fates is right.
    if (states_[last->frame - 1].arrived - states_[first->frame - 1].arrived >= fragment_timeout_) continue;
    const fragment_verdict verdict = fragments_limited_ ? judge_limited_fragments(arrivals) : judge_fragments(arrivals);
    met_["fragment_memory"] += verdict.refused;
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
  if (kind_of(frame) != frame_kind::received) return;  // on its way out (dev_queue_xmit_nit)
  const planned_frame* p = planned(frame);
  if (p == nullptr)
    return complain(fmt::format("scoreboard: the tap saw frame {}, which was never sent", frame), frame);
  const bool without = same(packet, as_tapped(p->offer, p->vid >= 0));
  const bool whole = same(packet, as_tapped(p->offer, false));
  if (without != whole) states_[frame - 1].tapped = whole ? tag_seen::whole : tag_seen::vid_alone;
  if (!without && !whole)
    complain(fmt::format("scoreboard: the tap saw other bytes of frame {} than were sent ({})", frame,
                         difference(packet, as_tapped(p->offer, false))),
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
    if (s.unverified)
      complain(fmt::format("scoreboard: frame {} has a wrong checksum and is delivered", i + 1), i + 1, s.last);
    if (!s.fate && s.lost != 0) settle({.time = s.last, .frame = i + 1}, s.lost);
    // The driver keeps the VID alone of a tag the chip took out (FS 10.5); one left in the data stays whole.
    if (s.tapped != tag_seen::unknown && (s.tapped == tag_seen::whole) == s.stripped)
      complain(fmt::format("scoreboard: the tap saw {} of the VLAN tag of frame {}, which the chip {}",
                           s.stripped ? "all" : "the VID alone", i + 1, s.stripped ? "took out" : "left in"),
               i + 1, s.last);
    if (!s.fate)
      complain(fmt::format("scoreboard: frame {} never got a fate", i + 1), i + 1, s.last);
    else if (s.is(drop_reason::none) && !s.read)
      complain(fmt::format("scoreboard: frame {} was delivered and never read", i + 1), i + 1, s.last);
    else if (!s.is(drop_reason::none) && s.read)
      complain(fmt::format("scoreboard: frame {} was dropped and read", i + 1), i + 1, s.last);
  }
  finish_fragments();
  count_what_was_felt();
}

// Frames that another MTU or SBP than that of the start decided about (FS 6.8).
void scoreboard::count_what_was_felt() {
  using enum drop_reason;
  const fate_set damaged = fates({undersize, fragment, oversize, jabber, rx_error, crc_error});
  const expected_interface& first = epochs_.front();
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const state& s = states_[i];
    if (!s.committed && !(s.fate && s.which < damaged.size() && damaged.test(s.which))) continue;
    const expected_interface& then = epochs_[s.judged];
    const fate_set damage = then.damage_of(frames_[i]);
    met_["limit_felt"] += damage != first.damage_of(frames_[i]);
    met_["store_bad_felt"] += damage.any() && then.stores_bad() != first.stores_bad();
  }
}

// Counters count while EN is 1 (FS 6.10) and what comes in whole: not what a reset ended on the wire.
bool scoreboard::counts(const state& s) const {
  if (!s.fate) return true;
  const bool off = s.is(drop_reason::rx_disabled) || s.is(drop_reason::link_down);
  return !off && (s.committed || !s.is(drop_reason::nic_reset));
}

octet_counter::range scoreboard::all_octets() const {
  octet_counter counter = all_octets_;
  for (std::size_t i = 0; i < states_.size(); ++i)
    if (counts(states_[i])) counter.add(states_[i].ended, frames_[i].wire_bytes, !states_[i].cut);
  return counter.expected();
}

counter_values scoreboard::expected_counters(bool with_cut) const {
  counter_values n = no_counts();
  n["RNBC"] = rnbc_ + (with_cut ? cut_rnbc_ : 0);
  for (std::size_t i = 0; i < states_.size(); ++i) {
    const planned_frame& p = frames_[i];
    const state& s = states_[i];
    if (!counts(s) || (s.cut && !with_cut)) continue;
    n["TPR"] += s.ended != 0 && s.ended < last_total_read_ ? 1 : 0;
    if (p.kind == "pause" && s.fate && epochs_[s.judged].damage_of(p).none()) count_pause(p, n);
    if (s.committed && is_good(i + 1)) {
      if (!s.obeyed) count_good(p, n);
    } else if (s.committed) {
      count_damage(p, epochs_[s.judged].damage_of(p), n);
    } else if (s.fate && s.which != consumed_fate) {
      const auto reason = static_cast<drop_reason>(s.which);
      n["MPC"] += reason == drop_reason::fifo_overflow;
      count_damage(p, fates({reason}), n);
    }
  }
  return n;
}

void scoreboard::compare(const std::function<std::uint64_t(std::string_view)>& counter) {
  const counter_values least = expected_counters(false);
  for (const auto& [name, most] : expected_counters(true)) {
    const std::uint64_t held = counter(name);
    if (held >= least.at(name) && held <= most) continue;
    const std::string expected =
        least.at(name) == most ? fmt::format("{}", most) : fmt::format("{} to {}", least.at(name), most);
    complain(fmt::format("scoreboard: counter {} holds {}; {} by the frames' fates", name, held, expected));
  }
  for (const auto& [name, octets] : {std::pair{"GORC", good_octets_.expected()}, {"TOR", all_octets()}})
    if (const std::uint64_t held = counter(name); held < octets.least || held > octets.most)
      complain(fmt::format("scoreboard: counter {} holds {}; {} to {} by the frames and the reads", name, held,
                           octets.least, octets.most));
}

}  // namespace ringside::platform

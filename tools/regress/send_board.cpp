// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/send_board.h"

#include <fmt/format.h>

#include <algorithm>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "platform/machine/machine_params.h"
#include "platform/report/frame_name.h"

namespace ringside::platform {
namespace {

/// Counters of good frames by size, DA..FCS (T-90).
std::string_view size_counter(std::size_t bytes) {
  if (bytes == 64) return "PTC64";
  if (bytes <= 127) return "PTC127";
  if (bytes <= 255) return "PTC255";
  if (bytes <= 511) return "PTC511";
  return bytes <= 1023 ? "PTC1023" : "PTC1522";
}

std::uint32_t longest_mtu(const scenario& s) {
  std::uint32_t longest = s.driver.mtu;
  for (const reconfigure_action& action : s.reconfigure.actions)
    if (action.what == reconfiguration::mtu) longest = std::max(longest, static_cast<std::uint32_t>(action.value));
  return longest;
}

}  // namespace

send_board::send_board(const scenario& plan, const std::vector<planned_frame>& received, complaint to)
    : plan_(plan), received_(received), to_(std::move(to)), longest_ip_(longest_mtu(plan)) {}

frame_id send_board::root_of(frame_id id) const {
  for (auto at = frames_.find(id); at != frames_.end() && at->second.parent != 0; at = frames_.find(id))
    id = at->second.parent;
  return id;
}

std::size_t send_board::era_at(sim_time t) const {
  return static_cast<std::size_t>(std::upper_bound(resets_.begin(), resets_.end(), t) - resets_.begin());
}

void send_board::on_event(const event& e) {
  last_event_ = std::max(last_event_, e.time);
  switch (e.what) {
    case stage::frame_made:
      frames_[e.frame].cause = e.b == static_cast<std::uint64_t>(cause_kind::frame) ? e.a : 0;
      break;
    case stage::skb_link:
      if (e.b == static_cast<std::uint64_t>(link_kind::merged_into)) break;
      frames_[e.frame].parent = e.a;
      break;
    case stage::tx_socket:
      messages_.push_back({.root = e.frame, .bytes = static_cast<std::size_t>(e.b), .time = e.time});
      break;
    case stage::tx_driver:
      frames_[e.frame].handed = e.time;
      handed_.push_back(e.frame);
      break;
    case stage::tx_fifo_commit:
      frames_[e.frame].committed = e.time;
      break;
    case stage::tx_complete:
      frames_[e.frame].completed = true;
      break;
    case stage::skb_drop:
    case stage::fifo_drop:
      if (e.what == stage::fifo_drop && static_cast<drop_reason>(e.b) == drop_reason::fifo_overflow)
        overflows_.push_back(e.time);
      if (kind_of(e.frame) == frame_kind::received) break;
      frames_[e.frame].why = static_cast<drop_reason>(e.b);
      frames_[e.frame].ended = e.time;
      break;
    case stage::nic_reset:
      resets_.push_back(e.time);
      counters_.on_reset(e.time);
      end_pause(e.time);
      on_ = obeys_ = false;
      end_of(sends_pauses_, e.time);
      met_["hang_recovered"] += timed_out_ && hung_at_ >= 0;
      hung_at_ = -1;
      timed_out_ = false;
      break;
    case stage::reg_read:
      counters_.on_read(e);
      break;
    case stage::reg_write:
      if (e.a == reg::CTRL) {
        obeys_ = (e.b & ctrl::RFCE) != 0;
        if (!obeys_) end_pause(e.time);
        end_of(sends_pauses_, e.time);
        if ((e.b & ctrl::TFCE) != 0) sends_pauses_.push_back({e.time, time_never});
      }
      if (e.a == reg::TCTL && ((e.b & tctl::EN) != 0) != on_) {
        on_ = !on_;
        (on_ ? starts_ : stops_).push_back(e.time);
      }
      break;
    case stage::link_change:
      cable_.emplace_back(e.time, e.a != 0);
      break;
    case stage::wire_eof:
      hear_pause(e);
      break;
    case stage::reconfigure:
    case stage::tx_timeout:
      hear_hang(e);
      break;
    default:
      break;
  }
}

void send_board::end_of(std::vector<span>& all, sim_time t) {
  if (!all.empty()) all.back().until = std::min(all.back().until, t);
}

void send_board::end_pause(sim_time t) {
  end_of(pauses_, t);
}

// F-2, F-11: a good one runs from its end, in units of 64 byte times, and a newer one replaces it.
void send_board::hear_pause(const event& e) {
  if (kind_of(e.frame) != frame_kind::received || number_of(e.frame) > received_.size()) return;
  const planned_frame& p = received_[number_of(e.frame) - 1];
  if (p.kind != "pause" || p.offer.bad_fcs || p.offer.rx_er_at != no_rx_er || p.wire_bytes < ethernet::least_frame)
    return;
  if (!obeys_) return;
  const auto units = static_cast<sim_time>(p.offer.bytes[16] << 8 | p.offer.bytes[17]);
  end_pause(e.time);
  const sim_time byte = byte_time_of(plan_.wire.link_mbps);
  if (units != 0) pauses_.push_back({e.time, e.time + units * 64 * byte});
}

void send_board::on_send(const stack::app::sent_message& m) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(m.bytes.data());
  calls_.push_back({.begin = m.begin,
                    .end = m.end,
                    .result = m.result,
                    .payload = {bytes, bytes + m.bytes.size()},
                    .first = m.first});
}

void send_board::on_wire(const wire_passage& f) {
  if (!f.sent) return;
  wire_.push_back({.id = f.id, .start = f.start, .end = f.end, .bytes = {f.bytes.begin(), f.bytes.end()}});
}

void send_board::finish() {
  for (sent_on_wire& w : wire_) {
    w.cut = std::any_of(resets_.begin(), resets_.end(), [&w](sim_time t) { return t > w.start && t <= w.end; });
    w.seen = look_at(w.bytes);
    judge_bytes(w);
  }
  judge_order();
  judge_pauses();
  judge_own_pauses();
  judge_waits();
  judge_hang();
  judge_messages();
}

void send_board::judge_bytes(const sent_on_wire& w) {
  const seen_frame& f = w.seen;
  if (w.cut) {  // T-82: it ended without its FCS, and counts nowhere
    ++met_["sent_cut_by_reset"];
    return;
  }
  if (!f.fault.empty())
    return complain(fmt::format("frame {} on the wire {}", frame_name(w.id), f.fault), w.id, w.start);
  if (f.from != plan_.nic.mac_address)
    complain(fmt::format("frame {} leaves with another address than the card's", frame_name(w.id)), w.id, w.start);
  const auto count = [&](std::string_view name, std::uint64_t amount = 1) { counters_.count(name, w.end, amount); };
  count("TPT");
  count("TOT", w.bytes.size());
  if (f.pause) {
    count(f.pause_time == 0 ? "XONTXC" : "XOFFTXC");
    ++met_["sent_pause"];
    if (f.pause_time != 0 && f.pause_time != 0xFFFF)  // FCTTV as Linux sets it (FS 10.1)
      complain(fmt::format("a PAUSE is sent of time {:04x}", f.pause_time), w.id, w.start);
    return;
  }
  count("GPTC");
  count("GOTC", w.bytes.size());
  count(size_counter(w.bytes.size()));
  const bool broadcast = std::all_of(f.to.begin(), f.to.end(), [](std::uint8_t b) { return b == 0xFF; });
  if (broadcast)
    count("BPTC");
  else if ((f.to[0] & 1) != 0)
    count("MPTC");
  if (f.type == ethernet::type_arp) ++met_["sent_arp"];
  if (f.type != ethernet::type_ipv4) return;
  if (f.protocol == 1) ++met_["sent_icmp"];
  if (f.fragment()) ++met_["sent_fragment"];
  judge_destination(w);
  if (f.source != own_address(plan_))
    complain(fmt::format("frame {} leaves with another IPv4 address than the interface's", frame_name(w.id)), w.id,
             w.start);
  if (f.ip_bytes > longest_ip_)
    complain(
        fmt::format("frame {} carries {} bytes of IPv4, and the MTU is {}", frame_name(w.id), f.ip_bytes, longest_ip_),
        w.id, w.start);
  judge_tags(w);
}

// RFC 1112: a group's address and its time to live; who is known by configuration is sent to where that says.
void send_board::judge_destination(const sent_on_wire& w) {
  const seen_frame& f = w.seen;
  const std::array<std::uint8_t, 6> group{0x01,
                                          0x00,
                                          0x5E,
                                          static_cast<std::uint8_t>(f.destination >> 16 & 0x7F),
                                          static_cast<std::uint8_t>(f.destination >> 8),
                                          static_cast<std::uint8_t>(f.destination)};  // RFC 1112 6.4
  if (f.destination >> 28 == 0xE && f.to != group)
    complain(fmt::format("frame {} goes to a group, and its Ethernet address is another one", frame_name(w.id)), w.id,
             w.start);
  const auto& known = plan_.stack.permanent_neighbours;
  const auto neighbour =
      std::find_if(known.begin(), known.end(), [&f](const auto& n) { return n.address == f.destination; });
  if (neighbour != known.end() && f.protocol == 17 &&
      !std::equal(f.to.begin(), f.to.end(), neighbour->hardware.begin(), neighbour->hardware.end()))
    complain(fmt::format("frame {} goes to another station than its neighbour", frame_name(w.id)), w.id, w.start);
  const unsigned lives = f.destination >> 28 == 0xE ? 1U : plan_.stack.ipv4.default_ttl;
  if (f.protocol == 17 && f.time_to_live != lives)
    complain(fmt::format("frame {} has a time to live of {}, and not {}", frame_name(w.id), f.time_to_live, lives),
             w.id, w.start);
}

// Packets of the sender leave by the device they were told to; all others go untagged.
void send_board::judge_tags(const sent_on_wire& w) {
  const seen_frame& f = w.seen;
  const std::string& device = plan_.app.device;
  const auto dot = device.find('.');
  const bool wants = f.protocol == 6 && dot != std::string::npos;
  if (!wants && f.tags.empty()) return;
  const auto vid = static_cast<std::uint16_t>(wants ? std::stoul(device.substr(dot + 1)) : 0);
  const auto& customer = plan_.stack.vlans;
  const std::uint16_t tpid =
      std::find(customer.begin(), customer.end(), vid) != customer.end() ? ethernet::type_vlan : ethernet::type_8021ad;
  ++met_[tpid == ethernet::type_vlan ? "sent_tagged" : "sent_service_tagged"];
  if (!wants || f.tags.size() != 1 || f.tags[0].tpid != tpid || (f.tags[0].tci & 0x0FFF) != vid)
    complain(fmt::format("frame {} leaves with {} tags, and other ones than device {} has", frame_name(w.id),
                         f.tags.size(), device.empty() ? "eth0" : device),
             w.id, w.start);
}

// T-71: the wire shows what the driver gave, in its order, and between two resets nothing is passed over.
void send_board::judge_order() {
  std::size_t next = 0;
  frame_id current = 0;
  std::size_t era = 0;
  for (std::size_t i = 0; i < wire_.size(); ++i) {
    const sent_on_wire& w = wire_[i];
    if (w.id == 0) {  // the card's own: judge_bytes() has seen that it is a PAUSE
      if (!w.cut && !w.seen.pause) complain("a frame is on the wire that nobody sent", 0, w.start);
      continue;
    }
    frame_state& state = frames_[w.id];
    state.on_wire.push_back(i);
    if (state.on_wire.size() > 1) complain(fmt::format("frame {} is sent twice", frame_name(w.id)), w.id, w.start);
    const frame_id given = is_segment(w.id) ? state.parent : w.id;
    if (given == current && is_segment(w.id)) continue;
    current = given;
    if (const std::size_t now = era_at(w.start); now != era) {  // what was left went with the reset
      era = now;
      while (next < handed_.size() && era_at(frames_[handed_[next]].handed) < era) lose(handed_[next++]);
    }
    if (next < handed_.size() && handed_[next] == given) {
      ++next;
      continue;
    }
    const auto later = std::find(handed_.begin() + static_cast<std::ptrdiff_t>(next), handed_.end(), given);
    complain(fmt::format("frame {} is on the wire, {}", frame_name(given),
                         later != handed_.end() ? "and what the driver gave before it is not"
                                                : "and the driver had given it before others"),
             given, w.start);
    if (later != handed_.end()) next = static_cast<std::size_t>(later - handed_.begin()) + 1;
  }
  while (next < handed_.size()) lose(handed_[next++]);
}

// Given to the card and not sent.  The card sends until it is told to stop, unless it is paused or has no link.
void send_board::lose(frame_id id) {
  frame_state& state = frames_[id];
  state.lost = true;
  ++met_["lost_in_card"];
  const std::size_t era = era_at(state.handed);
  if (era >= resets_.size())
    return complain(fmt::format("frame {} was given to the card and never sent", frame_name(id)), id, state.handed);
  if (!state.completed) return;  // in the ring: the driver counts it
  const sim_time end = resets_[era];
  const auto stop = std::upper_bound(stops_.begin(), stops_.end(), end);
  const sim_time stopped = stop == stops_.begin() || on_at(end) ? end : *std::prev(stop);
  sim_time busy = state.committed;
  for (const sent_on_wire& w : wire_)
    if (w.start < end) busy = std::max(busy, w.end);
  const sim_time longest = byte_time_of(plan_.wire.link_mbps) * (ethernet::longest_with_lpe + 64);
  const auto overlaps = [&](sim_time from, sim_time until) { return from <= stopped && until >= busy; };
  const bool paused =
      std::any_of(pauses_.begin(), pauses_.end(), [&](const pause& p) { return overlaps(p.from, p.until); });
  if (stopped - busy <= longest || paused || cable_was_out(busy, stopped)) return;
  complain(fmt::format("frame {} lay in the card, sent as the driver was told, and never left it", frame_name(id)), id,
           state.committed);
}

bool send_board::cable_was_out(sim_time from, sim_time until) const {
  bool up = true;
  for (const auto& [t, now] : cable_) {
    if (t > until) break;
    if (t <= from) up = now;
    if (t > from && !now) return true;
  }
  return !up;
}

}  // namespace ringside::platform

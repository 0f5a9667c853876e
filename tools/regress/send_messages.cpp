// SPDX-License-Identifier: Apache-2.0
// Datagrams and TCP packets of applications against the frames that carry them.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "platform/report/frame_name.h"
#include "tools/regress/expected_interface.h"
#include "tools/regress/send_board.h"

namespace ringside::platform {
namespace {

constexpr std::uint8_t psh = 0x08;
constexpr std::size_t headers = 14 + 20 + 20;  // of the sender's TCP packets
constexpr std::size_t udp_header = 8;

}  // namespace

// What may befall a frame before it is on the wire: the card or the device goes down, or nobody answers for the next
// hop.
bool send_board::may_be_given_up(const frame_state& state) const {
  const drop_reason why = state.why;
  using enum drop_reason;
  const auto& actions = plan_.reconfigure.actions;
  const bool disturbed = std::any_of(actions.begin(), actions.end(), [](const reconfigure_action& a) {
    // Link lost: what lies in the ring goes (FS 10.5); a hang ends in a reset (DR-7).
    return takes_down(a.what) || a.what == reconfiguration::link || a.what == reconfiguration::hang;
  });
  // By a route beside the address' own, hosts that nobody has configured are neighbours too.
  if (why == neigh_failed || why == neigh_queue_full)
    return plan_.stack.permanent_neighbours.empty() || !plan_.stack.routes.empty();
  // No carrier yet: the device has no discipline that keeps anything (noop_qdisc).
  const sim_time first = handed_.empty() ? time_never : frames_.at(handed_.front()).handed;
  if (why == qdisc_drop && state.ended < first) return true;
  return disturbed && (why == tx_ring_cleaned || why == tx_reset || why == device_not_ready || why == qdisc_drop);
}

// The call in which the frame came to be is what it carries; an echo's is what it answers.
bool send_board::find_payload(message& m) {
  const auto call = std::find_if(calls_.begin(), calls_.end(),
                                 [&m](const made_call& c) { return m.time >= c.begin && m.time <= c.end && !c.used; });
  if (call != calls_.end()) {
    call->used = true;
    m.payload = call->payload;
    m.first = call->first;
    m.number = static_cast<std::size_t>(call - calls_.begin());
    m.by_sender = true;
    return true;
  }
  const frame_id cause = frames_[m.root].cause;
  if (cause == 0 || kind_of(cause) != frame_kind::received || number_of(cause) > received_.size()) return false;
  m.payload = received_[number_of(cause) - 1].payload;
  m.first = m.payload.size();
  ++met_["echoed"];
  return true;
}

void send_board::judge_messages() {
  std::map<frame_id, std::vector<const sent_on_wire*>> carried;
  for (const sent_on_wire& w : wire_)
    if (w.id != 0) carried[root_of(w.id)].push_back(&w);
  std::map<frame_id, bool> whole;
  std::set<frame_id> explained;
  std::vector<std::pair<frame_id, frame_id>> flushed;
  for (const auto& [id, state] : frames_) {
    const frame_id root = root_of(id);
    const auto entry = whole.emplace(root, true).first;
    if (state.lost || state.why != drop_reason::none) entry->second = false;
    if (state.why == drop_reason::none) continue;
    ++met_["given_up"];
    if (state.why == drop_reason::tx_flushed) {  // behind one that was given up: ip_do_fragment stops there
      flushed.emplace_back(root, id);
      continue;
    }
    explained.insert(root);
    if (!may_be_given_up(state))
      complain(fmt::format("frame {} is given up as {}, and nothing in this run explains it", frame_name(id),
                           name(state.why)),
               id, state.handed);
  }
  // ... or the call has failed in the middle of it (ip_flush_pending_frames).
  const auto refused = [this](frame_id root) {
    const auto at =
        std::find_if(messages_.begin(), messages_.end(), [root](const message& m) { return m.root == root; });
    return at != messages_.end() && std::any_of(calls_.begin(), calls_.end(), [at](const made_call& c) {
             return c.result < 0 && at->time >= c.begin && at->time <= c.end;
           });
  };
  for (const auto& [root, id] : flushed)
    if (!explained.contains(root) && !refused(root))
      complain(fmt::format("frame {} is given up as tx_flushed, and no other frame of its datagram is given up",
                           frame_name(id)),
               id, -1);
  sequence_.assign(1, 1);
  for (const made_call& c : calls_)
    sequence_.push_back(sequence_.back() + static_cast<std::uint32_t>(c.payload.size()));
  for (message& m : messages_) {
    if (!find_payload(m)) {
      complain(fmt::format("frame {} is a socket's, and no application sent it", frame_name(m.root)), m.root, m.time);
      continue;
    }
    const bool tcp = m.by_sender && plan_.app.protocol == stack::app_protocol::tcp;
    if (m.bytes != m.first + (tcp ? headers : 0)) {
      complain(fmt::format("frame {} is a datagram of {} bytes, and {} were sent", frame_name(m.root), m.bytes,
                           m.first + (tcp ? headers : 0)),
               m.root, m.time);
      continue;
    }
    auto& frames = carried[m.root];
    const bool all = whole[m.root] && std::none_of(frames.begin(), frames.end(), [](const auto* w) { return w->cut; });
    if (tcp)
      judge_tcp(m, frames, all);
    else
      judge_datagram(m, frames, all);
  }
  for (const made_call& c : calls_)
    if (c.result >= 0 && !c.used) complain("the kernel took a datagram of which no frame came to be", 0, c.end);
}

// RFC 791: the pieces make the datagram, each byte once.
void send_board::judge_datagram(const message& m, const std::vector<const sent_on_wire*>& frames, bool whole) {
  const std::size_t total = udp_header + m.payload.size();
  std::vector<std::uint8_t> datagram(total);
  std::vector<bool> there(total);
  std::size_t covered = 0;
  bool ended = false;
  for (const sent_on_wire* w : frames) {
    if (w->cut || !w->seen.fault.empty()) continue;
    const seen_frame& f = w->seen;
    const std::size_t end = f.offset + f.ip_payload.size();
    const auto wrong = [&](const std::string& text) {
      complain(fmt::format("frame {} {}", frame_name(w->id), text), w->id, w->start);
    };
    if (f.protocol != 17 || end > total || (!f.more && end != total) || (f.more && end == total))
      return wrong(fmt::format("carries bytes {} to {} of a datagram of {}", f.offset, end, total));
    if (f.id != frames.front()->seen.id) return wrong("has another identification than its datagram");
    ended = ended || !f.more;
    for (std::size_t i = 0; i < f.ip_payload.size(); ++i) {
      const std::size_t at = f.offset + i;
      if (there[at]) return wrong("carries what another fragment has carried");
      there[at] = true;
      ++covered;
      datagram[at] = f.ip_payload[i];
      if (at >= udp_header && datagram[at] != m.payload[at - udp_header])
        return wrong(fmt::format("carries another byte {} than was sent", at - udp_header));
    }
  }
  if (!whole) return;
  if (covered != total || !ended)
    return complain(fmt::format("of datagram {} {} bytes of {} are on the wire, and none is given up",
                                frame_name(m.root), covered, total),
                    m.root, m.time);
  const seen_frame& first = frames.front()->seen;
  if (frames.size() > 1 && ((datagram[6] | datagram[7]) == 0 || !transport_sum_right(first, datagram)))
    complain(fmt::format("datagram {} has a wrong UDP checksum over its fragments", frame_name(m.root)), m.root,
             m.time);
  if ((datagram[4] << 8 | datagram[5]) != static_cast<int>(total))
    complain(fmt::format("datagram {} has a wrong UDP length", frame_name(m.root)), m.root, m.time);
  if (m.by_sender && first.destination != plan_.app.destination)
    complain(fmt::format("datagram {} goes to another host", frame_name(m.root)), m.root, m.time);
  if (m.by_sender && (datagram[2] << 8 | datagram[3]) != plan_.app.destination_port)
    complain(fmt::format("datagram {} goes to another port", frame_name(m.root)), m.root, m.time);
  const auto port = static_cast<std::uint16_t>(datagram[0] << 8 | datagram[1]);
  if (m.by_sender && sender_port_ == 0) sender_port_ = port;
  if (m.by_sender && port != sender_port_)
    complain(fmt::format("datagram {} comes from port {}, and those before it from {}", frame_name(m.root), port,
                         sender_port_),
             m.root, m.time);
  ++met_["sent_udp"];
  met_["sent_in_pieces"] += m.first != m.payload.size();
  met_["sent_large_udp"] += m.payload.size() > 20'000;
  met_["sent_empty_udp"] += m.payload.empty();
}

// RFC 9293: the segments make the packet; those the card has cut are counted as TSO (T-34).
void send_board::judge_tcp(const message& m, const std::vector<const sent_on_wire*>& frames, bool whole) {
  const std::size_t mss = plan_.app.mss;
  const std::size_t count = std::max<std::size_t>(1, (m.payload.size() + mss - 1) / mss);
  std::set<std::size_t> seen;
  std::size_t by_card = 0;
  sim_time last = 0;
  for (const auto& [id, state] : frames_)
    if (is_segment(id) && root_of(id) == m.root && state.committed >= 0) {
      ++by_card;
      last = std::max(last, state.committed);
    }
  if (by_card == count && count > 1) counters_.count("TSCTC", last);
  for (const sent_on_wire* w : frames) {
    if (w->cut || !w->seen.fault.empty()) continue;
    const seen_frame& f = w->seen;
    const auto wrong = [&](const std::string& text) {
      complain(fmt::format("frame {} {}", frame_name(w->id), text), w->id, w->start);
    };
    const std::size_t at = f.sequence - sequence_[m.number];
    if (f.protocol != 6 || at % mss != 0 || at / mss >= count) return wrong("has a sequence number of no segment");
    const std::size_t number = at / mss;
    const bool final_one = number + 1 == count;
    if (!seen.insert(number).second) return wrong("is a segment that was sent before");
    const std::size_t length = final_one ? m.payload.size() - at : mss;
    if (f.payload.size() != length ||
        !std::equal(f.payload.begin(), f.payload.end(), m.payload.begin() + static_cast<std::ptrdiff_t>(at)))
      return wrong(fmt::format("carries other bytes than segment {} of {}", number, count));
    if (f.id != static_cast<std::uint16_t>(m.number * 64 + number))
      return wrong("has another identification than its segment");
    if (((f.flags & psh) != 0) != final_one) return wrong("has PSH where it does not belong (T-32)");
    if (!std::equal(f.to.begin(), f.to.end(), plan_.app.hardware.begin())) return wrong("goes to another station");
  }
  if (!whole) return;
  if (seen.size() != count)
    return complain(fmt::format("of packet {} {} segments of {} are on the wire, and none is given up",
                                frame_name(m.root), seen.size(), count),
                    m.root, m.time);
  ++met_["sent_tcp"];
  met_["sent_tso"] += count > 1 && by_card == count;
  met_["sent_gso"] += count > 1 && by_card == 0;
}

void send_board::compare(const std::function<std::uint64_t(std::string_view)>& counter) {
  counters_.compare(counter, [this](const std::string& text) { complain(text, 0, -1); });
}

}  // namespace ringside::platform

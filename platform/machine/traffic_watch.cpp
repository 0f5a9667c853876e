// SPDX-License-Identifier: Apache-2.0
#include "platform/machine/traffic_watch.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "common/drop_reason.h"
#include "common/reconfiguration.h"
#include "platform/report/descriptor_word.h"

namespace ringside::platform {
namespace {

// What a stage does to the counts: added, not chosen by jumps, since nobody can foresee which stage comes next.
struct alignas(8) effect {
  std::int8_t offered = 0;
  std::int8_t open = 0;
  std::int8_t unread = 0;
  std::int8_t stored = 0;   // in the card
  std::int8_t written = 0;  // back, if the descriptor is the frame's last
  bool work = false;
  bool change = false;
  bool rare = false;  // left to count_rare()

  bool operator==(const effect&) const = default;
};
using effect_table = std::array<effect, static_cast<std::size_t>(stage::count)>;

constexpr effect_table make_effects() {
  effect_table all{};
  const auto of = [&all](stage what) -> effect& { return all[static_cast<std::size_t>(what)]; };
  for (const stage what : {stage::nic_reset, stage::reconfigure, stage::fifo_drop, stage::tx_wire_eof})
    of(what).rare = true;
  of(stage::wire_sof) = {.offered = 1, .open = 1, .work = true, .change = true};
  of(stage::frame_made) = {.open = 1, .work = true, .change = true};
  of(stage::skb_link) = {.change = true, .rare = true};
  of(stage::fifo_commit).stored = 1;
  of(stage::desc_writeback).written = 1;
  for (const stage fate : {stage::filter_reject, stage::skb_consume, stage::tx_complete})
    of(fate) = {.open = -1, .change = true};
  of(stage::skb_drop) = {.change = true, .rare = true};
  of(stage::socket_copy) = {.unread = 1, .change = true};
  of(stage::socket_enqueue) = {.open = -1, .unread = 1, .change = true};
  of(stage::app_read) = {.unread = -1, .change = true};
  return all;
}
constexpr effect_table effects = make_effects();

/// The stages that have any effect.
constexpr stage_set interests =
    stages_where([](stage what) { return effects[static_cast<std::size_t>(what)] != effect{}; });

}  // namespace

traffic_watch::traffic_watch() : selection_(interests) {}

void traffic_watch::on_event(const event& e) {
  const event* const record = &e;
  on_events(event_stretch({&record, 1}));
}

void traffic_watch::on_events(event_stretch stretch) {
  const std::span<const std::uint32_t> chosen = selection_.of(stretch);
  frame_counts counts = counts_;  // a copy stays in registers
  for (const std::uint32_t at : chosen) count(stretch[at], counts);
  counts_ = counts;
  note_times(stretch, chosen);
}

// Times rise: the last of each kind, found from the end, where there is one nearly always.
void traffic_watch::note_times(event_stretch stretch, std::span<const std::uint32_t> chosen) {
  bool work = false;
  bool change = false;
  for (std::size_t i = chosen.size(); i-- > 0 && !(work && change);) {
    const event& e = stretch[chosen[i]];
    const effect& does = effects[static_cast<std::size_t>(e.what)];
    if (!work && does.work) last_work_ = std::max(last_work_, e.time);
    if (!change && does.change) last_change_ = std::max(last_change_, e.time);
    work = work || does.work;
    change = change || does.change;
  }
}

[[gnu::always_inline]] inline void traffic_watch::count(const event& e, frame_counts& counts) {
  const effect& does = effects[static_cast<std::size_t>(e.what)];
  if (does.rare) [[unlikely]] {
    counts = count_rare(e, counts);
    return;
  }
  const std::int64_t whole = does.written & static_cast<std::int64_t>(e.b / word_eop);  // 1 or 0
  const std::int64_t stored = counts.in_card != 0 ? whole : 0;
  // A looped frame came to be before, as a copy.
  const std::int64_t again = does.offered & static_cast<std::int64_t>(e.frame >> frame_kind_shift);
  counts.offered += static_cast<std::uint64_t>(does.offered - again);
  counts.in_card += does.stored - stored;
  const std::int64_t followed = e.frame != 0 ? does.open : 0;  // a packet without an id never was open
  counts.open += followed - again + whole - stored;  // what was not in the card was on its way when the reset came
  counts.unread += does.unread;
}

traffic_watch::frame_counts traffic_watch::count_rare(const event& e, frame_counts counts) {
  switch (e.what) {
    case stage::nic_reset:  // what the FIFO held is lost
      if (counts.in_card == 0) break;
      counts.open -= counts.in_card;
      counts.in_card = 0;
      last_change_ = e.time;
      break;
    case stage::reconfigure:
      if ((e.a & reconfiguration_ended) != 0) ++reconfigured_;
      last_work_ = last_change_ = e.time;
      break;
    case stage::fifo_drop:
      last_change_ = e.time;
      if (e.b == static_cast<std::uint64_t>(drop_reason::tx_reset)) {  // a segment
        --counts.open;
        break;
      }
      // Out of the FIFO: told of by name, or by nic_reset before.
      if (e.b == static_cast<std::uint64_t>(drop_reason::nic_reset) || (e.a & drop_mark::stored) != 0) {
        if (counts.in_card == 0) break;
        --counts.in_card;
      }
      --counts.open;
      break;
    case stage::tx_wire_eof:
      if (!is_segment(e.frame)) break;
      --counts.open;
      last_change_ = e.time;
      break;
    case stage::skb_link:
      if (e.b == static_cast<std::uint64_t>(link_kind::merged_into)) {
        if (e.frame != 0) --counts.open;
      } else {
        ++counts.open;
        last_work_ = e.time;
      }
      break;
    case stage::skb_drop:
      if (e.frame == 0) break;
      --((e.a & drop_mark::revoked) != 0 ? counts.unread : counts.open);  // revoked: it had been delivered
      break;
    default:
      break;
  }
  return counts;
}

}  // namespace ringside::platform

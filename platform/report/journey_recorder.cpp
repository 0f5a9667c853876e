// SPDX-License-Identifier: Apache-2.0
#include "platform/report/journey_recorder.h"

#include <algorithm>
#include <array>

#include "platform/report/descriptor_word.h"

namespace ringside::platform {
namespace {

constexpr std::size_t recent_events = 1024;

// What completes the round after a frame was taken, once each.
constexpr std::array after_stages{stage::rdt_write, stage::napi_complete, stage::ims_write, stage::softirq_exit};
constexpr std::uint8_t exit_seen = 8;

bool is_interrupt_step(stage s) {
  switch (s) {
    case stage::cause_set:
    case stage::moderation_hold:
    case stage::intx_assert:
    case stage::intx_deassert:
    case stage::hardirq_enter:
    case stage::icr_read:
    case stage::imc_write:
    case stage::napi_schedule:
    case stage::softirq_raise:
    case stage::hardirq_exit:
    case stage::softirq_enter:
    case stage::ksoftirqd_run:
    case stage::napi_poll:
      return true;
    default:
      return false;
  }
}

bool merges(const event& e) {
  return e.what == stage::skb_link && e.b == static_cast<std::uint64_t>(link_kind::merged_into);
}

/// Whether the event's frame came to be by it.
bool begins(const event& e) {
  return e.what == stage::wire_sof || e.what == stage::frame_made || (e.what == stage::skb_link && !merges(e));
}

/// Of what happened since the write-back, up to INTA# only the first cause and the first hold are the frame's: other
/// frames' causes join while the interrupt is held, and an earlier interrupt's handler may still be running.
void keep_own_interrupt(std::vector<event>& chain, sim_time asserted) {
  bool cause = false;
  bool hold = false;
  for (auto e = chain.rbegin(); e != chain.rend() && (e->time < asserted || e->what != stage::intx_assert); ++e) {
    bool& seen = e->what == stage::cause_set ? cause : hold;
    const bool keep = (e->what == stage::cause_set || e->what == stage::moderation_hold) && !seen;
    if (keep) seen = true;
    if (!keep) e->what = stage::count;
  }
  std::erase_if(chain, [](const event& e) { return e.what == stage::count; });
}

}  // namespace

journey_recorder::journey_recorder(interrupt_report& interrupts, std::vector<frame_id> wanted, bool first_delivered)
    : interrupts_(interrupts), wanted_(std::move(wanted)), looking_(first_delivered), recent_(recent_events) {
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  update_done();
}

journey_recorder::journey_recorder(interrupt_report& interrupts, const lineage& of)
    : journey_recorder(interrupts, {}, false) {
  of_ = &of;
  done_ = false;
}

bool journey_recorder::wants(frame_id id) const {
  if (of_ != nullptr) return of_->follows(id);
  return std::binary_search(wanted_.begin(), wanted_.end(), id);
}

void journey_recorder::record(const event& e) {
  if (!info(e.what).journey) return;
  if (e.frame == 0) {
    record_context(e);
    return;
  }
  if (begins(e)) begin(e);
  track* t = windows_.find(e.frame);
  if (t == nullptr) return;
  step(*t, e);
  close_if_complete(e.frame, *t);
}

void journey_recorder::begin(const event& e) {
  if (!(looking_ && e.what == stage::wire_sof) && !wants(e.frame)) return;
  track& t = windows_.begin(e.frame);
  t.story.frame = e.frame;
  if (e.what == stage::wire_sof) t.story.bytes = static_cast<std::uint32_t>(e.a);
}

void journey_recorder::record_context(const event& e) {
  recent_[recent_count_++ % recent_events] = e;
  if (e.what == stage::tdt_write)
    windows_.for_each([&e](frame_id, track& t) {
      if (!t.rings || t.cpu != e.unit) return;
      t.rings = false;
      t.story.steps.push_back(e);
    });
  const auto* after = std::find(after_stages.begin(), after_stages.end(), e.what);
  if (after == after_stages.end()) return;
  const auto bit = static_cast<std::uint8_t>(1U << (after - after_stages.begin()));
  std::vector<frame_id> complete;
  windows_.for_each([&](frame_id id, track& t) {
    if (!t.taken || t.cpu != e.unit || (t.after & bit) != 0 || (t.after & exit_seen) != 0) return;
    t.after |= bit;
    t.story.steps.push_back(e);
    complete.push_back(id);
  });
  for (const frame_id id : complete)
    if (track* t = windows_.find(id)) close_if_complete(id, *t);
}

void journey_recorder::step(track& t, const event& e) {
  if (e.what == stage::desc_writeback && (e.b & word_eop) != 0) add_fetch(t, stage::desc_fetch, e.a);
  if (e.what == stage::tx_desc_writeback) add_fetch(t, stage::tx_desc_fetch, e.a);
  if (e.what == stage::tx_complete) add_completion(t, e);
  const bool takes = e.what == stage::desc_take || e.what == stage::dma_sync || e.what == stage::netif_receive_skb;
  if (takes && !t.taken && kind_of(e.frame) == frame_kind::received) add_interrupt(t, e);
  t.story.steps.push_back(e);
  const auto end = [&t](journey::end fate, bool over) {
    t.story.fate = fate;
    t.over = over;
  };
  switch (e.what) {
    case stage::filter_reject:
    case stage::fifo_drop:
    case stage::skb_drop:
      end(journey::end::dropped, true);
      t.story.reason = static_cast<drop_reason>(e.b);
      break;
    case stage::skb_consume:
      end(journey::end::consumed, true);
      break;
    case stage::socket_enqueue:
      end(journey::end::delivered, false);
      if (looking_ && kind_of(e.frame) == frame_kind::received) choose(e.frame);
      break;
    case stage::app_read:
      t.over = true;
      break;
    case stage::skb_link:
      if (merges(e)) end(journey::end::merged, true);
      break;
    case stage::tx_driver:
      t.rings = true;
      t.cpu = e.unit;
      break;
    case stage::tx_complete:
      end(journey::end::transmitted, true);
      t.story.bytes = static_cast<std::uint32_t>(e.a);
      break;
    default:
      break;
  }
}

// The first frame delivered is found: other frames go on only when asked for.
void journey_recorder::choose(frame_id id) {
  looking_ = false;
  if (!wants(id)) wanted_.insert(std::upper_bound(wanted_.begin(), wanted_.end(), id), id);
  std::vector<frame_id> others;
  windows_.for_each([&](frame_id other, const track&) {
    if (!wants(other)) others.push_back(other);
  });
  for (const frame_id other : others) windows_.end(other);
}

void journey_recorder::add_fetch(track& t, stage fetch, std::uint64_t descriptor) {
  const std::uint64_t held = std::min<std::uint64_t>(recent_count_, recent_events);
  for (std::uint64_t back = 1; back <= held; ++back) {
    const event& e = recent_[(recent_count_ - back) % recent_events];
    if (e.what != fetch || descriptor < e.a || descriptor >= e.a + e.b) continue;
    t.story.steps.push_back(e);
    return;
  }
}

void journey_recorder::add_interrupt(track& t, const event& taken) {
  t.taken = true;
  t.cpu = taken.unit;
  t.story.by = interrupts_.of(taken.frame);
  const frame_interrupt& by = t.story.by;
  sim_time written_back = by.asserted;
  for (const event& e : t.story.steps)
    if (e.what == stage::desc_writeback) written_back = std::min(written_back, e.time);
  const std::uint64_t held = std::min<std::uint64_t>(recent_count_, recent_events);
  std::vector<event> chain;  // newest first
  for (std::uint64_t back = 1; back <= held; ++back) {
    const event& e = recent_[(recent_count_ - back) % recent_events];
    if (!is_interrupt_step(e.what) || (e.from == origin::cpu && e.unit != taken.unit)) continue;
    if (by.own) {
      if (e.time < written_back) break;
      chain.push_back(e);
    } else if (e.what == stage::napi_poll || e.what == stage::hardirq_enter) {
      // Caught by a poll (or, without NAPI, a handler) already under way: that alone is part of its way.
      chain.push_back(e);
      break;
    }
  }
  if (by.own) keep_own_interrupt(chain, by.asserted);
  t.story.steps.insert(t.story.steps.end(), chain.rbegin(), chain.rend());
}

// What led from the write-back to the poll; without an interrupt since then the poll alone.
void journey_recorder::add_completion(track& t, const event& complete) {
  sim_time written_back = complete.time;
  for (const event& e : t.story.steps)
    if (e.what == stage::tx_desc_writeback) written_back = std::min(written_back, e.time);
  const std::uint64_t held = std::min<std::uint64_t>(recent_count_, recent_events);
  std::vector<event> chain;  // newest first
  sim_time asserted = -1;
  for (std::uint64_t back = 1; back <= held; ++back) {
    const event& e = recent_[(recent_count_ - back) % recent_events];
    if (e.time < written_back) break;
    if (!is_interrupt_step(e.what) || (e.from == origin::cpu && e.unit != complete.unit)) continue;
    chain.push_back(e);
    if (e.what == stage::intx_assert) asserted = e.time;  // the first one since
  }
  if (asserted >= 0)
    keep_own_interrupt(chain, asserted);
  else
    std::erase_if(chain, [last = true](const event& e) mutable {
      const bool keep = last && e.what == stage::napi_poll;
      if (keep) last = false;
      return !keep;
    });
  t.story.steps.insert(t.story.steps.end(), chain.rbegin(), chain.rend());
}

void journey_recorder::close_if_complete(frame_id id, track& t) {
  if (!t.over || (t.taken && (t.after & exit_seen) == 0)) return;
  if (wants(id)) store(t);
  windows_.end(id);
  update_done();
}

void journey_recorder::store(track& t) {
  std::stable_sort(t.story.steps.begin(), t.story.steps.end(),
                   [](const event& x, const event& y) { return x.time < y.time; });
  finished_.push_back(std::move(t.story));
}

void journey_recorder::update_done() {
  done_ = of_ == nullptr && !looking_ && finished_.size() == wanted_.size();
}

void journey_recorder::finish() {
  windows_.for_each([this](frame_id id, track& t) {
    if (wants(id)) store(t);
  });
  done_ = true;
}

std::vector<journey> journey_recorder::journeys() const {
  std::vector<journey> out = finished_;
  for (const frame_id id : wanted_) {
    const bool known = std::any_of(out.begin(), out.end(), [id](const journey& j) { return j.frame == id; });
    if (known) continue;
    out.emplace_back();
    out.back().frame = id;
  }
  std::sort(out.begin(), out.end(), [](const journey& x, const journey& y) { return x.frame < y.frame; });
  return out;
}

}  // namespace ringside::platform

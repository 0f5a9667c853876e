// SPDX-License-Identifier: Apache-2.0
// What time does to neighbours: probes, doubts, the end of those nobody uses (neigh_timer_handler, neigh_periodic_work,
// neigh_forced_gc of Linux 6.1; NB-2, NB-5, NB-6, NB-14).
#include <algorithm>
#include <vector>

#include "sw/kernel/jiffies.h"
#include "sw/stack/arp.h"
#include "sw/stack/headers.h"
#include "sw/stack/neighbour.h"

namespace ringside::stack {

namespace {
constexpr std::uint64_t hz = second / kernel::jiffy;
constexpr std::uint64_t soonest = hz / 100;  // the least a timer is set to
}  // namespace

void neighbour_table::arm(neighbour& n, std::uint64_t jiffies_ahead) {
  clock_.mod_timer(n.timer, static_cast<sim_time>(jiffies_ahead) * kernel::jiffy);
}

// neigh_max_probes, without a daemon that asks (app_solicit 0) and mcast_resolicit 0.
unsigned neighbour_table::max_probes(const neighbour& n) const {
  return settings_.ucast_solicit + (n.state == nud::probe ? 0 : settings_.mcast_solicit);
}

std::uint64_t neighbour_table::retransmission() const {
  return std::max(kernel::to_jiffies(settings_.retrans_time), soonest);
}

// neigh_probe: about the packet that came last, of which Linux keeps a clone, as it may go meanwhile.
void neighbour_table::probe(neighbour& n) {
  arp_layer::subject about;
  if (const sk_buff* const last = n.waiting.back(); last != nullptr)
    about = {ipv4_view(last->network_header()).source(), last->frame};
  arp_->solicit(n, about);
  ++n.probes;
}

void neighbour_table::on_timer(neighbour& n) {
  host_.sync_software();
  bool ask = false;
  bool gone = false;
  {
    const kernel::spin_guard guard(n.lock);
    if (n.dead || (n.state & nud::in_timer) == 0) return;
    advance(n);
    ask = (n.state & (nud::incomplete | nud::probe)) != 0;
    gone = n.state == nud::failed;
  }
  if (ask) probe(n);
  if (gone) invalidate(n);
}

// neigh_timer_handler, up to what is done without the lock.
void neighbour_table::advance(neighbour& n) {
  const std::uint64_t now = jiffies();
  const std::uint64_t retry = now + retransmission();
  const std::uint64_t delay = kernel::to_jiffies(settings_.delay_first_probe_time);
  std::uint64_t next = now + hz;
  if (n.state == nud::reachable) {
    if (now <= n.confirmed + reachable_time_) {
      next = n.confirmed + reachable_time_;
    } else if (now <= n.used + delay) {
      set_state(n, nud::delay);
      next = now + delay;
    } else {
      set_state(n, nud::stale);
    }
  } else if (n.state == nud::delay) {
    if (now <= n.confirmed + delay) {
      set_state(n, nud::reachable);
      next = n.confirmed + reachable_time_;
    } else {
      n.probes = 0;
      set_state(n, nud::probe);
      next = retry;
    }
  } else {
    next = retry;
  }
  const bool asking = (n.state & (nud::incomplete | nud::probe)) != 0;
  if (asking && n.probes >= max_probes(n)) {
    set_state(n, nud::failed);
    return;
  }
  if ((n.state & nud::in_timer) != 0) arm(n, std::max(next, jiffies() + soonest) - jiffies());
}

// neigh_invalidate: who sent what waits hears that nobody is there (NB-4).  What that brings about may have it asked
// for anew; then the rest is dropped without a word.
void neighbour_table::invalidate(neighbour& n) {
  ++counters_.res_failed;
  n.updated = jiffies();
  for (;;) {
    skb_ptr skb;
    {
      const kernel::spin_guard guard(n.lock);
      if (n.state == nud::failed) skb = n.waiting.pop_front();
      if (skb == nullptr) {
        purge(n, drop_reason::neigh_failed);
        return;
      }
      n.waiting_bytes -= skb->truesize();
    }
    arp_->error_report(std::move(skb));
  }
}

// neigh_rand_reach_time: half to one and a half of the base.
void neighbour_table::draw_reachable_time() {
  const auto base = static_cast<std::uint32_t>(kernel::to_jiffies(settings_.base_reachable_time));
  reachable_time_ = base == 0 ? 0 : numbers_.below(base) + base / 2;
}

// neigh_alloc.
bool neighbour_table::make_room() {
  const std::size_t count = entries_.size();
  const std::uint64_t now = jiffies();
  const bool crowded = count >= settings_.gc_thresh2 && now > last_flush_ + 5 * hz;
  if (count < settings_.gc_thresh3 && !crowded) return true;
  return forced_gc() || count < settings_.gc_thresh3;
}

// Those made first are asked first: gc_list.
bool neighbour_table::forced_gc() {
  const kernel::spin_guard guard(lock_);
  ++counters_.forced_gc_runs;
  const std::uint64_t now = jiffies();
  std::vector<entries::iterator> candidates;
  for (auto it = entries_.begin(); it != entries_.end(); ++it) {
    const neighbour& n = *it->second;
    if (n.state == nud::permanent || !unused(it->second)) continue;
    if (n.state == nud::failed || n.state == nud::noarp || now > n.updated + 5 * hz) candidates.push_back(it);
  }
  const std::size_t with_the_new_one = entries_.size() + 1;
  const std::size_t most =
      std::max<std::size_t>(with_the_new_one - std::min(with_the_new_one, settings_.gc_thresh2), 1);
  std::sort(candidates.begin(), candidates.end(), [](const entries::iterator& x, const entries::iterator& y) {
    return x->second->number < y->second->number;
  });
  std::size_t gone = 0;
  for (const entries::iterator& it : candidates) {
    if (gone >= most) break;
    forget(it);
    ++gone;
  }
  last_flush_ = now;
  return gone != 0;
}

// Linux runs it from boot on; an empty table has nothing to collect.
void neighbour_table::start_gc() {
  if (!gc_timer_.pending()) clock_.mod_timer(gc_timer_, settings_.base_reachable_time / 2);
}

void neighbour_table::periodic_gc() {
  host_.sync_software();
  const kernel::spin_guard guard(lock_);
  ++counters_.periodic_gc_runs;
  const std::uint64_t now = jiffies();
  if (now > last_rand_ + 300 * hz) {
    last_rand_ = now;
    draw_reachable_time();
  }
  if (entries_.size() >= settings_.gc_thresh1) {
    const std::uint64_t stale = kernel::to_jiffies(settings_.gc_stale_time);
    for (auto it = entries_.begin(); it != entries_.end();) {
      neighbour& n = *it->second;
      if ((n.state & (nud::permanent | nud::in_timer)) != 0 || !unused(it->second)) {
        ++it;
        continue;
      }
      n.used = std::max(n.used, n.confirmed);
      it = n.state == nud::failed || now >= n.used + stale ? forget(it) : std::next(it);
    }
  }
  if (!entries_.empty()) start_gc();
}

}  // namespace ringside::stack

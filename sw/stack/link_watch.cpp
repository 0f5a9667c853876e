// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/link_watch.h"

#include <algorithm>
#include <utility>

#include "sw/stack/net_device.h"
#include "sw/stack/qdisc.h"

namespace ringside::stack {
namespace {

constexpr std::uint64_t least_apart = static_cast<std::uint64_t>(second / kernel::jiffy);  // HZ

/// A device that is up and can send now but could not before, or one above another (linkwatch_urgent_event).
bool urgent(const net_device& dev) {
  if (!dev.up) return false;
  if (!dev.lower.empty()) return true;
  return dev.carrier && !dev.tx.empty() && !dev.tx.front()->discipline()->active();
}

}  // namespace

link_watch::link_watch(kernel::kernel& k, std::function<void(net_device&)> act) : kernel_(k), act_(std::move(act)) {
  work_.function = [this] { run(); };
}

void link_watch::fire(net_device& dev) {
  const bool at_once = urgent(dev);
  const bool listed = std::find(changed_.begin(), changed_.end(), &dev) != changed_.end();
  if (!listed) changed_.push_back(&dev);
  if (!listed || at_once) schedule(at_once);
}

// linkwatch_schedule_work: what is urgent waits for nothing, what is not does not change what is planned.
void link_watch::schedule(bool at_once) {
  if (urgent_) return;
  urgent_ = at_once;
  if (at_once) return kernel_.work().mod_delayed_work(work_, 0);
  const std::uint64_t wait = next_event_ - kernel_.clock().jiffies();  // wraps round where it is over
  kernel_.work().schedule_delayed_work(work_, wait > least_apart ? 0 : static_cast<sim_time>(wait) * kernel::jiffy);
}

// __linkwatch_run_queue: before its time only what is urgent is done, and the rest still waits for that time.
void link_watch::run() {
  const std::uint64_t now = kernel_.clock().jiffies();
  const bool urgent_only = next_event_ > now;
  if (!urgent_only) next_event_ = now + least_apart;
  urgent_ = false;
  for (net_device* dev : std::exchange(changed_, {})) {
    if (urgent_only && !urgent(*dev))
      changed_.push_back(dev);
    else
      act_(*dev);
  }
  if (!changed_.empty()) schedule(false);
}

}  // namespace ringside::stack

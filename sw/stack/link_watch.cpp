// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/link_watch.h"

#include <algorithm>
#include <utility>

namespace ringside::stack {
namespace {
constexpr sim_time least_apart = 1 * second;  // HZ
}

link_watch::link_watch(kernel::kernel& k, std::function<void(net_device&)> act) : kernel_(k), act_(std::move(act)) {
  work_.function = [this] { run(); };
}

void link_watch::fire(net_device& dev, bool urgent) {
  if (std::find(changed_.begin(), changed_.end(), &dev) == changed_.end()) changed_.push_back(&dev);
  if (urgent) return kernel_.work().mod_delayed_work(work_, 0);
  const sim_time wait = next_event_ - kernel_.clock().now();
  kernel_.work().schedule_delayed_work(work_, wait < 0 || wait > least_apart ? 0 : wait);
}

void link_watch::run() {
  next_event_ = kernel_.clock().now() + least_apart;
  for (net_device* dev : std::exchange(changed_, {})) act_(*dev);
}

}  // namespace ringside::stack

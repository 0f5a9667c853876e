// SPDX-License-Identifier: Apache-2.0
#include "sw/stack/tx_watchdog.h"

#include <algorithm>

#include "sw/stack/net_device.h"
#include "sw/stack/net_device_ops.h"

namespace ringside::stack {
namespace {
constexpr std::uint64_t a_second = static_cast<std::uint64_t>(second / kernel::jiffy);
constexpr std::uint64_t skew_of_a_cpu = 3;  // so that not all CPUs do it in one jiffy
}  // namespace

std::uint64_t round_jiffies(std::uint64_t wished, std::uint64_t now, unsigned cpu) {
  const std::uint64_t skew = cpu * skew_of_a_cpu;
  std::uint64_t rounded = wished + skew;
  const std::uint64_t beyond = rounded % a_second;
  rounded -= beyond;
  if (beyond >= a_second / 4) rounded += a_second;
  return rounded > now + skew ? rounded - skew : wished;
}

tx_watchdog::tx_watchdog(kernel::kernel& k, net_device& dev) : kernel_(k), dev_(dev) {
  timer_.callback = [this] { look(); };
}

void tx_watchdog::arm(std::uint64_t when) {
  const std::uint64_t now = kernel_.clock().jiffies();
  const std::uint64_t rounded = round_jiffies(when, now, kernel_.machine().this_cpu());
  kernel_.clock().mod_timer(timer_, static_cast<sim_time>(rounded - std::min(rounded, now)) * kernel::jiffy);
}

void tx_watchdog::up() {
  if (dev_.ops == nullptr || !dev_.ops->has_tx_timeout()) return;
  arm(kernel_.clock().jiffies() + kernel::to_jiffies(timeout));
}

void tx_watchdog::down() {
  kernel_.clock().del_timer(timer_);
}

// dev_watchdog: one queue that is stuck is enough, and the driver is told of it with all of them frozen.
void tx_watchdog::look() {
  kernel_.machine().sync_software();
  if (!dev_.up || !dev_.carrier) return;
  const std::uint64_t now = kernel_.clock().jiffies();
  const std::uint64_t patience = kernel::to_jiffies(timeout);
  std::uint64_t oldest = now;
  for (std::size_t number = 0; number < dev_.tx.size(); ++number) {
    netdev_queue& queue = *dev_.tx[number];
    if (!queue.stopped()) continue;
    if (now > queue.trans_start() + patience) {
      ++queue.timeouts;
      for (const auto& each : dev_.tx) each->freeze(true);
      kernel_.machine().emit(stage::tx_timeout, 0, dev_.index, number);
      dev_.ops->ndo_tx_timeout(static_cast<unsigned>(number));
      for (const auto& each : dev_.tx) each->thaw();
      break;
    }
    oldest = std::min(oldest, queue.trans_start());
  }
  arm(oldest + patience);
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
#include "tools/linux/linux_terminal.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace ringside::platform {
namespace {
constexpr std::chrono::milliseconds longest_nap{200};
}

linux_terminal::linux_terminal() {
  if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
  termios raw = before_;
  ::cfmakeraw(&raw);
  raw_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

linux_terminal::~linux_terminal() {
  if (raw_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

bool linux_terminal::step(sim_time now, const std::function<void(std::string_view)>& type) {
  using clock = std::chrono::steady_clock;
  const auto due = [&] { return real_ + std::chrono::nanoseconds((now - simulated_) / ns); };
  // A simulation that is behind does not run faster afterwards.
  if (!begun_ || due() < clock::now()) {
    begun_ = true;
    real_ = clock::now();
    simulated_ = now;
  }
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(due() - clock::now());
    pollfd in{STDIN_FILENO, POLLIN, 0};
    if (::poll(&in, 1, static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, longest_nap).count())) > 0) {
      std::array<char, 256> text{};
      const ssize_t n = ::read(STDIN_FILENO, text.data(), text.size());
      if (n <= 0) return false;
      const std::string_view typed(text.data(), static_cast<std::size_t>(n));
      if (typed.find(end_key) != std::string_view::npos) return false;
      type(typed);
      return true;
    }
    if (left.count() <= 0) return true;
  }
}

}  // namespace ringside::platform

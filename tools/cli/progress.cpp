// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/progress.h"

#include <fmt/format.h>

namespace ringside::platform {
namespace {

// Quick runs show nothing.
constexpr std::chrono::milliseconds quiet_time{500};
constexpr std::chrono::milliseconds interval{200};

}  // namespace

progress::progress(std::ostream& out, bool on, std::uint64_t total)
    : out_(out), on_(on), total_(total), next_(std::chrono::steady_clock::now() + quiet_time) {}

void progress::show(sim_time now, std::uint64_t frames) {
  if (!on_) return;
  const auto wall = std::chrono::steady_clock::now();
  if (wall < next_) return;
  next_ = wall + interval;
  shown_ = true;
  const std::string share = total_ == 0 ? "" : fmt::format(" ({} %)", frames * 100 / total_);
  out_ << fmt::format("\r\x1b[K{} us simulated, {} frames{}", now / us, frames, share) << std::flush;
}

progress::~progress() {
  if (shown_) out_ << "\r\x1b[K" << std::flush;
}

}  // namespace ringside::platform

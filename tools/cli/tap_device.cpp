// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/tap_device.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "common/ethernet.h"
#include "common/event.h"
#include "platform/scenario/loader.h"

namespace ringside::platform {
namespace {

constexpr const char* clone_device = "/dev/net/tun";
constexpr std::size_t longest_read = 65'536 + 18;  // an IPv4 packet of the greatest length with its Ethernet header

[[noreturn]] void refuse(const std::string& name, const char* what, int why) {
  throw input_error(fmt_error(name, 0, "--tap", std::string(what) + ": " + std::strerror(why),
                              "a TAP interface of this user, or as root (CAP_NET_ADMIN) any name: docs/tap.md"));
}

int open_tap(const std::string& name) {
  if (name.empty() || name.size() >= IFNAMSIZ || name.find('/') != std::string::npos)
    throw input_error(fmt_error("--tap", 0, "interface", "'" + name + "' is no name of one", "1 to 15 characters"));
  const int fd = open(clone_device, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) refuse(clone_device, "cannot be opened", errno);
  ifreq request{};
  request.ifr_flags = IFF_TAP | IFF_NO_PI;
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (ioctl(fd, TUNSETIFF, &request) == 0) return fd;
  const int why = errno;
  close(fd);
  refuse(name, "cannot be attached to", why);
}

}  // namespace

tap_device::tap_device(const std::string& name, tap_pace pace) : fd_(open_tap(name)), pace_(pace) {}

tap_device::~tap_device() {
  close(fd_);
}

void tap_device::pass(const wire_passage& frame) {
  if (!frame.sent) return;
  // The host's MAC would have dropped it.
  const bool whole = (frame.marks & (wire_mark::damaged | wire_mark::runt)) == 0;
  const auto bytes = whole ? frame.bytes.first(frame.bytes.size() - ethernet::fcs_bytes) : frame.bytes.first(0);
  if (whole && write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()))
    ++counts_.to_host;
  else
    ++counts_.not_given;
}

std::optional<std::vector<std::uint8_t>> tap_device::read_frame() {
  std::array<std::uint8_t, longest_read> buffer;
  const ssize_t got = read(fd_, buffer.data(), buffer.size());
  if (got <= 0) return std::nullopt;  // EAGAIN; EIO while the interface is down
  return std::vector<std::uint8_t>(buffer.begin(), buffer.begin() + got);
}

// Real time in which nothing happens is waited for, so that an idle machine costs next to nothing.
void tap_device::wait_for(sim_time now) {
  if (pace_ == tap_pace::free) return;
  using clock = std::chrono::steady_clock;
  const auto here = std::chrono::duration_cast<clock::duration>(std::chrono::nanoseconds(now / ns));
  if (!begin_) begin_ = clock::now() - here;
  const auto ahead = *begin_ + here - clock::now();
  // Behind by more than a little: real time is let go, not run after.
  if (ahead < -std::chrono::milliseconds(100)) begin_ = clock::now() - here;
  if (ahead <= clock::duration::zero()) return;
  const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(ahead).count();
  const timespec limit{left / 1'000'000'000, left % 1'000'000'000};
  ppoll(nullptr, 0, &limit, nullptr);  // a signal ends it as well
}

void tap_device::step(sim_time now, sim_time delay, const std::function<void(offered_frame&&)>& put) {
  wait_for(now);
  while (auto bytes = read_frame()) {
    ++counts_.from_host;
    // A sender's MAC pads; done here, since a capture of the run does not tell padding from payload.
    if (bytes->size() < ethernet::least_without_fcs) bytes->resize(ethernet::least_without_fcs);
    put({.earliest = now + delay, .bytes = std::move(*bytes)});
  }
}

}  // namespace ringside::platform

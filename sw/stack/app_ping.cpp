// SPDX-License-Identifier: Apache-2.0
// The application as ping: echo requests at an interval, and how long each answer took (iputils' ping).
#include <algorithm>
#include <cerrno>

#include "sw/stack/app.h"
#include "sw/stack/checksum.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/icmp_numbers.h"
#include "sw/stack/ip.h"

namespace ringside::stack {

namespace {
constexpr sim_time flood_interval = 10 * ms;  // with interval 0: at the answer, or so long after
constexpr sim_time patience = 10 * second;    // for the last ones when nobody has answered yet
constexpr std::size_t sequence_numbers = 0x10000;
}  // namespace

void ping_statistics::add(sim_time round_trip) {
  minimum = received == 0 ? round_trip : std::min(minimum, round_trip);
  maximum = std::max(maximum, round_trip);
  ++received;
  // Welford's sums in ns: no number grows beyond what was measured.
  const double ns_taken = static_cast<double>(round_trip) / static_cast<double>(ns);
  const double off = ns_taken - mean_ns;
  mean_ns += off / static_cast<double>(received);
  squares += off * (ns_taken - mean_ns);
}

// As ping does: a socket of ICMP where that is allowed, else a raw one.
bool app::open_ping() {
  long fd = calls_.socket(abi::af_inet, abi::sock_dgram, ip_protocol::icmp);
  raw_ = fd == -EACCES;
  if (raw_) fd = calls_.socket(abi::af_inet, abi::sock_raw, ip_protocol::icmp);
  if (fd < 0) return false;
  sockets_.push_back(static_cast<int>(fd));
  const int s = sockets_.back();
  bool ready = calls_.setsockopt(s, abi::sol_socket, abi::so_timestamp, 1) == 0 &&
               calls_.setsockopt(s, abi::sol_ip, abi::ip_recverr, 1) == 0;
  if (raw_) ready = ready && calls_.setsockopt(s, abi::sol_raw, abi::icmp_filter, ~(1U << icmp_type::echo_reply)) == 0;
  return ready && calls_.bind(s, {abi::af_inet, 0, settings_.address}) == 0;
}

void app::send_echo() {
  const auto sequence = static_cast<std::uint16_t>(ping_.transmitted + 1);
  for (std::size_t n = 0; n < payload(); ++n) request_[icmp_view::bytes + n] = static_cast<std::byte>(n + sequence);
  icmp_writer header(request_.data());
  header.set_type(icmp_type::echo, 0);
  header.set_checksum(0);
  header.set_rest(std::uint32_t{identifier()} << 16 | sequence);
  if (raw_) {
    inet_sum sum;
    sum.add(request_);
    header.set_checksum(static_cast<std::uint16_t>(~sum.folded()));
  }
  host_.consume(kernel::cost::app_per_frame);
  host_.consume(kernel::cost::app_per_byte, request_.size());
  sent_at_[sequence] = host_.now();
  answered_[sequence] = false;
  ++ping_.transmitted;
  const abi::sockaddr_in to{abi::af_inet, 0, settings_.destination};
  const long result = calls_.sendmsg(sockets_.front(), {request_, &to, 0}, 0);
  ++(result < 0 ? send_errors_ : sent_);
}

// The one it has chosen for a raw socket; of another the host writes it.
std::uint16_t app::identifier() const {
  return static_cast<std::uint16_t>(task_);
}

// An answer, somebody else's message, or an error that was queued; false when there is none of either.
bool app::read_echo() {
  receive_message message;
  message.buffer = buffer_;
  const long copied = calls_.recvmsg(sockets_.front(), message, abi::msg_dontwait);
  if (message.name.family == abi::af_unspec) {
    receive_message trouble;
    trouble.buffer = buffer_;
    if (calls_.recvmsg(sockets_.front(), trouble, abi::msg_dontwait | abi::msg_errqueue) < 0) return false;
    ++ping_.errors;
    return true;
  }
  ++reads_;
  bytes_ += message.length;
  std::span<const std::byte> data = std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(copied));
  if (sink_) sink_(message, data);
  if (raw_) data = data.subspan(std::min(data.size(), ipv4_view(data.data()).header_bytes()));
  if (data.size() < icmp_view::bytes || icmp_view(data.data()).type() != icmp_type::echo_reply) return true;
  const icmp_view reply(data.data());
  if (raw_ && reply.identifier() != identifier()) return true;
  const std::uint16_t sequence = reply.sequence();
  if (sent_at_[sequence] < 0) return true;
  if (answered_[sequence]) {
    ++ping_.duplicates;
    return true;
  }
  answered_[sequence] = true;
  ping_.add((message.stamp >= 0 ? message.stamp : host_.now()) - sent_at_[sequence]);
  return true;
}

void app::run_ping() {
  sent_at_.assign(sequence_numbers, -1);
  answered_.assign(sequence_numbers, false);
  request_.resize(icmp_view::bytes + payload());
  const bool flood = settings_.interval == 0;
  sim_time next = host_.now();
  sim_time last_sent = next;
  while (!stopping_) {
    const bool more = ping_.transmitted < settings_.datagrams;
    if (more && host_.now() >= next) {
      send_echo();
      last_sent = host_.now();
      next = flood ? last_sent + flood_interval : next + settings_.interval;
      continue;
    }
    if (!more && ping_.received + ping_.errors >= ping_.transmitted) break;
    const sim_time lingers =
        ping_.received == 0 ? patience : std::max({2 * ping_.maximum, settings_.interval, sim_time{1 * ms}});
    const sim_time until = more ? next : last_sent + lingers;
    if (host_.now() >= until) break;
    abi::pollfd watched{sockets_.front(), abi::epollin, 0};
    calls_.poll({&watched, 1}, until - host_.now());
    const std::uint64_t before = ping_.received + ping_.errors;
    while (!stopping_ && watched.revents != 0 && read_echo()) {
    }
    if (flood && ping_.received + ping_.errors != before) next = host_.now();
  }
}

}  // namespace ringside::stack

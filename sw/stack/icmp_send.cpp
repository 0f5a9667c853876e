// SPDX-License-Identifier: Apache-2.0
// ICMP messages this host sends: answers, and errors about packets of others (icmp_reply, __icmp_send; IC-1 to IC-5).
#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "common/inet.h"
#include "sw/kernel/jiffies.h"
#include "sw/stack/checksum.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/icmp.h"
#include "sw/stack/ip.h"
#include "sw/stack/ip_output.h"
#include "sw/stack/net_device.h"

namespace ringside::stack {

namespace {
constexpr std::uint8_t tos_mask = 0x1E;              // RT_TOS
constexpr std::uint8_t internetwork_control = 0xC0;  // IPTOS_PREC_INTERNETCONTROL
constexpr std::size_t largest_error = 576;           // RFC 1812 4.3.2.3: as much as this, in all
constexpr ipv4_address dummy_address = 0xC0000008;   // INADDR_DUMMY, RFC 7600
constexpr std::size_t control_sndbuf = 2 * (65536 + skb_allocator::shared_info + skb_allocator::object_bytes);
}  // namespace

/// The socket of a CPU's messages: its options are those of the message it sends just now.
class icmp_layer::control_sock final : public inet_sock {
 public:
  control_sock(const environment& around, std::uint8_t own_ttl)
      : inet_sock(around, {abi::sock_raw, ip_protocol::icmp}, {own_ttl, false}) {
    pmtudisc = abi::ip_pmtudisc_dont;  // icmp_init
    sk_use_write_queue = true;
    sk_sndbuf = control_sndbuf;
  }
  long bind(const abi::sockaddr_in& /*address*/, const credentials& /*who*/) override { return -EOPNOTSUPP; }
  long connect(const abi::sockaddr_in& /*address*/) override { return -EOPNOTSUPP; }
  long getname(abi::sockaddr_in& /*address*/) override { return -EOPNOTSUPP; }
  long recvmsg(receive_message& /*message*/, int /*flags*/) override { return -EOPNOTSUPP; }
  poll_mask poll(poll_table* /*table*/, bool /*nonblocking*/) override { return 0; }
  void close() override {}

  bool busy = false;  // icmp_xmit_lock: a message about one of its own would be sent
};

/// What is sent (struct icmp_bxm): a header, and bytes of a packet from its network header or its data on.
struct icmp_layer::message final : payload_source {
  message(kernel::host& machine, const sk_buff& packet) : host(machine), about(packet) {}

  void copy(std::size_t offset, std::span<std::byte> to) const override {
    host.consume(kernel::cost::copy_per_byte, to.size());
    if (from_network_header) {  // what was pulled is still in front of the data
      const auto before = static_cast<std::size_t>(about.data() - about.network_header());
      const std::size_t part = offset < before ? std::min(before - offset, to.size()) : 0;
      std::copy_n(about.network_header() + offset, part, to.begin());
      offset = offset + part - before;
      to = to.subspan(part);
    }
    about.copy_bits(offset, to);
  }

  kernel::host& host;
  const sk_buff& about;
  bool from_network_header = false;
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  std::uint32_t rest = 0;                // bytes 4 to 7
  std::array<std::uint32_t, 3> times{};  // of a timestamp reply
  std::size_t header_bytes = icmp_view::bytes;
  std::size_t data_bytes = 0;
};

icmp_layer::icmp_layer(kernel::kernel& os, skb_allocator& skbs, ipv4_layer& ip, ip_output& out,
                       const sock::environment& sockets)
    : host_(os.machine()),
      softirq_(os.softirq()),
      skbs_(skbs),
      ip_(ip),
      out_(out),
      limits_(out.routes().sysctls(), os.random().stream("icmp_credit")) {
  for (unsigned cpu = 0; cpu < host_.cpu_count(); ++cpu)
    sockets_.emplace_back(new control_sock(sockets, out.routes().sysctls().default_ttl));
}

icmp_layer::~icmp_layer() = default;

void write_icmp_checksum(sk_buff_queue& queue) {
  sk_buff& first = *queue.front();
  icmp_writer header(first.transport_header());
  header.set_checksum(0);
  inet_sum sum;
  for (sk_buff* f = &first; f != nullptr; f = sk_buff_queue::next(*f)) {
    add_packet(sum, *f, ipv4_view::bytes, f->len() - ipv4_view::bytes);
    f->ip_summed = checksum_state::none;
  }
  header.set_checksum(static_cast<std::uint16_t>(~sum.folded()));
}

// icmpv4_global_allow.
bool icmp_layer::global_allow(std::uint8_t type, std::uint8_t code, bool& limited) {
  if (!limits_.limits(type, code)) return true;
  host_.sync_software();
  limited = limits_.global_allow(host_.now() / kernel::jiffy);
  if (!limited) ++counters_.out_rate_limit_global;
  return limited;
}

// icmpv4_xrlim_allow.
bool icmp_layer::peer_allow(const dst_ref& route, ipv4_address peer, bool limited) {
  if (!limited) return true;
  host_.sync_software();
  const bool allowed = route->dev->is_loopback || limits_.peer_allow(peer, host_.now() / kernel::jiffy);
  if (allowed)
    limits_.global_consume();
  else
    ++counters_.out_rate_limit_host;
  return allowed;
}

void icmp_layer::answer_echo(const sk_buff& request) {
  if (out_.routes().sysctls().echo_ignore_all) return;
  message what(host_, request);
  what.type = icmp_type::echo_reply;
  what.rest = icmp_view(request.transport_header()).rest();
  what.data_bytes = request.len();
  reply(request, what);
}

// RFC 792: milliseconds since midnight UT, which the run begins with.
void icmp_layer::answer_timestamp(const sk_buff& request) {
  message what(host_, request);
  what.type = icmp_type::timestamp_reply;
  what.rest = icmp_view(request.transport_header()).rest();
  std::array<std::byte, 4> asked{};
  request.copy_bits(0, asked);
  const auto now = static_cast<std::uint32_t>(host_.now() / ms % 86'400'000);
  what.times = {load_be32(asked.data()), now, now};
  what.header_bytes += sizeof what.times;
  reply(request, what);
}

// icmp_reply: to who asked, from the address that was asked.
void icmp_layer::reply(const sk_buff& request, message& what) {
  softirq_.local_bh_disable();
  bool limited = false;
  control_sock& sk = *sockets_[host_.this_cpu()];
  if (global_allow(what.type, what.code, limited) && !sk.busy) {
    sk.busy = true;
    const std::uint8_t tos = ipv4_view(request.network_header()).type_of_service();
    flow way;
    way.destination = request.ip().source;
    way.source = request.dst->type == route_type::local ? request.ip().destination : 0;  // fib_compute_spec_dst
    way.tos = tos & tos_mask;
    way.protocol = ip_protocol::icmp;
    sk.set_type_of_service(tos);
    long error = 0;
    dst_ref route = out_.routes().output(way, error);
    if (route && peer_allow(route, way.destination, limited)) push(sk, way, std::move(route), what, request.frame);
    sk.busy = false;
  }
  softirq_.local_bh_enable();
}

// IC-1.
bool icmp_layer::may_tell_of(const sk_buff& about, std::uint8_t type) const {
  if (!about.dst || about.type != packet_type::host) return false;
  if (about.dst->type == route_type::broadcast || about.dst->type == route_type::multicast) return false;
  const ipv4_view header(about.network_header());
  if ((header.fragment() & inet::fragment_offset) != 0) return false;
  if (!icmp_type::is_error(type) || header.protocol() != ip_protocol::icmp) return true;
  // An error about an error, or about what nobody knows, would never end.
  const std::size_t at = header.header_bytes();
  const auto before = static_cast<std::size_t>(about.data() - about.network_header());
  std::array<std::byte, 1> inner{};
  if (at < before)
    inner[0] = about.network_header()[at];
  else if (!about.copy_bits(at - before, inner))
    return false;
  return load8(inner.data()) <= icmp_type::last_known && !icmp_type::is_error(load8(inner.data()));
}

void icmp_layer::icmp_send(const sk_buff& about, std::uint8_t type, std::uint8_t code, std::uint32_t info) {
  if (!may_tell_of(about, type)) return;
  softirq_.local_bh_disable();
  bool limited = false;
  control_sock& sk = *sockets_[host_.this_cpu()];
  const bool looped = about.dev != nullptr && about.dev->is_loopback;
  if ((looped || global_allow(type, code, limited)) && !sk.busy) {
    sk.busy = true;
    const ipv4_view header(about.network_header());
    routing& routes = out_.routes();
    const std::uint8_t tos =
        icmp_type::is_error(type)
            ? static_cast<std::uint8_t>((header.type_of_service() & tos_mask) | internetwork_control)
            : header.type_of_service();
    flow way;
    way.destination = header.source();
    if (about.dst->local || about.dst->type == route_type::local)
      way.source = header.destination();
    else if (routes.sysctls().errors_use_inbound_ifaddr && about.skb_iif != 0)
      way.source = routes.addresses().select(about.dev, header.source(), route_scope::link);
    way.tos = tos;
    way.protocol = ip_protocol::icmp;
    sk.set_type_of_service(tos);
    message what(host_, about);
    what.from_network_header = true;
    what.type = type;
    what.code = code;
    what.rest = info;
    long error = 0;
    dst_ref route = routes.output(way, error);
    if (route && peer_allow(route, way.destination, limited)) {
      const std::size_t most = std::min<std::size_t>(routes.mtu(*route), largest_error);
      const std::size_t room = most - ipv4_view::bytes - icmp_view::bytes;
      const std::size_t length = about.len() + static_cast<std::size_t>(about.data() - about.network_header());
      what.data_bytes = std::min(length, room);
      if (way.source == 0) way.source = dummy_address;
      if (room > ipv4_view::bytes) push(sk, way, std::move(route), what, about.frame);
    }
    sk.busy = false;
  }
  softirq_.local_bh_enable();
}

// icmp_push_reply.
void icmp_layer::push(control_sock& sk, const flow& way, dst_ref route, message& what, frame_id cause) {
  host_.consume(kernel::cost::icmp_send);
  ip_cork cork;
  cork.way = way;
  cork.route = std::move(route);
  cork.cause = cause;
  cork.why = cause != 0 ? cause_kind::frame : cause_kind::task;
  sk_buff_queue queue;
  if (out_.setup(sk, cork) != 0) return;
  if (out_.append_data(sk, cork, queue, what, what.header_bytes + what.data_bytes, what.header_bytes,
                       abi::msg_dontwait) != 0) {
    ++counters_.out_errors;
    out_.flush(queue, cork);
    return;
  }
  sk_buff& first = *queue.front();
  std::byte* const at = first.transport_header();
  icmp_writer header(at);
  header.set_type(what.type, what.code);
  header.set_rest(what.rest);
  if (what.header_bytes > icmp_view::bytes)
    for (std::size_t i = 0; i < what.times.size(); ++i) store_be32(at + icmp_view::bytes + 4 * i, what.times[i]);
  write_icmp_checksum(queue);
  host_.consume(kernel::cost::checksum_per_byte, what.header_bytes + what.data_bytes);
  count_out(what.type);
  out_.ip_send_skb(out_.make_skb(sk, cork, queue));
}

}  // namespace ringside::stack

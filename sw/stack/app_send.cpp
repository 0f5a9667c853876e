// SPDX-License-Identifier: Apache-2.0
// The application that sends on its own: datagrams by a UDP socket, or TCP packets by a packet socket.
#include <algorithm>
#include <cstring>

#include "common/ethernet.h"
#include "common/inet.h"
#include "sw/stack/app.h"
#include "sw/stack/checksum.h"
#include "sw/stack/eth.h"
#include "sw/stack/header_writers.h"
#include "sw/stack/headers.h"
#include "sw/stack/ip.h"
#include "sw/stack/qdisc.h"

namespace ringside::stack {
namespace {

constexpr std::uint64_t size_stream = 0x7365'6E64'7369'7A65;
constexpr std::uint16_t tcp_source_port = 40'000;
constexpr std::uint8_t psh_and_ack = 0x18;
constexpr std::uint8_t time_to_live = 64;      // who writes a header chooses: RFC 1700's
constexpr sim_time longest_wait = 5 * second;  // more than autonegotiation takes
constexpr std::size_t iperf_header_bytes = 12;
constexpr std::size_t largest_packet = 65'535;  // RFC 791
constexpr std::size_t headers = eth_header_bytes + ipv4_view::bytes + tcp_view::bytes;

/// Byte n of datagram k: who reads it can tell one from the next, and no page from another by its place alone.
std::byte payload_byte(std::size_t n, std::uint64_t k) {
  return static_cast<std::byte>(n + 167 * (n >> 8) + k);
}

const net_device* device_of(net_stack& net, const std::string& name) {
  const auto& all = net.packets().devices();
  const auto found = std::find_if(all.begin(), all.end(), [&name](const net_device* dev) {
    return name.empty() ? !dev->is_loopback : dev->name == name;
  });
  return found == all.end() ? nullptr : *found;
}

}  // namespace

std::size_t app::next_size(rng& random, std::uint64_t number) const {
  const std::vector<std::size_t>& sizes = settings_.datagram_bytes;
  if (settings_.draw_bytes)
    return random.between(static_cast<std::uint32_t>(sizes.front()), static_cast<std::uint32_t>(sizes.back()));
  return sizes[number % sizes.size()];
}

bool app::has_device() const {
  return device_of(net_, settings_.device) != nullptr;
}

// From the Ethernet header on, behind its virtio_net_hdr; the TCP sum is begun with that of the pseudo-header.
std::vector<std::byte> app::tcp_packet(const mac_address& source, std::uint64_t number, std::size_t bytes,
                                       std::uint32_t& sequence) const {
  const bool cut = bytes > settings_.mss;
  const abi::virtio_net_hdr todo{.flags = abi::virtio_net_hdr_f_needs_csum,
                                 .gso_type = cut ? abi::virtio_net_hdr_gso_tcpv4 : abi::virtio_net_hdr_gso_none,
                                 .hdr_len = static_cast<std::uint16_t>(headers),
                                 .gso_size = cut ? settings_.mss : std::uint16_t{0},
                                 .csum_start = static_cast<std::uint16_t>(eth_header_bytes + ipv4_view::bytes),
                                 .csum_offset = tcp_view::checksum_at};
  std::vector<std::byte> out(sizeof todo + headers + bytes);
  std::memcpy(out.data(), &todo, sizeof todo);
  std::byte* const ethernet = out.data() + sizeof todo;
  ethernet_writer link(ethernet);
  link.set_destination(settings_.hardware);
  link.set_source(source);
  link.set_type(ether_type::ipv4);

  std::byte* const ip = ethernet + eth_header_bytes;
  const std::size_t tcp_bytes = tcp_view::bytes + bytes;
  ipv4_writer header(ip);
  header.set_version_and_length(ipv4_view::bytes);
  header.set_total_length(static_cast<std::uint16_t>(ipv4_view::bytes + tcp_bytes));
  header.set_identification(
      static_cast<std::uint16_t>(number * 64));  // as many segments as one is cut into have theirs
  header.set_fragment(inet::dont_fragment);
  header.set_time_to_live(time_to_live);
  header.set_protocol(ip_protocol::tcp);
  header.set_source(net_.settings().addresses.front().address);
  header.set_destination(settings_.destination);
  write_ip_checksum(ip);

  tcp_writer tcp(ip + ipv4_view::bytes);
  tcp.set_ports(tcp_source_port, settings_.destination_port);
  tcp.set_sequence(sequence);
  tcp.set_header_bytes(tcp_view::bytes);
  tcp.set_flags(psh_and_ack);
  tcp.set_window(0xFFFF);
  inet_sum pseudo;
  pseudo.add32(ipv4_view(ip).source());
  pseudo.add32(ipv4_view(ip).destination());
  pseudo.add16(ip_protocol::tcp);
  pseudo.add32(static_cast<std::uint32_t>(tcp_bytes));
  tcp.set_checksum(pseudo.folded());
  sequence += static_cast<std::uint32_t>(bytes);
  return out;
}

std::size_t app::first_piece(std::size_t bytes) const {
  return bytes < settings_.pieces ? bytes : bytes / settings_.pieces;
}

// In one call, or in several with MSG_MORE (udp(7)); a call that fails gives up what those before it have begun.
long app::send_datagram(std::span<const std::byte> bytes, const abi::sockaddr_in& to) {
  const std::size_t piece = first_piece(bytes.size());
  std::size_t calls = bytes.size() < settings_.pieces ? 1 : settings_.pieces;
  long sent = 0;
  for (; calls != 0; --calls) {
    const auto part = bytes.first(calls == 1 ? bytes.size() : piece);
    const long result =
        calls_.sendmsg(sockets_.front(), {.payload = part, .name = &to}, calls == 1 ? 0 : abi::msg_more);
    if (result < 0) return result;
    sent += result;
    bytes = bytes.subspan(part.size());
  }
  return sent;
}

void app::run_sender() {
  const bool tcp = settings_.protocol == app_protocol::tcp;
  // A device that has gone by now has index 0: each packet for it is refused (ENXIO).
  const net_device* const dev = tcp ? device_of(net_, settings_.device) : nullptr;
  const mac_address source = dev == nullptr ? mac_address{} : dev->address;
  const abi::sockaddr_in to{abi::af_inet, settings_.destination_port, settings_.destination};
  const abi::sockaddr_ll link{abi::af_packet, dev == nullptr ? 0 : static_cast<int>(dev->index)};
  rng random(settings_.seed ^ size_stream);
  std::uint32_t sequence = 1;
  // As a service that is started when the network is there: until then a device drops what it is given.
  const net_device* const card = device_of(net_, "");
  const sim_time patience = host_.now() + longest_wait;
  while (host_.now() < patience && card != nullptr && !card->tx.empty() && !card->tx.front()->discipline()->active() &&
         !stopping_) {
    net_.os().clock().sleep_until(host_.now() + 1 * ms);
    host_.sync_software();
  }
  if (settings_.start > host_.now()) net_.os().clock().sleep_until(settings_.start);
  sim_time next = host_.now();
  for (std::uint64_t k = 0; k < settings_.datagrams && !stopping_; ++k) {
    std::size_t bytes = next_size(random, k);
    std::vector<std::byte> message;
    if (tcp) {
      bytes = std::min(bytes, largest_packet - ipv4_view::bytes - tcp_view::bytes);
      message = tcp_packet(source, k, bytes, sequence);
    } else {
      message.resize(bytes);
    }
    const auto payload = std::span(message).last(bytes);
    for (std::size_t n = 0; n < bytes; ++n) payload[n] = payload_byte(n, k);
    if (settings_.as_iperf && !tcp && bytes >= iperf_header_bytes) {
      const bool last = k + 1 == settings_.datagrams;
      const auto number = static_cast<std::uint32_t>(k);
      store_be32(payload.data(), last ? 0 - number : number);
      store_be32(payload.data() + 4, static_cast<std::uint32_t>(host_.now() / second));
      store_be32(payload.data() + 8, static_cast<std::uint32_t>(host_.now() % second / us));
    }
    host_.consume(kernel::cost::app_per_frame);
    host_.consume(kernel::cost::app_per_byte, bytes);
    const sim_time begin = host_.now();
    const long result =
        tcp ? calls_.sendmsg(sockets_.front(), {.payload = message, .link = &link}, 0) : send_datagram(message, to);
    if (source_) source_({begin, host_.now(), result, payload, tcp ? bytes : first_piece(bytes)});
    ++(result < 0 ? send_errors_ : sent_);
    next += settings_.interval;
    if (settings_.kind == app_kind::requester) await_answer(settings_.interval != 0 ? next : host_.now() + 1 * second);
    if (settings_.interval != 0 && !stopping_) net_.os().clock().sleep_until(next);
  }
}

// Reads what there is until an answer is there or the time is over; a late answer to a datagram before is one as well.
void app::await_answer(sim_time until) {
  std::vector<abi::pollfd> watched{{sockets_.front(), abi::epollin, 0}};
  while (!stopping_ && host_.now() < until) {
    if (calls_.poll(watched, until - host_.now()) <= 0) return;
    if (read_one(sockets_.front(), abi::msg_dontwait)) return;
  }
}

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// A packet socket that sends (AF_PACKET, SOCK_RAW): whole packets from the Ethernet header on, and with PACKET_VNET_HDR
// such that the stack or the device is still to sum and to cut (packet_snd of Linux 6.1, virtio_net_hdr_to_skb).
//
// Owner: socket_file.  Callers: tasks.  Receiving by one is not built: taps are (tap.h).
#pragma once

#include <cstddef>
#include <span>

#include "sw/stack/frame_numbers.h"
#include "sw/stack/packet_layer.h"
#include "sw/stack/packet_transmit.h"
#include "sw/stack/sock.h"

namespace ringside::stack {

class packet_sock final : public sock {
 public:
  packet_sock(const environment& around, packet_layer& packets, packet_transmit& transmit, kernel::kernel& os,
              skb_allocator& skbs, frame_numbers& frames)
      : sock(around, {abi::sock_raw, 0}),
        packets_(packets),
        transmit_(transmit),
        os_(os),
        skbs_(skbs),
        frames_(frames) {}
  ~packet_sock() override { packet_sock::close(); }

  long bind(const abi::sockaddr_in& /*address*/, const credentials& /*who*/) override { return -EINVAL; }
  long connect(const abi::sockaddr_in& /*address*/) override { return -EOPNOTSUPP; }
  long getname(abi::sockaddr_in& /*address*/) override { return -EOPNOTSUPP; }
  long recvmsg(receive_message& /*message*/, int /*flags*/) override { return -EOPNOTSUPP; }
  /// One packet for the device of `message.link`: -ENXIO without such a device, -ENETDOWN, -EMSGSIZE beyond its MTU
  /// unless it is to be cut, -EINVAL for what is no packet or whose virtio_net_hdr does not fit it, -EAGAIN, -ENOBUFS.
  long sendmsg(const send_message& message, int flags) override;
  poll_mask poll(poll_table* table, bool nonblocking) override;
  /// PACKET_VNET_HDR; -EINVAL, -ENOPROTOOPT.
  long protocol_setsockopt(int level, int name, std::span<const std::byte> value, const credentials& who) override;
  void close() override {}

 private:
  net_device* device(int index) const;
  skb_ptr make(std::span<const std::byte> bytes, std::size_t linear, bool nonblocking, long& error);
  static bool take_header(sk_buff& skb, const abi::virtio_net_hdr& header);

  packet_layer& packets_;
  packet_transmit& transmit_;
  kernel::kernel& os_;
  skb_allocator& skbs_;
  frame_numbers& frames_;
  bool vnet_header_ = false;
};

}  // namespace ringside::stack

// SPDX-License-Identifier: Apache-2.0
// A device that notes what it is given, under the whole way out: for tests of disciplines, validation and carrier.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "sw/stack/device_transmit.h"
#include "sw/stack/eth.h"
#include "sw/stack/net_stack.h"
#include "tests/sw/fake_host.h"
#include "tests/sw/frames.h"
#include "tests/sw/own_address.h"

namespace ringside::test {

/// A driver that takes everything unless a test has it answer otherwise.
class noting_device final : public stack::net_device_ops {
 public:
  noting_device(stack::net_stack& net, stack::net_device& dev) : net_(net), dev_(dev) {}

  stack::netdev_tx ndo_start_xmit(stack::skb_ptr& skb) override {
    if (before) before();
    if (busy != 0) {
      --busy;
      return stack::netdev_tx::busy;
    }
    frames.push_back(number_of(skb->frame));
    ids.push_back(skb->frame);
    contents.emplace_back(skb->len());
    skb->copy_bits(0, std::as_writable_bytes(std::span(contents.back())));
    summed.push_back(skb->ip_summed);
    tags.push_back(skb->has_vlan_tag());
    pieces.push_back(skb->frag_count());
    with_socket.push_back(skb->sk != nullptr);
    if (!dev_.tx.empty()) {
      more += dev_.tx.front()->xmit_more ? 'm' : '.';
      if (byte_limits) dev_.tx.front()->sent_queue(static_cast<std::uint32_t>(skb->len()));
      if (stop_after != 0 && --stop_after == 0) dev_.tx.front()->stop();
    }
    net_.skbs().free_silently(std::move(skb));
    return stack::netdev_tx::ok;
  }
  void ndo_tx_timeout(unsigned queue) override {
    timeouts.push_back(queue);
    frozen_at_timeout = dev_.tx.front()->frozen_or_driver_stopped();
  }
  bool has_tx_timeout() const override { return true; }

  std::function<void()> before;  // in the driver, before it does anything
  unsigned busy = 0;             // answers NETDEV_TX_BUSY so many times
  unsigned stop_after = 0;       // stops the queue with the n-th packet from now
  bool byte_limits = false;
  std::vector<std::uint64_t> frames;  // numbers of the frames taken, in order
  std::vector<frame_id> ids;
  std::vector<bytes> contents;
  std::vector<stack::checksum_state> summed;
  std::vector<bool> tags;
  std::vector<std::size_t> pieces;
  std::vector<bool> with_socket;
  std::string more;
  std::vector<unsigned> timeouts;
  bool frozen_at_timeout = false;

 private:
  stack::net_stack& net_;
  stack::net_device& dev_;
};

class transmit_bench : public testing::Test {
 protected:
  explicit transmit_bench(unsigned cpus = 1) : host(cpus), net(os, at_own_address({})), ops(net, dev) {
    host.connect(os);
    dev.ops = &ops;
    dev.address = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    net.packets().register_netdevice(dev);
    host.run_task([this] {
      os.boot();
      net.register_protocols();
    });
    host.run_for(1 * ms);
    host.events.clear();
  }
  void TearDown() override {
    if (!dev.tx.empty()) host.run_task([this] { net.transmit().dev_deactivate(dev); });
    EXPECT_EQ(net.skbs().live(), 0U);
    EXPECT_EQ(os.memory().live(), 0U);
    EXPECT_EQ(os.memory().bad_frees(), 0U);
    net.transmit().forget(dev);
  }

  /// Queues, a carrier, up.
  void bring_up() {
    net.transmit().alloc_queues(dev);
    dev.up = true;
    host.run_task([this] { net.transmit().netif_carrier_on(dev); });
    host.run_for(1 * ms);
    host.events.clear();
  }
  stack::netdev_queue& queue() { return *dev.tx.front(); }
  const stack::qdisc_statistics& counters() { return queue().discipline()->counters(); }

  stack::skb_ptr packet(const bytes& frame, std::uint32_t priority = 0) {
    stack::skb_ptr skb = net.skbs().alloc_skb(frame.size());
    std::memcpy(skb->put(frame.size()), frame.data(), frame.size());
    fill_in(*skb);
    skb->priority = priority;
    return skb;
  }
  stack::skb_ptr in_pieces(const bytes& frame, std::size_t linear, std::size_t piece) {
    stack::skb_ptr skb = net.skbs().alloc_skb(linear);
    std::memcpy(skb->put(linear), frame.data(), linear);
    for (std::size_t at = linear; at < frame.size(); at += piece) {
      const std::size_t n = std::min(piece, frame.size() - at);
      const kernel::bus_address buffer = os.memory().alloc(n);
      std::memcpy(os.memory().at(buffer), frame.data() + at, n);
      EXPECT_TRUE(skb->add_frag(buffer, 0, static_cast<std::uint32_t>(n)));
    }
    fill_in(*skb);
    return skb;
  }
  int send(stack::skb_ptr skb) {
    int result = -1;
    host.run_task([&] { result = net.transmit().dev_queue_xmit(std::move(skb)); });
    host.run_for(100 * us);
    return result;
  }
  int send(std::uint32_t priority = 0) { return send(packet(udp_frame(pattern(100, 1)), priority)); }
  std::size_t net_tx_raised() const {
    std::size_t n = 0;
    for (const event& e : host.of(stage::softirq_raise)) n += e.a == 2 ? 1 : 0;
    return n;
  }

  fake_host host;
  kernel::kernel os{host, {}};
  stack::net_stack net;
  stack::net_device dev;
  noting_device ops;
  std::uint64_t made = 0;

 private:
  void fill_in(stack::sk_buff& skb) {
    skb.dev = &dev;
    skb.frame = make_frame_id(frame_kind::made, 0, ++made);
    skb.protocol = stack::load_be16(skb.data() + ethernet::type_offset);
    skb.set_network_header(ethernet::header_bytes);
  }
};

}  // namespace ringside::test

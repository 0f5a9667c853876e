// SPDX-License-Identifier: Apache-2.0
// Kernel and stack without a driver: feeds frames at netif_receive_skb and checks that nothing leaks.
#pragma once

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "sw/stack/eth.h"
#include "sw/stack/net_stack.h"
#include "tests/sw/fake_host.h"
#include "tests/sw/frames.h"
#include "tests/sw/own_address.h"

namespace ringside::test {

class stack_bench : public testing::Test {
 protected:
  explicit stack_bench(const stack::net_stack::config& settings = {}) : net(os, at_own_address(settings)) {
    host.connect(os);
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
    if (net.neighbours().size() != 0) host.run_task([this] { net.shut_down(); });  // what waits for an answer
    EXPECT_EQ(net.skbs().live(), 0U);
    EXPECT_EQ(os.memory().live(), 0U);
    EXPECT_EQ(os.memory().bad_frees(), 0U);
    // One fate per frame, of those made here as well.
    const std::uint64_t made = host.count(stage::frame_made) + host.count(stage::skb_link);
    const std::uint64_t sent = host.count(stage::tx_complete);
    EXPECT_EQ(net.skbs().delivered() + net.skbs().consumed() + net.skbs().total_dropped() + sent, fed + made);
    std::uint64_t revoked = 0;
    for (const event& e : host.of(stage::skb_drop)) revoked += e.a & drop_mark::revoked;
    EXPECT_EQ(host.count(stage::socket_enqueue) + host.count(stage::skb_consume) + host.count(stage::skb_drop) + sent,
              fed + made + revoked);
  }

  /// A packet that holds the frame, linear.
  stack::skb_ptr packet(const bytes& frame) {
    stack::skb_ptr skb = net.skbs().alloc_skb(frame.size());
    std::memcpy(skb->put(frame.size()), frame.data(), frame.size());
    return skb;
  }
  /// The same with only `linear` bytes in the head and the rest in fragments of `piece` bytes.
  stack::skb_ptr fragmented(const bytes& frame, std::size_t linear, std::size_t piece) {
    stack::skb_ptr skb = net.skbs().alloc_skb(128);
    std::memcpy(skb->put(linear), frame.data(), linear);
    for (std::size_t at = linear; at < frame.size(); at += piece) {
      const std::size_t n = std::min(piece, frame.size() - at);
      const kernel::bus_address buffer = os.memory().alloc(piece);
      std::memcpy(os.memory().at(buffer), frame.data() + at, n);
      EXPECT_TRUE(skb->add_frag(buffer, 0, static_cast<std::uint32_t>(n)));
    }
    return skb;
  }
  /// The device has come up: there are ways out by it.
  void bring_up() {
    dev.up = true;
    host.run_task([this] { net.device_up(dev); });
  }
  /// Its VLANs take what comes, although there are no ways by the device.
  void vlans_up() {
    dev.up = true;
    for (const stack::vlan_membership& v : dev.vlans) v.device->up = true;
  }
  /// Hands it to the stack as a driver in softirq would.
  void feed(stack::skb_ptr skb) {
    skb->frame = ++fed;
    host.run_task([&] {
      os.softirq().local_bh_disable();
      stack::eth_type_trans(*skb, dev);
      net.packets().netif_receive_skb(std::move(skb));
      os.softirq().local_bh_enable();
    });
  }
  void feed(const bytes& frame) { feed(packet(frame)); }
  std::uint64_t dropped(drop_reason reason) { return net.skbs().dropped(reason); }
  std::vector<stage> stages() const {
    std::vector<stage> result;
    for (const event& e : host.events) result.push_back(e.what);
    return result;
  }

  fake_host host;
  kernel::kernel os{host, {}};
  stack::net_stack net;
  stack::net_device dev;
  std::uint64_t fed = 0;
};

inline bytes contents(const stack::sk_buff& skb) {
  bytes result(skb.len());
  skb.copy_bits(0, std::as_writable_bytes(std::span(result)));
  return result;
}

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Host, kernel, stack, scripted NIC and driver wired together, with the leak checks every driver test ends with.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <set>

#include "hw/regs/e1000_regs.h"
#include "sw/driver/e1000.h"
#include "sw/stack/app.h"
#include "tests/sw/driver/fake_nic.h"
#include "tests/sw/frames.h"
#include "tests/sw/own_address.h"

namespace ringside::test {

/// What Linux enables (I-8).
inline constexpr std::uint32_t linux_mask = icr::TXDW | icr::LSC | icr::RXSEQ | icr::RXDMT0 | icr::RXT0;

class bench {
 public:
  static constexpr kernel::irq_line line = 11;

  explicit bench(const driver::config& settings = {}, const stack::net_stack::config& net_settings = {},
                 const kernel::kernel::config& kernel_settings = {}, unsigned cpus = 1, bool coherent = true)
      : host(cpus),
        nic(host, line),
        os(with_memory(host, coherent), kernel_settings),
        net(os, at_own_address(silent(net_settings))),
        card(net, {fake_nic::device_number, line}, settings) {
    host.connect(os);
  }
  ~bench() { finish(); }
  /// The kernel asks when it is made (dma_coherent).
  static fake_host& with_memory(fake_host& host, bool coherent) {
    host.coherent = coherent;
    return host;
  }

  /// Boots, probes and opens.
  void up() {
    host.run_task([this] {
      os.boot();
      net.register_protocols();
      ASSERT_EQ(card.probe(), driver::driver_status::ok);
      ASSERT_EQ(card.open(), driver::driver_status::ok);
    });
    host.run_for(10 * ms);  // the first LSC and its watchdog
  }
  void down() {
    host.run_task([this] { card.close(); });
  }

  frame_id receive(bytes frame) {
    fake_frame f;
    f.id = ++last_frame;
    f.bytes = std::move(frame);
    nic.receive(std::move(f));
    return last_frame;
  }
  frame_id receive(fake_frame f) {
    f.id = ++last_frame;
    nic.receive(std::move(f));
    return last_frame;
  }

  // ---- Transmit
  /// A packet for the card: `frame` from the Ethernet header on, an id of its own.  Task context.
  stack::skb_ptr packet(const bytes& frame) {
    stack::skb_ptr skb = net.skbs().alloc_skb(frame.size());
    std::memcpy(skb->put(frame.size()), frame.data(), frame.size());
    fill_in(*skb);
    return skb;
  }
  /// The same with `linear` bytes in the head and the rest in fragments of at most `piece` bytes.
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
  int send(stack::skb_ptr skb) { return net.transmit().dev_queue_xmit(std::move(skb)); }
  /// Sends from a task of its own and lets the card finish.
  int send_now(stack::skb_ptr skb) {
    int result = -1;
    host.run_task([&] { result = send(std::move(skb)); });
    host.run_for(1 * ms);
    return result;
  }

  /// Closes everything and checks that nothing is left: no packet, no mapping, no buffer, no DMA misuse.
  void finish() {
    if (finished_) return;
    finished_ = true;
    if (card.is_open()) down();
    if (application) application->stop();
    host.run_task([this] { net.shut_down(); });
    EXPECT_EQ(net.skbs().live(), 0U);
    EXPECT_EQ(os.dma().live_mappings(), 0U);
    EXPECT_EQ(os.memory().live(), 0U);
    EXPECT_EQ(os.memory().bad_frees(), 0U);
    EXPECT_EQ(os.dma().total_errors(), 0U);
    EXPECT_EQ(nic.dma_faults, 0U);
    // Exactly one fate per frame received (those the test says it left in the chip excepted).
    EXPECT_EQ(
        net.skbs().delivered() + net.skbs().consumed() + net.skbs().total_dropped() + left_in_chip + nic.lost_in_reset,
        last_frame + made_and_dropped);
    // ... and one for each that was made.
    EXPECT_EQ(host.count(stage::tx_complete) + made_and_dropped, made + host.count(stage::skb_link));
  }

  /// Starts an application on `port` that keeps what it reads.
  void listen(std::vector<std::uint16_t> ports, stack::app_wait wait = stack::app_wait::poll, unsigned cpu = 0) {
    stack::app::config settings;
    settings.ports = std::move(ports);
    settings.wait = wait;
    settings.cpu = cpu;
    application = std::make_unique<stack::app>(net, settings);
    application->set_sink([this](const stack::receive_message& r, std::span<const std::byte> data) {
      const auto* first = reinterpret_cast<const std::uint8_t*>(data.data());
      read.emplace_back(r.frame, bytes(first, first + data.size()));
    });
    ASSERT_TRUE(application->start());
  }

  fake_host host;
  fake_nic nic;
  kernel::kernel os;
  stack::net_stack net;
  driver::e1000 card;
  std::unique_ptr<stack::app> application;
  std::vector<std::pair<frame_id, bytes>> read;
  frame_id last_frame = 0;
  std::uint64_t left_in_chip = 0;
  std::uint64_t made = 0;              // packets to send
  std::uint64_t made_and_dropped = 0;  // ... of which a test says they are dropped, or cut into segments

 private:
  void fill_in(stack::sk_buff& skb) {
    skb.dev = &card.device();
    skb.frame = make_frame_id(frame_kind::made, 0, ++made);
    skb.protocol = stack::load_be16(skb.data() + ethernet::type_offset);
    skb.reset_mac_header();
    skb.set_network_header(ethernet::header_bytes);
  }

  bool finished_ = false;
};

}  // namespace ringside::test

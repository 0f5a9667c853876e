// SPDX-License-Identifier: Apache-2.0
// The loopback test of ethtool -t: 640 frames through the PHY and back, in rings of its own (FS 11.5).
//
// Owner: e1000::self_test, for as long as it runs; the interface is down.
#pragma once

#include <cstdint>
#include <vector>

#include "sw/driver/link.h"
#include "sw/driver/registers.h"
#include "sw/kernel/kernel.h"
#include "sw/stack/frame_numbers.h"

namespace ringside::driver {

class loopback_test {
 public:
  loopback_test(kernel::kernel& k, stack::frame_numbers& numbers, registers& regs, link& wire);
  ~loopback_test();
  loopback_test(const loopback_test&) = delete;
  loopback_test& operator=(const loopback_test&) = delete;

  /// 0, or Linux' code: 1 to 8 memory, 13 frames lost or changed, 14 too slow (e1000_loopback_test).
  std::uint32_t run();

 private:
  static constexpr std::uint32_t descriptors = 256;
  static constexpr std::uint32_t frame_bytes = 1024;
  static constexpr std::uint32_t receive_bytes = 2048;
  static constexpr std::uint32_t burst = 64;

  std::uint32_t set_up_transmit();
  std::uint32_t set_up_receive();
  void set_phy_loopback();
  void clean_up();
  void send_burst(std::uint32_t& next);
  bool good(std::uint32_t index);
  std::uint32_t exchange();
  void end_frames();

  kernel::kernel& kernel_;
  kernel::host& host_;
  stack::frame_numbers& numbers_;
  registers& regs_;
  link& link_;
  kernel::bus_address tx_ring_ = 0;
  kernel::bus_address rx_ring_ = 0;
  std::vector<frame_id> sent_;
  std::vector<kernel::bus_address> tx_buffers_;
  std::vector<kernel::bus_address> rx_buffers_;
};

}  // namespace ringside::driver

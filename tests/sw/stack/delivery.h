// SPDX-License-Identifier: Apache-2.0
// Many frames through the driver over the scripted NIC, every one of them compared with what was sent.
//
// Caller: tests of the receive path.
#pragma once

#include "tests/sw/driver/bench.h"

namespace ringside::test {

inline driver::config with(const std::function<void(driver::config&)>& change) {
  driver::config c;
  change(c);
  return c;
}

/// Sends `count` frames of sizes from `size`, some at once, and checks that all arrive in order with their bytes.
inline void expect_all_delivered(bench& b, std::size_t count, const std::function<std::size_t(std::size_t)>& size,
                                 std::size_t burst = 5) {
  b.listen({5000});
  b.host.run_for(1 * ms);
  std::vector<bytes> sent;
  for (std::size_t i = 0; i < count; ++i) {
    sent.push_back(pattern(size(i), static_cast<std::uint8_t>(i)));
    b.receive(udp_frame(sent.back()));
    if (i % burst == burst - 1) b.host.run_for(1 * ms);
  }
  b.host.run_for(5 * ms);
  ASSERT_EQ(b.read.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(b.read[i].first, i + 1);
    EXPECT_TRUE(b.read[i].second == sent[i]) << "payload of frame " << i + 1 << ", " << sent[i].size() << " bytes";
  }
}

}  // namespace ringside::test

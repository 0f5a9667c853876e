// SPDX-License-Identifier: Apache-2.0
// What ping prints at its end (iputils' finish()).
#include "platform/report/ping_report.h"

#include <gtest/gtest.h>

namespace ringside::platform {
namespace {

TEST(ping_report, reads_as_ping_prints_it) {
  ping_report r{0x0A000001, 5, 4, 0, 0, 45'210 * ns, 51'377 * ns, 63'004 * ns, 7'121 * ns};
  EXPECT_EQ(print_ping(r),
            "--- 10.0.0.1 ping statistics ---\n"
            "5 packets transmitted, 4 received, 20% packet loss\n"
            "rtt min/avg/max/mdev = 0.045210/0.051377/0.063004/0.007121 ms\n");
  r.duplicates = 1;
  r.errors = 2;
  EXPECT_NE(print_ping(r).find("4 received, +1 duplicates, +2 errors, 20% packet loss\n"), std::string::npos);
}

TEST(ping_report, without_an_answer_there_is_no_round_trip) {
  const ping_report r{0xC0A80001, 3};
  EXPECT_EQ(print_ping(r),
            "--- 192.168.0.1 ping statistics ---\n"
            "3 packets transmitted, 0 received, 100% packet loss\n");
  EXPECT_EQ(ping_report{}.loss(), 0.0);
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The waveform of two machines: each in its scope, the cable between their pins, and the set-up that shows both.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "tests/common/test_folder.h"
#include "tests/platform/waves/traced_run.h"
#include "tests/platform/waves/vcd_reader.h"

namespace ringside::platform::two_machines_waves_tests {
namespace {

using test::vcd_file;

// The scenario ping_pong, of which the first datagram and its answer are drawn.
const test::settings two_machines = {{"driver.phy_read_delay", "1us"},
                                     {"driver.phy_write_delay", "1us"},
                                     {"app.bytes", "64"},
                                     {"machine.a.nic.mac_address", "02:00:00:00:00:01"},
                                     {"machine.a.stack.address", "10.0.0.1"},
                                     {"machine.a.app.kind", "requester"},
                                     {"machine.a.app.destination", "10.0.0.2"},
                                     {"machine.a.app.port", "7"},
                                     {"machine.a.app.count", "1"},
                                     {"machine.a.app.start", "100ms"},
                                     {"machine.b.nic.mac_address", "02:00:00:00:00:02"},
                                     {"machine.b.stack.address", "10.0.0.2"},
                                     {"machine.b.stack.udp_ports", "7"},
                                     {"machine.b.app.kind", "echo"},
                                     {"cable.length_m", "2"}};
// 2 m of 5 ns and 328 ns of PHYs, in whole byte times of 8 ns (docs/two_machines.md).
constexpr sim_time cable = 344 * ns;

class two_waves : public testing::Test {
 protected:
  static vcd_file run() {
    const test::test_folder folder;
    const std::string path = folder.path("two.vcd");
    test::run_machine(two_machines, wave_options{path, 100 * ms, 100 * ms + 200 * us});
    std::ifstream in(path);
    return vcd_file(in);
  }
};

TEST_F(two_waves, the_far_cards_pins_follow_by_the_cable) {
  const vcd_file w = run();
  for (const auto& [near, far] :
       {std::pair{"machine_a.nic.", "machine_b.nic."}, {"machine_b.nic.", "machine_a.nic."}}) {
    const std::string enable = std::string(near) + "gmii_tx_en_o";
    std::vector<std::int64_t> expected = w.rises(enable);
    ASSERT_EQ(expected.size(), 2U) << "ARP and the datagram";
    for (const std::int64_t begin : expected)
      for (sim_time byte = 0; byte < 64; ++byte)
        EXPECT_EQ(w.value_at(std::string(far) + "gmii_rxd_i", begin + byte * 8 * ns + cable),
                  w.value_at(std::string(near) + "gmii_txd_o", begin + byte * 8 * ns));
    for (std::int64_t& begin : expected) begin += cable;
    EXPECT_EQ(w.rises(std::string(far) + "gmii_rx_dv_i"), expected);
  }
}

TEST_F(two_waves, each_machine_has_its_software_in_its_scope) {
  const vcd_file w = run();
  const auto last = [&w](const std::string& name) { return w.history(name).back(); };
  const auto request = last("ringside.machine_b.stage.app_read");
  const auto answer = last("ringside.machine_a.stage.app_read");
  EXPECT_LT(request.first, answer.first);
  EXPECT_GT(request.first, w.rises("machine_b.nic.gmii_rx_dv_i").back());
  EXPECT_GT(answer.first, w.rises("machine_a.nic.gmii_rx_dv_i").back());
  for (const char* machine : {"a", "b"}) {
    EXPECT_TRUE(w.has(std::string("ringside.machine_") + machine + ".cpu0.context"));
    EXPECT_TRUE(w.has(std::string("machine_") + machine + ".nic.intx_o"));
  }
}

TEST_F(two_waves, the_set_up_names_signals_that_exist) {
  const vcd_file w = run();
  std::ifstream in(std::string(RINGSIDE_WAVES_DIR) + "/ping_pong.gtkw");
  ASSERT_TRUE(in.is_open());
  std::size_t of_a = 0;
  std::size_t of_b = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || std::string("[*@-").find(line.front()) != std::string::npos) continue;
    const auto bracket = line.find('[');
    const std::string name = line.substr(0, bracket);
    ASSERT_TRUE(w.has(name)) << line;
    EXPECT_EQ(w.signals().at(name).range, bracket == std::string::npos ? "" : line.substr(bracket)) << line;
    ++(name.find("machine_a") != std::string::npos ? of_a : of_b);
  }
  EXPECT_GE(of_a, 30U);
  EXPECT_EQ(of_b, of_a);
}

}  // namespace
}  // namespace ringside::platform::two_machines_waves_tests

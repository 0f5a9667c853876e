// SPDX-License-Identifier: Apache-2.0
// The card's transmit counters against the wire: each of them one more and one less than it must be (T-90, T-91).
#include <algorithm>
#include <map>

#include "tests/tools/regress/send_bench.h"

namespace ringside::platform::sending {
namespace {

using counters = std::map<std::string, std::uint64_t, std::less<>>;
constexpr const char* every[] = {"TPT",     "TOT",     "GPTC", "GOTC", "PTC64",  "PTC127",  "PTC255", "PTC511",
                                 "PTC1023", "PTC1522", "BPTC", "MPTC", "XONTXC", "XOFFTXC", "TSCTC",  "TSCTFC"};

/// What compare() finds wrong with `held`, by name.
std::vector<std::string> wrong(send_bench& b, const counters& held) {
  b.complaints.clear();
  b.board->compare([&held](std::string_view name) {
    const auto found = held.find(name);
    return found == held.end() ? 0 : found->second;
  });
  std::vector<std::string> out;
  for (const std::string& text : b.complaints) {
    const std::size_t from = std::string("scoreboard: counter ").size();
    out.push_back(text.substr(from, text.find(' ', from) - from));
  }
  return out;
}

void read_all(send_bench& b) {
  for (const std::uint64_t r : {reg::TPT, reg::TOTL, reg::TOTH, reg::GPTC, reg::GOTCL, reg::GOTCH, reg::PTC64,
                                reg::PTC127, reg::PTC255, reg::PTC511, reg::PTC1023, reg::PTC1522, reg::BPTC, reg::MPTC,
                                reg::XONTXC, reg::XOFFTXC, reg::TSCTC, reg::TSCTFC})
    b.event_of(stage::reg_read, 0, r);
}

TEST(wire_counters, each_is_that_of_the_wire) {
  send_bench b({"app.destination=224.1.2.3"});
  const auto datagram = [&b](std::size_t bytes) {
    b.datagram(
        {.payload = send_bench::counting(bytes), .lives = 1, .to = 0xE001'0203, .station = {1, 0, 0x5E, 1, 2, 3}});
  };
  // 46 more on the wire: 64, 127, 128, 255, 256, 511, 512, 1023, 1024, 1518.
  std::uint64_t octets_sent = 0;
  for (const std::size_t bytes : {18U, 81U, 82U, 209U, 210U, 465U, 466U, 977U, 978U, 1472U}) {
    datagram(bytes);
    octets_sent += bytes + 46;
  }
  octets arp{0, 1, 8, 0, 6, 4, 0, 1};
  arp.insert(arp.end(), b.plan.nic.mac_address.begin(), b.plan.nic.mac_address.end());
  arp.resize(28);
  const frame_id asks = b.next_id();
  b.send(asks, b.ethernet({.station = {255, 255, 255, 255, 255, 255}}, 0x0806, arp));
  b.write(reg::CTRL, ctrl::TFCE);
  b.wire(0, b.pause_frame(0xFFFF));
  b.now += 20 * us;
  b.wire(0, b.pause_frame(0));
  b.now += 1 * us;
  read_all(b);
  EXPECT_SOUND(b);
  counters held{{"TPT", 13},    {"TOT", octets_sent + 3 * 64},
                {"GPTC", 11},   {"GOTC", octets_sent + 64},
                {"PTC64", 2},   {"PTC127", 1},
                {"PTC255", 2},  {"PTC511", 2},
                {"PTC1023", 2}, {"PTC1522", 2},
                {"BPTC", 1},    {"MPTC", 10},
                {"XONTXC", 1},  {"XOFFTXC", 1}};
  EXPECT_EQ(wrong(b, held), std::vector<std::string>{});
  for (const char* name : every) {
    const std::uint64_t right = held[name];
    held[name] = right + 1;
    EXPECT_EQ(wrong(b, held), std::vector<std::string>{name}) << "one more";
    if (right != 0) {
      held[name] = right - 1;
      EXPECT_EQ(wrong(b, held), std::vector<std::string>{name}) << "one less";
    }
    held[name] = right;
  }
}

// what nobody has read is gone with a reset; R-50: what is counted between the words of a pair is lost.
TEST(wire_counters, a_reset_and_a_pair) {
  send_bench b;
  b.datagram();
  b.now += 1 * us;
  b.event_of(stage::nic_reset);
  b.write(reg::TCTL, tctl::EN);
  b.datagram();
  b.now += 1 * us;
  b.event_of(stage::reg_read, 0, reg::TOTL);
  b.datagram();
  b.now += 1 * us;
  b.event_of(stage::reg_read, 0, reg::TOTH);
  b.datagram();
  b.now += 1 * us;
  read_all(b);
  EXPECT_SOUND(b);
  constexpr std::uint64_t bytes = 100 + 46;
  const counters held{{"TPT", 3}, {"TOT", 2 * bytes}, {"GPTC", 3}, {"GOTC", 3 * bytes}, {"PTC255", 3}};
  EXPECT_EQ(wrong(b, held), std::vector<std::string>{});
}

// What ends as it is read may be in either reading.
TEST(wire_counters, a_frame_at_the_read) {
  send_bench b;
  b.datagram();
  b.now -= 160 * ns;  // 100 for its completion, 100 for the read
  b.event_of(stage::reg_read, 0, reg::TPT);
  EXPECT_SOUND(b);
  for (const std::uint64_t held : {0U, 1U}) {
    const auto found = wrong(b, {{"TPT", held}});
    EXPECT_EQ(std::count(found.begin(), found.end(), "TPT"), 0) << held;
  }
  const auto found = wrong(b, {{"TPT", 2}});
  EXPECT_EQ(std::count(found.begin(), found.end(), "TPT"), 1);
}

}  // namespace
}  // namespace ringside::platform::sending

// SPDX-License-Identifier: Apache-2.0
#include "tests/system/filter_rounds.h"

#include <algorithm>
#include <optional>
#include <sstream>

#include "common/drop_reason.h"
#include "platform/machine/machine.h"
#include "platform/report/run_report.h"
#include "platform/scenario/loader.h"
#include "tests/common/forked.h"
#include "tests/common/list_source.h"

namespace ringside::test {
namespace {

constexpr std::size_t exact_entries = 14;  // RA1..RA14 (FS 10.1, FS 10.2)
constexpr ethernet_address own{2, 0, 0, 0, 0, 2};
constexpr ethernet_address broadcast{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

ethernet_address destination(const std::vector<std::uint8_t>& frame) {
  ethernet_address address{};
  std::copy_n(frame.begin(), 6, address.begin());
  return address;
}

bool has(const std::vector<ethernet_address>& list, const ethernet_address& address) {
  return std::find(list.begin(), list.end(), address) != list.end();
}

std::vector<std::uint8_t> frame_to(const ethernet_address& to, std::size_t bytes = 60, int vid = -1) {
  std::vector<std::uint8_t> frame(to.begin(), to.end());
  frame.insert(frame.end(), {2, 0, 0, 0, 0, 1});
  if (vid >= 0)
    frame.insert(frame.end(), {0x81, 0x00, static_cast<std::uint8_t>(vid >> 8), static_cast<std::uint8_t>(vid)});
  frame.insert(frame.end(), {0x88, 0xB5});  // IEEE 802: for local experiments
  frame.resize(std::max(bytes, frame.size()), 0x5A);
  return frame;
}

class verdict_collector final : public event_consumer {
 public:
  explicit verdict_collector(std::size_t frames) : verdicts(frames, "nothing") {}
  std::vector<std::string> verdicts;
  void on_event(const event& e) override {
    if (e.frame == 0 || e.frame > verdicts.size()) return;
    std::string& verdict = verdicts[e.frame - 1];
    if (e.what == stage::fifo_commit) verdict = "";
    if (e.what == stage::filter_reject || e.what == stage::fifo_drop) verdict = name(static_cast<drop_reason>(e.b));
  }
};

std::string run_here(const settings& s, const std::vector<offered_frame>& frames) {
  const platform::scenario plan = platform::load_scenario("", s);
  list_source source(frames);
  platform::machine m(plan, source);
  platform::run_report report({}, false);
  verdict_collector collector(frames.size());
  m.events().add_consumer(report);
  m.events().add_consumer(collector);
  m.run({});
  report.finish();
  std::ostringstream out;
  for (const std::string& verdict : collector.verdicts) out << verdict << '\n';
  for (const std::string& breach : m.breaches()) out << "contract: " << breach << '\n';
  for (const std::string& breach : report.ledger().breaches()) out << "ledger: " << breach << '\n';
  const auto held = m.still_held();
  if (held.skbs + held.dma_mappings + held.allocations != 0) out << "something is left over\n";
  if (report.ledger().frames().in_flight != 0) out << "frames in flight\n";
  if (report.reconfigurations().records().size() != plan.reconfigure.actions.size()) out << "changes are missing\n";
  return out.str();
}

}  // namespace

ethernet_address group_of(std::uint16_t number) {
  return {0x01, 0x00, 0x5E, 0x20, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}
ethernet_address station_of(std::uint16_t number) {
  return {0x02, 0x00, 0x00, 0x30, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// FS 6.7: "address bits 47:36, 46:35, 45:34, 43:32" for MO 0..3.
std::uint32_t expected_filter::hash(const ethernet_address& address) const {
  constexpr unsigned lowest[] = {36, 35, 34, 32};
  std::uint32_t hash = 0;
  for (unsigned i = 0; i < 12; ++i) {
    const unsigned bit = lowest[hash_offset_] + i;
    hash |= static_cast<std::uint32_t>(address[bit / 8] >> (bit % 8) & 1) << i;
  }
  return hash;
}

bool expected_filter::takes_address(const ethernet_address& address) const {
  if (promiscuous || address == own || address == broadcast || has(unicast, address)) return true;  // BAM is on
  const bool unicast_overflows = unicast.size() > exact_entries;
  if ((address[0] & 1) == 0) return unicast_overflows;
  if (all_multicast || has(multicast, address)) return true;
  const std::size_t exact = exact_entries - (unicast_overflows ? 0 : unicast.size());
  for (std::size_t i = exact; i < multicast.size(); ++i)
    if (hash(multicast[i]) == hash(address)) return true;  // an inexact pass
  return false;
}

std::string expected_filter::refusal(const std::vector<std::uint8_t>& frame) const {
  if (!takes_address(destination(frame))) return "address_filter";
  const bool tagged = frame[12] == 0x81 && frame[13] == 0x00;
  const auto vid = static_cast<std::uint16_t>((frame[14] & 0xF) << 8 | frame[15]);
  if (tagged && !promiscuous && !vlans.empty() && !vlans.contains(vid)) return "vlan_filter";  // FS 6.7 step 4, FS 10.8
  const std::size_t longest = mtu > 1500 ? 16384 : 1522;                                       // FS 6.8
  return frame.size() + 4 > longest ? "oversize" : "";
}

std::vector<std::vector<std::uint8_t>> frames_of_a_round(const expected_filter& told) {
  std::vector<std::vector<std::uint8_t>> frames;
  for (const ethernet_address& to : {own, broadcast, station_of(1), station_of(2), station_of(3)})
    frames.push_back(frame_to(to));
  for (std::uint16_t i = 0; i < 20; ++i) frames.push_back(frame_to(group_of(i)));
  // One that shares its hash with each of the last groups, found by trying.
  for (const std::uint16_t i : {std::uint16_t{13}, std::uint16_t{14}, std::uint16_t{16}})
    for (std::uint32_t other = 0x100; other < 0x10000; ++other) {
      ethernet_address twin = group_of(static_cast<std::uint16_t>(other));
      twin[3] = 0x21;
      if (told.hash(twin) != told.hash(group_of(i))) continue;
      frames.push_back(frame_to(twin));
      break;
    }
  for (const int vid : {0, 100, 101, 200, 4094}) frames.push_back(frame_to(own, 60, vid));
  frames.push_back(frame_to(station_of(3), 60, 100));
  for (const std::size_t bytes : {1514U, 1518U, 1519U, 2000U, 3000U}) frames.push_back(frame_to(own, bytes));
  return frames;
}

std::vector<std::string> verdicts_of(const settings& s, const std::vector<offered_frame>& frames,
                                     std::vector<std::string>& complaints) {
  std::istringstream in(run_forked([&] { return run_here(s, frames); }));
  std::vector<std::string> verdicts;
  for (std::string line; std::getline(in, line);)
    (verdicts.size() < frames.size() ? verdicts : complaints).push_back(line);
  return verdicts;
}

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// IPv4 fragments through the whole machine: every frame one fate, every byte at the application, nothing left over.
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "platform/machine/machine.h"
#include "platform/report/run_report.h"
#include "platform/scenario/loader.h"
#include "tests/common/forked.h"
#include "tests/common/list_source.h"
#include "tests/sw/frames.h"

namespace ringside::test {
namespace {

constexpr std::size_t piece = 1480;  // an Ethernet frame's worth: 1500 - 20

/// The frames of one datagram with `size` bytes of data, cut as RFC 791 says.
std::vector<bytes> fragments_of(const platform::scenario& s, std::size_t size, std::uint16_t id) {
  udp_frame_options o;
  o.source = 0x0A000001;
  o.destination = platform::own_address(s);
  o.destination_port = s.app.ports.front();
  o.destination_mac.assign(s.nic.mac_address.begin(), s.nic.mac_address.end());
  o.pad = false;
  const bytes whole = udp_frame(pattern(size, static_cast<std::uint8_t>(id)), o);
  std::vector<bytes> frames;
  for (std::size_t at = 34; at < whole.size(); at += piece) {
    const std::size_t end = std::min(at + piece, whole.size());
    bytes packet = ipv4_packet(
        17, bytes(whole.begin() + static_cast<std::ptrdiff_t>(at), whole.begin() + static_cast<std::ptrdiff_t>(end)),
        o);
    put16(packet, 4, id);
    put16(packet, 6, static_cast<std::uint16_t>((end < whole.size() ? 0x2000 : 0) | (at - 34) / 8));
    fix_ip_checksum(packet);
    frames.push_back(ethernet_frame(0x0800, packet, o));
  }
  return frames;
}

// Three datagrams of three fragments, the third in reverse, and two fragments of a fourth whose last never comes.
std::string run_here() {
  const std::vector<std::string> keys{"run.drain_ms=20"};
  const platform::scenario plan = platform::load_scenario("", keys);
  list_source wire;
  for (std::uint16_t id = 1; id <= 4; ++id) {
    std::vector<bytes> parts = fragments_of(plan, 4000, id);
    if (id == 3) std::reverse(parts.begin(), parts.end());
    if (id == 4) parts.pop_back();
    for (bytes& part : parts) {
      offered_frame frame;
      frame.bytes = std::move(part);
      wire.add(std::move(frame));
    }
  }
  platform::machine m(plan, wire);
  platform::run_report report({}, false);
  m.events().add_consumer(report);
  std::ostringstream out;
  std::uint8_t expected = 0;
  m.on_app_read([&](sim_time, frame_id id, std::span<const std::byte> data) {
    const bytes want = pattern(4000, ++expected);
    const bool same = std::equal(data.begin(), data.end(), want.begin(), want.end(),
                                 [](std::byte x, std::uint8_t y) { return std::to_integer<std::uint8_t>(x) == y; });
    out << "read " << id << (same ? " whole" : " other") << '\n';
  });
  m.run({});
  report.finish();
  const platform::frame_counts& f = report.ledger().frames();
  out << "offered " << f.offered << " delivered " << f.delivered << " consumed " << f.consumed << " ip_fragment "
      << f.dropped[static_cast<std::size_t>(drop_reason::ip_fragment)] << " in flight " << f.in_flight << '\n';
  out << "payload " << report.ledger().payload_bytes() << '\n';
  for (const std::string& breach : report.ledger().breaches()) out << breach << '\n';
  for (const std::string& breach : m.breaches()) out << breach << '\n';
  const auto held = m.still_held();
  out << "held " << held.skbs + held.dma_mappings + held.allocations << '\n';
  return out.str();
}

TEST(fragments, every_frame_has_one_fate) {
  EXPECT_EQ(run_forked(run_here),
            "read 3 whole\nread 6 whole\nread 9 whole\n"
            "offered 11 delivered 3 consumed 6 ip_fragment 2 in flight 0\n"
            "payload 12000\n"
            "held 0\n");
}

}  // namespace
}  // namespace ringside::test

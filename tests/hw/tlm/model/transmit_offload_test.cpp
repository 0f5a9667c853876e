// SPDX-License-Identifier: Apache-2.0
// Checksums and tags the card puts into frames: T-11 to T-16.
#include <gtest/gtest.h>

#include "tests/hw/tlm/model/network_bytes.h"
#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::transmit_offload_tests {
namespace {

using network::append;
using network::set_16;

constexpr std::uint32_t ip_at = 14;
constexpr std::uint32_t l4_at = 34;
constexpr std::uint32_t tcp_sum_at = l4_at + 16, udp_sum_at = l4_at + 6, ip_sum_at = ip_at + 10;
constexpr std::uint32_t ixsm = 1, txsm = 2;

byte_vector payload_of(std::size_t n) {
  byte_vector p(n);
  for (std::size_t i = 0; i < n; ++i) p[i] = static_cast<std::uint8_t>(i * 31 + n);
  return p;
}

/// A datagram as it is to be on the wire, and as Linux gives it to the card.
struct datagram {
  byte_vector right, given;
};

datagram ipv4_datagram(std::uint32_t protocol, const byte_vector& payload) {
  byte_vector l4 = protocol == network::tcp ? network::tcp_header(0x1000, 0x18) : network::udp_header(payload.size());
  const std::size_t field = protocol == network::tcp ? 16 : 6;
  append(l4, payload);
  const byte_vector ip = network::ipv4(protocol, 0x4321, l4.size());
  datagram d;
  d.right = network::ethernet(0x0800);
  append(d.right, ip);
  d.given = d.right;
  set_16(d.given, ip_sum_at, 0);
  byte_vector seeded = l4;
  set_16(seeded, field, network::seed(ip, protocol, l4.size()));
  append(d.given, seeded);
  set_16(l4, field, network::l4_checksum(ip, protocol, l4));
  append(d.right, l4);
  return d;
}

constexpr context_fields ipv4_context(std::uint32_t place, std::uint32_t tucmd = 0) {
  return {.ipcss = ip_at,
          .ipcso = ip_sum_at,
          .ipcse = l4_at - 1,
          .tucss = l4_at,
          .tucso = place,
          .tucse = 0,
          .paylen = 0,
          .hdrlen = 0,
          .mss = 0,
          .tucmd = tucmd};
}

struct transmit_offload : testing::Test {
  transmit_bench bench;

  void SetUp() override { bench.open_transmit(); }
  void data(std::uint32_t i, const byte_vector& bytes, std::uint32_t popts, std::uint32_t command = cmd::whole,
            std::uint32_t special = 0) {
    bench.put_bytes(bench.buffer(i), bytes);
    bench.data(i, bench.buffer(i), static_cast<std::uint32_t>(bytes.size()), command, popts, special);
  }
  void legacy_checksum(std::uint32_t i, const byte_vector& bytes, std::uint32_t cso, std::uint32_t css) {
    bench.put_bytes(bench.buffer(i), bytes);
    bench.legacy(i, bench.buffer(i), static_cast<std::uint32_t>(bytes.size()), cmd::whole | cmd::IC, cso, css);
  }
  void send(std::uint32_t tail) {
    bench.doorbell(tail);
    bench.run_for(200 * us);
  }
  const byte_vector& frame(std::size_t i) const { return bench.sent().at(i).bytes; }
};

TEST_F(transmit_offload, legacy_checksum_runs_from_css_to_the_end) {  // T-14
  const datagram odd = ipv4_datagram(network::tcp, payload_of(101));
  byte_vector given = odd.given;
  std::copy_n(odd.right.begin() + ip_sum_at, 2, given.begin() + ip_sum_at);  // one checksum is all it does
  legacy_checksum(0, given, tcp_sum_at, l4_at);
  send(1);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(odd.right));
}

TEST_F(transmit_offload, legacy_checksum_may_begin_at_an_odd_byte) {  // T-14
  const byte_vector bytes = counting_frame(91);
  legacy_checksum(0, bytes, 60, 17);
  send(1);
  byte_vector right = bytes;
  set_16(right, 60, ~network::internet_sum(bytes, 17, bytes.size()) & 0xFFFF);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(right));
}

TEST_F(transmit_offload, legacy_checksum_outside_the_packet_is_ignored) {  // T-14
  const byte_vector bytes = counting_frame(80);
  legacy_checksum(0, bytes, 79, 14);   // CSO = length - 1
  legacy_checksum(1, bytes, 200, 14);  // far beyond
  legacy_checksum(2, bytes, 40, 80);   // CSS = length
  legacy_checksum(3, bytes, 78, 79);   // both just inside
  send(4);
  ASSERT_EQ(bench.sent().size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(frame(i), with_fcs(bytes)) << i;
  byte_vector right = bytes;
  set_16(right, 78, ~network::internet_sum(bytes, 79, 80) & 0xFFFF);
  EXPECT_EQ(frame(3), with_fcs(right));
}

TEST_F(transmit_offload, start_of_the_first_and_place_of_the_last_descriptor_count) {  // T-11
  const byte_vector bytes = counting_frame(120);
  bench.put_bytes(bench.buffer(0), bytes);
  bench.legacy(0, bench.buffer(0), 50, cmd::IC, 20, 30);  // CSS 30; IC without EOP and CSO 20 do not count
  bench.legacy(1, bench.buffer(0) + 50, 70, cmd::whole | cmd::IC, 90, 10);
  send(2);
  byte_vector right = bytes;
  set_16(right, 90, ~network::internet_sum(bytes, 30, bytes.size()) & 0xFFFF);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(right));
}

TEST_F(transmit_offload, context_says_where_both_checksums_go) {  // T-15, T-16
  bench.context(0, ipv4_context(tcp_sum_at, cmd::RS));
  std::vector<datagram> tcps;
  for (std::uint32_t i = 1; i <= 3; ++i) {  // one context for several packets
    tcps.push_back(ipv4_datagram(network::tcp, payload_of(300 + i)));
    data(i, tcps.back().given, ixsm | txsm);
  }
  bench.context(4, ipv4_context(udp_sum_at));
  const datagram udp = ipv4_datagram(network::udp, payload_of(77));
  data(5, udp.given, ixsm | txsm);
  send(6);
  ASSERT_EQ(bench.sent().size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(frame(i), with_fcs(tcps[i].right));
  EXPECT_EQ(frame(3), with_fcs(udp.right));
  EXPECT_TRUE(bench.tx_done(0)) << "a context with RS is written back (T-44)";
  EXPECT_FALSE(bench.tx_done(4));
}

TEST_F(transmit_offload, each_checksum_has_its_own_option) {  // T-16
  bench.context(0, ipv4_context(tcp_sum_at));
  const datagram d = ipv4_datagram(network::tcp, payload_of(40));
  data(1, d.given, ixsm);
  data(2, d.given, txsm);
  data(3, d.given, 0);
  send(4);
  ASSERT_EQ(bench.sent().size(), 3U);
  byte_vector ip_only = d.given, l4_only = d.given;
  std::copy_n(d.right.begin() + ip_sum_at, 2, ip_only.begin() + ip_sum_at);
  std::copy_n(d.right.begin() + tcp_sum_at, 2, l4_only.begin() + tcp_sum_at);
  EXPECT_EQ(frame(0), with_fcs(ip_only));
  EXPECT_EQ(frame(1), with_fcs(l4_only));
  EXPECT_EQ(frame(2), with_fcs(d.given));
}

TEST_F(transmit_offload, options_of_the_first_data_descriptor_count) {  // T-11
  bench.context(0, ipv4_context(tcp_sum_at));
  const datagram d = ipv4_datagram(network::tcp, payload_of(200));
  bench.put_bytes(bench.buffer(1), d.given);
  bench.data(1, bench.buffer(1), 54, 0, ixsm | txsm);
  bench.data(2, bench.buffer(1) + 54, static_cast<std::uint32_t>(d.given.size()) - 54, cmd::whole, 0);
  bench.data(3, bench.buffer(1), 54, 0, 0);
  bench.data(4, bench.buffer(1) + 54, static_cast<std::uint32_t>(d.given.size()) - 54, cmd::whole, ixsm | txsm);
  send(5);
  ASSERT_EQ(bench.sent().size(), 2U);
  EXPECT_EQ(frame(0), with_fcs(d.right));
  EXPECT_EQ(frame(1), with_fcs(d.given));
}

TEST_F(transmit_offload, sums_end_where_the_context_says) {  // T-16: inclusive ends
  const byte_vector bytes = counting_frame(100);
  const auto sum = [&](std::size_t from, std::size_t behind) {
    return ~network::internet_sum(bytes, from, behind) & 0xFFFF;
  };
  struct row {
    std::uint32_t start, end, place;
    std::uint32_t behind;  // of what is summed; 0: nothing is put in
  };
  const std::vector<row> rows{{20, 39, 50, 40},   {21, 38, 50, 39}, {20, 0, 50, 100}, {20, 99, 50, 100},
                              {20, 500, 50, 100}, {20, 20, 50, 21}, {30, 29, 50, 0},  {99, 0, 98, 100},
                              {100, 0, 50, 0},    {20, 39, 99, 0},  {20, 39, 98, 40}};
  std::uint32_t i = 0;
  for (const row& r : rows) {
    bench.context(i++, {.ipcss = r.start, .ipcso = r.place, .ipcse = r.end});
    data(i, bytes, ixsm);
    ++i;
  }
  send(i);
  ASSERT_EQ(bench.sent().size(), rows.size());
  for (std::size_t n = 0; n < rows.size(); ++n) {
    byte_vector right = bytes;
    if (rows[n].behind != 0) set_16(right, rows[n].place, sum(rows[n].start, rows[n].behind));
    EXPECT_EQ(frame(n), with_fcs(right)) << "row " << n;
  }
}

TEST_F(transmit_offload, neither_sum_sees_the_other) {  // T-16
  const byte_vector bytes = counting_frame(100);
  bench.context(0, {.ipcss = 14, .ipcso = 50, .ipcse = 0, .tucss = 40, .tucso = 60});
  data(1, bytes, ixsm | txsm);
  bench.context(2, {.ipcss = 14, .ipcso = 50, .ipcse = 0, .tucss = 40, .tucso = 50});
  data(3, bytes, ixsm | txsm);
  send(4);
  ASSERT_EQ(bench.sent().size(), 2U);
  byte_vector right = bytes;
  set_16(right, 50, ~network::internet_sum(bytes, 14, 100) & 0xFFFF);
  set_16(right, 60, ~network::internet_sum(bytes, 40, 100) & 0xFFFF);
  EXPECT_EQ(frame(0), with_fcs(right));
  byte_vector same_place = bytes;
  set_16(same_place, 50, ~network::internet_sum(bytes, 40, 100) & 0xFFFF);
  EXPECT_EQ(frame(1), with_fcs(same_place)) << "TXSM wins";
}

TEST_F(transmit_offload, a_transport_checksum_of_zero_is_sent_as_ones) {  // T-16, RFC 768
  byte_vector bytes = counting_frame(80);
  set_16(bytes, 50, 0);
  // What stands at 70 takes the sum of 34..79 to FFFF, whose complement is 0.
  set_16(bytes, 70, 0);
  set_16(bytes, 70, ~network::internet_sum(bytes, 34, 80) & 0xFFFF);
  ASSERT_EQ(network::internet_sum(bytes, 34, 80), 0xFFFFU);
  bench.context(0, {.ipcss = 34, .ipcso = 50, .ipcse = 0, .tucss = 34, .tucso = 50});
  data(1, bytes, txsm);
  data(2, bytes, ixsm);
  legacy_checksum(3, bytes, 50, 34);
  send(4);
  ASSERT_EQ(bench.sent().size(), 3U);
  byte_vector ones = bytes;
  set_16(ones, 50, 0xFFFF);
  EXPECT_EQ(frame(0), with_fcs(ones));
  EXPECT_EQ(frame(1), with_fcs(bytes)) << "IXSM puts in what came out";
  EXPECT_EQ(frame(2), with_fcs(bytes)) << "and so does IC";
}

TEST_F(transmit_offload, tags_need_vme_and_vle_and_bring_an_fcs) {  // T-13
  const byte_vector bytes = counting_frame(80);
  byte_vector tagged = bytes;
  const byte_vector tag{0x81, 0x00, 0xA1, 0x23};
  tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
  bench.put_bytes(bench.buffer(0), bytes);
  bench.legacy(0, bench.buffer(0), 80, cmd::whole | cmd::VLE, 0, 0, 0xA123);
  send(1);
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  bench.legacy(1, bench.buffer(0), 80, cmd::whole | cmd::VLE, 0, 0, 0xA123);
  bench.legacy(2, bench.buffer(0), 80, cmd::EOP | cmd::VLE, 0, 0, 0xA123);  // no IFCS
  bench.legacy(3, bench.buffer(0), 80, cmd::whole, 0, 0, 0xA123);
  data(4, bytes, 0, cmd::whole | cmd::VLE, 0xA123);
  send(5);
  ASSERT_EQ(bench.sent().size(), 5U);
  EXPECT_EQ(frame(0), with_fcs(bytes)) << "VME = 0";
  EXPECT_EQ(frame(1), with_fcs(tagged));
  EXPECT_EQ(frame(2), with_fcs(tagged));
  EXPECT_EQ(frame(3), with_fcs(bytes)) << "VLE = 0";
  EXPECT_EQ(frame(4), with_fcs(tagged));
}

TEST_F(transmit_offload, tag_of_the_last_descriptor_and_type_of_vet) {  // T-11, T-13
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  bench.write(reg::VET, 0x9100);
  const byte_vector bytes = counting_frame(100);
  bench.put_bytes(bench.buffer(0), bytes);
  bench.legacy(0, bench.buffer(0), 40, cmd::VLE, 0, 0, 0x1111);
  bench.legacy(1, bench.buffer(0) + 40, 60, cmd::whole | cmd::VLE, 0, 0, 0x2222);
  send(2);
  byte_vector tagged = bytes;
  const byte_vector tag{0x91, 0x00, 0x22, 0x22};
  tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(tagged));
}

TEST_F(transmit_offload, checksums_do_not_count_the_tag) {  // T-13
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  bench.context(0, ipv4_context(udp_sum_at));
  const datagram d = ipv4_datagram(network::udp, payload_of(10));  // shorter than the least frame
  data(1, d.given, ixsm | txsm, cmd::whole | cmd::VLE, 0x0064);
  send(2);
  byte_vector tagged = d.right;
  const byte_vector tag{0x81, 0x00, 0x00, 0x64};
  tagged.insert(tagged.begin() + 12, tag.begin(), tag.end());
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), padded_with_fcs(tagged)) << "padding counts the tag (T-74)";
}

TEST_F(transmit_offload, a_frame_without_addresses_gets_no_tag) {  // T-13
  bench.write(reg::CTRL, bench.read(reg::CTRL) | ctrl::VME);
  bench.write(reg::TCTL, tctl::EN);
  const byte_vector bytes = counting_frame(12);
  bench.put_bytes(bench.buffer(0), bytes);
  bench.legacy(0, bench.buffer(0), 11, cmd::whole | cmd::VLE, 0, 0, 5);
  bench.legacy(1, bench.buffer(0), 12, cmd::whole | cmd::VLE, 0, 0, 5);
  bench.legacy(2, bench.buffer(0), 11, cmd::EOP | cmd::VLE, 0, 0, 5);  // and no FCS for it
  send(3);
  ASSERT_EQ(bench.sent().size(), 3U);
  EXPECT_EQ(frame(2), byte_vector(bytes.begin(), bytes.begin() + 11));
  EXPECT_EQ(frame(0), with_fcs(counting_frame(11)));
  byte_vector tagged = bytes;
  append(tagged, {0x81, 0x00, 0x00, 0x05});
  EXPECT_EQ(frame(1), with_fcs(tagged));
}

TEST_F(transmit_offload, a_packet_of_both_kinds_of_descriptors) {  // T-11
  bench.context(0, ipv4_context(tcp_sum_at));
  const byte_vector bytes = counting_frame(120);
  bench.put_bytes(bench.buffer(1), bytes);
  bench.data(1, bench.buffer(1), 60, 0, ixsm);                               // POPTS
  bench.legacy(2, bench.buffer(1) + 60, 60, cmd::whole | cmd::IC, 100, 50);  // IC at 100, from 0: no legacy CSS
  bench.legacy(3, bench.buffer(1), 60, 0, 0, 20);                            // CSS
  bench.data(4, bench.buffer(1) + 60, 60, cmd::whole, ixsm | txsm);          // bit 2 is TSE here, POPTS too late
  send(5);
  ASSERT_EQ(bench.sent().size(), 2U);
  byte_vector right = bytes;
  set_16(right, ip_sum_at, ~network::internet_sum(bytes, ip_at, l4_at) & 0xFFFF);
  set_16(right, 100, ~network::internet_sum(bytes, 0, 120) & 0xFFFF);
  EXPECT_EQ(frame(0), with_fcs(right));
  EXPECT_EQ(frame(1), with_fcs(bytes));
}

TEST_F(transmit_offload, a_legacy_checksum_beside_options) {  // T-11, T-16
  const byte_vector bytes = counting_frame(120);
  bench.put_bytes(bench.buffer(0), bytes);
  const auto sum = [&](std::size_t from, std::size_t end) { return ~network::internet_sum(bytes, from, end) & 0xFFFF; };
  std::uint32_t next = 0;
  const auto post = [&](std::uint32_t popts, std::uint32_t cso) {
    bench.data(next++, bench.buffer(0), 60, 0, popts);
    bench.legacy(next++, bench.buffer(0) + 60, 60, cmd::EOP | cmd::IFCS | cmd::IC, cso);
  };
  bench.context(next++, ipv4_context(tcp_sum_at));
  post(ixsm | txsm, 100);  // both: IC does not count
  post(txsm, 100);         // beside one of them it does
  post(txsm, tcp_sum_at);  // ... but TXSM wins
  post(ixsm, ip_sum_at);   // ... over IXSM IC
  send(next);
  ASSERT_EQ(bench.sent().size(), 4U);
  byte_vector both = bytes, beside = bytes, l4_wins = bytes, legacy_wins = bytes;
  set_16(both, ip_sum_at, sum(ip_at, l4_at));
  set_16(both, tcp_sum_at, sum(l4_at, 120));
  set_16(beside, tcp_sum_at, sum(l4_at, 120));
  set_16(beside, 100, sum(0, 120));
  set_16(l4_wins, tcp_sum_at, sum(l4_at, 120));
  set_16(legacy_wins, ip_sum_at, sum(0, 120));
  EXPECT_EQ(frame(0), with_fcs(both));
  EXPECT_EQ(frame(1), with_fcs(beside));
  EXPECT_EQ(frame(2), with_fcs(l4_wins));
  EXPECT_EQ(frame(3), with_fcs(legacy_wins));
}

TEST_F(transmit_offload, reserved_types_are_done_and_nothing_else) {  // T-12
  const byte_vector bytes = counting_frame(90);
  bench.put_bytes(bench.buffer(0), bytes);
  bench.put(0, bench.buffer(0), 50 | 2U << 20 | (cmd::whole | cmd::DEXT) << 24, 0x1234'5670);
  bench.data(1, bench.buffer(0), 90, 0);
  bench.put(2, bench.buffer(0), 50 | 0xFU << 20 | (cmd::whole | cmd::DEXT) << 24, 0);
  bench.data(3, 0, 0, cmd::whole);
  send(4);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(bytes));
  EXPECT_EQ(bench.dword(0, 3), 0x1234'5671U) << "only the status nibble changes (T-44)";
  EXPECT_TRUE(bench.tx_done(2) && bench.tx_done(3));
}

TEST_F(transmit_offload, a_context_inside_a_packet_is_for_the_next_one) {  // T-15
  const byte_vector bytes = counting_frame(100);
  bench.put_bytes(bench.buffer(0), bytes);
  bench.context(0, {.ipcss = 14, .ipcso = 50, .ipcse = 49});
  bench.data(1, bench.buffer(0), 60, 0, ixsm);
  bench.context(2, {.ipcss = 20, .ipcso = 70, .ipcse = 69});
  bench.data(3, bench.buffer(0) + 60, 40, cmd::whole);
  bench.data(4, bench.buffer(0), 100, cmd::whole, ixsm);
  send(5);
  ASSERT_EQ(bench.sent().size(), 2U);
  byte_vector first = bytes, second = bytes;
  set_16(first, 50, ~network::internet_sum(bytes, 14, 50) & 0xFFFF);
  set_16(second, 70, ~network::internet_sum(bytes, 20, 70) & 0xFFFF);
  EXPECT_EQ(frame(0), with_fcs(first));
  EXPECT_EQ(frame(1), with_fcs(second));
}

TEST_F(transmit_offload, both_contexts_stand_beside_each_other) {  // T-15
  const byte_vector bytes = counting_frame(100);
  bench.context(0, {.ipcss = 14, .ipcso = 50, .ipcse = 49});
  bench.context(1, {.ipcss = 20, .ipcso = 70, .ipcse = 69, .paylen = 10, .hdrlen = 54, .mss = 10, .tucmd = cmd::TSE});
  data(2, bytes, ixsm);
  send(3);
  byte_vector right = bytes;
  set_16(right, 50, ~network::internet_sum(bytes, 14, 50) & 0xFFFF);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(right));
}

TEST_F(transmit_offload, reset_clears_the_contexts) {  // T-15
  bench.context(0, {.ipcss = 14, .ipcso = 50, .ipcse = 49});
  send(1);
  bench.write(reg::CTRL, ctrl::RST | ctrl::SLU);
  bench.run_for(2 * ms);
  bench.write(reg::CTRL, ctrl::SLU);
  bench.open_transmit();
  const byte_vector bytes = counting_frame(100);
  data(0, bytes, ixsm);
  send(1);
  byte_vector right = bytes;  // a context of zeros: the whole frame's sum at its front
  set_16(right, 0, ~network::internet_sum(bytes) & 0xFFFF);
  ASSERT_EQ(bench.sent().size(), 1U);
  EXPECT_EQ(frame(0), with_fcs(right));
}

}  // namespace
}  // namespace ringside::test::transmit_offload_tests

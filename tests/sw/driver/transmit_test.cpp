// SPDX-License-Identifier: Apache-2.0
// Descriptors of each kind of packet, bit by bit as FS 9.1 prints them, and where Linux puts what (DR-1, DR-3 to DR-5).
#include "sw/driver/transmitter.h"
#include "sw/stack/eth.h"
#include "sw/stack/gso.h"
#include "tests/sw/driver/bench.h"
#include "tests/sw/tcp_frame.h"

namespace ringside::test {
namespace transmit_tests {
namespace {

// CMD in the last byte of the lower dword: EOP 0, IFCS 1, IC or TSE 2, RS 3, DEXT 5, VLE 6, IDE 7.
constexpr std::uint64_t end_of_packet = 0x8B000000;  // IDE | RS | IFCS | EOP
constexpr std::uint64_t data_type = 0x20100000;      // DEXT, DTYP 1

std::uint64_t upper(std::uint64_t dword) {
  return dword << 32;
}

TEST(transmit, a_frame_goes_out_as_one_legacy_descriptor) {
  bench b;
  b.up();
  const bytes frame = udp_frame(pattern(100, 1));
  b.host.events.clear();
  EXPECT_EQ(b.send_now(b.packet(frame)), 0);
  ASSERT_EQ(b.nic.sent.size(), 1U);
  EXPECT_EQ(b.nic.sent[0].bytes, frame);
  EXPECT_EQ(b.nic.sent[0].frame, make_frame_id(frame_kind::made, 0, 1));  // host::mark_frame
  ASSERT_EQ(b.nic.sent[0].descriptors.size(), 1U);
  EXPECT_EQ(b.nic.sent[0].descriptors[0][1], end_of_packet | frame.size());
  EXPECT_EQ(b.card.device().stats.tx_packets, 1U);
  EXPECT_EQ(b.card.device().stats.tx_bytes, frame.size());
  const std::vector<event> complete = b.host.of(stage::tx_complete);
  ASSERT_EQ(complete.size(), 1U);
  EXPECT_EQ(complete[0].a, frame.size() + 4);
}

// What happens to it, in order; the interrupt is the card's, which finishes at once here.
TEST(transmit, events_tell_the_way_to_the_card) {
  bench b;
  b.up();
  b.nic.hold_transmit = true;
  b.host.events.clear();
  b.send_now(b.packet(udp_frame(pattern(100, 1))));
  std::string order;
  for (const event& e : b.host.events) order += std::string(info(e.what).name) + ' ';
  // Byte queue limits begin with 0: the first packet stops the queue (QD-12).
  EXPECT_EQ(order, "tx_qdisc dma_map tx_driver txq_stop tx_desc_post tx_desc_command tdt_write ");
  const event driver = b.host.of(stage::tx_driver).at(0);
  EXPECT_EQ(driver.a, 142U);  // 14 + 20 + 8 + 100
  EXPECT_EQ(driver.b, 1U);
  const event post = b.host.of(stage::tx_desc_post).at(0);
  const event command = b.host.of(stage::tx_desc_command).at(0);
  EXPECT_EQ(post.a, b.nic.registers[reg::TDBAL]);
  EXPECT_EQ(command.a, post.a);
  EXPECT_EQ(post.b, b.host.of(stage::dma_map).at(0).a);
  EXPECT_EQ(command.b, end_of_packet | 142);
  EXPECT_EQ(b.host.of(stage::tdt_write).at(0).a, 1U);
  b.nic.hold_transmit = false;
  b.nic.finish(1);
}

TEST(transmit, short_frames_are_padded_to_60_bytes_of_zeros) {
  bench b;
  b.up();
  bytes frame = ethernet_frame(0x0806, arp_packet(1, own_address, other_address));
  frame.resize(42);
  b.send_now(b.packet(frame));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  bytes padded = frame;
  padded.resize(60);
  EXPECT_EQ(b.nic.sent[0].bytes, padded);
  EXPECT_EQ(b.nic.sent[0].descriptors[0][1], end_of_packet | 60);
  // The same in two pieces.
  b.send_now(b.in_pieces(frame, 20, 22));
  ASSERT_EQ(b.nic.sent.size(), 2U);
  EXPECT_EQ(b.nic.sent[1].bytes, padded);
}

TEST(transmit, a_sum_to_complete_takes_a_context_for_each_packet) {
  bench b;
  b.up();
  for (int i = 0; i < 2; ++i) {
    stack::skb_ptr skb = b.packet(udp_frame(pattern(100, 1)));
    skb->ip_summed = stack::checksum_state::partial;
    skb->csum_start = static_cast<std::uint16_t>(skb->headroom() + 34);
    skb->csum_offset = 6;
    b.send_now(std::move(skb));
  }
  ASSERT_EQ(b.nic.sent.size(), 2U);
  for (const sent_packet& sent : b.nic.sent) {
    ASSERT_EQ(sent.descriptors.size(), 2U);
    // TUCSS 34, TUCSO 40, TUCSE 0; no IP part, not TCP, TUCMD = DEXT.
    EXPECT_EQ(sent.descriptors[0][0], upper(0x00002822));
    EXPECT_EQ(sent.descriptors[0][1], 0x20000000U);
    EXPECT_EQ(sent.descriptors[1][1], end_of_packet | data_type | 142 | upper(0x200));  // POPTS.TXSM
  }
  stack::skb_ptr tcp = b.packet(tcp_frame(pattern(100, 1)));
  tcp->ip_summed = stack::checksum_state::partial;
  tcp->csum_start = static_cast<std::uint16_t>(tcp->headroom() + 34);
  tcp->csum_offset = 16;
  b.send_now(std::move(tcp));
  ASSERT_EQ(b.nic.sent.size(), 3U);
  EXPECT_EQ(b.nic.sent[2].descriptors[0][0], upper(0x00003222));
  EXPECT_EQ(b.nic.sent[2].descriptors[0][1], 0x21000000U);  // TUCMD.TCP
}

// FS 9.1: VLE and the tag, 15:13 priority, 11:0 VID, in the special field of the last descriptor; Linux puts it in all.
TEST(transmit, a_tag_beside_the_packet_is_inserted_by_the_chip) {
  bench b;
  b.up();
  const bytes frame = udp_frame(pattern(100, 1));
  stack::skb_ptr skb = b.packet(frame);
  skb->put_vlan_tag(stack::ether_type::vlan, 0x6005);
  b.host.events.clear();
  b.send_now(std::move(skb));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  EXPECT_EQ(b.nic.sent[0].bytes, frame);
  EXPECT_EQ(b.nic.sent[0].descriptors[0][1], 0xCB000000 | 142 | upper(0x60050000));
  EXPECT_EQ(b.host.of(stage::tx_complete).at(0).a, 142U + 4 + 4);
}

// A tag in the data: the offsets count from the start of the packet all the same, and the protocol is the one behind
// it.
TEST(transmit, a_tag_in_the_data_hides_no_protocol) {
  bench b;
  b.up();
  bytes frame = tcp_frame(pattern(100, 1));
  const bytes tag{0x81, 0x00, 0x00, 0x05};
  frame.insert(frame.begin() + 12, tag.begin(), tag.end());
  stack::skb_ptr skb = b.packet(frame);
  skb->set_network_header(18);
  skb->ip_summed = stack::checksum_state::partial;
  skb->csum_start = static_cast<std::uint16_t>(skb->headroom() + 38);
  skb->csum_offset = 16;
  b.send_now(std::move(skb));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  EXPECT_EQ(b.nic.sent[0].descriptors[0][0], upper(0x00003626));  // TUCSS 38, TUCSO 54
  EXPECT_EQ(b.nic.sent[0].descriptors[0][1], 0x21000000U);
}

// 3000 bytes in segments of 1460: HDRLEN 54, PAYLEN 3000 = BB8, MSS 5B4; IPCSS 14, IPCSO 24, IPCSE 33; TUCSS 34,
// TUCSO 50.
TEST(transmit, a_tso_packet_takes_a_context_its_pieces_and_a_sentinel) {
  bench b;
  b.up();
  const bytes frame = tcp_frame(pattern(3000, 1));
  b.host.events.clear();
  b.send_now(as_tso(b.in_pieces(frame, 54, 3000), 1460));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  const auto& d = b.nic.sent[0].descriptors;
  ASSERT_EQ(d.size(), 4U);
  EXPECT_EQ(d[0][0], 0x0021180E | upper(0x00003222));
  EXPECT_EQ(d[0][1], 0x27000000 | 0xBB8 | upper(0x05B43600));    // DEXT, TSE, IP, TCP
  constexpr std::uint64_t tso_data = 0x26100000;                 // DEXT, TSE, IFCS, DTYP 1
  constexpr std::uint64_t options = std::uint64_t{0x300} << 32;  // IXSM, TXSM
  EXPECT_EQ(d[1][1], tso_data | 54 | options);
  EXPECT_EQ(d[2][1], tso_data | 2996 | options);  // DR-4: the last four bytes apart
  EXPECT_EQ(d[3][1], tso_data | end_of_packet | 4 | options);
  // DR-3: total length, header checksum and the length in the pseudo header's sum are the chip's to add.
  bytes expected = frame;
  put16(expected, 16, 0);
  put16(expected, 24, 0);
  put16(expected, 50, pseudo_header_sum(expected, 0));
  EXPECT_EQ(b.nic.sent[0].bytes, expected);
  // DR-6: headers count for each of the three segments.
  EXPECT_EQ(b.card.device().stats.tx_packets, 3U);
  EXPECT_EQ(b.card.device().stats.tx_bytes, 3054U + 2 * 54);
  EXPECT_EQ(b.host.of(stage::tx_complete).at(0).a, 3054U + 2 * 54 + 3 * 4);
}

// Both workarounds for what the card writes back too early (DR-4).
TEST(transmit, the_packet_behind_a_tso_packet_loses_four_bytes_to_a_descriptor_once) {
  bench b;
  b.up();
  const bytes plain = udp_frame(pattern(100, 1));
  b.send_now(as_tso(b.packet(tcp_frame(pattern(3000, 1))), 1460));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  ASSERT_EQ(b.nic.sent[0].descriptors.size(), 3U);  // linear: context, 3050, 4
  EXPECT_EQ(b.nic.sent[0].descriptors[1][1] & 0xFFFFF, 3050U);
  b.send_now(b.packet(plain));
  b.send_now(b.packet(plain));
  ASSERT_EQ(b.nic.sent.size(), 3U);
  ASSERT_EQ(b.nic.sent[1].descriptors.size(), 2U);
  EXPECT_EQ(b.nic.sent[1].descriptors[0][1], 0x02000000U | 138);  // IFCS
  EXPECT_EQ(b.nic.sent[1].descriptors[1][1], end_of_packet | 4);
  EXPECT_EQ(b.nic.sent[1].bytes, plain);
  EXPECT_EQ(b.nic.sent[2].descriptors.size(), 1U);
}

// DR-1: at most 4096 bytes, with TSO no more than four segments.
TEST(transmit, long_pieces_are_cut) {
  driver::config jumbo;
  jumbo.mtu = 9000;
  bench b(jumbo);
  b.up();
  const bytes frame = udp_frame(pattern(8958, 1));  // 9000 in all
  b.send_now(b.packet(frame));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  std::vector<std::uint64_t> lengths;
  for (const auto& d : b.nic.sent[0].descriptors) lengths.push_back(d[1] & 0xFFFF);
  EXPECT_EQ(lengths, (std::vector<std::uint64_t>{4096, 4096, 808}));
  EXPECT_EQ(b.nic.sent[0].bytes, frame);
  b.send_now(as_tso(b.in_pieces(tcp_frame(pattern(5000, 1)), 54, 5000), 536));  // 4 * 536 = 2144
  ASSERT_EQ(b.nic.sent.size(), 2U);
  lengths.clear();
  for (const auto& d : b.nic.sent[1].descriptors) lengths.push_back(d[1] & 0xFFFFF);
  EXPECT_EQ(lengths, (std::vector<std::uint64_t>{5000 /* PAYLEN */, 54, 2144, 2144, 708, 4}));
}

// DR-5: without a delay nobody asks the timer.
TEST(transmit, ide_is_set_where_the_timer_delays) {
  driver::config at_once;
  at_once.tx_int_delay = 0;
  bench b(at_once);
  b.up();
  b.send_now(b.packet(udp_frame(pattern(100, 1))));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  EXPECT_EQ(b.nic.sent[0].descriptors[0][1], 0x0B000000U | 142);
  EXPECT_EQ(b.nic.registers[reg::TIDV], 0U);
}

TEST(transmit, programs_the_transmit_unit_and_enables_it_with_the_link) {
  driver::config c;
  c.tx_ring_size = 100;  // rounded up to 104
  bench b(c);
  b.nic.phy.link = false;
  b.nic.registers[reg::STATUS] &= ~status::LU;
  b.up();
  EXPECT_EQ(b.nic.registers[reg::TDLEN], 104U * 16);
  EXPECT_EQ(b.nic.registers[reg::TDBAL] % 128, 0U);
  EXPECT_EQ(b.nic.registers[reg::TIPG], 0x00602008U);
  EXPECT_EQ(b.nic.registers[reg::TIDV], 8U);
  EXPECT_EQ(b.nic.registers[reg::TADV], 32U);
  EXPECT_EQ(b.nic.registers[reg::TXDCTL], 0x01010000U);
  EXPECT_EQ(b.nic.registers[reg::TCTL], 0x010000F8U);  // FS 10.2 step 4: EN and COLD come with the link
  EXPECT_FALSE(b.card.device().carrier);
  b.nic.set_link(true);
  b.host.run_for(2100 * ms);  // the interrupt finds the watchdog's work pending already: it is no sooner
  EXPECT_EQ(b.nic.registers[reg::TCTL], 0x0103F0FAU);  // FS 9.3, L-4
  EXPECT_TRUE(b.card.device().carrier);
}

// What the CPU wrote is given to the card before it is told (dma_map_single in memory that is not coherent).
TEST(transmit, pieces_are_handed_to_the_device) {
  bench b({}, {}, {}, 1, false);
  b.up();
  b.host.dma_calls.clear();
  b.send_now(b.in_pieces(udp_frame(pattern(500, 1)), 42, 300));
  ASSERT_EQ(b.nic.sent.size(), 1U);
  std::size_t handed = 0;
  for (std::size_t i = 0; i < b.nic.sent[0].descriptors.size(); ++i) {
    const auto& d = b.nic.sent[0].descriptors[i];
    const fake_host::dma_call call{'d', d[0], static_cast<std::size_t>(d[1] & 0xFFFF)};
    handed += static_cast<std::size_t>(std::count(b.host.dma_calls.begin(), b.host.dma_calls.end(), call));
  }
  EXPECT_EQ(handed, 3U);  // 42, 300, 200
}

class transmit_mode : public testing::TestWithParam<driver::receive_mode_kind> {};

TEST_P(transmit_mode, packets_come_back) {
  driver::config c;
  c.mode = GetParam();
  bench b(c);
  b.up();
  b.host.run_for(3 * second);  // poll mode hears of the link from its watchdog
  for (int i = 0; i < 10; ++i) b.send_now(b.packet(udp_frame(pattern(100, 1))));
  EXPECT_EQ(b.nic.sent.size(), 10U);
  EXPECT_EQ(b.host.count(stage::tx_complete), 10U);
  EXPECT_EQ(b.card.device().stats.tx_packets, 10U);
}

INSTANTIATE_TEST_SUITE_P(modes, transmit_mode,
                         testing::Values(driver::receive_mode_kind::napi, driver::receive_mode_kind::irq,
                                         driver::receive_mode_kind::poll));

}  // namespace
}  // namespace transmit_tests
}  // namespace ringside::test

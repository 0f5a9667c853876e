// SPDX-License-Identifier: Apache-2.0
// The receive front as a whole: the length and CRC table of FS 6.8, strips, counters of FS 6.10, overflow, events.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "tests/hw/rtl/front_bench.h"
#include "tests/hw/rtl/front_model.h"

namespace ringside::rtl_test {
namespace {

const bytes station = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
const bytes stranger = {0x52, 0x54, 0x00, 0x12, 0x34, 0x57};
const bytes all_ones(6, 0xFF);
constexpr std::uint32_t on = rctl::EN | rctl::BAM;

constexpr std::uint32_t every_counter[] = {reg::CRCERRS, reg::RXERRC, reg::MPC,    reg::RLEC,    reg::PRC64,
                                           reg::PRC127,  reg::PRC255, reg::PRC511, reg::PRC1023, reg::PRC1522,
                                           reg::GPRC,    reg::BPRC,   reg::MPRC,   reg::RNBC,    reg::RUC,
                                           reg::RFC,     reg::ROC,    reg::RJC,    reg::TPR};

// Every counter that is not zero, then cleared.
std::map<std::uint32_t, std::uint32_t> read_counters(front_bench& bench) {
  std::map<std::uint32_t, std::uint32_t> result;
  for (const auto reg : every_counter) {
    if (const auto value = bench.read(reg)) result[reg] = value;
  }
  for (const auto low : {reg::GORCL, reg::TORL}) {
    if (const auto value = bench.read(low)) result[low] = value;
    bench.read(low + 4);
  }
  return result;
}

using counts = std::map<std::uint32_t, std::uint32_t>;

bytes spoiled(bytes frame) {
  frame.back() ^= 0x01;
  return frame;
}

TEST(rx_front, stores_a_plain_frame) {
  front_bench bench;
  bench.pins().rctl_i = on;
  const bytes frame = make_frame(station, 64);
  bench.send(frame);
  const auto frames = bench.drain();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].data, frame);
  EXPECT_EQ(frames[0].tag, 1U);
  EXPECT_EQ(frames[0].status, 0x04);  // IXSM: no offload enabled
  EXPECT_EQ(frames[0].errors, 0x00);
  EXPECT_EQ(frames[0].special, 0U);
  const auto events = bench.take_events();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(events[0].accept && !events[0].commit);
  EXPECT_TRUE(events[1].commit && !events[1].accept);
}

struct outcome {
  bool stored;
  std::uint8_t errors;
  rx_reason why{};
  counts counters;
};

// FS 6.8 row by row, SBP off and on.
void check_row(const bytes& frame, bool lpe, int error_at, const outcome& plain, const outcome& with_sbp) {
  for (const bool sbp : {false, true}) {
    front_bench bench;
    bench.pins().rctl_i = on | (sbp ? rctl::SBP : 0) | (lpe ? rctl::LPE : 0);
    const outcome& want = sbp ? with_sbp : plain;
    bench.send(frame, 12, 7, error_at);
    const auto frames = bench.drain();
    ASSERT_EQ(frames.size(), want.stored ? 1U : 0U) << "length " << frame.size() << " sbp " << sbp;
    if (want.stored) {
      EXPECT_EQ(frames[0].data, frame);
      EXPECT_EQ(frames[0].errors, want.errors);
    }
    auto counters = want.counters;
    counters[reg::TPR] = 1;
    counters[reg::TORL] = static_cast<std::uint32_t>(frame.size());
    EXPECT_EQ(read_counters(bench), counters) << "length " << frame.size() << " sbp " << sbp;
    const auto events = bench.take_events();
    ASSERT_FALSE(events.empty());
    EXPECT_EQ(events.back().reason, want.why);
    EXPECT_EQ(events.back().commit, want.stored);
    EXPECT_EQ(events.back().drop, !want.stored);
    // The next frame is not disturbed.
    const auto next = make_frame(station, 70);
    bench.send(next);
    const auto after = bench.drain();
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0].data, next);
    EXPECT_EQ(after[0].errors, 0U);
  }
}

TEST(rx_front, runts_are_undersize_or_fragments) {
  for (std::size_t length = 18; length < 64; ++length) {
    const auto good = make_frame(station, length);
    const counts undersize = {{reg::RUC, 1}, {reg::RLEC, 1}};
    check_row(good, false, -1, {false, 0, rx_reason::undersize, undersize}, {true, 0, rx_reason::none, undersize});
    const counts fragment = {{reg::RFC, 1}, {reg::RLEC, 1}};
    check_row(spoiled(good), false, -1, {false, 0, rx_reason::fragment, fragment},
              {true, 1, rx_reason::none, fragment});
  }
  for (std::size_t length = 6; length < 18; ++length) {
    bytes frame = make_frame(station, 64);
    frame.resize(length);
    const counts fragment = {{reg::RFC, 1}, {reg::RLEC, 1}};
    check_row(frame, false, -1, {false, 0, rx_reason::fragment, fragment}, {true, 1, rx_reason::none, fragment});
  }
}

TEST(rx_front, a_frame_without_a_whole_address_passes_no_filter) {
  for (std::size_t length = 1; length < 6; ++length) {
    front_bench bench;
    bench.pins().rctl_i = on | rctl::UPE | rctl::MPE | rctl::SBP;
    bench.send(bytes(length, 0x22));
    EXPECT_TRUE(bench.drain().empty());
    EXPECT_EQ(read_counters(bench), (counts{{reg::TPR, 1}, {reg::TORL, static_cast<std::uint32_t>(length)}}));
    const auto events = bench.take_events();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].reject);
    EXPECT_EQ(events[0].reason, rx_reason::address_filter);
  }
}

TEST(rx_front, good_lengths_fill_their_bins) {
  struct bin {
    std::size_t first, last;
    std::uint32_t counter;
  };
  for (const auto& [first, last, counter] :
       {bin{64, 64, reg::PRC64}, bin{65, 127, reg::PRC127}, bin{128, 255, reg::PRC255}, bin{256, 511, reg::PRC511},
        bin{512, 1023, reg::PRC1023}, bin{1024, 1522, reg::PRC1522}}) {
    for (const std::size_t length : {first, first + (last - first) / 2, last}) {
      const auto size = static_cast<std::uint32_t>(length);
      const counts good = {{counter, 1}, {reg::GPRC, 1}, {reg::GORCL, size}};
      check_row(make_frame(station, length), false, -1, {true, 0, rx_reason::none, good},
                {true, 0, rx_reason::none, good});
      const counts crc = {{reg::CRCERRS, 1}};
      check_row(spoiled(make_frame(station, length)), false, -1, {false, 0, rx_reason::crc_error, crc},
                {true, 1, rx_reason::none, crc});
    }
  }
}

TEST(rx_front, limits_are_1522_and_16384) {
  const counts oversize = {{reg::ROC, 1}, {reg::RLEC, 1}};
  const counts jabber = {{reg::RJC, 1}, {reg::RLEC, 1}, {reg::CRCERRS, 1}};
  for (const std::size_t length : {1523UL, 1524UL, 1600UL, 9018UL, 16384UL}) {
    const auto frame = make_frame(station, length);
    check_row(frame, false, -1, {false, 0, rx_reason::oversize, oversize}, {true, 0, rx_reason::none, oversize});
    check_row(spoiled(frame), false, -1, {false, 0, rx_reason::jabber, jabber}, {true, 1, rx_reason::none, jabber});
    const counts good = {{reg::PRC1522, 1}, {reg::GPRC, 1}, {reg::GORCL, static_cast<std::uint32_t>(length)}};
    check_row(frame, true, -1, {true, 0, rx_reason::none, good}, {true, 0, rx_reason::none, good});
  }
  for (const std::size_t length : {16385UL, 20000UL, 32767UL, 32768UL, 40000UL}) {
    const auto frame = make_frame(station, length);
    check_row(frame, true, -1, {false, 0, rx_reason::oversize, oversize}, {true, 0, rx_reason::none, oversize});
    check_row(spoiled(frame), true, -1, {false, 0, rx_reason::jabber, jabber}, {true, 1, rx_reason::none, jabber});
  }
  // what is longer than the FIFO of 48 KiB is missed.
  const counts missed = {{reg::MPC, 1}};
  check_row(make_frame(station, 60000), true, -1, {false, 0, rx_reason::oversize, oversize},
            {false, 0, rx_reason::fifo_overflow, missed});
}

TEST(rx_front, rx_er_spoils_a_frame_wherever_it_stands) {
  // Preamble (IEEE 802.3 35.2.3), delimiter, first byte, address, middle, last byte of the FCS.
  for (const int at : {0, 6, 7, 8, 13, 40, 71}) {
    const auto frame = make_frame(station, 64);
    const counts error = {{reg::RXERRC, 1}};
    check_row(frame, false, at, {false, 0, rx_reason::rx_error, error}, {true, 0x80, rx_reason::none, error});
    const counts both = {{reg::RXERRC, 1}, {reg::CRCERRS, 1}};
    check_row(spoiled(frame), false, at, {false, 0, rx_reason::rx_error, both}, {true, 0x81, rx_reason::none, both});
  }
  const counts runt = {{reg::RUC, 1}, {reg::RLEC, 1}};  // RXERRC is for 64 bytes and more
  check_row(make_frame(station, 60), false, 20, {false, 0, rx_reason::undersize, runt},
            {true, 0x80, rx_reason::none, runt});
  const counts giant = {{reg::ROC, 1}, {reg::RLEC, 1}, {reg::RXERRC, 1}};
  check_row(make_frame(station, 1523), false, 20, {false, 0, rx_reason::oversize, giant},
            {true, 0x80, rx_reason::none, giant});
}

TEST(rx_front, errors_of_strangers_are_not_counted) {
  front_bench bench;
  bench.pins().rctl_i = on | rctl::SBP;
  for (const std::size_t length : {40UL, 64UL, 1600UL}) {
    bench.send(make_frame(stranger, length));
    bench.send(spoiled(make_frame(stranger, length)));
  }
  EXPECT_TRUE(bench.drain().empty());
  EXPECT_EQ(read_counters(bench), (counts{{reg::TPR, 6}, {reg::TORL, 2 * (40 + 64 + 1600)}}));
  for (const auto& event : bench.take_events()) EXPECT_EQ(event.reason, rx_reason::address_filter);
}

TEST(rx_front, nothing_counts_while_the_receiver_is_off_or_the_link_down) {
  front_bench bench;
  bench.pins().rctl_i = rctl::BAM | rctl::UPE;
  bench.send(make_frame(station, 64));
  bench.pins().rctl_i = on;
  bench.pins().link_up_i = 0;
  bench.send(make_frame(station, 64));
  bench.pins().link_up_i = 1;
  bench.send({}, 12, 20);               // a delimiter, no byte
  bench.send_raw(bytes(30, 0x55), 12);  // no delimiter
  EXPECT_TRUE(bench.drain().empty());
  EXPECT_EQ(read_counters(bench), counts{});
  const auto events = bench.take_events();
  ASSERT_EQ(events.size(), 4U);
  constexpr std::array why = {rx_reason::rx_disabled, rx_reason::link_down, rx_reason::fragment, rx_reason::fragment};
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_TRUE(events[i].reject);
    EXPECT_EQ(events[i].reason, why[i]);
    EXPECT_EQ(events[i].tag, i + 1);
  }
}

TEST(rx_front, broadcast_and_multicast_have_their_counters) {
  front_bench bench;
  bench.pins().rctl_i = on | rctl::MPE;
  bench.send(make_frame(all_ones, 64));
  bench.send(make_frame({0x01, 0x00, 0x5E, 1, 2, 3}, 64));
  bench.send(make_frame({0x33, 0x33, 0x00, 1, 2, 3}, 64));
  bench.send(spoiled(make_frame(all_ones, 64)));
  EXPECT_EQ(read_counters(bench), (counts{{reg::BPRC, 1},
                                          {reg::MPRC, 2},
                                          {reg::GPRC, 3},
                                          {reg::PRC64, 3},
                                          {reg::GORCL, 192},
                                          {reg::CRCERRS, 1},
                                          {reg::TPR, 4},
                                          {reg::TORL, 256}}));
}

TEST(rx_front, crc_and_tag_are_taken_out) {
  for (std::size_t length = 60; length < 90; ++length) {
    for (unsigned bits = 0; bits < 4; ++bits) {
      const bool secrc = (bits & 1) != 0;
      const bool vme = (bits & 2) != 0;
      front_bench bench;
      bench.pins().rctl_i = on | (secrc ? rctl::SECRC : 0);
      bench.pins().vme_i = vme;
      const auto frame = with_tag(make_frame(station, length), 0x8100, 0xB123);
      bytes want = frame;
      if (secrc) want.resize(want.size() - 4);
      if (vme) want.erase(want.begin() + 12, want.begin() + 16);
      bench.send(frame);
      const auto frames = bench.drain();
      ASSERT_EQ(frames.size(), 1U);
      EXPECT_EQ(frames[0].data, want);
      EXPECT_EQ(frames[0].special, vme ? 0xB123 : 0);
      EXPECT_EQ(frames[0].status, vme ? 0x0C : 0x04);
      EXPECT_EQ(bench.read(reg::GORCL), frame.size());  // DA..CRC
      EXPECT_EQ(bench.read(length == 60 ? reg::PRC64 : reg::PRC127), 1U);
    }
  }
}

// FS 5.3, R-42, R-43: SBP stores runts as well, and below 20 bytes the four that SECRC takes reach into what VME has
// taken. The packet checksum is over what is stored (both strips come first).
TEST(rx_front, checksum_of_the_shortest_tagged_frames_is_over_what_is_stored) {
  const auto tagged = with_tag(make_frame(station, 64), 0x8100, 0xB123);
  for (std::size_t length = 8; length <= 30; ++length) {
    for (unsigned bits = 0; bits < 4; ++bits) {
      for (const unsigned pcss : {0U, 1U, 7U, 12U, 13U, 20U}) {
        const bool secrc = (bits & 1) != 0;
        const bool vme = (bits & 2) != 0;
        front_bench bench;
        bench.pins().rctl_i = on | rctl::SBP | (secrc ? rctl::SECRC : 0);
        bench.pins().vme_i = vme;
        bench.pins().rxcsum_i = static_cast<std::uint16_t>(pcss);
        bytes want(tagged.begin(), tagged.begin() + static_cast<std::ptrdiff_t>(length));
        bench.send(want);
        if (vme && length >= 16) want.erase(want.begin() + 12, want.begin() + 16);
        if (secrc) want.resize(want.size() - 4);
        const auto frames = bench.drain();
        ASSERT_EQ(frames.size(), 1U);
        EXPECT_EQ(frames[0].data, want) << length << " secrc " << secrc << " vme " << vme;
        EXPECT_EQ(frames[0].csum, front_model::packet_checksum(want, pcss))
            << length << " secrc " << secrc << " vme " << vme << " pcss " << pcss;
      }
    }
  }
}

// A UDP datagram whose checksums were worked out by hand: IPv4 10.0.0.1 to 10.0.0.2, ports 1 to 2, data "hi".
bytes udp_frame(std::uint8_t ip_damage, std::uint8_t udp_damage) {
  bytes frame = station;
  const bytes rest = {0x02, 0, 0, 0, 0, 1, 0x08, 0x00,
                      // 4500+001e+0000+4000+4011+0a00+0001+0a00+0002 = d932
                      0x45, 0x00, 0x00, 0x1E, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11, 0x26, 0xCD, 10, 0, 0, 1, 10, 0, 0, 2,
                      // 0a00+0001+0a00+0002+0011+000a + 0001+0002+000a+6869 = 7c94
                      0x00, 0x01, 0x00, 0x02, 0x00, 0x0A, 0x83, 0x6B, 'h', 'i'};
  frame.insert(frame.end(), rest.begin(), rest.end());
  frame[24] = static_cast<std::uint8_t>(frame[24] ^ ip_damage);
  frame[42] = static_cast<std::uint8_t>(frame[42] ^ udp_damage);
  frame.resize(60);
  return with_fcs(frame);
}

TEST(rx_front, offload_results_reach_the_descriptor_bytes) {  // FS 5.1, FS 5.2, R-82
  front_bench bench;
  auto& m = bench.pins();
  m.rctl_i = on;
  struct expectation {
    unsigned rxcsum;
    std::uint8_t ip_damage, udp_damage, status, errors;
  };
  for (const auto& want : {expectation{0x000, 0, 0, 0x04, 0x00}, expectation{0x300, 0, 0, 0x60, 0x00},
                           expectation{0x100, 0, 0, 0x40, 0x00}, expectation{0x200, 0, 0, 0x20, 0x00},
                           expectation{0x300, 1, 0, 0x60, 0x40}, expectation{0x300, 0, 1, 0x60, 0x20},
                           expectation{0x300, 1, 1, 0x60, 0x60}, expectation{0x000, 1, 1, 0x04, 0x00}}) {
    m.rxcsum_i = static_cast<std::uint16_t>(want.rxcsum);
    bench.send(udp_frame(want.ip_damage, want.udp_damage));
    m.rxcsum_i = static_cast<std::uint16_t>(~want.rxcsum & 0x7FF);  // the frame keeps what stood at its SFD
    const auto frames = bench.drain();
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].status, want.status);
    EXPECT_EQ(frames[0].errors, want.errors);
  }
  m.rxcsum_i = 0x300;
  bench.send(make_frame(station, 64));
  EXPECT_EQ(bench.drain().at(0).status, 0x04);  // not recognised
  m.vme_i = 1;
  bench.send(with_tag(udp_frame(0, 0), 0x8100, 5));
  EXPECT_EQ(bench.drain().at(0).status, 0x68);
}

// R-31, N-15, N-16: what does not fit is lost whole and counted; what fits later comes in.
TEST(rx_front, overflow_loses_whole_frames_and_goes_on) {
  front_bench bench;
  bench.pins().rctl_i = on;
  bench.pins().pba_rxa_i = 8;
  const unsigned fits = 8192 / (16 + 1520);  // five of 1514, 512 bytes left
  for (unsigned i = 0; i < fits + 2; ++i) bench.send(make_frame(station, 1514, i));
  bench.send(make_frame(station, 300, 77));  // fits
  EXPECT_EQ(bench.rxo_pulses(), 2U);
  const auto frames = bench.drain();
  ASSERT_EQ(frames.size(), fits + 1);
  for (unsigned i = 0; i < fits; ++i) EXPECT_EQ(frames[i].data, make_frame(station, 1514, i));
  EXPECT_EQ(frames.back().data, make_frame(station, 300, 77));
  EXPECT_EQ(bench.read(reg::MPC), 2U);
  EXPECT_EQ(bench.read(reg::GPRC), fits + 1);
  EXPECT_EQ(bench.read(reg::TPR), fits + 3);
  for (unsigned i = 0; i < fits + 2; ++i) {
    bench.send(make_frame(station, 1514, i));
    EXPECT_EQ(bench.drain().size(), 1U);
  }
  EXPECT_EQ(bench.read(reg::MPC), 0U);
}

TEST(rx_front, crc_that_is_stripped_needs_no_room) {
  // Five frames of 1522 with their FCS off: 1518 stored, 1520 rounded up, 16 for the status: 7680.  512 are left, a
  // frame that stores 496 bytes fills them; with its FCS it would need a word more.
  for (const bool secrc : {true, false}) {
    front_bench bench;
    bench.pins().rctl_i = on | (secrc ? rctl::SECRC : 0);
    bench.pins().pba_rxa_i = 8;
    for (unsigned i = 0; i < 5; ++i) bench.send(make_frame(station, secrc ? 1522 : 1518, i));
    bench.send(make_frame(station, 500, 9));
    EXPECT_EQ(bench.rxo_pulses(), secrc ? 0U : 1U);
    EXPECT_EQ(bench.drain().size(), secrc ? 6U : 5U);
  }
}

TEST(rx_front, no_descriptor_counts_good_frames_stored_or_missed) {
  front_bench bench;
  bench.pins().rctl_i = on | rctl::SBP;
  bench.pins().pba_rxa_i = 8;
  bench.pins().no_desc_i = 1;
  for (unsigned i = 0; i < 7; ++i) bench.send(make_frame(station, 1514, i));
  bench.send(spoiled(make_frame(station, 64)));
  bench.send(make_frame(stranger, 64));
  EXPECT_EQ(bench.rnbc_pulses(), 7U);
  EXPECT_EQ(bench.read(reg::RNBC), 7U);
  EXPECT_EQ(bench.read(reg::MPC), 2U);
  bench.pins().no_desc_i = 0;
  bench.send(make_frame(station, 64));
  EXPECT_EQ(bench.read(reg::RNBC), 0U);
}

TEST(rx_front, registers_of_other_blocks_read_zero) {
  front_bench bench;
  bench.read(reg::RAL);
  for (const std::uint32_t address : {reg::CTRL, reg::STATUS, reg::ICR, reg::RCTL, reg::RDH, reg::RXCSUM, reg::WUC}) {
    EXPECT_EQ(bench.read(address), 0U) << std::hex << address;
  }
  EXPECT_EQ(bench.read(reg::RAL), 0x12005452U);
}

}  // namespace
}  // namespace ringside::rtl_test

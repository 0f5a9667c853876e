// SPDX-License-Identifier: Apache-2.0
// Receive MAC: bursts, tags, SFD, length, FCS, RX_ER, resets.
#include <Ve1000_rx_mac.h>
#include <Ve1000_rx_mac___024root.h>

#include <vector>

#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {
namespace {

struct burst_end {
  bool is_frame = false, crc_ok = false, rx_er = false, cut = false;
  unsigned length = 0;
  unsigned tag = 0;
  bytes data;
};

class mac_bench {
 public:
  explicit mac_bench(int seed = start_seed()) : bench_(seed) {
    auto& m = bench_.pins();
    m.soft_rst_i = 0;
    m.gmii_ce_i = 1;
    m.loop_i = 0;
    m.loop_ce_i = 1;
    m.loop_dv_i = 0;
    m.loop_data_i = 0;
    quiet();
    m.rst_ni = 0;
    for (int i = 0; i < 3; ++i) tick();
    m.rst_ni = 1;
    idle(2);
    ends.clear();
  }

  void tick() {
    auto& m = bench_.pins();
    m.eval();
    sample();
    bench_.tick();
    m.soft_rst_i = 0;
    quiet();
    m.eval();
  }

  void idle(unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) tick();
  }

  void send(const bytes& burst, unsigned gap = 12, int error_at = -1, unsigned period = 1) {
    for (std::size_t i = 0; i < burst.size() + gap; ++i) {
      for (unsigned part = 0; part < period; ++part) {
        auto& m = bench_.pins();
        const bool valid = i < burst.size();
        m.gmii_ce_i = part == 0;
        m.gmii_rx_dv_i = valid;
        m.gmii_rxd_i = valid ? burst[i] : 0;
        m.gmii_rx_er_i = static_cast<int>(i) == error_at;
        tick();
      }
    }
    bench_->gmii_ce_i = 1;
  }

  static bytes framed(const bytes& frame, unsigned preamble = 7) {
    bytes burst(preamble, 0x55);
    burst.push_back(0xD5);
    burst.insert(burst.end(), frame.begin(), frame.end());
    return burst;
  }

  Ve1000_rx_mac& pins() { return bench_.pins(); }

  std::vector<burst_end> ends;

 private:
  void quiet() {
    bench_->gmii_rx_dv_i = 0;
    bench_->gmii_rx_er_i = 0;
    bench_->gmii_rxd_i = 0xEE;
  }

  // What the MAC says in the cycle before the edge.
  void sample() {
    if (bench_.pins().rst_ni == 0) return;  // registers hold anything before the first edge in reset
    auto& m = bench_.pins();
    if (m.sfd_o) data_.clear();
    if (m.byte_en_o) {
      EXPECT_EQ(m.index_o, data_.size() < 65535 ? data_.size() : 65535);
      EXPECT_EQ(m.head_o, data_.size() < 17);  // the filter looks at 16 bytes and is asked with the next
      data_.push_back(m.byte_o);
    }
    if (m.eob_o || m.cut_o) {
      ends.push_back({.is_frame = m.is_frame_o != 0,
                      .crc_ok = m.crc_ok_o != 0,
                      .rx_er = m.rx_er_o != 0,
                      .cut = m.cut_o != 0,
                      .length = m.index_o,
                      .tag = m.tag_o,
                      .data = data_});
    }
  }

  module_bench<Ve1000_rx_mac> bench_;
  bytes data_;
};

const bytes da = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};

// Registers and outputs, as Verilator names them.
std::vector<unsigned> state_of(Ve1000_rx_mac& model) {
  const auto& r = *model.rootp;
  return {r.e1000_rx_mac__DOT__rxd_q,
          r.e1000_rx_mac__DOT__hunt_q,
          r.e1000_rx_mac__DOT__data_q,
          r.e1000_rx_mac__DOT__skip_q,
          r.e1000_rx_mac__DOT__tag_q,
          r.e1000_rx_mac__DOT__count_q,
          r.e1000_rx_mac__DOT__crc_q,
          r.byte_o,
          r.index_o};
}

// A failure must come back: the state before reset is the seed's and not the run's.
TEST(rx_mac, starts_as_the_seed_says) {
  const auto from = [](auto... seed) {
    module_bench<Ve1000_rx_mac> bench(seed...);
    return state_of(bench.pins());
  };
  EXPECT_EQ(from(), from(GTEST_FLAG_GET(random_seed)));  // 0 unless the command line says otherwise
  EXPECT_EQ(from(7), from(7));
  EXPECT_NE(from(7), from(8));
}

TEST(rx_mac, comes_out_of_reset_from_any_state) {
  const auto frame = make_frame(da, 64);
  for (int seed = 0; seed < 64; ++seed) {
    mac_bench bench(seed);
    bench.send(mac_bench::framed(frame));
    ASSERT_EQ(bench.ends.size(), 1U) << seed;
    EXPECT_TRUE(bench.ends[0].is_frame && bench.ends[0].crc_ok && !bench.ends[0].rx_er) << seed;
    EXPECT_EQ(bench.ends[0].data, frame) << seed;
    EXPECT_EQ(bench.ends[0].tag, 1U) << seed;
  }
}

// IEEE 802.3 CRC-32 of "123456789" is CBF43926, the catalogue's check value.
TEST(rx_mac, accepts_the_check_value_of_crc_32) {
  mac_bench bench;
  const bytes check = {'1', '2', '3', '4', '5', '6', '7', '8', '9', 0x26, 0x39, 0xF4, 0xCB};
  bench.send(mac_bench::framed(check));
  ASSERT_EQ(bench.ends.size(), 1U);
  EXPECT_TRUE(bench.ends[0].crc_ok);
  EXPECT_EQ(bench.ends[0].length, 13U);
  EXPECT_EQ(bench.ends[0].tag, 1U);
}

TEST(rx_mac, every_length_and_every_flipped_bit) {
  mac_bench bench;
  for (std::size_t length = 5; length <= 1530; length += length < 130 ? 1 : 47) {
    const auto frame = make_frame(da, length < 18 ? 18 : length);
    bench.send(mac_bench::framed(frame));
    ASSERT_TRUE(bench.ends.back().crc_ok);
    EXPECT_EQ(bench.ends.back().data, frame);
    EXPECT_EQ(bench.ends.back().length, frame.size());
  }
  const auto good = make_frame(da, 64);
  for (std::size_t bit = 0; bit < 64 * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    bench.send(mac_bench::framed(bad));
    ASSERT_FALSE(bench.ends.back().crc_ok) << bit;
  }
}

TEST(rx_mac, preamble_of_any_length_and_content) {
  mac_bench bench;
  const auto frame = make_frame(da, 64);
  for (unsigned preamble = 0; preamble < 30; ++preamble) bench.send(mac_bench::framed(frame, preamble));
  for (const auto noise :
       std::initializer_list<std::uint8_t>{0x00, 0xFF, 0x5D, 0x54}) {  // IEEE 802.3 4.2.9: discarded until the SFD
    auto burst = mac_bench::framed(frame);
    burst[2] = noise;
    bench.send(burst);
  }
  ASSERT_EQ(bench.ends.size(), 34U);
  for (std::size_t i = 0; i < bench.ends.size(); ++i) {
    EXPECT_TRUE(bench.ends[i].is_frame && bench.ends[i].crc_ok) << i;
    EXPECT_EQ(bench.ends[i].data, frame);
    EXPECT_EQ(bench.ends[i].tag, i + 1);
  }
}

TEST(rx_mac, a_delimiter_inside_the_frame_is_data) {
  mac_bench bench;
  auto body = make_frame(da, 60);
  body.resize(56);
  for (std::size_t i = 20; i < 40; ++i) body[i] = 0xD5;
  const auto frame = with_fcs(body);
  bench.send(mac_bench::framed(frame));
  EXPECT_TRUE(bench.ends[0].crc_ok);
  EXPECT_EQ(bench.ends[0].data, frame);
}

TEST(rx_mac, bursts_without_a_frame_take_a_tag_and_end_once) {
  mac_bench bench;
  bench.send({0x55});
  bench.send(bytes(200, 0x55));
  bench.send({0x55, 0xD5});  // delimiter, no byte
  bench.send(mac_bench::framed(make_frame(da, 64)));
  ASSERT_EQ(bench.ends.size(), 4U);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(bench.ends[static_cast<std::size_t>(i)].is_frame) << i;
  EXPECT_TRUE(bench.ends[3].is_frame);
  EXPECT_EQ(bench.ends[3].tag, 4U);
}

TEST(rx_mac, rx_er_counts_from_the_first_byte_to_the_end) {  // IEEE 802.3 35.2.1.5, 35.2.3
  mac_bench bench;
  const auto frame = make_frame(da, 64);
  const auto burst = mac_bench::framed(frame);
  for (std::size_t at = 0; at < burst.size() + 4; ++at) {
    bench.send(burst, 12, static_cast<int>(at));
    const bool inside = at < burst.size();
    ASSERT_EQ(bench.ends.back().rx_er, inside) << at;
    ASSERT_TRUE(bench.ends.back().crc_ok);
  }
  bench.send(burst);
  EXPECT_FALSE(bench.ends.back().rx_er) << "carried over";
  bench.send({}, 5, 2);  // false carrier between frames
  EXPECT_FALSE(bench.pins().clk_req_o);
}

TEST(rx_mac, one_idle_cycle_separates_frames) {
  mac_bench bench;
  const auto frame = make_frame(da, 64);
  for (unsigned gap = 1; gap < 20; ++gap) {
    for (const unsigned preamble : {0U, 1U, 7U}) bench.send(mac_bench::framed(frame, preamble), gap);
  }
  bench.idle(4);
  ASSERT_EQ(bench.ends.size(), 57U);
  for (const auto& end : bench.ends) EXPECT_TRUE(end.crc_ok && end.data == frame);
}

TEST(rx_mac, slow_links_give_a_byte_every_10_or_100_cycles) {
  mac_bench bench;
  const auto frame = make_frame(da, 80);
  for (const unsigned period : {10U, 100U}) {
    bench.send(mac_bench::framed(frame), 12, -1, period);
    EXPECT_TRUE(bench.ends.back().crc_ok);
    EXPECT_EQ(bench.ends.back().data, frame);
  }
  EXPECT_EQ(bench.ends.size(), 2U);
}

TEST(rx_mac, endless_burst_stops_counting_at_65535) {
  mac_bench bench;
  bench.send(mac_bench::framed(bytes(70000, 0x11)));
  EXPECT_EQ(bench.ends.back().length, 65535U);
}

// the frame under way is cut and the rest of its burst ignored; the tag goes on.
TEST(rx_mac, soft_reset_cuts_the_burst_at_every_byte) {
  const auto frame = make_frame(da, 64);
  auto burst = mac_bench::framed(frame);
  burst[30] = 0xD5;  // must not be taken for a delimiter after the cut
  for (std::size_t at = 0; at < burst.size() + 6; ++at) {
    mac_bench bench;
    bench.send(mac_bench::framed(frame));
    for (std::size_t i = 0; i < burst.size() + 12; ++i) {
      auto& m = bench.pins();
      m.soft_rst_i = i == at;
      m.gmii_rx_dv_i = i < burst.size();
      if (i < burst.size()) m.gmii_rxd_i = burst[i];
      bench.tick();
    }
    bench.send(mac_bench::framed(frame));
    ASSERT_EQ(bench.ends.size(), 3U) << at;
    EXPECT_EQ(bench.ends[1].tag, 2U);
    // Cycle 1 of the burst is the first the registered pins show; in it nothing is open yet.
    EXPECT_EQ(bench.ends[1].cut, at >= 2 && at <= burst.size() + 1) << at;
    EXPECT_EQ(bench.ends[2].tag, 3U);
    EXPECT_TRUE(bench.ends[2].crc_ok);
  }
}

TEST(rx_mac, a_burst_under_way_at_power_on_is_not_counted) {
  mac_bench bench;
  auto& m = bench.pins();
  for (int i = 0; i < 40; ++i) {
    m.rst_ni = i >= 10;
    m.gmii_rx_dv_i = 1;
    m.gmii_rxd_i = i == 20 ? 0xD5 : 0x55;
    bench.tick();
  }
  bench.idle(5);
  EXPECT_TRUE(bench.ends.empty());
  bench.send(mac_bench::framed(make_frame(da, 64)));
  ASSERT_EQ(bench.ends.size(), 1U);
  EXPECT_EQ(bench.ends[0].tag, 1U);
}

TEST(rx_mac, tag_wraps_after_65535) {
  mac_bench bench;
  for (int i = 0; i < 65537; ++i) bench.send({0x55}, 1);
  bench.idle(2);
  EXPECT_EQ(bench.ends[65534].tag, 65535U);
  EXPECT_EQ(bench.ends[65535].tag, 0U);
  EXPECT_EQ(bench.ends[65536].tag, 1U);
}

}  // namespace
}  // namespace ringside::rtl_test

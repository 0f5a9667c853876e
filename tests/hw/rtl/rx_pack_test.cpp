// SPDX-License-Identifier: Apache-2.0
// Byte packer: 8-byte words, byte 0 in bits 7:0, and the removal of a VLAN tag at bytes 12..15.
#include <Ve1000_rx_pack.h>

#include <random>

#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {
namespace {

// The bytes of all words handed out for a frame, and how many were in the last one.
bytes run(module_bench<Ve1000_rx_pack>& bench, const bytes& frame, bool strip, unsigned stall = 0) {
  auto& m = bench.pins();
  bytes out;
  auto step = [&] {
    m.eval();
    if (m.word_en_o) {
      for (unsigned lane = 0; lane < 8; ++lane) out.push_back(static_cast<std::uint8_t>(m.word_o >> (8 * lane)));
    }
    bench.tick();
  };
  m.byte_en_i = 0;
  m.flush_i = 0;
  m.sfd_i = 1;
  step();
  m.sfd_i = 0;
  for (std::size_t i = 0; i < frame.size(); ++i) {
    m.byte_en_i = 1;
    m.byte_i = frame[i];
    m.index_i = static_cast<std::uint16_t>(i);
    m.strip_i = strip && i >= 14;
    step();
    m.byte_en_i = 0;
    for (unsigned k = 0; k < stall; ++k) step();
  }
  m.flush_i = 1;
  step();
  m.flush_i = 0;
  EXPECT_EQ(m.stripped_o, strip && frame.size() >= 16);
  return out;
}

TEST(rx_pack, every_length_with_and_without_a_tag) {
  module_bench<Ve1000_rx_pack> bench;
  std::mt19937 random(8);
  for (std::size_t length = 1; length < 200; ++length) {
    for (const bool strip : {false, true}) {
      bytes frame(length);
      for (auto& byte : frame) byte = static_cast<std::uint8_t>(random());
      bytes want = frame;
      if (strip && length >= 16) want.erase(want.begin() + 12, want.begin() + 16);
      bytes got = run(bench, frame, strip, static_cast<unsigned>(length % 3));
      ASSERT_EQ(got.size(), (want.size() + 7) / 8 * 8) << length << strip;
      got.resize(want.size());
      ASSERT_EQ(got, want) << length << strip;
    }
  }
}

TEST(rx_pack, flush_of_a_full_word_gives_nothing_more) {
  module_bench<Ve1000_rx_pack> bench;
  EXPECT_EQ(run(bench, bytes(64, 7), false).size(), 64U);
  EXPECT_EQ(run(bench, bytes(68, 7), true).size(), 64U);
  EXPECT_EQ(run(bench, bytes(65, 7), false).size(), 72U);
}

}  // namespace
}  // namespace ringside::rtl_test

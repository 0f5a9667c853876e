// SPDX-License-Identifier: Apache-2.0
// Address and VLAN filter, FS 6.7, and its registers: RAL/RAH, MTA, VFTA.
#include <Ve1000_rx_filter.h>

#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/module_bench.h"
#include "tests/hw/rtl/reg_bus.h"
#include "tests/hw/rtl/wire_bytes.h"

namespace ringside::rtl_test {
namespace {

const bytes station = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
const bytes hash_example = {0x01, 0xAA, 0x00, 0x12, 0x34, 0x56};  // FS 6.7
const bytes all_ones(6, 0xFF);

// rx_cfg_t from bit 29 down: en link sbp upe mpe lpe mo[2] bam vfe cfien cfi secrc vme vet[16].
struct config {
  bool upe = false, mpe = false, bam = true, vfe = false, cfien = false, cfi = false;
  unsigned mo = 0;
  std::uint32_t vet = 0x8100;
  std::uint32_t packed() const {
    return 3U << 28 | static_cast<std::uint32_t>(upe) << 26 | static_cast<std::uint32_t>(mpe) << 25 | mo << 22 |
           static_cast<std::uint32_t>(bam) << 21 | static_cast<std::uint32_t>(vfe) << 20 |
           static_cast<std::uint32_t>(cfien) << 19 | static_cast<std::uint32_t>(cfi) << 18 | vet;
  }
};

// rx_match_t.
struct match {
  bool l2 = false, vlan = false, pif = false, broadcast = false, multicast = false, tagged = false;
  unsigned tci = 0;
};

class filter_bench {
 public:
  filter_bench() {
    auto& m = bench_.pins();
    m.rst_ni = 0;
    m.soft_rst_i = 0;
    m.mac_load_i = 0;
    m.mac_addr_i = 0x563412005452;
    m.sfd_i = 0;
    m.byte_en_i = 0;
    m.flow_address_i = 0x010000C28001;
    m.flow_type_i = 0x8808;
    m.reg_i = 0;
    bench_.tick();
    m.rst_ni = 1;
    for (unsigned i = 0; i < 128; ++i) {  // the tables start undefined (FS 2.5)
      write(reg::MTA + 4 * i, 0);
      write(reg::VFTA + 4 * i, 0);
    }
  }

  Ve1000_rx_filter& pins() { return bench_.pins(); }

  void write(std::uint32_t reg, std::uint32_t value) {
    pins().reg_i = reg_write(reg, value);
    bench_.tick();
    pins().reg_i &= ~reg_strobes;
  }

  std::uint32_t read(std::uint32_t reg) {
    pins().reg_i = reg_read(reg);
    pins().eval();
    const std::uint32_t value = pins().reg_rdata_o;
    bench_.tick();
    pins().reg_i &= ~reg_strobes;
    return value;
  }

  void set_entry(unsigned index, const bytes& a, std::uint32_t upper = 1U << 31) {
    write(reg::RAL + 8 * index, a[0] | a[1] << 8 | a[2] << 16 | static_cast<std::uint32_t>(a[3]) << 24);
    write(reg::RAH + 8 * index, a[4] | a[5] << 8 | upper);
  }

  match run(const bytes& frame, const config& settings = {}) {
    auto& m = pins();
    m.cfg_i = settings.packed();
    m.sfd_i = 1;
    bench_.tick();
    m.sfd_i = 0;
    m.byte_en_i = 1;
    for (std::size_t i = 0; i < frame.size(); ++i) {
      m.byte_i = frame[i];
      m.index_i = static_cast<std::uint16_t>(i);
      bench_.tick();
    }
    m.byte_en_i = 0;
    m.eval();
    const auto bits = m.match_o;
    bench_.tick();
    EXPECT_EQ(m.match_o, bits);  // it stands: a frame may end long after its head
    return {.l2 = (bits >> 21 & 1) != 0,
            .vlan = (bits >> 20 & 1) != 0,
            .pif = (bits >> 19 & 1) != 0,
            .broadcast = (bits >> 18 & 1) != 0,
            .multicast = (bits >> 17 & 1) != 0,
            .tagged = (bits >> 16 & 1) != 0,
            .tci = bits & 0xFFFF};
  }

  match to(const bytes& da, const config& settings = {}) { return run(make_frame(da, 64), settings); }

 private:
  module_bench<Ve1000_rx_filter> bench_;
};

TEST(rx_filter, entry_zero_comes_from_the_eeprom) {
  filter_bench bench;
  EXPECT_EQ(bench.read(reg::RAL), 0x12005452U);
  EXPECT_EQ(bench.read(reg::RAH), 0x80005634U);
  for (unsigned i = 1; i < 16; ++i) EXPECT_EQ(bench.read(reg::RAH + 8 * i) >> 31, 0U);
  EXPECT_TRUE(bench.to(station).l2);
}

TEST(rx_filter, soft_reset_reloads_entries_and_keeps_tables) {
  filter_bench bench;
  bench.set_entry(0, hash_example);
  bench.set_entry(15, all_ones);
  bench.write(reg::MTA + 4 * 77, 0x12345678);
  bench.write(reg::VFTA + 4 * 127, 0x9ABCDEF0);
  bench.pins().soft_rst_i = 1;
  bench.read(reg::RAL);
  bench.pins().soft_rst_i = 0;
  EXPECT_EQ(bench.read(reg::RAL), 0x12005452U);
  EXPECT_EQ(bench.read(reg::RAH), 0x80005634U);
  EXPECT_EQ(bench.read(reg::RAH + 8 * 15) >> 31, 0U);
  EXPECT_EQ(bench.read(reg::MTA + 4 * 77), 0x12345678U);
  EXPECT_EQ(bench.read(reg::VFTA + 4 * 127), 0x9ABCDEF0U);
}

TEST(rx_filter, ee_rst_reloads_entry_zero_alone) {
  filter_bench bench;
  bench.set_entry(0, hash_example, 3U << 16);
  bench.set_entry(15, all_ones);
  bench.write(reg::CTRL_EXT, 0xFFFFFFFF & ~ctrl_ext::EE_RST);
  EXPECT_FALSE(bench.to(station).l2);
  bench.write(reg::CTRL_EXT, ctrl_ext::EE_RST);
  EXPECT_EQ(bench.read(reg::RAL), 0x12005452U);
  EXPECT_EQ(bench.read(reg::RAH), 0x80005634U);
  EXPECT_EQ(bench.read(reg::RAH + 8 * 15), 0x8000FFFFU);
  EXPECT_TRUE(bench.to(station).l2);
}

// F-1, F-5: {control, pause} of flow_o, whatever else the filter thinks of the frame.
TEST(rx_filter, mac_control_frames_are_known) {
  filter_bench bench;
  const bytes flow = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
  const auto kind = [&](const bytes& da, unsigned type, unsigned opcode) {
    bytes frame = make_frame(da, 64);
    frame[12] = static_cast<std::uint8_t>(type >> 8);
    frame[13] = static_cast<std::uint8_t>(type);
    frame[14] = static_cast<std::uint8_t>(opcode >> 8);
    frame[15] = static_cast<std::uint8_t>(opcode);
    bench.run(frame);
    return static_cast<unsigned>(bench.pins().flow_o);
  };
  for (const bytes& da : {flow, station}) {
    EXPECT_EQ(kind(da, 0x8808, 1), 3U);
    for (const unsigned opcode : {0U, 2U, 0x0100U, 0x0101U, 0x8001U}) EXPECT_EQ(kind(da, 0x8808, opcode), 2U);
    for (const unsigned type : {0x8809U, 0x0808U, 0x8800U}) EXPECT_EQ(kind(da, type, 1), 0U);
    for (unsigned bit = 0; bit < 48; ++bit) {  // no other address
      bytes other = da;
      other[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      EXPECT_EQ(kind(other, 0x8808, 1), 0U) << bit;
    }
  }
  bench.set_entry(0, hash_example, 0);  // RA0 counts as software wrote it, valid or not
  EXPECT_EQ(kind(hash_example, 0x8808, 1), 3U);
  EXPECT_EQ(kind(station, 0x8808, 1), 0U);
}

TEST(rx_filter, an_entry_half_written_after_a_reset_has_zeros_in_the_other_half) {
  filter_bench bench;
  bench.set_entry(2, {0x50, 0x11, 0x22, 0x33, 0x44, 0x55});
  bench.pins().soft_rst_i = 1;
  bench.read(reg::RAL);
  bench.pins().soft_rst_i = 0;
  bench.write(reg::RAH + 8 * 2, 1U << 31 | 0x5544);
  EXPECT_EQ(bench.read(reg::RAL + 8 * 2), 0U);
  EXPECT_FALSE(bench.to({0x50, 0x11, 0x22, 0x33, 0x44, 0x55}).l2);
  EXPECT_TRUE(bench.to({0x00, 0x00, 0x00, 0x00, 0x44, 0x55}).l2);
  bench.write(reg::RAL + 8 * 3, 0x44332211);
  EXPECT_EQ(bench.read(reg::RAH + 8 * 3), 0U);
}

TEST(rx_filter, registers_read_back_their_masks_and_nothing_else) {  // FS 2.5, FS 11.2
  filter_bench bench;
  for (const std::uint32_t pattern : {0x5A5A5A5AU, 0xA5A5A5A5U, 0xFFFFFFFFU, 0x00000000U}) {
    for (unsigned i = 0; i < 16; ++i) {
      bench.write(reg::RAL + 8 * i, pattern + i);
      bench.write(reg::RAH + 8 * i, pattern ^ i);
    }
    for (unsigned i = 0; i < 128; ++i) {
      bench.write(reg::MTA + 4 * i, pattern + i);
      bench.write(reg::VFTA + 4 * i, pattern - i);
    }
    for (unsigned i = 0; i < 16; ++i) {
      EXPECT_EQ(bench.read(reg::RAL + 8 * i), pattern + i);
      EXPECT_EQ(bench.read(reg::RAH + 8 * i), (pattern ^ i) & 0x8003FFFF);
    }
    for (unsigned i = 0; i < 128; ++i) {
      EXPECT_EQ(bench.read(reg::MTA + 4 * i), pattern + i);
      EXPECT_EQ(bench.read(reg::VFTA + 4 * i), pattern - i);
    }
  }
  for (const std::uint32_t other : {0x5000U, 0x51FCU, 0x5480U, 0x55FCU, 0x5800U, 0x0000U, 0x15400U, 0x4074U}) {
    EXPECT_EQ(bench.read(other), 0U) << std::hex << other;
  }
}

TEST(rx_filter, sixteen_exact_entries_match_bit_for_bit) {
  filter_bench bench;
  for (unsigned i = 0; i < 16; ++i) {
    bytes address = {0x50, 0x11, 0x22, 0x33, 0x44, static_cast<std::uint8_t>(i)};
    bench.set_entry(i, address);
    ASSERT_TRUE(bench.to(address).l2) << i;
    ASSERT_FALSE(bench.to(address).pif);
    for (unsigned bit = 0; bit < 48; ++bit) {
      bytes other = address;
      other[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      if (bit / 8 == 5 && other[5] < i) continue;  // an earlier entry
      ASSERT_FALSE(bench.to(other).l2) << i << " bit " << bit;
    }
  }
  for (unsigned i = 0; i < 16; ++i) {
    const bytes address = {0x50, 0x11, 0x22, 0x33, 0x44, static_cast<std::uint8_t>(i)};
    bench.set_entry(i, address, 0);
    EXPECT_FALSE(bench.to(address).l2) << "AV=0";
    for (const std::uint32_t asel : {1U, 2U, 3U}) {
      bench.set_entry(i, address, 1U << 31 | asel << 16);
      EXPECT_FALSE(bench.to(address).l2) << "ASEL=" << asel;
    }
  }
}

TEST(rx_filter, an_exact_entry_may_be_multicast_or_broadcast) {
  filter_bench bench;
  bench.set_entry(3, hash_example);
  bench.set_entry(4, all_ones);
  const auto multicast = bench.to(hash_example);
  EXPECT_TRUE(multicast.l2 && multicast.multicast && !multicast.broadcast && !multicast.pif);
  const auto broadcast = bench.to(all_ones, {.bam = false});
  EXPECT_TRUE(broadcast.l2 && broadcast.broadcast && !broadcast.multicast && !broadcast.pif);
}

// FS 6.7: 01:AA:00:12:34:56 hashes to 0x563, 0xAC6, 0x58D, 0x634 for MO 0..3 (V-51: not Linux's 0x5D8).
TEST(rx_filter, hash_examples_of_the_manual) {
  constexpr unsigned hashes[] = {0x563, 0xAC6, 0x58D, 0x634};
  for (unsigned mo = 0; mo < 4; ++mo) {
    filter_bench bench;
    bench.write(reg::MTA + 4 * (hashes[mo] >> 5), 1U << (hashes[mo] & 31));
    const auto hit = bench.to(hash_example, {.mo = mo});
    EXPECT_TRUE(hit.l2 && hit.pif) << mo;
    bench.write(reg::MTA + 4 * (hashes[mo] >> 5), ~(1U << (hashes[mo] & 31)));
    EXPECT_FALSE(bench.to(hash_example, {.mo = mo}).l2) << mo;
    for (unsigned other = 0; other < 4; ++other) {
      bench.write(reg::MTA + 4 * (hashes[mo] >> 5), 1U << (hashes[mo] & 31));
      EXPECT_EQ(bench.to(hash_example, {.mo = other}).l2, other == mo);
    }
  }
}

TEST(rx_filter, every_hash_bit_is_its_own) {
  filter_bench bench;
  for (unsigned hash = 0; hash < 4096; hash += 7) {
    const bytes da = {0x01, 0, 0, 0, static_cast<std::uint8_t>(hash << 4), static_cast<std::uint8_t>(hash >> 4)};
    bench.write(reg::MTA + 4 * (hash >> 5), 1U << (hash & 31));
    ASSERT_TRUE(bench.to(da).l2) << hash;
    bench.write(reg::MTA + 4 * (hash >> 5), 0);
    ASSERT_FALSE(bench.to(da).l2) << hash;
  }
}

TEST(rx_filter, hash_is_for_group_addresses_only) {
  filter_bench bench;
  for (unsigned i = 0; i < 128; ++i) bench.write(reg::MTA + 4 * i, 0xFFFFFFFF);
  EXPECT_FALSE(bench.to({0x00, 0xAA, 0x00, 0x12, 0x34, 0x56}).l2);
  EXPECT_TRUE(bench.to(hash_example).pif);
  const auto broadcast = bench.to(all_ones, {.bam = false});
  EXPECT_TRUE(broadcast.l2 && broadcast.pif);
  EXPECT_FALSE(bench.to(all_ones, {.bam = true}).pif);
  EXPECT_FALSE(bench.to(hash_example, {.mpe = true}).pif);
  bench.set_entry(1, hash_example);
  EXPECT_FALSE(bench.to(hash_example).pif);
}

TEST(rx_filter, promiscuous_bits_open_their_own_door) {
  filter_bench bench;
  const bytes unicast = {0x00, 1, 2, 3, 4, 5};
  for (unsigned bits = 0; bits < 4; ++bits) {
    const config settings{.upe = (bits & 1) != 0, .mpe = (bits & 2) != 0, .bam = true};
    EXPECT_EQ(bench.to(unicast, settings).l2, settings.upe);
    EXPECT_EQ(bench.to(hash_example, settings).l2, settings.mpe);
    EXPECT_TRUE(bench.to(all_ones, settings).l2);
    EXPECT_FALSE(bench.to(unicast, settings).pif);
  }
  EXPECT_FALSE(bench.to(all_ones, {.bam = false}).l2);
  EXPECT_FALSE(bench.to(all_ones, {.upe = true, .bam = false}).l2);
}

TEST(rx_filter, vlan_table_is_asked_for_tagged_frames_only) {
  filter_bench bench;
  const config vfe{.vfe = true};
  EXPECT_TRUE(bench.to(station, vfe).vlan);
  for (unsigned vid = 0; vid < 4096; vid += 5) {
    const auto frame = with_tag(make_frame(station, 64), 0x8100, static_cast<std::uint16_t>(0xE000 | vid));
    ASSERT_FALSE(bench.run(frame, vfe).vlan) << vid;
    bench.write(reg::VFTA + 4 * (vid >> 5), 1U << (vid & 31));
    const auto hit = bench.run(frame, vfe);
    ASSERT_TRUE(hit.vlan && hit.tagged) << vid;
    EXPECT_EQ(hit.tci, 0xE000 | vid);
    bench.write(reg::VFTA + 4 * (vid >> 5), ~(1U << (vid & 31)));
    ASSERT_FALSE(bench.run(frame, vfe).vlan) << vid;
    ASSERT_TRUE(bench.run(frame).vlan) << "VFE=0";
    ASSERT_TRUE(bench.run(frame, {.vfe = true, .vet = 0x88A8}).vlan) << "another type";
    bench.write(reg::VFTA + 4 * (vid >> 5), 0);
  }
}

TEST(rx_filter, cfi_counts_only_with_vfe_and_cfien) {
  filter_bench bench;
  bench.write(reg::VFTA, 1U << 5);
  for (unsigned bits = 0; bits < 16; ++bits) {
    const bool frame_cfi = (bits & 8) != 0;
    const config settings{.vfe = (bits & 1) != 0, .cfien = (bits & 2) != 0, .cfi = (bits & 4) != 0};
    const auto frame = with_tag(make_frame(station, 64), 0x8100, frame_cfi ? 0x1005 : 0x0005);
    const bool pass = !settings.vfe || !settings.cfien || settings.cfi == frame_cfi;
    EXPECT_EQ(bench.run(frame, settings).vlan, pass) << bits;
  }
}

TEST(rx_filter, short_frames_carry_nothing_over_from_the_last) {
  filter_bench bench;
  const auto tagged = with_tag(make_frame(all_ones, 64), 0x8100, 7);
  const config open{.upe = true, .mpe = true};
  for (std::size_t length = 0; length <= 17; ++length) {
    bench.run(tagged, open);
    const auto got = bench.run(bytes(tagged.begin(), tagged.begin() + static_cast<std::ptrdiff_t>(length)), open);
    EXPECT_EQ(got.l2, length >= 6) << length;
    EXPECT_EQ(got.broadcast, length >= 6) << length;
    EXPECT_EQ(got.tagged, length >= 16) << length;
  }
}

}  // namespace
}  // namespace ringside::rtl_test

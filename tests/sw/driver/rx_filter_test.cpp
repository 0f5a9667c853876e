// SPDX-License-Identifier: Apache-2.0
// Address and VLAN filters as the driver programs them: FS 6.7, FS 10.2 steps 2 and 3, FS 10.8, R-3.
#include "sw/driver/rx_filter.h"

#include "tests/sw/driver/bench.h"

namespace ringside::test::rx_filter_tests {
namespace {

using driver::driver_status;
using stack::mac_address;

// Offsets and bits typed from the fact sheet.
constexpr std::uint32_t ctrl = reg::CTRL, rctl = reg::RCTL, mta = reg::MTA, ral = reg::RAL, vfta = reg::VFTA,
                        imc = reg::IMC, ims = reg::IMS;
constexpr std::uint32_t en = 1U << 1, upe = 1U << 3, mpe = 1U << 4, vfe = 1U << 18, cfien = 1U << 19;
constexpr std::uint32_t vme = 1U << 30;

mac_address group(std::uint8_t last) {
  return {0x01, 0x00, 0x5E, 0x00, 0x10, last};
}
mac_address station(std::uint8_t last) {
  return {0x02, 0x00, 0x00, 0x00, 0x20, last};
}

// The sheet's words "address bits 47:36, 46:35, 45:34, 43:32", bit 0 being the first byte's lowest.
std::uint32_t hash_by_bits(const mac_address& a, unsigned offset) {
  constexpr unsigned lowest[] = {36, 35, 34, 32};
  std::uint32_t hash = 0;
  for (unsigned i = 0; i < 12; ++i) {
    const unsigned bit = lowest[offset] + i;
    hash |= static_cast<std::uint32_t>(a[bit / 8] >> (bit % 8) & 1) << i;
  }
  return hash;
}

void in_task(bench& b, const std::function<void()>& body) {
  b.host.run_task(body);
}

std::uint32_t at(bench& b, std::uint32_t offset) {
  return b.nic.registers[offset];
}

// RA entries 1..14 in use, "low:high" in order.
std::vector<std::pair<std::uint32_t, std::uint32_t>> entries(bench& b) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> used;
  for (std::uint32_t i = 1; i < 15; ++i)
    if ((at(b, ral + 8 * i + 4) & rah::AV) != 0) used.emplace_back(at(b, ral + 8 * i), at(b, ral + 8 * i + 4));
  return used;
}

std::set<std::uint32_t> hash_bits(bench& b) {
  std::set<std::uint32_t> bits;
  for (std::uint32_t word = 0; word < 128; ++word)
    for (std::uint32_t bit = 0; bit < 32; ++bit)
      if ((at(b, mta + 4 * word) >> bit & 1) != 0) bits.insert(word * 32 + bit);
  return bits;
}

TEST(multicast_hash, gives_the_values_of_the_fact_sheet) {  // FS 6.7, V-51
  const mac_address example{0x01, 0xAA, 0x00, 0x12, 0x34, 0x56};
  EXPECT_EQ(driver::multicast_hash(example, 0), 0x563U);
  EXPECT_EQ(driver::multicast_hash(example, 1), 0xAC6U);
  EXPECT_EQ(driver::multicast_hash(example, 2), 0x58DU);
  EXPECT_EQ(driver::multicast_hash(example, 3), 0x634U);
  for (unsigned offset = 0; offset < 4; ++offset)
    for (unsigned last = 0; last < 256; last += 5)
      EXPECT_EQ(driver::multicast_hash(group(static_cast<std::uint8_t>(last)), offset),
                hash_by_bits(group(static_cast<std::uint8_t>(last)), offset));
}

TEST(rx_filter, unicast_then_multicast_fill_the_exact_entries) {  // FS 10.2 step 2
  driver::config c;
  c.unicast = {station(1), station(2)};
  c.multicast = {group(7)};
  bench b(c);
  b.up();
  EXPECT_EQ(
      entries(b),
      (std::vector<std::pair<std::uint32_t, std::uint32_t>>{
          {0x00000002, 0x80000120}, {0x00000002, 0x80000220}, {0x005E0001, 0x80000100}, {0x005E0001, 0x80000710}}));
  EXPECT_TRUE(hash_bits(b).empty());
  EXPECT_EQ(at(b, rctl) & (upe | mpe | vfe), 0U);
}

// ip_mc_up, RFC 1112 6.4: 224.0.0.1 from the moment the interface is up, and every group the host has joined.
TEST(rx_filter, all_hosts_and_joined_groups_are_in_it_from_open) {
  bench plain;
  plain.up();
  EXPECT_EQ(entries(plain), (std::vector<std::pair<std::uint32_t, std::uint32_t>>{{0x005E0001, 0x80000100}}));
  stack::net_stack::config net;
  net.groups = {0xEF810203, 0xEF000001};  // 239.129.2.3: the low 23 bits; 239.0.0.1 has the address of 224.0.0.1
  net.groups.push_back(0xEF010101);
  driver::config c;
  c.multicast = {{0x01, 0x00, 0x5E, 0x01, 0x02, 0x03}, group(9)};
  bench b(c, net);
  b.up();
  EXPECT_EQ(
      entries(b),
      (std::vector<std::pair<std::uint32_t, std::uint32_t>>{
          {0x005E0001, 0x80000100}, {0x015E0001, 0x80000101}, {0x015E0001, 0x80000302}, {0x005E0001, 0x80000910}}));
}

TEST(rx_filter, what_does_not_fit_goes_to_the_hash_table) {
  for (unsigned offset = 0; offset < 4; ++offset) {
    driver::config c;
    c.multicast_offset = offset;
    for (std::uint8_t i = 0; i < 20; ++i) c.multicast.push_back(group(static_cast<std::uint8_t>(11 * i)));
    bench b(c);
    b.up();
    EXPECT_EQ(entries(b).size(), 14U);
    std::set<std::uint32_t> expected;
    for (std::size_t i = 13; i < 20; ++i) expected.insert(hash_by_bits(c.multicast[i], offset));
    EXPECT_EQ(hash_bits(b), expected) << offset;
    EXPECT_EQ(at(b, rctl) >> 12 & 3, offset);  // RCTL.MO
    EXPECT_EQ(at(b, rctl) & (upe | mpe), 0U);
  }
}

TEST(rx_filter, too_many_unicast_addresses_open_the_filter) {
  driver::config c;
  for (std::uint8_t i = 0; i < 15; ++i) c.unicast.push_back(station(i));
  c.multicast = {group(1)};
  bench b(c);
  b.up();
  EXPECT_EQ(at(b, rctl) & (upe | mpe), upe);
  EXPECT_EQ(entries(b).size(), 2U);  // the multicast ones
  in_task(b, [&] { EXPECT_EQ(b.card.remove_unicast(station(14)), driver_status::ok); });
  EXPECT_EQ(at(b, rctl) & (upe | mpe), 0U);
  EXPECT_EQ(entries(b).size(), 14U);
  EXPECT_EQ(hash_bits(b),
            (std::set<std::uint32_t>{hash_by_bits({0x01, 0x00, 0x5E, 0, 0, 0x01}, 0), hash_by_bits(group(1), 0)}));
}

// FS 10.2 step 2: RAL, flush, RAH, flush for each of RA1..RA14; MTA from 127 down to 0.  RA0, RA15 and EN are not
// touched.
TEST(rx_filter, changes_the_list_live_in_the_order_of_the_sheet) {
  bench b;
  b.up();
  b.nic.writes.clear();
  b.nic.reads.clear();
  in_task(b, [&] { EXPECT_EQ(b.card.add_multicast(group(3)), driver_status::ok); });
  std::vector<std::uint32_t> offsets;
  for (const auto& w : b.nic.writes) offsets.push_back(w.offset);
  std::vector<std::uint32_t> expected{rctl};
  for (std::uint32_t i = 1; i < 15; ++i) {
    expected.push_back(ral + 8 * i);
    expected.push_back(ral + 8 * i + 4);
  }
  for (std::uint32_t i = 128; i-- > 0;) expected.push_back(mta + 4 * i);
  EXPECT_EQ(offsets, expected);
  EXPECT_EQ(std::count(b.nic.reads.begin(), b.nic.reads.end(), reg::STATUS),
            29);                    // STATUS: two an entry, one at the end
  EXPECT_NE(at(b, rctl) & en, 0U);
  in_task(b, [&] {
    EXPECT_EQ(b.card.add_multicast(group(3)), driver_status::exists);
    EXPECT_EQ(b.card.add_multicast(station(3)), driver_status::bad_config);
    EXPECT_EQ(b.card.add_unicast(group(3)), driver_status::bad_config);
    EXPECT_EQ(b.card.remove_multicast(group(4)), driver_status::absent);
    EXPECT_EQ(b.card.remove_multicast(group(3)), driver_status::ok);
  });
  EXPECT_EQ(entries(b).size(), 1U);  // 224.0.0.1
}

TEST(rx_filter, promiscuous_and_allmulti_come_and_go) {
  bench b;
  b.up();
  const auto mode_after = [&](auto change) {
    in_task(b, change);
    EXPECT_NE(at(b, rctl) & en, 0U);
    return at(b, rctl) & (upe | mpe);
  };
  EXPECT_EQ(mode_after([&] { b.card.set_promiscuous(true); }), upe | mpe);
  EXPECT_EQ(mode_after([&] { b.card.set_all_multicast(true); }), upe | mpe);
  EXPECT_EQ(mode_after([&] { b.card.set_promiscuous(false); }), mpe);
  EXPECT_EQ(mode_after([&] { b.card.set_all_multicast(false); }), 0U);
}

// FS 10.2 step 3, 10.8: the first VID turns the filter on with interrupts masked.  With it comes VID 0, for
// priority-tagged frames, which stays (vlan_device_event), so the filter stays as well.
TEST(rx_filter, vlan_ids_come_and_go) {
  bench b;
  b.up();
  b.nic.registers[rctl] |= cfien;
  b.nic.writes.clear();
  in_task(b, [&] { EXPECT_EQ(b.card.vlan_rx_add_vid(100), driver_status::ok); });
  std::vector<std::uint32_t> offsets;
  for (const auto& w : b.nic.writes) offsets.push_back(w.offset);
  EXPECT_EQ(offsets, (std::vector<std::uint32_t>{imc, ctrl, rctl, ims, vfta, vfta + 4 * 3}));
  EXPECT_EQ(at(b, vfta), 1U);
  EXPECT_EQ(at(b, rctl) & (vfe | cfien), vfe);
  EXPECT_EQ(at(b, vfta + 4 * 3), 1U << 4);  // VID 100 = 3 * 32 + 4
  EXPECT_NE(at(b, ctrl) & vme, 0U);
  EXPECT_EQ(b.nic.ims, linux_mask);
  b.nic.writes.clear();
  in_task(b, [&] {
    EXPECT_EQ(b.card.vlan_rx_add_vid(101), driver_status::ok);
    EXPECT_EQ(b.card.vlan_rx_add_vid(101), driver_status::exists);
    EXPECT_EQ(b.card.vlan_rx_add_vid(4095), driver_status::bad_config);
    EXPECT_EQ(b.card.vlan_rx_kill_vid(5), driver_status::absent);
    EXPECT_EQ(b.card.vlan_rx_kill_vid(100), driver_status::ok);
  });
  EXPECT_TRUE(b.nic.values_written(rctl).empty());
  EXPECT_EQ(at(b, vfta + 4 * 3), 1U << 5);
  in_task(b, [&] { EXPECT_EQ(b.card.vlan_rx_kill_vid(101), driver_status::ok); });
  EXPECT_EQ(at(b, vfta + 4 * 3), 0U);
  EXPECT_EQ(at(b, vfta), 1U);
  EXPECT_EQ(at(b, rctl) & vfe, vfe);
  in_task(b, [&] { EXPECT_EQ(b.card.set_ring_size(64), driver_status::ok); });
  EXPECT_EQ(at(b, vfta), 1U);
  EXPECT_EQ(at(b, rctl) & vfe, vfe);
  in_task(b, [&] {
    EXPECT_EQ(b.card.vlan_rx_kill_vid(0), driver_status::absent) << "nobody made a VLAN 0";
    EXPECT_EQ(b.card.vlan_rx_add_vid(0), driver_status::ok);
    EXPECT_EQ(b.card.vlan_rx_kill_vid(0), driver_status::ok);
  });
  EXPECT_EQ(at(b, vfta), 1U);
}

TEST(rx_filter, a_promiscuous_interface_filters_no_vlans) {
  driver::config c;
  c.vlans = {7};
  bench b(c);
  b.up();
  EXPECT_EQ(at(b, rctl) & vfe, vfe);
  in_task(b, [&] { b.card.set_promiscuous(true); });
  EXPECT_EQ(at(b, rctl) & vfe, 0U);
  in_task(b, [&] {
    b.card.vlan_rx_kill_vid(7);
    b.card.vlan_rx_add_vid(8);
  });
  EXPECT_EQ(at(b, rctl) & vfe, 0U);
  in_task(b, [&] { b.card.set_promiscuous(false); });
  EXPECT_EQ(at(b, rctl) & vfe, vfe);
  EXPECT_EQ(at(b, vfta), 1U << 8 | 1U);
}

TEST(rx_filter, vlan_strip_is_switched_live) {
  bench b;
  b.up();
  b.nic.writes.clear();
  in_task(b, [&] { b.card.set_vlan_strip(false); });
  EXPECT_EQ(at(b, ctrl) & vme, 0U);
  std::vector<std::uint32_t> offsets;
  for (const auto& w : b.nic.writes) offsets.push_back(w.offset);
  EXPECT_EQ(offsets, (std::vector<std::uint32_t>{imc, ctrl, ims}));
  in_task(b, [&] { b.card.set_vlan_strip(true); });
  EXPECT_NE(at(b, ctrl) & vme, 0U);
}

TEST(rx_filter, in_poll_mode_no_interrupt_is_enabled) {
  driver::config c;
  c.mode = driver::receive_mode_kind::poll;
  bench b(c);
  b.up();
  in_task(b, [&] {
    b.card.vlan_rx_add_vid(9);
    b.card.set_vlan_strip(false);
    b.card.vlan_rx_kill_vid(9);
  });
  EXPECT_TRUE(b.nic.values_written(ims).empty());
}

// The reset clears them, up() writes them again; VME comes back only with a VID (FS 10.8, V-47).
TEST(rx_filter, survives_down_and_up) {
  driver::config c;
  c.unicast = {station(1)};
  c.all_multicast = true;
  for (std::uint8_t i = 0; i < 15; ++i) c.multicast.push_back(group(i));
  bench b(c);
  b.up();
  const auto exact = entries(b);
  EXPECT_EQ(exact.size(), 14U);
  const auto hashed = hash_bits(b);
  EXPECT_NE(at(b, ctrl) & vme, 0U);  // from probe (FS 10.1 step 8)
  in_task(b, [&] { EXPECT_EQ(b.card.set_ring_size(64), driver_status::ok); });
  EXPECT_EQ(entries(b), exact);
  EXPECT_EQ(hash_bits(b), hashed);
  EXPECT_EQ(at(b, rctl) & (upe | mpe), mpe);
  EXPECT_EQ(at(b, ctrl) & vme, 0U);
  in_task(b, [&] { b.card.vlan_rx_add_vid(33); });
  in_task(b, [&] { EXPECT_EQ(b.card.set_ring_size(128), driver_status::ok); });
  EXPECT_NE(at(b, ctrl) & vme, 0U);
  EXPECT_EQ(at(b, rctl) & vfe, vfe);
  EXPECT_EQ(at(b, vfta + 4), 2U);
}

}  // namespace
}  // namespace ringside::test::rx_filter_tests

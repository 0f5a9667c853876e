// SPDX-License-Identifier: Apache-2.0
// Messages of PCI over virtio as Linux' virt-pci.c makes them, and the bus cycles they ask for.
#include "hw/tlm/linux_host/pci_cycles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"

namespace ringside::tlm {
namespace {

// struct virtio_pcidev_msg: op, bar, reserved, size, addr, data.
std::vector<std::byte> pci_message(std::uint8_t op, std::uint8_t bar, std::uint32_t size, std::uint64_t address,
                                   std::vector<std::uint8_t> data = {}) {
  std::vector<std::byte> m(16 + data.size());
  m[0] = std::byte{op};
  m[1] = std::byte{bar};
  std::memcpy(m.data() + 4, &size, 4);
  std::memcpy(m.data() + 8, &address, 8);
  std::transform(data.begin(), data.end(), m.begin() + 16, [](std::uint8_t byte) { return std::byte{byte}; });
  return m;
}
constexpr std::uint8_t cfg_read = 1, cfg_write = 2, mmio_read = 3, mmio_write = 4, mmio_memset = 5;

void set_bar(pci_cycles& to, unsigned bar, std::uint32_t address) {
  const auto byte = [&](unsigned i) { return static_cast<std::uint8_t>(address >> (8 * i)); };
  to.of(pci_message(cfg_write, 0, 4, 0x10 + 4 * bar, {byte(0), byte(1), byte(2), byte(3), 0, 0, 0, 0}));
}

TEST(pci_cycles, a_write_of_the_command_register_leaves_status_alone) {
  pci_cycles translate;
  // pci_write_config_word(0x04, 0x0147): eight bytes come, two count.
  const auto cycles = translate.of(pci_message(cfg_write, 0, 2, 0x04, {0x47, 0x01, 0, 0, 0, 0, 0, 0}));
  ASSERT_EQ(cycles.size(), 1U);
  EXPECT_EQ(cycles[0].space, pci_space::config);
  EXPECT_TRUE(cycles[0].write);
  EXPECT_EQ(cycles[0].address, 0x04U);
  EXPECT_EQ(cycles[0].enables, 0x3);
  EXPECT_EQ(cycles[0].data, 0x0147U);
}

TEST(pci_cycles, a_byte_is_read_and_answered_in_its_lane) {
  pci_cycles translate;
  const auto cycles = translate.of(pci_message(cfg_read, 0, 1, 0x0E));  // header type
  ASSERT_EQ(cycles.size(), 1U);
  EXPECT_EQ(cycles[0].address, 0x0CU);
  EXPECT_EQ(cycles[0].enables, 0x4);
  const std::vector<std::uint32_t> answers{0x11223344};
  EXPECT_EQ(pci_cycles::answer(cycles, answers), std::vector{std::byte{0x22}});
}

TEST(pci_cycles, memory_is_behind_the_bar_that_was_written_last) {
  pci_cycles translate;
  set_bar(translate, 0, 0xFFFFFFFF);  // sizing
  set_bar(translate, 0, 0xF0020000);
  const auto cycles = translate.of(pci_message(mmio_write, 0, 4, 0x2818, {0xFE, 0, 0, 0}));
  ASSERT_EQ(cycles.size(), 1U);
  EXPECT_EQ(cycles[0].space, pci_space::memory);
  EXPECT_EQ(cycles[0].address, 0xF0022818U);
  EXPECT_EQ(cycles[0].data, 0xFEU);
  EXPECT_EQ(cycles[0].enables, 0xF);
}

TEST(pci_cycles, flag_bits_of_a_bar_are_no_address) {
  pci_cycles translate;
  set_bar(translate, 1, 0xF0020008);  // prefetchable
  EXPECT_EQ(translate.of(pci_message(mmio_read, 1, 4, 0x10))[0].address, 0xF0020010U);
}

TEST(pci_cycles, behind_128_kib_of_bar_0_are_ports) {
  pci_cycles translate;
  set_bar(translate, 0, 0xF0000000);
  EXPECT_EQ(translate.of(pci_message(mmio_read, 0, 4, 0x1FFFC))[0].space, pci_space::memory);
  const auto cycles = translate.of(pci_message(mmio_write, 0, 4, 0x20000 + 0x1004, {0x00, 0x00, 0x00, 0x04}));
  EXPECT_EQ(cycles[0].space, pci_space::io);
  EXPECT_EQ(cycles[0].address, 0x1004U);
  EXPECT_EQ(cycles[0].data, 0x04000000U);
}

TEST(pci_cycles, eight_bytes_are_two_data_phases) {
  pci_cycles translate;
  set_bar(translate, 0, 0xF0000000);
  const auto cycles = translate.of(pci_message(mmio_read, 0, 8, 0x5200));
  ASSERT_EQ(cycles.size(), 2U);
  EXPECT_EQ(cycles[1].address, 0xF0005204U);
  const std::vector<std::uint32_t> answers{0x03020100, 0x07060504};
  const auto bytes = pci_cycles::answer(cycles, answers);
  ASSERT_EQ(bytes.size(), 8U);
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(bytes[i], std::byte(i));
}

TEST(pci_cycles, what_no_cycle_can_be_made_of_is_refused) {
  pci_cycles translate;
  EXPECT_THROW(translate.of(std::vector<std::byte>(15)), guest_error);
  EXPECT_THROW(translate.of(pci_message(mmio_memset, 0, 4, 0, {1})), guest_error);
  EXPECT_THROW(translate.of(pci_message(mmio_read, 6, 4, 0)), guest_error);
  EXPECT_THROW(translate.of(pci_message(mmio_write, 0, 4, 0, {1, 2})), guest_error);
  EXPECT_THROW(translate.of(pci_message(mmio_read, 0, 0, 0)), guest_error);
  EXPECT_THROW(translate.of(pci_message(cfg_read, 0, 4, 0x1'0000'0000)), guest_error);
}

}  // namespace
}  // namespace ringside::tlm

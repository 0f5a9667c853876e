// SPDX-License-Identifier: Apache-2.0
// A split virtqueue laid out by hand as a driver lays it out (Virtual I/O Device 1.2, section 2.7).
#include "hw/tlm/linux_host/virtqueue.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>

#include "hw/tlm/linux_host/guest_error.h"

namespace ringside::tlm {
namespace {

constexpr std::uint64_t first_address = 0x40000, memory_bytes = 0x10000;
constexpr std::uint64_t descriptor_table = 0x41000, available_ring = 0x42000, used_ring = 0x43000, buffers = 0x48000;

class queue_of_a_guest : public testing::Test {
 protected:
  queue_of_a_guest() : file_(::memfd_create("memory", MFD_CLOEXEC)) {
    EXPECT_EQ(::ftruncate(file_.get(), first_address + memory_bytes), 0);
    memory_.map(file_, first_address, memory_bytes, first_address);
    queue_.set_size(4);
    queue_.set_rings(descriptor_table, available_ring, used_ring);
    queue_.enable(true);
  }
  template <typename T>
  void store(std::uint64_t at, T value) {
    std::memcpy(memory_.at(at, sizeof value).data(), &value, sizeof value);
  }
  template <typename T>
  T load(std::uint64_t at) {
    T value;
    std::memcpy(&value, memory_.at(at, sizeof value).data(), sizeof value);
    return value;
  }
  void describe(unsigned index, std::uint64_t address, std::uint32_t length, std::uint16_t flags, std::uint16_t next) {
    const std::uint64_t at = descriptor_table + 16 * index;
    store(at, address);
    store(at + 8, length);
    store(at + 12, flags);
    store(at + 14, next);
  }
  void offer(std::uint16_t head) {
    const auto index = load<std::uint16_t>(available_ring + 2);
    store(available_ring + 4 + 2 * (index % 4), head);
    store(available_ring + 2, static_cast<std::uint16_t>(index + 1));
  }

  file_descriptor file_;
  guest_memory memory_;
  virtqueue queue_;
};

TEST_F(queue_of_a_guest, a_chain_has_what_is_read_and_room_for_the_answer) {
  store<std::uint32_t>(buffers, 0x64636261);
  store<std::uint16_t>(buffers + 0x100, 0x6665);
  describe(0, buffers, 4, 1, 2);          // next
  describe(2, buffers + 0x100, 2, 1, 3);  // next
  describe(3, buffers + 0x200, 8, 2, 0);  // device writes
  offer(0);
  const auto chain = queue_.take(memory_);
  ASSERT_TRUE(chain);
  EXPECT_EQ(std::memcmp(chain->from_guest.data(), "abcdef", 6), 0);
  EXPECT_EQ(chain->from_guest.size(), 6U);
  EXPECT_FALSE(queue_.take(memory_));

  const std::vector<std::byte> answer{std::byte{7}, std::byte{8}, std::byte{9}};
  queue_.give_back(memory_, *chain, chain->put(answer));
  EXPECT_EQ(load<std::uint8_t>(buffers + 0x200 + 2), 9);
  EXPECT_EQ(load<std::uint16_t>(used_ring + 2), 1);   // index
  EXPECT_EQ(load<std::uint32_t>(used_ring + 4), 0U);  // head
  EXPECT_EQ(load<std::uint32_t>(used_ring + 8), 3U);  // bytes written
}

TEST_F(queue_of_a_guest, both_rings_wrap_at_their_size) {
  for (std::uint16_t i = 0; i < 4; ++i) describe(i, buffers + 0x100 * i, 1, 0, 0);
  for (std::uint32_t n = 0; n < 10; ++n) {
    const auto head = static_cast<std::uint16_t>(n * 3 % 4);
    offer(head);
    const auto chain = queue_.take(memory_);
    ASSERT_TRUE(chain);
    EXPECT_EQ(chain->head, head);
    queue_.give_back(memory_, *chain, 0);
    EXPECT_EQ(load<std::uint32_t>(used_ring + 4 + 8 * (n % 4)), head);
    EXPECT_EQ(load<std::uint16_t>(used_ring + 2), n + 1);
  }
}

TEST_F(queue_of_a_guest, an_answer_longer_than_its_room_is_cut) {
  describe(1, buffers, 2, 2, 0);
  offer(1);
  const auto chain = queue_.take(memory_);
  EXPECT_EQ(chain->put(std::vector<std::byte>(16, std::byte{0xAA})), 2U);
  EXPECT_EQ(load<std::uint8_t>(buffers + 2), 0);
}

TEST_F(queue_of_a_guest, a_ring_without_end_is_refused) {
  describe(0, buffers, 1, 1, 1);
  describe(1, buffers, 1, 1, 0);
  offer(0);
  EXPECT_THROW(queue_.take(memory_), guest_error);
}

TEST_F(queue_of_a_guest, what_lies_outside_the_shown_memory_is_refused) {
  describe(0, first_address - 1, 1, 0, 0);
  offer(0);
  EXPECT_THROW(queue_.take(memory_), guest_error);
  describe(1, first_address + memory_bytes - 1, 2, 0, 0);
  offer(1);
  EXPECT_THROW(queue_.take(memory_), guest_error);
  offer(4);  // no such descriptor
  EXPECT_THROW(queue_.take(memory_), guest_error);
}

TEST_F(queue_of_a_guest, memory_that_ends_behind_its_file_is_refused) {
  guest_memory other;
  EXPECT_THROW(other.map(file_, first_address, memory_bytes + 1, first_address), guest_error);
  EXPECT_THROW(other.map(file_, first_address, 0, first_address), guest_error);
}

TEST_F(queue_of_a_guest, sizes_are_powers_of_two) {
  EXPECT_THROW(queue_.set_size(0), guest_error);
  EXPECT_THROW(queue_.set_size(3), guest_error);
  EXPECT_THROW(queue_.set_size(65536), guest_error);
}

}  // namespace
}  // namespace ringside::tlm

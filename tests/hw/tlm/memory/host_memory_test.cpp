// SPDX-License-Identifier: Apache-2.0
// Host memory as a TLM target: bounds, the exact error responses, and the shadow map of frame ids.
#include "hw/tlm/memory/host_memory.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <functional>
#include <span>
#include <vector>

namespace ringside::test {
namespace {

struct initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<initiator> out;
  explicit initiator(const sc_core::sc_module_name& name) : sc_module(name), out("out") {
    out.register_invalidate_direct_mem_ptr(this, &initiator::invalidate);
  }
  std::function<void()> on_invalidate;

 private:
  void invalidate(sc_dt::uint64, sc_dt::uint64) {
    if (on_invalidate) on_invalidate();
  }
};

class host_memory : public testing::Test {
 protected:
  host_memory() : memory("memory", 4096), from("from") {
    from.out.bind(memory.bus_in);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    payload.set_data_ptr(data.data());
    payload.set_data_length(16);
    payload.set_streaming_width(16);
    payload.set_address(0x100);
    payload.set_read();
  }
  ::tlm::tlm_response_status send() {
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    payload.set_response_status(::tlm::TLM_INCOMPLETE_RESPONSE);
    from.out->b_transport(payload, delay);
    return payload.get_response_status();
  }

  tlm::host_memory memory;
  initiator from;
  ::tlm::tlm_generic_payload payload;
  std::array<unsigned char, 64> data{};
};

TEST_F(host_memory, reads_back_what_was_written_and_nothing_else) {
  for (unsigned i = 0; i < 16; ++i) data[i] = static_cast<unsigned char>(i + 1);
  payload.set_write();
  EXPECT_EQ(send(), ::tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(memory.span()[0xFF], std::byte{0});
  EXPECT_EQ(memory.span()[0x100], std::byte{1});
  EXPECT_EQ(memory.span()[0x10F], std::byte{16});
  EXPECT_EQ(memory.span()[0x110], std::byte{0});
  data.fill(0);
  payload.set_read();
  EXPECT_EQ(send(), ::tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(data[0], 1);
  EXPECT_EQ(data[15], 16);
  EXPECT_EQ(data[16], 0);
}

TEST_F(host_memory, address_error_beyond_the_end) {
  payload.set_address(4096 - 16);
  EXPECT_EQ(send(), ::tlm::TLM_OK_RESPONSE);
  payload.set_address(4096 - 15);
  EXPECT_EQ(send(), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
  payload.set_address(~0ULL - 7);  // address + length wraps
  EXPECT_EQ(send(), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_F(host_memory, command_error_for_neither_read_nor_write) {
  payload.set_command(::tlm::TLM_IGNORE_COMMAND);
  EXPECT_EQ(send(), ::tlm::TLM_COMMAND_ERROR_RESPONSE);
}

TEST_F(host_memory, byte_enable_error) {
  unsigned char enables = 0xFF;
  payload.set_byte_enable_ptr(&enables);
  payload.set_byte_enable_length(1);
  EXPECT_EQ(send(), ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
}

TEST_F(host_memory, burst_error_for_streaming) {
  payload.set_streaming_width(8);
  EXPECT_EQ(send(), ::tlm::TLM_BURST_ERROR_RESPONSE);
}

TEST_F(host_memory, refused_write_changes_nothing) {
  data.fill(0xEE);
  payload.set_write();
  payload.set_streaming_width(4);
  send();
  for (const std::byte b : memory.span()) ASSERT_EQ(b, std::byte{0});
}

TEST_F(host_memory, debug_transport_counts_its_bytes) {
  payload.set_write();
  data.fill(0x5A);
  EXPECT_EQ(from.out->transport_dbg(payload), 16U);
  EXPECT_EQ(memory.span()[0x10F], std::byte{0x5A});
  payload.set_address(5000);
  EXPECT_EQ(from.out->transport_dbg(payload), 0U);
}

TEST_F(host_memory, shadow_map_names_the_last_frame_of_a_line) {
  memory.mark(0x200, 100, 7);  // lines 0x200 and 0x240
  memory.mark(0x280, 1, 8);
  EXPECT_EQ(memory.frame_at(0x1FF), 0U);
  EXPECT_EQ(memory.frame_at(0x200), 7U);
  EXPECT_EQ(memory.frame_at(0x27F), 7U);
  EXPECT_EQ(memory.frame_at(0x280), 8U);
  memory.mark(0x200, 64, 9);
  EXPECT_EQ(memory.frame_at(0x202), 9U);
  EXPECT_EQ(memory.frame_at(0x240), 7U);
  EXPECT_EQ(memory.frame_at(4096), 0U);
  EXPECT_EQ(memory.frame_at(~0ULL), 0U);
}

// Two views: the CPU's (span) and that of the bus.
// A guest's memory: its first address is not 0, and what lies below is none.
TEST_F(host_memory, adopted_bytes_take_its_place_at_their_addresses) {
  std::array<std::byte, 256> guest{};
  bool lost = false;
  from.on_invalidate = [&lost] { lost = true; };
  memory.adopt(guest, 0x2000);
  EXPECT_TRUE(lost);
  EXPECT_FALSE(memory.contains(0x100, 16));
  EXPECT_FALSE(memory.contains(0x1FFF, 16));
  EXPECT_TRUE(memory.contains(0x2000, 256));
  EXPECT_FALSE(memory.contains(0x2001, 256));
  payload.set_write();
  data.fill(0x5A);
  EXPECT_EQ(send(), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
  payload.set_address(0x20F0);
  EXPECT_EQ(send(), ::tlm::TLM_OK_RESPONSE);
  EXPECT_EQ(guest[0xEF], std::byte{0});
  EXPECT_EQ(guest[0xF0], std::byte{0x5A});
  EXPECT_EQ(guest[0xFF], std::byte{0x5A});
  memory.mark(0x20F0, 16, 7);
  EXPECT_EQ(memory.frame_at(0x20F8), 7U);

  ::tlm::tlm_dmi dmi;
  ASSERT_TRUE(from.out->get_direct_mem_ptr(payload, dmi));
  EXPECT_EQ(dmi.get_start_address(), 0x2000U);
  EXPECT_EQ(dmi.get_end_address(), 0x20FFU);
  EXPECT_EQ(static_cast<void*>(dmi.get_dmi_ptr()), static_cast<void*>(guest.data()));
}

TEST_F(host_memory, is_accessed_directly_until_it_is_split) {
  bool lost = false;
  from.on_invalidate = [&] { lost = true; };
  ::tlm::tlm_dmi dmi;
  EXPECT_EQ(send(), ::tlm::TLM_OK_RESPONSE);
  EXPECT_TRUE(payload.is_dmi_allowed());
  ASSERT_TRUE(from.out->get_direct_mem_ptr(payload, dmi));
  EXPECT_TRUE(dmi.is_read_write_allowed());
  EXPECT_EQ(dmi.get_start_address(), 0U);
  EXPECT_EQ(dmi.get_end_address(), 4095U);
  dmi.get_dmi_ptr()[0x123] = 0x5A;
  EXPECT_EQ(memory.span()[0x123], std::byte{0x5A});
  EXPECT_FALSE(lost);
  memory.split();
  EXPECT_TRUE(lost);
  EXPECT_EQ(send(), ::tlm::TLM_OK_RESPONSE);
  EXPECT_FALSE(payload.is_dmi_allowed());
  EXPECT_FALSE(from.out->get_direct_mem_ptr(payload, dmi));
}

class apart_memory : public testing::Test {
 protected:
  apart_memory() : memory("memory", 4096, false), from("from") {
    from.out.bind(memory.bus_in);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  void transport(bool write, std::uint64_t address, std::span<unsigned char> bytes) {
    ::tlm::tlm_generic_payload payload;
    payload.set_command(write ? ::tlm::TLM_WRITE_COMMAND : ::tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(bytes.data());
    payload.set_data_length(static_cast<unsigned>(bytes.size()));
    payload.set_streaming_width(static_cast<unsigned>(bytes.size()));
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    from.out->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), ::tlm::TLM_OK_RESPONSE);
  }
  void device_writes(std::uint64_t address, std::size_t length, unsigned char value) {
    std::vector<unsigned char> bytes(length, value);
    transport(true, address, bytes);
  }
  unsigned device_sees(std::uint64_t address) {
    std::array<unsigned char, 1> byte{};
    transport(false, address, byte);
    return byte[0];
  }
  unsigned cpu_sees(std::uint64_t address) { return std::to_integer<unsigned>(memory.span()[address]); }

  tlm::host_memory memory;
  initiator from;
};

TEST_F(apart_memory, each_side_sees_its_own_bytes_until_they_are_moved) {
  EXPECT_FALSE(memory.coherent());
  device_writes(0x100, 16, 0xDD);
  EXPECT_EQ(cpu_sees(0x100), 0U);
  EXPECT_EQ(device_sees(0x100), 0xDDU);
  memory.to_cpu(0x100, 8);
  EXPECT_EQ(cpu_sees(0x107), 0xDDU);
  EXPECT_EQ(cpu_sees(0x108), 0U);
  memory.span()[0x200] = std::byte{0xCC};
  EXPECT_EQ(device_sees(0x200), 0U);
  memory.to_device(0x200, 1);
  EXPECT_EQ(device_sees(0x200), 0xCCU);
}

TEST_F(apart_memory, coherent_ranges_are_shared_both_ways_and_end) {
  memory.set_coherent(0x400, 0x40, true);
  device_writes(0x400, 16, 0xDD);
  EXPECT_EQ(cpu_sees(0x40F), 0xDDU);
  memory.span()[0x410] = std::byte{0xCC};
  EXPECT_EQ(device_sees(0x410), 0xCCU);
  memory.set_coherent(0x400, 0x40, false);
  EXPECT_EQ(device_sees(0x400), 0xDDU);  // what was shared stays on both sides
  device_writes(0x400, 1, 0xEE);
  EXPECT_EQ(cpu_sees(0x400), 0xDDU);
}

TEST_F(apart_memory, a_burst_across_a_range_is_split_at_its_ends) {
  memory.set_coherent(0x410, 0x10, true);
  device_writes(0x400, 0x30, 0xDD);
  EXPECT_EQ(cpu_sees(0x40F), 0U);
  EXPECT_EQ(cpu_sees(0x410), 0xDDU);
  EXPECT_EQ(cpu_sees(0x41F), 0xDDU);
  EXPECT_EQ(cpu_sees(0x420), 0U);
  memory.span()[0x411] = std::byte{0xCC};
  memory.span()[0x421] = std::byte{0xCC};
  std::array<unsigned char, 0x30> read{};
  transport(false, 0x400, read);
  EXPECT_EQ(read[0x0F], 0xDD);
  EXPECT_EQ(read[0x11], 0xCC);
  EXPECT_EQ(read[0x21], 0xDD);
}

TEST_F(apart_memory, moving_what_is_not_there_does_nothing) {
  memory.to_cpu(4090, 16);
  memory.to_device(~0ULL, 16);
  memory.set_coherent(4090, 16, true);
  device_writes(4090, 6, 0xDD);
  EXPECT_EQ(cpu_sees(4090), 0U);
}

}  // namespace
}  // namespace ringside::test

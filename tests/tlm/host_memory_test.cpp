// Host memory as a TLM target: bounds, the exact error responses, and the shadow map of frame ids.
#include "hw/tlm/memory/host_memory.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <array>

namespace ringside::test {
namespace {

struct initiator : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<initiator> out;
  explicit initiator(const sc_core::sc_module_name& name) : sc_module(name), out("out") {}
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

}  // namespace
}  // namespace ringside::test

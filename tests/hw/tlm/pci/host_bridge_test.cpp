// SPDX-License-Identifier: Apache-2.0
// The host bridge between CPU, bus and memory: exact TLM errors, posting, and reads that push DMA writes.
#include "hw/tlm/pci/host_bridge.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>

#include "hw/tlm/pci/pci_bus.h"
#include "hw/tlm/pci/pci_space_extension.h"
#include "hw/tlm/scheduler/nic_scheduler.h"
#include "hw/tlm/systemc/sc_time_convert.h"
#include "tests/hw/tlm/nic/timed_card.h"
#include "tests/hw/tlm/pci/bus_bench.h"

namespace ringside::test {
namespace {

struct cpu_port : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<cpu_port> out;
  explicit cpu_port(const sc_core::sc_module_name& name) : sc_module(name), out("out") {}
};

sim_time kernel_now() {
  return tlm::from_sc_time(sc_core::sc_time_stamp());
}

tlm::pci_params bridge_params() {
  tlm::pci_params p = hand_made_params();
  p.cpu_to_bus_latency = 100 * ns;
  p.bus_to_cpu_latency = 150 * ns;
  p.drain_latency = 200 * ns;
  p.drain_line_time = 20 * ns;
  p.posted_bytes = 256;
  p.cpu_posted_writes = 2;
  return p;
}

class host_bridge : public testing::Test {
 protected:
  explicit host_bridge(const tlm::pci_params& p = bridge_params())
      : memory("memory", 64 * 1024),
        bridge("bridge", p, memory),
        bus(0, p, bridge, stream),
        scheduler("scheduler", {}, stream),
        cpu("cpu") {
    cpu.out.bind(bridge.cpu_in);
    bridge.connect(bus);
    bus.attach(card);
    scheduler.add_card(card);
    scheduler.add_bus(bus);
    bridge.on_schedule([this](sim_time t) { scheduler.kernel_event_at(t); });
    card.on_access = [this](const tlm::target_access& access, sim_time t) {
      if (tlm::is_answered(access.space, access.write))
        card.at(t + 16 * ns, [this] { bus.access_done(0, 0x1234'5678, card.local_time()); });
    };
  }

  /// Runs `body` as a process and the simulation for a while.
  void run(std::function<void()> body) {
    sc_core::sc_spawn([&done = done_, body = std::move(body)] {
      body();
      done = true;
    });
    sc_core::sc_start(tlm::to_sc_time(100 * us));
    EXPECT_TRUE(done_);
  }
  std::uint32_t access(std::uint64_t address, bool write, std::uint32_t value = 0,
                       sc_core::sc_time delay = sc_core::SC_ZERO_TIME, tlm::pci_space space = tlm::pci_space::memory,
                       std::uint8_t enables = 0xF) {
    ::tlm::tlm_generic_payload payload;
    tlm::pci_space_extension extension;
    extension.space = space;
    extension.byte_enables = enables;
    payload.set_extension(&extension);
    payload.set_command(write ? ::tlm::TLM_WRITE_COMMAND : ::tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    cpu.out->b_transport(payload, delay);
    payload.clear_extension(&extension);
    EXPECT_TRUE(payload.is_response_ok());
    EXPECT_EQ(delay, sc_core::SC_ZERO_TIME);
    return value;
  }
  tlm::dma_transfer& dma(sim_time t, std::uint64_t address, std::uint32_t length, std::uint8_t fill) {
    tlm::dma_transfer& transfer = transfers_.emplace_back();
    transfer.write = true;
    transfer.kind = tlm::dma_kind::payload_end;
    transfer.address = address;
    transfer.length = transfer.filled = length;
    transfer.frames.push_back(transfers_.size());
    transfer.data.fill(fill);
    card.at(t, [this, &transfer] { bus.request_dma(0, transfer, card.local_time()); });
    return transfer;
  }

  event_stream stream;
  tlm::host_memory memory;
  tlm::host_bridge bridge;
  tlm::pci_bus bus;
  timed_card card;
  tlm::nic_scheduler scheduler;
  cpu_port cpu;
  static constexpr std::uint64_t bar0 = 0xF000'0000;

 private:
  std::deque<tlm::dma_transfer> transfers_;
  bool done_ = false;
};

TEST_F(host_bridge, refuses_what_is_no_single_dword) {
  run([this] {
    unsigned char data[8] = {};
    unsigned char enables = 0xFF;
    const auto send = [&](auto change) {
      ::tlm::tlm_generic_payload payload;
      payload.set_read();
      payload.set_address(bar0);
      payload.set_data_ptr(data);
      payload.set_data_length(4);
      payload.set_streaming_width(4);
      change(payload);
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      cpu.out->b_transport(payload, delay);
      return payload.get_response_status();
    };
    using p = ::tlm::tlm_generic_payload;
    EXPECT_EQ(send([](p& x) { x.set_command(::tlm::TLM_IGNORE_COMMAND); }), ::tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(send([&](p& x) { x.set_byte_enable_ptr(&enables); }), ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(send([](p& x) { x.set_data_length(8); }), ::tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(send([](p& x) { x.set_data_length(2); }), ::tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(send([](p& x) { x.set_streaming_width(2); }), ::tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(send([](p& x) { x.set_address(bar0 + 2); }), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(kernel_now(), 0) << "a refused access takes no time";
    EXPECT_EQ(send([](p&) {}), ::tlm::TLM_OK_RESPONSE);
  });
  EXPECT_EQ(card.accesses.size(), 1U);
}

TEST_F(host_bridge, read_takes_the_whole_round_trip) {
  run([this] {
    EXPECT_EQ(access(bar0 + 8, false), 0x1234'5678U);
    // Request at 100 ns = clock 10 (parked), claimed in 12 at 120 ns; the card answers at the edge at 136 ns, seen in
    // clock 14, crossed in 16; 150 ns back to the CPU.
    EXPECT_EQ(kernel_now(), 160 * ns + 150 * ns);
  });
}

TEST_F(host_bridge, consumes_the_annotated_delay_first) {
  run([this] {
    access(bar0, true, 1, sc_core::sc_time(1, sc_core::SC_US));
    EXPECT_EQ(kernel_now(), 1 * us);
  });
  ASSERT_EQ(card.accesses.size(), 1U);
  EXPECT_EQ(card.accesses[0].at, 1 * us + 100 * ns + clocks(3));
}

TEST_F(host_bridge, posts_writes_up_to_its_limit_and_keeps_their_order) {
  run([this] {
    access(bar0, true, 1);
    access(bar0, true, 2);
    EXPECT_EQ(kernel_now(), 0) << "two writes fit";
    access(bar0, true, 3);
    EXPECT_EQ(kernel_now(), 100 * ns + clocks(3)) << "the third waits for the first to end on the bus";
    EXPECT_EQ(access(bar0, false), 0x1234'5678U);
  });
  ASSERT_EQ(card.accesses.size(), 4U);
  for (std::uint32_t i = 0; i < 3; ++i) EXPECT_EQ(card.accesses[i].access.data, i + 1);
  EXPECT_FALSE(card.accesses[3].access.write) << "a read does not overtake writes";
}

// PCI 2.3 section 3.2.5: else an access behind it could meet a card that does not know its new BAR or command yet.
TEST_F(host_bridge, configuration_and_io_writes_are_not_posted) {
  run([this] {
    access(0x04, true, 7, sc_core::SC_ZERO_TIME, tlm::pci_space::config);
    // Request at 100 ns = clock 10, claimed in 12; the card answers 16 ns later at its edge of 136 ns, which crosses in
    // clocks 14 to 16; 150 ns back.
    EXPECT_EQ(kernel_now(), 160 * ns + 150 * ns);
    access(0xC000, true, 0, sc_core::SC_ZERO_TIME, tlm::pci_space::io);
    // Clock 41, claimed in 43, answered at 448 ns, ended in clock 47.
    EXPECT_EQ(kernel_now(), 470 * ns + 150 * ns);
  });
  ASSERT_EQ(card.accesses.size(), 2U);
  EXPECT_EQ(card.accesses[0].access.data, 7U);
}

TEST_F(host_bridge, byte_enables_reach_the_card) {
  run([this] {
    access(0x04, true, 7, sc_core::SC_ZERO_TIME, tlm::pci_space::config, 0x3);
    access(0x0C, false, 0, sc_core::SC_ZERO_TIME, tlm::pci_space::config, 0x4);
    access(0x04, true, 7, sc_core::SC_ZERO_TIME, tlm::pci_space::config);
  });
  ASSERT_EQ(card.accesses.size(), 3U);
  EXPECT_EQ(card.accesses[0].access.byte_enables, 0x3);
  EXPECT_EQ(card.accesses[1].access.byte_enables, 0x4);
  EXPECT_EQ(card.accesses[2].access.byte_enables, 0xF);
}

// The second burst goes past the socket (DMI), at addresses that do not begin at 0.
TEST_F(host_bridge, dma_goes_into_adopted_memory_and_nowhere_else) {
  std::array<std::byte, 4096> guest{};
  memory.adopt(guest, 0x8000);
  dma(0, 0x8000, 64, 0xA1);
  dma(5 * us, 0x8F80, 128, 0xA2);
  tlm::dma_transfer& below = dma(10 * us, 0x7FC0, 64, 0xA3);
  tlm::dma_transfer& beyond = dma(15 * us, 0x9000, 64, 0xA4);
  run([] { sc_core::wait(tlm::to_sc_time(30 * us)); });
  EXPECT_EQ(guest[0], std::byte{0xA1});
  EXPECT_EQ(guest[63], std::byte{0xA1});
  EXPECT_EQ(guest[64], std::byte{0});
  EXPECT_EQ(guest[0xF7F], std::byte{0});
  EXPECT_EQ(guest[0xF80], std::byte{0xA2});
  EXPECT_EQ(guest[0xFFF], std::byte{0xA2});
  EXPECT_EQ(below.status, tlm::dma_status::master_abort);
  EXPECT_EQ(beyond.status, tlm::dma_status::master_abort);
}

TEST_F(host_bridge, dma_write_is_visible_after_latency_and_lines) {
  // REQ# at 0 crosses in 2, is granted in 4: data phases 10..41 (128 bytes), then 200 ns and two lines of 20 ns.
  dma(0, 0x1000, 128, 0xAB);
  const sim_time visible = clocks(41) + 200 * ns + 40 * ns;
  run([&] {
    sc_core::wait(tlm::to_sc_time(visible));
    EXPECT_EQ(memory.span()[0x1000], std::byte{0}) << "software at that instant goes first";
    EXPECT_EQ(memory.frame_at(0x1000), 0U);
    sc_core::wait(tlm::to_sc_time(1));
    EXPECT_EQ(memory.span()[0x1000], std::byte{0xAB});
    EXPECT_EQ(memory.span()[0x107F], std::byte{0xAB});
    EXPECT_EQ(memory.span()[0x1080], std::byte{0});
    EXPECT_EQ(memory.frame_at(0x1040), 1U);
  });
}

class slow_host_bridge : public host_bridge {
 protected:
  static tlm::pci_params slow() {
    tlm::pci_params p = bridge_params();
    p.drain_latency = 5 * us;
    return p;
  }
  slow_host_bridge() : host_bridge(slow()) {}
};

// PCI 2.3 section 3.2.5; the reason why reading ICR makes descriptors visible (I-9).
TEST_F(slow_host_bridge, read_completes_only_behind_the_dma_writes_before_it) {
  dma(0, 0x1000, 64, 0xCD);  // ends in clock 25, drains at 5.27 us
  run([this] {
    sc_core::wait(tlm::to_sc_time(400 * ns));
    EXPECT_EQ(memory.span()[0x1000], std::byte{0}) << "stale: the write is posted";
    access(bar0, false);
    EXPECT_EQ(memory.span()[0x1000], std::byte{0xCD}) << "not one picosecond later may it be stale";
    EXPECT_GE(kernel_now(), clocks(25) + 5 * us + 20 * ns);
    EXPECT_LE(kernel_now(), clocks(25) + 5 * us + 20 * ns + ps);
  });
}

TEST_F(slow_host_bridge, write_does_not_wait_for_dma) {
  dma(0, 0x1000, 64, 0xCD);
  run([this] {
    sc_core::wait(tlm::to_sc_time(400 * ns));
    access(bar0, true);
    EXPECT_EQ(kernel_now(), 400 * ns);
  });
  EXPECT_LT(card.accesses.at(0).at, 1 * us);
}

TEST_F(slow_host_bridge, full_posting_buffer_refuses_until_it_drains) {
  dma(0, 0x1000, 200, 1);
  dma(0, 0x2000, 100, 2);  // 300 bytes: beyond the 256
  run([] {});
  ASSERT_EQ(card.done.size(), 2U);
  EXPECT_LT(card.done[0].at, 1 * us);
  EXPECT_GT(card.done[1].at, 5 * us);
  EXPECT_GT(bus.counters().retries, 10U);
}

TEST_F(slow_host_bridge, burst_larger_than_the_buffer_is_taken_when_it_is_empty) {
  dma(0, 0x1000, 512, 3);
  run([] {});
  ASSERT_EQ(card.done.size(), 1U);
  EXPECT_EQ(bus.counters().retries, 0U);
  EXPECT_EQ(memory.span()[0x11FF], std::byte{3});
}

}  // namespace
}  // namespace ringside::test

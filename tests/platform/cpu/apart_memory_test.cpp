// SPDX-License-Identifier: Apache-2.0
// What the processor does for the DMA API when memory is not coherent: time it takes, and when the bytes move.
#include <gtest/gtest.h>

#include "hw/tlm/systemc/sc_time_convert.h"
#include "platform/cpu/processor.h"

namespace ringside::test {
namespace {

struct no_software final : kernel::cpu_events {
  void do_irq(kernel::irq_line) override {}
  void do_timer() override {}
};

constexpr std::uint64_t address = 0x1000;

class processor_apart : public testing::Test {
 protected:
  processor_apart() {
    cpus.bus_out.bind(memory.bus_in);  // the device of these tests writes through it as well
    cpus.connect(software);
  }
  void device_writes(unsigned char value) {
    ::tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(address);
    payload.set_data_ptr(&value);
    payload.set_data_length(1);
    payload.set_streaming_width(1);
    ASSERT_EQ(cpus.bus_out->transport_dbg(payload), 1U);
  }
  unsigned cpu_sees() { return std::to_integer<unsigned>(cpus.memory()[address]); }
  void run(std::function<void()> body) {
    cpus.spawn(0, "test", std::move(body));
    sc_core::sc_start(tlm::to_sc_time(1 * ms));
  }

  event_stream events;
  platform::interrupt_controller interrupts{4, 500 * ns};
  tlm::host_memory memory{"memory", 1U << 16, false};
  platform::processor cpus{"cpus", {}, interrupts, memory, events};
  no_software software;
};

// The CPU is 20 us ahead of the simulation when it syncs; the device writes meanwhile.
TEST_F(processor_apart, a_sync_sees_what_was_written_up_to_its_own_time) {
  sc_core::sc_spawn([this] {
    sc_core::wait(tlm::to_sc_time(10 * us));
    device_writes(0xDD);
  });
  unsigned before = 1, after = 0;
  run([&] {
    cpus.consume(kernel::cost::app_per_frame, 200);
    ASSERT_GT(cpus.now(), 10 * us);
    before = cpu_sees();
    cpus.dma_sync_for_cpu(address, 1);
    after = cpu_sees();
  });
  EXPECT_EQ(before, 0U);
  EXPECT_EQ(after, 0xDDU);
}

TEST_F(processor_apart, every_line_touched_costs) {
  std::vector<sim_time> spent;
  run([&] {
    const auto measure = [&](const std::function<void()>& call) {
      const sim_time start = cpus.now();
      call();
      spent.push_back(cpus.now() - start);
    };
    measure([&] { cpus.dma_sync_for_cpu(address, 64); });      // one line
    measure([&] { cpus.dma_sync_for_cpu(address + 2, 64); });  // two
    measure([&] { cpus.dma_sync_for_device(address, 65); });   // two
    measure([&] { cpus.dma_invalidate(address + 2, 1522); });  // 24: the last byte is number 1523
    measure([&] { cpus.dma_invalidate(address, 0); });
  });
  const sim_time line = platform::virtual_cpu_params{}.clock.edge(30);
  EXPECT_EQ(spent, (std::vector<sim_time>{line, 2 * line, 2 * line, 24 * line, 0}));
}

}  // namespace
}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// Whose turn it is at the allocator while the interface goes down and up: an interrupt that comes inside a cost is
// served before what follows the cost, whether the CPU waits for each cost or works ahead
// (sw/kernel/memory_allocator.h).
#include "tests/sw/driver/bench.h"

namespace ringside::test {
namespace {

constexpr kernel::irq_line other_line = 5;
constexpr std::uint32_t ring = 16;

/// The buffers posted by a change of the ring's size, while another device's interrupt comes at `when` and takes and
/// gives back memory of the same size.
class interrupted_change {
 public:
  interrupted_change(sim_time when, bool at_every_cost) {
    driver::config c;
    c.quiesce_delay = 50 * us;
    c.reset_delay = 20 * us;
    c.watchdog = false;
    c.ring_size = ring;
    bench b(c);
    b.host.sync_on_consume = at_every_cost;
    b.up();
    std::vector<kernel::bus_address> held;
    b.host.run_task([&] {
      const std::size_t size = b.os.memory().usable_size(b.host.of(stage::desc_post).front().b & ~std::uint64_t{2047});
      for (int i = 0; i < 3; ++i) held.push_back(b.os.memory().alloc(size));
      b.os.irqs().request_irq(other_line, "other", this, [&b, &held, size](kernel::irq_line) {
        b.host.set_line(other_line, false);
        held.push_back(b.os.memory().alloc(size));
        b.os.memory().free(held.front());
        held.erase(held.begin());
        return kernel::irq_return::handled;
      });
    });
    b.host.run(1 * second);
    b.host.events.clear();
    if (when != 0) b.host.at(when, [&b] { b.host.set_line(other_line, true); });
    b.host.run_task([&] { EXPECT_EQ(b.card.set_ring_size(2 * ring), driver::driver_status::ok); });
    // The next time down as well: what was freed in between decides.
    b.host.run_task([&] { EXPECT_EQ(b.card.set_ring_size(ring), driver::driver_status::ok); });
    for (const event& e : b.host.of(stage::desc_post)) posted.push_back(e.b);
    for (const stage what : {stage::dma_unmap, stage::dma_map})
      for (const event& e : b.host.of(what)) times.push_back(e.time);
    b.host.run_task([&] {
      b.os.irqs().free_irq(other_line, this);
      for (const kernel::bus_address a : held) b.os.memory().free(a);
    });
    b.finish();
  }

  std::vector<kernel::bus_address> posted;
  std::vector<sim_time> times;  // when buffers went and came
};

TEST(shared_memory, an_interrupt_inside_a_cost_has_its_turn_before_what_follows) {
  const interrupted_change undisturbed(0, false);
  ASSERT_EQ(undisturbed.posted, interrupted_change(0, true).posted);
  std::size_t felt = 0;
  for (std::size_t i = 0; i < undisturbed.times.size(); ++i) {
    for (const sim_time before : {0 * ns, 40 * ns, 130 * ns}) {
      const sim_time when = undisturbed.times[i] - before;
      const interrupted_change ahead(when, false);
      EXPECT_EQ(ahead.posted, interrupted_change(when, true).posted) << i << ", " << before << " ps before";
      felt += ahead.posted != undisturbed.posted ? 1 : 0;
    }
  }
  EXPECT_GT(felt, undisturbed.times.size());
}

}  // namespace
}  // namespace ringside::test

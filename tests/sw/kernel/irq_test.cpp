// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/irq.h"

#include <gtest/gtest.h>

#include <vector>

#include "sw/kernel/kernel.h"
#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace {

class irq : public testing::Test {
 protected:
  irq() { host.connect(os); }

  test::fake_host host;
  kernel os{host, {}};
};

TEST_F(irq, unmasks_with_the_first_handler_and_masks_with_the_last) {
  const int a = 0;
  const int b = 0;
  EXPECT_TRUE(host.irq_masked(5));
  EXPECT_TRUE(os.irqs().request_irq(5, "a", &a, [](irq_line) { return irq_return::none; }));
  EXPECT_FALSE(host.irq_masked(5));
  EXPECT_TRUE(os.irqs().request_irq(5, "b", &b, [](irq_line) { return irq_return::none; }));
  EXPECT_FALSE(os.irqs().request_irq(5, "a", &a, [](irq_line) { return irq_return::none; }));
  os.irqs().free_irq(5, &a);
  EXPECT_FALSE(host.irq_masked(5));
  os.irqs().free_irq(5, &b);
  EXPECT_TRUE(host.irq_masked(5));
}

TEST_F(irq, calls_every_handler_of_a_shared_line) {
  int first = 0;
  int second = 0;
  os.irqs().request_irq(5, "first", &first, [&](irq_line) {
    ++first;
    return irq_return::none;
  });
  os.irqs().request_irq(5, "second", &second, [&](irq_line) {
    ++second;
    host.set_line(5, false);
    return irq_return::handled;
  });
  host.set_line(5, true);
  host.run_for(1 * us);
  EXPECT_EQ(first, 1);
  EXPECT_EQ(second, 1);
  EXPECT_EQ(os.counters().hardirqs, 1U);
  EXPECT_EQ(os.counters().spurious, 0U);
}

TEST_F(irq, a_claim_does_not_hide_the_line_from_later_handlers) {
  int second = 0;
  const int first = 0;
  os.irqs().request_irq(5, "first", &first, [&](irq_line l) {
    host.set_line(l, false);
    return irq_return::handled;
  });
  os.irqs().request_irq(5, "second", &second, [&](irq_line) {
    ++second;
    return irq_return::none;
  });
  host.set_line(5, true);
  host.run_for(1 * us);
  EXPECT_EQ(second, 1);  // both devices may have asked
}

TEST_F(irq, counts_an_interrupt_nobody_claims) {
  const int owner = 0;
  os.irqs().request_irq(5, "none", &owner, [&](irq_line) {
    host.set_line(5, false);
    return irq_return::none;
  });
  host.set_line(5, true);
  host.run_for(1 * us);
  EXPECT_EQ(os.counters().spurious, 1U);
  EXPECT_EQ(os.irqs().spurious(5), 1U);
  EXPECT_EQ(os.irqs().spurious(6), 0U);
}

// note_interrupt: 100,000 interrupts after the first unhandled one, and more than 99,900 of them unhandled.
TEST_F(irq, a_line_nobody_serves_is_shut_off_after_linux_count) {
  std::uint64_t calls = 0;
  bool mine = false;
  os.irqs().request_irq(5, "stuck", &calls, [&](irq_line line) {
    ++calls;
    if (mine) host.set_line(line, false);
    return mine ? irq_return::handled : irq_return::none;
  });
  host.set_line(5, true);
  while (!host.irq_masked(5) && calls < 200'000) host.run_for(1 * ms);
  ASSERT_TRUE(host.irq_masked(5));  // else the second below is one interrupt after the other
  EXPECT_EQ(calls, 100'000U);
  EXPECT_EQ(os.counters().nobody_cared, 1U);
  ASSERT_EQ(host.count(stage::irq_nobody_cared), 1U);
  EXPECT_EQ(host.of(stage::irq_nobody_cared)[0].a, 5U);
  // poll_spurious_irqs: its handlers are called every 100 ms, to the wheel.
  host.run_for(1 * second);
  EXPECT_GE(calls, 100'000U + 9);
  EXPECT_LE(calls, 100'000U + 10);
  EXPECT_TRUE(host.irq_masked(5));
  // __setup_irq: a new handler gives the line another chance.
  mine = true;
  const int other = 0;
  os.irqs().request_irq(5, "other", &other, [](irq_line) { return irq_return::none; });
  EXPECT_FALSE(host.irq_masked(5));
  const std::uint64_t before = calls;
  host.run_for(1 * second);
  EXPECT_EQ(calls, before + 1);
  os.irqs().free_irq(5, &calls);
  os.irqs().free_irq(5, &other);
}

TEST_F(irq, a_hundred_of_a_hundred_thousand_served_keep_a_line_on) {
  std::uint64_t calls = 0;
  os.irqs().request_irq(5, "seldom", &calls,
                        [&](irq_line) { return ++calls % 1000 == 0 ? irq_return::handled : irq_return::none; });
  host.set_line(5, true);
  while (calls < 250'000) host.run_for(1 * ms);
  EXPECT_FALSE(host.irq_masked(5));
  EXPECT_EQ(os.counters().nobody_cared, 0U);
  host.set_line(5, false);
}

// An unhandled one more than 100 ms after the last begins the count anew.
TEST_F(irq, lone_spurious_interrupts_never_shut_a_line_off) {
  unsigned calls = 0;
  os.irqs().request_irq(5, "lone", &calls, [&](irq_line line) {
    ++calls;
    host.set_line(line, false);
    return irq_return::none;
  });
  for (unsigned i = 0; i < 100'100; ++i) {
    host.set_line(5, true);
    host.run_for(105 * ms);
  }
  EXPECT_EQ(calls, 100'100U);
  EXPECT_EQ(os.counters().nobody_cared, 0U);
}

// The list may change under a walk: a handler adds another and takes itself and one behind it out.
TEST_F(irq, handlers_may_change_the_list_they_are_called_from) {
  std::string log;
  int owners[4] = {};
  os.irqs().request_irq(5, "changes", &owners[0], [&, keep = std::string(100, 'x')](irq_line line) {
    log += 'a';
    host.set_line(line, false);
    os.irqs().free_irq(line, &owners[0]);
    os.irqs().free_irq(line, &owners[1]);
    for (int i = 2; i < 4; ++i)
      os.irqs().request_irq(line, "added", &owners[i], [&log](irq_line) {
        log += 'n';
        return irq_return::none;
      });
    EXPECT_EQ(keep, std::string(100, 'x')) << "a handler that runs is still there";
    return irq_return::handled;
  });
  os.irqs().request_irq(5, "gone", &owners[1], [&](irq_line) {
    log += 'b';
    return irq_return::none;
  });
  host.set_line(5, true);
  host.run_for(1 * us);
  EXPECT_EQ(log, "ann");
  host.set_line(5, true);
  host.run_for(1 * us);
  host.set_line(5, false);
  EXPECT_EQ(log.substr(0, 5), "annnn");
  EXPECT_FALSE(os.irqs().request_irq(5, "again", &owners[3], [](irq_line) { return irq_return::none; }));
}

TEST_F(irq, comes_again_after_eoi_while_the_level_stays) {
  int calls = 0;
  os.irqs().request_irq(5, "level", &calls, [&](irq_line) {
    if (++calls == 3) host.set_line(5, false);
    return irq_return::handled;
  });
  host.set_line(5, true);
  host.run_for(100 * us);
  EXPECT_EQ(calls, 3);
}

TEST_F(irq, hardirqs_do_not_nest) {
  int depth = 0;
  int deepest = 0;
  const auto handler = [&](irq_line line) {
    deepest = std::max(deepest, ++depth);
    host.set_line(line, false);
    host.consume(cost::context_switch, 1);
    host.sync();  // the other line is pending here
    --depth;
    return irq_return::handled;
  };
  const int a = 0;
  const int b = 0;
  os.irqs().request_irq(5, "a", &a, handler);
  os.irqs().request_irq(6, "b", &b, handler);
  host.set_line(5, true);
  host.set_line(6, true);
  host.run_for(100 * us);
  EXPECT_EQ(os.counters().hardirqs, 2U);
  EXPECT_EQ(deepest, 1);
}

TEST_F(irq, wraps_the_handler_in_enter_and_exit_events) {
  const int owner = 0;
  os.irqs().request_irq(5, "a", &owner, [&](irq_line line) {
    host.set_line(line, false);
    EXPECT_TRUE(os.softirq().in_interrupt());
    return irq_return::handled;
  });
  host.set_line(5, true);
  host.run_for(10 * us);
  ASSERT_EQ(host.events.size(), 2U);
  EXPECT_EQ(host.events[0].what, stage::hardirq_enter);
  EXPECT_EQ(host.events[0].a, 5U);
  EXPECT_EQ(host.events[1].what, stage::hardirq_exit);
  EXPECT_FALSE(os.softirq().in_interrupt());
}

// ---- Message-signalled vectors ----

constexpr irq_line vector = test::fake_host::first_vector;

TEST_F(irq, a_message_calls_its_handlers_once) {
  int calls = 0;
  os.irqs().request_irq(vector, "msi", this, [&](irq_line l) {
    EXPECT_EQ(l, vector);
    ++calls;
    return irq_return::handled;
  });
  host.send_message(vector);
  host.run_for(10 * us);
  EXPECT_EQ(calls, 1);
  host.send_message(vector);
  host.run_for(10 * us);
  EXPECT_EQ(calls, 2);
  os.irqs().free_irq(vector, this);
  EXPECT_TRUE(host.irq_masked(vector));
}

// handle_edge_irq acknowledges first: a message that comes while the handler runs interrupts once more.
TEST_F(irq, a_message_during_the_handler_is_not_lost) {
  int calls = 0;
  os.irqs().request_irq(vector, "msi", this, [&](irq_line) {
    if (++calls == 1) host.send_message(vector);
    return irq_return::handled;
  });
  host.send_message(vector);
  host.run_for(10 * us);
  EXPECT_EQ(calls, 2);
}

// The affinity changed while the handler runs: the other CPU leaves the message to it, and the vector masked meanwhile.
TEST(irq_of_two_cpus, a_message_elsewhere_has_the_running_handler_called_again) {
  test::fake_host host{2};
  kernel os{host, {}};
  host.connect(os);
  std::vector<unsigned> calls;
  std::vector<bool> masked;
  os.irqs().request_irq(vector, "msi", &host, [&](irq_line) {
    calls.push_back(host.this_cpu());
    if (calls.size() == 1) {
      os.irqs().irq_set_affinity(vector, 1);
      host.send_message(vector);
      host.on_cpu(1, [&] { host.take_interrupt(); });
      masked.push_back(host.irq_masked(vector));
    } else {
      masked.push_back(host.irq_masked(vector));
    }
    return irq_return::handled;
  });
  host.send_message(vector);
  host.run_for(10 * us);
  EXPECT_EQ(calls, (std::vector<unsigned>{0, 0}));
  EXPECT_EQ(masked, (std::vector<bool>{true, false}));
  host.send_message(vector);
  host.run_for(10 * us);
  EXPECT_EQ(calls, (std::vector<unsigned>{0, 0, 1}));
}

TEST(irq_of_two_cpus, a_vector_whose_last_handler_went_stays_masked) {
  test::fake_host host{2};
  kernel os{host, {}};
  host.connect(os);
  int calls = 0;
  os.irqs().request_irq(vector, "msi", &host, [&](irq_line) {
    ++calls;
    os.irqs().irq_set_affinity(vector, 1);
    host.send_message(vector);
    host.on_cpu(1, [&] { host.take_interrupt(); });
    os.irqs().free_irq(vector, &host);
    return irq_return::handled;
  });
  host.send_message(vector);
  host.run_for(10 * us);
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(host.irq_masked(vector));
}

}  // namespace
}  // namespace ringside::kernel

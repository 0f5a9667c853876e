// SPDX-License-Identifier: Apache-2.0
#include "tests/platform/cpu/random_program.h"

#include <fmt/format.h>

#include "common/rng.h"
#include "hw/tlm/systemc/sc_time_convert.h"
#include "tests/common/forked.h"
#include "tests/platform/cpu/cpu_bench.h"

namespace ringside::test {
namespace {

constexpr unsigned devices = 3;
constexpr unsigned steps = 150;
constexpr sim_time end = 4 * ms;
constexpr sim_time devices_end = end - 300 * us;  // so that nothing is under way at the end

struct program {
  explicit program(const program_params& p) : params(p), bench(cpu_params(p), p.cpus) {}

  static platform::virtual_cpu_params cpu_params(const program_params& p) {
    platform::virtual_cpu_params c;
    c.clock = clock_domain(p.clock_numerator, p.clock_denominator);
    c.accumulate = p.accumulate;
    c.cost_jitter = p.cost_jitter;
    c.seed = p.seed;
    c.sched = {.latency = 80 * us, .min_granularity = 10 * us, .wakeup_granularity = 2 * us, .tick = 50 * us};
    return c;
  }

  platform::virtual_cpu& cpu() { return bench.here(); }

  // A device: asserts at random times; the handler's acknowledge lets it assert again.
  void run_device(unsigned line) {
    rng random(params.seed * 100 + line);
    sim_time t = 2 * us;
    while (t < devices_end) {
      t += random.between(100, 60'000) * ns + random.below(1000);
      sc_core::wait(tlm::to_sc_time(t - tlm::from_sc_time(sc_core::sc_time_stamp())));
      if (level[line]) continue;
      level[line] = true;
      // Told now for now or a little later, as a card that runs ahead does.
      bench.interrupts.set_level(line, true, t + random.below(2) * random.below(900) * ns);
      t += 900 * ns;
    }
  }

  // Draws of its own for every interrupt: one generator for all would be state that is shared without a
  // synchronisation.
  rng random_of(unsigned line) { return rng(params.seed * 10'000 + line * 1000 + ++taken[line] * 77'777); }

  void handle(unsigned line) {
    rng handler_random = random_of(line);
    ++seen[cpu().number()];
    cpu().consume(handler_random.between(10, 900));
    cpu().stall([&handler_random] { sc_core::wait(tlm::to_sc_time(handler_random.between(50, 400) * ns)); });
    if (level[line]) {
      level[line] = false;
      bench.interrupts.set_level(line, false, cpu().now());
    }
    bench.mark(1000 + line);
    if (handler_random.chance(500'000)) wake_one(handler_random);
    if (!handler_random.chance(400'000)) return;
    // A softirq at interrupt exit.
    cpu().synchronise();
    bench.interrupts.eoi(line, cpu().now());
    cpu().irq_restore(true);
    for (unsigned i = handler_random.below(4); i > 0; --i) {
      cpu().consume(handler_random.between(1, 3000));
      bench.mark(2000 + i);
    }
    cpu().synchronise();
    cpu().irq_save();
  }

  void wake_one(rng& random) {
    platform::task& t = *tasks[random.below(static_cast<std::uint32_t>(tasks.size()))];
    if (t.cpu == cpu().number()) {
      cpu().settle_interrupts();
    } else {
      cpu().synchronise();
    }
    bench.wake(t);
  }

  void run_task(unsigned number) {
    rng random(params.seed * 1000 + number);
    for (unsigned i = 0; i < steps; ++i) {
      switch (random.below(10)) {
        case 0:
        case 1:
        case 2:
          cpu().consume(random.between(1, 4000));
          break;
        case 3:
          bench.mark(number * 100'000 + i);
          break;
        case 4: {
          const bool was = cpu().irq_save();
          cpu().consume(random.between(1, 3000));
          bench.mark(number * 100'000 + i);
          if (random.chance(300'000)) cpu().synchronise();
          cpu().consume(random.between(1, 500));
          cpu().irq_restore(was);
          bench.mark(4000 + seen[cpu().number()]);
          break;
        }
        case 5:
          cpu().stall([&random] { sc_core::wait(tlm::to_sc_time(random.between(100, 900) * ns + random.below(500))); });
          break;
        case 6:
          cpu().synchronise();  // before asking for the time: an interrupt may still shift it
          cpu().set_timer(cpu().now() + random.between(1, 50) * us);
          break;
        case 7:
          wake_one(random);
          break;
        case 8:
          cpu().settle_interrupts();  // what only this CPU's interrupts change
          bench.mark(4000 + seen[cpu().number()]);
          break;
        default:
          if (random.chance(300'000)) {
            cpu().cond_resched();
            break;
          }
          cpu().prepare_to_sleep();
          if (random.chance(500'000)) cpu().consume(random.between(1, 2000));
          cpu().schedule();
          cpu().finish_sleep();
          bench.mark(number * 100'000 + i);
          break;
      }
    }
    cpu().synchronise();
  }

  std::string run() {
    bench.irq = [this](unsigned line) { handle(line); };
    bench.timer = [this] {
      rng handler_random = random_of(devices);
      ++seen[cpu().number()];
      cpu().consume(200);
      bench.mark(3000);
      wake_one(handler_random);
    };
    for (unsigned line = 0; line < devices; ++line) {
      bench.interrupts.route(line, line % params.cpus);
      sc_core::sc_spawn([this, line] { run_device(line); });
    }
    for (unsigned i = 0; i < 3; ++i)
      tasks.push_back(&bench.task(
          "t", [this, i] { run_task(i); }, i % params.cpus));
    bench.run(end);
    std::string text = bench.log();
    for (unsigned n = 0; n < params.cpus; ++n) {
      const platform::cpu_usage u = bench.cpu(n).usage();
      text += fmt::format("cpu{} task {} softirq {} hardirq {} idle {} switches {}\n", n, u.task, u.softirq, u.hardirq,
                          u.idle, u.context_switches);
    }
    return text;
  }

  const program_params params;
  cpu_bench bench;
  std::uint64_t taken[devices + 1] = {};  // interrupts per line, and of the timer
  std::uint64_t seen[2] = {};             // interrupts per CPU
  bool level[devices] = {};
  std::vector<platform::task*> tasks;
};

}  // namespace

std::string run_random_program(const program_params& params) {
  return run_forked([&] { return program(params).run(); });
}

}  // namespace ringside::test

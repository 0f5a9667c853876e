// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/seed_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <utility>

#include "platform/machine/machine.h"
#include "platform/report/journey_printer.h"
#include "platform/report/run_report.h"
#include "platform/source/stimulus.h"
#include "sw/driver/e1000.h"
#include "tools/regress/coverage.h"
#include "tools/regress/draw.h"
#include "tools/regress/scoreboard.h"
#include "tools/regress/send_board.h"

namespace ringside::platform {
namespace {

constexpr std::uint64_t ample_fragment_memory = 1024 * 1024;  // more than all fragments of a seed

/// A byte of payload, or the fate of a frame that is not delivered.
void spoil_expectation(planned_frame& frame) {
  if (frame.payload.empty() || !frame.meant.test(0))
    frame.meant.reset();
  else
    frame.payload.back() ^= 0x01;
}

void judge_end(const machine& m, const run_report& report, scoreboard& board, send_board& sends) {
  board.finish();
  sends.finish();
  board.compare([&m](std::string_view name) { return m.nic_driver().hardware_counters()[name]; });
  sends.compare([&m](std::string_view name) { return m.nic_driver().hardware_counters()[name]; });
  for (const std::string& breach : report.ledger().breaches()) board.complain("ledger: " + breach);
  const auto held = m.still_held();
  if (held.skbs != 0) board.complain(fmt::format("after close: {} sk_buffs are left", held.skbs));
  if (held.dma_mappings != 0) board.complain(fmt::format("after close: {} DMA mappings are left", held.dma_mappings));
  if (held.allocations != 0) board.complain(fmt::format("after close: {} allocations are left", held.allocations));
}

/// Does what a planted fault says; some do not return.
void go_wrong(planted_fault::kind what) {
  if (what == planted_fault::kind::exception) throw std::runtime_error("planted");
  if (what == planted_fault::kind::signal) std::raise(SIGABRT);
  if (what == planted_fault::kind::hang)
    for (;;) ::pause();
}

std::string journeys_of(const run_report& report, const scenario& plan) {
  std::string text;
  for (const journey& j : report.journeys().journeys())
    text += print_journey(j, {.pci_clock_hz = pci_clock_hz(plan)}) + "\n";
  return text;
}

/// Follows a run that will crash: delivers events closely when it is near, and leaves what can be left just before.
class crash_watch final : public event_consumer {
 public:
  crash_watch(machine& m, run_report& report, const black_box& sofar, const close_look& look, const scenario& plan)
      : machine_(m), report_(report), sofar_(sofar), look_(look), plan_(plan) {}

  void on_event(const event&) override {
    if (close_ || sofar_.events < look_.closely_after) return;
    close_ = true;
    machine_.deliver_closely([this] {
      if (sofar_.events >= look_.stop_after) leave();
    });
  }

 private:
  [[noreturn]] void leave() {
    machine_.finish_waves();
    report_.finish();
    if (look_.on_journey) look_.on_journey(journeys_of(report_, plan_));
    _exit(0);
  }

  machine& machine_;
  run_report& report_;
  const black_box& sofar_;
  const close_look& look_;
  const scenario& plan_;
  bool close_ = false;
};

seed_result result_of(const seed_plan& plan, const drawn_run& drawn, const run_report& report, const machine& m) {
  seed_result r;
  r.seed = plan.seed;
  r.mix = name(drawn.mix);
  r.hash = fmt::format("{:016x}", report.hash().value());
  const frame_counts& f = report.ledger().frames();
  r.frames = {{"offered", f.offered},
              {"delivered", f.delivered},
              {"consumed", f.consumed},
              {"dropped", f.dropped_total()},
              {"in_flight", f.in_flight}};
  r.breaches = m.breaches();
  return r;
}

}  // namespace

seed_result run_seed(const seed_plan& plan, seed_surroundings around) {
  const auto wall_start = std::chrono::steady_clock::now();
  const close_look& look = around.look;
  const drawn_run drawn = draw_run(plan.seed, plan.nic);
  const std::vector<planned_frame> frames = make_stimulus(drawn.plan);
  std::vector<planned_frame> expected = frames;
  if (const frame_id id = plan.planted.frame; plan.planted.what == planted_fault::kind::expectation)
    spoil_expectation(expected.at(id - 1));

  planned_source source(frames);
  machine m(around.elaborated != nullptr ? std::move(around.elaborated)
                                         : std::make_unique<hardware>(start_class_of(drawn.plan)),
            drawn.plan, source);
  run_report report(look.frames, look.frames.empty() && static_cast<bool>(look.on_journey));
  scoreboard board(expected, epochs_of(drawn.plan), drawn.plan.stack.fragments.timeout,
                   drawn.plan.stack.fragments.memory_limit < ample_fragment_memory);
  send_board sends(drawn.plan, expected, [&board](std::string text, frame_id frame, sim_time t) {
    board.complain(std::move(text), frame, t);
  });
  coverage seen(drawn.plan);
  for (event_consumer* consumer : {static_cast<event_consumer*>(&report), static_cast<event_consumer*>(&board),
                                   static_cast<event_consumer*>(&sends), static_cast<event_consumer*>(&seen)})
    m.events().add_consumer(*consumer);
  m.add_tap(
      [&board](sim_time t, frame_id frame, std::span<const std::byte> packet) { board.on_tap(t, frame, packet); });
  m.on_app_read([&](sim_time t, frame_id frame, std::span<const std::byte> payload) {
    board.on_read(t, frame, payload);
    if (frame == plan.planted.frame) go_wrong(plan.planted.what);
  });
  m.on_app_send([&sends](const stack::app::sent_message& message) { sends.on_send(message); });
  m.add_wire_tap([&sends](const wire_passage& frame) { sends.on_wire(frame); });
  if (look.waves) m.trace(*look.waves);
  black_box unread;
  black_box& box = around.recorder != nullptr ? *around.recorder : unread;
  flight_recorder recorder(box);
  m.events().add_consumer(recorder);
  crash_watch watch(m, report, box, look, drawn.plan);
  m.events().add_consumer(watch);
  m.run({});
  report.finish();
  judge_end(m, report, board, sends);
  seen.finish(m.counters(), report.interrupts());
  seen.add_frames(board.met());
  seen.add_frames(sends.met());

  seed_result r = result_of(plan, drawn, report, m);
  r.complaints = board.complaints();
  r.coverage = seen.counts();
  r.failed_at = board.first_time();
  r.failed_frame = board.first_frame();
  if (const auto first = m.first_breach(); first && (r.failed_at < 0 || first->time <= r.failed_at)) {
    r.failed_at = first->time;
    r.failed_frame = first->frame;
  }
  if (look.on_journey) look.on_journey(journeys_of(report, drawn.plan));
  r.wall_us = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - wall_start).count());
  return r;
}

}  // namespace ringside::platform

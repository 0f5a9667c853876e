// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <span>
#include <utility>

#include "hw/tlm/wire/wire.h"
#include "platform/machine/machine_params.h"
#include "platform/report/output_file.h"
#include "platform/report/pcap_out.h"
#include "platform/source/stimulus.h"
#include "tools/cli/stop_signal.h"
#include "tools/regress/draw.h"
#include "tools/regress/fork_server.h"

namespace ringside::platform {
namespace {

void write_file(const std::filesystem::path& path, const std::string& text) {
  errno = 0;
  std::ofstream out(path, std::ios::binary);
  out << text << std::flush;
  if (!out) throw output_error(path.string(), errno);
}

// The frames as the wire makes them, FCS included.  RX_ER, which a capture cannot hold, stands in the text file.
void write_stimulus(const std::filesystem::path& folder, const scenario& plan) {
  pcap_out capture((folder / "stimulus.pcap").string(), "--keep-failing", pcap_out::fcs::present);
  planned_source source(make_stimulus(plan));
  tlm::wire wire(0, source, wire_params_of(plan));
  std::string notes;
  while (wire.peek() != nullptr) {
    const wire_frame frame = wire.pop();
    capture.write(frame.start, std::as_bytes(std::span(frame.bytes)));
    if (frame.rx_er_at >= 0) notes += fmt::format("frame {}: RX_ER at byte {}\n", frame.id, frame.rx_er_at);
  }
  capture.commit();
  write_file(folder / "stimulus.txt", notes.empty() ? "no frame has RX_ER\n" : notes);
}

std::string failures(const seed_result& r) {
  std::string out;
  for (const std::string& text : r.breaches) out += "contract: " + text + "\n";
  for (const std::string& text : r.complaints) out += text + "\n";
  if (r.failed_at >= 0)
    out += fmt::format("first seen at {} ps of simulated time, frame {}\n", r.failed_at, r.failed_frame);
  return out;
}

/// Other runs of a failing seed, each in a child, and the folder they fill.
class second_look {
 public:
  second_look(std::filesystem::path to, const seed_plan& plan, const seed_result& first, std::chrono::seconds limit)
      : to_(std::move(to)), plan_(plan), first_(first), limit_(limit) {}

  void at_failure() const {
    const sim_time failed = first_.failed_at;
    const job_end done = run(look_into({&first_.failed_frame, 1}, failed - window_before, failed + window_after));
    const std::string hash = done.why.empty() ? result_from(done.text).hash : "";
    if (!done.why.empty())
      note("the second run " + done.why);
    else if (hash != first_.hash)
      note(fmt::format("the second run differs: {} and {}", first_.hash, hash));
  }

  // Events are delivered some hundred at a time, and what was not delivered died with the run.  So a second run
  // delivers closely from where the first was heard of last, and tells how far that goes; a third one stops there.
  void before_crash() const {
    close_look closely;
    closely.closely_after = first_.last.events;
    const job_end again = run(closely);
    if (again.why.empty()) return note("the second run came to its end");
    if (again.last.events == 0) return note("the run ended before anything happened");
    const sim_time crashed = again.last.time;
    close_look look = look_into(again.last.frames, crashed - window_before, crashed + window_after);
    look.closely_after = first_.last.events;
    look.stop_after = again.last.events;
    if (const job_end done = run(look); !done.why.empty()) note("the third run " + done.why);
  }

 private:
  job_end run(const close_look& look) const {
    fork_server server(1, limit_);
    job_end out;
    const job_function job = [&](std::size_t, black_box& box) {
      return to_text(run_seed(plan_, {.elaborated = {}, .recorder = &box, .look = look}));
    };
    const bool whole = server.run(
        1, {.job = job}, [&out](job_end end) { out = std::move(end); }, [] { return !stop_signal::asked(); });
    if (!whole) out.why = "was interrupted";
    return out;
  }

  close_look look_into(std::span<const frame_id> frames, sim_time from, sim_time until) const {
    close_look look;
    for (const frame_id frame : frames)
      if (frame != 0) look.frames.push_back(frame);
    look.on_journey = [to = to_](const std::string& text) { write_file(to / "journey.txt", text); };
    look.waves = wave_options{(to_ / "window.vcd").string(), std::max<sim_time>(0, from), until};
    return look;
  }

  void note(const std::string& text) const { write_file(to_ / "second_run.txt", text + "\n"); }

  const std::filesystem::path to_;
  const seed_plan& plan_;
  const seed_result& first_;
  const std::chrono::seconds limit_;
};

}  // namespace

std::string repeat_command(const seed_plan& plan) {
  return fmt::format("ringside regress --seeds {0}..{0} --nic {1}", plan.seed, plan.nic);
}

void leave_evidence(const std::string& folder, const seed_plan& plan, const seed_result& result,
                    std::chrono::seconds limit) {
  const std::filesystem::path to = std::filesystem::path(folder) / fmt::format("seed-{}", plan.seed);
  std::error_code failed;
  std::filesystem::create_directories(to, failed);
  if (failed) throw output_error(to.string(), failed.value());
  const drawn_run drawn = draw_run(plan.seed, plan.nic);
  write_file(to / "scenario.toml", as_toml(drawn));
  write_stimulus(to, drawn.plan);
  write_file(to / "breach.txt", failures(result));
  write_file(to / "command", repeat_command(plan) + "\n");
  const second_look look(to, plan, result, limit);
  if (result.ended())
    look.at_failure();
  else
    look.before_crash();
}

}  // namespace ringside::platform

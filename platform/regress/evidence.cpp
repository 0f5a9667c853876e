#include "platform/regress/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "platform/regress/draw.h"
#include "platform/regress/fork_server.h"
#include "platform/source/stimulus.h"
#include "platform/report/pcap_out.h"

namespace ringside::platform {
namespace {

constexpr std::chrono::seconds second_limit{120};  // of real time

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text << std::flush;
  if (!out) throw std::runtime_error(path.string() + ": cannot be written");
}

// What the capture format cannot say of a frame stands in the text file: FCS and RX_ER are the wire's.
void write_stimulus(const std::filesystem::path& folder, const std::vector<planned_frame>& frames) {
  pcap_out capture((folder / "stimulus.pcap").string(), "--keep-failing");
  std::string notes;
  sim_time stamp = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const offered_frame& f = frames[i].offer;
    stamp = std::max(stamp, f.earliest);
    capture.write(stamp, std::as_bytes(std::span(f.bytes)));
    if (f.bad_fcs) notes += fmt::format("frame {}: wrong FCS\n", i + 1);
    if (f.rx_er_at >= 0) notes += fmt::format("frame {}: RX_ER at byte {}\n", i + 1, f.rx_er_at);
    if (!f.pad) notes += fmt::format("frame {}: not padded, {} bytes on the wire\n", i + 1, frames[i].wire_bytes);
  }
  capture.commit();
  write_file(folder / "stimulus.txt", notes.empty() ? "every frame is sound\n" : notes);
}

std::string failures(const seed_result& r) {
  std::string out;
  for (const std::string& text : r.breaches) out += "contract: " + text + "\n";
  for (const std::string& text : r.complaints) out += text + "\n";
  return out;
}

/// Another run of the seed, in a child.
job_end run_again(const seed_plan& plan, const close_look& look) {
  fork_server server(1, second_limit);
  job_end out;
  server.run(1, {.job = [&](std::size_t, black_box& box) {
               return to_text(run_seed(plan, {.elaborated = {}, .recorder = &box, .look = look}));
             }},
             [&out](job_end end) { out = std::move(end); });
  return out;
}

close_look look_into(const std::filesystem::path& to, frame_id frame, sim_time from, sim_time until) {
  close_look look;
  look.frame = frame;
  look.on_journey = [to](const std::string& text) { write_file(to / "journey.txt", text); };
  look.waves =
      wave_options{.vcd = (to / "window.vcd").string(), .start = std::max<sim_time>(0, from), .end = until};
  return look;
}

void look_at_failure(const std::filesystem::path& to, const seed_plan& plan, const seed_result& result) {
  const job_end done =
      run_again(plan, look_into(to, result.failed_frame, result.failed_at - window_before, result.failed_at + window_after));
  const std::string hash = done.why.empty() ? result_from(done.text).hash : "";
  if (!done.why.empty()) write_file(to / "second_run.txt", "the second run " + done.why + "\n");
  if (done.why.empty() && hash != result.hash)
    write_file(to / "second_run.txt", fmt::format("the second run differs: {} and {}\n", result.hash, hash));
}

// Events are delivered some hundred at a time, and what was not delivered died with the run.  So a second run delivers
// closely from where the first was heard of last, and tells how far that goes; a third one stops there.
void look_before_crash(const std::filesystem::path& to, const seed_plan& plan, const seed_result& result) {
  close_look closely;
  closely.closely_after = result.last.events;
  const job_end again = run_again(plan, closely);
  if (again.why.empty()) {
    write_file(to / "second_run.txt", "the second run came to its end\n");
    return;
  }
  if (again.last.events == 0) {
    write_file(to / "second_run.txt", "the run ended before anything happened\n");
    return;
  }
  close_look look =
      look_into(to, again.last.frame, again.last.time - window_before, again.last.time + window_after);
  look.closely_after = result.last.events;
  look.stop_after = again.last.events;
  if (const job_end done = run_again(plan, look); !done.why.empty())
    write_file(to / "second_run.txt", "the third run " + done.why + "\n");
}

}  // namespace

std::string repeat_command(const seed_plan& plan) {
  return fmt::format("ringside regress --seeds {0}..{0} --nic {1}", plan.seed, plan.nic);
}

void leave_evidence(const std::string& folder, const seed_plan& plan, const seed_result& result) {
  const std::filesystem::path to = std::filesystem::path(folder) / fmt::format("seed-{}", plan.seed);
  std::filesystem::create_directories(to);
  const drawn_run drawn = draw_run(plan.seed, plan.nic);
  write_file(to / "scenario.toml", as_toml(drawn));
  write_stimulus(to, make_stimulus(drawn.plan));
  write_file(to / "breach.txt", failures(result));
  write_file(to / "command", repeat_command(plan) + "\n");
  if (result.ended())
    look_at_failure(to, plan, result);
  else
    look_before_crash(to, plan, result);
}

}  // namespace ringside::platform

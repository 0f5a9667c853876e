#include "platform/regress/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "platform/regress/draw.h"
#include "platform/regress/stimulus.h"
#include "platform/report/pcap_out.h"

namespace ringside::platform {
namespace {

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

}  // namespace

std::string repeat_command(const seed_plan& plan) {
  return fmt::format("ringside regress --seeds {0}..{0} --nic {1}", plan.seed, plan.nic);
}

void leave_evidence(const std::string& folder, const seed_plan& plan, const seed_result& result, fork_server& server) {
  const std::filesystem::path to = std::filesystem::path(folder) / fmt::format("seed-{}", plan.seed);
  std::filesystem::create_directories(to);
  const drawn_run drawn = draw_run(plan.seed, plan.nic);
  write_file(to / "scenario.toml", as_toml(drawn));
  write_stimulus(to, make_stimulus(drawn));
  write_file(to / "breach.txt", failures(result));
  write_file(to / "command", repeat_command(plan) + "\n");
  if (result.hash.empty()) return;  // it never came to an end: a second run would not either

  const auto look_again = [&](std::size_t) {
    close_look look;
    look.frame = result.failed_frame;
    look.on_journey = [&to](const std::string& text) { write_file(to / "journey.txt", text); };
    wave_options waves{.vcd = (to / "window.vcd").string()};
    if (result.failed_at >= 0) {
      waves.start = std::max<sim_time>(0, result.failed_at - window_before);
      waves.end = result.failed_at + window_after;
    }
    look.waves = waves;
    return to_text(run_seed(plan, look));
  };
  server.run(1, look_again, [&](const job_end& done) {
    const std::string hash = done.why.empty() ? result_from(done.text).hash : "";
    if (!done.why.empty()) write_file(to / "second_run.txt", "the second run " + done.why + "\n");
    if (done.why.empty() && hash != result.hash)
      write_file(to / "second_run.txt", fmt::format("the second run differs: {} and {}\n", result.hash, hash));
  });
}

}  // namespace ringside::platform

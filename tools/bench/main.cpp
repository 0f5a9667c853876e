// SPDX-License-Identifier: Apache-2.0
// ringside-bench: what a clock costs, of the whole co-simulation and of the Verilated card alone.
//
// Instructions by callgrind, which other load cannot disturb, and clocks a second, paired and repeated.  The card alone
// replays the same run's pins to the same output hash; the co-simulation has every report and the checker on; skipping
// is off on both sides.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/bench/blocks.h"
#include "tools/bench/child.h"
#include "tools/bench/headline.h"
#include "tools/bench/instructions.h"
#include "tools/bench/loads.h"
#include "tools/bench/measurement.h"

namespace {

using namespace ringside::platform;
using nlohmann::ordered_json;

struct options {
  unsigned pairs = 5;
  std::uint64_t frames64 = 8000;
  std::uint64_t frames1514 = 800;
  bool instructions = true;
  bool blocks = false;
  std::string json;
  // One phase in this process, for callgrind.
  std::string phase;
  std::string size = "64";
  std::string load = "receive";
  std::string pins;
  bool checker = true;
};

constexpr std::uint64_t idle_edges = 100'000;

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

// A folder of its own for pin logs, gone at the end.
class scratch {
 public:
  scratch() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ringside-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
    path_ = pattern;
  }
  ~scratch() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

void progress(const std::string& text) {
  fmt::print(stderr, "{}\n", text);
}

ordered_json instruction_counts(const std::string& load, const std::string& size, std::uint64_t frames,
                                const scratch& dir) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string pins = dir.file("pins-i" + size);
  const measurement recorded = in_child([&] { return record_cosim(bench_scenario(load, size, frames), pins); });
  const std::vector<std::string> common{"--load", load, "--size", size, "--frames" + size, std::to_string(frames),
                                        "--pins", pins};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.end(), common.begin(), common.end());
    return more;
  };
  const std::string callgrind = dir.file("callgrind-" + size);
  const auto cosim = count_instructions(self, with({"--phase", "cosim"}), "*run_traffic*", callgrind);
  const auto unchecked =
      count_instructions(self, with({"--phase", "cosim", "--no-checker"}), "*run_traffic*", callgrind);
  const auto alone = count_instructions(self, with({"--phase", "replay"}), "*replay_traffic*", callgrind);
  const auto idle = count_instructions(self, with({"--phase", "idle"}), "*idle_traffic*", callgrind);
  ordered_json j;
  j["available"] = cosim && unchecked && alone && idle;
  if (!cosim || !unchecked || !alone || !idle) return j;
  const auto edges = static_cast<double>(recorded.edges);
  j["per_cycle_cosim"] = static_cast<double>(*cosim) / edges;
  j["per_cycle_model_alone"] = static_cast<double>(*alone) / edges;
  j["per_cycle_idle"] = static_cast<double>(*idle) / static_cast<double>(idle_edges);
  j["per_frame_around_the_card"] = (static_cast<double>(*cosim) - static_cast<double>(*alone)) /
                                   static_cast<double>(recorded.frames + recorded.sent);
  j["cosim_without_checker_over_model"] = static_cast<double>(*unchecked) / static_cast<double>(*alone);
  j["ratio"] = static_cast<double>(*alone) / static_cast<double>(*cosim);
  j["checker_share"] = static_cast<double>(*cosim - *unchecked) / static_cast<double>(*cosim);
  return j;
}

ordered_json ratio(const options& o, const std::string& size, std::uint64_t frames, const scratch& dir) {
  const scenario s = bench_scenario("receive", size, frames);
  const std::string pins = dir.file("pins-" + size);
  const measurement recorded = in_child([&] { return record_cosim(s, pins); });
  in_child([&] { return run_replay(s, pins, /*check=*/true); });
  std::vector<double> ratios;
  std::vector<double> cosim_seconds;
  std::vector<double> alone_seconds;
  for (unsigned pair = 0; pair < o.pairs; ++pair) {
    const measurement cosim = in_child([&] { return run_cosim(s, false); });
    const measurement alone = in_child([&] { return run_replay(s, pins, false); });
    if (cosim.event_hash != recorded.event_hash || cosim.edges != recorded.edges)
      throw std::runtime_error("two runs of one scenario differ");
    ratios.push_back(alone.seconds / cosim.seconds);
    cosim_seconds.push_back(cosim.seconds);
    alone_seconds.push_back(alone.seconds);
    progress(fmt::format("{} B: pair {} of {}: ratio {:.3f}", size, pair + 1, o.pairs, ratios.back()));
  }
  const auto edges = static_cast<double>(recorded.edges);
  ordered_json j;
  j["frames"] = recorded.frames;
  j["dropped"] = recorded.dropped;
  j["rtl_cycles"] = recorded.edges;
  j["simulated_ns"] = recorded.simulated_ps / 1000;
  j["ratio"] = {{"median", median(ratios)},
                {"min", *std::min_element(ratios.begin(), ratios.end())},
                {"max", *std::max_element(ratios.begin(), ratios.end())},
                {"pairs", ratios.size()}};
  j["cosim_cycles_per_s"] = edges / median(cosim_seconds);
  j["model_alone_cycles_per_s"] = edges / median(alone_seconds);
  if (o.instructions) j["instructions"] = instruction_counts("receive", size, frames / 4, dir);
  return j;
}

// The same machine that sends, and that does both: instructions a clock, and where the bus's time went.
ordered_json other_load(const options& o, const std::string& load, const std::string& size, std::uint64_t frames,
                        const scratch& dir, std::string& account) {
  const scenario s = bench_scenario(load, size, frames);
  const measurement m = in_child([&] { return run_cosim(s, false); });
  account += bus_account(fmt::format("bus at {} MHz, {} at {} B", pci_clock_hz(s).num / pci_clock_hz(s).den / 1'000'000,
                                     load == "duplex" ? "full duplex" : load, size),
                         m, size == "64" ? 64 : 1518);
  ordered_json j;
  j["frames"] = m.frames;
  j["dropped"] = m.dropped;
  j["sent"] = m.sent;
  j["rtl_cycles"] = m.edges;
  j["simulated_ns"] = m.simulated_ps / 1000;
  j["cosim_cycles_per_s"] = static_cast<double>(m.edges) / m.seconds;
  j["bus"] = bus_shares(m);
  if (o.instructions) j["instructions"] = instruction_counts(load, size, frames / 4, dir);
  progress(fmt::format("{} B: {} done", size, load));
  return j;
}

// Speed per simulated second at a low load with skipping, over full load without.
ordered_json skipping(const options& o, const std::string& size, std::uint64_t frames) {
  ordered_json j;
  std::vector<double> full;
  for (unsigned i = 0; i < o.pairs; ++i) {
    const measurement m =
        in_child([&] { return run_cosim(bench_scenario("receive", size, frames, {"gen.rate=line"}), false); });
    full.push_back(m.seconds / static_cast<double>(m.simulated_ps));
  }
  for (const std::string load : {"1", "10"}) {
    const std::vector<std::string> settings{"gen.rate=" + load + "%"};
    const std::uint64_t count = std::max<std::uint64_t>(frames / 10, 100);
    std::vector<double> gains;
    measurement skipped;
    for (unsigned i = 0; i < o.pairs; ++i) {
      skipped = in_child([&] { return run_cosim(bench_scenario("receive", size, count, settings), true); });
      gains.push_back(full[i] / (skipped.seconds / static_cast<double>(skipped.simulated_ps)));
    }
    const measurement plain =
        in_child([&] { return run_cosim(bench_scenario("receive", size, count, settings), false); });
    j["load_" + load + "_percent"] = {{"gain", median(gains)},
                                      {"cycles_evaluated", skipped.edges},
                                      {"cycles", plain.edges},
                                      {"hashes_equal", skipped.event_hash == plain.event_hash}};
    progress(fmt::format("{} B at {} %: gain {:.1f}", size, load, median(gains)));
  }
  return j;
}

// The model alone by block: prints the table, returns the same for --json.
ordered_json block_costs(const options& o, const scratch& dir) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const line_blocks blocks(RINGSIDE_RTL_TOP, instances_of(RINGSIDE_RTL_SOURCES));
  std::vector<size_costs> per_size;
  for (const std::string size : {"64", "1514"}) {
    const std::uint64_t frames = (size == "64" ? o.frames64 : o.frames1514) / 4;
    const std::string pins = dir.file(fmt::format("pins-b{}", size));
    const measurement recorded = in_child([&] { return record_cosim(bench_scenario("receive", size, frames), pins); });
    per_size.push_back({size, count_blocks(self, {"--phase", "replay", "--size", size, "--pins", pins}, recorded.edges,
                                           dir.file("callgrind-b"), blocks)});
  }
  fmt::print(stderr, "{}", block_table(per_size));
  ordered_json j;
  for (const auto& [size, costs] : per_size) j["blocks"]["size_" + size] = costs;
  return j;
}

int run(const options& o) {
  const auto frames_of = [&](const std::string& size) { return size == "64" ? o.frames64 : o.frames1514; };
  if (!o.phase.empty()) {
    const scenario s =
        bench_scenario(o.load, o.size, frames_of(o.size),
                       o.checker ? std::vector<std::string>{} : std::vector<std::string>{"checker.enabled=off"});
    const measurement m = o.phase == "record"   ? record_cosim(s, o.pins)
                          : o.phase == "replay" ? run_replay(s, o.pins, false)
                          : o.phase == "idle"   ? run_idle(s, o.pins, idle_edges)
                                                : run_cosim(s, false);
    fmt::print("{} {:.4f} s of {} cycles\n", o.phase, m.seconds, m.edges);
    return 0;
  }
  const scratch dir;
  ordered_json j;
  if (o.blocks) j = block_costs(o, dir);
  for (const std::string size : {"64", "1514"}) {
    if (o.blocks) break;
    j["size_" + size] = ratio(o, size, frames_of(size), dir);
    j["size_" + size]["skipping"] = skipping(o, size, frames_of(size));
  }
  std::string accounts;
  for (const std::string size : {"64", "1514"})
    for (const std::string load : {"transmit", "duplex"})
      if (!o.blocks) j["size_" + size][load] = other_load(o, load, size, frames_of(size), dir, accounts);
  const std::string text = j.dump(2) + "\n";
  if (o.json == "-") {
    fmt::print("{}", text);
    return 0;
  }
  if (!o.blocks) fmt::print("{}\n{}", headline(j), accounts);
  if (o.json.empty()) return 0;
  std::FILE* to = std::fopen(o.json.c_str(), "w");
  if (to == nullptr) throw std::runtime_error("cannot write " + o.json);
  fmt::print(to, "{}", text);
  return std::fclose(to) == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  options o;
  CLI::App app{"What a clock costs: whole co-simulation and Verilated card alone"};
  app.add_option("--pairs", o.pairs, "paired repetitions")->check(CLI::Range(1, 1000));
  app.add_option("--frames64", o.frames64, "frames of 64 bytes");
  app.add_option("--frames1514", o.frames1514, "frames of 1514 bytes");
  app.add_flag("!--no-instructions", o.instructions, "do not count instructions (valgrind's callgrind)");
  app.add_flag("--blocks", o.blocks, "instead: instructions per RTL cycle of each block (valgrind's callgrind)");
  app.add_option("--json", o.json, "file for the result as JSON; -: standard output instead of the table");
  app.add_option("--phase", o.phase, "run one phase only")->check(CLI::IsMember({"cosim", "record", "replay", "idle"}));
  app.add_option("--size", o.size, "size of that phase")->check(CLI::IsMember({"64", "1514"}));
  app.add_option("--load", o.load, "load of that phase")->check(CLI::IsMember(load_names));
  app.add_option("--pins", o.pins, "pin log of that phase");
  app.add_flag("!--no-checker", o.checker, "contract checker off in that phase");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(o);
  } catch (const std::exception& e) {
    fmt::print(stderr, "ringside-bench: {}\n", e.what());
    return 1;
  }
}

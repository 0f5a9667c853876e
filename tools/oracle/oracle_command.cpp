// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/oracle_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <ostream>

#include "platform/report/output_file.h"
#include "platform/report/output_name.h"
#include "platform/scenario/loader.h"
#include "tools/cli/run_command.h"
#include "tools/cli/stop_signal.h"
#include "tools/oracle/oracle_report.h"
#include "tools/oracle/qemu_process.h"
#include "tools/oracle/seed_comparison.h"
#include "tools/regress/child_pool.h"
#include "tools/regress/seed_range.h"

namespace ringside::oracle {
namespace {

using platform::fmt_error;
using platform::input_error;
using platform::plain_number;
using platform::stop_signal;

constexpr std::uint64_t most_jobs_allowed = 256;
constexpr std::uint64_t most_frames = 100'000;
constexpr std::uint64_t seeds_of_a_child = 10;  // one QEMU serves them
constexpr int look_every_ms = 200;

std::uint64_t number_of(const std::optional<std::string>& text, std::string_view option, std::string_view name,
                        std::uint64_t absent, std::uint64_t least, std::uint64_t most) {
  if (!text) return absent;
  const auto number = plain_number(*text);
  if (!number || *number < least || *number > most)
    throw input_error(fmt_error(std::string(option), 0, std::string(name), fmt::format("'{}' is not allowed", *text),
                                fmt::format("{}..{}", least, most)));
  return *number;
}

platform::seed_range range_of(const platform::oracle_request& request) {
  const auto range = platform::parse_seed_range(request.seeds);
  if (!range)
    throw input_error(fmt_error("--seeds", 0, "seeds", fmt::format("'{}' is not allowed", request.seeds),
                                "N for 1..N, or A..B, from 1 on and at most 1000000 seeds"));
  return *range;
}

comparison_request cards_of(const platform::oracle_request& request) {
  if (request.nic != "rtl" && request.nic != "model" && request.nic != "both")
    throw input_error(fmt_error("--nic", 0, "nic", fmt::format("'{}' is not allowed", request.nic), "rtl|model|both"));
  comparison_request out;
  out.rtl = request.nic != "model";
  out.model = request.nic != "rtl";
  out.frames = static_cast<std::uint32_t>(number_of(request.frames, "--frames", "frames", 0, 1, most_frames));
  return out;
}

/// Runs all seeds; outcomes by seed.
class oracle_run {
 public:
  oracle_run(const platform::oracle_request& request, const oracle_environment& env, comparison_request cards)
      : env_(env),
        range_(range_of(request)),
        cards_(std::move(cards)),
        jobs_(
            number_of(request.jobs, "-j", "jobs",
                      static_cast<std::uint64_t>(std::clamp<long>(sysconf(_SC_NPROCESSORS_ONLN), 1, most_jobs_allowed)),
                      1, most_jobs_allowed)),
        pool_(env.limit) {}

  /// False when interrupted.
  bool run() {
    const std::uint64_t chunks = (range_.count() + seeds_of_a_child - 1) / seeds_of_a_child;
    std::uint64_t next = 0, running = 0;
    while (next < chunks || running != 0) {
      for (; next < chunks && running < jobs_; ++next, ++running)
        pool_.start(next, [this](std::size_t chunk, platform::black_box&) { return to_text(compare(chunk)); });
      std::vector<pollfd> fds;
      pool_.add_to(fds);
      ::poll(fds.data(), fds.size(), look_every_ms);
      pool_.look(fds, [&](const platform::job_end& end) {
        --running;
        take(end);
      });
      progress();
      if (!stop_signal::asked()) continue;
      pool_.kill_all();
      break;
    }
    wipe();
    std::sort(outcomes_.begin(), outcomes_.end(),
              [](const seed_outcome& a, const seed_outcome& b) { return a.seed < b.seed; });
    return !stop_signal::asked();
  }

  const std::vector<seed_outcome>& outcomes() const { return outcomes_; }
  std::uint64_t asked() const { return range_.count(); }

 private:
  std::uint64_t first_of(std::size_t chunk) const { return range_.first + chunk * seeds_of_a_child; }
  std::uint64_t last_of(std::size_t chunk) const {
    return std::min(range_.last, first_of(chunk) + seeds_of_a_child - 1);
  }

  // In a child.
  std::vector<seed_outcome> compare(std::size_t chunk) const {
    seed_comparison comparison(cards_);
    std::vector<seed_outcome> out;
    for (std::uint64_t seed = first_of(chunk); seed <= last_of(chunk); ++seed) out.push_back(comparison.run(seed));
    return out;
  }

  void take(const platform::job_end& end) {
    std::vector<seed_outcome> ended;
    if (end.why.empty()) {
      ended = outcomes_from(end.text);
    } else {
      for (std::uint64_t seed = first_of(end.job); seed <= last_of(end.job); ++seed) {
        seed_outcome& o = ended.emplace_back();
        o.seed = seed;
        o.differences.push_back("run of this seed and its neighbours: " + end.why);
      }
    }
    for (seed_outcome& o : ended) {
      tell(o);
      outcomes_.push_back(std::move(o));
    }
  }

  void tell(const seed_outcome& o) {
    if (o.agreed()) return;
    ++differed_;
    wipe();
    constexpr std::size_t most_told = 8;
    env_.err << fmt::format("seed {} differs (repeat: ringside oracle --seeds {}..{})\n", o.seed, o.seed, o.seed);
    for (std::size_t i = 0; i < std::min(o.differences.size(), most_told); ++i)
      env_.err << "  " << o.differences[i] << "\n";
    if (o.differences.size() > most_told)
      env_.err << fmt::format("  and {} more, all in --json\n", o.differences.size() - most_told);
    env_.err << std::flush;
  }

  void progress() {
    if (env_.err_is_terminal)
      env_.err << fmt::format("\r\x1b[K{} of {} seeds, {} differ", outcomes_.size(), range_.count(), differed_)
               << std::flush;
  }
  void wipe() {
    if (env_.err_is_terminal) env_.err << "\r\x1b[K" << std::flush;
  }

  const oracle_environment& env_;
  platform::seed_range range_;
  comparison_request cards_;
  std::uint64_t jobs_;
  platform::child_pool pool_;
  std::vector<seed_outcome> outcomes_;
  std::uint64_t differed_ = 0;
};

}  // namespace

int oracle_command(const platform::oracle_request& request, const oracle_environment& env) {
  comparison_request cards = cards_of(request);
  std::vector<platform::named_file> outputs;
  if (request.json) outputs.push_back({"--json", *request.json});
  platform::refuse_same_file({}, outputs);
  cards.spoil = env.spoil;
  const bool rtl = cards.rtl, model = cards.model;
  oracle_totals all;
  try {
    cards.qemu = find_qemu(request.qemu);
    all.qemu = qemu_version(cards.qemu);
  } catch (const qemu_absent& error) {
    env.err << "ringside: oracle: " << error.what() << "; nothing was compared" << std::endl;
    return exit_no_qemu;
  }
  oracle_run run(request, env, std::move(cards));
  const stop_signal stop;  // from here on a signal must not leave files or processes behind
  std::optional<platform::output_file> json;
  if (request.json) json.emplace(*request.json, "--json", &env.out);

  all.interrupted = !run.run();
  all.asked = run.asked();
  if (rtl) all.cards.emplace_back("rtl");
  if (model) all.cards.emplace_back("model");
  for (const seed_outcome& o : run.outcomes()) add(all, o);
  if (json) json->write(report_json(all, run.outcomes()));
  if (json) json->commit();
  const bool out_taken = json && json->standard() != nullptr;
  platform::put(out_taken ? env.err : env.out, report_text(all), out_taken ? "standard error" : "standard output");
  if (stop_signal::asked()) return stop_signal::exit_status();
  return all.differed == 0 ? platform::exit_ok : platform::exit_internal;
}

}  // namespace ringside::oracle

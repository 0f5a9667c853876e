// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/regress_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <ostream>

#include "platform/machine/hardware.h"
#include "platform/report/output_file.h"
#include "platform/report/output_name.h"
#include "platform/scenario/loader.h"
#include "tools/cli/run_command.h"
#include "tools/cli/stop_signal.h"
#include "tools/regress/draw.h"
#include "tools/regress/evidence.h"
#include "tools/regress/fork_server.h"
#include "tools/regress/junit.h"
#include "tools/regress/regress_report.h"
#include "tools/regress/seed_range.h"

namespace ringside::platform {
namespace {

constexpr std::uint64_t most_jobs = 256;
constexpr std::string_view seeds_allowed = "N for 1..N, or A..B, from 1 on and at most 1000000 seeds";

seed_range seeds_of(const regress_request& request) {
  const auto range = parse_seed_range(request.seeds);
  if (!range)
    throw input_error(
        fmt_error("--seeds", 0, "seeds", fmt::format("'{}' is not allowed", request.seeds), seeds_allowed));
  return *range;
}

unsigned jobs_of(const regress_request& request) {
  if (!request.jobs) return static_cast<unsigned>(std::clamp<long>(sysconf(_SC_NPROCESSORS_ONLN), 1, most_jobs));
  const auto jobs = plain_number(*request.jobs);
  if (!jobs || *jobs < 1 || *jobs > most_jobs)
    throw input_error(fmt_error("-j", 0, "jobs", fmt::format("'{}' is not allowed", *request.jobs), "1..256"));
  return static_cast<unsigned>(*jobs);
}

void check_files(const regress_request& request) {
  if (request.nic != "rtl" && request.nic != "model")
    throw input_error(fmt_error("--nic", 0, "nic", fmt::format("'{}' is not allowed", request.nic), "rtl|model"));
  std::vector<named_file> outputs;
  if (request.junit) outputs.push_back({"--junit", *request.junit});
  if (request.json) outputs.push_back({"--json", *request.json});
  refuse_same_file({}, outputs);
  if (!request.keep_failing) return;
  std::error_code failed;
  std::filesystem::create_directories(*request.keep_failing, failed);
  if (failed || !std::filesystem::is_directory(*request.keep_failing))
    throw input_error(
        fmt_error(*request.keep_failing, 0, "--keep-failing", "is no folder", "a folder, made when absent"));
}

/// "12 of 50 seeds, 0 failed", rewritten in place on a terminal.
class progress_line {
 public:
  progress_line(std::ostream& err, bool on) : err_(err), on_(on) {}
  ~progress_line() { wipe(); }
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  void show(std::size_t done, std::uint64_t all, std::size_t failed) {
    if (on_) err_ << fmt::format("\r\x1b[K{} of {} seeds, {} failed", done, all, failed) << std::flush;
  }
  void wipe() {
    if (on_) err_ << "\r\x1b[K" << std::flush;
  }

 private:
  std::ostream& err_;
  bool on_;
};

/// Runs all seeds; results by seed.
class regression {
 public:
  regression(const regress_request& request, const regress_environment& env)
      : request_(request),
        env_(env),
        range_(seeds_of(request)),
        server_(jobs_of(request), env.limit),
        line_(env.err, env.err_is_terminal) {}

  /// False when interrupted.
  bool run() {
    const bool whole = server_.run(
        range_.count(),
        {.job =
             [this](std::size_t i, black_box& box) {
               return to_text(run_seed(plan(i), {.elaborated = std::move(elaborated_), .recorder = &box, .look = {}}));
             },
         .kind_of = [this](std::size_t i) { return kind_of(i); },
         .prepare =
             [this](std::size_t kind) {
               elaborated_ = std::make_unique<hardware>(kinds_.at(kind));
               elaborated_->reset_cards();
             }},
        [this](const job_end& end) { take(end); },
        [this] {
          line_.show(results_.size(), range_.count(), failed_.size());
          return !stop_signal::asked();
        });
    line_.wipe();
    std::sort(results_.begin(), results_.end(),
              [](const seed_result& x, const seed_result& y) { return x.seed < y.seed; });
    return whole;
  }

  /// Second runs, after all others: they trace and take long.
  void keep_failing() {
    if (!request_.keep_failing) return;
    for (const seed_result& r : results_)
      if (!r.passed() && !stop_signal::asked())
        leave_evidence(*request_.keep_failing, plan(r.seed - range_.first), r, env_.limit);
  }

  const std::vector<seed_result>& results() const { return results_; }
  std::uint64_t asked() const { return range_.count(); }

 private:
  seed_plan plan(std::size_t index) const { return {range_.first + index, request_.nic, env_.planted}; }

  /// Number of the start class of a seed.
  std::size_t kind_of(std::size_t index) {
    const start_class c = start_class_of(draw_run(range_.first + index, request_.nic).plan);
    const auto found = std::find(kinds_.begin(), kinds_.end(), c);
    if (found != kinds_.end()) return static_cast<std::size_t>(found - kinds_.begin());
    kinds_.push_back(c);
    return kinds_.size() - 1;
  }

  void take(const job_end& end) {
    seed_result r;
    if (end.why.empty())
      r = result_from(end.text);
    else
      r.complaints.push_back("run: " + end.why);
    r.last = end.last;
    r.seed = range_.first + end.job;
    if (!r.passed()) {
      failed_.push_back(r.seed);
      line_.wipe();
      env_.err << fmt::format("seed {} failed: {}  (repeat: {})\n", r.seed, r.first_failure(),
                              repeat_command(plan(end.job)))
               << std::flush;
    }
    results_.push_back(std::move(r));
  }

  const regress_request& request_;
  const regress_environment& env_;
  seed_range range_;
  fork_server server_;
  std::vector<start_class> kinds_;
  std::unique_ptr<hardware> elaborated_;  // in the process of a kind and its copies
  progress_line line_;
  std::vector<seed_result> results_;
  std::vector<std::uint64_t> failed_;
};

}  // namespace

int regress_command(const regress_request& request, const regress_environment& env) {
  check_files(request);
  regression all(request, env);
  const stop_signal stop;  // from here on a signal must not leave files behind
  std::optional<output_file> junit;
  std::optional<output_file> json;
  if (request.junit) junit.emplace(*request.junit, "--junit", &env.out);
  if (request.json) json.emplace(*request.json, "--json", &env.out);

  const bool whole = all.run();
  const regress_totals sum = totals(all.results(), all.asked(), !whole);
  if (junit) junit->write(to_junit(all.results(), request.nic));
  if (json) json->write(to_json(all.results(), sum, request.nic));
  if (junit) junit->commit();
  if (json) json->commit();
  const bool out_taken = (junit && junit->standard() != nullptr) || (json && json->standard() != nullptr);
  put(out_taken ? env.err : env.out, table(sum, request.nic), out_taken ? "standard error" : "standard output");
  if (whole) all.keep_failing();
  return stop_signal::asked() ? stop_signal::exit_status() : exit_status_of(all.results());
}

}  // namespace ringside::platform

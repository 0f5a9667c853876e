// SPDX-License-Identifier: Apache-2.0
// What a failing seed leaves: a window that shows the failure, a journey up to it, and commands that repeat the run.
#include "tools/regress/evidence.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "platform/scenario/loader.h"
#include "platform/source/pcap_source.h"
#include "tests/common/test_folder.h"
#include "tests/platform/waves/vcd_reader.h"
#include "tools/cli/kernel_costs.h"
#include "tools/cli/options.h"
#include "tools/regress/draw.h"
#include "tools/regress/expected_interface.h"
#include "tools/regress/regress_command.h"

namespace ringside::platform {
namespace {

struct outcome {
  int status = 0;
  std::string err;
  nlohmann::json json;
};

outcome regress(regress_request request, planted_fault planted) {
  const test::test_folder place;
  request.json = place.path("regress.json");
  std::ostringstream out;
  std::ostringstream err;
  outcome o;
  // What ends by itself may take as long as a loaded machine needs.
  const std::chrono::seconds limit{planted.what == planted_fault::kind::hang ? 2 : 120};
  o.status = regress_command(request, {.out = out, .err = err, .planted = planted, .limit = limit});
  o.err = err.str();
  std::ifstream(*request.json) >> o.json;
  return o;
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The first seed whose first frame is delivered unless there is no room, and read at once: others come later, and the
/// CPU is fast.
std::uint64_t seed_with_a_plain_frame() {
  for (std::uint64_t seed = 1;; ++seed) {
    const drawn_run run = draw_run(seed, "rtl");
    const auto frames = make_stimulus(run.plan);
    const planned_frame& first = frames.front();
    const bool delivered =
        first.kind == "udp" && first.payload.size() > 1 &&
        expected_interface(run.plan).fates_of(first).test(static_cast<std::size_t>(drop_reason::none));
    const bool alone = frames.at(1).offer.earliest > first.offer.earliest + 50 * us;
    const bool fast = run.plan.cpu.clock_hz.num >= 1'000'000'000 * run.plan.cpu.clock_hz.den;
    if (delivered && alone && fast && run.plan.driver.itr == 0 && run.plan.driver.rdtr == 0 &&
        run.plan.reconfigure.actions.empty())
      return seed;
  }
}

/// A seed with a fault planted where the application reads frame 1; what it leaves.
class evidence : public testing::Test {
 protected:
  outcome fail(planted_fault::kind what) {
    return regress({.seeds = fmt::format("{0}..{0}", seed), .jobs = "1", .keep_failing = place.path("kept")},
                   {what, frame});
  }
  std::filesystem::path folder() const {
    return std::filesystem::path(place.path("kept")) / fmt::format("seed-{}", seed);
  }
  std::string file(const char* name) const { return content(folder() / name); }
  test::vcd_file window() const {
    std::ifstream in(folder() / "window.vcd");
    return test::vcd_file(in);
  }
  /// When the stage happened to `frame` in the window; -1: not.
  sim_time seen(const std::string& stage) const {
    const test::vcd_file waves = window();
    for (const auto& [t, value] : waves.history("ringside.stage." + stage))
      if (std::stoull(value, nullptr, 2) == frame) return t;
    return -1;
  }
  sim_time told() const {
    const std::string text = file("breach.txt");
    const std::string words = "first seen at ";
    return std::stoll(text.substr(text.find(words) + words.size()));
  }

  static constexpr frame_id frame = 1;
  const std::uint64_t seed = seed_with_a_plain_frame();
  test::test_folder place;
};

TEST_F(evidence, window_shows_the_failure_and_a_little_more) {
  const outcome o = fail(planted_fault::kind::expectation);
  EXPECT_EQ(o.status, 1);
  EXPECT_FALSE(std::filesystem::exists(folder() / "second_run.txt")) << file("second_run.txt");
  const sim_time failed = told();
  EXPECT_EQ(seen("app_read"), failed);
  const test::vcd_file waves = window();
  const auto& instants = waves.instants();
  EXPECT_GE(instants.front(), failed - window_before);
  EXPECT_LE(instants.back(), failed + window_after);
  EXPECT_GE(instants.back(), failed);
  EXPECT_NE(file("journey.txt").find("app_read"), std::string::npos) << file("journey.txt");
}

TEST_F(evidence, every_file_is_there) {
  const outcome o = fail(planted_fault::kind::expectation);
  const std::string command = fmt::format("ringside regress --seeds {0}..{0} --nic rtl", seed);
  EXPECT_TRUE(o.err.starts_with(fmt::format("seed {} failed: scoreboard: ", seed))) << o.err;
  EXPECT_NE(o.err.find("(repeat: " + command + ")"), std::string::npos) << o.err;
  EXPECT_EQ(file("command"), command + "\n");
  EXPECT_NE(file("breach.txt").find("frame 1"), std::string::npos);
  EXPECT_GT(std::filesystem::file_size(folder() / "stimulus.pcap"), 24U);
  EXPECT_EQ(load_scenario((folder() / "scenario.toml").string(), {}, kernel_cost_keys()).run.seed, seed);
}

// IEEE 802.3 3.2.9: over a frame with a right FCS the CRC leaves 0x2144DF1C, in zlib's convention.
TEST_F(evidence, stimulus_is_what_was_on_the_wire) {
  fail(planted_fault::kind::expectation);
  const auto planned = make_stimulus(draw_run(seed, "rtl").plan);
  pcap_source read(capture_file::open((folder() / "stimulus.pcap").string()), {});
  EXPECT_EQ(read.planned(), planned.size());
  for (const planned_frame& sent : planned) {
    const auto got = read.next();
    ASSERT_TRUE(got && got->has_fcs);
    EXPECT_EQ(got->bytes.size(), sent.wire_bytes);
    EXPECT_TRUE(std::equal(sent.offer.bytes.begin(), sent.offer.bytes.end(), got->bytes.begin()));
    const auto length = static_cast<uInt>(got->bytes.size());
    EXPECT_EQ(crc32(0, got->bytes.data(), length) == 0x2144DF1CUL, !sent.offer.bad_fcs);
  }
}

TEST_F(evidence, the_command_repeats_the_failure) {
  const outcome o = fail(planted_fault::kind::expectation);
  std::istringstream words(file("command"));
  std::vector<std::string> arguments{std::istream_iterator<std::string>(words), {}};
  std::vector<const char*> argv;
  argv.reserve(arguments.size());
  for (const std::string& word : arguments) argv.push_back(word.c_str());
  const parsed_options parsed = parse_options(static_cast<int>(argv.size()), argv.data());
  ASSERT_FALSE(parsed.exit_status) << parsed.message;
  ASSERT_TRUE(parsed.chosen.regress);
  const outcome again = regress(parsed.chosen.regression, {planted_fault::kind::expectation, frame});
  EXPECT_EQ(again.json["runs"], o.json["runs"]);
}

// The scenario alone, run as any other and elaborated for itself, is the same run: same frames, same hash.  A packet
// tap costs the CPU time, so there has to be one, as in the regression.
TEST_F(evidence, the_scenario_is_the_same_run) {
  const outcome o = fail(planted_fault::kind::expectation);
  const std::string json = place.path("run.json");
  const std::string command = std::string(RINGSIDE_COMMAND) + " run " + (folder() / "scenario.toml").string() +
                              " --json " + json + " --pcap-out " + place.path("tap.pcap") + " > /dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  nlohmann::json run;
  std::ifstream(json) >> run;
  EXPECT_EQ(run["sim"]["event_hash"], o.json["runs"][0]["event_hash"]) << command;
  EXPECT_EQ(run["frames"]["offered"], o.json["runs"][0]["frames"]["offered"]);
}

struct crash {
  planted_fault::kind what;
  const char* why;
};
void PrintTo(const crash& c, std::ostream* out) {
  *out << c.why;
}

class crashed_evidence : public evidence, public testing::WithParamInterface<crash> {};

// The fault strikes after the last copy and before the read is told of: what is left ends with the datagram's wake.
TEST_P(crashed_evidence, reaches_up_to_the_crash) {
  const outcome o = fail(GetParam().what);
  EXPECT_EQ(o.status, 1);
  EXPECT_NE(o.err.find(GetParam().why), std::string::npos) << o.err;
  EXPECT_FALSE(std::filesystem::exists(folder() / "second_run.txt")) << file("second_run.txt");
  const std::string journeys = file("journey.txt");
  EXPECT_TRUE(journeys.starts_with("Journey of frame ")) << journeys;
  EXPECT_NE(journeys.find("socket_enqueue"), std::string::npos) << "the frame software handled last\n" << journeys;
  const sim_time enqueued = seen("socket_enqueue");
  ASSERT_GE(enqueued, 0);
  EXPECT_LT(window().instants().back() - enqueued, 20 * us) << "the window ends where the run did";
}

INSTANTIATE_TEST_SUITE_P(kinds, crashed_evidence,
                         testing::Values(crash{planted_fault::kind::signal, "run: killed by signal 6"},
                                         crash{planted_fault::kind::hang, "run: took longer than 2 s"}));
// AddressSanitizer takes an exception off a SystemC thread's stack for one off main()'s, and then reports main()'s
// frames.
#ifndef __SANITIZE_ADDRESS__
INSTANTIATE_TEST_SUITE_P(exception, crashed_evidence,
                         testing::Values(crash{planted_fault::kind::exception, "planted  (repeat: "}));
#endif

}  // namespace
}  // namespace ringside::platform

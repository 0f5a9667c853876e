// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <thread>

#include "platform/scenario/bundled.h"
#include "tests/common/test_folder.h"
#include "tests/tools/cli/run_cli.h"
#include "tools/cli/options.h"

namespace ringside::platform {
namespace {

using test::result;
using test::ringside;

TEST(cli, runs_a_bundled_scenario) {
  const result r = ringside({"run", "one_frame"});
  EXPECT_EQ(r.status, 0);
  EXPECT_EQ(r.err, "");
  EXPECT_TRUE(r.out.starts_with("Journey of frame 1: 64 bytes")) << r.out;
  EXPECT_NE(r.out.find("Ringside: one_frame on the RTL NIC, seed 1"), std::string::npos) << r.out;
  EXPECT_NE(r.out.find("offered 16  delivered 16"), std::string::npos) << r.out;
  EXPECT_EQ(r.out.find('\x1b'), std::string::npos);
  EXPECT_NE(ringside({"run", "one_frame"}, {}, true).out.find('\x1b'), std::string::npos);
}

TEST(cli, lists) {
  EXPECT_EQ(ringside({"--version"}).out, "ringside " + version() + "\n");
  for (const auto& arguments : {std::vector<std::string>{"--list"}, {"run", "--list"}}) {
    const result r = ringside(arguments);
    EXPECT_EQ(r.status, 0);
    for (const bundled_scenario& row : bundled_scenarios()) EXPECT_NE(r.out.find(row.description), std::string::npos);
  }
  const result keys = ringside({"run", "--list-keys"});
  EXPECT_EQ(keys.status, 0);
  EXPECT_NE(keys.out.find("cost.ip_rcv"), std::string::npos);
  EXPECT_EQ(ringside({"--help"}).status, 0);
  EXPECT_EQ(ringside({"run", "--help"}).status, 0);
  EXPECT_NE(ringside({"run", "--help"}).out.find("Usage: ringside run "), std::string::npos);
  EXPECT_NE(ringside({"run", "--help"}).out.find("--trace-window"), std::string::npos);
}

TEST(cli, json_on_standard_output_is_nothing_but_json) {
  const result r = ringside({"run", "--json", "-", "--gen", "size=64,1518,rate=50%,count=5,flows=2"});
  EXPECT_EQ(r.status, 0);
  const auto json = nlohmann::json::parse(r.out);
  EXPECT_EQ(json["frames"]["offered"], 5);
  EXPECT_EQ(json["bytes"]["offered"], 64 * 3 + 1518 * 2);
  EXPECT_NE(r.err.find("offered 5  delivered 5"), std::string::npos);
}

// The capture and nothing else: 24 bytes of header, 16 records of 16 + 60 bytes.
TEST(cli, capture_on_standard_output_is_nothing_but_capture) {
  for (const char* name : {"-", "/dev/stdout"}) {
    const result r = ringside({"run", "one_frame", "--pcap-out", name});
    EXPECT_EQ(r.status, 0);
    EXPECT_EQ(r.out.size(), 24U + 16 * (16 + 60));
    EXPECT_TRUE(r.out.starts_with("\x4D\x3C\xB2\xA1")) << "nanoseconds, this machine's byte order";
    EXPECT_NE(r.err.find("offered 16  delivered 16"), std::string::npos) << r.err;
  }
  const result empty = ringside({"run", "--gen", "count=0", "--pcap-out", "-"});
  EXPECT_EQ(empty.out.size(), 24U) << "no packet is a capture too";
  const test::test_folder folder;
  const result refused = ringside({"run", "--pcap-out", "-", "--vcd", folder.path("no/a.vcd")});
  EXPECT_EQ(refused.status, 2);
  EXPECT_EQ(refused.out, "");
}

TEST(cli, counters_as_linux_shows_them_on_request) {
  EXPECT_EQ(ringside({"run", "one_frame"}).out.find("/proc/net/softnet_stat"), std::string::npos);
  const std::string text = ringside({"run", "one_frame", "--stats"}).out;
  for (const char* command :
       {"\n$ ethtool -S ", "\n$ ip -s -s link show ", "\n$ cat /proc/net/snmp\n", "\n$ cat /proc/net/softnet_stat\n"})
    EXPECT_NE(text.find(command), std::string::npos) << command;
  const auto json = nlohmann::json::parse(ringside({"run", "one_frame", "--json", "-"}).out);
  for (const char* key : {"ethtool", "link", "snmp", "softnet"}) EXPECT_TRUE(json.contains(key)) << key;
}

TEST(cli, nic_is_chosen_as_for_a_regression) {
  const result r = ringside({"run", "one_frame", "--nic", "model"});
  EXPECT_EQ(r.status, 0);
  EXPECT_NE(r.out.find("on the behavioural NIC"), std::string::npos) << r.out;
}

TEST(cli, captures_are_sent_as_asked_and_told_of) {
  const std::string folder = std::string(RINGSIDE_TESTS_DIR) + "/captures/";
  const result r = ringside({"run", "--pcap", folder + "odd_records.pcap", "--json", "-", "--set", "wire.loop=3"});
  EXPECT_EQ(r.status, 0) << r.err;
  const auto json = nlohmann::json::parse(r.out);
  EXPECT_EQ(json["frames"]["offered"], 15);
  EXPECT_EQ(json["frames"]["not_sent"], 0);
  EXPECT_EQ(json["capture"],
            nlohmann::json::parse(
                R"({"records": 7, "passes": 3, "empty": 2, "outbound": 0, "snapped": 2, "surplus": 1, "with_fcs": 0,
                                      "rewritten": 0})"));
  EXPECT_NE(
      r.err.find("capture     records 7  passes 3  empty 2 (not sent)  snapped 2 (sent as captured)  longer than on "
                 "the wire 1 (cut)\n"),
      std::string::npos)
      << r.err;
  const result again = ringside({"run", "--pcap", folder + "protocols.pcap", "--pcap-rewrite", "--set",
                                 "nic.mac_address=02:00:00:00:00:77", "--set", "stack.address=10.0.0.77"});
  EXPECT_NE(again.out.find("capture     records 19  rewritten 12\n"), std::string::npos) << again.out;
  EXPECT_FALSE(nlohmann::json::parse(ringside({"run", "one_frame", "--json", "-"}).out).contains("capture"));
}

// A pipe can be read once, and a window around a stage takes two runs.
TEST(cli, capture_from_a_pipe_serves_both_runs) {
  const test::test_folder folder;
  const std::string fifo = folder.path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  std::ifstream in(std::string(RINGSIDE_TESTS_DIR) + "/cases/us.pcap", std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  std::thread writer([&] { std::ofstream(fifo, std::ios::binary) << content; });
  const result r = ringside({"run", "--pcap", fifo, "--vcd", folder.path("a.vcd"), "--trace-window", "intx_assert"});
  writer.join();
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_NE(r.out.find("offered 5  delivered 5"), std::string::npos) << r.out;
}

TEST(cli, outputs_are_put_in_place_whole) {
  const test::test_folder folder;
  test::fake_behaviour behaviour;
  wave_options traced;
  behaviour.traced = &traced;
  const result r = ringside({"run", "one_frame", "--json", folder.path("a.json"), "--pcap-out", folder.path("a.pcap"),
                             "--vcd", folder.path("a.vcd"), "--trace-window", "1us..2us"},
                            behaviour);
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_EQ(folder.files(), 3U);
  EXPECT_EQ(nlohmann::json::parse(folder.read("a.json"))["frames"]["delivered"], 16);
  EXPECT_EQ(folder.read("a.pcap").size(), 24U + 16 * (16 + 60));
  EXPECT_TRUE(folder.read("a.vcd").starts_with("$timescale"));
  EXPECT_EQ(traced.start, 1 * us);
  EXPECT_EQ(traced.end, 2 * us);
}

// The first INTA# of the fake's frame 1 is at 2.1 us.
TEST(cli, trigger_window_is_placed_by_a_first_run) {
  const test::test_folder folder;
  test::fake_behaviour behaviour;
  wave_options traced;
  behaviour.traced = &traced;
  const result r = ringside(
      {"run", "one_frame", "--vcd", folder.path("a.vcd"), "--trace-window", "intx_assert:1us..3us"}, behaviour);
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_EQ(traced.start, 1100 * ns);
  EXPECT_EQ(traced.end, 5100 * ns);
  const result none =
      ringside({"run", "one_frame", "--vcd", folder.path("b.vcd"), "--trace-window", "fifo_drop"}, behaviour);
  EXPECT_EQ(none.status, 2);
  EXPECT_EQ(none.err, "ringside: --trace-window: fifo_drop: does not happen in this run; allowed: a stage that does\n");
  EXPECT_EQ(folder.files(), 1U);
}

TEST(cli, fst_is_converted_or_refused_before_the_run) {
  const test::test_folder folder;
  const result r = ringside({"run", "one_frame", "--fst", folder.path("a.fst")});
  if (r.status == 0) {
    EXPECT_GT(folder.read("a.fst").size(), 0U);
    EXPECT_EQ(folder.files(), 1U);
  } else {
    EXPECT_EQ(r.status, 2);
    EXPECT_EQ(r.err, "ringside: --fst: vcd2fst is not installed; allowed: --vcd, or --fst with the package gtkwave\n");
    EXPECT_EQ(folder.files(), 0U);
  }
}

struct bad_input {
  std::vector<std::string> arguments;
  const char* message;
};

TEST(cli, bad_input_is_one_line_and_status_2) {
  const test::test_folder folder;
  const std::string text = folder.write("t.pcap", "no capture");
  const bad_input cases[] = {
      {{"run", "--set", "driver.ring_size=7"},
       "--set: driver.ring_size: '7' is not allowed; allowed: 8..4096 descriptors"},
      {{"run", "--set", "driver.ringsize=64"},
       "--set: driver.ringsize: unknown key (did you mean driver.ring_size?); allowed: the keys of --list-keys"},
      {{"run", "--set", "checker.off=R-99"}, "--set: checker.off: 'R-99' is not allowed; allowed: R-21, N-1"},
      {{"run", "nope"}, "nope: no such scenario; allowed: a TOML file or one of bench1514, "},
      {{"run", "--pcap", text}, "t.pcap: --pcap: "},
      {{"run", "--pcap", folder.path("none.pcap")}, "none.pcap: --pcap: "},
      {{"run", "--pcap-speed", "fast"},
       "--pcap-speed: wire.speed: 'fast' is not allowed; allowed: original, line, <N>x, <N>pps or <N>Mb/s"},
      {{"run", "--nic", "fpga"}, "--nic: nic.kind: 'fpga' is not allowed; allowed: rtl|model"},
      {{"run", "--gen", "64"}, "--gen: 64: no key; allowed: size=...,rate=...,count=...,flows=..."},
      {{"run", "--gen", "size=10"}, "--gen: gen.size: '10' is not allowed"},
      {{"run", "--gen", "colour=red"}, "--gen: gen.colour: unknown key"},
      {{"run", "--seed", "x"}, "--seed: run.seed: 'x' is not allowed; allowed: 0..9223372036854775807"},
      {{"run", "--journey", "0"},
       "--journey: frame: '0' is not allowed; allowed: a frame number from 1 on, made:N or derived:N, or none"},
      {{"run", "--trace-window", "1us..2us"},
       "--trace-window: window: there is no waveform; allowed: with --vcd or --fst"},
      {{"run", "--vcd", folder.path("w.vcd"), "--trace-window", "2us..1us"},
       "--trace-window: window: '2us..1us' is not allowed"},
      {{"run", "--vcd", folder.path("w.vcd"), "--trace-window", "fifo_drp:1us..2us"},
       "--trace-window: stage: there is none of the name 'fifo_drp'; allowed: wire_sof, wire_eof, "},
      {{"run", "--vcd", folder.path("w.vcd"), "--trace-window", "20s..21s"},
       "--trace-window: window: begins when run.time_limit has ended the run; allowed: a START before it"},
      {{"run", "--json", folder.path("no/a.json")}, "--json: cannot be written: No such file or directory"},
      {{"run", "--vcd", folder.path("no/a.vcd")}, "--vcd: cannot be written"},
      {{"run", "--pcap-out", folder.path("no/a.pcap")}, "--pcap-out: cannot be written"},
      {{"run", "--json", folder.path("a"), "--vcd", folder.path("a")},
       "--vcd: is the file of --json; allowed: a file of its own"},
      {{"run", "--json", "-", "--pcap-out", "/dev/stdout"},
       "/dev/stdout: --pcap-out: is the file of --json; allowed: a file of its own"},
      {{"run", "--nonsense"}, "command line: "},
      {{"walk"}, "; allowed: see ringside --help"},
      {{"run", "--json"}, "command line: "},
  };
  for (const bad_input& c : cases) {
    const result r = ringside(c.arguments);
    EXPECT_EQ(r.status, 2) << c.message;
    EXPECT_EQ(r.out, "") << c.message;
    EXPECT_NE(r.err.find(c.message), std::string::npos) << r.err;
    EXPECT_EQ(std::count(r.err.begin(), r.err.end(), '\n'), 1) << r.err;
    EXPECT_EQ(folder.files(), 1U) << c.message;
  }
}

TEST(cli, outputs_opened_before_another_fails_are_removed) {
  const test::test_folder folder;
  const result r = ringside({"run", "--json", folder.path("a.json"), "--pcap-out", folder.path("no/a.pcap")});
  EXPECT_EQ(r.status, 2);
  EXPECT_EQ(folder.files(), 0U);
}

// The fake takes 10 us for a frame.
TEST(cli, frames_that_the_time_limit_kept_back_are_named) {
  const test::test_folder folder;
  const std::string capture = std::string(RINGSIDE_TESTS_DIR) + "/cases/us.pcap";
  const result r =
      ringside({"run", "--pcap", capture, "--json", folder.path("a.json"), "--set", "run.time_limit=20us"});
  EXPECT_EQ(r.status, 0);
  EXPECT_NE(r.out.find("\n  not sent  3 of 5: the run ended at run.time_limit\n"), std::string::npos) << r.out;
  EXPECT_EQ(nlohmann::json::parse(folder.read("a.json"))["frames"]["not_sent"], 3);
  const result all = ringside({"run", "--pcap", capture, "--set", "run.time_limit=50us"});
  EXPECT_EQ(all.out.find("not sent"), std::string::npos) << all.out;
}

TEST(cli, failure_inside_leaves_nothing_half_written) {
  const test::test_folder folder;
  const result r = ringside({"run", "one_frame", "--json", folder.path("a.json"), "--pcap-out", folder.path("a.pcap"),
                             "--vcd", folder.path("a.vcd")},
                            {.fail_after = 2});
  EXPECT_EQ(r.status, 1);
  EXPECT_EQ(r.err, "ringside: internal error: the fake broke\n");
  EXPECT_EQ(folder.files(), 0U);
}

TEST(cli, journeys_asked_for) {
  EXPECT_TRUE(ringside({"run", "one_frame", "--journey", "3"}).out.starts_with("Journey of frame 3"));
  EXPECT_TRUE(ringside({"run", "one_frame", "--journey", "none"}).out.starts_with("Ringside: one_frame"));
  EXPECT_TRUE(ringside({"run", "one_frame", "--journey", "99"}).out.starts_with("Frame 99 was never on the wire."));
}

TEST(cli, equal_runs_print_equal_json) {
  const std::vector<std::string> command{"run", "one_frame", "--json", "-", "--seed", "5"};
  auto a = nlohmann::json::parse(ringside(command).out);
  auto b = nlohmann::json::parse(ringside(command).out);
  a.erase("wall");
  b.erase("wall");
  EXPECT_EQ(a.dump(), b.dump());
  EXPECT_EQ(a["scenario"]["seed"], 5);
}

TEST(options, gen_lists_stay_together) {
  const auto keys = split_gen("size=64,128,rate=line,count=3");
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 3U);
  EXPECT_EQ((*keys)[0].first, "gen.size");
  EXPECT_EQ((*keys)[0].second, "64,128");
  EXPECT_EQ((*keys)[2].second, "3");
  EXPECT_FALSE(split_gen("64,size=3"));
  EXPECT_FALSE(split_gen("=3"));
}

}  // namespace
}  // namespace ringside::platform

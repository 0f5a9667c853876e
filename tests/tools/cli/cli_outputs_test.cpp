// SPDX-License-Identifier: Apache-2.0
// Where the outputs of a run go, and what becomes of them when they cannot be written.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/common/test_folder.h"
#include "tests/tools/cli/run_cli.h"

namespace ringside::platform {
namespace {

using test::result;
using test::ringside;

/// A disk that takes so much of a file and no more: setrlimit(2), RLIMIT_FSIZE.
class small_disk {
 public:
  explicit small_disk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  ~small_disk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  small_disk(const small_disk&) = delete;
  small_disk& operator=(const small_disk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = SIG_DFL;
};

/// Takes some bytes, then none.
class cut_off : public std::streambuf {
 public:
  cut_off(std::size_t room, int why) : room_(room), why_(why) {}

 protected:
  int_type overflow(int_type c) override { return take(1) == 1 ? c : traits_type::eof(); }
  std::streamsize xsputn(const char*, std::streamsize count) override { return take(count); }

 private:
  std::streamsize take(std::streamsize count) {
    const auto taken = std::min<std::streamsize>(count, static_cast<std::streamsize>(room_));
    room_ -= static_cast<std::size_t>(taken);
    if (taken < count) errno = why_;
    return taken;
  }
  std::size_t room_;
  int why_;
};

// 2,000 packets of 60 bytes are a capture of 152,024 bytes.
TEST(outputs, a_full_disk_is_said_and_leaves_no_file) {
  const test::test_folder folder;
  const std::vector<std::string> large{"run", "--gen", "count=2000", "--journey", "none"};
  for (const auto& [option, name] :
       {std::pair{"--pcap-out", "a.pcap"}, {"--pcap-wire", "a.pcapng"}, {"--json", "a.json"}}) {
    std::vector<std::string> arguments = large;
    arguments.insert(arguments.end(), {option, folder.path(name)});
    const small_disk disk(1000);
    const result r = ringside(arguments);
    EXPECT_EQ(r.status, 1);
    EXPECT_EQ(r.out, "");
    EXPECT_EQ(r.err, "ringside: " + folder.path(name) + ": cannot be written: File too large\n");
    EXPECT_EQ(folder.files(), 0U);
  }
}

// Devices are written to as they are: /dev/full answers ENOSPC, full(4).
TEST(outputs, a_device_that_is_full_is_said) {
  for (const char* option : {"--pcap-out", "--pcap-wire", "--json"}) {
    const result r = ringside({"run", "one_frame", option, "/dev/full"});
    EXPECT_EQ(r.status, 1);
    EXPECT_EQ(r.err, "ringside: /dev/full: cannot be written: No space left on device\n");
  }
}

TEST(outputs, a_capture_that_cannot_be_completed_ends_the_run_and_the_other_outputs) {
  const test::test_folder folder;
  const small_disk disk(20'000);
  const result r = ringside(
      {"run", "--gen", "count=1000000000", "--pcap-out", folder.path("a.pcap"), "--json", folder.path("a.json")});
  EXPECT_EQ(r.status, 1);
  EXPECT_EQ(folder.files(), 0U);
}

TEST(outputs, standard_output_that_takes_nothing_is_status_1) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", "one_frame"},
                                                    {"run", "one_frame", "--stats"},
                                                    {"run", "one_frame", "--json", "-"},
                                                    {"run", "one_frame", "--pcap-out", "-"},
                                                    {"--version"},
                                                    {"--list"},
                                                    {"--list-keys"},
                                                    {"run", "--help"}}) {
    cut_off buffer(10, ENOSPC);
    std::ostream out(&buffer);
    const result r = ringside(arguments, out);
    EXPECT_EQ(r.status, 1) << arguments.back();
    EXPECT_EQ(r.err, "ringside: standard output: cannot be written: No space left on device\n") << arguments.back();
  }
}

// The status of a process that SIGPIPE ended: 128 + 13.
TEST(outputs, a_reader_that_has_gone_is_no_error_to_complain_about) {
  const test::test_folder folder;
  cut_off buffer(10, EPIPE);
  std::ostream out(&buffer);
  const result r = ringside({"run", "one_frame", "--pcap-out", "-", "--vcd", folder.path("a.vcd")}, out);
  EXPECT_EQ(r.status, 141);
  EXPECT_EQ(r.err, "");
  EXPECT_EQ(folder.files(), 0U);
}

TEST(outputs, a_terminal_gets_no_capture) {
  const result r = ringside({"run", "one_frame", "--pcap-out", "-"}, {}, true);
  EXPECT_EQ(r.status, 2);
  EXPECT_EQ(r.out, "");
  EXPECT_EQ(r.err, "ringside: standard output: --pcap-out: is a terminal; allowed: a file, or - into a pipe\n");
}

TEST(outputs, every_name_of_standard_output_is_understood_or_refused) {
  for (const char* name : {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/../dev/stdout"}) {
    const result json = ringside({"run", "one_frame", "--json", name});
    EXPECT_EQ(json.status, 0) << name;
    EXPECT_EQ(nlohmann::json::parse(json.out)["frames"]["offered"], 16) << name;
    for (const char* option : {"--vcd", "--fst"}) {
      const result wave = ringside({"run", "one_frame", option, name});
      EXPECT_EQ(wave.status, 2) << name;
      EXPECT_EQ(wave.out, "") << name;
      EXPECT_NE(wave.err.find(": cannot go to standard output; allowed: a file"), std::string::npos) << wave.err;
    }
  }
  EXPECT_FALSE(std::filesystem::exists("-"));
}

// Bash's >(...) is a pipe called /dev/fd/63.  A file that somebody has open may be open to append.
TEST(outputs, a_descriptor_is_written_to_when_it_is_a_pipe) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const result r =
      ringside({"run", "one_frame", "--journey", "none", "--pcap-out", "/dev/fd/" + std::to_string(ends[1])});
  close(ends[1]);
  EXPECT_EQ(r.status, 0) << r.err;
  std::string got(4096, '\0');
  EXPECT_EQ(read(ends[0], got.data(), got.size()), 24 + 16 * (16 + 60));
  close(ends[0]);

  const test::test_folder folder;
  std::FILE* const log = std::fopen(folder.write("log", "old\n").c_str(), "ae");
  const result file = ringside({"run", "one_frame", "--json", "/dev/fd/" + std::to_string(fileno(log))});
  std::fclose(log);
  EXPECT_EQ(file.status, 2);
  EXPECT_NE(file.err.find(": --json: is a file that is open already; allowed: its own name"), std::string::npos);
  EXPECT_EQ(folder.read("log"), "old\n");
}

TEST(outputs, an_input_is_not_replaced) {
  const test::test_folder folder;
  std::ifstream in(std::string(RINGSIDE_TESTS_DIR) + "/cases/us.pcap", std::ios::binary);
  const std::string content{std::istreambuf_iterator<char>(in), {}};
  const std::string capture = folder.write("a.pcap", content);
  const std::string scenario = folder.write("s.toml", "[gen]\ncount = 3\n");
  std::filesystem::create_symlink("a.pcap", folder.path("link"));
  for (const std::string& name : {capture, folder.path("./a.pcap"), folder.path("link")}) {
    const result r = ringside({"run", "--pcap", capture, "--pcap-out", name});
    EXPECT_EQ(r.status, 2);
    EXPECT_EQ(r.err, "ringside: " + name + ": --pcap-out: is the file of --pcap; allowed: a file of its own\n");
  }
  const result r = ringside({"run", scenario, "--json", scenario});
  EXPECT_EQ(r.status, 2);
  EXPECT_EQ(r.err, "ringside: " + scenario + ": --json: is the file of the scenario; allowed: a file of its own\n");
  EXPECT_EQ(folder.read("a.pcap"), content);
  EXPECT_EQ(folder.read("s.toml"), "[gen]\ncount = 3\n");
  EXPECT_EQ(folder.files(), 3U);
}

TEST(outputs, one_file_by_two_names_is_refused) {
  const test::test_folder folder;
  folder.write("there", "");
  std::filesystem::create_symlink("there", folder.path("link"));
  std::filesystem::create_symlink("not_there", folder.path("dangling"));
  for (const auto& [one, other] :
       {std::pair{"there", "./there"}, {"there", "link"}, {"new", "./new"}, {"not_there", "dangling"}}) {
    const result r = ringside({"run", "--json", folder.path(one), "--vcd", folder.path(other)});
    EXPECT_EQ(r.status, 2) << one << " and " << other;
    EXPECT_NE(r.err.find("--vcd: is the file of --json; allowed: "), std::string::npos) << r.err;
  }
  EXPECT_EQ(folder.files(), 3U);
  EXPECT_EQ(ringside({"run", "one_frame", "--json", "/dev/null", "--pcap-out", "/dev/null"}).status, 0);
}

TEST(outputs, files_of_the_user_beside_an_output_are_left_alone) {
  const test::test_folder folder;
  folder.write("a.json.tmp", "mine");
  folder.write("a.fst.vcd", "mine too");
  EXPECT_EQ(ringside({"run", "one_frame", "--json", folder.path("a.json")}).status, 0);
  static_cast<void>(ringside({"run", "one_frame", "--fst", folder.path("a.fst")}));
  EXPECT_EQ(folder.read("a.json.tmp"), "mine");
  EXPECT_EQ(folder.read("a.fst.vcd"), "mine too");
}

// RFC 8259 section 8.1: JSON is UTF-8; U+FFFD stands for what is not (Unicode 3.9, best practice).
TEST(outputs, a_name_that_is_no_utf_8_costs_no_result) {
  const test::test_folder folder;
  const std::string scenario = folder.write("caf\xE9.toml", "[gen]\ncount = 3\n");
  const result r = ringside({"run", scenario, "--json", "-"});
  EXPECT_EQ(r.status, 0) << r.err;
  EXPECT_EQ(nlohmann::json::parse(r.out)["scenario"]["name"], "caf\uFFFD");
}

// The fake takes 10 us for a frame.
TEST(outputs, a_window_that_the_run_does_not_reach_is_said) {
  const test::test_folder folder;
  const result late = ringside({"run", "one_frame", "--vcd", folder.path("a.vcd"), "--trace-window", "200us..300us"});
  EXPECT_EQ(late.status, 0);
  EXPECT_EQ(late.err,
            "ringside: --trace-window: begins at 200000 ns, the run ended at 160000 ns: the waveform is empty\n");
  const result reached = ringside({"run", "one_frame", "--vcd", folder.path("a.vcd"), "--trace-window", "20us..300us"});
  EXPECT_EQ(reached.err, "");
}

TEST(outputs, the_command_of_the_viewer_can_be_pasted) {
  const test::test_folder folder;
  const result r = ringside({"run", "one_frame", "--vcd", folder.path("it's mine.vcd")});
  EXPECT_NE(r.out.find("gtkwave '" + folder.path("it'\\''s mine.vcd") + "'"), std::string::npos) << r.out;
}

// tcprewrite's way of counting: what left.  The wire reads 32 frames ahead of the three that were sent.
TEST(outputs, rewritten_frames_are_those_that_were_sent) {
  const std::string folder = std::string(RINGSIDE_TESTS_DIR) + "/captures/";
  const result all = ringside({"run", "--pcap", folder + "protocols.pcap", "--pcap-rewrite", "--json", "-", "--set",
                               "nic.mac_address=02:00:00:00:00:77", "--set", "stack.address=10.0.0.77"});
  EXPECT_EQ(nlohmann::json::parse(all.out)["capture"]["rewritten"], 12);
  const result none = ringside({"run", "--pcap", folder + "protocols.pcap", "--pcap-rewrite", "--json", "-", "--set",
                                "nic.mac_address=02:00:00:00:00:77", "--set", "stack.address=10.0.0.77"},
                               {.interrupt_after = 1, .read_ahead = true});
  const auto json = nlohmann::json::parse(none.out);
  EXPECT_EQ(json["frames"]["offered"], 1);
  EXPECT_LE(json["capture"]["rewritten"], 1);
}

}  // namespace
}  // namespace ringside::platform

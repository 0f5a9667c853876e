// SPDX-License-Identifier: Apache-2.0
// Jobs in children: every text comes back, and a child that crashes, throws or hangs is a result and not the end.
#include "tools/regress/fork_server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <stdexcept>

namespace ringside::platform {
namespace {

std::map<std::size_t, job_end> run(fork_server& server, std::size_t count, const job_function& job) {
  std::map<std::size_t, job_end> ends;
  EXPECT_TRUE(server.run(count, {.job = job}, [&ends](const job_end& end) { ends[end.job] = end; }));
  return ends;
}

TEST(fork_server, brings_every_text_back) {
  fork_server server(3);
  const auto ends =
      run(server, 20, [](std::size_t i, black_box&) { return std::string(i * 10'000, 'a' + static_cast<char>(i)); });
  ASSERT_EQ(ends.size(), 20U);
  for (const auto& [job, end] : ends) {
    EXPECT_EQ(end.why, "");
    EXPECT_EQ(end.text, std::string(job * 10'000, 'a' + static_cast<char>(job)));
  }
}

TEST(fork_server, tells_how_a_child_ended) {
  fork_server server(2, std::chrono::seconds{1});
  const auto ends = run(server, 4, [](std::size_t i, black_box&) -> std::string {
    if (i == 0) throw std::runtime_error("no such ring");
    if (i == 1) std::raise(SIGKILL);
    if (i == 2) pause();
    return "sound";
  });
  EXPECT_EQ(ends.at(0).why, "ended by an exception: no such ring");
  EXPECT_EQ(ends.at(1).why, "killed by signal 9 (Killed)");
  EXPECT_EQ(ends.at(2).why, "took longer than 1 s");
  EXPECT_EQ(ends.at(3).text, "sound");
}

// Kind 0 and 1 take turns; each prepares once, and its jobs find what it prepared.
TEST(fork_server, prepares_once_per_kind) {
  fork_server server(3);
  std::string prepared = "nothing";
  std::map<std::size_t, job_end> ends;
  const forked_work work{.job = [&](std::size_t i, black_box&) { return prepared + ":" + std::to_string(i); },
                         .kind_of = [](std::size_t i) { return i % 2; },
                         .prepare =
                             [&](std::size_t kind) {
                               prepared = (prepared == "nothing" ? "kind " : "again ") + std::to_string(kind) + " of " +
                                          std::to_string(getpid());
                             }};
  EXPECT_TRUE(server.run(10, work, [&ends](const job_end& end) { ends[end.job] = end; }));
  ASSERT_EQ(ends.size(), 10U);
  EXPECT_EQ(prepared, "nothing") << "the owner prepares nothing";
  for (const auto& [job, end] : ends) {
    const std::string own = end.text.substr(0, end.text.find(':'));
    EXPECT_EQ(own, ends[job % 2].text.substr(0, own.size()));
    EXPECT_TRUE(own.starts_with("kind " + std::to_string(job % 2) + " of ")) << own;
    EXPECT_EQ(end.text.substr(own.size()), ":" + std::to_string(job));
  }
}

TEST(fork_server, a_kind_that_cannot_be_prepared_fails_its_jobs_alone) {
  fork_server server(2);
  std::map<std::size_t, job_end> ends;
  const forked_work work{.job = [](std::size_t, black_box&) { return std::string("sound"); },
                         .kind_of = [](std::size_t i) { return i; },
                         .prepare =
                             [](std::size_t kind) {
                               if (kind == 1) throw std::runtime_error("no memory");
                               if (kind == 2) std::raise(SIGKILL);
                             }};
  EXPECT_TRUE(server.run(4, work, [&ends](const job_end& end) { ends[end.job] = end; }));
  EXPECT_EQ(ends.at(0).text, "sound");
  EXPECT_EQ(ends.at(1).why, "could not be prepared: no memory");
  EXPECT_EQ(ends.at(2).why, "lost with its fork server, killed by signal 9 (Killed)");
  EXPECT_EQ(ends.at(3).text, "sound");
}

TEST(fork_server, tells_how_far_a_child_came) {
  fork_server server(1);
  const auto ends = run(server, 1, [](std::size_t, black_box& box) -> std::string {
    flight_recorder recorder(box);
    recorder.on_event({.time = 700, .frame = 3});
    recorder.on_event({.time = 900});
    std::raise(SIGKILL);
    return {};
  });
  EXPECT_EQ(ends.at(0).last.events, 2U);
  EXPECT_EQ(ends.at(0).last.time, 900);
  EXPECT_EQ(ends.at(0).last.frames.front(), 3U);
}

TEST(fork_server, stops_when_asked) {
  fork_server server(2);
  std::size_t ended = 0;
  const bool whole = server.run(
      4, {.job = [](std::size_t, black_box&) -> std::string {
        pause();
        return {};
      }},
      [&ended](const job_end&) { ++ended; }, [] { return false; });
  EXPECT_FALSE(whole);
  EXPECT_EQ(ended, 0U);
}

}  // namespace
}  // namespace ringside::platform

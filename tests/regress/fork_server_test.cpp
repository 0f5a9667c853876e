// Jobs in children: every text comes back, and a child that crashes, throws or hangs is a result and not the end.
#include "platform/regress/fork_server.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <stdexcept>

namespace ringside::platform {
namespace {

std::map<std::size_t, job_end> run(fork_server& server, std::size_t count,
                                   const job_function& job) {
  std::map<std::size_t, job_end> ends;
  EXPECT_TRUE(server.run(count, {.job = job}, [&ends](const job_end& end) { ends[end.job] = end; }));
  return ends;
}

TEST(fork_server, brings_every_text_back) {
  fork_server server(3);
  const auto ends = run(server, 20, [](std::size_t i, black_box&) { return std::string(i * 10'000, 'a' + static_cast<char>(i)); });
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

TEST(fork_server, stops_when_asked) {
  fork_server server(2);
  std::size_t ended = 0;
  const bool whole = server.run(
      4,
      {.job = [](std::size_t, black_box&) -> std::string {
        pause();
        return {};
      }},
      [&ended](const job_end&) { ++ended; }, [] { return false; });
  EXPECT_FALSE(whole);
  EXPECT_EQ(ended, 0U);
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The client against a server of the test's own: what it says, what it makes of answers, and of none.
#include "tools/oracle/qtest_client.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

namespace ringside::oracle {
namespace {

/// Answers each line with the next of its texts, as they are, and keeps the lines.  Ends the link with its last answer.
class scripted_server {
 public:
  explicit scripted_server(std::vector<std::string> answers) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) throw std::runtime_error("socketpair");
    here_ = ends[0];
    thread_ = std::thread([this, there = ends[1], answers = std::move(answers)] {
      std::string text;
      for (const std::string& answer : answers) {
        while (text.find('\n') == std::string::npos) {
          char buffer[65536];
          const ssize_t n = ::read(there, buffer, sizeof buffer);
          if (n <= 0) break;
          text.append(buffer, static_cast<std::size_t>(n));
        }
        const auto end = text.find('\n');
        if (end == std::string::npos) break;
        lines_.push_back(text.substr(0, end));
        text.erase(0, end + 1);
        // In two pieces: an answer need not come at once.
        const std::size_t half = answer.size() / 2;
        static_cast<void>(::send(there, answer.data(), half, MSG_NOSIGNAL));
        static_cast<void>(::send(there, answer.data() + half, answer.size() - half, MSG_NOSIGNAL));
      }
      ::close(there);
    });
  }
  ~scripted_server() {
    ::shutdown(here_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    ::close(here_);
  }
  int link() const { return here_; }
  const std::vector<std::string>& lines() {
    ::shutdown(here_, SHUT_WR);
    if (thread_.joinable()) thread_.join();
    return lines_;
  }

 private:
  int here_ = -1;
  std::vector<std::string> lines_;
  std::thread thread_;
};

TEST(qtest_client, speaks_the_protocol) {
  scripted_server server({"OK 0x0000000080080783\n", "OK\n", "OK 0x100e8086\n", "OK\n", "OK\n", "OK\n"});
  qtest_client client(server.link());
  EXPECT_EQ(client.read_dword(0xE000'0008), 0x8008'0783U);
  client.write_dword(0xE000'0100, 0x8002);
  EXPECT_EQ(client.port_in(0xCFC), 0x100E'8086U);
  client.port_out(0xCF8, 0x8000'1800);
  client.port_out_byte(0xCF9, 6);
  client.fill(0x10'0000, 64, 0xA5);
  EXPECT_EQ(client.commands(), 6U);
  const std::vector<std::string> expected{"readl 0xe0000008", "writel 0xe0000100 0x8002",
                                          "inl 0xcfc",        "outl 0xcf8 0x80001800",
                                          "outb 0xcf9 0x6",   "memset 0x100000 0x40 0xa5"};
  EXPECT_EQ(server.lines(), expected);
}

TEST(qtest_client, moves_memory_as_hex_digits) {
  scripted_server server({"OK\n", "OK 0x00a5ff10\n"});
  qtest_client client(server.link());
  const byte_vector bytes{0x00, 0xA5, 0xFF, 0x10};
  client.write(0x1000, bytes);
  EXPECT_EQ(client.read(0x1000, 4), bytes);
  const std::vector<std::string> expected{"write 0x1000 0x4 0x00a5ff10", "read 0x1000 0x4"};
  EXPECT_EQ(server.lines(), expected);
}

TEST(qtest_client, parts_long_transfers) {
  constexpr std::size_t whole = 40'000, first = 32'768;
  const auto digits = [](std::size_t bytes) {
    std::string text = "OK 0x";
    for (std::size_t i = 0; i < bytes; ++i) text += "5a";
    return text + "\n";
  };
  scripted_server server({"OK\n", "OK\n", digits(first), digits(whole - first)});
  qtest_client client(server.link());
  client.write(0x10'0000, byte_vector(whole, 0x5A));
  EXPECT_EQ(client.read(0x10'0000, whole), byte_vector(whole, 0x5A));
  EXPECT_EQ(server.lines().at(1).substr(0, 24), "write 0x108000 0x1c40 0x");
  EXPECT_EQ(server.lines().at(3), "read 0x108000 0x1c40");
}

TEST(qtest_client, nothing_to_move_is_no_command) {
  scripted_server server({});
  qtest_client client(server.link());
  client.fill(0x1000, 0, 1);
  client.write(0x1000, {});
  EXPECT_TRUE(client.read(0x1000, 0).empty());
  EXPECT_EQ(client.commands(), 0U);
}

TEST(qtest_client, passes_over_interrupts) {
  scripted_server server({"IRQ raise 11\nIRQ lower 11\nOK 0x7\n"});
  qtest_client client(server.link());
  EXPECT_EQ(client.read_dword(0), 7U);
}

TEST(qtest_client, refuses_what_is_no_answer) {
  for (const char* answer :
       {"FAIL Unknown command 'readl'\n", "ERR\n", "OKAY 0x1\n", "OK\n", "OK 0x12z4\n", "OK twelve\n"}) {
    scripted_server server({answer});
    qtest_client client(server.link());
    EXPECT_THROW(client.read_dword(0), qemu_error) << answer;
  }
}

TEST(qtest_client, refuses_memory_of_another_length) {
  for (const char* answer : {"OK 0x1122\n", "OK 0x112233445566\n", "OK 1122334455\n", "OK 0x1122334g\n"}) {
    scripted_server server({answer});
    qtest_client client(server.link());
    EXPECT_THROW(client.read(0, 4), qemu_error) << answer;
  }
}

TEST(qtest_client, says_when_qemu_has_ended) {
  scripted_server server({"OK 0x1\n"});
  qtest_client client(server.link());
  EXPECT_EQ(client.read_dword(0), 1U);
  EXPECT_THROW(client.read_dword(0), qemu_error);
}

TEST(qtest_client, does_not_wait_for_ever) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  qtest_client client(ends[0], std::chrono::milliseconds{20});
  EXPECT_THROW(client.read_dword(0), qemu_error);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace ringside::oracle

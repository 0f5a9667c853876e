// SPDX-License-Identifier: Apache-2.0
// A capture comes by any name: file, pipe, standard input, compressed or not.
#include "platform/source/capture_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/platform/source/captures.h"

namespace ringside::platform {
namespace {

using test::error_of;
using test::frames_of;
using test::ours;

std::string content(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<test::bytes> bytes_of(const std::vector<offered_frame>& frames) {
  std::vector<test::bytes> out;
  out.reserve(frames.size());
  for (const offered_frame& frame : frames) out.push_back(frame.bytes);
  return out;
}

void write_all(int descriptor, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t done = write(descriptor, text.data() + at, text.size() - at);
    if (done <= 0) break;
    at += static_cast<std::size_t>(done);
  }
  close(descriptor);
}

/// Standard input reads from `descriptor` for a while.
class as_standard_input {
 public:
  explicit as_standard_input(int descriptor) : before_(dup(STDIN_FILENO)) {
    dup2(descriptor, STDIN_FILENO);
    close(descriptor);
  }
  ~as_standard_input() {
    dup2(before_, STDIN_FILENO);
    close(before_);
  }
  as_standard_input(const as_standard_input&) = delete;
  as_standard_input& operator=(const as_standard_input&) = delete;

 private:
  int before_;
};

TEST(capture_file, of_a_fifo_is_read_once_and_whole) {
  const test::test_folder folder;
  for (const char* name : {"cases/us.pcap", "captures/several.pcapng", "captures/zipped.pcap.gz"}) {
    SCOPED_TRACE(name);
    const std::string fifo = folder.path("fifo");
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    std::thread writer([&] { write_all(open(fifo.c_str(), O_WRONLY | O_CLOEXEC), content(ours(name))); });
    const auto got = bytes_of(frames_of(fifo));
    writer.join();
    EXPECT_GE(got.size(), 5U);
    EXPECT_EQ(got, bytes_of(frames_of(ours(name))));
    unlink(fifo.c_str());
  }
}

TEST(capture_file, minus_is_standard_input) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] { write_all(ends[1], content(ours("cases/us.pcap"))); });
  const auto expected = bytes_of(frames_of(ours("cases/us.pcap")));
  ASSERT_EQ(expected.size(), 5U);
  {
    const as_standard_input input(ends[0]);
    EXPECT_EQ(bytes_of(frames_of("-")), expected);
  }
  writer.join();
  // A file that others have begun to read goes on where they stopped.
  const test::test_folder folder;
  const std::string text = folder.write("with_a_line", "a line\n" + content(ours("cases/us.pcap")));
  const int begun = open(text.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(lseek(begun, 7, SEEK_SET), 7);
  {
    const as_standard_input input(begun);
    EXPECT_EQ(bytes_of(frames_of("-")), expected);
  }
}

TEST(capture_file, errors_name_standard_input) {
  const as_standard_input input(open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(error_of("-").starts_with("standard input: --pcap: ")) << error_of("-");
}

// RFC 1952: the fifth part of sizes.pcap, as make_captures.py compressed it with Python's zlib.
TEST(capture_file, gzip_is_taken_off) {
  const auto all = bytes_of(frames_of(ours("captures/sizes.pcap")));
  const auto some = bytes_of(frames_of(ours("captures/zipped.pcap.gz")));
  ASSERT_EQ(some.size(), 6U);
  for (std::size_t i = 0; i < some.size(); ++i) EXPECT_EQ(some[i], all[i * 5]) << i;
}

TEST(capture_file, refuses_broken_gzip) {
  const test::test_folder folder;
  const std::string whole = content(ours("captures/zipped.pcap.gz"));
  for (const std::size_t length : {whole.size() - 1, whole.size() / 2, std::size_t{12}}) {
    const std::string cut = folder.write("cut.pcap.gz", whole.substr(0, length));
    EXPECT_NE(error_of(cut).find("cut.pcap.gz: --pcap: gzip: cut short; allowed: "), std::string::npos)
        << error_of(cut);
  }
  std::string flipped = whole;
  flipped[whole.size() - 6] ^= 1;  // of the CRC-32
  const std::string wrong = folder.write("wrong.pcap.gz", flipped);
  EXPECT_NE(error_of(wrong).find("--pcap: gzip: "), std::string::npos) << error_of(wrong);
}

// RFC 1952 section 2.2: members follow each other; gzip(1) leaves out zeros behind them, and nothing else.
TEST(capture_file, of_several_gzip_members_is_one) {
  const test::test_folder folder;
  const auto packed = [&folder](const std::string& text) {
    const std::string name = folder.path("part.gz");
    gzFile out = gzopen(name.c_str(), "wb");
    gzwrite(out, text.data(), static_cast<unsigned>(text.size()));
    gzclose(out);
    return content(name);
  };
  const std::string plain = content(ours("cases/us.pcap"));
  const std::string members = packed(plain.substr(0, 50)) + packed("") + packed(plain.substr(50));
  const auto expected = bytes_of(frames_of(ours("cases/us.pcap")));
  EXPECT_EQ(bytes_of(frames_of(folder.write("members.gz", members))), expected);
  EXPECT_EQ(bytes_of(frames_of(folder.write("filled.gz", members + std::string(300, '\0')))), expected);
  for (const std::string& more : {std::string("x"), std::string("\0x", 2), std::string("\x1Fx", 2), plain}) {
    const std::string error = error_of(folder.write("more.gz", members + more));
    EXPECT_NE(error.find("more.gz: --pcap: gzip: "), std::string::npos) << error;
  }
}

// What has no end is refused at its beginning.
TEST(capture_file, of_a_device_is_looked_at_first) {
  EXPECT_TRUE(error_of("/dev/zero").starts_with("/dev/zero: --pcap: unknown file format; allowed: "))
      << error_of("/dev/zero");
}

// environ(7): TMPDIR is where temporary files are made.
TEST(capture_file, is_unpacked_where_tmpdir_says) {
  const test::test_folder folder;
  const char* const before = std::getenv("TMPDIR");
  const std::string kept = before != nullptr ? before : "";
  std::filesystem::create_directory(folder.path("tmp"));
  setenv("TMPDIR", folder.path("tmp").c_str(), 1);
  const auto long_ago = std::filesystem::file_time_type::clock::now() - std::chrono::hours(24);
  std::filesystem::last_write_time(folder.path("tmp"), long_ago);
  EXPECT_EQ(frames_of(ours("captures/zipped.pcap.gz")).size(), 6U);
  EXPECT_GT(std::filesystem::last_write_time(folder.path("tmp")), long_ago + std::chrono::hours(1))
      << "a file was made there, and removed";
  if (before != nullptr)
    setenv("TMPDIR", kept.c_str(), 1);
  else
    unsetenv("TMPDIR");
}

TEST(capture_file, says_how_other_compressions_come_in) {
  const test::test_folder folder;
  const std::string zst = folder.write("a.pcap.zst", "\x28\xB5\x2F\xFD rest of it");
  EXPECT_NE(error_of(zst).find("is compressed with Zstandard; allowed: "), std::string::npos);
  EXPECT_NE(error_of(zst).find("zstdcat FILE | ringside run --pcap -"), std::string::npos);
  const std::string xz = folder.write("a.pcap.xz", std::string("\xFD\x37zXZ\0 rest", 11));
  EXPECT_NE(error_of(xz).find("xzcat"), std::string::npos);
}

TEST(capture_file, refuses_what_is_no_file) {
  const test::test_folder folder;
  EXPECT_NE(error_of(folder.path("none")).find("none: --pcap: No such file or directory; allowed: "),
            std::string::npos);
  EXPECT_NE(error_of(folder.path("")).find("--pcap: is a folder; allowed: "), std::string::npos);
}

// Readers stand where they are, and see the changed bytes wherever their buffers begin and end.
TEST(capture_file, readers_are_apart_and_see_changes) {
  const test::test_folder folder;
  std::string text(200'000, 'a');
  const std::string name = folder.write("plain", text);
  const auto file = capture_file::open(name);
  auto changes = std::make_shared<capture_file::edits>();
  for (const std::int64_t at : {0L, 65'533L, 65'537L, 131'070L, 199'997L}) (*changes)[at] = {'1', '2', '3', '4'};
  text.replace(0, 4, "1234").replace(65'533, 4, "1234").replace(65'537, 4, "1234").replace(131'070, 4, "1234");
  text.replace(199'997, 3, "123");
  const auto changed = file->read(changes);
  const auto plain = file->read();
  std::string got(200'000, '?');
  EXPECT_EQ(std::fread(got.data(), 1, 70'000, changed.get()), 70'000U);
  std::string other(200'000, '?');
  EXPECT_EQ(std::fread(other.data(), 1, other.size(), plain.get()), other.size());
  EXPECT_EQ(other, std::string(200'000, 'a'));
  EXPECT_EQ(std::fread(got.data() + 70'000, 1, 130'001, changed.get()), 130'000U);
  EXPECT_EQ(got, text);
}

}  // namespace
}  // namespace ringside::platform

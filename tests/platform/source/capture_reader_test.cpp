// SPDX-License-Identifier: Apache-2.0
// What a capture declares: FCS, lengths, interfaces, link types; pcapng as its draft has it.
#include "platform/source/capture_reader.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>

#include "tests/platform/source/captures.h"

namespace ringside::platform {
namespace {

using test::bytes;
using test::error_of;
using test::frames_of;
using test::ours;

bool fcs_is_right(const bytes& frame) {
  // IEEE 802.3 3.2.9: over a frame with its FCS the CRC leaves this residue, in zlib's convention.
  return crc32(0, frame.data(), static_cast<uInt>(frame.size())) == 0x2144DF1CUL;
}

TEST(captured_fcs, is_sent_and_no_second_one) {
  const auto with = frames_of(ours("cases/fcs_bits.pcap"));
  const auto without = frames_of(ours("cases/us.pcap"));
  ASSERT_EQ(with.size(), 5U);
  ASSERT_EQ(without.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_TRUE(with[i].has_fcs);
    EXPECT_FALSE(with[i].pad);
    EXPECT_FALSE(without[i].has_fcs);
    EXPECT_EQ(with[i].bytes.size(), 64U);
    EXPECT_TRUE(fcs_is_right(with[i].bytes));
    EXPECT_EQ(bytes(with[i].bytes.begin(), with[i].bytes.end() - 4), without[i].bytes);
  }
}

// fcs.pcap, as make_captures.py tells: right and wrong in turn; the runts are 18, 19, 48 and 63 octets long.
TEST(captured_fcs, stays_wrong_and_runts_stay_runts) {
  const auto frames = frames_of(ours("captures/fcs.pcap"));
  ASSERT_EQ(frames.size(), 19U);
  for (std::size_t i = 0; i < 18; ++i) EXPECT_EQ(fcs_is_right(frames[i].bytes), i % 2 == 0) << i;
  const std::size_t runts[] = {18, 18, 19, 19, 48, 48, 63, 63};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(frames[8 + i].bytes.size(), runts[i]);
  for (const offered_frame& frame : frames) EXPECT_TRUE(frame.has_fcs && !frame.pad && !frame.bad_fcs);
}

TEST(captured_fcs, of_a_snapped_record_is_lost) {
  const test::test_folder folder;
  // 24 bytes of header with FCS bits, one record of 62 of 64 bytes: 60 of the frame and 2 of its FCS.
  std::string file("\xD4\xC3\xB2\xA1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\x24", 24);
  file += std::string("\0\0\0\0\0\0\0\0\x3E\0\0\0\x40\0\0\0", 16) + std::string(62, 'x');
  const auto frames = frames_of(folder.write("cut.pcap", file));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_FALSE(frames[0].has_fcs);
  EXPECT_EQ(frames[0].bytes, bytes(60, 'x'));
  file[27 - 4] = '\x14';  // two octets: no Ethernet
  EXPECT_NE(error_of(folder.write("two.pcap", file)).find("record 1: declares an FCS of 2 bytes"), std::string::npos);
}

// several.pcapng: see make_captures.py.  Interface 0 counts in microseconds, 1 in nanoseconds and ends in an FCS.
TEST(pcapng, interfaces_differ_and_one_that_carries_nothing_may_be_anything) {
  const auto frames = frames_of(ours("captures/several.pcapng"));
  ASSERT_EQ(frames.size(), 6U);
  const bool has_fcs[] = {false, true, true, true, true, false};
  const std::size_t sizes[] = {60, 64, 64, 64, 66, 96};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(frames[i].has_fcs, has_fcs[i]) << i;
    EXPECT_EQ(frames[i].bytes.size(), sizes[i]) << i;
    EXPECT_EQ(frames[i].earliest, static_cast<sim_time>(i) * 100 * us) << i;
  }
  EXPECT_TRUE(fcs_is_right(frames[1].bytes));
  EXPECT_FALSE(fcs_is_right(frames[2].bytes));
  EXPECT_TRUE(fcs_is_right(frames[3].bytes));  // epb_flags says so, not the interface
  EXPECT_EQ(test::source_of(ours("captures/several.pcapng")).counts().snapped, 1U);
}

// Big-endian; a snapshot length of 128 cuts the second simple packet; the second section has none, counts milliseconds
// and begins 10 s later, which is after 0 s of packets without a time.
TEST(pcapng, sections_and_simple_packets) {
  const std::string file = ours("captures/other_order.pcapng");
  const auto frames = frames_of(file);
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[0].bytes.size(), 122U);
  EXPECT_EQ(frames[1].bytes.size(), 128U);
  EXPECT_EQ(frames[2].bytes.size(), 110U);
  EXPECT_FALSE(frames[0].has_fcs);
  EXPECT_TRUE(frames[2].has_fcs) << "interface 0 of its own section";
  EXPECT_EQ(frames[2].earliest, 10'005 * ms);
  EXPECT_EQ(test::source_of(file).counts().snapped, 1U);
  const auto padded = frames_of(file, {.snapped = snapped_kind::pad});
  EXPECT_EQ(padded[1].bytes.size(), 242U);
}

void put32(std::string& out, std::uint32_t v) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(v >> (8 * i));
}

// pcapng, little-endian, by the IETF draft: section header, interfaces (if_tsresol 9), one enhanced packet on each of
// `from`.
std::string pcapng(const std::vector<std::uint32_t>& link_types, const std::vector<std::uint32_t>& from) {
  std::string out;
  for (const std::uint32_t v : {0x0A0D0D0AU, 28U, 0x1A2B3C4DU, 0x00000001U, 0xFFFFFFFFU, 0xFFFFFFFFU, 28U})
    put32(out, v);
  for (const std::uint32_t type : link_types)
    for (const std::uint32_t v : {1U, 32U, type, 262'144U, 9U | 1U << 16, 9U, 0U, 32U}) put32(out, v);
  const std::uint64_t stamp = 1'700'000'000'123'456'789ULL;
  for (const std::uint32_t interface : from) {
    for (const std::uint32_t v : {6U, 32U + 64U, interface, static_cast<std::uint32_t>(stamp >> 32),
                                  static_cast<std::uint32_t>(stamp), 64U, 64U})
      put32(out, v);
    out += std::string(64, 'x');
    put32(out, 32 + 64);
  }
  return out;
}

TEST(pcapng, is_read_and_refused_when_cut) {
  const test::test_folder folder;
  const std::string content = pcapng({1}, {0});
  const auto frames = frames_of(folder.write("a.pcapng", content));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].bytes, bytes(64, 'x'));
  // Between blocks (section header, interface, packet) the file is whole, and without an interface it is none.
  for (std::size_t length = 0; length < content.size(); ++length) {
    const std::string error = error_of(folder.write("cut.pcapng", content.substr(0, length)));
    EXPECT_EQ(error == "no error", length == 28 + 32) << length << " " << error;
  }
}

// Whatever the bytes, a capture is read or refused; it never takes the program along.
TEST(pcapng, of_any_bytes_is_read_or_refused) {
  const int memory = memfd_create("changed", MFD_CLOEXEC);
  ASSERT_GE(memory, 0);
  const std::string file = "/proc/self/fd/" + std::to_string(memory);
  for (const char* name : {"captures/several.pcapng", "captures/other_order.pcapng", "captures/fcs.pcap"}) {
    std::ifstream in(ours(name), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    ASSERT_EQ(ftruncate(memory, 0), 0);
    ASSERT_EQ(pwrite(memory, content.data(), content.size(), 0), static_cast<ssize_t>(content.size()));
    for (std::size_t at = 0; at < std::min<std::size_t>(content.size(), 900); ++at)
      for (const char change : {'\x01', '\x80', '\xFF'}) {
        const char wrong = static_cast<char>(content[at] ^ change);
        ASSERT_EQ(pwrite(memory, &wrong, 1, static_cast<off_t>(at)), 1);
        const std::string error = error_of(file, {.snapped = snapped_kind::pad});
        ASSERT_EQ(pwrite(memory, &content[at], 1, static_cast<off_t>(at)), 1);
        if (error == "no error") continue;
        EXPECT_NE(error.find(file + ": --pcap: "), std::string::npos) << error;
      }
  }
  close(memory);
}

TEST(link_type, other_than_ethernet_is_refused_with_the_way_out) {
  const test::test_folder folder;
  const test::record one{0, bytes(100, 1)};
  const std::string raw = error_of(test::capture(folder, {one}, DLT_RAW));
  EXPECT_NE(raw.find(": --pcap: link type is RAW; allowed: an Ethernet capture: taken on the Ethernet interface"),
            std::string::npos)
      << raw;
  EXPECT_NE(raw.find("with --pcap-rewrite, what tshark -r "), std::string::npos) << raw;
  const std::string cooked = error_of(test::capture(folder, {one}, DLT_LINUX_SLL));
  EXPECT_NE(
      cooked.find("link type is LINUX_SLL; allowed: an Ethernet capture: taken on one interface (tcpdump -i eth0) "
                  "and not on \"any\""),
      std::string::npos)
      << cooked;
  EXPECT_NE(cooked.find("with --pcap-rewrite, what editcap -C 2 -T ether "), std::string::npos) << cooked;
  EXPECT_EQ(cooked.find('\n'), std::string::npos);
  const std::string wireless = error_of(test::capture(folder, {one}, DLT_IEEE802_11));
  EXPECT_NE(wireless.find("link type is IEEE802_11; allowed: "), std::string::npos) << wireless;
}

TEST(link_type, of_an_interface_with_packets_is_named) {
  const test::test_folder folder;
  const std::string both = error_of(folder.write("both.pcapng", pcapng({1, 113}, {0, 1, 1})));
  EXPECT_NE(both.find("--pcap: interface 1 has 2 packets of link type LINUX_SLL; allowed: "), std::string::npos)
      << both;
  EXPECT_NE(both.find("tshark -r "), std::string::npos) << both;
  EXPECT_NE(both.find("-Y 'frame.interface_id != 1'"), std::string::npos) << both;
  const std::string raw = error_of(folder.write("raw.pcapng", pcapng({101}, {0})));
  EXPECT_NE(raw.find("interface 0 has 1 packets of link type RAW"), std::string::npos) << raw;
  EXPECT_EQ(raw.find("frame.interface_id"), std::string::npos) << "there is no Ethernet in it";
  EXPECT_EQ(error_of(folder.write("idle.pcapng", pcapng({113, 1}, {1}))), "no error");
}

TEST(capture_reader, refuses_what_is_no_capture) {
  const test::test_folder folder;
  const std::string text = folder.write("t.pcap", "this is no capture at all, it is a text\n");
  EXPECT_TRUE(error_of(text).starts_with(text + ": --pcap: unknown file format")) << error_of(text);
}

// Every cut of a two-record capture (24 header + 2 x (16 + 100) bytes) is refused, except between records.
TEST(capture_reader, refuses_a_file_cut_anywhere_inside_a_record) {
  const test::test_folder folder;
  test::capture(folder, {{0, bytes(100, 0x5A)}, {1, bytes(100, 0x5A)}});
  const std::string content = folder.read("c.pcap");
  ASSERT_EQ(content.size(), 24U + 2 * 116);
  for (std::size_t length = 0; length < content.size(); ++length) {
    const std::string cut = folder.write("cut.pcap", content.substr(0, length));
    const std::string error = error_of(cut);
    if (length == 24 || length == 24 + 116) {
      EXPECT_EQ(error, "no error") << length;
      continue;
    }
    EXPECT_TRUE(error.starts_with(cut + ": --pcap: ")) << length << " " << error;
    EXPECT_TRUE(error.ends_with("; allowed: a whole Ethernet capture, pcap or pcapng, or one compressed with gzip"))
        << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
    if (length > 24 + 116) {
      EXPECT_NE(error.find("record 2: truncated"), std::string::npos) << error;
    }
  }
}

}  // namespace
}  // namespace ringside::platform

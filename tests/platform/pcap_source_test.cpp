#include "platform/source/pcap_source.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <filesystem>

#include "platform/scenario/loader.h"
#include "test_folder.h"

namespace ringside::platform {
namespace {

using bytes = std::vector<std::uint8_t>;

struct record {
  std::int64_t ns;
  bytes data;
  std::uint32_t wire_length = 0;  // 0: as captured
};

/// A capture written by libpcap itself.
std::string capture(const test::test_folder& folder, const std::vector<record>& records, int type = DLT_EN10MB,
                    bool nano = true) {
  std::string file = folder.path("c.pcap");
  pcap_t* handle = pcap_open_dead_with_tstamp_precision(
      type, 262'144, static_cast<unsigned>(nano ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO));
  pcap_dumper_t* out = pcap_dump_open(handle, file.c_str());
  for (const record& r : records) {
    pcap_pkthdr header{};
    header.ts.tv_sec = r.ns / 1'000'000'000;
    header.ts.tv_usec = nano ? r.ns % 1'000'000'000 : r.ns % 1'000'000'000 / 1000;
    header.caplen = static_cast<bpf_u_int32>(r.data.size());
    header.len = r.wire_length != 0 ? r.wire_length : header.caplen;
    pcap_dump(reinterpret_cast<u_char*>(out), &header, r.data.data());
  }
  pcap_dump_close(out);
  pcap_close(handle);
  return file;
}

std::vector<offered_frame> all(const std::string& file, speed_kind speed = speed_kind::original,
                               rational value = {1, 1}) {
  pcap_source source(file, speed, value);
  std::vector<offered_frame> out;
  while (auto frame = source.next()) out.push_back(*frame);
  return out;
}

std::string error_of(const std::string& file) {
  try {
    const pcap_source source(file, speed_kind::original, {1, 1}, "--pcap");
  } catch (const input_error& error) {
    return error.what();
  }
  return "no error";
}

const bytes hundred(100, 0x5A);

TEST(pcap_source, frames_come_byte_for_byte_at_their_distance) {
  const test::test_folder folder;
  const std::string file =
      capture(folder, {{1'700'000'000'000'000'005, hundred}, {1'700'000'000'000'000'012, bytes(60, 1)}});
  const auto frames = all(file);
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[0].bytes, hundred);
  EXPECT_EQ(frames[0].earliest, 0);
  EXPECT_EQ(frames[1].earliest, 7 * ns);  // nanosecond capture, no rounding
  EXPECT_FALSE(frames[0].has_fcs);
  EXPECT_TRUE(frames[0].pad);
}

TEST(pcap_source, microsecond_captures_keep_their_time) {
  const test::test_folder folder;
  const auto frames = all(capture(folder, {{5'000, hundred}, {1'000'007'000, hundred}}, DLT_EN10MB, false));
  ASSERT_EQ(frames.size(), 2U);
  EXPECT_EQ(frames[1].earliest, 1'000'002'000 * ns);
}

TEST(pcap_source, paces) {
  const test::test_folder folder;
  const std::string file = capture(folder, {{0, hundred}, {9'000, hundred}, {12'000, hundred}});
  EXPECT_EQ(all(file, speed_kind::times, {3, 1})[1].earliest, 3'000 * ns);
  EXPECT_EQ(all(file, speed_kind::times, {1, 2})[2].earliest, 24'000 * ns);
  EXPECT_EQ(all(file, speed_kind::frames_per_second, {1000, 1})[2].earliest, 2 * ms);
  EXPECT_EQ(all(file, speed_kind::line)[2].earliest, 0);
}

// The wire puts the minimum gap where a time lies in the past: the source only must not run backwards below zero.
TEST(pcap_source, backward_timestamps_stay_in_file_order) {
  const test::test_folder folder;
  const auto frames =
      all(capture(folder, {{5'000, hundred}, {9'000, bytes(60, 1)}, {1'000, bytes(60, 2)}, {6'000, bytes(60, 3)}}));
  ASSERT_EQ(frames.size(), 4U);
  EXPECT_EQ(frames[1].earliest, 4'000 * ns);
  EXPECT_EQ(frames[2].earliest, 0);
  EXPECT_EQ(frames[2].bytes[0], 2);
  EXPECT_EQ(frames[3].earliest, 1'000 * ns);
}

TEST(pcap_source, snapped_and_short_and_long_frames_pass_as_captured) {
  const test::test_folder folder;
  const std::string file = capture(folder, {{0, bytes(68, 1), 1514}, {0, bytes(14, 2)}, {0, bytes(20'000, 3)}});
  pcap_source source(file, speed_kind::original, {1, 1});
  EXPECT_EQ(source.records(), 3U);
  EXPECT_EQ(source.snapped(), 1U);
  EXPECT_EQ(source.next()->bytes.size(), 68U);
  EXPECT_EQ(source.next()->bytes.size(), 14U);
  EXPECT_EQ(source.next()->bytes.size(), 20'000U);
  EXPECT_FALSE(source.next());
}

TEST(pcap_source, empty_capture_has_no_frames) {
  const test::test_folder folder;
  EXPECT_TRUE(all(capture(folder, {})).empty());
}

// Every cut of a two-record capture (24 header + 2 x (16 + 100) bytes) is refused, except between records.
TEST(pcap_source, refuses_a_file_cut_anywhere_inside_a_record) {
  const test::test_folder folder;
  const std::string whole = capture(folder, {{0, hundred}, {1, hundred}});
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
    EXPECT_TRUE(error.ends_with("; allowed: a whole Ethernet capture, pcap or pcapng")) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos);
    if (length > 24 + 116) {
      EXPECT_NE(error.find("record 2: truncated"), std::string::npos) << error;
    }
  }
}

void put32(std::string& out, std::uint32_t v) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(v >> (8 * i));
}

// pcapng, little-endian, by the IETF draft: section header, interface (Ethernet, if_tsresol 9), one enhanced packet.
std::string pcapng(std::uint32_t link_type) {
  std::string out;
  for (const std::uint32_t v : {0x0A0D0D0AU, 28U, 0x1A2B3C4DU, 0x00000001U, 0xFFFFFFFFU, 0xFFFFFFFFU, 28U})
    put32(out, v);
  for (const std::uint32_t v : {1U, 32U, link_type, 262'144U, 9U | 1U << 16, 9U, 0U, 32U}) put32(out, v);
  const std::uint64_t stamp = 1'700'000'000'123'456'789ULL;
  for (const std::uint32_t v :
       {6U, 32U + 64U, 0U, static_cast<std::uint32_t>(stamp >> 32), static_cast<std::uint32_t>(stamp), 64U, 64U})
    put32(out, v);
  out += std::string(64, 'x');
  put32(out, 32 + 64);
  return out;
}

TEST(pcap_source, reads_pcapng) {
  const test::test_folder folder;
  const std::string content = pcapng(DLT_EN10MB);
  const auto frames = all(folder.write("a.pcapng", content));
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].bytes, bytes(64, 'x'));
  EXPECT_NE(error_of(folder.write("b.pcapng", content.substr(0, content.size() - 10))).find("truncated"),
            std::string::npos);
}

TEST(pcap_source, refuses_what_is_no_ethernet_capture) {
  const test::test_folder folder;
  const std::string raw = capture(folder, {{0, hundred}}, DLT_RAW);
  EXPECT_EQ(error_of(raw), raw + ": --pcap: link type is RAW; allowed: a whole Ethernet capture, pcap or pcapng");
  const std::string text = folder.write("t.pcap", "this is no capture at all, it is a text\n");
  EXPECT_TRUE(error_of(text).starts_with(text + ": --pcap: unknown file format")) << error_of(text);
  const std::string none = folder.path("none.pcap");
  EXPECT_NE(error_of(none).find("No such file"), std::string::npos) << error_of(none);
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// The capture of a wire, block by block as draft-ietf-opsawg-pcapng has them, and as libpcap reads it.
#include "platform/report/wire_capture.h"

#include <gtest/gtest.h>
#include <pcap/pcap.h>

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>

#include "common/event.h"
#include "platform/scenario/loader.h"
#include "platform/source/pcap_source.h"
#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

std::vector<std::uint8_t> bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::uint32_t word(const std::vector<std::uint8_t>& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::vector<std::uint8_t> frame_of(std::size_t bytes, std::uint8_t fill) {
  return std::vector<std::uint8_t>(bytes, fill);
}

struct packet {
  std::uint32_t interface;
  std::uint64_t stamp;
  std::uint32_t length;
  std::uint32_t flags;
  std::uint8_t first;
};

/// Section 4.3: the enhanced packet blocks of a file whose block lengths agree at both ends.
std::vector<packet> packets_in(const std::vector<std::uint8_t>& file) {
  std::vector<packet> found;
  for (std::size_t at = 0; at + 12 <= file.size();) {
    const std::uint32_t length = word(file, at + 4);
    if (length < 12 || length % 4 != 0 || at + length > file.size() || word(file, at + length - 4) != length) {
      ADD_FAILURE() << "block at " << at << " has length " << length;
      break;
    }
    if (word(file, at) == 6) {
      const std::uint32_t captured = word(file, at + 20);
      const std::size_t options = at + 28 + (captured + 3) / 4 * 4;
      EXPECT_EQ(word(file, options), 0x0004'0002U) << "epb_flags, 4 bytes";
      found.push_back({word(file, at + 8), std::uint64_t{word(file, at + 12)} << 32 | word(file, at + 16), captured,
                       word(file, options + 4), file[at + 28]});
    }
    at += length;
  }
  return found;
}

TEST(wire_capture, frames_stand_in_the_order_they_began_with_direction_and_fcs) {
  const test::test_folder folder;
  wire_capture capture(folder.path("a.pcapng"), "--pcap-wire", 2);
  const auto in = frame_of(64, 1), out = frame_of(70, 2), other = frame_of(99, 3);
  capture.add({.start = 9 * us, .card = 0, .sent = false, .bytes = in});
  capture.add({.start = 2 * us, .card = 1, .sent = true, .bytes = out});  // known at its end
  capture.add({.start = 9 * us, .card = 1, .sent = false, .bytes = other});
  capture.commit();
  const auto found = packets_in(bytes_of(folder.path("a.pcapng")));
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].first, 2);
  EXPECT_EQ(found[0].interface, 1U);
  EXPECT_EQ(found[0].stamp, 2000U);
  EXPECT_EQ(found[0].length, 70U);
  EXPECT_EQ(found[0].flags, 0b10U | 4U << 5);  // outbound, FCS of 4 bytes
  EXPECT_EQ(found[1].first, 1);
  EXPECT_EQ(found[1].stamp, 9000U);
  EXPECT_EQ(found[1].flags, 0b01U | 4U << 5);
  EXPECT_EQ(found[2].first, 3);
  EXPECT_EQ(found[2].interface, 1U);
}

// Bits of epb_flags by the draft: 24 CRC, 25 too long, 26 too short, 31 symbol error.
TEST(wire_capture, errors_of_a_frame_are_flags) {
  const test::test_folder folder;
  wire_capture capture(folder.path("a.pcapng"), "--pcap-wire", 1);
  const auto bytes = frame_of(64, 0);
  const std::array<std::pair<std::uint64_t, std::uint32_t>, 4> rows{{{wire_mark::bad_fcs, 1U << 24},
                                                                     {wire_mark::oversize, 1U << 25},
                                                                     {wire_mark::runt, 1U << 26},
                                                                     {wire_mark::rx_er, 1U << 31}}};
  for (std::size_t i = 0; i < rows.size(); ++i)
    capture.add({.start = static_cast<sim_time>(i) * us, .marks = rows[i].first, .bytes = bytes});
  capture.commit();
  const auto found = packets_in(bytes_of(folder.path("a.pcapng")));
  ASSERT_EQ(found.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(found[i].flags & 0xFFFF'0000U, rows[i].second) << i;
}

TEST(wire_capture, what_is_settled_is_written_and_the_rest_waits) {
  const test::test_folder folder;
  wire_capture capture("/dev/full", "--pcap-wire", 1);  // takes nothing
  const auto bytes = frame_of(64, 0);
  for (unsigned i = 0; i < 10'000; ++i) capture.add({.start = i * us, .bytes = bytes});
  capture.settle(0);
  EXPECT_FALSE(capture.failed()) << "nothing but the header was to be written";
  capture.settle(time_never);
  EXPECT_TRUE(capture.failed());
  EXPECT_THROW(capture.finish(), output_error);
}

TEST(wire_capture, libpcap_reads_it_to_the_nanosecond) {
  const test::test_folder folder;
  const auto bytes = frame_of(61, 7);  // not a multiple of 4
  {
    wire_capture capture(folder.path("a.pcapng"), "--pcap-wire", 1);
    capture.add({.start = 5 * second + 123'456'789 * ns, .bytes = bytes});
    capture.add({.start = 6 * second, .sent = true, .bytes = bytes});
    capture.commit();
  }
  std::array<char, PCAP_ERRBUF_SIZE> why{};
  pcap* in =
      pcap_open_offline_with_tstamp_precision(folder.path("a.pcapng").c_str(), PCAP_TSTAMP_PRECISION_NANO, why.data());
  ASSERT_NE(in, nullptr) << why.data();
  EXPECT_EQ(pcap_datalink(in), DLT_EN10MB);
  pcap_pkthdr* header = nullptr;
  const unsigned char* data = nullptr;
  ASSERT_EQ(pcap_next_ex(in, &header, &data), 1);
  EXPECT_EQ(header->ts.tv_sec, 5);
  EXPECT_EQ(header->ts.tv_usec, 123'456'789);
  EXPECT_EQ(header->len, 61U);
  EXPECT_EQ(std::vector<std::uint8_t>(data, data + header->caplen), bytes);
  ASSERT_EQ(pcap_next_ex(in, &header, &data), 1);
  EXPECT_EQ(pcap_next_ex(in, &header, &data), PCAP_ERROR_BREAK);
  pcap_close(in);
}

// What the card itself had sent is no stimulus for it; a capture of one direction alone is, whichever it is.
TEST(wire_capture, read_back_it_gives_what_came_in) {
  const test::test_folder folder;
  const auto in = frame_of(60, 1), out = frame_of(70, 2);
  const auto frames_in = [&](bool both) {
    wire_capture capture(folder.path("a.pcapng"), "--pcap-wire", 1);
    for (unsigned i = 0; i < 3; ++i) capture.add({.start = i * us, .sent = true, .bytes = out});
    if (both) capture.add({.start = 5 * us, .bytes = in});
    capture.commit();
    pcap_source source(capture_file::open(folder.path("a.pcapng"), "--pcap"), {});
    EXPECT_EQ(source.counts().outbound, both ? 3U : 0U);
    std::vector<std::size_t> sizes;
    while (const auto frame = source.next()) {
      EXPECT_TRUE(frame->has_fcs);
      sizes.push_back(frame->bytes.size());
    }
    EXPECT_EQ(source.planned(), sizes.size());
    return sizes;
  };
  EXPECT_EQ(frames_in(true), std::vector<std::size_t>{60});
  EXPECT_EQ(frames_in(false), (std::vector<std::size_t>{70, 70, 70}));
}

TEST(wire_capture, a_file_that_is_not_committed_is_not_there) {
  const test::test_folder folder;
  { const wire_capture capture(folder.path("a.pcapng"), "--pcap-wire", 1); }
  EXPECT_EQ(folder.files(), 0U);
  EXPECT_THROW(wire_capture(folder.path("no/a.pcapng"), "--pcap-wire", 1), input_error);
}

}  // namespace
}  // namespace ringside::platform

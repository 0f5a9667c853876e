// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <pcap/pcap.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "platform/report/output_file.h"
#include "platform/report/pcap_out.h"
#include "platform/scenario/loader.h"
#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

TEST(output_file, appears_whole_on_commit) {
  const test::test_folder folder;
  output_file file(folder.path("a.json"), "--json");
  file.write("{}\n");
  EXPECT_FALSE(std::filesystem::exists(folder.path("a.json")));
  file.commit();
  EXPECT_EQ(folder.read("a.json"), "{}\n");
  EXPECT_EQ(folder.files(), 1U);
}

TEST(output_file, leaves_nothing_and_harms_nothing_without_commit) {
  const test::test_folder folder;
  folder.write("a.json", "old");
  {
    output_file file(folder.path("a.json"), "--json");
    file.write("new");
  }
  EXPECT_EQ(folder.read("a.json"), "old");
  EXPECT_EQ(folder.files(), 1U);
}

// Renaming a file over a device would destroy the device.
TEST(output_file, devices_are_written_to_directly) {
  {
    output_file file("/dev/null", "--json");
    file.write("{}");
    file.commit();
  }
  { const output_file file("/dev/null", "--json"); }
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_FALSE(std::filesystem::exists("/dev/null.tmp"));
}

// umask(2): a new file is as open as the user wants it.
TEST(output_file, has_the_mode_that_umask_leaves) {
  const test::test_folder folder;
  for (const auto& [mask, mode] : {std::pair<mode_t, unsigned>{022, 0644}, {002, 0664}, {077, 0600}}) {
    const mode_t before = umask(mask);
    output_file file(folder.path("a.json"), "--json");
    file.write("{}");
    file.commit();
    umask(before);
    EXPECT_EQ(static_cast<unsigned>(std::filesystem::status(folder.path("a.json")).permissions()), mode);
  }
}

TEST(output_file, two_of_one_name_have_a_temporary_each) {
  const test::test_folder folder;
  output_file one(folder.path("a"), "--json");
  output_file other(folder.path("a"), "--json");
  EXPECT_NE(one.temporary(), other.temporary());
}

TEST(output_file, goes_where_a_link_leads) {
  const test::test_folder folder;
  std::filesystem::create_directory(folder.path("sub"));
  std::filesystem::create_symlink("sub/real", folder.path("link"));
  for (const char* text : {"first", "second"}) {
    output_file file(folder.path("link"), "--json");
    EXPECT_TRUE(file.temporary().starts_with(folder.path("sub/"))) << "a rename stays in its file system";
    file.write(text);
    file.commit();
    EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
    EXPECT_EQ(folder.read("sub/real"), text);
  }
  EXPECT_EQ(folder.files(), 2U);
}

TEST(output_file, of_a_length_that_just_fits_is_written) {
  const test::test_folder folder;
  output_file file(folder.path(std::string(255, 'n')), "--json");  // NAME_MAX
  file.write("{}");
  file.commit();
  EXPECT_EQ(folder.files(), 1U);
}

TEST(output_file, says_what_is_allowed_for_the_reason_at_hand) {
  const test::test_folder folder;
  const auto error = [](const std::string& path) {
    try {
      const output_file file(path, "--json");
      return std::string("no error");
    } catch (const input_error& refused) {
      return std::string(refused.what());
    }
  };
  EXPECT_TRUE(error(folder.path("no/a")).ends_with("No such file or directory; allowed: a file in an existing folder"));
  // No file can be made in /proc, whoever asks.
  EXPECT_TRUE(error("/proc/a").ends_with("; allowed: a file in an existing folder")) << error("/proc/a");
  const bool root = geteuid() == 0;  // who may write everywhere
  std::filesystem::permissions(folder.path(""),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  if (root) static_cast<void>(!seteuid(65534));
  const std::string denied = error(folder.path("a"));
  if (root) static_cast<void>(!seteuid(0));
  std::filesystem::permissions(folder.path(""), std::filesystem::perms::owner_all);
  EXPECT_TRUE(denied.ends_with("Permission denied; allowed: a file where you may write")) << denied;
}

TEST(output_file, says_what_cannot_be_written) {
  const test::test_folder folder;
  for (const std::string& path : {folder.path("no/such/folder/a.json"), folder.path(""), std::string()}) {
    try {
      const output_file file(path, "--json");
      ADD_FAILURE() << path;
    } catch (const input_error& error) {
      EXPECT_NE(std::string(error.what()).find("--json: "), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("allowed: "), std::string::npos) << error.what();
    }
  }
}

TEST(pcap_out, is_read_back_by_libpcap_to_the_nanosecond) {
  const test::test_folder folder;
  const std::string file = folder.path("out.pcap");
  const std::vector<std::byte> packet(60, std::byte{0x42});
  {
    pcap_out out(file);
    out.write(3 * second + 123'456'789'999, packet);  // 999 ps are cut off
    out.write(4 * second, std::span(packet).first(14));
    EXPECT_EQ(out.packets(), 2U);
    out.commit();
  }
  char why[PCAP_ERRBUF_SIZE];
  pcap_t* in = pcap_open_offline_with_tstamp_precision(file.c_str(), PCAP_TSTAMP_PRECISION_NANO, why);
  ASSERT_NE(in, nullptr) << why;
  EXPECT_EQ(pcap_datalink(in), DLT_EN10MB);
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  ASSERT_EQ(pcap_next_ex(in, &header, &bytes), 1);
  EXPECT_EQ(header->ts.tv_sec, 3);
  EXPECT_EQ(header->ts.tv_usec, 123'456'789);
  EXPECT_EQ(header->caplen, 60U);
  EXPECT_EQ(bytes[59], 0x42);
  ASSERT_EQ(pcap_next_ex(in, &header, &bytes), 1);
  EXPECT_EQ(header->caplen, 14U);
  EXPECT_EQ(pcap_next_ex(in, &header, &bytes), PCAP_ERROR_BREAK);
  pcap_close(in);
  EXPECT_EQ(folder.files(), 1U);
}

// draft-ietf-opsawg-pcap section 4: bit 26 says that the length of the FCS is known, bits 31:28 that it is two words.
TEST(pcap_out, declares_an_fcs_to_libpcap) {
  const test::test_folder folder;
  for (const auto end : {pcap_out::fcs::absent, pcap_out::fcs::present}) {
    const std::string file = folder.path("out.pcap");
    pcap_out out(file, "--keep-failing", end);
    out.write(7 * ns, std::vector<std::byte>(64, std::byte{1}));
    out.commit();
    char why[PCAP_ERRBUF_SIZE];
    pcap_t* in = pcap_open_offline_with_tstamp_precision(file.c_str(), PCAP_TSTAMP_PRECISION_NANO, why);
    ASSERT_NE(in, nullptr) << why;
    EXPECT_EQ(static_cast<unsigned>(pcap_datalink_ext(in)), end == pcap_out::fcs::present ? 0x24000000U : 0U);
    pcap_pkthdr* header = nullptr;
    const u_char* bytes = nullptr;
    ASSERT_EQ(pcap_next_ex(in, &header, &bytes), 1);
    EXPECT_EQ(header->ts.tv_usec, 7);
    pcap_close(in);
  }
}

TEST(pcap_out, leaves_nothing_without_commit) {
  const test::test_folder folder;
  { const pcap_out out(folder.path("out.pcap")); }
  EXPECT_EQ(folder.files(), 0U);
}

}  // namespace
}  // namespace ringside::platform

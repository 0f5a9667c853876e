// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/loader.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/common/test_folder.h"

namespace ringside::platform {
namespace {

const std::vector<cost_key> costs{{"ip_rcv", 250, "cycles", "estimate"}};

std::string error_of(const std::string& file, const std::vector<std::string>& settings) {
  try {
    scenario_loader loader(costs, {"R-21", "N-1"});
    if (!file.empty()) loader.apply_file(file);
    for (const std::string& setting : settings) loader.apply_setting(setting);
    loader.finish();
  } catch (const input_error& error) {
    return error.what();
  }
  return "no error";
}

struct error_case {
  const char* content;
  const char* message;  // after the file's name
};

// Every line of these messages is written by hand from the requirement: file, line, key, allowed values.
const error_case file_errors[] = {
    {"[driver]\nring_size = 7\n", ":2: driver.ring_size: '7' is not allowed; allowed: 8..4096 descriptors"},
    {"[driver]\nring_size = 4104\n", ":2: driver.ring_size: '4104' is not allowed; allowed: 8..4096 descriptors"},
    {"[driver]\n\nringsize = 64\n",
     ":3: driver.ringsize: unknown key (did you mean driver.ring_size?); allowed: the keys of --list-keys"},
    {"[qqqqqq]\nwwwwwww = 1\n", ":2: qqqqqq.wwwwwww: unknown key; allowed: the keys of --list-keys"},
    {"[bus]\nclock_mhz = \"66 ns\"\n",
     ":2: bus.clock_mhz: '66 ns' is not allowed; allowed: 1..1000 MHz, decimal or fraction such as 33.333 or 100/3"},
    {"[nic]\nkind = \"fpga\"\n", ":2: nic.kind: 'fpga' is not allowed; allowed: rtl|model"},
    {"[nic]\npba_kb = 20\n", ":2: nic.pba_kb: '20' is not allowed; allowed: 8..56 KB in steps of 8"},
    {"[cost]\nip_rcv = -1\n", ":2: cost.ip_rcv: '-1' is not allowed; allowed: 0..1000000000"},
    {"[cost]\niprcv = 1\n",
     ":2: cost.iprcv: unknown operation (did you mean cost.ip_rcv?); allowed: the cost keys of --list-keys"},
    {"[gen]\nsize = [64, 20]\n",
     ":2: gen.size: '64,20' is not allowed; allowed: N, N,N,... or N..N with N = 64..16384 bytes, FCS included"},
    {"[gen]\nsize = [[64], [20]]\n", ":2: gen.size: an array of arrays or tables; allowed: an array of plain values"},
    {"[gen]\nrate = 5\n",
     ":2: gen.rate: '5' is not allowed; allowed: line, <N>pps, <N>Mb/s or <N>% (of line rate, at most 100%)"},
    {"[driver]\nmtu = 9000\nbuffer_size = 256\n",
     ":3: driver.buffer_size: a frame of MTU 9000 needs 36 buffers of 256 bytes; allowed: at most 17 (ring of 256)"},
    {"[nic]\npba_kb = 8\n[driver]\nmtu = 9000\nbuffer_size = 4096\n",
     ":2: nic.pba_kb: 8 KB cannot hold one frame of MTU 9000; allowed: at least 16 KB"},
    {"[cpu]\ncount = 2\nirq_affinity = 2\n", ":3: cpu.irq_affinity: names no existing CPU; allowed: 0..1"},
    {"[wire]\nsource = \"pcap\"\n", ": wire.pcap: is empty while wire.source is pcap; allowed: a capture file"},
    {"[checker]\noff = [\"R-21\", \"R-99\"]\n", ":2: checker.off: 'R-99' is not allowed; allowed: R-21, N-1"},
    {"[driver]\nring_size = 4096\nbuffer_size = 16384\nmtu = 9000\n[mem]\nsize_mb = 64\n",
     ":6: mem.size_mb: ring and buffers do not fit 64 MB; allowed: at least 136 MB"},
    {"[gen]\nbad_fcs_per_million = 600000\nrunt_per_million = 600000\n",
     ":2: gen.bad_fcs_per_million: error rates add up to 1200000 per million; allowed: at most 1000000"},
};

TEST(loader, names_file_line_key_and_allowed_values_on_one_line) {
  const test::test_folder folder;
  for (const error_case& c : file_errors) {
    const std::string file = folder.write("s.toml", c.content);
    const std::string got = error_of(file, {});
    EXPECT_EQ(got.find('\n'), std::string::npos) << got;
    EXPECT_EQ(got, file + c.message);
  }
}

TEST(loader, settings_name_the_option) {
  EXPECT_EQ(error_of("", {"driver.ring_size=6"}),
            "--set: driver.ring_size: '6' is not allowed; allowed: 8..4096 descriptors");
  EXPECT_EQ(error_of("", {"driver.ring_size"}),
            "--set driver.ring_size: driver.ring_size: no value; allowed: key.path=value");
  EXPECT_EQ(error_of("", {"=5"}), "--set: : unknown key; allowed: the keys of --list-keys");
}

TEST(loader, reports_files_that_are_no_scenario) {
  const test::test_folder folder;
  EXPECT_EQ(error_of(folder.path("none.toml"), {}),
            folder.path("none.toml") + ": cannot be read: No such file or directory; allowed: a TOML file");
  EXPECT_EQ(error_of(folder.path(""), {}), folder.path("") + ": cannot be read: is a folder; allowed: a TOML file");
  const std::string broken = folder.write("b.toml", "[gen]\nsize = = 4\n");
  EXPECT_TRUE(error_of(broken, {}).starts_with(broken + ":2: not valid TOML: ")) << error_of(broken, {});
  EXPECT_EQ(error_of(broken, {}).find('\n'), std::string::npos);
  const std::string twice = folder.write("t.toml", "[gen]\ncount = 4\ncount = 5\n");
  EXPECT_TRUE(error_of(twice, {}).starts_with(twice)) << error_of(twice, {});
}

TEST(loader, numbers_keep_the_digits_typed) {
  const test::test_folder folder;
  // 33.333333333333 is no binary fraction: a double would make it 33.33333333333300....
  const std::string file = folder.write("n.toml", "[bus]\nclock_mhz = 33.333333333333\n");
  EXPECT_EQ(pci_clock_hz(load_scenario(file, {})), *reduced(33'333'333'333'333, 1'000'000));
}

TEST(loader, file_then_settings_in_order) {
  const test::test_folder folder;
  const std::string file =
      folder.write("x.toml", "description = \"two\"\n[gen]\ncount = 5\nflows = 2\n[cost]\nip_rcv = 7\n");
  const std::vector<std::string> settings{"gen.count=6", "gen.count = 7", "cost.ip_rcv=9"};
  const scenario s = load_scenario(file, settings, costs);
  EXPECT_EQ(s.name, "x");
  EXPECT_EQ(s.description, "two");
  EXPECT_EQ(s.gen.count, 7U);
  EXPECT_EQ(s.gen.flows, 2U);
  ASSERT_EQ(s.cost.size(), 1U);
  EXPECT_EQ(s.cost[0].second, 9U);
}

TEST(loader, capture_is_found_beside_its_scenario) {
  const test::test_folder folder;
  const std::string file = folder.write("c.toml", "[wire]\nsource = \"pcap\"\npcap = \"a.pcap\"\n");
  EXPECT_EQ(load_scenario(file, {}).wire.pcap, folder.path("a.pcap"));
  const std::string piped = folder.write("p.toml", "[wire]\nsource = \"pcap\"\npcap = \"-\"\n");
  EXPECT_EQ(load_scenario(piped, {}).wire.pcap, "-");
}

TEST(loader, all_cpus_means_those_that_exist) {
  const std::vector<std::string> settings{"cpu.count=3"};
  EXPECT_EQ(load_scenario("", settings).cpu.task_affinity, 0b111U);
}

}  // namespace
}  // namespace ringside::platform

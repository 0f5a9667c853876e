// SPDX-License-Identifier: Apache-2.0
// Captures for tests: written by libpcap, read as a run reads them.  Used by the tests of frame sources.
#pragma once

#include <pcap/pcap.h>

#include <cstdint>
#include <string>
#include <vector>

#include "platform/scenario/loader.h"
#include "platform/source/pcap_source.h"
#include "tests/common/test_folder.h"

namespace ringside::platform::test {

using bytes = std::vector<std::uint8_t>;

struct record {
  std::int64_t ns;
  bytes data;
  std::uint32_t wire_length = 0;  // 0: as captured
};

/// A capture written by libpcap itself.
inline std::string capture(const test_folder& folder, const std::vector<record>& records, int type = DLT_EN10MB,
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

inline pcap_source source_of(const std::string& file, const capture_options& how = {}) {
  return {capture_file::open(file, "--pcap"), how};
}

inline std::vector<offered_frame> frames_of(const std::string& file, const capture_options& how = {}) {
  pcap_source source = source_of(file, how);
  std::vector<offered_frame> out;
  while (auto frame = source.next()) out.push_back(*frame);
  return out;
}

inline std::string error_of(const std::string& file, const capture_options& how = {}) {
  try {
    frames_of(file, how);
  } catch (const input_error& error) {
    return error.what();
  }
  return "no error";
}

/// A file of tests/.
inline std::string ours(const std::string& name) {
  return std::string(RINGSIDE_TESTS_DIR) + "/" + name;
}

}  // namespace ringside::platform::test

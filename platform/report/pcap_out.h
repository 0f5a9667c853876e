// SPDX-License-Identifier: Apache-2.0
// Writes a capture: of what a packet tap at netif_receive_skb saw, or of frames as they were on the wire.
//
// Fed by the machine's tap and closed by the command line at the end of a run; a failing regression leaves its stimulus
// so.  Time stamps are simulated ones, to the nanosecond.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>

#include "common/time.h"
#include "platform/report/output_file.h"

struct pcap;
struct pcap_dumper;

namespace ringside::platform {

class pcap_out {
 public:
  /// Whether what is written ends in its FCS; a capture declares it.
  enum class fcs { absent, present };

  /// Throws input_error naming `key` when the file cannot be written.  Standard output by any of its names is
  /// `standard`, which must live longer; nothing goes there before the first packet or finish().
  explicit pcap_out(const std::string& path, const std::string& key = "--pcap-out", fcs end = fcs::absent,
                    std::ostream* standard = nullptr);
  ~pcap_out();
  pcap_out(const pcap_out&) = delete;
  pcap_out& operator=(const pcap_out&) = delete;

  /// Simulated time 0 is the epoch.
  void write(sim_time time, std::span<const std::byte> packet);
  /// Something written was not taken: what follows is in vain.
  bool failed() const { return error_ != 0; }
  /// Writes what is not written yet; throws output_error when the disk, or who reads, did not take all of it.
  void finish();
  /// finish(), and puts the file in place; throws output_error.
  void commit();

  std::uint64_t packets() const { return packets_; }

 private:
  struct handle_closer {
    void operator()(pcap* handle) const;
  };
  struct dump_closer {
    void operator()(pcap_dumper* dump) const;
  };

  std::FILE* open_stream();
  void note_error();

  output_file file_;
  std::ostream* stream_ = nullptr;  // where the FILE of dump_ goes; null: dropped
  int error_ = 0;                   // errno of the first write that failed
  std::unique_ptr<pcap, handle_closer> handle_;
  std::unique_ptr<pcap_dumper, dump_closer> dump_;
  std::uint64_t packets_ = 0;
};

}  // namespace ringside::platform

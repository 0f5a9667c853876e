// Writes a capture of what a packet tap at netif_receive_skb saw, with simulated timestamps to the nanosecond.
//
// Fed by the machine's tap, closed by the command line at the end of a run.
#pragma once

#include <cstddef>
#include <cstdint>
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
  /// Throws input_error naming `key` when the file cannot be written.
  explicit pcap_out(const std::string& path, const std::string& key = "--pcap-out");
  ~pcap_out();
  pcap_out(const pcap_out&) = delete;
  pcap_out& operator=(const pcap_out&) = delete;

  /// Simulated time 0 is the epoch.
  void write(sim_time time, std::span<const std::byte> packet);
  /// Closes the file and puts it in place; throws std::runtime_error when the disk did not take it.
  void commit();

  std::uint64_t packets() const { return packets_; }

 private:
  struct handle_closer {
    void operator()(pcap* handle) const;
  };
  struct dump_closer {
    void operator()(pcap_dumper* dump) const;
  };

  output_file file_;
  std::unique_ptr<pcap, handle_closer> handle_;
  std::unique_ptr<pcap_dumper, dump_closer> dump_;
  std::uint64_t packets_ = 0;
};

}  // namespace ringside::platform

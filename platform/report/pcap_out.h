// Writes a capture: of what a packet tap at netif_receive_skb saw, or of frames as they were on the wire.
//
// Fed by the machine's tap and closed by the command line at the end of a run; a failing regression leaves its stimulus
// so.  Time stamps are simulated ones, to the nanosecond.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
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

  /// Throws input_error naming `key` when the file cannot be written.
  explicit pcap_out(const std::string& path, const std::string& key = "--pcap-out", fcs end = fcs::absent);
  /// Writes to a stream, which must live longer; nothing at all before the first packet or commit().
  explicit pcap_out(std::ostream& to);
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

  std::optional<output_file> file_;
  std::ostream* stream_ = nullptr;  // where the FILE of dump_ goes; null: dropped
  std::unique_ptr<pcap, handle_closer> handle_;
  std::unique_ptr<pcap_dumper, dump_closer> dump_;
  std::uint64_t packets_ = 0;
};

}  // namespace ringside::platform

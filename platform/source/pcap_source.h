// Reads frames from a capture (pcap or pcapng, Ethernet) through libpcap.
//
// The whole file is checked before the first frame is handed out: a file cut inside a record is refused before a run
// has begun.  Made by make_source.h, pulled by the wire; frames too long for the chip are the chip's to drop.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"

struct pcap;

namespace ringside::platform {

class pcap_source : public frame_source {
 public:
  /// Throws input_error naming `key` ("wire.pcap" or "--pcap") when the file is not a whole Ethernet capture.
  pcap_source(const std::string& file, speed_kind speed, rational speed_value, const std::string& key = "wire.pcap");
  ~pcap_source() override;
  pcap_source(const pcap_source&) = delete;
  pcap_source& operator=(const pcap_source&) = delete;

  std::optional<offered_frame> next() override;
  std::size_t read_ahead() const override { return frames_read_ahead; }

  std::uint64_t records() const { return records_; }
  /// Records whose captured length is below the length on the wire.
  std::uint64_t snapped() const { return snapped_; }

 private:
  struct closer {
    void operator()(pcap* handle) const;
  };
  using handle = std::unique_ptr<pcap, closer>;

  handle open() const;
  void check_whole_file();
  sim_time due(std::int64_t stamp_ns);

  std::string file_;
  std::string key_;
  speed_kind speed_;
  rational speed_value_;
  handle capture_;
  std::uint64_t records_ = 0;
  std::uint64_t snapped_ = 0;
  std::uint64_t sent_ = 0;
  std::int64_t first_ns_ = 0;
};

}  // namespace ringside::platform

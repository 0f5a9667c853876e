// SPDX-License-Identifier: Apache-2.0
// An Ethernet capture and its records one after the other, read by libpcap, with what pcapng says beyond it.
//
// Owned by pcap_source.h, which reads a capture once to check it and once for each pass.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "platform/source/capture_file.h"
#include "platform/source/pcapng_blocks.h"

struct pcap;

namespace ringside::platform {

struct capture_record {
  std::span<const std::uint8_t> bytes;  // as captured; valid until the next one
  std::uint32_t wire_length = 0;
  std::uint32_t fcs_bytes = 0;  // of wire_length, as the capture declares; 0: none, or not said
  std::int64_t stamp_ns = 0;
  bool outbound = false;  // sent by who captured it, in a capture that has both directions: such is no stimulus
};

class ethernet_capture;

/// One pass over a capture.
class capture_reader {
 public:
  /// The next record, or nothing at the end.  Throws input_error where the capture is broken.
  std::optional<capture_record> next();

 private:
  friend class ethernet_capture;
  struct closer {
    void operator()(pcap* handle) const;
  };
  explicit capture_reader(const ethernet_capture& from);
  [[noreturn]] void refuse(const std::string& why) const;

  std::shared_ptr<const capture_file> file_;
  std::unique_ptr<pcap, closer> handle_;
  std::optional<pcapng_blocks> blocks_;
  bool both_ways_ = false;
  std::uint32_t fcs_bytes_ = 0;  // of a pcap file's header
  std::uint64_t records_ = 0;
};

class ethernet_capture {
 public:
  /// Throws input_error when packets of another link layer are in it, with the way out.
  explicit ethernet_capture(std::shared_ptr<const capture_file> file);

  capture_reader read() const { return capture_reader(*this); }
  const capture_file& file() const { return *file_; }

 private:
  friend class capture_reader;
  void look_at_interfaces();

  std::shared_ptr<const capture_file> file_;
  bool pcapng_ = false;
  bool both_ways_ = false;
  std::shared_ptr<const capture_file::edits> edits_;
};

}  // namespace ringside::platform

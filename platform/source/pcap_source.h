// SPDX-License-Identifier: Apache-2.0
// Frames from a capture: which bytes of each record go on the wire, when, and how often.
//
// The whole file is checked before the first frame is handed out: a file cut inside a record is refused before a run
// has begun.  Made by make_source.h, pulled by the wire; frames too long for the chip are the chip's to drop.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"
#include "platform/source/capture_counts.h"
#include "platform/source/capture_reader.h"
#include "platform/source/frame_rewriter.h"

namespace ringside::platform {

struct capture_options {
  speed_kind speed = speed_kind::original;
  rational speed_value{1, 1};
  stamps_kind stamps = stamps_kind::first;
  snapped_kind snapped = snapped_kind::as_is;
  std::uint64_t passes = 1;
  std::optional<rewrite_target> rewrite = {};
};
capture_options capture_options_of(const scenario& s);

class pcap_source : public frame_source {
 public:
  /// Throws input_error when the file is not a whole Ethernet capture.
  pcap_source(std::shared_ptr<const capture_file> file, const capture_options& how);

  std::optional<offered_frame> next() override;
  std::size_t read_ahead() const override { return frames_read_ahead; }
  std::optional<std::uint64_t> planned() const override { return frames_in_a_pass() * how_.passes; }

  /// Of the whole capture; of `rewritten` the first `sent` frames, which are on the wire: others were read ahead.
  capture_counts counts(std::uint64_t sent = std::numeric_limits<std::uint64_t>::max()) const;

 private:
  // The wire holds frames_read_ahead, and the card one more.
  static constexpr std::size_t frames_remembered = 2 * frames_read_ahead;

  std::uint64_t frames_in_a_pass() const { return counts_.records - counts_.empty - counts_.outbound; }
  void check_whole_file();
  void count(const capture_record& record);
  std::optional<capture_record> next_record();
  void send(const capture_record& record, offered_frame& frame) const;
  bool rewrite(offered_frame& frame) const;
  sim_time due(std::int64_t stamp_ns) const;

  ethernet_capture capture_;
  capture_options how_;
  capture_counts counts_;
  std::optional<capture_reader> reader_;
  std::uint64_t pass_ = 0;
  std::uint64_t handed_out_ = 0;
  std::uint64_t bits_ = 0;                           // DA..FCS
  std::array<bool, frames_remembered> rewritten_{};  // of the last frames handed out, by their number
  std::int64_t first_ns_ = 0;
  std::int64_t last_ns_ = 0;  // the latest time stamp
};

}  // namespace ringside::platform

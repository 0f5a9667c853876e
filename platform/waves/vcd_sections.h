// SPDX-License-Identifier: Apache-2.0
// A card's VCD text, cut into its header and one section per instant.
//
// Owned by the waveform writer; fed by the card in pieces that may end anywhere.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "common/time.h"
#include "hw/tlm/nic/nic_trace.h"

namespace ringside::platform {

class vcd_sections final : public tlm::vcd_sink {
 public:
  /// `prefix` goes before every identifier code: a second card's codes are not the first one's.
  explicit vcd_sections(std::string_view prefix = {}) : prefix_(prefix) {}

  void on_vcd_text(std::string_view text) override;

  /// Scope and variable declarations, without the rest of the header.
  const std::string& header() const { return header_; }
  /// Length of the longest identifier code: a longer code is nobody's here.
  std::size_t longest_code() const { return longest_code_; }

  sim_time next() const { return sections_.empty() ? time_never : sections_.front().time; }
  /// Lines of the section next() begins; only whole once the card has been flushed.
  std::string take_next();

 private:
  struct section {
    sim_time time;
    std::string lines;
  };

  void on_line(std::string_view line);
  void add_declaration(std::string_view line);
  void add_value(std::string_view line);

  const std::string prefix_;
  std::string rest_;  // an unfinished line
  std::string header_;
  std::size_t longest_code_ = 0;
  bool in_header_ = true;
  std::deque<section> sections_;
};

}  // namespace ringside::platform

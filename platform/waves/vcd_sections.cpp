// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/vcd_sections.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace ringside::platform {
namespace {

std::string_view without_indent(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(' '), line.size()));
}

// "$var wire 8 code name [7:0] $end"
std::size_t code_at(std::string_view declaration) {
  std::size_t at = 0;
  for (int blanks = 0; blanks < 3; ++blanks)
    at = declaration.find_first_not_of(' ', std::min(declaration.find(' ', at), declaration.size()));
  return at;
}

std::size_t code_length(std::string_view declaration) {
  const std::size_t at = code_at(declaration);
  return std::min(declaration.find(' ', at), declaration.size()) - at;
}

}  // namespace

void vcd_sections::on_vcd_text(std::string_view text) {
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    if (rest_.empty()) {
      on_line(text.substr(0, end));
    } else {
      rest_ += text.substr(0, end);
      on_line(rest_);
      rest_.clear();
    }
    text.remove_prefix(end + 1);
  }
  rest_ += text;
}

void vcd_sections::on_line(std::string_view line) {
  if (in_header_) {
    line = without_indent(line);
    if (line.starts_with("$var")) add_declaration(line);
    if (line.starts_with("$scope") || line.starts_with("$upscope")) header_.append(line) += '\n';
    if (line.starts_with("$enddefinitions")) in_header_ = false;
    return;
  }
  if (line.empty()) return;
  if (line.front() == '#') {
    sim_time t = 0;
    std::from_chars(line.data() + 1, line.data() + line.size(), t);
    sections_.push_back({t, {}});
    return;
  }
  if (sections_.empty()) throw std::runtime_error("the card's waveform has a value before its first instant");
  add_value(line);
}

void vcd_sections::add_declaration(std::string_view line) {
  longest_code_ = std::max(longest_code_, prefix_.size() + code_length(line));
  const std::size_t at = std::min(code_at(line), line.size());
  header_.append(line.substr(0, at)).append(prefix_).append(line.substr(at)) += '\n';
}

// "1code", or "b0101 code".
void vcd_sections::add_value(std::string_view line) {
  std::string& lines = sections_.back().lines;
  if (prefix_.empty()) {
    lines.append(line) += '\n';
    return;
  }
  const auto blank = line.find(' ');
  const std::size_t at = blank == std::string_view::npos ? 1 : blank + 1;
  lines.append(line.substr(0, at)).append(prefix_).append(line.substr(at)) += '\n';
}

std::string vcd_sections::take_next() {
  std::string lines = std::move(sections_.front().lines);
  sections_.pop_front();
  return lines;
}

}  // namespace ringside::platform

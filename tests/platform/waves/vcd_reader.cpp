// SPDX-License-Identifier: Apache-2.0
#include "tests/platform/waves/vcd_reader.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace ringside::platform::test {
namespace {

std::vector<std::string> words_to_end(std::istream& in) {
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    if (word == "$end") return words;
    words.push_back(word);
  }
  throw std::runtime_error("VCD: no $end");
}

}  // namespace

vcd_file::vcd_file(std::istream& in) {
  read_header(in);
  read_values(in);
}

void vcd_file::read_header(std::istream& in) {
  std::vector<std::string> scopes;
  for (std::string keyword; in >> keyword;) {
    const auto words = words_to_end(in);
    if (keyword == "$enddefinitions") {
      if (!scopes.empty()) throw std::runtime_error("VCD: a scope is left open");
      return;
    }
    if (keyword == "$timescale") {
      for (const auto& word : words) timescale_ += word;
    } else if (keyword == "$scope") {
      scopes.push_back(words.at(1));
    } else if (keyword == "$upscope") {
      if (scopes.empty()) throw std::runtime_error("VCD: $upscope without a scope");
      scopes.pop_back();
    } else if (keyword == "$var") {
      std::string name;
      for (const auto& scope : scopes) name += scope + ".";
      name += words.at(3);
      const vcd_signal signal{words.at(0), static_cast<unsigned>(std::stoul(words.at(1))),
                              words.size() > 4 ? words[4] : "", words.at(2)};
      if (!signals_.emplace(name, signal).second) throw std::runtime_error("VCD: declared twice: " + name);
      histories_[signal.code];
    } else if (keyword != "$version" && keyword != "$comment") {
      throw std::runtime_error("VCD: unknown keyword " + keyword);
    }
  }
  throw std::runtime_error("VCD: the header has no end");
}

void vcd_file::read_values(std::istream& in) {
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    if (line.front() == '#') {
      const std::int64_t t = std::stoll(line.substr(1));
      if (!instants_.empty() && t <= instants_.back()) throw std::runtime_error("VCD: time stands still: " + line);
      instants_.push_back(t);
      continue;
    }
    if (instants_.empty()) throw std::runtime_error("VCD: a value before the first instant");
    std::string value = line.substr(0, 1);
    std::string code = line.substr(1);
    if (value == "b" || value == "s" || value == "r") {
      const auto blank = line.find(' ');
      value = line.substr(1, blank - 1);
      code = line.substr(blank + 1);
    }
    const auto history = histories_.find(code);
    if (history == histories_.end()) throw std::runtime_error("VCD: nobody's value: " + line);
    history->second.emplace_back(instants_.back(), value);
  }
}

const vcd_history& vcd_file::history(const std::string& name) const {
  const auto signal = signals_.find(name);
  if (signal == signals_.end()) throw std::runtime_error("VCD: no signal " + name);
  return histories_.at(signal->second.code);
}

std::string vcd_file::value_at(const std::string& name, std::int64_t t) const {
  const auto& all = history(name);
  const auto after =
      std::upper_bound(all.begin(), all.end(), t, [](auto time, const auto& c) { return time < c.first; });
  return after == all.begin() ? std::string{} : std::prev(after)->second;
}

std::vector<std::int64_t> vcd_file::rises(const std::string& name) const {
  std::vector<std::int64_t> out;
  std::string before = "0";
  for (const auto& [t, value] : history(name)) {
    if (value == "1" && before == "0") out.push_back(t);
    before = value;
  }
  return out;
}

}  // namespace ringside::platform::test

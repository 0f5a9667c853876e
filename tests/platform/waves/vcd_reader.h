// SPDX-License-Identifier: Apache-2.0
// A small VCD reader for tests: every value of every signal, by its full name.  Throws on anything that is no VCD.
#pragma once

#include <cstdint>
#include <istream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace ringside::platform::test {

struct vcd_signal {
  std::string type;  // wire, string, event ...
  unsigned bits = 0;
  std::string range;  // "[7:0]", or empty
  std::string code;
};

/// A signal's values: time and value as text, only changes as the file tells them.
using vcd_history = std::vector<std::pair<std::int64_t, std::string>>;

class vcd_file {
 public:
  explicit vcd_file(std::istream& in);

  const std::map<std::string, vcd_signal>& signals() const { return signals_; }
  bool has(const std::string& name) const { return signals_.contains(name); }
  const vcd_history& history(const std::string& name) const;
  /// Value at `t`, changes of `t` included; empty before the first.
  std::string value_at(const std::string& name, std::int64_t t) const;
  /// Times at which a signal becomes 1.
  std::vector<std::int64_t> rises(const std::string& name) const;
  const std::vector<std::int64_t>& instants() const { return instants_; }
  const std::string& timescale() const { return timescale_; }

 private:
  void read_header(std::istream& in);
  void read_values(std::istream& in);

  std::map<std::string, vcd_signal> signals_;
  std::map<std::string, vcd_history> histories_;  // by code
  std::vector<std::int64_t> instants_;
  std::string timescale_;
};

}  // namespace ringside::platform::test

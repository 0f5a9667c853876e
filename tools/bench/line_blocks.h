// SPDX-License-Identifier: Apache-2.0
// Which RTL block a line of Verilator's C++ belongs to.
//
// Verilator flattens the hierarchy but keeps it in names: e1000_top__DOT__u_front__DOT__u_mac__DOT__crc_q is a signal
// of instance u_mac.  A line belongs to the block of the first instance's signal it names; one that names none, or
// wires of the top only, belongs to the statement it is part of, and that to the block whose signal it names first.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringside::platform {

/// Module and the name of an instance in it (receive and transmit have a u_mac each) to the instance's module, read
/// from SystemVerilog sources.
using instance_map = std::map<std::pair<std::string, std::string>, std::string>;
/// Adds the instantiations of one source file: `module #(...) name (` at the beginning of a line, within `module name`.
void add_instances(std::istream& source, instance_map& to);
/// Of all `files`, their names separated by colons.
instance_map instances_of(const std::string& files);

class line_blocks {
 public:
  line_blocks(std::string top, instance_map instances) : top_(std::move(top)), instances_(std::move(instances)) {}

  /// Block of each line of a generated file, from line 1 at index 1; "" where none can be told.
  std::vector<std::string> of(std::istream& generated) const;
  /// Block of the signal a token names, "" when it names none.
  std::string block_of(std::string_view token) const;

 private:
  const std::string top_;
  const instance_map instances_;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Which file a name means, however it is written: links, standard output, two names of one file.
//
// Asked by output_file.h, and by the commands before they run.
#pragma once

#include <span>
#include <string>

namespace ringside::platform {

/// "-", or what is the same by another name.
bool is_standard_output(const std::string& name);
/// A descriptor of this process (/dev/fd/3).
bool is_descriptor(const std::string& name);
/// Where symbolic links lead, also to what is not there yet.
std::string follow_links(const std::string& name);

/// A file of a command, and the option or key that names it.
struct named_file {
  std::string key;
  std::string name;
};

/// Throws input_error when two outputs are one file, which would keep the last one only, or an output is one of the
/// inputs or the file that standard output already goes to.  "-" is standard input and standard output.
void refuse_same_file(std::span<const named_file> inputs, std::span<const named_file> outputs);

}  // namespace ringside::platform

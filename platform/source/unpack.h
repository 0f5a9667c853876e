// SPDX-License-Identifier: Apache-2.0
// Copies a capture that cannot be read twice, a pipe or what gzip compressed, into a temporary file.
//
// Called by capture_file.cpp.
#pragma once

#include <string>
#include <string_view>

namespace ringside::platform {

struct refusal {
  std::string why;      // "": none
  std::string allowed;  // "": as for any capture
};
/// Of a compression that is not read here, by a file's first bytes.
refusal of_other_compression(std::string_view head);
bool is_gzip(std::string_view head);

struct unpacked {
  int descriptor = -1;  // at its first byte; -1: refused
  refusal refused;
};
/// Reads `from` to its end; what is compressed with gzip comes out plain.  Something that begins as no capture is
/// refused at its beginning: it need not have an end.
unpacked unpack_to_temporary(int from);

}  // namespace ringside::platform

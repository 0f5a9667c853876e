// SPDX-License-Identifier: Apache-2.0
// What was in a capture and what became of it on its way to the wire.  Told by pcap_source.h, printed by the reports.
#pragma once

#include <cstdint>

namespace ringside::platform {

struct capture_counts {
  std::uint64_t records = 0;
  std::uint64_t empty = 0;      // records without a byte: not sent
  std::uint64_t outbound = 0;   // records that whoever captured had sent, beside others that came in: not sent
  std::uint64_t snapped = 0;    // captured in part
  std::uint64_t surplus = 0;    // captured with bytes that were not on the wire: sent without them
  std::uint64_t with_fcs = 0;   // sent with the FCS captured
  std::uint64_t rewritten = 0;  // of the first pass, by wire.rewrite
  std::uint64_t passes = 1;
};

}  // namespace ringside::platform

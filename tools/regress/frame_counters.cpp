// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/frame_counters.h"

#include <algorithm>

namespace ringside::platform {
namespace {

/// Counters of good frames by size, DA..FCS (FS 6.10).
std::string_view size_counter(std::uint32_t bytes) {
  if (bytes == 64) return "PRC64";
  if (bytes <= 127) return "PRC127";
  if (bytes <= 255) return "PRC255";
  if (bytes <= 511) return "PRC511";
  return bytes <= 1023 ? "PRC1023" : "PRC1522";
}

}  // namespace

counter_values no_counts() {
  counter_values n;
  for (const std::string_view name :
       {"CRCERRS", "RXERRC", "MPC",   "RLEC",    "RUC",    "RFC",    "ROC",     "RJC",     "GPRC",
        "BPRC",    "MPRC",   "PRC64", "PRC127",  "PRC255", "PRC511", "PRC1023", "PRC1522", "ALGNERRC",
        "SYMERRS", "MGTPRC", "SEC",   "CEXTERR", "FCRUC",  "TPR",    "RNBC",    "XONRXC",  "XOFFRXC"})
    n[name] = 0;
  return n;
}

void count_damage(const planned_frame& frame, const fate_set& damage, counter_values& n) {
  const auto has = [&damage](drop_reason reason) { return damage.test(static_cast<std::size_t>(reason)) ? 1U : 0U; };
  n["CRCERRS"] += has(drop_reason::crc_error) + has(drop_reason::jabber);
  const bool rx_er = frame.offer.rx_er_at != no_rx_er;
  n["RXERRC"] += rx_er ? has(drop_reason::rx_error) + has(drop_reason::oversize) + has(drop_reason::jabber) : 0;
  n["RUC"] += has(drop_reason::undersize);
  n["RFC"] += has(drop_reason::fragment);
  n["ROC"] += has(drop_reason::oversize);
  n["RJC"] += has(drop_reason::jabber);
  n["RLEC"] +=
      has(drop_reason::undersize) + has(drop_reason::fragment) + has(drop_reason::oversize) + has(drop_reason::jabber);
}

void count_pause(const planned_frame& frame, counter_values& n) {
  ++n[frame.offer.bytes[16] == 0 && frame.offer.bytes[17] == 0 ? "XONRXC" : "XOFFRXC"];
}

void count_good(const planned_frame& frame, counter_values& n) {
  ++n["GPRC"];
  ++n[size_counter(frame.wire_bytes)];
  const auto& to = frame.offer.bytes;
  const bool broadcast = std::all_of(to.begin(), to.begin() + 6, [](std::uint8_t b) { return b == 0xFF; });
  if (broadcast)
    ++n["BPRC"];
  else if ((to[0] & 1) != 0)
    ++n["MPRC"];
}

}  // namespace ringside::platform

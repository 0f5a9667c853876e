// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/nic_statistics.h"

namespace ringside::driver {

const std::array<nic_counter, nic_statistics::counters>& nic_statistics::table() {
  static constexpr std::array<nic_counter, counters> rows{{
      {"CRCERRS", reg::CRCERRS, 0},
      {"ALGNERRC", reg::ALGNERRC, 0},
      {"SYMERRS", reg::SYMERRS, 0},
      {"RXERRC", reg::RXERRC, 0},
      {"MPC", reg::MPC, 0},
      {"SEC", reg::SEC, 0},
      {"CEXTERR", reg::CEXTERR, 0},
      {"RLEC", reg::RLEC, 0},
      {"XONRXC", reg::XONRXC, 0},
      {"XONTXC", reg::XONTXC, 0},
      {"XOFFRXC", reg::XOFFRXC, 0},
      {"XOFFTXC", reg::XOFFTXC, 0},
      {"FCRUC", reg::FCRUC, 0},
      {"PRC64", reg::PRC64, 0},
      {"PRC127", reg::PRC127, 0},
      {"PRC255", reg::PRC255, 0},
      {"PRC511", reg::PRC511, 0},
      {"PRC1023", reg::PRC1023, 0},
      {"PRC1522", reg::PRC1522, 0},
      {"GPRC", reg::GPRC, 0},
      {"BPRC", reg::BPRC, 0},
      {"MPRC", reg::MPRC, 0},
      {"GORC", reg::GORCL, reg::GORCH},
      {"RNBC", reg::RNBC, 0},
      {"RUC", reg::RUC, 0},
      {"RFC", reg::RFC, 0},
      {"ROC", reg::ROC, 0},
      {"RJC", reg::RJC, 0},
      {"TOR", reg::TORL, reg::TORH},
      {"TPR", reg::TPR, 0},
      {"MGTPRC", reg::MGTPRC, 0},
      {"SCC", reg::SCC, 0},
      {"ECOL", reg::ECOL, 0},
      {"MCC", reg::MCC, 0},
      {"LATECOL", reg::LATECOL, 0},
      {"COLC", reg::COLC, 0},
      {"DC", reg::DC, 0},
      {"TNCRS", reg::TNCRS, 0},
      {"GPTC", reg::GPTC, 0},
      {"GOTC", reg::GOTCL, reg::GOTCH},
      {"TOT", reg::TOTL, reg::TOTH},
      {"TPT", reg::TPT, 0},
      {"PTC64", reg::PTC64, 0},
      {"PTC127", reg::PTC127, 0},
      {"PTC255", reg::PTC255, 0},
      {"PTC511", reg::PTC511, 0},
      {"PTC1023", reg::PTC1023, 0},
      {"PTC1522", reg::PTC1522, 0},
      {"MPTC", reg::MPTC, 0},
      {"BPTC", reg::BPTC, 0},
      {"TSCTC", reg::TSCTC, 0},
      {"TSCTFC", reg::TSCTFC, 0},
      {"MGTPDC", reg::MGTPDC, 0},
      {"MGTPTC", reg::MGTPTC, 0},
  }};
  return rows;
}

void nic_statistics::update(registers& regs) {
  for (std::size_t i = 0; i < counters; ++i) {
    const nic_counter& row = table()[i];
    std::uint64_t value = regs.read(row.offset);
    if (row.high_offset != 0) value |= static_cast<std::uint64_t>(regs.read(row.high_offset)) << 32;
    values_[i] += value;
  }
}

void nic_statistics::clear(registers& regs) {
  for (const nic_counter& row : table()) {
    regs.read(row.offset);
    if (row.high_offset != 0) regs.read(row.high_offset);
  }
}

std::uint64_t nic_statistics::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < counters; ++i)
    if (table()[i].name == name) return values_[i];
  return 0;
}

}  // namespace ringside::driver

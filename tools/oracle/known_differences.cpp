// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/compare.h"

namespace ringside::oracle {

const std::vector<known_difference>& known_differences() {
  static const std::vector<known_difference> all{
      {"V-3", "CTRL from reset, and the link with it"},
      {"V-4", "reserved bits of STATUS"},
      {"V-15", "no descriptors: no RNBC while frames wait"},
      {"V-22", "TPR and TOR count accepted frames alone"},
      {"V-23", "ROC before the address filter"},
      {"V-24", "size bins without the CRC under SECRC"},
      {"V-25", "RXDCTL and RSRPD are absent"},
      {"V-28", "the multicast table lets unicast in"},
      {"V-30", "no PIF"},
      {"V-32", "no receive checksums: IXSM always"},
      {"V-33", "packet checksum field untouched"},
      {"V-35", "length has room for the CRC, its bytes are not written"},
      {"V-36", "no flow control, nor its counters"},
      {"V-44", "MDIC of an absent PHY"},
      {"V-46", "auto-negotiation"},
      {"V-52", "registers of the self-test that are absent"},
      {"V-55", "a wire without FCS, RX_ER and runts"},
      {"V-56", "ASEL is ignored"},
      {"V-57", "CFIEN is ignored"},
      {"V-58", "VP and tag in each descriptor of a frame"},
      {"V-59", "no checksum of legacy descriptors (IC)"},
      {"V-60", "no padding by TCTL.PSP; short frames count"},
      {"V-61", "TSO of IPv6: the length field counts its own header"},
      {"V-62", "TSO, PAYLEN a multiple of MSS: one more frame, the header alone"},
      {"V-63", "IXSM of 0000 goes out as FFFF"},
      {"V-64", "statistics without the tag"},
      {"V-65", "TSCTC counts TCP of several segments alone"},
      {"V-66", "RLEC never counts"},
      {"V-67", "other registers that are absent"},
      {"V-68", "reserved bits read back as written"},
      {"V-69", "no TXD_LOW, no SRPD"},
      {"V-70", "longest frame with LPE=0"},
      {"V-71", "a broadcast counts as multicast where MPE or the table lets it in"},
      {"V-72", "EECD: GNT always, FWE from reset"},
      {"V-73", "MDIC from reset"},
      {"V-74", "PBA.TXA is storage"},
      {"V-75", "MANC cannot be written"},
      {"V-76", "WUS is storage"},
  };
  return all;
}

const std::vector<std::string_view>& not_compared() {
  static const std::vector<std::string_view> all{
      "when anything happens: QEMU's DMA takes no time; what is compared is order and result",
      "INTA# and its pacing by ITR; causes are compared in ICR",
      "RDTR, RADV, TIDV, TADV, RXDCTL and TXDCTL as far as they only move write-backs and causes in time",
      "SBP, since QEMU's wire has no bad frames; those of our wire must leave nothing in memory",
      "EECD's pins and EEPROM words but address and ids: the image is the board's",
      "reserved descriptor types, a non-empty buffer at address 0, packets of no bytes, contexts that lie",
      "CTRL.RST, link changes, flow control, loopback, power states",
  };
  return all;
}

}  // namespace ringside::oracle

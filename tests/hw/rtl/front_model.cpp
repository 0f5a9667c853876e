// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/rtl/front_model.h"

#include <algorithm>
#include <numeric>

#include "hw/regs/e1000_regs.h"

namespace ringside::rtl_test {

std::uint32_t front_settings::rctl() const {
  return (en ? rctl::EN : 0) | (sbp ? rctl::SBP : 0) | (upe ? rctl::UPE : 0) | (mpe ? rctl::MPE : 0) |
         (lpe ? rctl::LPE : 0) | (mo << rctl::MO_SHIFT) | (bam ? rctl::BAM : 0) | (vfe ? rctl::VFE : 0) |
         (cfien ? rctl::CFIEN : 0) | (cfi ? rctl::CFI : 0) | (secrc ? rctl::SECRC : 0);
}

// FS 6.7: address bits 47:36, 46:35, 45:34, 43:32 for MO 0..3.
unsigned front_model::hash_of(const bytes& da, unsigned mo) {
  const unsigned upper = da[4] | da[5] << 8;
  const unsigned lowest = mo == 0 ? 4 : mo == 1 ? 3 : mo == 2 ? 2 : 0;
  unsigned hash = 0;
  for (unsigned bit = 0; bit < 12; ++bit) hash |= (upper >> (lowest + bit) & 1U) << bit;
  return hash;
}

// RFC 1071 over big-endian words, complemented.
std::uint16_t front_model::packet_checksum(const bytes& stored, unsigned from) {
  std::uint64_t sum = 0;
  for (std::size_t i = from; i < stored.size(); i += 2) {
    sum += static_cast<std::uint64_t>(stored[i]) * 256;
    if (i + 1 < stored.size()) sum += stored[i + 1];
  }
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

// F-1 to F-3, F-5: good frames only, whoever else takes them or not.
void front_model::count_control(const bytes& frame, bool rx_er) {
  if (rx_er || frame.size() < 64 || frame.size() > (settings.lpe ? 16384U : 1522U)) return;
  if (with_fcs(bytes(frame.begin(), frame.end() - 4)) != frame) return;
  const bytes da(frame.begin(), frame.begin() + 6);
  if (da != settings.flow_address && da != exact[0].address) return;
  const auto word = [&](std::size_t at) { return frame[at] << 8 | frame[at + 1]; };
  if (word(12) != settings.flow_type) return;
  counters[word(14) != 1 ? reg::FCRUC : word(16) == 0 ? reg::XONRXC : reg::XOFFRXC] += 1;
}

fate front_model::receive(const bytes& frame, bool rx_er) {
  const auto& s = settings;
  fate result;
  if (!s.en) return {.accepted = false, .reason = rx_reason::rx_disabled, .rnbc = false, .stored = {}};
  if (!s.link) return {.accepted = false, .reason = rx_reason::link_down, .rnbc = false, .stored = {}};
  counters[reg::TPR] += 1;
  counters[reg::TORL] += frame.size();
  count_control(frame, rx_er);

  // FS 6.7, step 3.
  if (frame.size() < 6) return {.accepted = false, .reason = rx_reason::address_filter, .rnbc = false, .stored = {}};
  const bytes da(frame.begin(), frame.begin() + 6);
  const bool is_broadcast = std::all_of(da.begin(), da.end(), [](auto b) { return b == 0xFF; });
  const bool is_multicast = !is_broadcast && (da[0] & 1U) != 0;
  const bool is_unicast = (da[0] & 1U) == 0;
  const bool exact_hit = std::any_of(exact.begin(), exact.end(), [&](const exact_entry& entry) {
    return entry.valid && entry.asel == 0 && entry.address == da;
  });
  const bool hash_hit = !is_unicast && hash_table[hash_of(da, s.mo)];
  const bool l2 = exact_hit || (is_broadcast && s.bam) || (is_multicast && s.mpe) || (is_unicast && s.upe) || hash_hit;
  if (!l2) return {.accepted = false, .reason = rx_reason::address_filter, .rnbc = false, .stored = {}};
  const bool pif = hash_hit && !exact_hit && !(is_multicast && s.mpe) && !(is_broadcast && s.bam);

  // Step 4.  A tag is there when all four bytes of it are.
  const bool tagged = frame.size() >= 16 && (frame[12] << 8 | frame[13]) == s.vet;
  const unsigned tci = tagged ? static_cast<unsigned>(frame[14] << 8 | frame[15]) : 0;
  if (tagged && s.vfe) {
    const bool vid_ok = vlan_table[tci & 0xFFF];
    const bool cfi_ok = !s.cfien || ((tci >> 12 & 1U) != 0) == s.cfi;
    if (!vid_ok || !cfi_ok) return {.accepted = false, .reason = rx_reason::vlan_filter, .rnbc = false, .stored = {}};
  }
  result.accepted = true;

  // FS 6.8.
  const std::size_t length = frame.size();
  const std::size_t max = s.lpe ? 16384 : 1522;
  bool crc_ok = false;
  if (length >= 4) {
    const bytes body(frame.begin(), frame.end() - 4);
    crc_ok = with_fcs(body) == frame;
  }
  const bool good = length >= 64 && length <= max && crc_ok && !rx_er;
  result.rnbc = good && no_descriptors;
  if (result.rnbc) counters[reg::RNBC] += 1;

  expected_frame stored;
  stored.data = frame;
  if (tagged && s.vme) {
    stored.data.erase(stored.data.begin() + 12, stored.data.begin() + 16);
    stored.special = static_cast<std::uint16_t>(tci);
  }
  if (s.secrc) stored.data.resize(stored.data.size() - 4);  // of a runt below 20 bytes the FCS overlaps its tag
  stored.status = static_cast<std::uint8_t>(0x04 | (tagged && s.vme ? 0x08 : 0) | (pif ? 0x80 : 0));
  stored.errors = static_cast<std::uint8_t>((crc_ok ? 0 : 0x01) | (rx_er ? 0x80 : 0));
  stored.csum = packet_checksum(stored.data, s.pcss);

  if (good || s.sbp) {
    const std::size_t need = 16 + (stored.data.size() + 7) / 8 * 8;
    const std::size_t used = std::accumulate(occupied_.begin(), occupied_.end(), std::size_t{0});
    if (used + need > fifo_bytes) {  // nothing but MPC, TPR, TOR
      counters[reg::MPC] += 1;
      result.reason = rx_reason::fifo_overflow;
      return result;
    }
    occupied_.push_back(need);
    result.stored = stored;
  }

  if (good) {
    counters[reg::GPRC] += 1;
    counters[reg::GORCL] += length;
    if (is_broadcast) counters[reg::BPRC] += 1;
    if (is_multicast) counters[reg::MPRC] += 1;
    const std::uint32_t bin = length == 64    ? reg::PRC64
                              : length < 128  ? reg::PRC127
                              : length < 256  ? reg::PRC255
                              : length < 512  ? reg::PRC511
                              : length < 1024 ? reg::PRC1023
                                              : reg::PRC1522;
    counters[bin] += 1;
    return result;
  }
  if (length < 64) counters[crc_ok ? reg::RUC : reg::RFC] += 1;
  if (length > max) counters[crc_ok ? reg::ROC : reg::RJC] += 1;
  if (length < 64 || length > max) counters[reg::RLEC] += 1;
  if (length >= 64 && !crc_ok) counters[reg::CRCERRS] += 1;
  if (length >= 64 && rx_er) counters[reg::RXERRC] += 1;
  if (result.stored) return result;
  if (length < 64)
    result.reason = crc_ok ? rx_reason::undersize : rx_reason::fragment;
  else if (length > max)
    result.reason = crc_ok ? rx_reason::oversize : rx_reason::jabber;
  else
    result.reason = rx_er ? rx_reason::rx_error : rx_reason::crc_error;
  return result;
}

void front_model::release_oldest() {
  occupied_.erase(occupied_.begin());
}

}  // namespace ringside::rtl_test

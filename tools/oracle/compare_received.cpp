// SPDX-License-Identifier: Apache-2.0
// Frames that came in: who got which, how they lie in memory, what the descriptors say.
#include <algorithm>
#include <array>
#include <optional>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/wire/frame_marks.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/judge.h"
#include "tools/oracle/qemu_card.h"
#include "tools/oracle/size_bins.h"

namespace ringside::oracle {
namespace {

constexpr std::uint32_t checksum_bits = rxd_status::IXSM | rxd_status::TCPCS | rxd_status::IPCS;
constexpr std::uint32_t checksum_errors = rxd_error::TCPE | rxd_error::IPE;
constexpr size_counters received_bins{reg::PRC64, reg::PRC127, reg::PRC255, reg::PRC511, reg::PRC1023, reg::PRC1522};

/// A frame of the stimulus and what the sheet's words make of it.
struct sent_to_card {
  const offered_frame& frame;
  const oracle_case& c;
  qemu_traits traits;

  std::size_t wire_bytes() const { return frame.bytes.size() + ethernet::fcs_bytes; }
  bool broadcast() const {
    return std::all_of(frame.bytes.begin(), frame.bytes.begin() + ethernet::address_bytes,
                       [](std::uint8_t b) { return b == 0xFF; });
  }
  bool group() const { return (frame.bytes[0] & 1) != 0; }
  bool tagged() const { return frame.bytes[12] == 0x81 && frame.bytes[13] == 0x00; }
  std::uint32_t tci() const { return std::uint32_t{frame.bytes[14]} << 8 | frame.bytes[15]; }
  bool stripped() const { return tagged() && c.vme(); }
  bool crc_kept() const { return (c.rctl & rctl::SECRC) == 0; }
  /// Without FCS, without a stripped tag.
  byte_vector stored() const {
    byte_vector b = frame.bytes;
    if (stripped()) b.erase(b.begin() + ethernet::type_offset, b.begin() + ethernet::type_offset + ethernet::tag_bytes);
    return b;
  }
  /// FS 6.7: does the multicast table have this address' bit?
  bool hashed() const {
    constexpr std::array<unsigned, 4> shifts{4, 3, 2, 0};
    const unsigned shift = shifts[(c.rctl & rctl::MO) >> rctl::MO_SHIFT];
    const std::uint32_t hash = ((std::uint32_t{frame.bytes[5]} << 8 | frame.bytes[4]) >> shift) & 0xFFF;
    return (c.written(reg::MTA + (hash >> 5) * reg::MTA_STRIDE) >> (hash & 31) & 1) != 0;
  }
  bool entry_is(std::uint32_t i) const {
    const std::uint32_t low = c.written(reg::RAL + i * reg::RAL_STRIDE);
    const std::uint32_t high = c.written(reg::RAH + i * reg::RAH_STRIDE);
    std::array<std::uint8_t, 6> address{};
    for (unsigned b = 0; b < 6; ++b)
      address[b] = static_cast<std::uint8_t>((b < 4 ? low >> (8 * b) : high >> (8 * (b - 4))) & 0xFF);
    return (high & rah::AV) != 0 && std::equal(address.begin(), address.end(), frame.bytes.begin());
  }
  /// Some entry with AV is the address: one whose ASEL is 0, or one whose ASEL is not (QEMU takes both for the same).
  bool has_entry(bool with_asel) const {
    static constexpr std::array<std::uint8_t, 6> own{0x52, 0x54, 0x00, 0x12, 0x34, 0x56};  // RA0, from reset
    if (!with_asel && std::equal(own.begin(), own.end(), frame.bytes.begin())) return true;
    for (std::uint32_t i = 1; i < reg::RAL_COUNT; ++i)
      if (entry_is(i) && ((c.written(reg::RAH + i * reg::RAH_STRIDE) & rah::ASEL) != 0) == with_asel) return true;
    return false;
  }
  /// FS 6.7 step 3, R-80.
  bool let_in() const {
    if (has_entry(false)) return true;
    if (!group()) return (c.rctl & rctl::UPE) != 0;
    return (c.rctl & (broadcast() ? rctl::BAM : rctl::MPE)) != 0 || hashed();
  }
  bool wrong_cfi() const {
    if (!tagged() || (c.rctl & rctl::VFE) == 0 || (c.rctl & rctl::CFIEN) == 0) return false;
    return ((tci() >> 12 & 1) != 0) != ((c.rctl & rctl::CFI) != 0);
  }
};

bool is_ours(const frame_chain& chain, const sent_to_card& s) {
  byte_vector expected = s.stored();
  if (s.crc_kept()) {
    const auto fcs = tlm::fcs_of(s.frame.bytes);
    expected.insert(expected.end(), fcs.begin(), fcs.end());
  }
  return bytes_of(chain) == expected;
}

// V-35: the length has room for the CRC, the bytes stay what they were.
bool is_qemus(const frame_chain& chain, const sent_to_card& s) {
  byte_vector expected = s.stored();
  if (s.crc_kept()) expected.insert(expected.end(), ethernet::fcs_bytes, untouched);
  return bytes_of(chain) == expected;
}

/// Which frame each chain is, in the order they were sent; differs where one is none of them.
std::vector<const frame_chain*> assign(judge& j, const oracle_case& c, const std::vector<offered_frame>& frames,
                                       const std::vector<frame_chain>& chains, bool of_qemu) {
  std::vector<const frame_chain*> of_frame(frames.size(), nullptr);
  std::size_t from = 0;
  for (const frame_chain& chain : chains) {
    std::size_t i = from;
    while (i < frames.size()) {
      const sent_to_card s{frames[i], c, {}};
      if (of_qemu ? exists_in_qemu(frames[i]) && is_qemus(chain, s) : is_ours(chain, s)) break;
      ++i;
    }
    if (i == frames.size()) {
      j.differ("{} stored {} bytes at descriptor {} that are none of the frames sent since the one before",
               of_qemu ? "qemu" : "our card", bytes_of(chain).size(), chain.front().index);
      continue;
    }
    of_frame[i] = &chain;
    from = i + 1;
  }
  return of_frame;
}

class chain_comparison {
 public:
  chain_comparison(judge& j, const sent_to_card& s, std::size_t number) : judge_(j), sent_(s), number_(number) {}

  void compare(const frame_chain& ours, const frame_chain& qemu) {
    // After a frame that only one of them took, null descriptors stand elsewhere.
    if (ours.front().index == qemu.front().index && ours.size() != qemu.size())
      judge_.differ("frame {}: {} descriptors of ours, {} of qemu's", number_, ours.size(), qemu.size());
    const auto full_ours = split(ours), full_qemu = split(qemu);
    if (full_ours.size() != full_qemu.size())
      return judge_.differ("frame {}: {} buffers of ours, {} of qemu's", number_, full_ours.size(), full_qemu.size());
    for (std::size_t i = 0; i < full_ours.size(); ++i) buffer(*full_ours[i], *full_qemu[i]);
    nulls(ours, false);
    nulls(qemu, true);
    if (sent_.crc_kept()) judge_.forgive("V-35");
  }

 private:
  static std::vector<const done_descriptor*> split(const frame_chain& chain) {
    std::vector<const done_descriptor*> full;
    for (const done_descriptor& d : chain)
      if (d.address != 0) full.push_back(&d);
    return full;
  }
  void same(std::string_view what, std::uint32_t ours, std::uint32_t qemu, std::uint32_t index) {
    if (ours != qemu)
      judge_.differ("frame {}, descriptor {}: {} {:#x} of ours, {:#x} of qemu's", number_, index, what, ours, qemu);
  }

  void buffer(const done_descriptor& ours, const done_descriptor& qemu) {
    same("length", ours.length, qemu.length, ours.index);
    for (const done_descriptor* d : {&ours, &qemu}) {
      if (d->address != sent_.c.buffers[d->index]) judge_.differ("descriptor {}: its address was changed", d->index);
      if (!d->guards_untouched())
        judge_.differ("frame {}, descriptor {}: bytes beside those reported were written to by {}", number_, d->index,
                      d == &ours ? "our card" : "qemu");
    }
    checksum(ours, qemu);
    const bool last = (ours.status & rxd_status::EOP) != 0;
    std::uint32_t status = qemu.status, special = qemu.special;
    if (!last && sent_.stripped()) take_tag_back(status, special);
    same("status", ours.status & ~(checksum_bits | rxd_status::PIF), status & ~(checksum_bits | rxd_status::PIF),
         ours.index);
    same("special", ours.special, special, ours.index);
    same("reserved errors", ours.errors & ~checksum_errors, qemu.errors, ours.index);
    if (!last) return same("status", ours.status, status, ours.index);
    same("checksum status of qemu", rxd_status::IXSM, qemu.status & checksum_bits, ours.index);
    if ((ours.status & checksum_bits) != rxd_status::IXSM || (ours.errors & checksum_errors) != 0)
      judge_.forgive("V-32");
    if ((ours.status & rxd_status::PIF) != 0) judge_.forgive("V-30");
    if ((qemu.status & rxd_status::PIF) != 0) judge_.differ("frame {}: PIF of qemu", number_);
  }
  // V-33: QEMU leaves the field as it found it, 0.
  void checksum(const done_descriptor& ours, const done_descriptor& qemu) {
    same("packet checksum of qemu", 0, qemu.checksum, qemu.index);
    if (ours.checksum != 0) judge_.forgive("V-33");
  }
  // V-58: QEMU has VP and the tag in every descriptor of the frame.
  void take_tag_back(std::uint32_t& status, std::uint32_t& special) {
    if ((status & rxd_status::VP) == 0 || special != sent_.tci()) return;
    status &= ~rxd_status::VP;
    special = 0;
    judge_.forgive("V-58");
  }
  void nulls(const frame_chain& chain, bool of_qemu) {
    for (const done_descriptor& d : chain) {
      if (d.address != 0) continue;
      std::uint32_t status = d.status, special = d.special;
      if (of_qemu && sent_.stripped()) take_tag_back(status, special);
      if (status != rxd_status::DD || d.length != 0 || d.checksum != 0 || d.errors != 0 || special != 0)
        judge_.differ("null descriptor {} of {}: status {:#x} length {} checksum {:#x} errors {:#x} special {:#x}",
                      d.index, of_qemu ? "qemu" : "our card", d.status, d.length, d.checksum, d.errors, d.special);
    }
  }

  judge& judge_;
  const sent_to_card& sent_;
  std::size_t number_;
};

/// Which counter of QEMU's a frame it takes goes to: a broadcast to MPRC when MPE or the table let it in (V-71), and so
/// does a unicast that the table let in (V-28).
std::optional<std::uint32_t> qemus_group_counter(const sent_to_card& s) {
  const std::uint32_t r = s.c.rctl;
  if (!s.traits.groups_by_filter)
    return s.group() ? std::optional(s.broadcast() ? reg::BPRC : reg::MPRC) : std::nullopt;
  if (s.broadcast()) return (r & rctl::MPE) == 0 && (r & rctl::BAM) != 0 ? reg::BPRC : reg::MPRC;
  if (s.group()) return reg::MPRC;
  if ((r & rctl::UPE) != 0 || s.has_entry(false) || s.has_entry(true)) return std::nullopt;
  return reg::MPRC;
}

// What a good frame that a card took adds to its counters: all but the octets and sizes are the same in QEMU.
void count_taken(judge& j, const sent_to_card& s, bool ours, bool qemu) {
  const auto wire = static_cast<std::int64_t>(s.wire_bytes());
  const std::int64_t tag = s.stripped() ? ethernet::tag_bytes : 0;
  if (ours && qemu) {
    j.expect_more(reg::GORCL, -tag, "V-64");
    j.expect_more(reg::TORL, -tag, "V-64");
    if (s.broadcast() && qemus_group_counter(s) == reg::MPRC) {
      j.expect_more(reg::BPRC, -1, "V-71");
      j.expect_more(reg::MPRC, 1, "V-71");
    }
    const auto at_qemu = static_cast<std::size_t>(wire - tag - (s.crc_kept() ? 0 : 4));
    const auto here = bin_of(received_bins, s.wire_bytes()), there = bin_of(received_bins, at_qemu);
    if (here == there) return;
    const std::string_view id = s.crc_kept() ? "V-64" : "V-24";
    if (here) j.expect_more(*here, -1, id);
    if (there) j.expect_more(*there, 1, id);
  }
}

// A frame that QEMU alone took, for a reason of section 13, or a difference.
void only_qemu(judge& j, const sent_to_card& s, std::size_t number) {
  std::string_view id;
  if (s.wire_bytes() > ethernet::longest_frame && s.wire_bytes() <= s.traits.longest && (s.c.rctl & rctl::LPE) == 0)
    id = "V-70";
  else if (s.wrong_cfi())
    id = "V-57";
  else if (!s.let_in() && s.has_entry(true))
    id = "V-56";
  else if (!s.let_in() && !s.group() && s.hashed())
    id = "V-28";
  if (id.empty()) return j.differ("frame {}: taken by qemu alone", number);
  j.forgive(id);
  const auto wire = static_cast<std::int64_t>(s.wire_bytes());
  const std::int64_t tag = s.stripped() ? ethernet::tag_bytes : 0;
  j.expect_more(reg::GPRC, 1, id);
  j.expect_more(reg::GORCL, wire - tag, id);
  j.expect_more(reg::TORL, -tag, "V-64");
  if (const auto bin = bin_of(received_bins, static_cast<std::size_t>(wire - tag - (s.crc_kept() ? 0 : 4))))
    j.expect_more(*bin, 1, id);
  if (const auto counter = qemus_group_counter(s)) j.expect_more(*counter, 1, id);
}

// ours counts what passed the address filter, QEMU before it, and from its own limit on.
void count_oversize(judge& j, const sent_to_card& s) {
  if ((s.c.rctl & rctl::LPE) != 0 || s.frame.bad_fcs || s.wire_bytes() <= ethernet::longest_frame) return;
  const bool counted = exists_in_qemu(s.frame) && s.wire_bytes() > s.traits.longest;
  j.oversize(counted);
}

}  // namespace

void compare_received(judge& j, const oracle_case& c, const qemu_traits& traits, std::size_t round,
                      const round_result& ours, const round_result& qemu) {
  const std::vector<offered_frame>& frames = c.rounds[round].received;
  const auto here = assign(j, c, frames, ours.received, false);
  const auto there = assign(j, c, frames, qemu.received, true);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const sent_to_card s{frames[i], c, traits};
    const auto wire = static_cast<std::int64_t>(s.wire_bytes());
    count_oversize(j, s);
    if (!exists_in_qemu(frames[i])) {
      if (here[i] != nullptr) j.differ("frame {}: bad, and stored by our card", i);
      j.expect_more(reg::TPR, -1, "V-55");
      j.expect_more(reg::TORL, -wire, "V-55");
      continue;
    }
    count_taken(j, s, here[i] != nullptr, there[i] != nullptr);
    if (there[i] == nullptr) {
      j.expect_more(reg::TPR, -1, "V-22");
      j.expect_more(reg::TORL, -wire, "V-22");
      if (here[i] != nullptr) j.differ("frame {}: taken by our card alone", i);
    } else if (here[i] == nullptr) {
      only_qemu(j, s, i);
    } else {
      chain_comparison(j, s, i).compare(*here[i], *there[i]);
    }
  }
  for (const round_result* r : {&ours, &qemu}) {
    if (r->received.empty()) continue;
    const auto expected = static_cast<std::uint32_t>((r->received.back().back().index + 1) % c.buffers.size());
    if (r->receive_head != expected)
      j.differ("RDH {} of {}, behind the last descriptor done is {}", r->receive_head, r == &ours ? "our card" : "qemu",
               expected);
  }
}

}  // namespace ringside::oracle

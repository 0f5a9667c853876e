// SPDX-License-Identifier: Apache-2.0
// Frames that went out, and what their descriptors say afterwards.
//
// What the oracle makes of a packet is taken from QEMU; here each named difference is applied to QEMU's frame, and what
// comes out must be ours byte for byte.
#include <algorithm>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/wire/frame_marks.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/judge.h"
#include "tools/oracle/size_bins.h"

namespace ringside::oracle {
namespace {

constexpr std::uint32_t cmd_eop = 1, cmd_ic = 4, cmd_tse = 4, cmd_rs = 8, cmd_dext = 0x20, cmd_vle = 0x40;
constexpr std::uint32_t tucmd_tcp = 1, tucmd_ip = 2;
constexpr std::uint32_t popts_ixsm = 1;
constexpr std::uint32_t ipv6_header = 40;
constexpr size_counters sent_bins{reg::PTC64, reg::PTC127, reg::PTC255, reg::PTC511, reg::PTC1023, reg::PTC1522};

struct context {
  std::uint32_t ipcss = 0, ipcso = 0;
  std::uint32_t paylen = 0, hdrlen = 0, mss = 0, tucmd = 0;
};

/// A packet as its descriptors say it.
struct packet {
  bool legacy = false;
  bool segmented = false;
  bool tag = false;  // VLE where it counts
  std::uint32_t bytes = 0;
  std::uint32_t cso = 0, css = 0;
  bool ic = false;
  std::uint32_t popts = 0;
  context c;  // the one it uses

  std::uint32_t segments() const { return (c.paylen + c.mss - 1) / c.mss; }
  bool whole_segments() const { return c.paylen % c.mss == 0; }
};

/// Packets of a round in the order of the ring.
class packet_reader {
 public:
  std::vector<packet> read(const std::vector<raw_descriptor>& ring) {
    std::vector<packet> all;
    packet now;
    bool first = true;
    for (const raw_descriptor& d : ring) {
      const std::uint32_t command = d.lower >> 24;
      const std::uint32_t type = d.lower >> 20 & 15;
      if ((command & cmd_dext) != 0 && type == 0) {
        take(d);
        continue;
      }
      if (first) begin(now, d);
      first = false;
      now.bytes += (command & cmd_dext) != 0 ? d.lower & 0xF'FFFF : d.lower & 0xFFFF;
      if ((command & cmd_eop) == 0) continue;
      if (!now.segmented) now.tag = (command & cmd_vle) != 0;
      if (now.legacy && (command & cmd_ic) != 0) {
        now.ic = true;
        now.cso = d.lower >> 16 & 0xFF;
      }
      all.push_back(std::exchange(now, {}));
      first = true;
    }
    return all;
  }

 private:
  void take(const raw_descriptor& d) {
    context c;
    c.ipcss = static_cast<std::uint32_t>(d.address) & 0xFF;
    c.ipcso = static_cast<std::uint32_t>(d.address >> 8) & 0xFF;
    c.paylen = d.lower & 0xF'FFFF;
    c.tucmd = d.lower >> 24;
    c.hdrlen = d.upper >> 8 & 0xFF;
    c.mss = d.upper >> 16;
    ((c.tucmd & cmd_tse) != 0 ? segmentation_ : checksum_) = c;
  }
  void begin(packet& now, const raw_descriptor& d) const {
    const std::uint32_t command = d.lower >> 24;
    now.legacy = (command & cmd_dext) == 0;
    now.css = now.legacy ? d.upper >> 8 & 0xFF : 0;
    now.segmented = !now.legacy && (command & cmd_tse) != 0;
    now.popts = now.legacy ? 0 : d.upper >> 8 & 0xFF;
    now.tag = now.segmented && (command & cmd_vle) != 0;
    now.c = now.segmented ? segmentation_ : checksum_;
  }
  context checksum_, segmentation_;
};

std::uint32_t word_at(const byte_vector& b, std::size_t at) {
  return std::uint32_t{b[at]} << 8 | b[at + 1];
}
void put_word(byte_vector& b, std::size_t at, std::uint32_t value) {
  b[at] = static_cast<std::uint8_t>(value >> 8);
  b[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint32_t internet_checksum(const byte_vector& b, std::size_t from) {
  std::uint64_t sum = 0;
  for (std::size_t i = from; i < b.size(); i += 2) sum += std::uint64_t{b[i]} << 8 | (i + 1 < b.size() ? b[i + 1] : 0U);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint32_t>(~sum & 0xFFFF);
}

class round_comparison {
 public:
  round_comparison(judge& j, const oracle_case& c, const oracle_round& round, const round_result& ours,
                   const round_result& qemu)
      : judge_(j), case_(c), round_(round), ours_(ours.sent), qemu_(qemu.sent) {}

  void compare() {
    for (const packet& p : packet_reader().read(round_.descriptors)) {
      if (!p.segmented) {
        if (!frame(p)) return;
        continue;
      }
      for (std::uint32_t n = 0; n < p.segments(); ++n)
        if (!frame(p)) return;
      if (p.whole_segments()) header_alone(p);
      count_contexts(p);
    }
    if (at_ours_ != ours_.size() || at_qemu_ != qemu_.size())
      judge_.differ("frames sent beyond the packets: {} by our card, {} by qemu", ours_.size() - at_ours_,
                    qemu_.size() - at_qemu_);
  }

 private:
  bool frame(const packet& p) {
    if (at_ours_ >= ours_.size() || at_qemu_ >= qemu_.size()) {
      judge_.differ("packets not sent: our card sent {} frames, qemu {}", ours_.size(), qemu_.size());
      return false;
    }
    const byte_vector& ours = ours_[at_ours_];
    const byte_vector& qemu = qemu_[at_qemu_];
    const byte_vector expected = as_ours(p, qemu, ours);
    if (expected != ours) {
      const auto from = std::mismatch(expected.begin(), expected.end(), ours.begin(), ours.end());
      const auto place = static_cast<std::size_t>(from.first - expected.begin());
      judge_.differ(
          "sent frame {}: {} bytes of ours, {} expected from qemu's; first difference at byte {}: {:02x}, expected "
          "{:02x}",
          at_ours_, ours.size(), expected.size(), place, place < ours.size() ? ours[place] : 0,
          place < expected.size() ? expected[place] : 0);
    }
    count(p, ours, qemu);
    ++at_ours_;
    ++at_qemu_;
    return true;
  }

  byte_vector as_ours(const packet& p, byte_vector frame, const byte_vector& ours) {
    const bool tagged = p.tag && case_.vme();
    const byte_vector tag =
        tagged && frame.size() >= 16 ? byte_vector(frame.begin() + 12, frame.begin() + 16) : byte_vector{};
    if (!tag.empty()) frame.erase(frame.begin() + 12, frame.begin() + 16);
    const std::size_t moved = tag.size();
    if (p.ic && p.css < frame.size() && p.cso + 1 < frame.size()) {
      put_word(frame, p.cso, internet_checksum(frame, p.css));
      judge_.forgive("V-59");
    }
    if (p.segmented && (p.c.tucmd & tucmd_ip) == 0 && p.c.ipcss + 5 < frame.size()) {
      put_word(frame, p.c.ipcss + 4, word_at(frame, p.c.ipcss + 4) - ipv6_header);
      judge_.forgive("V-61");
    }
    if ((p.popts & popts_ixsm) != 0 && p.c.ipcso + 1 < frame.size() && word_at(frame, p.c.ipcso) == 0xFFFF &&
        p.c.ipcso + moved + 1 < ours.size() && word_at(ours, p.c.ipcso + moved) == 0) {
      put_word(frame, p.c.ipcso, 0);
      judge_.forgive("V-63");
    }
    frame.insert(frame.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(12, frame.size())), tag.begin(),
                 tag.end());
    if (!round_.fcs) return frame;
    if (frame.size() < ethernet::least_without_fcs && (case_.tctl & tctl::PSP) != 0) {
      frame.resize(ethernet::least_without_fcs);
      judge_.forgive("V-60");
    }
    const auto fcs = tlm::fcs_of(frame);
    frame.insert(frame.end(), fcs.begin(), fcs.end());
    judge_.forgive("V-55");
    return frame;
  }

  // V-62: where PAYLEN is a multiple of MSS QEMU sends the header once more, alone.
  void header_alone(const packet& p) {
    if (at_qemu_ >= qemu_.size()) return;
    const byte_vector& extra = qemu_[at_qemu_];
    const std::size_t expected = p.c.hdrlen + (p.tag && case_.vme() ? ethernet::tag_bytes : 0U);
    if (extra.size() != expected)
      return judge_.differ("qemu's frame {} behind a TSO packet: {} bytes", at_qemu_, extra.size());
    judge_.forgive("V-62");
    count_qemu(p, extra, "V-62");
    ++at_qemu_;
  }

  /// 0: none.
  static std::uint32_t group_counter(const byte_vector& frame) {
    if ((frame[0] & 1) == 0) return 0;
    const bool broadcast = std::all_of(frame.begin(), frame.begin() + 6, [](std::uint8_t b) { return b == 0xFF; });
    return broadcast ? reg::BPTC : reg::MPTC;
  }
  void count_qemu(const packet& p, const byte_vector& qemu, std::string_view id) {
    const std::int64_t octets = static_cast<std::int64_t>(qemu.size()) + 4 - (p.tag && case_.vme() ? 4 : 0);
    judge_.expect_more(reg::TPT, 1, id);
    judge_.expect_more(reg::GPTC, 1, id);
    judge_.expect_more(reg::TOTL, octets, id);
    judge_.expect_more(reg::GOTCL, octets, id);
    if (const auto bin = bin_of(sent_bins, qemu.size() + 4)) judge_.expect_more(*bin, 1, id);
    if (const std::uint32_t group = group_counter(qemu); group != 0) judge_.expect_more(group, 1, id);
  }
  // T-90 here; QEMU counts without padding, without the tag in octets, and short frames too.
  void count(const packet& p, const byte_vector& ours, const byte_vector& qemu) {
    const bool tagged = p.tag && case_.vme();
    const auto there = static_cast<std::int64_t>(qemu.size()) + 4 - (tagged ? 4 : 0);
    const auto here = static_cast<std::int64_t>(ours.size());
    const std::string_view id = ours.size() == qemu.size() ? "V-55" : qemu.size() < 60 ? "V-60" : "V-64";
    judge_.expect_more(reg::TOTL, there - here, id);
    const bool good = ours.size() >= ethernet::least_frame;
    judge_.expect_more(reg::GOTCL, there - (good ? here : 0), id);
    if (!good) judge_.expect_more(reg::GPTC, 1, id);
    // Where CSO lies in the address the sum changes it here alone.
    const std::uint32_t group_here = good ? group_counter(ours) : 0, group_there = group_counter(qemu);
    if (group_here != group_there) {
      const std::string_view why = good ? "V-59" : id;
      if (group_here != 0) judge_.expect_more(group_here, -1, why);
      if (group_there != 0) judge_.expect_more(group_there, 1, why);
    }
    const auto bin_here = bin_of(sent_bins, ours.size()), bin_there = bin_of(sent_bins, qemu.size() + 4);
    if (bin_here == bin_there) return;
    if (bin_here) judge_.expect_more(*bin_here, -1, id);
    if (bin_there) judge_.expect_more(*bin_there, 1, id);
  }
  // T-91: one for each; QEMU counts TCP's alone, where there is more than one segment, and V-62's frame once more.
  void count_contexts(const packet& p) {
    std::int64_t there = 0;
    if ((p.c.tucmd & tucmd_tcp) != 0) there = (p.segments() > 1 ? 1 : 0) + (p.whole_segments() ? 1 : 0);
    judge_.expect_more(reg::TSCTC, there - 1, "V-65");
  }

  judge& judge_;
  const oracle_case& case_;
  const oracle_round& round_;
  const std::vector<byte_vector>& ours_;
  const std::vector<byte_vector>& qemu_;
  std::size_t at_ours_ = 0, at_qemu_ = 0;
};

}  // namespace

void compare_sent(judge& j, const oracle_case& c, std::size_t round, const round_result& ours,
                  const round_result& qemu) {
  round_comparison(j, c, c.rounds[round], ours, qemu).compare();
  for (std::size_t i = 0; i < ours.descriptors.size() && i < qemu.descriptors.size(); ++i)
    for (unsigned word = 0; word < 4; ++word)
      if (ours.descriptors[i][word] != qemu.descriptors[i][word])
        j.differ("transmit descriptor {} of the round, dword {}: {:08x} of ours, {:08x} of qemu's", i, word,
                 ours.descriptors[i][word], qemu.descriptors[i][word]);
  if (ours.transmit_head != qemu.transmit_head)
    j.differ("TDH {} of ours, {} of qemu's", ours.transmit_head, qemu.transmit_head);
}

}  // namespace ringside::oracle

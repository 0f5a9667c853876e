// SPDX-License-Identifier: Apache-2.0
// Transmit descriptors of every kind, within the manual's rules: what it leaves open no second implementation can
// judge.
#include <algorithm>

#include "common/ethernet.h"
#include "tools/oracle/oracle_case.h"

namespace ringside::oracle {
namespace {

// Bits of CMD, DCMD and TUCMD (FS 9.1).
constexpr std::uint32_t cmd_eop = 1, cmd_ifcs = 2, cmd_ic = 4, cmd_tse = 4, cmd_rs = 8, cmd_dext = 0x20, cmd_vle = 0x40,
                        cmd_ide = 0x80;
constexpr std::uint32_t tucmd_tcp = 1, tucmd_ip = 2;
constexpr std::uint32_t type_data = 1U << 20;
constexpr std::uint32_t most_segments = 30;
constexpr std::uint32_t bytes_of_a_round = 40'000;  // on the wire

class transmit_drawer {
 public:
  transmit_drawer(rng& random, oracle_round& round) : random_(random), round_(round) {}

  /// One more packet, with the contexts it needs.
  void packet() {
    switch (random_.below(4)) {
      case 0:
        return segmented();
      case 1:
        return offloaded();
      default:
        return legacy();
    }
  }
  std::uint32_t wire_bytes() const { return bytes_; }

 private:
  bool percent(std::uint32_t share) { return random_.below(100) < share; }
  std::uint32_t sixteen() { return static_cast<std::uint32_t>(random_.next()) & 0xFFFF; }
  std::uint32_t fcs() const { return round_.fcs ? cmd_ifcs : 0; }
  // A tag brings an FCS with it (T-13), so rounds without FCS have none.
  std::uint32_t tag() { return round_.fcs && percent(35) ? cmd_vle : 0; }

  std::uint32_t length() {
    switch (random_.below(8)) {
      case 0:
        return random_.between(ethernet::header_bytes, 63);
      case 1:
        return random_.between(1500, 4000);
      case 2:
        return random_.between(56, 66);
      default:
        return random_.between(60, 700);
    }
  }

  struct parts {
    std::uint32_t total;
    std::uint32_t command;       // of all descriptors
    std::uint32_t lower = 0;     // CSO or DTYP, bits 23:16
    std::uint32_t byte_13 = 0;   // CSS or POPTS
    bool later_popts = false;    // POPTS behind the first descriptor mean nothing
    bool special_first = false;  // TSE: VLE and special stand in the first descriptor
  };
  /// The packet's bytes in one to five buffers, of which the first is not empty.
  void buffers(const parts& p) {
    const std::uint32_t special = sixteen();
    std::uint32_t left = p.total;
    const bool sum_of_nothing = p.total <= ones_bytes && percent(10);
    const std::uint32_t count = 1 + random_.below(5);
    for (std::uint32_t i = 0; i < count; ++i) {
      const bool last = i + 1 == count;
      const std::uint32_t n = last ? left : i == 0 ? random_.between(1, left) : random_.between(0, left);
      left -= n;
      std::uint32_t command = p.command | (last ? cmd_eop : 0);
      if (percent(30)) command |= cmd_rs;
      if (percent(30)) command |= cmd_ide;
      const bool counts = p.special_first || last;
      const std::uint32_t tag = counts ? special : sixteen();
      const std::uint32_t byte_13 = p.later_popts && i != 0 ? random_.below(4) : p.byte_13;
      const std::uint32_t from = sum_of_nothing ? p.total - left - n : random_.below(payload_bytes - n);
      const std::uint64_t at = payload_at + from;
      round_.descriptors.push_back({at, n | p.lower | command << 24, byte_13 << 8 | tag << 16});
    }
    bytes_ += p.total + 24;
  }

  void legacy() {
    const std::uint32_t total = length();
    std::uint32_t command = fcs() | tag();
    std::uint32_t cso = random_.below(256), css = random_.below(256);
    if (percent(40)) {
      command |= cmd_ic;
      if (percent(90)) {
        css = random_.below(std::min(total, 200U));
        cso = random_.below(std::min(total - 1, 200U));
      }
    }
    buffers({.total = total, .command = command, .lower = cso << 16, .byte_13 = css});
  }

  struct context {
    std::uint32_t ipcss, ipcso, ipcse, tucss, tucso, tucse;
    std::uint32_t paylen, hdrlen, mss, tucmd;
  };
  void put(const context& c) {
    const std::uint32_t ip = c.ipcss | c.ipcso << 8 | c.ipcse << 16;
    const std::uint32_t l4 = c.tucss | c.tucso << 8 | c.tucse << 16;
    const std::uint32_t command = c.tucmd | cmd_dext | (percent(30) ? cmd_rs : 0);
    round_.descriptors.push_back({ip | std::uint64_t{l4} << 32, c.paylen | command << 24, c.hdrlen << 8 | c.mss << 16});
  }

  // Two headers behind each other, as large and where the die says; the second one's end may be open.
  void checksum_context() {
    context c{};
    c.ipcss = random_.between(0, 30);
    c.ipcse = c.ipcss + random_.between(3, 40);
    c.ipcso = random_.between(c.ipcss, c.ipcse - 1);
    c.tucss = c.ipcse + 1 + random_.below(4);
    c.tucso = c.tucss + random_.below(18);
    c.tucse = percent(60) ? 0 : percent(70) ? c.tucso + 1 + random_.below(60) : 0xF000 + random_.below(0xFFF);
    c.paylen = static_cast<std::uint32_t>(random_.next()) & 0xF'FFFF;
    c.hdrlen = random_.below(256);
    c.mss = sixteen();
    c.tucmd = random_.below(4);
    put(c);
    has_context_ = true;
  }

  void offloaded() {
    const std::uint32_t popts = random_.below(4);
    if (popts != 0 && (!has_context_ || percent(60))) checksum_context();
    buffers({.total = length(),
             .command = fcs() | tag() | cmd_dext,
             .lower = type_data,
             .byte_13 = popts,
             .later_popts = percent(20)});
  }

  // IPv4 or IPv6 with TCP, IPv4 with UDP; what the headers say besides is random, neither card looks at it.
  void segmented() {
    const std::uint32_t kind = random_.below(3);
    const bool six = kind == 1, tcp = kind != 2;
    const std::uint32_t options = 4 * random_.below(6);
    context c{};
    c.ipcss = ethernet::header_bytes;
    c.ipcso = c.ipcss + 10;
    c.tucss = c.ipcss + (six ? 40 : 20);
    c.ipcse = c.tucss - 1;
    c.tucso = c.tucss + (tcp ? 16 : 6);
    c.hdrlen = c.tucss + (tcp ? 20 + options : 8);
    c.mss = percent(20) ? random_.between(1, 64) : random_.between(65, 1460);
    c.paylen = percent(15) ? c.mss * random_.between(1, 5) : 1 + random_.below(8000);
    c.paylen = std::min(c.paylen, c.mss * most_segments);
    c.tucmd = cmd_tse | (tcp ? tucmd_tcp : 0) | (six ? 0 : tucmd_ip);
    put(c);
    const std::uint32_t popts = six ? random_.below(2) * 2 : random_.below(4);
    buffers({.total = c.hdrlen + c.paylen,
             .command = fcs() | tag() | cmd_tse | cmd_dext,
             .lower = type_data,
             .byte_13 = popts,
             .special_first = true});
    bytes_ += (c.paylen / c.mss) * (c.hdrlen + 24);
  }

  rng& random_;
  oracle_round& round_;
  bool has_context_ = false;
  std::uint32_t bytes_ = 0;
};

}  // namespace

std::uint32_t draw_transmit(rng& random, oracle_round& round, std::uint32_t ring, std::uint32_t number) {
  constexpr std::size_t most_of_a_packet = 6;  // a context and five buffers
  round.fcs = random.below(5) != 0;
  transmit_drawer drawer(random, round);
  const std::uint32_t most = random.between(5, 12);
  std::uint32_t packets = 1;  // the marker
  for (; packets <= most && round.descriptors.size() + most_of_a_packet + 1 < ring &&
         drawer.wire_bytes() < bytes_of_a_round;
       ++packets)
    drawer.packet();
  const std::uint32_t command = cmd_eop | cmd_rs | (round.fcs ? cmd_ifcs : 0);
  round.descriptors.push_back({markers_at + number % 1024 * 64, ethernet::least_without_fcs | command << 24, 0});
  return packets;
}

}  // namespace ringside::oracle

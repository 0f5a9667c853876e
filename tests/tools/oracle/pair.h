// SPDX-License-Identifier: Apache-2.0
// A case by hand and what both cards made of it, alike but for what section 13 names: tests change one thing and look
// at the verdict.
#pragma once

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/wire/frame_marks.h"
#include "tools/oracle/compare.h"

namespace ringside::oracle {

struct pair {
  static constexpr std::uint64_t first_buffer = 0x20'0010;
  static constexpr std::size_t sent_bytes = 100;

  oracle_case c;
  case_result ours, qemu;

  /// One frame of 100 bytes without FCS, stored, and one of 100 sent by a legacy descriptor.
  explicit pair(bool sent_fcs = true) {
    c.rctl = rctl::EN | rctl::BAM;
    c.tctl = tctl::EN | tctl::PSP;
    c.buffers.assign(32, 0);
    for (std::size_t i = 0; i < c.buffers.size(); ++i) c.buffers[i] = first_buffer + 0x1000 * i;
    c.transmit_ring = 80;
    oracle_round& round = c.rounds.emplace_back();
    round.fcs = sent_fcs;
    ours.rounds.resize(1);
    qemu.rounds.resize(1);
    for (case_result* r : {&ours, &qemu}) {
      r->rounds[0].receive_ended = r->rounds[0].transmit_ended = true;
      for (const reg::row& row : reg::table)
        if (row.offset >= reg::CRCERRS && row.offset <= reg::TSCTFC) {
          r->counters.push_back({row.offset, 0});
          r->counters_again.push_back({row.offset, 0});
        }
    }
    receive(unicast(100));
    send(unicast(sent_bytes), 0x0B00'0000);
  }

  static byte_vector unicast(std::size_t bytes) {
    byte_vector f{0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 2, 0, 0, 0, 0, 1, 0x88, 0xB5};
    while (f.size() < bytes) f.push_back(static_cast<std::uint8_t>(f.size() * 5));
    return f;
  }

  /// Both take it; counters as each of the two counts.
  void receive(const byte_vector& bytes) {
    offer(bytes);
    stored(ours, bytes, true);
    stored(qemu, bytes, false);
    count(ours, reg::TPR, 1), count(ours, reg::TORL, bytes.size() + 4);
    for (case_result* r : {&ours, &qemu}) {
      if (r == &qemu) count(*r, reg::TPR, 1), count(*r, reg::TORL, bytes.size() + 4);
      count(*r, reg::GPRC, 1), count(*r, reg::GORCL, bytes.size() + 4), count(*r, reg::PRC127, 1);
    }
  }
  void offer(const byte_vector& bytes) {
    offered_frame f;
    f.bytes = bytes;
    f.pad = false;
    c.rounds[0].received.push_back(f);
  }
  /// A chain of one descriptor.
  void stored(case_result& r, const byte_vector& bytes, bool of_ours) {
    auto& chains = r.rounds[0].received;
    const auto index = static_cast<std::uint32_t>(chains.size());
    done_descriptor d;
    d.index = index;
    d.address = c.buffers[index];
    d.length = static_cast<std::uint32_t>(bytes.size() + 4);
    d.status = rxd_status::DD | rxd_status::EOP | rxd_status::IXSM;
    d.checksum = of_ours ? 0x1234 : 0;
    d.window.assign(guard_bytes, untouched);
    d.window.insert(d.window.end(), bytes.begin(), bytes.end());
    const auto fcs = tlm::fcs_of(bytes);
    for (const std::uint8_t b : fcs) d.window.push_back(of_ours ? b : untouched);
    d.window.insert(d.window.end(), guard_bytes, untouched);
    chains.push_back({d});
    r.rounds[0].receive_head = index + 1;
  }
  /// One legacy descriptor; `upper_command` is its dword 2 without the length.
  void send(const byte_vector& bytes, std::uint32_t upper_command) {
    const auto length = static_cast<std::uint32_t>(bytes.size());
    c.rounds[0].descriptors.push_back({payload_at, length | upper_command, 0});
    for (case_result* r : {&ours, &qemu}) {
      r->rounds[0].descriptors.push_back({static_cast<std::uint32_t>(payload_at), 0, length | upper_command, 1});
      r->rounds[0].transmit_head = static_cast<std::uint32_t>(r->rounds[0].descriptors.size());
      byte_vector frame = bytes;
      if (r == &ours && c.rounds[0].fcs) {
        const auto fcs = tlm::fcs_of(bytes);
        frame.insert(frame.end(), fcs.begin(), fcs.end());
      }
      count(*r, reg::TPT, 1), count(*r, reg::GPTC, 1), count(*r, reg::PTC127, 1);
      const std::uint32_t octets = length + (r == &qemu || c.rounds[0].fcs ? 4 : 0);
      count(*r, reg::TOTL, octets), count(*r, reg::GOTCL, octets);
      r->rounds[0].sent.push_back(std::move(frame));
    }
  }
  static void count(case_result& r, std::uint32_t offset, std::uint64_t by) {
    for (register_value& v : r.counters)
      if (v.offset == offset) v.value += static_cast<std::uint32_t>(by);
  }
  done_descriptor& our_descriptor(std::size_t frame = 0) { return ours.rounds[0].received[frame].front(); }
  done_descriptor& qemu_descriptor(std::size_t frame = 0) { return qemu.rounds[0].received[frame].front(); }

  verdict judge() const { return compare_with_qemu(c, ours, qemu); }
  bool agrees() const { return judge().differences.empty(); }
  std::uint64_t uses(const std::string& id) const {
    const verdict v = judge();
    const auto found = v.forgiven.find(id);
    return found == v.forgiven.end() ? 0 : found->second;
  }
};

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
// A send board and the events of a machine that sends, made by hand: each call plays one step of a sound run, and tests
// leave one out, double it or change it.  Frames are written here from RFC 768, 791, 826 and 9293.
//
// Owned by a test of tools/regress/send_*.cpp.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "hw/regs/e1000_regs.h"
#include "platform/scenario/loader.h"
#include "tools/regress/send_board.h"

namespace ringside::platform::sending {

using octets = std::vector<std::uint8_t>;

/// What an IPv4 packet of the machine's is, where it is not the usual one.
struct packet {
  octets payload = {};  // behind the header of UDP or TCP; of a fragment all behind IPv4's
  std::uint8_t protocol = 17;
  std::uint16_t id = 1;
  std::uint16_t fragment = 0;  // flags and offset, as RFC 791 has them
  std::uint8_t lives = 64;
  std::uint32_t to = 0x0A00'0001;
  std::array<std::uint8_t, 6> station{2, 0, 0, 0, 0, 1};
  std::uint16_t from_port = 40'000;
  std::uint16_t to_port = 9;
  std::uint32_t sequence = 1;
  std::uint8_t flags = 0x18;
  octets tag = {};  // TPID and TCI
};

class send_bench {
 public:
  explicit send_bench(std::vector<std::string> settings = {}) {
    settings.insert(settings.begin(), {"stack.neighbours=10.0.0.1=02:00:00:00:00:01", "app.also_sends=on"});
    plan = load_scenario("", settings);
    board.emplace(plan, received,
                  [this](std::string text, frame_id, sim_time) { complaints.push_back(std::move(text)); });
    write(reg::TCTL, tctl::EN);
  }

  // ---- frames ----
  static octets counting(std::size_t bytes, unsigned from = 0) {
    octets out(bytes);
    for (std::size_t i = 0; i < bytes; ++i) out[i] = static_cast<std::uint8_t>(from + i * 7);
    return out;
  }
  static void put16(octets& out, unsigned value) {
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
  }
  static void put32(octets& out, std::uint32_t value) {
    put16(out, value >> 16);
    put16(out, value & 0xFFFF);
  }
  static std::uint16_t sum(const octets& data, std::uint32_t seed = 0) {
    for (std::size_t i = 0; i < data.size(); i += 2)
      seed += static_cast<std::uint32_t>(data[i] << 8) | (i + 1 < data.size() ? data[i + 1] : 0U);
    while (seed >> 16 != 0) seed = (seed & 0xFFFF) + (seed >> 16);
    return static_cast<std::uint16_t>(~seed);
  }
  static octets sealed(octets frame) {
    if (frame.size() < 60) frame.resize(60);
    const auto crc = static_cast<std::uint32_t>(::crc32(0, frame.data(), static_cast<uInt>(frame.size())));
    for (unsigned i = 0; i < 4; ++i) frame.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
    return frame;
  }
  /// The header of UDP or TCP and the payload, summed (RFC 768, 9293).
  octets transport(const packet& p) const {
    octets out;
    put16(out, p.from_port);
    put16(out, p.to_port);
    if (p.protocol == 17) {
      put16(out, static_cast<unsigned>(8 + p.payload.size()));
      put16(out, 0);
    } else {
      put32(out, p.sequence);
      put32(out, 0);
      out.insert(out.end(), {0x50, p.flags, 0xFF, 0xFF, 0, 0, 0, 0});
    }
    out.insert(out.end(), p.payload.begin(), p.payload.end());
    octets pseudo;
    put32(pseudo, own_address(plan));
    put32(pseudo, p.to);
    put16(pseudo, p.protocol);
    put16(pseudo, static_cast<unsigned>(out.size()));
    std::uint32_t seed = 0;
    for (std::size_t i = 0; i < pseudo.size(); i += 2)
      seed += static_cast<std::uint32_t>(pseudo[i] << 8 | pseudo[i + 1]);
    const std::uint16_t value = sum(out, seed);
    const std::size_t at = p.protocol == 17 ? 6 : 16;
    out[at] = static_cast<std::uint8_t>((value == 0 ? 0xFFFF : value) >> 8);
    out[at + 1] = static_cast<std::uint8_t>(value == 0 ? 0xFF : value & 0xFF);
    return out;
  }
  octets ethernet(const packet& p, unsigned type, const octets& body) const {
    octets out(p.station.begin(), p.station.end());
    out.insert(out.end(), plan.nic.mac_address.begin(), plan.nic.mac_address.end());
    out.insert(out.end(), p.tag.begin(), p.tag.end());
    put16(out, type);
    out.insert(out.end(), body.begin(), body.end());
    return sealed(out);
  }
  octets ipv4(const packet& p, const octets& body) const {
    octets header{0x45, 0};
    put16(header, static_cast<unsigned>(20 + body.size()));
    put16(header, p.id);
    put16(header, p.fragment);
    header.push_back(p.lives);
    header.push_back(p.protocol);
    put16(header, 0);
    put32(header, own_address(plan));
    put32(header, p.to);
    const std::uint16_t value = sum(header);
    header[10] = static_cast<std::uint8_t>(value >> 8);
    header[11] = static_cast<std::uint8_t>(value);
    header.insert(header.end(), body.begin(), body.end());
    return ethernet(p, 0x0800, header);
  }
  octets frame(const packet& p) const { return ipv4(p, transport(p)); }
  octets pause_frame(unsigned timer) const {
    packet to;
    to.station = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
    octets body{0, 1};
    put16(body, timer);
    return ethernet(to, 0x8808, body);
  }

  // ---- events ----
  void event_of(stage what, frame_id id = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    now += 100 * ns;
    board->on_event({.time = now, .frame = id, .a = a, .b = b, .what = what});
  }
  void write(std::uint64_t offset, std::uint32_t value) { event_of(stage::reg_write, 0, offset, value); }
  frame_id next_id() { return make_frame_id(frame_kind::made, 0, ++made_); }
  /// A call of the application, of whose bytes `id` is the frame.
  void call(frame_id id, const octets& payload, std::size_t told, long result = 0) {
    const sim_time begin = now;
    event_of(stage::frame_made, id, 0, static_cast<std::uint64_t>(cause_kind::task));
    event_of(stage::tx_socket, id, 1, told);
    now += 100 * ns;
    board->on_send({begin, now, result, std::as_bytes(std::span(payload)), payload.size()});
  }
  void call(frame_id id, const octets& payload) { call(id, payload, payload.size()); }
  void hand(frame_id id) { event_of(stage::tx_driver, id); }
  void commit(frame_id id) { event_of(stage::tx_fifo_commit, id); }
  void complete(frame_id id) { event_of(stage::tx_complete, id); }
  /// At once behind the frame before it, or now.
  void wire(frame_id id, const octets& bytes, sim_time later = 0) {
    const sim_time start = std::max(now, idle_at_) + later;
    const sim_time end = start + (8 + static_cast<sim_time>(bytes.size())) * byte;
    board->on_wire({.start = start, .sent = true, .bytes = bytes, .id = id, .end = end});
    idle_at_ = end + 12 * byte;
    now = std::max(now, end);
  }
  void send(frame_id id, const octets& bytes) {
    hand(id);
    commit(id);
    wire(id, bytes);
    complete(id);
  }
  /// A datagram of its own, from the application to the wire.
  void datagram(const packet& p = {.payload = counting(100)}) {
    const frame_id id = next_id();
    call(id, p.payload);
    send(id, frame(p));
  }
  void hear_pause(unsigned timer) {
    planned_frame p;
    p.kind = "pause";
    p.offer.bytes = pause_frame(timer);
    p.wire_bytes = 64;
    received.push_back(p);
    event_of(stage::wire_eof, received.size());
  }

  /// What the board says at the end.
  const std::vector<std::string>& judged() {
    board->finish();
    return complaints;
  }
  /// "" when there is exactly one complaint and it holds `part`, else what there is.
  std::string other_than(const std::string& part) {
    judged();
    if (complaints.size() == 1 && complaints[0].find(part) != std::string::npos) return "";
    std::string all = std::to_string(complaints.size()) + " complaints";
    for (const std::string& c : complaints) all += "\n" + c;
    return all;
  }

  /// What there is, "" when a complaint holds `part`: a fault may have others behind it.
  std::string lacks(const std::string& part) {
    judged();
    std::string all = "no complaint";
    for (const std::string& c : complaints) {
      if (c.find(part) != std::string::npos) return "";
      all += "\n" + c;
    }
    return all;
  }

  static constexpr sim_time byte = 8 * ns;  // at 1000 Mb/s
  scenario plan;
  std::vector<planned_frame> received;
  std::vector<std::string> complaints;
  std::optional<send_board> board;
  sim_time now = 0;

 private:
  sim_time idle_at_ = 0;
  std::uint64_t made_ = 0;
};

#define EXPECT_SOUND(bench) EXPECT_EQ((bench).judged(), std::vector<std::string>{})
#define EXPECT_AMONG(bench, part) EXPECT_EQ((bench).lacks(part), "")
#define EXPECT_COMPLAINT(bench, part) EXPECT_EQ((bench).other_than(part), "")

}  // namespace ringside::platform::sending

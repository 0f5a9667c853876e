// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/host/random_frames.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "hw/regs/e1000_regs.h"

namespace ringside::tlm {
namespace {

using byte = std::uint8_t;
using byte_list = std::vector<byte>;

constexpr sim_time spacing = 40 * us;
constexpr unsigned vlan_count = 4;  // VIDs in use: 0 .. 3

bool one_in(rng& random, std::uint32_t n) {
  return random.between(1, n) == 1;
}
byte any_byte(rng& random) {
  return static_cast<byte>(random.next());
}

void put_16(byte_list& to, std::uint32_t value) {
  to.push_back(static_cast<byte>(value >> 8));
  to.push_back(static_cast<byte>(value));
}

std::uint32_t sum_16(const byte_list& bytes, std::size_t from, std::size_t to, std::uint32_t sum) {
  for (std::size_t i = from; i < to; ++i) sum += static_cast<std::uint32_t>(bytes[i]) << ((i - from) % 2 == 0 ? 8 : 0);
  while (sum >> 16 != 0) sum = (sum & 0xFFFF) + (sum >> 16);
  return sum;
}

std::array<byte, 6> address(rng& random) {
  switch (random.between(0, 6)) {
    case 0:
      return {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    case 1:
      return {0x01, 0x00, 0x5E, 0, any_byte(random), any_byte(random)};
    case 2:
      return {0x33, 0x33, 0, 0, any_byte(random), any_byte(random)};
    case 3:
      return {0x02, 0xAA, 0, 0, 0, static_cast<byte>(random.between(0, 3))};  // some are in RA1..
    default:
      return {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
  }
}

std::size_t up_to(rng& random, std::size_t most) {
  return static_cast<std::size_t>(random.between(0, static_cast<std::uint32_t>(most)));
}

// What the lengths in a packet say, which mostly agree.  `real` bytes follow the IP header(s).
struct payload_lengths {
  std::size_t real, ip, udp;
  payload_lengths(rng& random, std::size_t bytes) : real(bytes), ip(bytes), udp(bytes) {
    if (one_in(random, 8)) ip = up_to(random, real + 8);
    udp = one_in(random, 6) ? up_to(random, real + 8) : ip;
  }
};

// TCP or UDP of `length.real` random bytes; the sum covers what IP's length or UDP's own says, and is mostly right.
// `addresses` are the pseudo header's.
byte_list transport(rng& random, bool tcp, const payload_lengths& length, const byte_list& addresses, byte protocol) {
  byte_list l4(length.real);
  for (byte& b : l4) b = any_byte(random);
  if (!tcp) {
    l4[4] = static_cast<byte>(length.udp >> 8);
    l4[5] = static_cast<byte>(length.udp);
  }
  const std::size_t place = tcp ? 16 : 6;
  l4[place] = l4[place + 1] = 0;
  const std::size_t covered = !tcp && one_in(random, 2) ? length.udp : length.ip;
  std::uint32_t sum = sum_16(addresses, 0, addresses.size(), static_cast<std::uint32_t>(covered) + protocol);
  sum = sum_16(l4, 0, std::min(covered, length.real), sum) ^ (one_in(random, 6) ? 0x0101U : 0U);
  std::uint32_t field = ~sum & 0xFFFF;
  if (field == 0) field = 0xFFFF;
  if (!tcp && one_in(random, 8)) field = 0;
  l4[place] = static_cast<byte>(field >> 8);
  l4[place + 1] = static_cast<byte>(field);
  return l4;
}

std::size_t random_length(rng& random, std::size_t least, std::size_t most) {
  return least + up_to(random, most - least);
}

// An IPv4 packet with a header, TCP or UDP and checksums that are mostly right.
void put_ipv4(byte_list& to, rng& random, std::size_t room) {
  const std::size_t header = 20 + up_to(random, 3) * 4;
  const bool tcp = one_in(random, 2);
  const std::size_t least = tcp ? 20 : 8;
  if (room < header + least) return;
  const payload_lengths length(random, random_length(random, least, room - header));
  byte_list ip;
  ip.push_back(static_cast<byte>(0x40 | header / 4));
  ip.push_back(0);
  put_16(ip, static_cast<std::uint32_t>(header + length.ip));
  put_16(ip, static_cast<std::uint32_t>(random.between(0, 0xFFFF)));
  put_16(ip, one_in(random, 8) ? 0x2000U : one_in(random, 12) ? 0x0010U : 0x4000U);
  ip.push_back(64);
  ip.push_back(one_in(random, 12) ? byte{1} : tcp ? byte{6} : byte{17});
  put_16(ip, 0);
  for (unsigned i = 0; i < 8; ++i) ip.push_back(any_byte(random));
  while (ip.size() < header) ip.push_back(1);
  const std::uint32_t head_sum = sum_16(ip, 0, header, 0) ^ (one_in(random, 6) ? 0x0101U : 0U);
  ip[10] = static_cast<byte>(~head_sum >> 8);
  ip[11] = static_cast<byte>(~head_sum);
  const byte_list l4 = transport(random, tcp, length, {ip.begin() + 12, ip.begin() + 20}, ip[9]);
  to.insert(to.end(), ip.begin(), ip.end());
  to.insert(to.end(), l4.begin(), l4.end());
}

// An IPv6 packet, sometimes with extension headers: hop-by-hop, routing (with stops to make or without), destination.
void put_ipv6(byte_list& to, rng& random, std::size_t room) {
  constexpr std::size_t header = 40;
  constexpr std::array<byte, 3> kinds{0x00, 0x2B, 0x3C};
  const bool tcp = one_in(random, 2);
  const byte protocol = one_in(random, 12) ? byte{58} : tcp ? byte{6} : byte{17};
  byte_list extensions;
  byte first = protocol;
  for (std::size_t n = one_in(random, 2) ? up_to(random, 2) : 0; n > 0; --n) {  // the last one is made first
    const std::size_t units = one_in(random, 10) ? up_to(random, 9) : up_to(random, 2);
    byte_list e((units + 1) * 8);
    for (byte& b : e) b = any_byte(random);
    e[0] = first;
    e[1] = static_cast<byte>(units);
    e[3] = static_cast<byte>(up_to(random, 1));
    first = kinds[up_to(random, kinds.size() - 1)];
    extensions.insert(extensions.begin(), e.begin(), e.end());
  }
  const std::size_t least = tcp ? 20 : 8;
  if (room < header + extensions.size() + least) return;
  const payload_lengths length(random, random_length(random, least, room - header - extensions.size()));
  byte_list ip{static_cast<byte>(one_in(random, 16) ? 0x40 : 0x60), 0, 0, 0};
  put_16(ip, static_cast<std::uint32_t>(extensions.size() + length.ip));
  ip.push_back(first);
  ip.push_back(64);
  for (unsigned i = 0; i < 32; ++i) ip.push_back(any_byte(random));
  const byte_list l4 = transport(random, tcp, length, {ip.begin() + 8, ip.end()}, protocol);
  to.insert(to.end(), ip.begin(), ip.end());
  to.insert(to.end(), extensions.begin(), extensions.end());
  to.insert(to.end(), l4.begin(), l4.end());
}

std::size_t frame_size(rng& random) {
  switch (random.between(0, 5)) {
    case 0:
      return static_cast<std::size_t>(random.between(60, 72));
    case 1:
      return static_cast<std::size_t>(random.between(1514, 1526));
    case 2:
      return static_cast<std::size_t>(random.between(120, 136));
    case 3:
      return static_cast<std::size_t>(random.between(20, 63));
    default:
      return static_cast<std::size_t>(random.between(64, 1600));
  }
}

// F-1, F-5: of type FCT to the flow control address or the station, with an opcode and a timer.
offered_frame make_control_frame(rng& random) {
  offered_frame frame;
  frame.pad = false;
  byte_list& b = frame.bytes;
  if (one_in(random, 2))
    b = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
  else
    b = {0x52, 0x54, 0x00, 0x12, 0x34, static_cast<byte>(one_in(random, 4) ? 0x57 : 0x56)};
  b.insert(b.end(), {2, 0, 0, 0, 0, 1});
  put_16(b, one_in(random, 8) ? 0x8809U : 0x8808U);
  put_16(b, one_in(random, 4) ? static_cast<std::uint32_t>(random.between(0, 3)) : 1U);
  put_16(b,
         one_in(random, 3) ? 0U : static_cast<std::uint32_t>(random.next()) & (one_in(random, 2) ? 0x00FFU : 0xFF00U));
  b.resize(static_cast<std::size_t>(random.between(58, 62)));
  frame.bad_fcs = one_in(random, 12);
  return frame;
}

offered_frame make_frame(rng& random) {
  constexpr std::size_t fcs = 4;
  offered_frame frame;
  frame.pad = false;
  const std::size_t size = frame_size(random) - fcs;
  const auto da = address(random);
  byte_list& b = frame.bytes;
  b.assign(da.begin(), da.end());
  b.insert(b.end(), {2, 0, 0, 0, 0, 1});
  if (one_in(random, 3)) {
    put_16(b, 0x8100);
    put_16(b, static_cast<std::uint32_t>(random.between(0, 15)) << 12 |
                  static_cast<std::uint32_t>(random.between(0, vlan_count)));
  }
  if (size >= 64 && !one_in(random, 4)) {
    if (one_in(random, 5)) {
      put_16(b, static_cast<std::uint32_t>(size - b.size() - 2) & 0x3FFU);
      b.insert(b.end(), {0xAA, 0xAA, 3, 0, 0, 0});
    }
    const bool ipv6 = one_in(random, 3);
    put_16(b, ipv6 != one_in(random, 16) ? 0x86DDU : 0x0800U);
    if (b.size() < size) (ipv6 ? put_ipv6 : put_ipv4)(b, random, size - b.size());
  } else {
    put_16(b, 0x88B5);
  }
  while (b.size() < size) b.push_back(any_byte(random));
  b.resize(size);
  frame.bad_fcs = one_in(random, 12);
  if (one_in(random, 12))
    frame.rx_er_at = static_cast<std::int32_t>(up_to(random, size + 7)) - 9;  // the preamble and its frame
  return frame;
}

}  // namespace

random_setup make_setup(rng& random, std::uint32_t ring_size, std::uint64_t first_buffer, std::uint32_t stride) {
  random_setup s;
  s.rctl = rctl::EN;
  for (const std::uint32_t bit :
       {rctl::SBP, rctl::UPE, rctl::MPE, rctl::LPE, rctl::VFE, rctl::CFIEN, rctl::CFI, rctl::SECRC})
    if (one_in(random, 3)) s.rctl |= bit;
  // BAM = 0 with MPE = 1 is open (O-7).
  if (!one_in(random, 4) || (s.rctl & rctl::MPE) != 0) s.rctl |= rctl::BAM;
  s.rctl |= static_cast<std::uint32_t>(random.between(0, 3)) << rctl::MO_SHIFT;
  s.rctl |= static_cast<std::uint32_t>(random.between(0, 3)) << rctl::BSIZE_SHIFT;
  std::uint32_t sums = 0;
  for (const std::uint32_t bit : {rxcsum::IPOFL, rxcsum::TUOFL, rxcsum::IPV6OFL})
    if (one_in(random, 2)) sums |= bit;
  if (one_in(random, 2)) sums |= static_cast<std::uint32_t>(random.between(0, 60));
  s.registers.emplace_back(reg::RXCSUM, sums);
  const std::uint32_t control = 0xA01U | ctrl::SLU | (one_in(random, 2) ? ctrl::VME : 0U);
  s.registers.emplace_back(reg::CTRL, control);
  s.registers.emplace_back(reg::FCAL, 0x00C2'8001U);
  s.registers.emplace_back(reg::FCAH, 0x0100U);
  s.registers.emplace_back(reg::FCT, 0x8808U);
  for (std::uint32_t i = 0; i < reg::MTA_COUNT; ++i)
    s.registers.emplace_back(reg::MTA + i * reg::MTA_STRIDE,
                             static_cast<std::uint32_t>(random.next()) & static_cast<std::uint32_t>(random.next()));
  for (std::uint32_t i = 0; i < reg::VFTA_COUNT; ++i)
    s.registers.emplace_back(reg::VFTA + i * reg::VFTA_STRIDE,
                             i == 0 ? static_cast<std::uint32_t>(random.between(0, 31)) : 0);
  for (std::uint32_t i = 1; i < 3; ++i) {  // 02:AA:00:00:00:0i
    s.registers.emplace_back(reg::RAL + i * reg::RAL_STRIDE, 0x0000'AA02U);
    s.registers.emplace_back(reg::RAH + i * reg::RAH_STRIDE,
                             rah::AV | i << 8 | (i == 2 && one_in(random, 2) ? 0x1'0000U : 0U));
  }
  // Any byte alignment (FS 5), null descriptors anywhere.
  const bool some_null = one_in(random, 3);
  const std::uint32_t alignment = one_in(random, 2) ? 0 : 255;
  for (std::uint32_t i = 0; i < ring_size; ++i) {
    const bool null = some_null && one_in(random, 7);
    s.buffers.push_back(null ? 0 : first_buffer + std::uint64_t{i} * stride + random.between(0, alignment));
  }
  // When descriptors are written back changes, what they say does not; 40 ms of timers would outlast the run.
  if (one_in(random, 2)) s.registers.emplace_back(reg::RDTR, random.between(1, 100));
  if (one_in(random, 2)) s.registers.emplace_back(reg::RADV, random.between(1, 200));
  if (one_in(random, 3)) s.registers.emplace_back(reg::RSRPD, random.between(64, 300));
  if (one_in(random, 2))
    s.registers.emplace_back(reg::RXDCTL, rxdctl::GRAN | static_cast<std::uint32_t>(random.next() & 0x003F'0F3F));
  return s;
}

std::string random_setup::description() const {
  return fmt::format("RCTL {:08x} RXCSUM {:03x} CTRL {:08x}", rctl, registers[0].second, registers[1].second);
}

std::vector<offered_frame> make_frames(rng& random, unsigned count) {
  std::vector<offered_frame> frames;
  for (unsigned i = 0; i < count; ++i) {
    frames.push_back(one_in(random, 12) ? make_control_frame(random) : make_frame(random));
    frames.back().earliest = i * spacing;
  }
  return frames;
}

}  // namespace ringside::tlm

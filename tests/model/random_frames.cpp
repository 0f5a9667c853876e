#include "tests/model/random_frames.h"

#include <fmt/format.h>

#include <array>

#include "hw/regs/e1000_regs.h"

namespace ringside::test {
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

// An IPv4 packet with a header, TCP or UDP and checksums that are mostly right.
void put_ipv4(byte_list& to, rng& random, std::size_t room) {
  const std::size_t options = static_cast<std::size_t>(random.between(0, 3)) * 4;
  const std::size_t header = 20 + options;
  const bool tcp = one_in(random, 2);
  const std::size_t least = header + (tcp ? 20 : 8);
  if (room < least) return;
  const auto length =
      static_cast<std::size_t>(random.between(static_cast<std::uint32_t>(least), static_cast<std::uint32_t>(room)));
  byte_list ip;
  ip.push_back(static_cast<byte>(0x40 | header / 4));
  ip.push_back(0);
  put_16(ip, static_cast<std::uint32_t>(length));
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
  while (ip.size() < length) ip.push_back(any_byte(random));
  const std::size_t place = header + (tcp ? 16 : 6);
  if (!tcp) {
    ip[header + 4] = static_cast<byte>((length - header) >> 8);
    ip[header + 5] = static_cast<byte>(length - header);
  }
  ip[place] = ip[place + 1] = 0;
  std::uint32_t sum = sum_16(ip, 12, 20, static_cast<std::uint32_t>(length - header) + ip[9]);
  sum = sum_16(ip, header, length, sum) ^ (one_in(random, 6) ? 0x0101U : 0U);
  std::uint32_t field = ~sum & 0xFFFF;
  if (field == 0) field = 0xFFFF;
  if (!tcp && one_in(random, 8)) field = 0;
  ip[place] = static_cast<byte>(field >> 8);
  ip[place + 1] = static_cast<byte>(field);
  to.insert(to.end(), ip.begin(), ip.end());
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
    put_16(b, one_in(random, 16) ? 0x86DDU : 0x0800U);
    if (b.size() < size) put_ipv4(b, random, size - b.size());
  } else {
    put_16(b, 0x88B5);
  }
  while (b.size() < size) b.push_back(any_byte(random));
  b.resize(size);
  frame.bad_fcs = one_in(random, 12);
  if (one_in(random, 12))
    frame.rx_er_at = static_cast<std::int32_t>(random.between(0, static_cast<std::uint32_t>(size) - 1));
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
  // Any byte alignment (section 5), null descriptors anywhere.
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
    frames.push_back(make_frame(random));
    frames.back().earliest = i * spacing;
  }
  return frames;
}

}  // namespace ringside::test

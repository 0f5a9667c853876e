// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/ethernet.h"
#include "hw/regs/e1000_regs.h"
#include "hw/tlm/host/random_frames.h"
#include "tools/oracle/oracle_case.h"

namespace ringside::oracle {
namespace {

constexpr std::uint64_t oracle_stream = 0x6F72'6163'6C65'2121;
constexpr std::uint32_t longest_drawn = 9000;  // of a jumbo frame, DA..FCS
constexpr std::uint32_t causes = (1U << 17) - 1;

bool percent(rng& random, std::uint32_t share) {
  return random.below(100) < share;
}

void set(oracle_case& c, std::uint32_t offset, std::uint32_t value) {
  c.registers.emplace_back(offset, value);
}

// SBP is 0: bad frames do not exist on QEMU's wire, and the two could not be compared (V-55).
void draw_receive_setup(rng& random, oracle_case& c) {
  const std::uint32_t ring = 8 * random.between(4, 8);
  tlm::random_setup setup = tlm::make_setup(random, ring, buffers_at, buffer_stride);
  c.registers = std::move(setup.registers);
  c.rctl = setup.rctl & ~rctl::SBP;
  if ((c.rctl & rctl::LPE) != 0 && percent(random, 40)) {
    c.rctl &= ~rctl::BSIZE;
    c.rctl |= rctl::BSEX | random.between(1, 3) << rctl::BSIZE_SHIFT;
  }
  c.rctl |= random.between(0, 3) << rctl::RDMTS_SHIFT;
  c.rdtr = c.written(reg::RDTR);
  c.buffers = std::move(setup.buffers);
  c.dry_start = percent(random, 30);
}

void draw_transmit_setup(rng& random, oracle_case& c) {
  c.transmit_ring = 8 * random.between(10, 16);
  c.tctl = tctl::EN | (percent(random, 70) ? tctl::PSP : 0) | 0x0003'F0F0U;  // CT and COLD as Linux has them
  set(c, reg::TIPG, 0x0060'2008);
  set(c, reg::TXDCTL,
      txdctl::GRAN | random.below(20) | random.below(10) << 8 | random.below(8) << 16 | random.below(3) << 25);
  set(c, reg::TIDV, random.below(30));
  set(c, reg::TADV, random.below(60));
  set(c, reg::IMS, static_cast<std::uint32_t>(random.next()) & causes);
  c.payload.resize(payload_bytes);
  for (std::uint8_t& b : c.payload) b = static_cast<std::uint8_t>(random.next() >> 56);
  std::fill_n(c.payload.begin(), ones_bytes, std::uint8_t{0xFF});
}

std::size_t descriptors_for(const oracle_case& c, std::size_t frame_bytes) {
  return (frame_bytes + ethernet::fcs_bytes + c.buffer_bytes() - 1) / c.buffer_bytes();
}

// As many frames as surely fit what software has given: all but one descriptor, less the null ones.
void draw_received(rng& random, oracle_case& c, oracle_round& round, std::uint32_t number) {
  offered_frame marker;
  marker.bytes = marker_frame(true, number);
  marker.pad = false;
  const auto usable = static_cast<std::size_t>(
      std::count_if(c.buffers.begin(), c.buffers.end(), [](std::uint64_t a) { return a != 0; }));
  std::size_t left = usable - 1 - descriptors_for(c, marker.bytes.size());
  const bool dense = percent(random, 50);
  for (offered_frame& frame : tlm::make_frames(random, random.between(12, 30))) {
    if ((c.rctl & rctl::LPE) != 0 && percent(random, 20)) {
      const std::size_t before = frame.bytes.size();
      frame.bytes.resize(random.between(ethernet::longest_frame, longest_drawn) - ethernet::fcs_bytes);
      for (std::size_t i = before; i < frame.bytes.size(); ++i)
        frame.bytes[i] = static_cast<std::uint8_t>(random.next() >> 56);
    }
    const std::size_t needed = descriptors_for(c, frame.bytes.size());
    if (needed > left) continue;
    left -= needed;
    if (dense) frame.earliest = 0;
    round.received.push_back(std::move(frame));
  }
  marker.earliest = round.received.empty() ? 0 : round.received.back().earliest;
  round.received.push_back(std::move(marker));
}

}  // namespace

std::uint32_t oracle_case::written(std::uint32_t offset) const {
  std::uint32_t value = 0;
  for (const auto& [at, what] : registers)
    if (at == offset) value = what;
  return value;
}

bool oracle_case::vme() const {
  return (written(reg::CTRL) & ctrl::VME) != 0;
}

std::uint32_t oracle_case::buffer_bytes() const {
  const std::uint32_t code = (rctl & rctl::BSIZE) >> rctl::BSIZE_SHIFT;
  return (rctl & rctl::BSEX) != 0 && code != 0 ? 32768U >> code : 2048U >> code;
}

std::string oracle_case::description() const {
  return fmt::format("RCTL {:08x} TCTL {:08x} CTRL {:08x} RXCSUM {:03x}", rctl, tctl, written(reg::CTRL),
                     written(reg::RXCSUM));
}

byte_vector marker_frame(bool received, std::uint32_t round) {
  byte_vector frame{0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x02, 0, 0, 0, 0, 0x02, 0x88, 0xB6, 'e', 'n', 'd'};
  frame.push_back(received ? 'r' : 't');
  for (const unsigned shift : {24U, 16U, 8U, 0U}) frame.push_back(static_cast<std::uint8_t>(round >> shift));
  frame.resize(ethernet::least_without_fcs, 0x5A);
  return frame;
}

oracle_case draw_case(std::uint64_t seed, std::uint32_t frames) {
  rng random(seed * 0xD1B5'4A32'D192'ED03ULL ^ oracle_stream);
  oracle_case c;
  c.seed = seed;
  draw_receive_setup(random, c);
  draw_transmit_setup(random, c);
  const std::uint32_t rounds = random.between(2, 4);
  std::size_t drawn = 0;
  for (std::uint32_t number = 0; number < rounds || drawn < frames; ++number) {
    oracle_round& round = c.rounds.emplace_back();
    draw_received(random, c, round, number);
    drawn += round.received.size() + draw_transmit(random, round, c.transmit_ring, number);
  }
  c.steps = draw_steps(random);
  return c;
}

}  // namespace ringside::oracle

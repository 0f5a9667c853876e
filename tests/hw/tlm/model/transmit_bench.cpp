// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/tlm/model/transmit_bench.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "contract/checker.h"

namespace ringside::test {
namespace {
constexpr std::uint32_t descriptor_size = 16;
}

void transmit_bench::open_transmit(std::uint32_t count, std::uint32_t tctl_value) {
  put_bytes(tx_ring_at, byte_vector(std::size_t{count} * descriptor_size));
  write(reg::TDLEN, count * descriptor_size);
  write(reg::TDBAH, 0);
  write(reg::TDBAL, tx_ring_at);
  write(reg::TDT, 0);
  write(reg::TDH, 0);
  write(reg::TCTL, tctl_value);
}

void transmit_bench::put(std::uint32_t i, std::uint64_t address, std::uint32_t lower, std::uint32_t upper) {
  byte_vector raw;
  const auto add = [&](std::uint64_t value, unsigned n) {
    for (unsigned b = 0; b < n; ++b) raw.push_back(static_cast<std::uint8_t>(value >> (8 * b)));
  };
  add(address, 8);
  add(lower, 4);
  add(upper, 4);
  put_bytes(tx_ring_at + i * descriptor_size, raw);
}

void transmit_bench::legacy(std::uint32_t i, std::uint64_t address, std::uint32_t length, std::uint32_t command,
                            std::uint32_t cso, std::uint32_t css, std::uint32_t special) {
  put(i, address, length | cso << 16 | command << 24, css << 8 | special << 16);
}

void transmit_bench::data(std::uint32_t i, std::uint64_t address, std::uint32_t length, std::uint32_t command,
                          std::uint32_t popts, std::uint32_t special) {
  put(i, address, length | 1U << 20 | (command | cmd::DEXT) << 24, popts << 8 | special << 16);
}

void transmit_bench::context(std::uint32_t i, const context_fields& c) {
  const std::uint32_t ip = c.ipcss | c.ipcso << 8 | c.ipcse << 16;
  const std::uint32_t l4 = c.tucss | c.tucso << 8 | c.tucse << 16;
  put(i, ip | std::uint64_t{l4} << 32, c.paylen | (c.tucmd | cmd::DEXT) << 24, c.hdrlen << 8 | c.mss << 16);
}

// T-70, T-71, T-75, T-76, T-90, T-91; the bench's bus tells no events, so the checker's other rules have nothing to
// judge.
transmit_bench::~transmit_bench() {
  using contract::rule;
  contract::config setup;
  setup.off.set();
  for (const rule judged : {rule::T_70, rule::T_71, rule::T_75, rule::T_76, rule::T_90, rule::T_91})
    setup.off.reset(static_cast<std::size_t>(judged));
  contract::checker watch(setup);
  for (const event& e : all_events()) watch.on_event(e);
  for (const contract::breach& b : watch.breaches()) ADD_FAILURE() << b.describe();
}

void transmit_bench::post(std::uint32_t i, const byte_vector& frame, std::uint32_t command) {
  put_bytes(buffer(i), frame);
  legacy(i, buffer(i), static_cast<std::uint32_t>(frame.size()), command);
}

std::uint32_t transmit_bench::dword(std::uint32_t i, unsigned n) const {
  const byte_vector raw = bytes(tx_ring_at + i * descriptor_size + 4 * n, 4);
  return raw[0] | std::uint32_t{raw[1]} << 8 | std::uint32_t{raw[2]} << 16 | std::uint32_t{raw[3]} << 24;
}

byte_vector counting_frame(std::size_t size, std::uint8_t first) {
  byte_vector frame{first, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0x52, 0x54, 0x00, 0x12, 0x34, 0x56, 0x88, 0xB5};
  for (std::size_t i = frame.size(); i < size; ++i) frame.push_back(static_cast<std::uint8_t>(i * 7 + size));
  frame.resize(size);
  return frame;
}

byte_vector with_fcs(byte_vector frame) {
  const uLong crc = crc32(0L, frame.data(), static_cast<uInt>(frame.size()));
  for (unsigned i = 0; i < 4; ++i) frame.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  return frame;
}

byte_vector padded_with_fcs(byte_vector frame) {
  if (frame.size() < 60) frame.resize(60);
  return with_fcs(std::move(frame));
}

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// The contract bench with a transmit ring: what a driver does with it and what a card makes of it.
//
// Owned by a test of FS 9.
#pragma once

#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract::sending {

// CMD and DCMD bits of bytes 8..15 (FS 9.1).
inline constexpr std::uint64_t eop = 1ULL << 24, tse = 1ULL << 26, rs = 1ULL << 27, dext = 1ULL << 29, ide = 1ULL << 31;
inline constexpr std::uint64_t data_type = dext | 1ULL << 20;
inline constexpr std::uint64_t txsm = 2ULL << 40;
inline constexpr std::uint32_t enable = 2;

class transmit_bench : public contract_bench {
 public:
  static constexpr std::uint64_t tx_base = 0x30'0000;
  static constexpr std::uint64_t first_tx_buffer = 0x40'0000;

  static config judged() {
    config setup = cut_short();
    setup.off.reset(static_cast<std::size_t>(rule::T_60));
    return setup;
  }

  explicit transmit_bench(std::uint32_t descriptors = 8) : contract_bench(judged()) {
    write(reg::TDBAL, tx_base);
    write(reg::TDBAH, 0);
    write(reg::TDLEN, descriptors * 16);
    write(reg::TDH, 0);
    write(reg::TDT, 0);
    write(reg::TCTL, enable);
    settle();
  }
  /// Past everything the bus may still have had for an older ring.
  void settle() { wait(200 * us); }

  static std::uint64_t at(std::uint32_t index) { return tx_base + index * 16ULL; }
  static std::uint64_t buffer_of(std::uint32_t index) { return first_tx_buffer + index * 0x1000ULL; }

  void put(std::uint32_t index, std::uint64_t command, std::uint64_t buffer, bool mapped = true) {
    const std::uint64_t bytes = command & 0xFFFF;
    if (mapped && bytes != 0 && buffer != 0) sw(stage::dma_map, 0, buffer, bytes);
    sw(stage::tx_desc_post, 0, at(index), buffer);
    sw(stage::tx_desc_command, 0, at(index), command);
    commands_[index] = command;
  }
  void put(std::uint32_t index, std::uint64_t command) { put(index, command, buffer_of(index)); }
  void ring(std::uint32_t tail) { write(reg::TDT, tail); }
  void load(std::uint32_t index) { bus(stage::tx_desc_load, 0, at(index), commands_[index]); }
  void read(std::uint32_t index, std::uint32_t from, std::uint32_t bytes) {
    bus(stage::tx_dma_read, 1, buffer_of(index) + from, bytes);
  }
  void head(std::uint32_t value) { nic(stage::reg_read, 0, reg::TDH, value); }
  void done(std::uint32_t index) { done(index, 1ULL << 32); }
  void done(std::uint32_t index, std::uint64_t status) { bus(stage::tx_desc_writeback, 1, at(index), status); }
  void seen(std::uint32_t index) { bus(stage::tx_dd_visible, 1, at(index), 1ULL << 32); }
  void unmap(std::uint32_t index, std::uint64_t bytes) { sw(stage::dma_unmap, 0, buffer_of(index), bytes); }
  void wire(frame_id frame = 1) { nic(stage::tx_wire_sof, frame); }
  /// One legacy packet of 100 bytes in one descriptor, from the doorbell to the interrupt.
  void send(std::uint32_t index, std::uint32_t next) {
    put(index, eop | rs | 100);
    ring(next);
    load(index);
    read(index, 0, 100);
    wire();
    done(index);
    seen(index);
    cause(icr::TXDW | icr::TXQE);
    unmap(index, 100);
  }

 private:
  std::uint64_t commands_[64] = {};
};

}  // namespace ringside::contract::sending

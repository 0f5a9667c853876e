// SPDX-License-Identifier: Apache-2.0
// A checker and the events of a well-behaved card and driver, written from the fact sheet.
//
// Each call plays one step of a legal run; tests leave a step out, double it or change it.  Times move by `step`
// between events, far enough for every judgement to settle.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "contract/checker.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

class contract_bench {
 public:
  static constexpr std::uint64_t ring_base = 0x10'0000;
  static constexpr std::uint64_t first_buffer = 0x20'0000;
  static constexpr std::uint64_t buffer_stride = 0x1000;
  static constexpr std::uint32_t buffer_bytes = 2048;
  static constexpr std::uint32_t rx_control = 0x0000'8002;  // EN | BAM, FS 10.2
  static constexpr std::uint32_t enabled_causes = 0x9D;     // I-8
  static constexpr std::uint8_t cpu = 0;

  /// Most sequences stop in the middle and take LSC or TXDW as any cause: what is then left undone (R-6, I-1, N-15) and
  /// the link (L-1, and T-60) are judged only in tests that ask for it with config{}.
  static config cut_short();

  explicit contract_bench(const config& setup = cut_short()) : watch(setup), setup_(setup) {}

  // ---- raw ----
  void emit(stage what, origin from, frame_id frame, std::uint64_t a, std::uint64_t b);
  /// Card events; INTx follows ICR & IMS two clocks later while `auto_intx`.
  void nic(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0);
  void bus(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    emit(what, origin::bus, frame, a, b);
  }
  void sw(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    emit(what, origin::cpu, frame, a, b);
  }
  void wait(sim_time t) { now += t; }
  void write(std::uint32_t offset, std::uint32_t value) { nic(stage::reg_write, 0, offset, value); }
  void read(std::uint32_t offset, std::uint32_t value) { nic(stage::reg_read, 0, offset, value); }

  /// A receive FIFO of so many KiB: PBA is in force with CTRL.RST (T-70).
  void divide_buffer(std::uint32_t kib) {
    write(reg::PBA, kib);
    nic(stage::nic_reset);
    wait(200 * us);
  }
  void no_fifo() { divide_buffer(0); }

  // ---- driver ----
  /// Ring registers as in FS 10.2, receiver on, IMS set.
  void open(std::uint32_t descriptors = 8, std::uint32_t control = rx_control);
  void post(std::uint32_t index) { post(index, buffer(index)); }
  void post(std::uint32_t index, std::uint64_t address);
  void map_and_post(std::uint32_t index);
  /// rdt_write of the CPU and reg_write at the card.
  void doorbell(std::uint32_t tail);
  /// Posts [0, n - 1) and rings with n - 1.
  void fill();
  void take(std::uint32_t index, std::uint64_t bits, frame_id frame = 0) {
    sw(stage::desc_take, frame, descriptor(index), bits);
  }
  /// hardirq, ICR read at the card and at the CPU, IMC, napi_schedule; INTx falls.
  void interrupt(std::uint32_t causes);
  /// napi_complete, IMS.
  void end_poll();

  // ---- card ----
  /// desc_load of each and desc_fetch of the burst.
  void fetch(std::uint32_t from, std::uint32_t count);
  void arrive(frame_id frame, std::uint32_t wire_bytes);
  void payload(frame_id frame, std::uint64_t address, std::uint32_t bytes);
  void done(frame_id frame) { bus(stage::dma_done, frame); }
  void write_back(frame_id frame, std::uint32_t index, std::uint64_t bits);
  void visible(frame_id frame, std::uint32_t index, std::uint64_t bits);
  void cause(std::uint32_t bits);
  /// A whole frame of one descriptor up to RXT0: arrive, payload, done, write-back, visible, cause.
  void receive(frame_id frame, std::uint32_t index, std::uint32_t wire_bytes = 64);

  std::uint64_t descriptor(std::uint32_t index) const { return ring_base + index * 16ULL; }
  std::uint64_t buffer(std::uint32_t index) const { return first_buffer + index * buffer_stride; }
  /// Bytes 8..15: DD | EOP | IXSM and a length.
  static std::uint64_t last_of(std::uint32_t length) { return 0x7ULL << 32 | length; }
  /// DD only.
  static std::uint64_t part_of(std::uint32_t length) { return 0x1ULL << 32 | length; }

  // ---- verdict ----
  /// Lets every pending judgement fall; the ids of what was broken, in order.  Another checker, which gets the same
  /// events in stretches, must say the same.
  std::vector<std::string> broken();
  std::string report();

  checker watch;
  bool auto_intx = true;
  std::vector<event>* recorder = nullptr;  // keeps the events instead of checking them
  sim_time now = 1 * us;
  sim_time step = 200 * ns;
  std::uint32_t count = 0;

 private:
  void expect_the_same_in_stretches(sim_time end) const;

  config setup_;
  std::vector<event> sent_;
  std::uint32_t icr_ = 0;
  std::uint32_t ims_ = 0;
  bool intx_ = false;
};

/// Exactly that rule, once.
#define EXPECT_ONLY(bench, id) EXPECT_EQ((bench).broken(), std::vector<std::string>{id}) << (bench).report()
#define EXPECT_LEGAL(bench) EXPECT_EQ((bench).broken(), std::vector<std::string>{}) << (bench).report()

}  // namespace ringside::contract

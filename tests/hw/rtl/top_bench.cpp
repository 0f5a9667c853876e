// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/rtl/top_bench.h"

#include <gtest/gtest.h>
#include <verilated.h>

#include <algorithm>

#include "Ve1000_top.h"
#include "hw/regs/e1000_regs.h"
#include "tests/hw/rtl/clocks.h"
#include "tests/hw/rtl/start_state.h"

namespace ringside::rtl_test {
namespace {
constexpr std::uint64_t never = ~0ULL;
constexpr unsigned space_memory = 1;
}  // namespace

top_bench::top_bench() : context_(std::make_unique<VerilatedContext>()) {
  start_at_random(*context_);
  dut_ = std::make_unique<Ve1000_top>(context_.get());
  // All pins that tick() does not drive: they are random as well.
  dut_->gmii_ce_i = 1;
  dut_->gmii_tx_ce_i = 1;
  dut_->gmii_rx_er_i = 0;
  dut_->link_up_i = 0;
  dut_->link_speed_i = 2;
  dut_->m66en_i = 0;
  dut_->tgt_req_valid_i = 0;
  dut_->mac_addr_i = mac;
  dut_->apme_i = 0;
  dut_->subsystem_i = 0x100E'8086;
  dut_->eeprom_do_i = 1;
  pci_reset();
}

top_bench::~top_bench() {
  dut_->final();
}

void top_bench::pci_reset() {
  dut_->rst_ni = 0;
  for (int i = 0; i < 4; ++i) tick();
  dut_->rst_ni = 1;
  write_queue_.clear();
  for (auto& queue : responses_) queue.clear();
  held_req_ = held_wdata_ = in_burst_ = false;
  beat_ = 0;
  tick();
}

// ---- time -----------------------------------------------------------------------------------------------

unsigned top_bench::random(unsigned salt) const {
  std::uint64_t x = now_ * 0x9E3779B97F4A7C15ULL + salt * 0xD1B54A32D192ED03ULL + 7;
  x ^= x >> 31;
  x *= 0xBF58476D1CE4E5B9ULL;
  return static_cast<unsigned>((x ^ (x >> 29)) % 100);
}

// The next cycle in which an input is driven or a deadline falls.
std::uint64_t top_bench::idle_until() const {
  std::uint64_t next = dut_->next_deadline_o;
  if (!wire_.empty()) next = std::min(next, wire_.front().time);
  if (!frozen)
    for (const auto& queue : responses_)
      if (!queue.empty()) next = std::min(next, std::max(queue.front().due, now_));
  return next;
}

void top_bench::tick() {
  drive();
  dut_->now_i = now_;
  set_clocks(*dut_, 0);  // Verilator samples for assertions before it evaluates inputs: let them settle first
  dut_->eval();
  auto& m = *dut_;
  const bool all = !skipping_ || !m.rst_ni;
  const unsigned side_pins = side_pins_now();
  m.clk_csr_i = all || m.clk_req_csr_o || m.tgt_req_valid_i || side_pins != side_pins_;
  m.clk_rx_frame_i = all || m.clk_req_rx_frame_o;
  m.clk_rx_mac_i = all || m.clk_req_rx_mac_o || m.gmii_rx_dv_i || burst_;
  m.clk_rx_fifo_i = all || m.clk_req_rx_fifo_o;
  m.clk_rx_dma_i = all || m.clk_req_rx_dma_o;
  m.clk_rx_desc_i = all || m.clk_req_rx_desc_o;
  m.clk_mst_i = all || m.clk_req_mst_o || m.mst_rsp_valid_i;
  m.clk_irq_i = all || m.clk_req_irq_o || m.now_i >= m.next_deadline_o;
  m.clk_tx_desc_i = all || m.clk_req_tx_desc_o;
  m.clk_tx_dma_i = all || m.clk_req_tx_dma_o;
  m.clk_tx_mac_i = all || m.clk_req_tx_mac_o;
  burst_ = m.gmii_rx_dv_i;
  side_pins_ = side_pins;
  dut_->eval();
  ++edges_;
  sample();
  const auto time = static_cast<sim_time>(now_) * 8 * ns;
  if (m.eeprom_moved_o || eeprom_pins_.waiting()) eeprom_pins_.follow(m, time);
  ++now_;
}

void top_bench::run(std::uint64_t cycles) {
  const std::uint64_t end = now_ + cycles;
  while (now_ < end) {
    if (skipping_ && asks_no_clock() && quiet_pins()) now_ = std::min(end - 1, std::max(now_, idle_until()));
    tick();
  }
}

bool top_bench::run_until(const std::function<bool()>& done, std::uint64_t limit) {
  for (std::uint64_t i = 0; i < limit; ++i) {
    if (done()) return true;
    tick();
  }
  return done();
}

// ---- registers --------------------------------------------------------------------------------------------

std::uint32_t top_bench::access(unsigned space, bool write, std::uint32_t addr, std::uint32_t value,
                                unsigned byte_enables) {
  dut_->tgt_req_valid_i = 1;
  dut_->tgt_space_i = static_cast<CData>(space & 3);
  dut_->tgt_write_i = write;
  dut_->tgt_addr_i = addr & 0x1FFFF;
  dut_->tgt_be_i = static_cast<CData>(byte_enables & 0xF);
  dut_->tgt_wdata_i = value;
  for (bool taken = false; !taken;) {
    taken = dut_->tgt_req_ready_o;
    tick();
  }
  dut_->tgt_req_valid_i = 0;
  for (int i = 0; i < 16; ++i) {
    if (dut_->tgt_rsp_valid_o) return dut_->tgt_rsp_rdata_o;
    tick();
  }
  ADD_FAILURE() << "no response on the target side";
  return 0;
}

std::uint32_t top_bench::read(std::uint32_t offset) {
  return access(space_memory, false, offset, 0, 0xF);
}
void top_bench::write(std::uint32_t offset, std::uint32_t value, unsigned byte_enables) {
  access(space_memory, true, offset, value, byte_enables);
}
void top_bench::write_config(std::uint32_t offset, std::uint32_t value, unsigned byte_enables) {
  access(0, true, offset, value, byte_enables);
}
void top_bench::write_io(std::uint32_t offset, std::uint32_t value, unsigned byte_enables) {
  access(2, true, offset, value, byte_enables);
}

// ---- set-up ------------------------------------------------------------------------------------------------

void top_bench::bring_up() {
  write_config(0x04, 0x0007);
  set_link(true);
  write(reg::CTRL, read(reg::CTRL) | ctrl::SLU);
  run(10);
  read(reg::ICR);
}

void top_bench::set_ring(std::uint64_t base, unsigned descriptors) {
  ring_ = base;
  write(reg::RDLEN, descriptors * 16);
  write(reg::RDBAH, static_cast<std::uint32_t>(base >> 32));
  write(reg::RDBAL, static_cast<std::uint32_t>(base));
  write(reg::RDT, 0);
  write(reg::RDH, 0);
}

void top_bench::set_tx_ring(std::uint64_t base, unsigned descriptors) {
  tx_ring_ = base;
  write(reg::TDLEN, descriptors * 16);
  write(reg::TDBAH, static_cast<std::uint32_t>(base >> 32));
  write(reg::TDBAL, static_cast<std::uint32_t>(base));
  write(reg::TDT, 0);
  write(reg::TDH, 0);
}

void top_bench::put_tx(unsigned index, std::uint64_t low, std::uint64_t high) {
  poke_qword(tx_ring_ + 16ULL * index, low);
  poke_qword(tx_ring_ + 16ULL * index + 8, high);
}

void top_bench::post(unsigned index, std::uint64_t buffer) {
  poke_qword(ring_ + 16ULL * index, buffer);
  poke_qword(ring_ + 16ULL * index + 8, 0);
}

void top_bench::fill_ring(unsigned descriptors, std::uint64_t first_buffer, unsigned stride) {
  for (unsigned i = 0; i < descriptors; ++i) post(i, first_buffer + std::uint64_t{stride} * i);
}

void top_bench::send(const std::vector<std::uint8_t>& frame, unsigned gap) {
  std::uint64_t at = wire_.empty() ? now_ : wire_.back().time + 1;
  at += gap;
  for (int i = 0; i < 7; ++i) wire_.push_back({at++, 0x55});
  wire_.push_back({at++, 0xD5});
  for (const std::uint8_t byte : frame) wire_.push_back({at++, byte});
}

void top_bench::set_link(bool up, unsigned speed) {
  dut_->link_up_i = up;
  dut_->link_speed_i = static_cast<CData>(speed & 3);
}
void top_bench::set_m66en(bool on) {
  dut_->m66en_i = on;
}

// ---- memory --------------------------------------------------------------------------------------------------

std::uint8_t top_bench::byte_at(std::uint64_t addr) const {
  const auto page = pages_.find(addr >> 12);
  return page == pages_.end() ? 0xEE : page->second[addr & 0xFFF];
}

void top_bench::poke(std::uint64_t addr, std::uint8_t value) {
  auto [page, fresh] = pages_.try_emplace(addr >> 12);
  if (fresh) page->second.fill(0xEE);  // what nobody wrote is recognisable
  page->second[addr & 0xFFF] = value;
}

std::vector<std::uint8_t> top_bench::bytes_at(std::uint64_t addr, std::size_t count) const {
  std::vector<std::uint8_t> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = byte_at(addr + i);
  return out;
}

std::uint64_t top_bench::qword_at(std::uint64_t addr) const {
  std::uint64_t value = 0;
  for (unsigned i = 8; i-- > 0;) value = value << 8 | byte_at(addr + i);
  return value;
}

void top_bench::poke_qword(std::uint64_t addr, std::uint64_t value) {
  for (unsigned i = 0; i < 8; ++i) poke(addr + i, static_cast<std::uint8_t>(value >> (8 * i)));
}

top_bench::descriptor top_bench::descriptor_at(unsigned index) const {
  const std::uint64_t hi = qword_at(ring_ + 16ULL * index + 8);
  return {qword_at(ring_ + 16ULL * index),      static_cast<std::uint16_t>(hi),
          static_cast<std::uint16_t>(hi >> 16), static_cast<std::uint8_t>(hi >> 32),
          static_cast<std::uint8_t>(hi >> 40),  static_cast<std::uint16_t>(hi >> 48)};
}

// ---- observation -----------------------------------------------------------------------------------------------

bool top_bench::intx() const {
  return dut_->intx_o;
}
bool top_bench::asks_no_clock() const {
  return !(dut_->clk_req_csr_o || dut_->clk_req_rx_frame_o || dut_->clk_req_rx_mac_o || dut_->clk_req_rx_fifo_o ||
           dut_->clk_req_rx_dma_o || dut_->clk_req_rx_desc_o || dut_->clk_req_mst_o || dut_->clk_req_irq_o ||
           dut_->clk_req_tx_desc_o || dut_->clk_req_tx_dma_o || dut_->clk_req_tx_mac_o);
}
bool top_bench::quiet_pins() const {
  return !burst_ && side_pins_ == side_pins_now();
}
unsigned top_bench::side_pins_now() const {
  return unsigned{dut_->link_up_i} | unsigned{dut_->link_speed_i} << 1U | unsigned{dut_->m66en_i} << 3U;
}
void top_bench::allow_skipping(bool on) {
  skipping_ = on;
  context_->assertOn(!on);  // they look from edge to edge of one clock at registers of several
}
std::uint64_t top_bench::next_deadline() const {
  return dut_->next_deadline_o;
}

std::size_t top_bench::outstanding() const {
  return static_cast<std::size_t>(
      std::count_if(log.begin(), log.end(), [](const bus_op& op) { return op.completed == 0; }));
}

std::vector<bus_op> top_bench::ops(kind what) const {
  std::vector<bus_op> out;
  std::copy_if(log.begin(), log.end(), std::back_inserter(out), [what](const bus_op& op) { return op.what == what; });
  return out;
}

void top_bench::mix(std::uint64_t value) {
  hash_ = (hash_ ^ value) * 0x100000001B3ULL + (hash_ >> 29);
}

}  // namespace ringside::rtl_test

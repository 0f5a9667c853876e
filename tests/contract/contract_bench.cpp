// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/contract_bench.h"

#include <algorithm>

#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

config contract_bench::cut_short() {
  config setup;
  for (const rule which : {rule::R_6, rule::I_1, rule::L_1, rule::N_15, rule::T_60})
    setup.off.set(static_cast<std::size_t>(which));
  return setup;
}

void contract_bench::emit(stage what, origin from, frame_id frame, std::uint64_t a, std::uint64_t b) {
  now += step;
  event e;
  e.time = now;
  e.frame = frame;
  e.a = a;
  e.b = b;
  e.what = what;
  e.from = from;
  if (recorder != nullptr) {
    recorder->push_back(e);
  } else {
    watch.on_event(e);
    sent_.push_back(e);
  }
}

void contract_bench::nic(stage what, frame_id frame, std::uint64_t a, std::uint64_t b) {
  emit(what, origin::nic, frame, a, b);
  if (!auto_intx) return;
  const auto value = static_cast<std::uint32_t>(b);
  if (what == stage::cause_set) icr_ |= static_cast<std::uint32_t>(a);
  if (what == stage::reg_read && a == reg::ICR) icr_ = 0;
  if (what == stage::reg_write && a == reg::IMS) ims_ |= value;
  if (what == stage::reg_write && a == reg::IMC) ims_ &= ~value;
  if (what == stage::nic_reset) icr_ = ims_ = 0;
  const bool level = (icr_ & ims_) != 0;
  if (level == intx_) return;
  intx_ = level;
  const sim_time usual = step;
  step = 16 * ns;
  emit(level ? stage::intx_assert : stage::intx_deassert, origin::nic, 0, 0, 0);
  step = usual;
}

void contract_bench::open(std::uint32_t descriptors, std::uint32_t control) {
  count = descriptors;
  write(reg::RDTR, 0);
  write(reg::RDLEN, descriptors * 16);
  write(reg::RDBAH, 0);
  write(reg::RDBAL, ring_base);
  write(reg::RDT, 0);
  write(reg::RDH, 0);
  write(reg::RXCSUM, rxcsum::TUOFL);
  write(reg::RCTL, control);
  sw(stage::ims_write, 0, enabled_causes);
  write(reg::IMS, enabled_causes);
}

void contract_bench::post(std::uint32_t index, std::uint64_t address) {
  sw(stage::desc_post, 0, descriptor(index), address);
}

void contract_bench::map_and_post(std::uint32_t index) {
  sw(stage::dma_map, 0, buffer(index), buffer_bytes);
  post(index);
}

void contract_bench::doorbell(std::uint32_t tail) {
  sw(stage::rdt_write, 0, tail);
  write(reg::RDT, tail);
}

void contract_bench::fill() {
  for (std::uint32_t i = 0; i + 1 < count; ++i) post(i);
  doorbell(count - 1);
}

void contract_bench::interrupt(std::uint32_t causes) {
  sw(stage::hardirq_enter);
  read(reg::ICR, causes);
  sw(stage::icr_read, 0, causes);
  sw(stage::imc_write, 0, ~0U);
  write(reg::IMC, ~0U);
  sw(stage::napi_schedule);
  sw(stage::hardirq_exit);
  sw(stage::napi_poll, 0, 64);
}

void contract_bench::end_poll() {
  sw(stage::napi_complete);
  sw(stage::ims_write, 0, enabled_causes);
  write(reg::IMS, enabled_causes);
}

void contract_bench::fetch(std::uint32_t from, std::uint32_t descriptors) {
  for (std::uint32_t i = from; i < from + descriptors; ++i) bus(stage::desc_load, 0, descriptor(i), buffer(i));
  bus(stage::desc_fetch, 0, descriptor(from), descriptors * 16ULL);
}

void contract_bench::arrive(frame_id frame, std::uint32_t wire_bytes) {
  nic(stage::wire_sof, frame, wire_bytes);
  nic(stage::filter_accept, frame);
  nic(stage::wire_eof, frame, wire_bytes);
  nic(stage::fifo_commit, frame);
}

void contract_bench::payload(frame_id frame, std::uint64_t address, std::uint32_t bytes) {
  bus(stage::dma_start, frame, address, bytes);
  bus(stage::dma_write, frame, address, bytes);
}

void contract_bench::write_back(frame_id frame, std::uint32_t index, std::uint64_t bits) {
  bus(stage::desc_writeback, frame, descriptor(index), bits);
}

void contract_bench::visible(frame_id frame, std::uint32_t index, std::uint64_t bits) {
  bus(stage::dd_visible, frame, descriptor(index), bits);
}

void contract_bench::cause(std::uint32_t bits) {
  nic(stage::cause_set, 0, bits);
}

void contract_bench::receive(frame_id frame, std::uint32_t index, std::uint32_t wire_bytes) {
  arrive(frame, wire_bytes);
  payload(frame, buffer(index), wire_bytes);
  done(frame);
  write_back(frame, index, last_of(wire_bytes));
  visible(frame, index, last_of(wire_bytes));
  cause(icr::RXT0);
}

std::vector<std::string> contract_bench::broken() {
  const sim_time end = now + 1 * second;
  watch.finish(end);
  expect_the_same_in_stretches(end);
  std::vector<std::string> ids;
  for (const breach& b : watch.breaches()) ids.emplace_back(info(b.broken).id);
  return ids;
}

void contract_bench::expect_the_same_in_stretches(sim_time end) const {
  for (const std::size_t length : {std::size_t{7}, sent_.size()}) {
    checker other(setup_);
    for (std::size_t from = 0; from < sent_.size(); from += length) {
      // A stretch is gone when it has been heard.
      const std::vector<event> copy(sent_.begin() + static_cast<std::ptrdiff_t>(from),
                                    sent_.begin() + static_cast<std::ptrdiff_t>(std::min(from + length, sent_.size())));
      std::vector<const event*> records;
      records.reserve(copy.size());
      for (const event& e : copy) records.push_back(&e);
      other.on_events(event_stretch(records));
    }
    other.finish(end);
    ASSERT_EQ(other.breach_count(), watch.breach_count());
    for (std::size_t i = 0; i < watch.breaches().size(); ++i)
      EXPECT_EQ(other.breaches()[i].describe(), watch.breaches()[i].describe());
  }
}

std::string contract_bench::report() {
  std::string text;
  for (const breach& b : watch.breaches()) text += b.describe() + "\n";
  return text;
}

}  // namespace ringside::contract

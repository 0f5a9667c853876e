// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/tlm/scheduler/ring_task.h"

#include <cstring>
#include <utility>

namespace ringside::test {
namespace {
constexpr std::uint32_t command_register = 0x04;
constexpr std::uint32_t command_io_memory_master = 0x7;  // PCI 2.3 section 6.2.2
constexpr std::uint32_t bar0_register = 0x10;
constexpr std::uint32_t refill_batch = 8;
}  // namespace

void ring_task::post(std::uint32_t index) {
  std::uint64_t words[2] = {buffer(index), 0};
  host_.sync();
  std::memcpy(dma_.data() + base_ + std::uint64_t{index} * descriptor_bytes, words, sizeof words);
}

void ring_task::set_up() {
  host_.config_write32(device_, command_register, command_io_memory_master);
  bar0_ = host_.config_read32(device_, bar0_register) & ~0xFU;
  for (std::uint32_t i = 0; i < descriptors; ++i) post(i);
  write(reg::CTRL, ctrl::SLU);
  write(reg::RDLEN, descriptors * descriptor_bytes);
  write(reg::RDBAH, 0);
  write(reg::RDBAL, static_cast<std::uint32_t>(base_));
  write(reg::RDH, 0);
  write(reg::RCTL, rctl::EN | rctl::UPE | rctl::MPE | rctl::BAM);
  write(reg::RDT, descriptors - 1);
  write(reg::IMS, icr::RXT0 | icr::RXDMT0 | icr::RXO);
  host_.mmio_read32(bar0_ + reg::STATUS);
}

bool ring_task::has_next() {
  host_.consume(kernel::cost::descriptor_check);
  host_.sync();
  const auto status = dma_[base_ + std::uint64_t{next_} * descriptor_bytes + 12];
  return (std::to_integer<std::uint8_t>(status) & rxd_status::DD) != 0;
}

bool ring_task::take() {
  if (!has_next()) return false;
  const std::byte* descriptor = dma_.data() + base_ + std::uint64_t{next_} * descriptor_bytes;
  std::uint64_t words[2];
  std::memcpy(words, descriptor, sizeof words);
  const auto status = static_cast<std::uint8_t>(words[1] >> 32);
  const auto length = static_cast<std::size_t>(words[1] & 0xFFFF);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(dma_.data() + words[0]);
  frame_.insert(frame_.end(), bytes, bytes + length);
  host_.consume(kernel::cost::copy_per_byte, length);
  if ((status & rxd_status::EOP) != 0) {
    host_.emit(stage::skb_build, 0, frame_.size(), device_);
    frames_.push_back(std::move(frame_));
    frame_.clear();
  }
  post(next_);
  next_ = (next_ + 1) % descriptors;
  if (++returned_ == refill_batch) {
    returned_ = 0;
    write(reg::RDT, (next_ + descriptors - 1) % descriptors);
  }
  return true;
}

void ring_task::receive(std::uint64_t frames) {
  task_ = host_.current_task();
  while (frames_.size() < frames) {
    if (take()) continue;
    host_.prepare_to_sleep();
    if (!raised_) host_.schedule();
    host_.finish_sleep();
    host_.sync();
    if (std::exchange(raised_, false)) after_interrupt();
  }
  host_.sync();
  done_ = true;
}

// The first look at the ring after an interrupt; told as desc_take {a = device, b = 1 when DD was there}.
void ring_task::after_interrupt() {
  const bool seen = has_next();
  host_.emit(stage::desc_take, 0, device_, seen ? 1 : 0);
  if (read_icr_) return;
  host_.mmio_read32(bar0_ + reg::ICR);
  host_.unmask_irq(device_);
}

void ring_task::interrupt() {
  ++interrupts_;
  if (read_icr_)
    host_.emit(stage::icr_read, 0, host_.mmio_read32(bar0_ + reg::ICR));
  else
    host_.mask_irq(device_);
  raised_ = true;
  if (task_ != 0) host_.wake(task_);
}

}  // namespace ringside::test

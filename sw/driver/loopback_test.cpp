// SPDX-License-Identifier: Apache-2.0
#include "sw/driver/loopback_test.h"

#include <array>
#include <cstring>

#include "sw/driver/tx_descriptor.h"
#include "sw/kernel/delay.h"

namespace ringside::driver {
namespace {

// Codes of e1000_setup_desc_rings and e1000_run_loopback_test.
constexpr std::uint32_t no_tx_ring = 2;
constexpr std::uint32_t no_tx_buffer = 3;
constexpr std::uint32_t no_rx_ring = 6;
constexpr std::uint32_t no_rx_buffer = 7;
constexpr std::uint32_t frames_lost = 13;
constexpr std::uint32_t too_slow = 14;

constexpr std::uint64_t patience_jiffies = 20;
constexpr std::uint64_t in_time_jiffies = 2;
constexpr std::uint32_t running_tctl = tctl::PSP | tctl::EN | 15U << tctl::CT_SHIFT | 63U << tctl::COLD_SHIFT;

}  // namespace

loopback_test::loopback_test(kernel::kernel& k, stack::frame_numbers& numbers, registers& regs, link& wire)
    : kernel_(k), host_(k.machine()), numbers_(numbers), regs_(regs), link_(wire) {}

loopback_test::~loopback_test() {
  for (const kernel::bus_address buffer : tx_buffers_) {
    kernel_.dma().unmap_single(buffer, frame_bytes, kernel::dma_direction::to_device);
    kernel_.memory().free(buffer);
  }
  for (const kernel::bus_address buffer : rx_buffers_) {
    kernel_.dma().unmap_single(buffer, receive_bytes, kernel::dma_direction::from_device);
    kernel_.memory().free(buffer);
  }
  kernel_.dma().free_coherent(tx_ring_);
  kernel_.dma().free_coherent(rx_ring_);
}

// No descriptor asks for a write-back, and each is used again as it is: what counts is what comes back.  So the
// checker hears of none (T-40, S-18).
std::uint32_t loopback_test::set_up_transmit() {
  host_.sync_software();
  tx_ring_ = kernel_.dma().alloc_coherent(descriptors * txd::bytes);
  if (tx_ring_ == 0) return no_tx_ring;
  regs_.write(reg::TDBAL, static_cast<std::uint32_t>(tx_ring_));
  regs_.write(reg::TDBAH, static_cast<std::uint32_t>(tx_ring_ >> 32));
  regs_.write(reg::TDLEN, descriptors * txd::bytes);
  regs_.write(reg::TDH, 0);
  regs_.write(reg::TDT, 0);
  regs_.write(reg::TCTL, running_tctl);
  for (std::uint32_t i = 0; i < descriptors; ++i) {
    host_.sync_software();
    const kernel::bus_address buffer = kernel_.memory().alloc(frame_bytes);
    if (buffer == 0) return no_tx_buffer;
    std::memset(kernel_.memory().at(buffer), 0, frame_bytes);
    tx_buffers_.push_back(kernel_.dma().map_single(buffer, frame_bytes, kernel::dma_direction::to_device));
    const tx_descriptor d = make_data(buffer, txd::EOP | txd::IFCS | txd::RPS | frame_bytes, 0);
    std::memcpy(kernel_.memory().at(tx_ring_ + std::size_t{i} * txd::bytes), &d, sizeof d);
  }
  return 0;
}

std::uint32_t loopback_test::set_up_receive() {
  host_.sync_software();
  rx_ring_ = kernel_.dma().alloc_coherent(descriptors * rxd::SIZE);
  if (rx_ring_ == 0) return no_rx_ring;
  std::memset(kernel_.memory().at(rx_ring_), 0, descriptors * rxd::SIZE);
  regs_.write(reg::RCTL, regs_.read(reg::RCTL) & ~rctl::EN);
  regs_.write(reg::RDBAL, static_cast<std::uint32_t>(rx_ring_));
  regs_.write(reg::RDBAH, static_cast<std::uint32_t>(rx_ring_ >> 32));
  regs_.write(reg::RDLEN, descriptors * rxd::SIZE);
  regs_.write(reg::RDH, 0);
  regs_.write(reg::RDT, 0);
  regs_.write(reg::RCTL, rctl::EN | rctl::BAM);
  for (std::uint32_t i = 0; i < descriptors; ++i) {
    host_.sync_software();
    const kernel::bus_address buffer = kernel_.memory().alloc(receive_bytes);
    if (buffer == 0) return no_rx_buffer;
    std::memset(kernel_.memory().at(buffer), 0, receive_bytes);
    rx_buffers_.push_back(kernel_.dma().map_single(buffer, receive_bytes, kernel::dma_direction::from_device));
    const std::uint64_t address = buffer;
    std::memcpy(kernel_.memory().at(rx_ring_ + std::size_t{i} * rxd::SIZE), &address, sizeof address);
    host_.emit(stage::desc_post, 0, rx_ring_ + std::uint64_t{i} * rxd::SIZE, address);
  }
  return 0;
}

// e1000_integrated_phy_loopback.  ILOS is set as Linux does, and means nothing (B-2).
void loopback_test::set_phy_loopback() {
  phy& transceiver = link_.transceiver();
  link_.autoneg = false;
  transceiver.write(phy_reg::M88_CTRL, 0x0808);  // crossover by hand
  transceiver.write(phy_reg::CTRL, 0x9140);      // ... from a reset on
  transceiver.write(phy_reg::CTRL, 0x8140);      // no autonegotiation
  regs_.read(reg::CTRL);
  transceiver.write(phy_reg::CTRL, 0x4140);  // 1000 Mb/s, loopback
  std::uint32_t control = regs_.read(reg::CTRL) & ~ctrl::SPEED;
  control |= ctrl::FRCSPD | ctrl::FRCDPX | 2U << ctrl::SPEED_SHIFT | ctrl::FD | ctrl::ILOS;
  regs_.write(reg::CTRL, control);
  // The PHY's receiver off: a cable must not start a negotiation.
  transceiver.write(phy_reg::PAGE, 0x001F);
  transceiver.write(phy_reg::PAGED, 0x8FFC);
  transceiver.write(phy_reg::PAGE, 0x001A);
  transceiver.write(phy_reg::PAGED, 0x8FF0);
  kernel::udelay(host_, 500 * us);
}

void loopback_test::clean_up() {
  regs_.write(reg::RCTL, regs_.read(reg::RCTL) & ~rctl::LBM);
  link_.autoneg = true;
  phy& transceiver = link_.transceiver();
  const auto control = transceiver.read(phy_reg::CTRL);
  if (!control.has_value() || (*control & phy_ctrl::LOOPBACK) == 0) return;
  transceiver.write(phy_reg::CTRL, static_cast<std::uint16_t>(*control & ~phy_ctrl::LOOPBACK));
  transceiver.reset();
}

// Only the first 64 buffers ever hold the pattern; the others of the ring go out as they are (FS 11.5 step 6).
void loopback_test::send_burst(std::uint32_t& next) {
  for (std::uint32_t i = 0; i < burst; ++i) {
    std::byte* const frame = kernel_.memory().at(tx_buffers_[i]);
    std::memset(frame, 0xFF, frame_bytes);
    std::memset(frame + frame_bytes / 2, 0xAA, frame_bytes / 2 - 1);
    frame[frame_bytes / 2 + 10] = std::byte{0xBE};
    frame[frame_bytes / 2 + 12] = std::byte{0xAF};
    host_.consume(kernel::cost::copy_per_byte, frame_bytes);
    kernel_.dma().sync_for_device(tx_buffers_[next], frame_bytes, kernel::dma_direction::to_device);
    sent_.push_back(numbers_.made(0, cause_kind::task));
    host_.mark_frame(tx_buffers_[next], frame_bytes, sent_.back());
    next = (next + 1) % descriptors;
  }
  host_.emit(stage::tdt_write, 0, next);
  regs_.write(reg::TDT, next);
  regs_.flush();
}

bool loopback_test::good(std::uint32_t index) {
  kernel_.dma().sync_for_cpu(rx_buffers_[index], receive_bytes, kernel::dma_direction::from_device);
  host_.consume(kernel::cost::descriptor_check);  // a line from memory
  host_.sync();
  const std::byte* const frame = kernel_.memory().at(rx_buffers_[index]);
  return frame[3] == std::byte{0xFF} && frame[frame_bytes / 2 + 10] == std::byte{0xBE} &&
         frame[frame_bytes / 2 + 12] == std::byte{0xAF};
}

std::uint32_t loopback_test::exchange() {
  host_.emit(stage::rdt_write, 0, descriptors - 1);
  regs_.write(reg::RDT, descriptors - 1);
  constexpr std::uint32_t rounds = descriptors / burst * 2 + 2;
  std::uint32_t sent = 0;
  std::uint32_t seen = 0;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    send_burst(sent);
    kernel_.clock().msleep(200 * ms);
    const std::uint64_t begin = kernel_.clock().jiffies();
    std::uint32_t good_frames = 0;
    do {
      if (good(seen)) ++good_frames;
      seen = (seen + 1) % descriptors;
    } while (good_frames < burst && kernel_.clock().jiffies() < begin + patience_jiffies);
    if (good_frames != burst) return frames_lost;
    if (kernel_.clock().jiffies() >= begin + in_time_jiffies) return too_slow;
  }
  return 0;
}

// Frames of the test go no further: those that were sent, and what came back of them into memory.  The rest is the
// card's to account for.
void loopback_test::end_frames() {
  host_.sync();
  for (const frame_id frame : sent_) host_.emit(stage::skb_consume, frame);
  for (std::uint32_t i = 0; i < descriptors; ++i) {
    host_.mark_frame(tx_buffers_[i], frame_bytes, 0);
    constexpr std::size_t status_at = 12;
    const std::byte status = *kernel_.memory().at(rx_ring_ + std::size_t{i} * rxd::SIZE + status_at);
    if ((std::to_integer<unsigned>(status) & rxd_status::DD) != 0)
      host_.emit(stage::skb_consume, host_.frame_at(rx_buffers_[i]));
  }
}

std::uint32_t loopback_test::run() {
  std::uint32_t result = set_up_transmit();
  if (result == 0) result = set_up_receive();
  if (result != 0) return result;
  set_phy_loopback();
  result = exchange();
  end_frames();
  clean_up();
  return result;
}

}  // namespace ringside::driver

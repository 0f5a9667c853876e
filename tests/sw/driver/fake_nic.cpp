// SPDX-License-Identifier: Apache-2.0
#include "tests/sw/driver/fake_nic.h"

#include <algorithm>
#include <cstring>

namespace ringside::test {
namespace {
// Offsets and bits typed from the fact sheet, not taken from the generated header: an independent reading.
constexpr std::uint32_t ctrl = 0x0000, status = 0x0008, icr_offset = 0x00C0, ics = 0x00C8, ims_offset = 0x00D0,
                        imc = 0x00D8;
constexpr std::uint32_t rctl = 0x0100, rdbal = 0x2800, rdlen = 0x2808, rdh = 0x2810, rdt = 0x2818;
constexpr std::uint32_t eecd = 0x0010, mdic = 0x0020, tctl = 0x0400, tdbal = 0x3800, tdlen = 0x3808, tdh = 0x3810,
                        tdt = 0x3818;
constexpr std::uint32_t ral0 = 0x5400, rah0 = 0x5404, pba = 0x1000;
constexpr std::uint32_t fcah = 0x002C, fct = 0x0030, vet = 0x0038, fcttv = 0x0170, fcrtl = 0x2160, fcrth = 0x2168;
constexpr std::uint32_t rdtr = 0x2820, tidv = 0x3820, tipg = 0x0410, rah_end = 0x5480;
constexpr std::uint32_t ctrl_rst = 1U << 26;
constexpr std::uint32_t rctl_en = 2;
constexpr std::uint32_t rxt0 = 0x80;
/// Bits that hold what was written (FS 2.5, FS 2.6, FS 11.2); all where the sheet says nothing else.
std::uint32_t storage(std::uint32_t offset) {
  switch (offset) {
    case fcah:
    case fct:
    case vet:
    case fcttv:
    case rdh:
    case rdtr:
    case tidv:
      return 0x0000FFFF;
    case fcrtl:
      return 0x8000FFF8;
    case fcrth:
      return 0x0000FFF8;
    case rctl:
      return 0x06DFB3FE;
    case tipg:
      return 0x3FFFFFFF;
    case rdlen:
    case tdlen:
      return 0x000FFF80;
    case rdbal:
    case tdbal:
      return 0xFFFFFFF0;
    default:
      return offset >= rah0 && offset < rah_end && offset % 8 == 4 ? 0x8003FFFF : 0xFFFFFFFF;
  }
}
}  // namespace

fake_nic::fake_nic(fake_host& machine, kernel::irq_line line) : host_(machine), line_(line) {
  machine.connect(*this);
  reset();
  resets = 0;
}

void fake_nic::reset() {
  ++resets;
  const std::uint32_t kept_pba = registers.contains(pba) ? registers[pba] : 0x30;
  registers.clear();
  registers[pba] = kept_pba;
  registers[ctrl] = 0x0A01;
  registers[status] = 0x0383;
  registers[ral0] = 0x12005452;  // 52:54:00:12:34:56
  registers[rah0] = 0x80005634;
  registers[0x5820] = 0x00222300;
  icr = 0;
  ims = 0;
  if (!phy.link) registers[status] &= ~2U;
  if (half_duplex) registers[status] &= ~1U;
  under_way_ = {};
  next_descriptor_ = 0;
  unfinished_.clear();
  taken_.clear();
  lost_in_reset += fifo_.size();
  fifo_.clear();
  update_line();
}

void fake_nic::update_line() {
  host_.set_line(line_, (icr & (ims | ignores_mask)) != 0);
}

void fake_nic::set_cause(std::uint32_t bits) {
  icr |= bits;
  update_line();
}

std::vector<std::uint32_t> fake_nic::values_written(std::uint32_t offset) const {
  std::vector<std::uint32_t> result;
  for (const write_record& w : writes)
    if (w.offset == offset) result.push_back(w.value);
  return result;
}

std::uint32_t fake_nic::read_register(std::uint32_t offset) {
  reads.push_back(offset);
  switch (offset) {
    case icr_offset: {  // I-2: clears all
      const std::uint32_t value = icr;
      icr = 0;
      update_line();
      return value;
    }
    case ims_offset:
      return ims;
    case eecd:
      return eeprom.read_pins();
    case imc:
      return 0;
    default:
      break;
  }
  if (offset >= 0x4000 && offset < 0x4100) {  // statistics clear on read
    const auto found = registers.find(offset);
    if (found == registers.end()) return 0;
    const std::uint32_t value = found->second;
    registers.erase(found);
    return value;
  }
  const auto found = registers.find(offset);
  if (found == registers.end()) return 0;
  return stuck.contains(offset) ? found->second & ~stuck.at(offset) : found->second;
}

void fake_nic::write_register(std::uint32_t offset, std::uint32_t value, bool through_io) {
  writes.push_back({host_.now(), offset, value, through_io});
  switch (offset) {
    case ctrl:
      if ((value & ctrl_rst) != 0) {
        reset();
        return;
      }
      registers[offset] = value;
      return;
    case status:
      return;
    case icr_offset:
      icr &= ~value;
      break;
    case ics:
      if (ics_works) icr |= value & 0x1FFFF;
      break;
    case eecd:
      eeprom.write_pins(value);
      return;
    case mdic:
      registers[offset] = phy.access(value);
      return;
    case tdh:
      registers[offset] = next_descriptor_ = value & 0xFFFF;
      return;
    case tdt:
    case tctl:
      registers[offset] = offset == tdt ? value & 0xFFFF : value & 0x033FFFFA;
      take_descriptors();
      return;
    case ims_offset:
      ims |= value & 0x1FFFF;
      break;
    case imc:
      ims &= ~value;
      break;
    case rdt:
      if (on_tail) on_tail(value);
      registers[offset] = value & 0xFFFF;
      drain_fifo();
      return;
    default:
      registers[offset] = value & storage(offset);
      return;
  }
  update_line();
}

std::uint32_t fake_nic::mmio_read(kernel::bus_address address) {
  return (command & 2) != 0 ? read_register(static_cast<std::uint32_t>(address - bar0)) : 0xFFFFFFFF;
}
void fake_nic::mmio_write(kernel::bus_address address, std::uint32_t value) {
  if ((command & 2) != 0) write_register(static_cast<std::uint32_t>(address - bar0), value, false);
}
std::uint32_t fake_nic::io_read(std::uint32_t port) {
  return port == io_base ? io_address_ : read_register(io_address_);
}
void fake_nic::io_write(std::uint32_t port, std::uint32_t value) {
  if ((command & 1) == 0) return;
  if (port == io_base) io_address_ = value;
  if (port == io_base + 4) write_register(io_address_, value, true);
}

std::uint32_t fake_nic::config_read(unsigned device, std::uint32_t offset) {
  if (device != device_number) return 0xFFFFFFFF;
  switch (offset) {
    case 0x00:
      return id;
    case 0x04:
      return 0x02300000 | command;
    case 0x10:
      return static_cast<std::uint32_t>(bar0);
    case 0x18:
      return io_bar;
    default:
      return 0;
  }
}

void fake_nic::config_write(unsigned device, std::uint32_t offset, std::uint32_t value) {
  if (device == device_number && offset == 0x04) command = value & 0xFFFF;
}

void fake_nic::set_link(bool up) {
  phy.link = up;
  if (up) {
    registers[status] |= 2;
  } else {
    registers[status] &= ~2U;
  }
  set_cause(4);
}

// ---- Transmit ----

void fake_nic::take_descriptors() {
  if (!registers.contains(tctl) || (registers[tctl] & 2) == 0 || registers[tdlen] == 0) return;
  while (next_descriptor_ != registers[tdt] && next_descriptor_ < registers[tdlen] / 16) take_one();
  if (!hold_transmit) finish(unfinished_.size());
}

void fake_nic::take_one() {
  if ((command & 4) == 0) ++dma_faults;
  const std::span<std::byte> memory = host_.memory();
  std::array<std::uint64_t, 2> words{};
  std::memcpy(words.data(), memory.data() + registers[tdbal] + std::size_t{16} * next_descriptor_, 16);
  taken_.push_back(next_descriptor_);
  next_descriptor_ = (next_descriptor_ + 1) % (registers[tdlen] / 16);
  under_way_.descriptors.push_back(words);
  const auto low = static_cast<std::uint32_t>(words[1]);
  const bool extended = (low & 1U << 29) != 0;
  if (extended && (low >> 20 & 0xF) == 0) return;  // context
  const std::uint32_t length = low & (extended ? 0xFFFFFU : 0xFFFFU);
  const auto* from = reinterpret_cast<const std::uint8_t*>(memory.data() + words[0]);
  under_way_.bytes.insert(under_way_.bytes.end(), from, from + length);
  if (under_way_.frame == 0) under_way_.frame = host_.frame_at(words[0]);
  if ((low & 1U << 24) == 0) return;
  unfinished_.push_back(std::move(taken_));
  taken_.clear();
  loop_back(under_way_);
  sent.push_back(std::move(under_way_));
  under_way_ = {};
}

// DD only where RS asks for it: bytes 12 to 15, then the head, then the cause (T-42, T-44).
void fake_nic::finish(std::size_t packets) {
  for (; packets != 0 && !unfinished_.empty(); --packets) {
    bool written = false;
    for (const std::uint32_t index : unfinished_.front()) {
      std::byte* const at = host_.memory().data() + registers[tdbal] + std::size_t{16} * index;
      std::uint32_t low = 0;
      std::uint32_t high = 0;
      std::memcpy(&low, at + 8, 4);
      std::memcpy(&high, at + 12, 4);
      if ((low & 1U << 27) != 0) {
        high = (high & ~0xFU) | 1;
        std::memcpy(at + 12, &high, 4);
        written = true;
      }
      registers[tdh] = (index + 1) % (registers[tdlen] / 16);
    }
    unfinished_.pop_front();
    if (written && raise_txdw) set_cause(1);
  }
}

void fake_nic::loop_back(const sent_packet& packet) {
  if (!phy.loopback()) return;
  ++looped_;
  if (loopback_loses_from != 0 && looped_ >= loopback_loses_from) return;
  if (packet.bytes.front() != 0xFF) return;  // by its address: broadcasts alone are taken
  fake_frame f;
  f.bytes = packet.bytes;
  fifo_.push_back(std::move(f));
  drain_fifo();
}

// ---- Receive ----

std::uint32_t fake_nic::buffer_bytes() const {
  const std::uint32_t control = registers.at(rctl);
  const std::uint32_t size = 2048U >> ((control >> 16) & 3);
  return (control & (1U << 25)) != 0 && size != 2048 ? size * 16 : size;
}

std::uint32_t fake_nic::free_descriptors() const {
  const std::uint32_t count = registers.at(rdlen) / 16;
  return (registers.at(rdt) + count - registers.at(rdh)) % count;
}

void fake_nic::receive(fake_frame frame) {
  fifo_.push_back(std::move(frame));
  drain_fifo();
}

void fake_nic::drain_fifo() {
  while (!fifo_.empty()) {
    if (!registers.contains(rctl) || (registers[rctl] & rctl_en) == 0 || registers[rdlen] == 0) return;
    const std::size_t total = fifo_.front().bytes.size() + (fifo_.front().append_fcs ? 4 : 0);
    const auto needed = static_cast<std::uint32_t>((total + buffer_bytes() - 1) / buffer_bytes());
    if (needed > free_descriptors()) return;
    store(fifo_.front());
    fifo_.pop_front();
  }
}

void fake_nic::store(const fake_frame& frame) {
  if ((command & 4) == 0) ++dma_faults;
  std::vector<std::uint8_t> data = frame.bytes;
  if (frame.append_fcs) data.insert(data.end(), {0xDE, 0xAD, 0xBE, 0xEF});  // the driver must not look at it
  const std::span<std::byte> memory = host_.memory();
  std::uint32_t head = registers[rdh];
  const std::uint32_t count = registers[rdlen] / 16;
  for (std::size_t done = 0; done < data.size();) {
    std::byte* descriptor = memory.data() + registers[rdbal] + 16 * head;
    std::uint64_t address = 0;
    std::memcpy(&address, descriptor, 8);
    const std::size_t part = std::min<std::size_t>(buffer_bytes(), data.size() - done);
    std::memcpy(memory.data() + address, data.data() + done, part);
    host_.shadow[address] = frame.id;
    done += part;
    const bool last = done == data.size();
    std::uint64_t written = part;
    written |= static_cast<std::uint64_t>(last ? (frame.status | 0x03) : 0x01) << 32;
    if (last) {
      written |= static_cast<std::uint64_t>(frame.errors) << 40;
      written |= static_cast<std::uint64_t>(frame.special) << 48;
    }
    std::memcpy(descriptor + 8, &written, 8);
    head = (head + 1) % count;
  }
  registers[rdh] = head;
  if (raise_rxt0) set_cause(rxt0);
}

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "tools/oracle/own_card.h"

#include <algorithm>

#include "tools/oracle/oracle_case.h"

namespace ringside::oracle {
namespace {

constexpr sim_time step = 20 * us;            // between two looks
constexpr sim_time patience = 20 * ms;        // of simulated time
constexpr sim_time longest_timer = 300 * us;  // of those drawn: RDTR, RADV, TIDV, TADV
constexpr sim_time lead = 1 * us;             // the card may be ahead of the host
constexpr sim_time wire_byte = 8 * ns;
constexpr std::size_t around_a_frame = 4 + 8 + 12;  // FCS, preamble, gap

}  // namespace

own_card::own_card(tlm::card_kind kind) : kind_(kind), host_(kind, {.mac_address = own_mac, .bus_66mhz = false}) {
  host_.start_traffic();
  host_.run_for(2 * us);
}

std::uint32_t own_card::read(std::uint32_t offset) {
  ++accesses_;
  return host_.read(offset);
}

void own_card::write(std::uint32_t offset, std::uint32_t value) {
  ++accesses_;
  host_.write(offset, value);
}

byte_vector own_card::memory(std::uint64_t address, std::size_t bytes) {
  ++accesses_;
  return host_.bytes(address, bytes);
}

void own_card::put(std::uint64_t address, std::span<const std::uint8_t> bytes) {
  ++accesses_;
  host_.put_bytes(address, bytes);
}

void own_card::fill(std::uint64_t address, std::size_t bytes, std::uint8_t value) {
  put(address, byte_vector(bytes, value));
}

void own_card::offer(const std::vector<offered_frame>& frames) {
  const sim_time first = host_.now() + lead;
  wire_free_ = std::max(wire_free_, first);
  for (offered_frame frame : frames) {
    frame.earliest += first;
    wire_free_ = std::max(wire_free_, frame.earliest);
    host_.offer(frame);
    wire_free_ += static_cast<sim_time>(frame.bytes.size() + around_a_frame) * wire_byte;
  }
}

std::vector<byte_vector> own_card::take_sent() {
  std::vector<byte_vector> out;
  for (; taken_ < host_.sent().size(); ++taken_) out.push_back(host_.sent()[taken_].bytes);
  return out;
}

bool own_card::work_until(const std::function<bool()>& done) {
  host_.run_until(std::max(host_.now(), wire_free_) + step);
  for (const sim_time limit = host_.now() + patience; host_.now() < limit; host_.run_for(step))
    if (done()) return true;
  return false;
}

void own_card::settle() {
  host_.run_until(std::max(host_.now(), wire_free_) + longest_timer);
}

}  // namespace ringside::oracle

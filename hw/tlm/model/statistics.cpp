// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/statistics.h"

#include <limits>

#include "hw/regs/e1000_regs.h"

namespace ringside::tlm::model {
namespace {
bool is_low_word(std::uint32_t offset) {
  return offset == reg::GORCL || offset == reg::GOTCL || offset == reg::TORL || offset == reg::TOTL;
}
bool is_high_word(std::uint32_t offset) {
  return is_low_word(offset - 4);
}
}  // namespace

void statistics::count(std::uint32_t offset) {
  std::uint32_t& value = at(offset);
  if (value != std::numeric_limits<std::uint32_t>::max()) ++value;
}

void statistics::add_octets(std::uint32_t low_offset, std::uint32_t octets) {
  const std::uint64_t before = at(low_offset) | std::uint64_t{at(low_offset + 4)} << 32;
  std::uint64_t after = before + octets;
  if (after < before) after = std::numeric_limits<std::uint64_t>::max();
  at(low_offset) = static_cast<std::uint32_t>(after);
  at(low_offset + 4) = static_cast<std::uint32_t>(after >> 32);
}

std::uint32_t statistics::read(std::uint32_t offset) {
  const std::uint32_t value = at(offset);
  if (!is_low_word(offset)) at(offset) = 0;
  if (is_high_word(offset)) at(offset - 4) = 0;
  return value;
}

}  // namespace ringside::tlm::model

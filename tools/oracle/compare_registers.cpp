// SPDX-License-Identifier: Apache-2.0
// All registers but the statistics: values from reset, what reads back of what was written, side effects.
#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "hw/regs/e1000_regs.h"
#include "tools/oracle/compare.h"
#include "tools/oracle/judge.h"

namespace ringside::oracle {
namespace {

/// What section 13 lets QEMU answer where ours is `ours`.
struct register_rule {
  std::uint32_t first = 0, last = 0;  // offsets
  std::string_view id;
  enum class kind { reads_zero, keeps_reset, bits } how = kind::bits;
  std::uint32_t bits = 0;  // that may differ, or the value from reset that stays

  bool allows(std::uint32_t ours, std::uint32_t qemu) const {
    if (how == kind::reads_zero) return qemu == 0;
    if (how == kind::keeps_reset) return qemu == bits;
    return ((ours ^ qemu) & ~bits) == 0;
  }
};

constexpr auto zero = register_rule::kind::reads_zero;
constexpr auto bits = register_rule::kind::bits;

constexpr std::uint32_t status_beyond = 1U << 31 | 1U << 19 | 1U << 10;

constexpr std::array rules{
    register_rule{reg::STATUS, reg::STATUS, "V-4", bits, status_beyond},
    register_rule{reg::EECD, reg::EECD, "V-72", bits, eecd::GNT | eecd::FWE},
    register_rule{reg::MDIC, reg::MDIC, "V-73", bits, mdic::READY},
    register_rule{reg::MANC, reg::MANC, "V-75", register_rule::kind::keeps_reset, 0x0022'2300},
    register_rule{reg::FCAL, reg::FCT, "V-52", zero},
    register_rule{reg::FCTTV, reg::TXCW, "V-52", zero},
    register_rule{reg::TIPG, reg::TIPG, "V-52", zero},
    register_rule{reg::FCRTH, reg::FCRTH, "V-52", zero},
    register_rule{reg::TIDV, reg::TIDV, "V-52", zero},
    register_rule{reg::RXDCTL, reg::RXDCTL, "V-25", zero},
    register_rule{reg::RSRPD, reg::RSRPD, "V-25", zero},
    register_rule{reg::CTRL_DUP, reg::CTRL_DUP, "V-67", zero},
    register_rule{reg::CTRL_EXT, reg::CTRL_EXT, "V-67", zero},
    register_rule{reg::RXCSUM, reg::RXCSUM, "V-67", zero},
    register_rule{reg::FCRTL, reg::FCRTL, "V-67", zero},
    register_rule{reg::TSPMT, reg::TSPMT, "V-67", zero},
};

// FS 6.6: what PBA reads after `written`.
std::uint32_t share_of(std::uint32_t written) {
  constexpr std::uint32_t all_kib = 64;
  const std::uint32_t received = written & 0x7F;
  return received | (received > all_kib ? 0 : all_kib - received) << 16;
}

const reg::row* row_of(std::uint32_t offset) {
  for (const reg::row& row : reg::table)
    for (std::uint32_t i = 0; i < row.count; ++i)
      if (row.offset + i * row.stride == offset) return &row;
  return nullptr;
}

class register_comparison {
 public:
  explicit register_comparison(judge& j) : judge_(j) {}

  void compare(std::uint32_t offset, std::uint32_t ours, std::uint32_t qemu, std::optional<std::uint32_t> written) {
    if (ours == qemu) return;
    for (const register_rule& rule : rules)
      if (offset >= rule.first && offset <= rule.last && rule.allows(ours, qemu)) return judge_.forgive(rule.id);
    const reg::row* row = row_of(offset);
    if (offset == reg::PBA && written && qemu == *written && ours == share_of(*written)) return judge_.forgive("V-74");
    if (offset == reg::WUS && written && qemu == *written && ours == 0) return judge_.forgive("V-76");
    // V-68: QEMU keeps reserved bits as they were written.
    if (written && row != nullptr && qemu == *written && ours == (*written & row->mask)) return judge_.forgive("V-68");
    judge_.differ("{}: {:08x} of ours, {:08x} of qemu's{}", register_name(offset), ours, qemu,
                  written ? fmt::format(", written {:08x}", *written) : "");
  }

 private:
  judge& judge_;
};

void compare_at_reset(judge& j, const case_result& ours, const case_result& qemu) {
  constexpr std::uint32_t qemu_ctrl = 0x0014'0240;
  register_comparison registers(j);
  for (std::size_t i = 0; i < ours.at_reset.size() && i < qemu.at_reset.size(); ++i) {
    const auto [offset, here] = ours.at_reset[i];
    std::uint32_t there = qemu.at_reset[i].value;
    if (offset == reg::CTRL && there == qemu_ctrl) {
      j.forgive("V-3");
      continue;
    }
    if (offset == reg::STATUS && (here & status::LU) == 0) there &= ~status::LU;  // SLU from reset, V-3
    registers.compare(offset, here, there, std::nullopt);
  }
}

// The PHY behind MDIC and the EEPROM behind EERD: by register and word.
class behind_comparison {
  static constexpr std::uint32_t bmsr = 1, anlpar = 5;
  static constexpr std::uint32_t bmsr_of_autonegotiation = 1U << 5 | 1U << 2;
  static constexpr std::uint32_t anlpar_ack = 1U << 14;

 public:
  explicit behind_comparison(judge& j) : judge_(j) {}

  void mdic(std::uint32_t written, std::uint32_t ours, std::uint32_t qemu) {
    if (ours == qemu) return;
    const std::uint32_t number = (written & mdic::REGADD) >> mdic::REGADD_SHIFT;
    const std::uint32_t differing = ours ^ qemu;
    if ((written & mdic::PHYADD) >> mdic::PHYADD_SHIFT != 1) {
      if ((differing & (mdic::READY | mdic::ERROR)) == 0) return judge_.forgive("V-44");
    } else if (number == bmsr ? (differing & ~bmsr_of_autonegotiation) == 0
                              : number == anlpar && (differing & ~anlpar_ack) == 0) {
      return judge_.forgive("V-46");
    }
    judge_.differ("MDIC after {:08x}: {:08x} of ours, {:08x} of qemu's", written, ours, qemu);
  }
  void eerd(std::uint32_t written, std::uint32_t ours, std::uint32_t qemu) {
    if (ours == qemu) return;
    judge_.differ("EERD after {:08x}: {:08x} of ours, {:08x} of qemu's", written, ours, qemu);
  }

 private:
  judge& judge_;
};

}  // namespace

std::string register_name(std::uint32_t offset) {
  const reg::row* row = row_of(offset);
  if (row == nullptr) return fmt::format("register {:#06x}", offset);
  if (row->count == 1) return std::string(row->name);
  return fmt::format("{}[{}]", row->name, (offset - row->offset) / row->stride);
}

void compare_registers(judge& j, const oracle_case& c, const case_result& ours, const case_result& qemu) {
  j.at("from reset: ");
  compare_at_reset(j, ours, qemu);
  j.at("read back: ");
  register_comparison registers(j);
  std::map<std::uint32_t, std::uint32_t> written;
  for (const auto& [offset, value] : c.registers) written[offset] = value;
  written[reg::RCTL] = c.rctl;
  written[reg::TCTL] = c.tctl;
  for (std::size_t i = 0; i < ours.settings.size() && i < qemu.settings.size(); ++i) {
    const auto [offset, here] = ours.settings[i];
    const auto found = written.find(offset);
    registers.compare(offset, here, qemu.settings[i].value,
                      found == written.end() ? std::nullopt : std::optional(found->second));
  }
  behind_comparison behind(j);
  std::size_t read = 0;
  for (std::size_t n = 0; n < c.steps.size(); ++n) {
    const register_step& step = c.steps[n];
    if (step.write) {
      written[step.offset] = step.value;
      continue;
    }
    j.at(fmt::format("access {}: ", n));
    if (read >= ours.steps.size() || read >= qemu.steps.size()) return j.differ("not made on every card");
    const std::uint32_t here = ours.steps[read], there = qemu.steps[read];
    ++read;
    const auto found = written.find(step.offset);
    const std::optional<std::uint32_t> last = found == written.end() ? std::nullopt : std::optional(found->second);
    if (step.offset == reg::MDIC && last)
      behind.mdic(*last, here, there);
    else if (step.offset == reg::EERD && last)
      behind.eerd(*last, here, there);
    else
      registers.compare(step.offset, here, there, last);
  }
}

}  // namespace ringside::oracle

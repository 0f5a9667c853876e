// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/interrupt_unit.h"

#include "hw/regs/e1000_regs.h"

namespace ringside::tlm::model {
namespace {
constexpr std::uint32_t all_causes = 0x0001'FFFF;  // I-54
constexpr sim_time itr_unit = 256 * ns;            // FS 7.3
}  // namespace

void interrupt_unit::set_cause(std::uint32_t bits) {
  bits &= all_causes;
  if (bits == 0) return;
  icr_ |= bits;
  core_.emit(stage::cause_set, 0, bits);
  judge_soon();
}

std::uint32_t interrupt_unit::read_icr() {
  const std::uint32_t value = icr_;
  icr_ = 0;
  judge_soon();
  return value;
}

void interrupt_unit::write_icr(std::uint32_t bits) {
  icr_ &= ~bits;
  judge_soon();
}

void interrupt_unit::write_ims(std::uint32_t bits) {
  ims_ |= bits & all_causes;
  judge_soon();
}

void interrupt_unit::write_imc(std::uint32_t bits) {
  ims_ &= ~bits;
  judge_soon();
}

void interrupt_unit::reset() {
  icr_ = 0;
  ims_ = 0;
  holding_ = false;
  throttled_until_ = core_.now;
  judge_soon();
}

void interrupt_unit::judge_soon() {
  core_.after(core_.params.intx_clocks, [this] { judge(); });
}

// I-5, I-20: asserting waits for the throttle, deasserting never does.
void interrupt_unit::judge() {
  const bool wanted = (icr_ & ims_) != 0 && !core_.config.intx_masked();
  if (!wanted) {
    holding_ = false;
    if (!asserted_) return;
    asserted_ = false;
    core_.emit(stage::intx_deassert);
    drive_(false);
    return;
  }
  if (asserted_) return;
  if (core_.now < throttled_until_) {
    if (holding_) return;
    holding_ = true;
    core_.emit(stage::moderation_hold, 0, icr_ & ims_);
    core_.at(throttled_until_, [this] { judge(); });
    return;
  }
  asserted_ = true;
  holding_ = false;
  // The interval in force is loaded here: a write while it counts waits for the next assertion (I-52).
  throttled_until_ = core_.now + core_.regs.get(reg::ITR) * itr_unit;
  core_.emit(stage::intx_assert);
  drive_(true);
}

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
// Interrupt mode: frames are taken in the hardirq and queued for the backlog poll, as drivers did before NAPI.
//
// A quota ends an interrupt's work early.  The ICR read has cleared the cause of the frames left behind, so the driver
// sets it again (I-6): the chip interrupts once more, and no sooner than ITR allows.
#include "sw/driver/receive_mode.h"

namespace ringside::driver {
namespace {

class irq_mode final : public receive_mode {
 public:
  explicit irq_mode(const mode_context& context) : context_(context) {
    context_.rx.set_output([this](stack::skb_ptr skb) { context_.net.packets().netif_rx(std::move(skb)); });
  }

  void start() override { context_.regs.enable_interrupts(); }
  void stop() override { context_.regs.disable_interrupts(); }

  std::uint32_t itr() const override { return context_.settings.itr; }

  void on_interrupt(std::uint32_t /*causes*/) override {
    context_.tx.clean(true);
    const std::uint32_t quota = context_.settings.irq_quota;
    if (quota != 0) {
      if (context_.rx.clean(quota) == quota) context_.regs.write(reg::ICS, icr::RXT0);
      return;
    }
    for (unsigned round = 0; round < max_rounds; ++round)
      if (context_.rx.clean(context_.settings.ring_size) == 0) break;
  }

 private:
  static constexpr unsigned max_rounds = 10;  // E1000_MAX_INTR of drivers without NAPI

  mode_context context_;
};

}  // namespace

std::unique_ptr<receive_mode> make_irq_mode(const mode_context& context) {
  return std::make_unique<irq_mode>(context);
}

}  // namespace ringside::driver

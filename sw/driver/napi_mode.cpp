// SPDX-License-Identifier: Apache-2.0
// NAPI (FS 10.3, FS 10.4): the interrupt masks itself and schedules a poll, the poll unmasks when the ring is empty.
#include "sw/driver/moderation.h"
#include "sw/driver/receive_mode.h"

namespace ringside::driver {
namespace {

class napi_mode final : public receive_mode {
 public:
  explicit napi_mode(const mode_context& context) : context_(context), net_(context.net.os().net()) {
    kernel::net_rx::netif_napi_add(napi_, &context_.dev, "e1000", context_.settings.budget,
                                   [this](unsigned budget) { return poll(budget); });
    context_.rx.set_output([this](stack::skb_ptr skb) { net_.napi_gro_receive(napi_, std::move(skb)); });
  }

  void start() override {
    net_.napi_enable(napi_);
    context_.regs.enable_interrupts();
  }

  void stop() override {
    net_.napi_disable(napi_);
    context_.regs.disable_interrupts();
  }

  std::uint32_t itr() const override {
    return context_.settings.dynamic_itr ? moderation_.rate() : context_.settings.itr;
  }

  void on_interrupt(std::uint32_t /*causes*/) override {
    context_.regs.disable_interrupts();
    if (net_.napi_schedule_prep(napi_)) {
      net_.napi_schedule_prepared(napi_);
    } else if (!context_.down) {
      context_.regs.enable_interrupts();  // a poll is under way and has been told (MISSED)
    }
  }

 private:
  unsigned poll(unsigned budget) {
    const bool sent_all = context_.tx.clean();  // has no budget (DR-6)
    const unsigned work = context_.rx.clean(budget);
    if (!sent_all || work == budget) return budget;
    // Planted bug (docs/lessons/lost_wakeup.md): "what is pending has been served".  A frame that came since the ring
    // was last looked at has its cause cleared with the others (I-3), and no other will ever come for it.
    if (context_.settings.ack_after_poll) context_.regs.write(reg::ICR, 0xFFFFFFFF);
    if (net_.napi_complete_done(napi_, work)) {
      if (context_.settings.dynamic_itr) update_itr();
      // Causes that came meanwhile are pending and interrupt on this write (D-4).
      if (!context_.down) context_.regs.enable_interrupts();
    }
    return work;
  }

  // e1000_set_itr.
  void update_itr() {
    const dynamic_moderation::traffic received = since(received_, context_.rx.packets(), context_.rx.bytes());
    const dynamic_moderation::traffic sent = since(sent_, context_.tx.packets(), context_.tx.bytes());
    const std::uint32_t before = moderation_.rate();
    const std::uint32_t rate = moderation_.update(received, sent, context_.gigabit);
    if (rate != before) context_.regs.write(reg::ITR, itr_register(rate));
  }

  /// What was added to `seen`, which then holds all.
  static dynamic_moderation::traffic since(dynamic_moderation::traffic& seen, std::uint64_t packets,
                                           std::uint64_t bytes) {
    const dynamic_moderation::traffic more{packets - seen.packets, bytes - seen.bytes};
    seen = {packets, bytes};
    return more;
  }

  mode_context context_;
  kernel::net_rx& net_;
  kernel::napi_struct napi_;
  dynamic_moderation moderation_;
  dynamic_moderation::traffic received_;
  dynamic_moderation::traffic sent_;
};

}  // namespace

std::unique_ptr<receive_mode> make_napi_mode(const mode_context& context) {
  return std::make_unique<napi_mode>(context);
}

}  // namespace ringside::driver

// SPDX-License-Identifier: Apache-2.0
// Poll mode: a task of its own looks at the ring without end; the chip never interrupts.
#include "sw/driver/receive_mode.h"
#include "sw/kernel/wait_queue.h"

namespace ringside::driver {
namespace {

class poll_mode final : public receive_mode {
 public:
  explicit poll_mode(const mode_context& context)
      : context_(context), host_(context.net.machine()), ended_queue_(host_) {
    context_.rx.set_output([this](stack::skb_ptr skb) { context_.net.packets().netif_receive_skb(std::move(skb)); });
  }

  bool uses_interrupts() const override { return false; }

  void start() override {
    stopping_ = false;
    ended_ = false;
    host_.spawn(context_.settings.cpu, "e1000-poll", [this] { run(); });
  }

  void stop() override {
    host_.sync();
    stopping_ = true;
    ended_queue_.wait([this] { return ended_; });
  }

  std::uint32_t itr() const override { return context_.settings.itr; }
  void on_interrupt(std::uint32_t /*causes*/) override {}

 private:
  void run() {
    kernel::softirqs& softirq = context_.net.os().softirq();
    for (;;) {
      host_.sync();
      if (stopping_) break;
      softirq.local_bh_disable();  // the stack below expects softirq context
      context_.tx.clean();
      context_.rx.clean(context_.settings.budget);
      softirq.local_bh_enable();
      host_.cond_resched();
    }
    ended_ = true;
    ended_queue_.wake_up();
  }

  mode_context context_;
  kernel::host& host_;
  kernel::wait_queue ended_queue_;
  bool stopping_ = false;
  bool ended_ = true;
};

}  // namespace

std::unique_ptr<receive_mode> make_poll_mode(const mode_context& context) {
  return std::make_unique<poll_mode>(context);
}

std::unique_ptr<receive_mode> make_receive_mode(const mode_context& context) {
  switch (context.settings.mode) {
    case receive_mode_kind::irq:
      return make_irq_mode(context);
    case receive_mode_kind::poll:
      return make_poll_mode(context);
    case receive_mode_kind::napi:
      break;
  }
  return make_napi_mode(context);
}

}  // namespace ringside::driver

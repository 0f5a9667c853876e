// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/software_signals.h"

#include <fmt/format.h>

#include "hw/regs/e1000_regs.h"
#include "platform/waves/stage_signals.h"

namespace ringside::platform {
software_signals::software_signals(vcd_signals& signals, unsigned cpus) : signals_(signals), cpus_(cpus) {
  for (unsigned number = 0; number < cpus; ++number) declare_cpu(number);
  signals_.open_scope("ring");
  ring_ = {.rdt = signals_.number("rdt", 16),
           .next_to_clean = signals_.number("next_to_clean", 16),
           .waiting = signals_.number("waiting", 16)};
  signals_.close_scope();
  signals_.open_scope("socket");
  socket_ = {.queue = signals_.number("queue", 16),
             .enqueued_frame = signals_.number("enqueued_frame", 32),
             .read_frame = signals_.number("read_frame", 32),
             .delivered = signals_.number("delivered", 32),
             .read = signals_.number("read", 32)};
  signals_.close_scope();
  signals_.open_scope("drops");
  drops_.total = signals_.number("total", 32);
  drops_.reason = signals_.word("reason");
  drops_.of_place[in_nic] = signals_.number("nic", 32);
  drops_.of_place[in_driver] = signals_.number("driver", 32);
  drops_.of_place[in_stack] = signals_.number("stack", 32);
  drops_.of_place[in_socket] = signals_.number("socket", 32);
  signals_.close_scope();
}

void software_signals::declare_cpu(unsigned number) {
  cpu& c = cpus_[number];
  signals_.open_scope(fmt::format("cpu{}", number));
  c.context = signals_.word("context");
  c.task_number = signals_.number("task", 8);
  c.in_hardirq = signals_.number("in_hardirq", 1);
  c.in_softirq = signals_.number("in_softirq", 1);
  c.napi_scheduled = signals_.number("napi_scheduled", 1);
  c.napi_polling = signals_.number("napi_polling", 1);
  c.stage = signals_.word("stage");
  c.frame = signals_.number("frame", 32);
  signals_.close_scope();
  signals_.set(c.context, "idle", 0);
}

void software_signals::on_event(const event& e) {
  on_ring(e);
  on_drop(e);
  if (e.from != origin::cpu || e.unit >= cpus_.size()) return;
  cpu& c = cpus_[e.unit];
  if (info(e.what).journey) signals_.set(c.stage, info(e.what).name, e.time);
  if (e.frame != 0) signals_.set(c.frame, frame_number(e.frame), e.time);
  on_context(c, e);
  on_napi(c, e);
  on_socket(e);
}

void software_signals::on_context(cpu& c, const event& e) {
  switch (e.what) {
    case stage::task_switch:
      c.task = e.a;
      signals_.set(c.task_number, e.a, e.time);
      break;
    case stage::hardirq_enter:
    case stage::hardirq_exit:
      c.hardirq = e.what == stage::hardirq_enter;
      signals_.set(c.in_hardirq, c.hardirq ? 1 : 0, e.time);
      break;
    case stage::softirq_enter:
    case stage::ksoftirqd_run:
      c.softirq = true;
      c.ksoftirqd = e.what == stage::ksoftirqd_run;
      signals_.set(c.in_softirq, 1, e.time);
      break;
    case stage::softirq_exit:
      c.softirq = c.ksoftirqd = false;
      signals_.set(c.in_softirq, 0, e.time);
      break;
    default:
      return;
  }
  show_context(c, e.time);
}

void software_signals::show_context(const cpu& c, sim_time t) {
  const char* now = c.task != 0 ? "task" : "idle";
  if (c.softirq) now = c.ksoftirqd ? "ksoftirqd" : "softirq";
  if (c.hardirq) now = "hardirq";
  signals_.set(c.context, now, t);
}

// The frame in hand leaves the CPU's hands with its fate or with the datagram read.
void software_signals::on_napi(cpu& c, const event& e) {
  switch (e.what) {
    case stage::napi_schedule:
      signals_.set(c.napi_scheduled, 1, e.time);
      break;
    case stage::napi_poll:
      signals_.set(c.napi_polling, 1, e.time);
      break;
    case stage::napi_complete:
      signals_.set(c.napi_scheduled, 0, e.time);
      signals_.set(c.napi_polling, 0, e.time);
      signals_.set(c.frame, 0, e.time);
      break;
    case stage::softirq_exit:
      signals_.set(c.napi_polling, 0, e.time);
      signals_.set(c.frame, 0, e.time);
      break;
    case stage::task_switch:
      signals_.set(c.frame, 0, e.time);
      break;
    default:
      break;
  }
}

void software_signals::on_ring(const event& e) {
  switch (e.what) {
    case stage::desc_post:
      if (ring_base_ == 0 || e.a < ring_base_) ring_base_ = e.a;
      break;
    case stage::rdt_write:
      signals_.set(ring_.rdt, e.a, e.time);
      break;
    case stage::dd_visible:
      ++visible_;
      signals_.set(ring_.waiting, visible_ - taken_, e.time);
      break;
    case stage::desc_take:
      ++taken_;
      signals_.set(ring_.next_to_clean, (e.a - ring_base_) / rxd::SIZE + 1, e.time);
      signals_.set(ring_.waiting, visible_ - taken_, e.time);
      break;
    case stage::driver_open:
    case stage::driver_close:
      // Whatever was in the ring is the old ring's.
      ring_base_ = e.what == stage::driver_close ? 0 : ring_base_;
      visible_ = taken_ = 0;
      signals_.set(ring_.waiting, 0, e.time);
      signals_.set(ring_.next_to_clean, 0, e.time);
      break;
    default:
      break;
  }
}

void software_signals::on_socket(const event& e) {
  if (e.what == stage::socket_enqueue || e.what == stage::socket_copy) {
    ++queued_;
    signals_.set(socket_.enqueued_frame, frame_number(e.frame), e.time);
    signals_.set(socket_.delivered, ++delivered_, e.time);
  } else if (e.what == stage::skb_drop && (e.a & drop_mark::revoked) != 0) {
    if (queued_ > 0) --queued_;
  } else if (e.what == stage::app_read) {
    if (queued_ > 0) --queued_;
    signals_.set(socket_.read_frame, frame_number(e.frame), e.time);
    signals_.set(socket_.read, ++read_, e.time);
  } else {
    return;
  }
  signals_.set(socket_.queue, queued_, e.time);
}

software_signals::place software_signals::place_of(drop_reason reason) {
  if (reason <= drop_reason::nic_reset) return in_nic;
  if (reason <= drop_reason::driver_down) return in_driver;
  return reason == drop_reason::socket_rcvbuf ? in_socket : in_stack;
}

void software_signals::on_drop(const event& e) {
  if (e.what != stage::filter_reject && e.what != stage::fifo_drop && e.what != stage::skb_drop) return;
  const auto reason = static_cast<drop_reason>(e.b);
  const place where = place_of(reason);
  signals_.set(drops_.of_place[where], ++dropped_[where], e.time);
  signals_.set(drops_.total, dropped_[in_nic] + dropped_[in_driver] + dropped_[in_stack] + dropped_[in_socket], e.time);
  signals_.set(drops_.reason, name(reason), e.time);
}

}  // namespace ringside::platform

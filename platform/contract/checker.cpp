#include "platform/contract/checker.h"

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

checker::checker(const config& setup)
    : w_(setup),
      fetch_(w_),
      payload_(w_),
      writeback_(w_),
      memory_(w_),
      interrupt_(w_),
      cause_(w_, writeback_),
      timer_(w_),
      driver_(w_),
      front_(w_),
      link_(w_),
      register_(w_),
      statistics_(w_) {}

void checker::on_event(const event& e) {
  if (e.time >= w_.due.next) [[unlikely]]
    run_due(e.time);
  dispatch(e);
}

void checker::on_events(event_stretch stretch) {
  for (const event& e : stretch) on_event(e);
}

void checker::finish(sim_time end) {
  while (w_.due.next <= end) run_due(w_.due.next);
}

void checker::run_due(sim_time now) {
  w_.due.next = time_never;
  memory_.check(now);
  interrupt_.check(now);
  cause_.check(now);
  writeback_.check(now);
  fetch_.check(now);
  front_.check(now);
  timer_.check(now);
  link_.check(now);
  register_.check(now);
}

void checker::dispatch(const event& e) {
  switch (e.from) {
    case origin::cpu:
      return on_cpu(e);
    case origin::bus:
      return on_bus(e);
    case origin::nic:
      return on_nic(e);
  }
}

// With several cards on a bus, descriptors are told apart by ring and payload by the frame's own card.
bool checker::ours_on_bus(const event& e) {
  if (w_.setup.only_card) return e.unit == w_.setup.bus;
  if (e.what == stage::dma_start || e.what == stage::dma_write || e.what == stage::dma_done) {
    const frame_record* row = w_.frames.find(e.frame);
    return row != nullptr && row->here;
  }
  return w_.ring.contains(e.a);
}

void checker::on_bus(const event& e) {
  switch (e.what) {
    case stage::desc_fetch:
    case stage::desc_load:
    case stage::dma_start:
    case stage::dma_write:
    case stage::dma_done:
    case stage::desc_writeback:
    case stage::dd_visible:
      break;
    case stage::wire_sof:
    case stage::wire_eof:
      return on_wire(e);
    default:
      return;
  }
  if (!ours_on_bus(e)) return;
  w_.log.note(e);
  switch (e.what) {
    case stage::desc_fetch:
      fetch_.on_fetch(e);
      return fetch_.look(e.time);
    case stage::desc_load:
      return fetch_.on_load(e);
    case stage::dma_start:
      if (const frame_record* row = w_.frames.find(e.frame); row != nullptr) front_.on_first_payload(*row, e);
      return;
    case stage::dma_write:
      front_.on_progress(e.time);
      if (payload_.on_write(e)) on_frame_placed(e);
      return fetch_.look(e.time);
    case stage::dma_done:
      if (payload_.on_done(e)) on_frame_placed(e);
      return;
    case stage::desc_writeback: {
      const std::uint64_t before = writeback_.frames_written();
      writeback_.on_writeback(e);
      if (writeback_.frames_written() != before) timer_.on_written(e.frame, e.time);
      return;
    }
    case stage::dd_visible:
      return memory_.on_visible(e);
    default:
      return;
  }
}

void checker::on_frame_placed(const event& e) {
  writeback_.on_frame_done(e, payload_.placed());
  cause_.on_use(e.time);
  timer_.on_frame(payload_.placed(), e.frame, e.time);
  front_.on_frame_placed(e.frame);
}

void checker::on_wire(const event& e) {
  if (e.what == stage::wire_sof) {
    frame_record& row = w_.frames.start(e.frame);
    row.start = e.time;
    row.bytes = static_cast<std::uint32_t>(e.a);
    row.marks = static_cast<std::uint8_t>(e.b);
    front_.on_start(row, e.time);
  } else if (frame_record* row = w_.frames.find(e.frame); row != nullptr) {
    statistics_.on_end(*row, e.time);
  }
}

// What the receive front says of a frame.
void checker::on_front(const event& e) {
  const auto reason = static_cast<drop_reason>(e.b);
  const bool dropped = e.what == stage::fifo_drop;
  const bool rejected = e.what == stage::filter_reject;
  if (dropped && reason == drop_reason::fifo_overflow) cause_.on_overflow(e);
  frame_record* row = w_.frames.find(e.frame);
  if (row == nullptr) return;
  if (rejected || dropped) {
    row->refused = true;
    row->silent =
        reason == drop_reason::rx_disabled || reason == drop_reason::link_down || reason == drop_reason::nic_reset;
  }
  if (!row->here) {
    row->here = true;
    statistics_.on_filter(*row, e.time);
  }
  if (e.what == stage::fifo_commit) {
    front_.on_commit(*row, e.time);
    statistics_.on_commit(*row, e.time);
    cause_.on_good_frame(*row, e.time);
  } else if (dropped || rejected) {  // a card may decide about length and CRC before it speaks of its filter
    if (dropped && reason == drop_reason::fifo_overflow) front_.on_overflow(*row, e.time);
    statistics_.on_drop(*row, e.b, e.time);
  }
}

void checker::on_nic(const event& e) {
  if (e.what == stage::wire_sof || e.what == stage::wire_eof) return on_wire(e);
  if (e.unit != w_.setup.nic) return;
  w_.log.note(e);
  switch (e.what) {
    case stage::filter_accept:
    case stage::filter_reject:
    case stage::fifo_commit:
    case stage::fifo_drop:
      return on_front(e);
    case stage::cause_set: {
      const auto bits = static_cast<std::uint32_t>(e.a);
      const std::uint32_t hardware = bits & ~interrupt_.by_software(e.time);
      if ((bits & (icr::RXT0 | icr::SRPD)) != 0) memory_.on_receive_cause();
      if ((hardware & icr::RXT0) != 0) timer_.on_rxt0(e.time);
      if ((bits & icr::LSC) != 0) link_.on_lsc((hardware & icr::LSC) == 0, e.time);
      cause_.on_cause(bits, interrupt_.by_software(e.time), timer_.may_have_expired(e.time), e.time);
      return interrupt_.on_cause(bits, e.time);
    }
    case stage::intx_assert:
      return interrupt_.on_intx(true, e.time);
    case stage::intx_deassert:
      return interrupt_.on_intx(false, e.time);
    case stage::reg_write:
      return on_reg_write(e);
    case stage::reg_read:
      return on_reg_read(e);
    case stage::nic_reset:
      return on_reset(e);
    case stage::rnbc:
      statistics_.on_rnbc(e.time);
      return cause_.on_rnbc(e);
    case stage::link_change:
      front_.on_link(e.a != 0, e.time);
      return link_.on_phy(e.a != 0, e.time);
    default:
      return;
  }
}

void checker::on_cpu(const event& e) {
  switch (e.what) {
    case stage::desc_post:
      w_.log.note(e);
      return driver_.on_post(e);
    case stage::desc_take:
      w_.log.note(e);
      if (const ring_slot* slot = memory_.on_take(e); slot != nullptr) driver_.on_take(*slot, e);
      return;
    case stage::dma_sync:
      return driver_.on_sync(e);
    case stage::skb_build:
      return driver_.on_skb_build(e);
    case stage::dma_map:
      w_.log.note(e);
      return driver_.on_map(e);
    case stage::dma_unmap:
      w_.log.note(e);
      return driver_.on_unmap(e);
    case stage::dma_misuse:
      w_.log.note(e);
      return driver_.on_dma_misuse(e);
    case stage::wire_sof:
    case stage::wire_eof:
      return on_wire(e);
    default:
      break;
  }
  if (!w_.setup.only_host_card) {
    if (e.what == stage::icr_read) memory_.on_icr_read(e);
    return;
  }
  switch (e.what) {
    case stage::rdt_write:
      w_.log.note(e);
      return driver_.on_rdt_write(e);
    case stage::icr_read:
      w_.log.note(e);
      driver_.on_icr_read(e);
      return memory_.on_icr_read(e);
    case stage::imc_write:
      return w_.log.note(e);
    case stage::ims_write:
      w_.log.note(e);
      return driver_.on_ims_write(e);
    case stage::hardirq_enter:
      w_.log.note(e);
      return driver_.on_hardirq_enter(e);
    case stage::hardirq_exit:
      return driver_.on_hardirq_exit(e);
    case stage::napi_schedule:
      w_.log.note(e);
      return driver_.on_napi_schedule(e);
    case stage::napi_poll:
      w_.log.note(e);
      return driver_.on_napi_poll(e);
    case stage::driver_close:
      return driver_.on_close(e);
    case stage::napi_complete:
      w_.log.note(e);
      return driver_.on_napi_complete(e);
    case stage::softirq_exit:
      return driver_.on_softirq_exit(e);
    default:
      return;
  }
}

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
#include "contract/checker.h"

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

namespace {

// All that dispatch() listens to, and whatever a card says.
constexpr stage_set interests{
    stage::wire_sof,     stage::wire_eof,       stage::filter_accept, stage::filter_reject, stage::fifo_commit,
    stage::fifo_drop,    stage::desc_fetch,     stage::desc_load,     stage::dma_start,     stage::dma_write,
    stage::dma_done,     stage::desc_writeback, stage::dd_visible,    stage::cause_set,     stage::moderation_hold,
    stage::intx_assert,  stage::intx_deassert,  stage::reg_write,     stage::reg_read,      stage::nic_reset,
    stage::rnbc,         stage::link_change,    stage::hardirq_enter, stage::hardirq_exit,  stage::icr_read,
    stage::imc_write,    stage::ims_write,      stage::napi_schedule, stage::napi_poll,     stage::napi_complete,
    stage::softirq_exit, stage::rdt_write,      stage::driver_close,  stage::desc_post,     stage::desc_take,
    stage::dma_sync,     stage::skb_build,      stage::dma_map,       stage::dma_unmap,     stage::dma_misuse};

}  // namespace

checker::checker(const config& setup)
    : selection_(interests),
      state_(setup),
      fetch_(state_),
      payload_(state_),
      writeback_(state_),
      memory_(state_),
      interrupt_(state_),
      cause_(state_, writeback_),
      timer_(state_),
      driver_(state_),
      front_(state_),
      link_(state_),
      register_(state_),
      statistics_(state_) {}

// Events of no concern let time pass too.
void checker::pass(event_stretch stretch, std::size_t from, std::size_t to) {
  for (; from < to; ++from)
    if (stretch[from].time >= state_.due.next) run_due(stretch[from].time);
}

void checker::finish(sim_time end) {
  while (state_.due.next <= end) run_due(state_.due.next);
}

void checker::run_due(sim_time now) {
  state_.due.next = time_never;
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

// Who must have said it, about what: only then it concerns this card.  What is heard is remembered for breaches.

inline bool checker::hears_card(const event& e) {
  if (e.from != origin::nic || e.unit != state_.setup.nic) return false;
  state_.log.note(e);
  return true;
}

// With several cards on a bus, descriptors are told apart by ring and payload by the frame's own card.
inline bool checker::hears_payload(const event& e) {
  if (e.from != origin::bus) return false;
  if (state_.setup.only_card) {
    if (e.unit != state_.setup.bus) return false;
  } else if (const frame_record* row = state_.frames.find(e.frame); row == nullptr || !row->here) {
    return false;
  }
  state_.log.note(e);
  return true;
}

inline bool checker::hears_descriptor(const event& e) {
  if (e.from != origin::bus) return false;
  if (!(state_.setup.only_card ? e.unit == state_.setup.bus : state_.ring.contains(e.a))) return false;
  state_.log.note(e);
  return true;
}

// Descriptors and buffers are told apart by address.
inline bool checker::hears_driver(const event& e) {
  if (e.from != origin::cpu) return false;
  state_.log.note(e);
  return true;
}

bool checker::hears_host(const event& e) {
  return state_.setup.only_host_card && hears_driver(e);
}

// One choice for all sides: each is a jump that no processor foresees.  In the loop's own body, which keeps its
// registers that way.
[[gnu::always_inline]] inline void checker::dispatch(const event& e) {
  switch (e.what) {
    case stage::wire_sof:
      return on_start(e);
    case stage::wire_eof:
      return on_end(e);

    case stage::desc_fetch:
      if (!hears_descriptor(e)) return;
      fetch_.on_fetch(e);
      return fetch_.look(e.time);
    case stage::desc_load:
      if (hears_descriptor(e)) fetch_.on_load(e);
      return;
    case stage::dma_start:
      if (!hears_payload(e)) return;
      if (const frame_record* row = state_.frames.find(e.frame); row != nullptr) front_.on_first_payload(*row, e);
      return;
    case stage::dma_write:
      if (!hears_payload(e)) return;
      front_.on_progress(e.time);
      if (payload_.on_write(e)) on_frame_placed(e);
      return fetch_.look(e.time);
    case stage::dma_done:
      if (hears_payload(e) && payload_.on_done(e)) on_frame_placed(e);
      return;
    case stage::desc_writeback: {
      if (!hears_descriptor(e)) return;
      if (belongs_to_old_ring(e)) [[unlikely]]
        return;
      const std::uint64_t before = writeback_.frames_written();
      writeback_.on_writeback(e);
      if (writeback_.frames_written() != before) timer_.on_written(e.frame, e.time);
      return;
    }
    case stage::dd_visible:
      if (hears_descriptor(e)) memory_.on_visible(e);
      return;

    case stage::filter_accept:
      if (hears_card(e)) on_accept(e);
      return;
    case stage::fifo_commit:
      if (hears_card(e)) on_stored(e);
      return;
    case stage::filter_reject:
    case stage::fifo_drop:
      if (hears_card(e)) on_refused(e);
      return;
    case stage::cause_set:
      if (hears_card(e)) on_cause(e);
      return;
    case stage::intx_assert:
    case stage::intx_deassert:
      if (hears_card(e)) interrupt_.on_intx(e.what == stage::intx_assert, e.time);
      return;
    case stage::reg_write:
      if (hears_card(e)) on_reg_write(e);
      return;
    case stage::reg_read:
      if (hears_card(e)) on_reg_read(e);
      return;
    case stage::nic_reset:
      if (hears_card(e)) on_reset(e);
      return;
    case stage::rnbc:
      if (!hears_card(e)) return;
      statistics_.on_rnbc(e.time);
      return cause_.on_rnbc(e);
    case stage::link_change:
      if (!hears_card(e)) return;
      front_.on_link(e.a != 0, e.time);
      return link_.on_phy(e.a != 0, e.time);

    case stage::desc_post:
      if (hears_driver(e)) driver_.on_post(e);
      return;
    case stage::desc_take:
      if (!hears_driver(e)) return;
      if (const ring_slot* slot = memory_.on_take(e); slot != nullptr) driver_.on_take(*slot, e);
      return;
    case stage::dma_sync:
      if (e.from == origin::cpu) driver_.on_sync(e);
      return;
    case stage::skb_build:
      if (e.from == origin::cpu) driver_.on_skb_build(e);
      return;
    case stage::dma_map:
      if (hears_driver(e)) driver_.on_map(e);
      return;
    case stage::dma_unmap:
      if (hears_driver(e)) driver_.on_unmap(e);
      return;
    case stage::dma_misuse:
      if (hears_driver(e)) driver_.on_dma_misuse(e);
      return;
    default:
      return dispatch_rare(e);
  }
}

// With several cards a host's interrupts and polls are nobody's in particular.
void checker::dispatch_rare(const event& e) {
  switch (e.what) {
    case stage::icr_read:
      if (e.from != origin::cpu) return;
      if (hears_host(e)) driver_.on_icr_read(e);
      return memory_.on_icr_read(e);
    case stage::rdt_write:
      if (hears_host(e)) driver_.on_rdt_write(e);
      return;
    case stage::ims_write:
      if (hears_host(e)) driver_.on_ims_write(e);
      return;
    case stage::hardirq_enter:
      if (hears_host(e)) driver_.on_hardirq_enter(e);
      return;
    case stage::hardirq_exit:
      if (state_.setup.only_host_card && e.from == origin::cpu) driver_.on_hardirq_exit(e);
      return;
    case stage::napi_schedule:
      if (hears_host(e)) driver_.on_napi_schedule(e);
      return;
    case stage::napi_poll:
      if (hears_host(e)) driver_.on_napi_poll(e);
      return;
    case stage::driver_close:
      if (state_.setup.only_host_card && e.from == origin::cpu) driver_.on_close(e);
      return;
    case stage::napi_complete:
      if (hears_host(e)) driver_.on_napi_complete(e);
      return;
    case stage::softirq_exit:
      if (state_.setup.only_host_card && e.from == origin::cpu) driver_.on_softirq_exit(e);
      return;
    case stage::imc_write:
      hears_host(e);
      return;
    default:
      hears_card(e);
      return;
  }
}

void checker::on_event(const event& e) {
  const event* const record = &e;
  on_events(event_stretch({&record, 1}));
}

void checker::on_events(event_stretch stretch) {
  std::size_t next = 0;
  for (const std::uint32_t at : selection_.of(stretch)) {
    const event& e = stretch[at];
    if (e.time >= state_.due.next) [[unlikely]]
      pass(stretch, next, at + 1U);
    dispatch(e);
    next = at + 1U;
  }
  pass(stretch, next, stretch.size());
  state_.log.keep();
}

void checker::on_frame_placed(const event& e) {
  writeback_.on_frame_done(e, payload_.placed());
  cause_.on_use(e.time);
  timer_.on_frame(payload_.placed(), e.frame, e.time);
  front_.on_frame_placed(e.frame);
}

void checker::on_start(const event& e) {
  frame_record& row = state_.frames.start(e.frame);
  row.start = e.time;
  row.bytes = static_cast<std::uint32_t>(e.a);
  row.marks = static_cast<std::uint8_t>(e.b);
  front_.on_start(row, e.time);
}

void checker::on_end(const event& e) {
  if (frame_record* row = state_.frames.find(e.frame); row != nullptr) statistics_.on_end(*row, e.time);
}

// The receive front speaks of a frame: a card may decide about length and CRC before it speaks of its filter.
void checker::see_here(frame_record& row, sim_time t) {
  if (row.here) return;
  row.here = true;
  statistics_.on_filter(row, t);
}

void checker::on_accept(const event& e) {
  if (frame_record* row = state_.frames.find(e.frame); row != nullptr) see_here(*row, e.time);
}

void checker::on_stored(const event& e) {
  frame_record* row = state_.frames.find(e.frame);
  if (row == nullptr) return;
  see_here(*row, e.time);
  front_.on_commit(*row, e.time);
  statistics_.on_commit(*row, e.time);
  cause_.on_good_frame(*row, e.time);
}

void checker::on_refused(const event& e) {
  const auto reason = static_cast<drop_reason>(e.b);
  const bool overflow = e.what == stage::fifo_drop && reason == drop_reason::fifo_overflow;
  if (overflow) cause_.on_overflow(e);
  frame_record* row = state_.frames.find(e.frame);
  if (row == nullptr) return;
  if (row->committed) {                               // counted as what it was when it was stored
    row->refused = reason != drop_reason::nic_reset;  // of a rewritten ring what the bus has ends
    return front_.on_discard(*row, reason == drop_reason::oversize, e.time);
  }
  row->refused = true;
  row->silent =
      reason == drop_reason::rx_disabled || reason == drop_reason::link_down || reason == drop_reason::nic_reset;
  see_here(*row, e.time);
  if (overflow) front_.on_overflow(*row, e.time);
  statistics_.on_drop(*row, e.b, e.time);
}

void checker::on_cause(const event& e) {
  const auto bits = static_cast<std::uint32_t>(e.a);
  const std::uint32_t software = interrupt_.by_software(e.time);
  const std::uint32_t hardware = bits & ~software;
  if ((bits & (icr::RXT0 | icr::SRPD)) != 0) memory_.on_receive_cause();
  if ((hardware & icr::RXT0) != 0) timer_.on_rxt0(e.time);
  if ((bits & icr::LSC) != 0) link_.on_lsc((hardware & icr::LSC) == 0, e.time);
  cause_.on_cause(bits, software, timer_.may_have_expired(e.time), e.time);
  interrupt_.on_cause(bits, e.time);
}

}  // namespace ringside::contract

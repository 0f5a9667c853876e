// SPDX-License-Identifier: Apache-2.0
#include "contract/checker.h"

#include "common/drop_reason.h"
#include "hw/regs/e1000_regs.h"

namespace ringside::contract {

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
  transmit_.check(now);
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

// With several cards on a bus what they send is told apart by ring, payload not at all.
inline bool checker::hears_sending(const event& e) {
  if (e.from != origin::bus) return false;
  if (!(state_.setup.only_card ? e.unit == state_.setup.bus : transmit_.contains(e.a))) return false;
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
template <class action>
[[gnu::always_inline]] constexpr bool checker::route(checker* self, stage what, const event& e, action act) {
  switch (what) {
    case stage::wire_sof:
      return act([&] { self->on_start(e); });
    case stage::wire_eof:
      return act([&] { self->on_end(e); });

    case stage::desc_fetch:
      return act([&] {
        if (!self->hears_descriptor(e)) return;
        self->fetch_.on_fetch(e);
        self->fetch_.look(e.time);
      });
    case stage::desc_load:
      return act([&] {
        if (self->hears_descriptor(e)) self->fetch_.on_load(e);
      });
    case stage::dma_start:
      return act([&] {
        if (!self->hears_payload(e)) return;
        if (const frame_record* row = self->state_.frames.find(e.frame); row != nullptr)
          self->front_.on_first_payload(*row, e);
      });
    case stage::dma_write:
      return act([&] {
        if (!self->hears_payload(e)) return;
        self->front_.on_progress(e.time);
        if (self->payload_.on_write(e)) self->on_frame_placed(e);
        self->fetch_.look(e.time);
      });
    case stage::dma_done:
      return act([&] {
        if (self->hears_payload(e) && self->payload_.on_done(e)) self->on_frame_placed(e);
      });
    case stage::desc_writeback:
      return act([&] {
        if (!self->hears_descriptor(e)) return;
        if (self->belongs_to_old_ring(e)) [[unlikely]]
          return;
        const std::uint64_t before = self->writeback_.frames_written();
        self->writeback_.on_writeback(e);
        if (self->writeback_.frames_written() != before) self->timer_.on_written(e.frame, e.time);
      });
    case stage::dd_visible:
      return act([&] {
        if (self->hears_descriptor(e)) self->memory_.on_visible(e);
      });

    case stage::filter_accept:
      return act([&] {
        if (self->hears_card(e)) self->on_accept(e);
      });
    case stage::fifo_commit:
      return act([&] {
        if (self->hears_card(e)) self->on_stored(e);
      });
    case stage::filter_reject:
    case stage::fifo_drop:
      return act([&] {
        if (self->hears_card(e)) self->on_refused(e);
      });
    case stage::cause_set:
      return act([&] {
        if (self->hears_card(e)) self->on_cause(e);
      });
    case stage::intx_assert:
    case stage::intx_deassert:
      return act([&] {
        if (self->hears_card(e)) self->interrupt_.on_intx(e.what == stage::intx_assert, e.time);
      });
    case stage::reg_write:
      return act([&] {
        if (self->hears_card(e)) self->on_reg_write(e);
      });
    case stage::reg_read:
      return act([&] {
        if (self->hears_card(e)) self->on_reg_read(e);
      });
    case stage::nic_reset:
      return act([&] {
        if (self->hears_card(e)) self->on_reset(e);
      });
    case stage::rnbc:
      return act([&] {
        if (!self->hears_card(e)) return;
        self->statistics_.on_rnbc(e.time);
        self->cause_.on_rnbc(e);
      });
    case stage::link_change:
      return act([&] {
        if (!self->hears_card(e)) return;
        self->front_.on_link(e.a != 0, e.time);
        self->link_.on_phy(e.a != 0, e.time);
      });

    case stage::desc_post:
      return act([&] {
        if (self->hears_driver(e)) self->driver_.on_post(e);
      });
    case stage::desc_take:
      return act([&] {
        if (!self->hears_driver(e)) return;
        if (const ring_slot* slot = self->memory_.on_take(e); slot != nullptr) self->driver_.on_take(*slot, e);
      });
    case stage::dma_sync:
      return act([&] {
        if (e.from == origin::cpu) self->driver_.on_sync(e);
      });
    case stage::skb_build:
      return act([&] {
        if (e.from == origin::cpu) self->driver_.on_skb_build(e);
      });
    case stage::dma_map:
      return act([&] {
        if (self->hears_driver(e)) self->driver_.on_map(e);
      });
    case stage::dma_unmap:
      return act([&] {
        if (!self->hears_driver(e)) return;
        self->transmit_.on_unmap(e);
        self->driver_.on_unmap(e);
      });
    case stage::dma_misuse:
      return act([&] {
        if (self->hears_driver(e)) self->driver_.on_dma_misuse(e);
      });
    default:
      return false;
  }
}

// With several cards a host's interrupts and polls are nobody's in particular.
template <class action>
[[gnu::always_inline]] constexpr bool checker::route_rare(checker* self, stage what, const event& e, action act) {
  switch (what) {
    case stage::icr_read:
      return act([&] {
        if (e.from != origin::cpu) return;
        if (self->hears_host(e)) self->driver_.on_icr_read(e);
        self->memory_.on_icr_read(e);
      });
    case stage::rdt_write:
      return act([&] {
        if (self->hears_host(e)) self->driver_.on_rdt_write(e);
      });
    case stage::ims_write:
      return act([&] {
        if (self->hears_host(e)) self->driver_.on_ims_write(e);
      });
    case stage::hardirq_enter:
      return act([&] {
        if (self->hears_host(e)) self->driver_.on_hardirq_enter(e);
      });
    case stage::hardirq_exit:
      return act([&] {
        if (self->state_.setup.only_host_card && e.from == origin::cpu) self->driver_.on_hardirq_exit(e);
      });
    case stage::napi_schedule:
      return act([&] {
        if (self->hears_host(e)) self->driver_.on_napi_schedule(e);
      });
    case stage::napi_poll:
      return act([&] {
        if (self->hears_host(e)) self->driver_.on_napi_poll(e);
      });
    case stage::driver_close:
      return act([&] {
        if (self->state_.setup.only_host_card && e.from == origin::cpu) self->driver_.on_close(e);
      });
    case stage::napi_complete:
      return act([&] {
        if (self->hears_host(e)) self->driver_.on_napi_complete(e);
      });
    case stage::softirq_exit:
      return act([&] {
        if (self->state_.setup.only_host_card && e.from == origin::cpu) self->driver_.on_softirq_exit(e);
      });
    case stage::tx_desc_load:
      return act([&] {
        if (self->hears_sending(e)) self->transmit_.on_load(e);
      });
    case stage::tx_dma_read:
      return act([&] {
        if (self->state_.setup.only_card && self->hears_sending(e)) self->transmit_.on_payload(e);
      });
    case stage::tx_desc_writeback:
      return act([&] {
        if (self->hears_sending(e)) self->transmit_.on_writeback(e);
      });
    case stage::tx_dd_visible:
      return act([&] {
        if (self->hears_sending(e)) self->transmit_.on_visible(e);
      });
    case stage::tx_wire_sof:
      return act([&] {
        if (!self->hears_card(e)) return;
        self->transmit_.on_frame_begins(e);
        self->sending_.on_frame_begins(e);
      });
    case stage::tx_fifo_commit:
      return act([&] {
        if (self->hears_card(e)) self->sending_.on_commit(e);
      });
    case stage::tx_wire_eof:
      return act([&] {
        if (self->hears_card(e)) self->sending_.on_frame_ends(e);
      });
    case stage::tx_pause:
      return act([&] {
        if (self->hears_card(e)) self->sending_.on_pause(static_cast<std::uint16_t>(e.a), e.time);
      });
    case stage::tx_desc_post:
      return act([&] {
        if (self->hears_driver(e)) self->transmit_.on_post(e);
      });
    case stage::tx_desc_command:
      return act([&] {
        if (self->hears_driver(e)) self->transmit_.on_command(e);
      });
    case stage::imc_write:  // noted for breaches
      return act([&] { self->hears_host(e); });
    case stage::moderation_hold:
      return act([&] { self->hears_card(e); });
    default:
      return false;
  }
}

void checker::dispatch_rare(const event& e) {
  route_rare(this, e.what, e, do_it);
}

// The stages that route() and route_rare() know.
consteval stage_set checker::interests() {
  return stages_where([](stage what) {
    constexpr auto known = [](auto&&) { return true; };
    return route(nullptr, what, event{}, known) || route_rare(nullptr, what, event{}, known);
  });
}

checker::checker(const config& setup)
    : selection_(interests()),
      state_(setup),
      fetch_(state_),
      payload_(state_),
      writeback_(state_),
      memory_(state_),
      interrupt_(state_),
      cause_(state_, writeback_),
      timer_(state_),
      driver_(state_),
      transmit_(state_, driver_.maps()),
      front_(state_),
      link_(state_),
      register_(state_),
      statistics_(state_),
      sending_(state_) {}

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
    if (!route(this, e.what, e, do_it)) dispatch_rare(e);
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
  frame_record* row = state_.frames.find(e.frame);
  if (row == nullptr) return;
  // What comes over a cable, or from the card's own transmitter, is known at its end only.
  row->bytes = static_cast<std::uint32_t>(e.a);
  row->marks = static_cast<std::uint8_t>(e.b);
  statistics_.on_end(*row, e.time);
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
  transmit_.on_cause(bits, software, e.time);
  cause_.on_cause(bits, software, timer_.may_have_expired(e.time), e.time);
  interrupt_.on_cause(bits, e.time);
}

}  // namespace ringside::contract

// SPDX-License-Identifier: Apache-2.0
// [[gnu::hot]] here, in the bus and in what it calls: the linker puts what runs between two cycles of a card side by
// side, which spreads it over the instruction cache's sets (docs/performance.md).
#include "hw/tlm/nic/rtl_nic.h"

#include <algorithm>
#include <limits>
#include <span>

#include "hw/regs/e1000_pins.h"
#include "hw/tlm/nic/burst_pool.h"
#include "hw/tlm/nic/eeprom_pins.h"
#include "hw/tlm/nic/frame_tags.h"
#include "hw/tlm/nic/gmii_stretch.h"
#include "hw/tlm/nic/link_changes.h"
#include "hw/tlm/nic/response_queue.h"
#include "hw/tlm/nic/rtl_access.h"
#include "hw/tlm/nic/rtl_trace.h"
#include "hw/tlm/nic/transmit_side.h"
#include "hw/tlm/nic/verilated_card.h"

namespace ringside::tlm {
namespace {

constexpr std::int64_t reset_edges = 8;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr clock_domain rtl_clock{125'000'000};

}  // namespace

struct rtl_nic::impl {
  impl(rtl_nic& self, const rtl_nic_params& p, nic_host& h, wire& rx, tx_wire& tx, event_stream& stream)
      : owner(self),
        params(p),
        host(h),
        gmii(rx, rtl_clock),
        sent(tx, p.unit),
        sent_byte_clocks(1000 / p.link_mbps),
        tags(rx.number()),
        events(stream),
        source(stream.add_source(origin::nic, p.unit)),
        own_eeprom(factory_image(p.mac_address)),
        eeprom(p.eeprom != nullptr ? *p.eeprom : own_eeprom),
        card(p),
        state(&card.pins()),
        skip_idle(p.skip_idle) {}

  // ---- time ----
  sim_time now() const { return rtl_clock.edge(cycle); }
  std::int64_t crossed(sim_time t) const { return rtl_clock.edge_at_or_after(t) + params.crossing_to_rtl_clocks; }

  [[gnu::hot]] void emit(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    events.push(source, now(), what, frame, a, b);
  }
  auto emitter() {
    return [this](stage what, frame_id frame, std::uint64_t a, std::uint64_t b) { emit(what, frame, a, b); };
  }

  [[gnu::hot]] frame_id frame_of(std::uint16_t tag) const { return tags.of(tag, gmii.started()); }

  [[gnu::hot]] void run(sim_time limit) {
    stop = false;
    limit_to(limit);
    if (observed || cycle < reset_edges || card.always() != 0) return run_observed();
    if (!prepare_edge()) return;
    if (card.direct()) return skip_idle ? run_plainly<true, true>() : run_plainly<false, true>();
    return skip_idle ? run_plainly<true, false>() : run_plainly<false, false>();
  }

  // Most edges are the time, a byte and the evaluation, perhaps a beat of write data.  The generated code pushes this
  // loop out of the caches at every edge, so it is kept short, with what it needs in registers.
  template <bool skipping, bool direct>
  void run_plainly() {
    Vnic___024root& c = *state;
    bool prepared = true;
    do {
      std::int64_t edge = cycle;
      const std::uint8_t* byte = gmii.byte;
      bool news = false;
      bool still = false;
      do {
        if (c.mst_wdata_valid_o != 0) take_beat(c, edge);
        c.now_i = static_cast<std::uint64_t>(edge);
        c.gmii_rxd_i = *byte;
        byte += gmii.stride;
        if (const std::uint32_t sends = transmits(c); sends != 0) [[unlikely]]
          edge_sending(edge, sends);
        else
          direct ? edge_directly(c, due(c, pin_clocks)) : card.edge(pin_clocks);
        ++edge;
        news = outputs_speak(c, intx);
        still = skipping && requested(c) == 0 && transmits(c) == 0;
      } while (!news && !still && edge < next_due);
      gmii.byte = byte;
      cycle = edge - 1;
      if (news) look_at_outputs();
      ++cycle;
      // An event alone changes nothing about the next edge.
      prepared = !still && cycle < next_due && c.mst_req_valid_o == 0;
    } while (!stop && (prepared || prepare_edge()));
  }

  // An edge with something to do for the transmit side; `sends` is transmits() before it, 0 in reset.  GMII's byte is
  // taken when the next one may follow it.
  [[gnu::hot, gnu::noinline]] void edge_sending(std::int64_t edge, std::uint32_t sends) {
    const bool on_wire = sends != 0 && (sends >> 24 != 0 || state->gmii_loop_en_o != 0);
    state->gmii_tx_ce_i = edge % sent_byte_clocks == 0;
    if (on_wire && state->gmii_tx_ce_i != 0 && !sent.whole()) sent.byte(state->gmii_txd_o);
    if (pins != nullptr) pins->edges.push_back(pins_of(*state));
    card.edge(pin_clocks);
    if (!on_wire) return;
    cycle = edge;
    if ((state->gmii_tx_en_o | state->gmii_loop_en_o) == 0)
      sent.ended(now(), emitter());
    else if (state->gmii_tx_last_o != 0 && !sent.whole())
      sent.last_byte(state->gmii_txd_o, emitter());
  }

  // The same with waveforms, a pin log or all clocks at every edge, and during reset, when outputs mean nothing.
  [[gnu::noinline]] void run_observed() {
    while (!stop && reach_edge()) {
      if (waves != nullptr) waves->before_edge(now());
      drive_inputs();
      if (cycle >= reset_edges && state->mst_wdata_valid_o != 0) take_beat(*state, cycle);
      state->now_i = static_cast<std::uint64_t>(cycle);
      state->gmii_rxd_i = *gmii.byte;
      gmii.byte += gmii.stride;
      edge_sending(cycle, cycle >= reset_edges ? transmits(*state) : 0);
      if (pins != nullptr) pins->output_hash = hash_outputs(*state, pins->output_hash);
      if (waves != nullptr) waves->dump(now());
      if (cycle >= reset_edges) look_at_outputs();
      if (waves != nullptr) {
        card.fall();
        waves->dump(now() + rtl_clock.edge(1) / 2);
      }
      ++cycle;
    }
  }

  [[gnu::always_inline]] void limit_to(sim_time limit) {
    until = limit;
    end = rtl_clock.edge_at_or_after(limit);
  }

  // At the limit, or with nothing to evaluate: the next edge to prepare; false when run() has reached its end.
  [[gnu::hot, gnu::noinline]] bool go_on() {
    for (;;) {
      if (cycle >= end) {
        const sim_time limit = host.go_on(owner, now());
        if (limit <= now()) return false;
        limit_to(limit);
      }
      if (!may_skip()) return true;
      const std::int64_t wake = std::min(next_change(), end);
      skipped += wake - cycle;
      cycle = wake;
      if (cycle < end) return true;
    }
  }

  bool may_skip() const { return skip_idle && card.asks_nothing() && cycle > reset_edges; }

  // False when run() has reached its end before the edge of `cycle`.
  [[gnu::always_inline]] bool reach_edge() { return (cycle < end && !may_skip()) || go_on(); }

  // Everything that has to be done before the edge of `cycle`.
  void drive_inputs() {
    change_inputs();
    pin_clocks = requests.of(*state) | card.always();
    if (!requests.settled()) next_due = cycle + 1;
  }

  [[gnu::always_inline]] bool prepare_edge() {
    if (!reach_edge()) return false;
    change_inputs();
    pin_clocks = requests.outside_reset(*state);
    if (!requests.settled()) next_due = cycle + 1;
    return true;
  }

  [[gnu::always_inline]] void change_inputs() {
    if (state->mst_req_valid_o != 0 && cycle >= reset_edges) take_request();
    if (cycle >= gmii.due()) drive_gmii();
    if (cycle >= side_due) drive_side_inputs();
    next_due = std::min(end, std::min(gmii.due(), side_due));
  }

  // First edge at which the RTL can change again, given that no register asks for a clock.
  std::int64_t next_change() const {
    if (gmii.stride != 0) return cycle;
    std::int64_t first = std::min(gmii.due(), side_due);
    if (const std::uint64_t deadline = state->next_deadline_o; deadline < static_cast<std::uint64_t>(first))
      first = static_cast<std::int64_t>(deadline);
    return std::max(first, cycle);
  }

  // ---- before the edge: what the RTL offers and this edge takes ----
  void take_beat(const Vnic___024root& c, std::int64_t edge) {
    bursts.add_beat(c.mst_wdata_o, c.mst_wbe_o, c.mst_wlast_o != 0, [this, edge] { return beat_origin(edge); });
  }
  [[gnu::noinline]] burst_pool::origin beat_origin(std::int64_t edge) const {
    return {rtl_clock.edge(edge), frame_of(state->mst_wtag_o)};
  }

  [[gnu::hot]] void take_request() {
    state->mst_req_ready_i = bursts.ready();
    if (!bursts.ready()) return;
    const Vnic___024root& c = *state;
    dma_transfer& transfer = bursts.take({static_cast<dma_kind>(c.mst_req_kind_o), c.mst_req_write_o != 0,
                                          c.mst_req_tag_o, c.mst_req_addr_o, c.mst_req_len_o});
    if (transfer.kind >= dma_kind::tx_payload) sent.requested(transfer, c.mst_req_ftag_o);
    const sim_time go_on = host.dma_request(owner, transfer, now());
    if (go_on < until) limit_to(go_on);
  }

  // ---- the inputs this edge samples ----
  [[gnu::hot, gnu::noinline]] void drive_gmii() {
    const auto kind = gmii.begin(cycle, *state);
    if (kind != gmii_driver::edge_kind::sof && kind != gmii_driver::edge_kind::eof) return;
    const wire_frame& frame = gmii.current();
    if (kind == gmii_driver::edge_kind::sof) tags.wire_began(state->gmii_looped_o == 0, gmii.started());
    emit(kind == gmii_driver::edge_kind::sof ? stage::wire_sof : stage::wire_eof, frame.id, gmii.length_told(kind),
         gmii.marks_told(kind));
    if (kind == gmii_driver::edge_kind::eof && !tags.wire_heard())
      emit(stage::filter_reject, frame.id, 0, static_cast<std::uint64_t>(drop_reason::link_down));
  }

  [[gnu::always_inline]] void drive_side_inputs() {
    if (rare_inputs) [[unlikely]]
      drive_rare_inputs();
    if (responses.next_cycle() <= cycle) return drive_response();
    state->mst_rsp_valid_i = 0;
    side_due = responses.next_cycle();
    if (rare_inputs) [[unlikely]]
      side_due = std::min(side_due, next_rare_input());
  }

  [[gnu::noinline]] void drive_rare_inputs() {
    if (cycle == reset_edges) state->rst_ni = 1;
    while (link.next_cycle() <= cycle) {
      state->link_up_i = link.take();
      emit(stage::link_change, 0, state->link_up_i);
    }
    target.drive(cycle, *state, emitter());
    if (eeprom.waiting()) eeprom.settle(*state, now());
    rare_inputs = cycle < reset_edges || target.busy() || link.next_cycle() != never || eeprom.waiting();
  }

  // First edge at which a pin changes that belongs neither to GMII nor to the responses.
  std::int64_t next_rare_input() const {
    if (cycle < reset_edges) return cycle + 1;
    return std::min({target.next_cycle(cycle), link.next_cycle(), eeprom.next_cycle(rtl_clock)});
  }

  [[gnu::hot, gnu::noinline]] void drive_response() {
    side_due = cycle + 1;  // another beat, or none, which has to be said as well
    Vnic___024root& c = *state;
    const response_queue::beat beat = responses.take();
    c.mst_rsp_valid_i = 1;
    c.mst_rsp_tag_i = beat.tag;
    c.mst_rsp_status_i = static_cast<std::uint8_t>(beat.status);
    c.mst_rsp_data_i = beat.data;
    c.mst_rsp_last_i = beat.last;
    if (beat.returned != nullptr) bursts.give_back(*beat.returned);
  }

  // An access or the link was queued from outside: look at it again.
  void rare_input_queued() {
    rare_inputs = true;
    side_due = std::min(side_due, cycle);
  }
  void response_queued() { side_due = std::min(side_due, std::max(cycle, responses.next_cycle())); }

  // ---- after the edge ----
  [[gnu::hot, gnu::noinline]] void look_at_outputs() {
    report_events();
    if (eeprom_moved(*state) != 0 && eeprom.follow(*state, now())) [[unlikely]]
      rare_input_queued();
    if (state->tgt_rsp_valid_o != 0) [[unlikely]]
      answer();
    if (state->intx_o != intx) [[unlikely]]
      intx_changed();
  }

  [[gnu::noinline]] void intx_changed() {
    intx = state->intx_o;
    emit(intx != 0 ? stage::intx_assert : stage::intx_deassert);
    host.intx(owner, intx != 0, now());
    stop = true;
  }

  [[gnu::noinline]] void answer() {
    const answer_due due = target.answered();
    if (state->cfg_reset_o != 0) host.withdraw(owner, now());
    if (!due.awaited) return;
    if (due.read_offset >= 0)
      emit(stage::reg_read, 0, static_cast<std::uint64_t>(due.read_offset), state->tgt_rsp_rdata_o);
    host.access_done(owner, state->tgt_rsp_rdata_o, now());
    stop = true;
  }

  // Frames, causes and losses apart: a function that did all would save registers for all at every look.
  [[gnu::always_inline]] void report_events() {
    const Vnic___024root& c = *state;
    if (c.evt_tx_o != 0) report_sent(c.evt_tx_o);
    if (c.evt_rst_o != 0) [[unlikely]]  // a frame that began in the clock before it is cut by it
      sent.reset(emitter());
    if (c.evt_rx_o != 0) report_frame(c.evt_rx_o);
    if ((c.evt_cause_o | c.evt_hold_o) != 0) report_causes();
    if (c.evt_lost_o != 0) [[unlikely]]
      report_loss();
  }

  [[gnu::hot, gnu::noinline]] void report_frame(std::uint32_t word) {
    pins::events_of(
        pins::unpack_rx_evt(word), [this](std::uint16_t tag) { return frame_of(tag); },
        [this](stage what, frame_id frame, std::uint64_t b) { emit(what, frame, 0, b); });
  }

  [[gnu::noinline]] void report_sent(std::uint32_t word) {
    sent.happened(pins::unpack_tx_evt(word), state->evt_tx_length_o, state->gmii_tx_en_o != 0, now(), tags,
                  gmii.started(), emitter());
  }

  // A frame of the FIFO that never reaches the host.
  [[gnu::noinline]] void report_loss() {
    const pins::rx_loss lost = pins::unpack_rx_loss(state->evt_lost_frame_o);
    const drop_reason why = lost.too_long ? drop_reason::oversize : drop_reason::nic_reset;
    emit(stage::fifo_drop, frame_of(lost.tag), drop_mark::stored, static_cast<std::uint64_t>(why));
  }

  [[gnu::hot, gnu::noinline]] void report_causes() {
    if (state->evt_cause_o != 0) emit(stage::cause_set, 0, state->evt_causes_o);
    if (state->evt_hold_o != 0) emit(stage::moderation_hold, 0, state->evt_held_o);
  }

  rtl_nic& owner;
  rtl_nic_params params;
  nic_host& host;
  gmii_stretch gmii;
  transmit_side sent;
  const std::int64_t sent_byte_clocks;  // 1, 10 or 100 at 1000, 100 and 10 Mb/s
  frame_tags tags;
  event_stream& events;
  const event_stream::source_id source;

  microwire own_eeprom;
  eeprom_pins eeprom;
  verilated_card card;
  Vnic___024root* const state;  // its pins
  pin_requests requests;
  clock_set pin_clocks = all_clocks;  // what they ask for at the edge prepared last
  std::int64_t cycle = 0;             // the next edge to evaluate
  std::int64_t skipped = 0;           // edges before it that were not evaluated
  sim_time until = 0;                 // run() goes up to there,
  std::int64_t end = 0;               // that is to this edge,
  bool stop = false;                  // or ends before it
  std::int64_t next_due = 0;          // first edge that needs prepare_edge(), at the latest
  bool observed = false;              // waveforms or a pin log look at every edge

  burst_pool bursts;
  response_queue responses;
  target_side target;
  std::int64_t side_due = 0;  // first edge at which a pin other than GMII's may change
  bool rare_inputs = true;    // reset, accesses or the link to look after
  std::uint8_t intx = 0;      // intx_o as reported
  link_changes link;

  std::unique_ptr<rtl_trace> waves;
  rtl_pin_log* pins = nullptr;
  bool skip_idle;
};

rtl_nic::rtl_nic(const rtl_nic_params& params, nic_host& host, wire& rx, tx_wire& tx, event_stream& events)
    : impl_(std::make_unique<impl>(*this, params, host, rx, tx, events)) {}

rtl_nic::~rtl_nic() = default;

[[gnu::hot]] sim_time rtl_nic::local_time() const {
  return impl_->now();
}

[[gnu::hot]] void rtl_nic::run(sim_time limit) {
  impl_->run(limit);
  impl_->events.set_watermark(impl_->source, impl_->now());
}

void rtl_nic::deliver_access(const target_access& access, sim_time t) {
  impl_->target.queue(impl_->crossed(t), access);
  impl_->rare_input_queued();
}

[[gnu::hot]] void rtl_nic::dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last,
                                    sim_time t) {
  if (is_payload(transfer.kind)) impl_->sent.bytes_came(transfer);
  impl_->responses.add_data(transfer, from, to, last, impl_->crossed(t));
  impl_->response_queued();
}

[[gnu::hot]] void rtl_nic::dma_done(dma_transfer& transfer, sim_time t) {
  impl_->responses.add_end(transfer, impl_->crossed(t));
  impl_->response_queued();
}

void rtl_nic::set_link(bool up, sim_time t) {
  impl_->link.add(std::max(rtl_clock.edge_at_or_after(t), reset_edges + 1), up);
  impl_->rare_input_queued();
}

void rtl_nic::set_crossing(std::uint32_t clocks) {
  impl_->params.crossing_to_rtl_clocks = clocks;
}

void rtl_nic::wire_changed() {
  impl_->gmii.look_ahead();
}

nic_config_state rtl_nic::config_state() const {
  return config_state_of(*impl_->state);
}

nic_counters rtl_nic::counters() const {
  return {static_cast<std::uint64_t>(impl_->cycle), static_cast<std::uint64_t>(impl_->cycle - impl_->skipped)};
}

void rtl_nic::trace(const nic_trace& waves) {
  impl_->waves = std::make_unique<rtl_trace>(waves);
  impl_->observed = true;
  impl_->card.draw(impl_->waves->vcd());
  impl_->waves->open();
}

void rtl_nic::flush_trace() {
  if (impl_->waves == nullptr) return;
  impl_->waves->before_edge(impl_->now());
  impl_->waves->flush();
}

void rtl_nic::record_pins(rtl_pin_log* into) {
  impl_->pins = into;
  impl_->observed = impl_->waves != nullptr || into != nullptr;
}
void rtl_nic::set_skip(bool on) {
  impl_->skip_idle = on;
}
void rtl_nic::set_clocking(bool gate, bool direct) {
  impl_->card.set_clocking(gate, direct);
}

}  // namespace ringside::tlm

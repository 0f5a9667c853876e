// The only file that includes the Verilated header.
//
// [[gnu::hot]] here, in the bus and in what it calls: the linker puts what runs between two cycles of a card side by
// side, which spreads it over the instruction cache's sets (docs/performance.md).
#include "hw/tlm/nic/rtl_nic.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <span>
#include <stdexcept>

#include "hw/tlm/nic/burst_pool.h"
#include "hw/tlm/nic/gmii_driver.h"
#include "hw/tlm/nic/response_queue.h"
#include "hw/tlm/nic/rtl_access.h"
#include "hw/tlm/nic/rtl_events.h"
#include "hw/tlm/nic/rtl_trace.h"
#include "hw/tlm/nic/verilated_card.h"

namespace ringside::tlm {
namespace {

constexpr std::int64_t reset_edges = 8;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr clock_domain rtl_clock{125'000'000};
constexpr std::uint8_t no_byte = 0;

}  // namespace

struct rtl_nic::impl {
  impl(rtl_nic& self, const rtl_nic_params& p, nic_host& h, wire& rx, event_stream& stream)
      : owner(self),
        params(p),
        host(h),
        gmii(rx, rtl_clock),
        wire_number(rx.number()),
        events(stream),
        source(stream.add_source(origin::nic, p.unit)),
        skip_idle(p.skip_idle) {
    prepare(context, p);
    context.traceEverOn(true);
    top = std::make_unique<Vnic>(&context, "nic");
    state = top->rootp;
    tie_off(*top, p);
  }

  // ---- time ----
  sim_time now() const { return rtl_clock.edge(cycle); }
  std::int64_t crossed(sim_time t) const { return rtl_clock.edge_at_or_after(t) + params.crossing_to_rtl_clocks; }

  [[gnu::hot]] void emit(stage what, frame_id frame = 0, std::uint64_t a = 0, std::uint64_t b = 0) {
    events.push(source, now(), what, frame, a, b);
  }

  // The 16-bit tag counts the frames the MAC began; the nearest frame at or before the last one begun bears it.
  [[gnu::hot]] frame_id frame_of(std::uint16_t tag) const {
    const std::uint64_t last = gmii.started();
    const auto behind = static_cast<std::uint16_t>(static_cast<std::uint16_t>(last) - tag);
    return (frame_id{wire_number} << frame_wire_shift) + last - behind;
  }

  [[gnu::hot]] void run(sim_time limit) {
    until = limit;
    end = rtl_clock.edge_at_or_after(limit);
    stop = false;
    while (cycle < end && !stop && !skipped_to_end()) {
      if (waves != nullptr || pins != nullptr || cycle < reset_edges)
        step_observed();
      else if (const std::span<const std::uint8_t> bytes = gmii.plain_bytes(); !bytes.empty())
        run_plain(bytes.data(), 1, static_cast<std::int64_t>(bytes.size()));
      else if (gmii_idle && !gmii.active(cycle))
        run_plain(&no_byte, 0, gmii.next_start() - cycle);
      else
        step();
    }
  }

  // Skips what can be skipped; true when that leads to the end of the run.
  bool skipped_to_end() {
    if (!skip_idle || state->quiescent_o == 0 || cycle <= reset_edges) return false;
    const std::int64_t wake = std::min(next_input(), end);
    skipped += wake - cycle;
    cycle = wake;
    return cycle == end;
  }

  // First edge at which the RTL can change again, given that it is quiescent.
  std::int64_t next_input() const {
    if (pins_active || gmii.active(cycle)) return cycle;  // idle pins have to be seen once
    std::int64_t first = std::min(gmii.next_start(), side_due);
    const std::uint64_t deadline = top->next_deadline_o;
    if (deadline < static_cast<std::uint64_t>(first)) first = static_cast<std::int64_t>(deadline);
    return std::max(first, cycle);
  }

  [[gnu::hot]] void step() {
    take_outputs();
    drive_inputs();
    clock_edge(*top, /*both_edges=*/false);
    if (has_news()) look_at_outputs();
    ++cycle;
  }

  // `count` edges at which GMII changes by its byte alone, or not at all (stride 0) in a gap between frames: most edges
  // pass here.  The generated code pushes this loop out of the caches at every edge, so it is kept short.
  [[gnu::hot, gnu::noinline]] void run_plain(const std::uint8_t* byte, std::ptrdiff_t stride, std::int64_t count) {
    Vnic& model = *top;
    Vnic___024root& card = *state;
    const std::int64_t first = cycle;
    std::int64_t last = count < end - first ? first + count : end;
    const bool skipping = skip_idle;
    pins_active = stride != 0;
    do {
      if ((card.mst_wdata_valid_o | card.mst_req_valid_o) != 0) [[unlikely]] {
        take_outputs();
        last = std::min(last, end);
      }
      if (cycle >= side_due) [[unlikely]]
        drive_side_inputs();
      card.now_i = static_cast<std::uint64_t>(cycle);
      card.gmii_rxd_i = *byte;
      byte += stride;
      clock_edge(model, /*both_edges=*/false);
      if (has_news()) [[unlikely]] {
        look_at_outputs();
        if (stop) last = cycle;
      }
      ++cycle;
    } while (cycle < last && !(skipping && card.quiescent_o != 0));
    if (stride != 0) gmii.skip(static_cast<std::size_t>(cycle - first));
  }

  bool has_news() const {
    return (state->evt_o | state->tgt_rsp_valid_o | static_cast<unsigned>(state->intx_o ^ intx)) != 0;
  }

  // The same with waveforms or a pin log, and during reset.
  void step_observed() {
    if (waves != nullptr) waves->before_edge(now());
    if (cycle >= reset_edges) take_outputs();
    drive_inputs();
    if (pins != nullptr) pins->edges.push_back(pins_of(*top));
    clock_edge(*top, waves != nullptr);
    if (pins != nullptr) pins->output_hash = hash_outputs(*top, pins->output_hash);
    if (waves != nullptr) waves->dump(now());
    if (cycle >= reset_edges) look_at_outputs();
    if (waves != nullptr) show_falling_edge();
    ++cycle;
  }

  void show_falling_edge() {
    top->clk_i = 0;
    top->eval();
    waves->dump(now() + rtl_clock.edge(1) / 2);
  }

  // ---- before the edge: what the RTL offers and this edge takes ----
  [[gnu::hot, gnu::noinline]] void take_outputs() {
    Vnic___024root& card = *state;
    card.mst_req_ready_i = bursts.ready();
    if (card.mst_wdata_valid_o != 0)
      bursts.add_beat(card.mst_wdata_o, card.mst_wbe_o, card.mst_wlast_o != 0,
                      [&] { return frame_of(card.mst_wtag_o); });
    if (card.mst_req_valid_o != 0 && card.mst_req_ready_i != 0) take_request();
  }

  [[gnu::hot]] void take_request() {
    dma_transfer& transfer = bursts.take({static_cast<dma_kind>(top->mst_req_kind_o), top->mst_req_write_o != 0,
                                          top->mst_req_tag_o, top->mst_req_addr_o, top->mst_req_len_o});
    const sim_time go_on = host.dma_request(owner, transfer, now());
    if (go_on >= until) return;
    until = go_on;
    end = rtl_clock.edge_at_or_after(go_on);
  }

  // ---- the inputs this edge samples ----
  void drive_inputs() {
    state->now_i = static_cast<std::uint64_t>(cycle);
    pins_active = false;
    drive_gmii();
    // Everything but the wire is rare: one comparison tells that nothing is due and nothing has to be taken back.
    if (cycle >= side_due) drive_side_inputs();
  }

  [[gnu::hot]] void drive_gmii() {
    if (!gmii.active(cycle)) {
      if (!gmii_idle) set_gmii({});
      gmii_idle = true;
      return;
    }
    gmii_driver::pins pin;
    const auto kind = gmii.drive(cycle, pin);
    set_gmii(pin);
    gmii_idle = kind == gmii_driver::edge_kind::idle;
    if (gmii_idle) return;
    pins_active = true;
    if (kind == gmii_driver::edge_kind::data) return;
    const wire_frame& frame = gmii.current();
    emit(kind == gmii_driver::edge_kind::sof ? stage::wire_sof : stage::wire_eof, frame.id, frame.bytes.size(),
         frame.marks);
  }

  void set_gmii(const gmii_driver::pins& pin) const {
    state->gmii_ce_i = pin.ce;
    state->gmii_rx_dv_i = pin.dv;
    state->gmii_rx_er_i = pin.er;
    state->gmii_rxd_i = pin.data;
  }

  [[gnu::hot, gnu::noinline]] void drive_side_inputs() {
    const bool rare = cycle <= reset_edges || !accesses.empty() || access_driven || link_change >= 0;
    if (rare) drive_rare_inputs();
    if (responses.next_cycle() <= cycle) {
      drive_response();
      pins_active = true;
      side_due = cycle + 1;  // another beat, or none, which has to be said as well
      return;
    }
    if (state->mst_rsp_valid_i != 0) {
      state->mst_rsp_valid_i = 0;
      pins_active = true;
    }
    side_due = rare ? next_side_input() : responses.next_cycle();
  }

  void drive_rare_inputs() {
    if (cycle == reset_edges) top->rst_ni = 1;
    if (link_change >= 0 && cycle >= link_change) {
      top->link_up_i = link_next;
      link_change = -1;
      pins_active = true;
      emit(stage::link_change, 0, link_next);
    }
    if (access_driven) pins_active = true;
    drive_access();
    if (access_driven) pins_active = true;
  }

  // First edge at which a pin other than GMII's changes.
  std::int64_t next_side_input() const {
    if (cycle < reset_edges || access_driven) return cycle + 1;
    std::int64_t first = responses.next_cycle();
    if (!accesses.empty()) first = std::min(first, accesses.front().cycle);
    if (link_change >= 0) first = std::min(first, link_change);
    return first;
  }

  [[gnu::hot]] void drive_access() {
    access_driven = !accesses.empty() && accesses.front().cycle <= cycle;
    top->tgt_req_valid_i = access_driven;
    if (!access_driven) return;
    const target_access access = accesses.front().access;
    top->tgt_space_i = static_cast<std::uint8_t>(access.space);
    top->tgt_write_i = access.write;
    top->tgt_addr_i = access.offset;
    top->tgt_be_i = access.byte_enables;
    top->tgt_wdata_i = access.data;
    if (!top->tgt_req_ready_o) return;
    accesses.pop_front();  // taken at this edge
    answers_due.push_back({is_answered(access.space, access.write), access.write ? -1 : register_offset(access)});
    if (access.write) report_write(access);
  }

  [[gnu::hot]] void drive_response() {
    Vnic___024root& card = *state;
    const response_queue::beat beat = responses.take();
    card.mst_rsp_valid_i = 1;
    card.mst_rsp_tag_i = beat.tag;
    card.mst_rsp_status_i = static_cast<std::uint8_t>(beat.status);
    card.mst_rsp_data_i = beat.data;
    card.mst_rsp_last_i = beat.last;
    if (beat.returned != nullptr) bursts.give_back(*beat.returned);
  }

  // An input was queued from outside: look at it again.
  void side_input_queued() { side_due = std::min(side_due, cycle); }

  // ---- after the edge ----
  [[gnu::hot, gnu::noinline]] void look_at_outputs() {
    if (state->evt_o != 0) report_events(state->evt_o);
    if (state->tgt_rsp_valid_o != 0) answer();
    if (state->intx_o != intx) intx_changed();
  }

  [[gnu::hot]] void intx_changed() {
    intx = state->intx_o;
    emit(intx != 0 ? stage::intx_assert : stage::intx_deassert);
    host.intx(owner, intx != 0, now());
    stop = true;
  }

  [[gnu::hot]] void answer() {
    if (answers_due.empty()) throw std::runtime_error("the RTL answered an access nobody made");
    const answer_due due = answers_due.front();
    answers_due.pop_front();
    if (!due.awaited) return;
    if (due.read_offset >= 0)
      emit(stage::reg_read, 0, static_cast<std::uint64_t>(due.read_offset), top->tgt_rsp_rdata_o);
    host.access_done(owner, top->tgt_rsp_rdata_o, now());
    stop = true;
  }

  [[gnu::hot]] void report_events(std::uint64_t word) {
    const rtl_event_word e = unpack(word);
    if (e.reset) emit(stage::nic_reset);
    if (e.accept) emit(stage::filter_accept, frame_of(e.tag));
    if (e.reject) emit(stage::filter_reject, frame_of(e.tag), 0, e.reason);
    if (e.commit) emit(stage::fifo_commit, frame_of(e.tag));
    if (e.drop) emit(stage::fifo_drop, frame_of(e.tag), 0, e.reason);
    if (e.no_buffer) emit(stage::rnbc);
    if (e.cause_set) emit(stage::cause_set, 0, e.causes);
    if (e.hold) emit(stage::moderation_hold, 0, e.held);
  }

  // Register an access means: BAR0 directly, the I/O window through IOADDR (P-2), configuration space at its own base;
  // -1 for none.
  std::int64_t register_offset(const target_access& access) {
    if (access.space == pci_space::memory) return access.offset;
    if (access.space == pci_space::config) return config_event_base + access.offset;
    if (access.space != pci_space::io || access.offset != 4) return -1;
    return io_address;
  }

  void report_write(const target_access& access) {
    if (access.space == pci_space::io && access.offset == 0) io_address = access.data;
    const std::int64_t offset = register_offset(access);
    if (offset >= 0) emit(stage::reg_write, 0, static_cast<std::uint64_t>(offset), access.data);
  }

  rtl_nic& owner;
  rtl_nic_params params;
  nic_host& host;
  gmii_driver gmii;
  const std::uint16_t wire_number;
  event_stream& events;
  const event_stream::source_id source;

  VerilatedContext context;
  std::unique_ptr<Vnic> top;
  Vnic___024root* state = nullptr;  // the model's pins themselves: Vnic's are references to them
  std::int64_t cycle = 0;           // the next edge to evaluate
  std::int64_t skipped = 0;         // edges before it that were not evaluated
  sim_time until = 0;               // run() goes up to there,
  std::int64_t end = 0;             // that is to this edge,
  bool stop = false;                // or ends before it
  bool pins_active = true;          // the last edge saw an input that was not idle
  bool gmii_idle = false;           // nothing on GMII's pins

  burst_pool bursts;
  response_queue responses;
  std::deque<queued_access> accesses;
  std::deque<answer_due> answers_due;  // per accepted access
  std::int64_t side_due = 0;           // first edge at which a pin other than GMII's may change
  bool access_driven = false;
  std::uint8_t intx = 0;  // intx_o as reported
  std::int64_t io_address = 0;
  std::int64_t link_change = -1;  // edge at which the link input changes, -1 = never
  bool link_next = false;

  std::unique_ptr<rtl_trace> waves;
  rtl_pin_log* pins = nullptr;
  bool skip_idle;
};

rtl_nic::rtl_nic(const rtl_nic_params& params, nic_host& host, wire& rx, event_stream& events)
    : impl_(std::make_unique<impl>(*this, params, host, rx, events)) {}

rtl_nic::~rtl_nic() {
  impl_->top->final();
}

[[gnu::hot]] sim_time rtl_nic::local_time() const {
  return impl_->now();
}

[[gnu::hot]] void rtl_nic::run(sim_time limit) {
  impl_->run(limit);
  impl_->events.set_watermark(impl_->source, impl_->now());
}

void rtl_nic::deliver_access(const target_access& access, sim_time t) {
  impl_->accesses.push_back({impl_->crossed(t), access});
  impl_->side_input_queued();
}

[[gnu::hot]] void rtl_nic::dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last,
                                    sim_time t) {
  impl_->responses.add_data(transfer, from, to, last, impl_->crossed(t));
  impl_->side_input_queued();
}

[[gnu::hot]] void rtl_nic::dma_done(dma_transfer& transfer, sim_time t) {
  impl_->responses.add_end(transfer, impl_->crossed(t));
  impl_->side_input_queued();
}

void rtl_nic::set_link(bool up, sim_time t) {
  impl_->link_change = std::max(rtl_clock.edge_at_or_after(t), reset_edges + 1);
  impl_->link_next = up;
  impl_->side_input_queued();
}

void rtl_nic::set_crossing(std::uint32_t clocks) {
  impl_->params.crossing_to_rtl_clocks = clocks;
}

void rtl_nic::wire_released() {
  impl_->gmii.look_ahead();
}

nic_config_state rtl_nic::config_state() const {
  const Vnic& top = *impl_->top;
  return {static_cast<std::uint16_t>(top.cfg_command_o), top.cfg_bar0_o, top.cfg_bar2_o, top.cfg_latency_timer_o,
          top.cfg_cache_line_o};
}

nic_counters rtl_nic::counters() const {
  return {static_cast<std::uint64_t>(impl_->cycle), static_cast<std::uint64_t>(impl_->cycle - impl_->skipped)};
}

void rtl_nic::trace(const nic_trace& waves) {
  constexpr int all_levels = 99;
  impl_->waves = std::make_unique<rtl_trace>(waves);
  impl_->top->trace(&impl_->waves->vcd(), all_levels);
  impl_->waves->open();
}

void rtl_nic::flush_trace() {
  if (impl_->waves == nullptr) return;
  impl_->waves->before_edge(impl_->now());
  impl_->waves->flush();
}

void rtl_nic::record_pins(rtl_pin_log* into) {
  impl_->pins = into;
}
void rtl_nic::set_skip(bool on) {
  impl_->skip_idle = on;
}

}  // namespace ringside::tlm

// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/model_nic.h"

#include <algorithm>

#include "hw/tlm/model/core.h"
#include "hw/tlm/model/descriptor_ring.h"
#include "hw/tlm/model/dma_engine.h"
#include "hw/tlm/model/flow_control.h"
#include "hw/tlm/model/interrupt_unit.h"
#include "hw/tlm/model/link.h"
#include "hw/tlm/model/mac.h"
#include "hw/tlm/model/packet_buffer.h"
#include "hw/tlm/model/phy.h"
#include "hw/tlm/model/receive_timers.h"
#include "hw/tlm/model/receiver.h"
#include "hw/tlm/model/register_access.h"
#include "hw/tlm/model/transmitter.h"
#include "hw/tlm/model/write_back.h"

namespace ringside::tlm {

// The blocks and how they are wired: each knows its neighbours by a few calls only.
struct model_nic::impl {
  impl(model_nic& card, const model_params& params, nic_host& host, wire& rx_wire, tx_wire& to_send_on,
       event_stream& events)
      : self(card),
        outside(host),
        own_eeprom(factory_image(params.mac_address)),
        eeprom(params.eeprom != nullptr ? *params.eeprom : own_eeprom),
        shared(params, eeprom.words(0), events),
        irq(shared, [this](bool on) { call_host([&] { outside.intx(self, on, shared.now); }); }),
        dma(shared, [this](dma_transfer& t) { call_host([&] { outside.dma_request(self, t, shared.now); }); }),
        ring(shared, dma, {[this] { wake(); }, [this] { irq.set_cause(icr::RXDMT0); }}),
        writer(shared, dma, ring,
               {[this](std::uint32_t cause) { irq.set_cause(cause); }, [this] { wake(); },
                [this] { forget_withdrawn(); }}),
        timers(shared, [this](std::uint32_t causes) { writer.flush(causes); }),
        rx(shared, dma, ring, buffer,
           {[this](std::size_t length) { timers.frame_in_memory(length); }, [this] { writer.flush(0); },
            [this] { writer.wake(); }}),
        transceiver(params.link_mbps),
        phy_link(shared, transceiver, [this](std::uint32_t cause) { irq.set_cause(cause); }),
        flow(shared, rx_wire.params().byte_time,
             {[this] { return buffer.used(); }, [this](std::uint16_t timer) { tx.send_pause(timer); }}),
        receive_mac(shared, rx_wire, buffer, flow,
                    {.link_up = [this] { return phy_link.up(); },
                     .full_duplex = [this] { return phy_link.full_duplex(); },
                     .looped = [this] { return transceiver.looped(); },
                     .free_descriptors = [this] { return ring.free(); },
                     .set_cause = [this](std::uint32_t cause) { irq.set_cause(cause); },
                     .frame_stored = [this] { rx.wake(); },
                     .pause_over = [this] { tx.wake(); }}),
        tx(shared, dma, to_send_on, rx_wire.params().byte_time,
           {.set_cause = [this](std::uint32_t cause) { irq.set_cause(cause); },
            .withdrawn = [this] { tx.forget_withdrawn(); },
            .link_up = [this] { return phy_link.up(); },
            .full_duplex = [this] { return phy_link.full_duplex(); },
            .paused = [this] { return receive_mac.transmit_paused(); },
            .looped = [this] { return transceiver.looped(); },
            .loop = [this](frame_id id, const std::vector<std::uint8_t>& bytes) { receive_mac.loop(id, bytes); }}),
        registers(shared, irq, transceiver, eeprom,
                  {.reset = [this] { reset(); },
                   .resetting = [this] { return resetting; },
                   .control_written =
                       [this] {
                         look_at_link();
                         flow.changed();
                       },
                   .left_d3 = [this] { leave_d3(); },
                   .status = [this] { return phy_link.status(receive_mac.transmit_paused()); },
                   .ring_written = [this](bool head) { rewrite_ring(head); },
                   .tail_written = [this] { refetch(); },
                   .force_timer = [this] { timers.force(); },
                   .transmit_ring_written = [this](bool head) { tx.rewrite_ring(head); },
                   .transmit_tail_written = [this] { tx.tail_written(); },
                   .send_pause = [this](std::uint16_t timer) { tx.send_pause(timer); },
                   .flow_thresholds_written = [this] { flow.changed(); },
                   .wake = [this] { wake(); }}) {
    dma.on_quiet([this] {
      resetting = stopping = false;
      wake();
    });
    buffer.on_release([this] { flow.changed(); });
    buffer.set_share(shared.regs.get(reg::PBA) & pba::RXA);
    phy_link.reset();
  }

  template <typename call>
  void call_host(call&& what) {
    host_called = true;
    what();
  }

  void wake() {
    ring.wake();
    rx.wake();
    writer.wake();
    tx.wake();
  }

  void look_at_link() {
    phy_link.judge();
    tx.wake();  // T-72
  }

  // descriptors on chip are void; frames they held are lost, whole.  What is on the bus ends as if the ring
  // had been rewritten after it, and the timers run on: what they will announce is in memory.
  void rewrite_ring(bool head_written) {
    lose_descriptors();
    rx.restart();
    writer.rewrite(head_written);
    ring.rewrite(writer.on_bus(), writer.index_behind());
  }

  // RDT with EN = 0.  Frames keep the descriptors they have taken.
  void refetch() {
    ring.refetch();
    rx.wake();
  }

  // P-3, T-81: with Command.BusMaster, RCTL.EN and TCTL.EN all 0 nothing that was asked for is to happen later.  What
  // the bus has not begun comes back, and the rings are as if they had been rewritten with what their registers hold.
  void look_whether_stopped() {
    const bool now_stopped =
        !shared.config.bus_master() && !shared.regs.has(reg::RCTL, rctl::EN) && !shared.regs.has(reg::TCTL, tctl::EN);
    if (now_stopped && !stopped) {
      rewrite_ring(/*head_written=*/false);
      tx.rewrite_ring(/*head_written=*/false);
      dma.stop();
      stopping = !dma.quiet();
      if (stopping) call_host([&] { outside.withdraw(self, shared.now); });
    }
    stopped = now_stopped;
  }

  // A write-back among it: RDH stays, and the next frame uses these descriptors.
  void forget_withdrawn() {
    writer.forget_burst();
    lose_descriptors();
    ring.rewrite(0, ring.index_of_first());
  }

  void lose_descriptors() {
    const auto& chip = ring.on_chip();
    for (std::size_t i = writer.on_bus(); i < chip.size(); ++i)
      if (chip[i].last) lose(chip[i].frame);
  }

  void lose(frame_id frame) {
    shared.emit(stage::fifo_drop, frame, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::nic_reset));
  }

  // CTRL.RST, FS 3.1.  What the bus has cannot be called back: RST reads 1 until it has ended.
  void reset() {
    shared.emit(stage::nic_reset);
    lose_descriptors();
    rx.restart();
    writer.reset();
    timers.stop();
    const std::uint32_t receive_share = shared.regs.get(reg::PBA) & pba::RXA;  // T-70: in force from now on
    buffer.set_share(receive_share);
    tx.reset(receive_share);
    for (const model::stored_frame& frame : buffer.clear()) lose(frame.id);
    shared.regs.reset(eeprom.words(shared.now));
    shared.stats.reset();
    ring.rewrite(0, 0);  // RDH is 0 now
    tx.set_up();
    flow.reset();
    irq.reset();
    dma.reset();
    receive_mac.reset();
    registers.reset();
    phy_link.reset();
    resetting = !dma.quiet();
    if (resetting) call_host([&] { outside.withdraw(self, shared.now); });
  }

  // D0 uninitialized: the PHY is reset, the EEPROM read, wake-up off (manual 6.3.1.2); for the rest the way out of D3
  // is a reset of the function (PCI PM 1.1 section 5.4.1).
  void leave_d3() {
    transceiver.reset();
    reset();
  }

  void take_access(const target_access& access) {
    std::uint32_t value = 0;
    if (access.write) {
      registers.write(access);
      look_whether_stopped();
    } else {
      value = registers.read(access);
    }
    if (is_answered(access.space, access.write)) call_host([&] { outside.access_done(self, value, shared.now); });
  }

  void run(sim_time limit) {
    while (shared.due.next() < limit) {
      const sim_time due_at = shared.due.next();
      if (due_at != shared.now) ++active_clocks;
      shared.now = due_at;
      shared.due.take()();
      if (host_called) break;
    }
    if (!host_called) shared.now = std::max(shared.now, limit);
    host_called = false;
    shared.stream.set_watermark(shared.source, shared.now);
  }

  model_nic& self;
  nic_host& outside;
  microwire own_eeprom;
  microwire& eeprom;
  model::core shared;
  model::packet_buffer buffer;
  model::interrupt_unit irq;
  model::dma_engine dma;
  model::descriptor_ring ring;
  model::write_back writer;
  model::receive_timers timers;
  model::receiver rx;
  model::phy transceiver;
  model::link phy_link;
  model::flow_control flow;
  model::mac receive_mac;
  model::transmitter tx;
  model::register_access registers;
  bool host_called = false;
  bool resetting = false;
  bool stopped = true;    // neither BusMaster nor an EN,
  bool stopping = false;  // and the bus has not ended or given back everything
  sim_time last_access = 0;
  std::uint64_t active_clocks = 0;
};

model_nic::model_nic(const model_params& params, nic_host& host, wire& rx, tx_wire& tx, event_stream& events)
    : impl_(std::make_unique<impl>(*this, params, host, rx, tx, events)) {
  impl_->receive_mac.listen();
}
model_nic::~model_nic() = default;

sim_time model_nic::local_time() const {
  return impl_->shared.now;
}
void model_nic::run(sim_time limit) {
  impl_->run(limit);
}

void model_nic::deliver_access(const target_access& access, sim_time t) {
  impl& i = *impl_;
  const sim_time effect = i.shared.seen(t) + i.shared.params.register_clocks * card_clock;
  i.last_access = std::max(effect, i.last_access + card_clock);  // in order, one a clock
  i.shared.at(i.last_access, [&i, access] { i.take_access(access); });
}

void model_nic::dma_data(dma_transfer& transfer, std::uint32_t from, std::uint32_t to, bool last, sim_time t) {
  impl_->dma.on_data(transfer, from, to, last, t);
}
void model_nic::dma_done(dma_transfer& transfer, sim_time t) {
  impl_->dma.on_done(transfer, t);
}

void model_nic::set_link(bool up, sim_time t) {
  impl_->shared.at(t, [i = impl_.get(), up] {
    i->transceiver.set_wire(up);
    i->look_at_link();
  });
}

void model_nic::set_crossing(std::uint32_t clocks) {
  impl_->shared.params.crossing_to_card_clocks = clocks;
}

void model_nic::wire_changed() {
  impl_->receive_mac.listen();
}
nic_config_state model_nic::config_state() const {
  nic_config_state state = impl_->shared.config.state();
  state.withdraws = impl_->resetting || impl_->stopping;
  return state;
}

nic_counters model_nic::counters() const {
  return {static_cast<std::uint64_t>(impl_->shared.now / card_clock), impl_->active_clocks};
}

}  // namespace ringside::tlm

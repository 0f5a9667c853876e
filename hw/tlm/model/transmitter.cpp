// SPDX-License-Identifier: Apache-2.0
#include "hw/tlm/model/transmitter.h"

namespace ringside::tlm::model {

transmitter::transmitter(core& c, dma_engine& dma, tx_wire& to, sim_time byte_time, const neighbours& around)
    : core_(c),
      ring_(c, dma,
            {[this] {
               reader_.wake();
               writer_.wake();
             },
             [this, set_cause = around.set_cause](std::uint32_t cause) {
               core_.after(core_.params.cause_clocks, [this, set_cause, cause, life = life_] {
                 if (life == life_) set_cause(cause);
               });
             }}),
      writer_(c, dma, ring_,
              {around.set_cause, [this] { timers_.start(); }, [this] { timers_.stop(); }, around.withdrawn}),
      timers_(c, [this] { writer_.flush(); }),
      reader_(c, dma, ring_, fifo_,
              {[this](transmit_ring::serial number) { writer_.completed(number); }, [this] { mac_.wake(); }}),
      mac_(
          c, to, byte_time, fifo_,
          {around.link_up, around.full_duplex, around.paused, around.looped, around.loop, [this] { reader_.wake(); }}) {
  fifo_.set_receive_share(c.regs.get(reg::PBA) & pba::RXA);
}

void transmitter::wake() {
  ring_.wake();
  reader_.wake();
  writer_.wake();
  mac_.wake();
}

void transmitter::rewrite_ring(bool head_written) {
  reader_.restart();
  writer_.rewrite(head_written);
  ring_.rewrite(writer_.on_bus(), writer_.index_behind());
}

// TDT with EN = 1 is the doorbell, with EN = 0 part of the set-up.
void transmitter::tail_written() {
  if (!core_.regs.has(reg::TCTL, tctl::EN)) ring_.refetch();
  wake();
}

void transmitter::forget_withdrawn() {
  writer_.forget();
  ring_.rewrite(false, core_.regs.get(reg::TDH));
}

// What a reset meets in the FIFO never reaches the wire: segments end here, packets with the driver that cleans its
// ring.
void transmitter::reset(std::uint32_t receive_share) {
  ++life_;
  mac_.reset();
  timers_.stop();
  reader_.reset();
  writer_.reset();
  for (const outgoing_frame& frame : fifo_.clear())
    if (is_segment(frame.id))
      core_.emit(stage::fifo_drop, frame.id, drop_mark::stored, static_cast<std::uint64_t>(drop_reason::tx_reset));
  fifo_.set_receive_share(receive_share);
}

}  // namespace ringside::tlm::model

// SPDX-License-Identifier: Apache-2.0
#include "tests/platform/report/story.h"

#include <algorithm>

namespace ringside::platform::test {
namespace {

origin source_of(stage what) {
  switch (what) {
    case stage::dma_start:
    case stage::dma_done:
    case stage::desc_writeback:
    case stage::desc_fetch:
    case stage::dd_visible:
    case stage::pci_transaction:
      return origin::bus;
    default:
      break;
  }
  if (info(what).where == lane::cpu) return origin::cpu;
  return origin::nic;
}

}  // namespace

story& story::at(sim_time time, stage what, frame_id frame, std::uint64_t a, std::uint64_t b, std::uint8_t unit) {
  events_.push_back({time, frame, a, b, unit, source_of(what), what});
  return *this;
}

story& story::arrive(frame_id frame, sim_time sof, std::uint32_t bytes, std::uint8_t nic) {
  const std::uint64_t descriptor = 0x1000 + 16 * (frame % 256);
  const std::uint64_t buffer = 0x10000 + 2048 * (frame % 256);
  at(sof, stage::wire_sof, frame, bytes, 0, nic);
  at(sof + 500 * ns, stage::wire_eof, frame, bytes, 0, nic);
  at(sof + 510 * ns, stage::filter_accept, frame, 0, 0, nic);
  at(sof + 520 * ns, stage::fifo_commit, frame, 0, 0, nic);
  at(sof + 600 * ns, stage::dma_start, frame, buffer, bytes, nic);
  at(sof + 800 * ns, stage::dma_done, frame, buffer + bytes, 0, nic);
  at(sof + 900 * ns, stage::desc_writeback, frame, descriptor, good_word(bytes), nic);
  return at(sof + 1000 * ns, stage::dd_visible, frame, descriptor, good_word(bytes), nic);
}

story& story::interrupt(sim_time asserted, std::uint8_t nic) {
  at(asserted, stage::cause_set, 0, 0x80, 0, nic);
  at(asserted, stage::intx_assert, 0, 0, 0, nic);
  at(asserted + 300 * ns, stage::hardirq_enter, 0, 11);
  at(asserted + 500 * ns, stage::icr_read, 0, 0x80);
  at(asserted + 600 * ns, stage::imc_write, 0, 0xFFFF'FFFF);
  at(asserted + 700 * ns, stage::napi_schedule);
  at(asserted + 800 * ns, stage::hardirq_exit);
  at(asserted + 900 * ns, stage::softirq_enter);
  return at(asserted + 1000 * ns, stage::napi_poll, 0, 300);
}

story& story::deliver(frame_id frame, sim_time taken, sim_time read, std::uint32_t payload) {
  at(taken, stage::desc_take, frame);
  at(taken, stage::dma_sync, frame);
  at(taken + 100 * ns, stage::skb_build, frame);
  at(taken + 200 * ns, stage::netif_receive_skb, frame);
  at(taken + 300 * ns, stage::ip_rcv, frame);
  at(taken + 400 * ns, stage::udp_rcv, frame);
  at(taken + 500 * ns, stage::socket_enqueue, frame, 1, payload);
  if (read != 0) at(read, stage::app_read, frame, 1, payload);
  return *this;
}

story& story::make(frame_id frame, sim_time time, cause_kind cause, frame_id because_of) {
  return at(time, stage::frame_made, frame, because_of, static_cast<std::uint64_t>(cause));
}

story& story::link(frame_id frame, sim_time time, link_kind kind, frame_id other) {
  return at(time, stage::skb_link, frame, other, static_cast<std::uint64_t>(kind));
}

story& story::end_poll(sim_time time) {
  at(time, stage::rdt_write, 0, 15);
  at(time + 100 * ns, stage::napi_complete, 0, 1);
  at(time + 200 * ns, stage::ims_write, 0, 0x9D);
  return at(time + 300 * ns, stage::softirq_exit);
}

void story::play(event_consumer& consumer) const {
  std::vector<event> sorted = events_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const event& x, const event& y) { return x.time < y.time; });
  for (const event& e : sorted) consumer.on_event(e);
}

}  // namespace ringside::platform::test

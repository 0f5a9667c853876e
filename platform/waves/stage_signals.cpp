// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/stage_signals.h"

namespace ringside::platform {
namespace {

// Everything else happens to an interrupt, a poll or the ring, which concern many frames.
bool of_one_frame(stage what) {
  switch (what) {
    case stage::wire_sof:
    case stage::wire_eof:
    case stage::filter_accept:
    case stage::filter_reject:
    case stage::fifo_commit:
    case stage::fifo_drop:
    case stage::dma_start:
    case stage::dma_done:
    case stage::desc_writeback:
    case stage::dd_visible:
    case stage::dma_sync:
    case stage::skb_build:
    case stage::netif_receive_skb:
    case stage::tap:
    case stage::ip_rcv:
    case stage::udp_rcv:
    case stage::tcp_v4_rcv:
    case stage::icmp_rcv:
    case stage::arp_rcv:
    case stage::socket_enqueue:
    case stage::socket_copy:
    case stage::task_wake:
    case stage::app_read:
    case stage::skb_consume:
    case stage::skb_drop:
    case stage::frame_made:
    case stage::skb_link:
    case stage::tx_complete:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::uint64_t frame_number(frame_id frame) {
  return number_of(frame) | frame >> frame_kind_shift << 30;
}

stage_signals::stage_signals(vcd_signals& signals) : signals_(signals) {
  signals_.open_scope("stage");
  for (std::size_t i = 0; i < count; ++i) {
    const stage_info& what = info(static_cast<stage>(i));
    if (!what.journey) continue;
    const bool of_frame = of_one_frame(what.what);
    rows_[i] = {true, of_frame, of_frame ? signals_.number(what.name, 32) : signals_.moment(what.name)};
  }
  signals_.close_scope();
}

void stage_signals::on_event(const event& e) {
  const row& r = rows_[static_cast<std::size_t>(e.what)];
  if (!r.shown) return;
  if (r.of_frame)
    signals_.set(r.signal, frame_number(e.frame), e.time);
  else
    signals_.happen(r.signal, e.time);
}

}  // namespace ringside::platform

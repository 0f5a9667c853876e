// SPDX-License-Identifier: Apache-2.0
#include "platform/report/interrupt_report.h"

#include "platform/report/descriptor_word.h"

namespace ringside::platform {
namespace {

// More assertions than this between a frame's write-back and its poll do not happen: each is answered by a poll.
constexpr std::uint64_t recent_assertions = 256;

}  // namespace

interrupt_report::nic_state& interrupt_report::add_nics(std::uint8_t unit) {
  while (nics_.size() <= unit) {
    nics_.emplace_back();
    nics_.back().recent.resize(recent_assertions);
  }
  return nics_[unit];
}

void interrupt_report::on_event(const event& e) {
  handle(e.what, e);
}

void interrupt_report::assert_intx(const event& e) {
  ++asserted_;
  nic_state& n = nic(e.unit);
  n.recent[n.assertions % recent_assertions] = {e.time, n.first_since};
  ++n.assertions;
  n.first_since = 0;
}

void interrupt_report::write_back(const event& e) {
  if ((e.b & word_eop) == 0) return;
  record* r = windows_.find(e.frame);
  if (r == nullptr) return;
  nic_state& n = nic(r->nic);
  r->written_back = true;
  r->assertions_before = n.assertions;
  if (n.first_since == 0) n.first_since = e.frame;
}

void interrupt_report::take(const event& e, record& r) {
  nic_state& n = nic(r.nic);
  r.result.taken = true;
  r.result.own = r.written_back && n.assertions > r.assertions_before;
  if (n.first_since == e.frame) n.first_since = 0;  // taken before any interrupt: none is its own
  if (!r.result.own) ++polled_without_;
  if (n.assertions == 0) return;
  const std::uint64_t index = r.result.own ? r.assertions_before : n.assertions - 1;
  if (n.assertions - index > recent_assertions) return;
  const assertion& a = n.recent[index % recent_assertions];
  r.result.asserted = a.time;
  r.result.rode_on = a.frame;
}

frame_interrupt interrupt_report::of(frame_id id) {
  const record* r = windows_.find(id);
  return r == nullptr ? frame_interrupt{} : r->result;
}

}  // namespace ringside::platform

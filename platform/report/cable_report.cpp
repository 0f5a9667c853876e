// SPDX-License-Identifier: Apache-2.0
#include "platform/report/cable_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/report/frame_name.h"

namespace ringside::platform {
namespace {

constexpr std::size_t most_cable_breaches = 16;

// Frames are at most two, one of each machine: the other one.
unsigned sender_to(unsigned receiver) {
  return 1 - receiver;
}

}  // namespace

void cable_report::on_event(const event& e) {
  switch (e.what) {
    case stage::tx_wire_sof:
      return on_sent(e);
    case stage::cable_fault:
      return on_fault(e);
    case stage::wire_sof:
      return on_heard(e);
    case stage::cable_out:
      return on_out(e);
    case stage::wire_eof:
      if (kind_of(e.frame) == frame_kind::received && (e.b & (wire_mark::damaged | wire_mark::runt)) != 0)
        ++lanes_[sender_to(machine_of(e))].all.bad;
      return;
    default:
      return;
  }
}

void cable_report::on_sent(const event& e) {
  lane& l = lanes_[machine_of(e)];
  ++l.all.sent;
  l.under_way.push_back({.sent_as = e.frame, .start = e.time});
}

// The cable speaks after the card, and of the frame the card began last.
void cable_report::on_fault(const event& e) {
  if (e.a >= static_cast<std::uint64_t>(cable_fault::count)) return breach(e, "suffers a fault of no kind");
  const auto what = static_cast<cable_fault>(e.a);
  // What arrives broken is told of at its arrival.
  lane& l = lanes_[what == cable_fault::broken ? sender_to(machine_of(e)) : machine_of(e)];
  ++l.all.faults[e.a];
  if (what == cable_fault::broken) return;
  const auto at =
      std::find_if(l.under_way.rbegin(), l.under_way.rend(), [&e](const crossing& c) { return c.sent_as == e.frame; });
  if (at == l.under_way.rend()) return breach(e, "suffers a fault on a cable it is not on");
  switch (what) {
    case cable_fault::loss:
    case cable_fault::cut:
    case cable_fault::unplugged:
      l.under_way.erase(std::next(at).base());
      return;
    case cable_fault::duplicate:
      ++at->due;
      l.in_order = false;
      return;
    case cable_fault::reorder:
    case cable_fault::delay:
      at->disturbed = true;
      l.in_order = false;
      return;
    default:
      return;
  }
}

void cable_report::on_heard(const event& e) {
  if (kind_of(e.frame) != frame_kind::received) return;  // a PHY in loopback
  frame_id& heard = heard_[machine_of(e)];
  if (heard != 0) breach(e, fmt::format("begins, and frame {} did without a cable", frame_name(heard)));
  heard = e.frame;
  ++lanes_[sender_to(machine_of(e))].all.received;
}

void cable_report::on_out(const event& e) {
  frame_id& heard = heard_[machine_of(e)];
  if (heard != e.frame) breach(e, "comes out of the cable and is not heard");
  heard = 0;
  lane& l = lanes_[sender_to(machine_of(e))];
  const auto at = std::find_if(l.under_way.begin(), l.under_way.end(),
                               [&e](const crossing& c) { return c.sent_as == e.a && c.due != 0; });
  if (at == l.under_way.end())
    return breach(e, fmt::format("comes out of the cable as frame {}, which did not go in or has come out before",
                                 frame_name(e.a)));
  if (l.in_order && at != l.under_way.begin())
    breach(e, fmt::format("comes before frame {}, which nothing held back", frame_name(l.under_way.front().sent_as)));
  // Before the first fault that moves frames, each comes exactly when the cable lets it; afterwards none earlier.
  const sim_time due = (at->start + delay_ + byte_time_ - 1) / byte_time_ * byte_time_;
  if (e.time < due || (l.in_order && e.time != due))
    breach(e, fmt::format("took {} ps over a cable of {} ps", e.time - at->start, delay_));
  if (--at->due == 0) l.under_way.erase(at);
}

void cable_report::finish() {
  for (unsigned machine = 0; machine < lanes_.size(); ++machine) {
    lane& l = lanes_[machine];
    for (const crossing& c : l.under_way) {
      l.all.in_flight += c.due;
    }
    if (l.all.accounted() != l.all.sent)
      breaches_.push_back(
          fmt::format("cable from machine {}: sent {} but received {} - duplicated {} + lost {} + cut {} + unplugged "
                      "{} + in flight {} = "
                      "{}",
                      machine_letter(machine), l.all.sent, l.all.received, l.all.of(cable_fault::duplicate),
                      l.all.of(cable_fault::loss), l.all.of(cable_fault::cut), l.all.of(cable_fault::unplugged),
                      l.all.in_flight, l.all.accounted()));
  }
}

void cable_report::breach(const event& e, const std::string& what) {
  if (breaches_.size() < most_cable_breaches)
    breaches_.push_back(fmt::format("frame {} {} ({} at {} ps)", frame_name(e.frame), what, info(e.what).name, e.time));
}

}  // namespace ringside::platform

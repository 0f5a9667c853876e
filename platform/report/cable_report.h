// SPDX-License-Identifier: Apache-2.0
// What became of frames between two machines on a cable: the place where their two ledgers join.
//
// For each direction: what one card began to send = what the other heard - what the cable doubled + what it lost + what
// is on it at the end.  Cards tell what they sent and heard, the cable what it did: three parties that have to agree,
// frame by frame.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/cable_fault.h"
#include "common/event_stream.h"

namespace ringside::platform {

class cable_report final : public event_consumer {
 public:
  struct counts {
    std::uint64_t sent = 0;      // frames a machine's card began to send
    std::uint64_t received = 0;  // frames the other machine's card heard
    std::uint64_t bad = 0;       // of these, with a wrong FCS or cut off
    std::uint64_t in_flight = 0;
    std::array<std::uint64_t, static_cast<std::size_t>(cable_fault::count)> faults{};

    std::uint64_t of(cable_fault f) const { return faults[static_cast<std::size_t>(f)]; }
    /// The sum that has to be `sent`.
    std::uint64_t accounted() const {
      return received - of(cable_fault::duplicate) + of(cable_fault::loss) + of(cable_fault::cut) +
             of(cable_fault::unplugged) + in_flight;
    }
  };

  /// `delay`: of the cable, from one GMII to the other, which undisturbed frames take exactly, up to the receiver's
  /// next byte time.
  cable_report(sim_time delay, sim_time byte_time) : delay_(delay), byte_time_(byte_time) {}

  void on_event(const event& e) override;
  /// Call once after event_stream::finish().
  void finish();

  /// By the machine that sends.
  const counts& from(unsigned machine) const { return lanes_.at(machine).all; }
  const std::vector<std::string>& breaches() const { return breaches_; }

 private:
  struct crossing {
    frame_id sent_as = 0;
    sim_time start = 0;
    unsigned due = 1;        // so often it has to come out
    bool disturbed = false;  // it may come later
  };
  struct lane {
    counts all;
    std::deque<crossing> under_way;  // in the order they were sent
    bool in_order = true;            // nothing was held back before
  };

  void on_sent(const event& e);
  void on_fault(const event& e);
  void on_heard(const event& e);
  void on_out(const event& e);
  void breach(const event& e, const std::string& what);

  const sim_time delay_, byte_time_;
  std::array<lane, 2> lanes_;
  std::array<frame_id, 2> heard_{};  // by the machine that receives: begun there and not said to come from the cable
  std::vector<std::string> breaches_;
};

}  // namespace ringside::platform

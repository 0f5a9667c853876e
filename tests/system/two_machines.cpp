// SPDX-License-Identifier: Apache-2.0
#include "tests/system/two_machines.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "common/cable_fault.h"
#include "common/drop_reason.h"
#include "platform/machine/machine.h"
#include "platform/report/descriptor_word.h"
#include "platform/report/frame_name.h"
#include "platform/report/json_report.h"
#include "platform/report/run_reports.h"
#include "platform/scenario/loader.h"
#include "tests/common/forked.h"
#include "tests/common/list_source.h"

namespace ringside::test {
namespace {

/// Follows every datagram from the socket it was sent on to the one it is delivered to, over all frames that were made
/// of it on both machines.
class datagram_watch final : public event_consumer {
 public:
  struct datagram {
    unsigned delivered = 0;
    unsigned doubled = 0;     // frames of it that the cable doubled
    std::string reason = {};  // the first for which a frame of it was lost
  };

  void on_event(const event& e) override {
    switch (e.what) {
      case stage::frame_made:
        root_[e.frame] = e.frame;
        return;
      case stage::tx_socket:
        datagrams[root_[e.frame]];
        return;
      case stage::skb_link:
        if (e.b != static_cast<std::uint64_t>(link_kind::merged_into)) root_[e.frame] = root_[e.a];
        return;
      case stage::tx_wire_sof:
        began_[e.frame] = e.time;
        return;
      case stage::cable_out:
        root_[e.frame] = root_[e.a];
        if (e.b == 0) crossings[1 - machine_of(e)].push_back(e.time - began_[e.a]);
        return;
      case stage::cable_fault:
        return on_fault(e);
      case stage::socket_enqueue:
        if (datagram* d = of(e.frame)) ++d->delivered;
        return;
      case stage::fifo_commit:
        stored_.insert(e.frame);
        return;
      case stage::desc_writeback:
        if ((e.b & platform::word_eop) != 0) {
          stored_.erase(e.frame);
          in_ring_.insert(e.frame);
        }
        return;
      case stage::netif_receive_skb:
        in_ring_.erase(e.frame);
        return;
      case stage::nic_reset:
        return lose(stored_, machine_of(e), "nic_reset");
      case stage::driver_close:
        lose(stored_, machine_of(e), "driver_down");
        return lose(in_ring_, machine_of(e), "driver_down");
      case stage::filter_reject:
      case stage::fifo_drop:
      case stage::skb_drop:
        if (e.what == stage::skb_drop && (e.a & drop_mark::revoked) != 0)
          if (datagram* d = of(e.frame)) --d->delivered;
        stored_.erase(e.frame);
        in_ring_.erase(e.frame);
        blame(e.frame, std::string(name(static_cast<drop_reason>(e.b))));
        return;
      default:
        return;
    }
  }

  std::map<frame_id, datagram> datagrams;  // by the first frame made of it
  std::map<unsigned, std::vector<sim_time>> crossings;

 private:
  datagram* of(frame_id frame) {
    const auto root = root_.find(frame);
    if (root == root_.end()) return nullptr;
    const auto found = datagrams.find(root->second);
    return found == datagrams.end() ? nullptr : &found->second;
  }
  void blame(frame_id frame, const std::string& why) {
    if (datagram* d = of(frame); d != nullptr && d->reason.empty()) d->reason = why;
  }
  void lose(std::set<frame_id>& from, unsigned machine, const char* why) {
    std::erase_if(from, [&](frame_id frame) {
      if (machine_of(frame) != machine) return false;
      blame(frame, why);
      return true;
    });
  }
  void on_fault(const event& e) {
    const auto what = static_cast<cable_fault>(e.a);
    if (what == cable_fault::duplicate)
      if (datagram* d = of(e.frame)) ++d->doubled;
    if (what == cable_fault::loss || what == cable_fault::cut || what == cable_fault::unplugged)
      blame(e.frame, "cable_" + std::string(cable_fault_names[e.a]));
  }

  std::map<frame_id, frame_id> root_;
  std::map<frame_id, sim_time> began_;
  std::set<frame_id> stored_, in_ring_;
};

/// Bytes on the two wires, by the card that sends: what comes into one went out of the other.
struct wire_bytes {
  static std::string text_of(const platform::wire_passage& f) {
    return {reinterpret_cast<const char*>(f.bytes.data()), f.bytes.size()};
  }
  // Judged at the end: over a short cable a frame is whole at the far end before its sender's wire tells of its end.
  void add(const platform::wire_passage& f) {
    if (f.sent)
      sent[f.card].insert(text_of(f));
    else if ((f.marks & (wire_mark::damaged | wire_mark::runt)) == 0)
      heard[1 - f.card].push_back(text_of(f));
  }
  void judge(std::vector<std::string>& complaints) const {
    for (const auto& [card, all] : heard)
      for (const std::string& bytes : all)
        if (!sent.at(card).contains(bytes))
          complaints.push_back(fmt::format("{} sound bytes came that card {} did not send", bytes.size(), card));
  }
  std::map<unsigned, std::set<std::string>> sent{{0, {}}, {1, {}}};
  std::map<unsigned, std::vector<std::string>> heard;
};

nlohmann::json outcome_of(const datagram_watch& watch, std::vector<std::string>& complaints) {
  nlohmann::json out{
      {"sent", watch.datagrams.size()}, {"delivered", 0}, {"twice", 0}, {"lost", nlohmann::json::object()}};
  const auto count = [&out](const std::string& what) { out[what] = out[what].get<unsigned>() + 1; };
  for (const auto& [frame, d] : watch.datagrams) {
    if (d.delivered == 0 && d.reason.empty())
      complaints.push_back(fmt::format("datagram {} is gone for no reason", platform::frame_name(frame)));
    if (d.delivered > 1 + d.doubled)
      complaints.push_back(fmt::format("datagram {} is delivered {} times", platform::frame_name(frame), d.delivered));
    if (d.delivered != 0) count("delivered");
    if (d.delivered > 1) count("twice");
    if (d.delivered == 0) out["lost"][d.reason] = out["lost"].value(d.reason, 0U) + 1;
  }
  return out;
}

std::string run_here(const std::vector<std::string>& settings) {
  const platform::scenario plan = platform::load_scenario("ping_pong", settings);
  list_source none;
  platform::machine m(plan, none);
  platform::run_reports reports(plan, {}, false);
  datagram_watch watch;
  wire_bytes wires;
  reports.listen_to(m.events());
  m.events().add_consumer(watch);
  m.add_wire_tap([&wires](const platform::wire_passage& f) { wires.add(f); });
  m.run({});
  reports.finish();
  std::vector<platform::run_counters> counters;
  std::vector<std::string> complaints;
  wires.judge(complaints);
  for (const std::string& text : m.breaches()) complaints.push_back("contract: " + text);
  for (const std::string& text : reports.cable().breaches()) complaints.push_back("cable: " + text);
  for (unsigned machine = 0; machine < m.machines(); ++machine) {
    counters.push_back(m.counters(machine));
    for (const std::string& text : reports.of(machine).ledger().breaches())
      complaints.push_back(fmt::format("ledger of {}: {}", machine_letter(machine), text));
    const auto held = m.still_held(machine);
    if (held.skbs + held.dma_mappings + held.allocations != 0)
      complaints.push_back(fmt::format("machine {} holds {} skbs, {} mappings and {} allocations",
                                       machine_letter(machine), held.skbs, held.dma_mappings, held.allocations));
  }
  nlohmann::json out = nlohmann::json::parse(platform::to_json(plan, reports, counters));
  out.erase("wall");
  out["datagrams"] = outcome_of(watch, complaints);
  for (const auto& [machine, times] : watch.crossings) out["crossings"][machine == 0 ? "a" : "b"] = times;
  out["complaints"] = complaints;
  return out.dump();
}

}  // namespace

nlohmann::json run_two_machines(const std::vector<std::string>& settings) {
  return nlohmann::json::parse(run_forked([&settings] { return run_here(settings); }));
}

std::string complaints_of(const nlohmann::json& run) {
  std::string all;
  for (const auto& one : run["complaints"]) all += one.get<std::string>() + "\n";
  return all;
}

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/system/run_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

#include "common/rng.h"
#include "platform/machine/machine.h"
#include "platform/report/descriptor_word.h"
#include "platform/report/json_report.h"
#include "platform/report/run_report.h"
#include "platform/scenario/loader.h"
#include "platform/source/make_source.h"
#include "platform/source/udp_frame.h"
#include "sw/driver/e1000.h"
#include "tests/common/forked.h"
#include "tests/common/list_source.h"
#include "tests/system/sent_payload.h"

namespace ringside::test {
namespace {

constexpr std::size_t min_frame = 60;   // IEEE 802.3: 64 with the FCS
constexpr std::size_t tci_offset = 14;  // behind the TPID
constexpr std::size_t max_complaints = 12;

/// Passes frames on and remembers what the receiver should see of each: padded, without FCS.
class remembering_source final : public frame_source {
 public:
  explicit remembering_source(frame_source& from) : from_(from) {}
  std::optional<offered_frame> next() override {
    std::optional<offered_frame> frame = from_.next();
    if (!frame) return frame;
    std::vector<std::uint8_t> seen = frame->bytes;
    if (frame->has_fcs && seen.size() >= ethernet::fcs_bytes) seen.resize(seen.size() - ethernet::fcs_bytes);
    if (frame->pad && seen.size() < min_frame) seen.resize(min_frame);
    sent_.push_back(std::move(seen));
    return frame;
  }
  std::optional<std::uint64_t> planned() const override { return from_.planned(); }
  const std::vector<std::uint8_t>* of(frame_id id) const {
    return id >= 1 && id <= sent_.size() ? &sent_[id - 1] : nullptr;
  }
  const sent_frames& all() const { return sent_; }

 private:
  frame_source& from_;
  sent_frames sent_;
};

bool same(std::span<const std::byte> got, std::span<const std::uint8_t> sent) {
  return got.size() == sent.size() && std::equal(got.begin(), got.end(), sent.begin(), [](std::byte x, std::uint8_t y) {
           return std::to_integer<std::uint8_t>(x) == y;
         });
}

// A tag the chip took out (CTRL.VME) is put back for the tap, as libpcap does it; the driver has kept the VID alone of
// it (e1000_receive_skb, E1000_RXD_SPC_VLAN_MASK).
std::vector<std::uint8_t> with_vid_alone(std::vector<std::uint8_t> frame) {
  frame.at(tci_offset) &= 0x0F;
  return frame;
}

/// Frames whose tag the chip took out, by their last descriptor.
class strip_watch final : public event_consumer {
 public:
  void on_event(const event& e) override {
    if (e.what == stage::desc_writeback && (e.b & platform::word_eop) != 0 &&
        (platform::word_status(e.b) & status_vp) != 0)
      stripped.insert(e.frame);
  }
  std::set<frame_id> stripped;

 private:
  static constexpr std::uint32_t status_vp = 1U << 3;  // FS 5.1
};

class judge {
 public:
  judge(platform::machine& m, const remembering_source& wire) : wire_(wire) {
    m.add_tap([this](sim_time, frame_id id, std::span<const std::byte> packet) { on_tap(id, packet); });
    m.on_app_read([this](sim_time, frame_id id, std::span<const std::byte> payload) { on_read(id, payload); });
  }

  std::uint64_t tapped = 0;
  std::uint64_t read = 0;
  frame_id last_read = 0;
  std::vector<std::string> complaints;

  /// What the tap showed against what the chip did to each tag.
  void compare_tags(const std::set<frame_id>& stripped) {
    for (const frame_id id : vid_alone_)
      if (!stripped.contains(id)) complain(fmt::format("the tap saw frame {} without the priority of its tag", id));
    for (const frame_id id : whole_)
      if (stripped.contains(id) && !same(std::as_bytes(std::span(*wire_.of(id))), with_vid_alone(*wire_.of(id))))
        complain(fmt::format("the tap saw all of a tag that the chip took out of frame {}", id));
  }

  void complain(std::string text) {
    if (complaints.size() < max_complaints) complaints.push_back(std::move(text));
  }

 private:
  void on_tap(frame_id id, std::span<const std::byte> packet) {
    if (kind_of(id) != frame_kind::received) return;  // on its way out
    ++tapped;
    const auto* sent = wire_.of(id);
    if (sent == nullptr)
      complain(fmt::format("the tap saw frame {}, which was never sent", id));
    else if (same(packet, *sent))
      whole_.insert(id);
    else if (sent->size() > tci_offset && same(packet, with_vid_alone(*sent)))
      vid_alone_.insert(id);
    else
      complain(
          fmt::format("the tap saw frame {} with other bytes ({} instead of {})", id, packet.size(), sent->size()));
  }
  void on_read(frame_id id, std::span<const std::byte> payload) {
    ++read;
    last_read = id;
    if (wire_.of(id) == nullptr) {
      complain(fmt::format("the application read frame {}, which was never sent", id));
      return;
    }
    const auto sent = sent_payload(wire_.all(), id - 1);
    if (!sent || !same(payload, *sent)) complain(fmt::format("the application read frame {} with another payload", id));
  }

  const remembering_source& wire_;
  std::set<frame_id> whole_;      // as sent
  std::set<frame_id> vid_alone_;  // but for the priority of the tag
};

class rnbc_counter final : public event_consumer {
 public:
  void on_event(const event& e) override { seen += e.what == stage::rnbc ? 1 : 0; }
  std::uint64_t seen = 0;
};

std::string without_wall(const std::string& json) {
  return json.substr(0, json.find("\"wall\""));
}

std::string run_here(const settings& s, const std::vector<offered_frame>& frames) {
  const platform::scenario plan = platform::load_scenario("", s);
  const std::unique_ptr<frame_source> own = frames.empty() ? platform::make_source(plan) : nullptr;
  list_source given(frames);
  remembering_source wire(own ? *own : static_cast<frame_source&>(given));
  platform::machine m(plan, wire);
  platform::run_report report({}, false);
  m.events().add_consumer(report);
  rnbc_counter rnbc;
  m.events().add_consumer(rnbc);
  strip_watch tags;
  m.events().add_consumer(tags);
  judge verdict(m, wire);
  m.run({});
  report.finish();
  verdict.compare_tags(tags.stripped);

  for (const std::string& breach : m.breaches()) verdict.complain("contract: " + breach);
  for (const std::string& breach : report.ledger().breaches()) verdict.complain("ledger: " + breach);
  const platform::frame_counts& f = report.ledger().frames();
  if (f.in_flight != 0) verdict.complain(fmt::format("{} frames still in flight", f.in_flight));
  if (f.delivered != verdict.read)
    verdict.complain(fmt::format("{} frames delivered, {} read", f.delivered, verdict.read));
  const auto held = m.still_held();
  if (held.skbs != 0) verdict.complain(fmt::format("{} skbs are left", held.skbs));
  if (held.dma_mappings != 0) verdict.complain(fmt::format("{} DMA mappings are left", held.dma_mappings));
  if (held.allocations != 0) verdict.complain(fmt::format("{} allocations are left", held.allocations));

  const platform::run_counters c = m.counters();
  std::ostringstream out;
  out << fmt::format("hash {:016x}\n", report.hash().value());
  const auto count = [&out](std::string_view name, std::uint64_t value) {
    out << "count " << name << ' ' << value << '\n';
  };
  count("offered", f.offered);
  count("delivered", f.delivered);
  count("consumed", f.consumed);
  count("dropped", f.dropped_total());
  for (std::size_t i = 1; i < platform::drop_reasons; ++i)
    count(fmt::format("drop.{}", name(static_cast<drop_reason>(i))), f.dropped[i]);
  count("tapped", verdict.tapped);
  count("last_read", verdict.last_read);
  for (const auto& row : driver::nic_statistics::table())
    count(fmt::format("chip.{}", row.name), m.nic_driver().hardware_counters()[row.name]);
  for (const auto& cause : platform::interrupt_causes)
    count(fmt::format("cause.{}", cause.name), report.interrupts().cause(cause.bit));
  count("rnbc_events", rnbc.seen);
  count("hardirqs", report.interrupts().hardirqs());
  count("cycles", c.rtl_cycles);
  count("cycles_evaluated", c.rtl_cycles_evaluated);
  count("retries", c.pci_retries);
  count("time_ns", static_cast<std::uint64_t>(c.sim_time_ps / ns));
  for (const std::string& text : verdict.complaints) out << "complaint " << text << '\n';
  out << "json\n" << without_wall(platform::to_json(plan, report, c));
  return out.str();
}

}  // namespace

outcome run_machine(const settings& s, const std::vector<offered_frame>& frames) {
  outcome o;
  std::istringstream in(run_forked([&] { return run_here(s, frames); }));
  std::string word;
  while (in >> word) {
    if (word == "hash") in >> o.hash;
    if (word == "count") {
      std::string name;
      std::uint64_t value = 0;
      in >> name >> value;
      o.count[name] = value;
    }
    if (word == "complaint") {
      std::string line;
      std::getline(in, line);
      o.complaints.push_back(line.substr(1));
    }
    if (word == "json") {
      in.ignore();
      o.json.assign(std::istreambuf_iterator<char>(in), {});
    }
  }
  return o;
}

std::string complaints_of(const outcome& o) {
  std::string text;
  for (const std::string& line : o.complaints) text += line + "\n";
  return text;
}

settings operator+(settings left, const settings& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

offered_frame udp_frame_of(std::uint32_t size, std::uint16_t sequence, sim_time earliest) {
  const std::size_t room = size - ethernet::fcs_bytes;
  std::vector<std::uint8_t> payload(room > platform::udp_overhead_bytes ? room - platform::udp_overhead_bytes : 0);
  rng random(std::uint64_t{size} << 16 | sequence);
  for (std::uint8_t& byte : payload) byte = static_cast<std::uint8_t>(random.next());
  const platform::scenario defaults = platform::load_scenario("", {});
  platform::udp_addresses to;
  to.to_mac = defaults.nic.mac_address;
  to.from_mac = {2, 0, 0, 0, 0, 1};
  to.to_ip = own_address(defaults);
  to.from_ip = 0x0A000001;
  to.to_port = defaults.app.ports.front();
  to.from_port = 10'000;
  offered_frame frame;
  frame.bytes = platform::make_udp_frame(to, sequence, payload);
  frame.earliest = earliest;
  return frame;
}

}  // namespace ringside::test

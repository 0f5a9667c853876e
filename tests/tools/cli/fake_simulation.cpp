// SPDX-License-Identifier: Apache-2.0
#include "tests/tools/cli/fake_simulation.h"

#include <csignal>
#include <deque>
#include <fstream>
#include <stdexcept>

#include "tests/platform/report/story.h"

namespace ringside::platform::test {
namespace {

class fake_simulation : public simulation {
 public:
  fake_simulation(const fake_behaviour& behaviour, const scenario& s, frame_source& input)
      : behaviour_(behaviour), asked_{s.ethtool}, limit_(s.run.time_limit), input_(input) {
    for (const scenario& peer : s.peers) asked_.push_back(peer.ethtool);
    cpu_ = stream_.add_source(origin::cpu, 0);
    bus_ = stream_.add_source(origin::bus, 0);
    nic_ = stream_.add_source(origin::nic, 0);
  }

  event_stream& events() override { return stream_; }
  void add_tap(packet_tap on_packet, unsigned machine) override {
    tap_ = std::move(on_packet);
    if (behaviour_.tapped != nullptr) *behaviour_.tapped = machine;
  }
  void add_wire_tap(wire_tap on_frame) override { wire_ = std::move(on_frame); }
  void put_frame(offered_frame&& offer) override { put_.push_back(std::move(offer)); }
  void trace(const wave_options& waves) override {
    if (behaviour_.traced != nullptr) *behaviour_.traced = waves;
    std::ofstream(waves.vcd) << "$timescale 1ps $end\n$scope module top $end\n$var wire 1 ! clk $end\n$upscope $end\n"
                                "$enddefinitions $end\n#0\n0!\n#8000\n1!\n";
  }

  void run(const keep_going& ask) override {
    frame_id id = 0;
    std::deque<offered_frame> ahead;
    // On a cable nobody generates frames.
    while (auto frame = asked_.size() == 1 ? next(ahead) : std::nullopt) {
      if (now_ >= limit_ || !ask(now_, id)) break;
      ++id;
      play(id, *frame);
      if (id == behaviour_.interrupt_after) std::raise(behaviour_.signal);
      if (id == behaviour_.fail_after) throw std::runtime_error("the fake broke");
    }
    stream_.finish();
  }

  run_counters counters(unsigned machine) const override {
    const ethtool_config& asked = asked_.at(machine);
    run_counters out;
    out.cards.emplace_back();
    out.net.interfaces.emplace_back().link.name = "eth0";
    out.cpus.resize(1);
    out.frames_planned = input_.planned();
    out.cpus[0].idle = out.sim_time_ps = now_;
    out.wall_ns = 1'000'000;
    for (std::size_t i = 0; i < out.ethtool.image.size(); ++i)
      out.ethtool.image[i] = static_cast<std::uint8_t>(255 - i - machine);
    if (asked.test != self_test_kind::none)
      out.ethtool.self_test =
          self_test_record{asked.test == self_test_kind::offline,
                           behaviour_.self_test_code != 0,
                           {{"Register test  (offline)", behaviour_.self_test_code}, {"Link test   (on/offline)", 0}}};
    if (asked.registers)
      for (std::uint32_t i = 0; i < 32; ++i) out.ethtool.registers.push_back(0x100 + i);
    if (asked.eeprom)
      for (unsigned i = 0; i < 128; ++i) out.ethtool.eeprom.push_back(static_cast<std::uint8_t>(i));
    out.contract.rules = 103;
    out.contract.count = behaviour_.breaches;
    if (behaviour_.breaches != 0) out.contract.breaches.push_back({"R-21", 5 * ns, 1, "R-21 at 5 ns"});
    return out;
  }

 private:
  std::optional<offered_frame> next(std::deque<offered_frame>& ahead) {
    do {
      auto frame = input_.next();
      if (frame) ahead.push_back(std::move(*frame));
      if (!frame) break;
    } while (behaviour_.read_ahead && ahead.size() < frames_read_ahead);
    if (ahead.empty()) return std::nullopt;
    offered_frame frame = std::move(ahead.front());
    ahead.pop_front();
    return frame;
  }

  void play(frame_id id, const offered_frame& frame) {
    story s;
    const auto bytes = static_cast<std::uint32_t>(frame.bytes.size() + 4);
    s.arrive(id, now_ + 1 * us, bytes).interrupt(now_ + 2100 * ns).deliver(id, now_ + 3200 * ns, now_ + 5 * us);
    s.end_poll(now_ + 4 * us);
    if (behaviour_.two_fates && id == 1) s.at(now_ + 6 * us, stage::skb_consume, id);
    struct pusher : event_consumer {
      fake_simulation& owner;
      explicit pusher(fake_simulation& fake) : owner(fake) {}
      void on_event(const event& e) override {
        const auto source = e.from == origin::cpu ? owner.cpu_ : e.from == origin::bus ? owner.bus_ : owner.nic_;
        owner.stream_.push(source, e.time, e.what, e.frame, e.a, e.b);
      }
    } into(*this);
    s.play(into);
    now_ += 10 * us;
    for (const auto source : {cpu_, bus_, nic_}) stream_.set_watermark(source, now_);
    stream_.drain();
    if (wire_) wire_({.start = now_ - 9 * us, .bytes = frame.bytes});
    if (tap_) tap_(now_, id, std::as_bytes(std::span(frame.bytes)));
  }

  fake_behaviour behaviour_;
  std::vector<ethtool_config> asked_;  // by machine
  sim_time limit_;
  frame_source& input_;
  event_stream stream_;
  event_stream::source_id cpu_ = 0;
  event_stream::source_id bus_ = 0;
  event_stream::source_id nic_ = 0;
  packet_tap tap_;
  std::vector<offered_frame> put_;
  wire_tap wire_;
  sim_time now_ = 0;
};

}  // namespace

simulation_factory fake_factory(const fake_behaviour& behaviour) {
  return [behaviour](const scenario& s, frame_source& input) {
    return std::make_unique<fake_simulation>(behaviour, s, input);
  };
}

}  // namespace ringside::platform::test

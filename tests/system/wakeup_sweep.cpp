// SPDX-License-Identifier: Apache-2.0
#include "tests/system/wakeup_sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include "hw/regs/e1000_regs.h"
#include "platform/machine/machine.h"
#include "platform/machine/machine_params.h"
#include "platform/scenario/loader.h"
#include "sw/kernel/cost.h"
#include "tests/common/branches.h"
#include "tests/common/forked.h"

namespace ringside::test {
namespace {

constexpr sim_time first_start = 100 * ms;  // booted, a whole number of RTL clocks
// The first frame's refill allocates the buffer that open() left out; from the second on a refill begins with
// its descriptor_post.
constexpr sim_time second_start = 300 * us;
constexpr sim_time spacing = 704 * ns;                // between the frames from the second on: nearly line rate
constexpr sim_time on_wire = (8 + 64 + 12) * 8 * ns;  // preamble, frame, gap at 1000 Mb/s
constexpr sim_time far = 2 * ms;                      // where the scout's last frame comes: everything is at rest
constexpr sim_time patience = 1 * ms;  // longer than ITR and the timers of any sweep keep a frame waiting

struct field {
  const char* name;
  sim_time wakeup::*value;
};
constexpr auto fields = std::to_array<field>({{"asked", &wakeup::asked},
                                              {"sof", &wakeup::sof},
                                              {"visible", &wakeup::visible},
                                              {"cause", &wakeup::cause},
                                              {"taken", &wakeup::taken},
                                              {"read", &wakeup::read},
                                              {"checked", &wakeup::checked},
                                              {"complete", &wakeup::complete},
                                              {"ack", &wakeup::ack},
                                              {"unmask", &wakeup::unmask}});

std::string as_text(const wakeup& w) {
  std::string text;
  for (const field& f : fields) text += fmt::format("{} {}\n", f.name, w.*f.value);
  return text + "breaches\n" + w.breaches;
}

wakeup from_text(const std::string& text) {
  wakeup w;
  std::istringstream in(text);
  for (const field& f : fields) {
    std::string name;
    in >> name >> w.*f.value;
    if (name != f.name) throw std::runtime_error("a branch said something else: " + text);
  }
  std::string line;
  in >> line;
  in.ignore();
  w.breaches.assign(std::istreambuf_iterator<char>(in), {});
  return w;
}

/// Times of the last frame and of the poll that took the one before it.
class wakeup_watch final : public event_consumer {
 public:
  wakeup_watch(frame_id last, const platform::scenario& plan)
      : last_(last),
        clock_(platform::processor_params_of(plan).cpu.clock),
        post_cycles_(static_cast<std::int64_t>(
            platform::processor_params_of(plan).costs.total(kernel::cost::descriptor_post, 1))) {}

  void on_event(const event& e) override {
    if (e.frame == last_) on_last(e);
    switch (e.what) {
      case stage::desc_writeback:
        written_ = written_ || e.frame == last_;
        break;
      case stage::cause_set:
        // the cause follows the write-back.
        if (written_ && (e.a & icr::RXT0) != 0) once(at.cause, e.time);
        break;
      case stage::desc_take:
        if (e.frame + 1 == last_) poll_open_ = true;
        break;
      case stage::desc_post:
        // The refill that follows the look at the ring: one descriptor_post later.
        if (poll_open_ && at.taken < 0) once(at.checked, clock_.edge(clock_.edge_at_or_after(e.time) - post_cycles_));
        poll_open_ = poll_open_ && at.taken < 0;
        break;
      case stage::napi_complete:
        if (at.checked >= 0 || at.taken >= 0) once(at.complete, e.time);
        break;
      case stage::reg_write:
        if (at.checked < 0 && at.taken < 0) break;
        if (e.a == reg::ICR) once(at.ack, e.time);
        if (e.a == reg::IMS) once(at.unmask, e.time);
        break;
      default:
        break;
    }
  }

  wakeup at;

 private:
  static void once(sim_time& to, sim_time t) {
    if (to < 0) to = t;
  }
  void on_last(const event& e) {
    switch (e.what) {
      case stage::wire_sof:
        at.sof = e.time;
        break;
      case stage::dd_visible:
        at.visible = e.time;
        break;
      case stage::desc_take:
        at.taken = e.time;
        break;
      case stage::app_read:
        at.read = e.time;
        break;
      default:
        break;
    }
  }

  const frame_id last_;
  const clock_domain clock_;
  const std::int64_t post_cycles_;
  bool written_ = false;
  bool poll_open_ = false;
};

sim_time start_of(unsigned frame) {
  return frame == 1 ? 0 : second_start + (frame - 2) * spacing;
}

/// Where the last frame is asked for, the process branches.
class branching_source final : public frame_source {
 public:
  explicit branching_source(const sweep_range& range) : range_(range) {}

  std::optional<offered_frame> next() override {
    if (made_ == range_.frames) return std::nullopt;
    ++made_;
    const auto number = static_cast<std::uint16_t>(made_);
    if (made_ < range_.frames) return udp_frame_of(64, number, start_of(made_));
    const auto where = choose();
    if (!where) return std::nullopt;
    asked_ = first_start + *where;
    return udp_frame_of(64, number, *where);
  }

  branches split;
  std::vector<std::string> said;
  sim_time asked() const { return asked_; }

 private:
  std::optional<sim_time> choose() {
    if (split.split(1)) return far;
    const wakeup scout = from_text(split.results().front());
    if (scout.checked < 0 || scout.unmask < 0 || scout.cause < 0) throw std::runtime_error("the scout saw no poll end");
    // Where it would be in memory as the ring is looked at, and where its cause would meet the unmask.  A timer that
    // holds the cause back can turn them round.
    const sim_time seen = scout.checked - (scout.visible - scout.sof) - first_start;
    const sim_time met = scout.unmask - (scout.cause - scout.sof) - first_start;
    const sim_time start = std::max(std::min(seen, met) / rtl_clock * rtl_clock - range_.before * rtl_clock,
                                    start_of(range_.frames - 1) + on_wire);
    const sim_time last = std::max(seen, met) + range_.after * rtl_clock;
    const sim_time step = range_.step * rtl_clock;
    const auto mine = split.split(static_cast<std::size_t>((last - start) / step + 1));
    if (mine) return start + static_cast<sim_time>(*mine) * step;
    said = split.results();
    return std::nullopt;
  }

  const sweep_range range_;
  unsigned made_ = 0;
  sim_time asked_ = -1;
};

constexpr char between = '\f';

std::string run_here(const settings& s, const sweep_range& range) {
  const platform::scenario plan = platform::load_scenario(
      "", settings{"wire.start=100ms", "driver.eeprom_delay=1us", "driver.watchdog=off", "mem.size_mb=16"} + s);
  branching_source wire(range);
  platform::machine m(plan, wire);
  wakeup_watch watch(range.frames, plan);
  m.events().add_consumer(watch);
  m.run([&](sim_time now, std::uint64_t) {
    if (!wire.split.in_child()) return wire.asked() < 0 && wire.said.empty();
    return watch.at.read < 0 && now < wire.asked() + patience;
  });
  if (wire.split.in_child()) {
    watch.at.asked = wire.asked();
    for (const std::string& breach : m.breaches()) watch.at.breaches += breach + "\n";
    wire.split.end(as_text(watch.at));
  }
  std::string all;
  for (const std::string& text : wire.said) all += text + between;
  return all;
}

}  // namespace

std::vector<wakeup> sweep_wakeup(const settings& s, const sweep_range& range) {
  const std::string all = run_forked([&] { return run_here(s, range); });
  std::vector<wakeup> found;
  for (std::size_t at = 0, end = 0; (end = all.find(between, at)) != std::string::npos; at = end + 1) {
    found.push_back(from_text(all.substr(at, end - at)));
    const wakeup& w = found.back();
    if (w.sof != w.asked) throw std::runtime_error(fmt::format("the last frame came at {}, not {}", w.sof, w.asked));
  }
  return found;
}

}  // namespace ringside::test

// SPDX-License-Identifier: Apache-2.0
// The waveform file of real runs: says what the event stream says, changes nothing, keeps to its window.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/common/test_folder.h"
#include "tests/platform/waves/traced_run.h"
#include "tests/platform/waves/vcd_reader.h"

namespace ringside::platform {
namespace {

using test::run_machine;
using test::times_of;
using test::vcd_file;

// Sixteen frames, most of them caught by polls under way; the first comes to a machine at rest.
const test::settings few_frames = {
    {"gen.count", "16"}, {"gen.size", "64"}, {"gen.rate", "100000pps"}, {"wire.start", "100ms"}};
// The probe before it is nine tenths of a file.
constexpr sim_time before_the_frames = 99 * ms;

vcd_file read(const std::string& path) {
  std::ifstream in(path);
  return vcd_file(in);
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<sim_time> times_of_values(const vcd_file& waves, const std::string& name) {
  std::vector<sim_time> out;
  for (const auto& [t, value] : waves.history(name)) out.push_back(t);
  return out;
}

std::uint64_t number(const std::string& binary) {
  return std::stoull(binary, nullptr, 2);
}

/// The letters of a vector, 8 bits each.
std::string letters(std::string bits) {
  bits.insert(0, (8 - bits.size() % 8) % 8, '0');
  std::string out;
  for (std::size_t i = 0; i < bits.size(); i += 8) out += static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
  return out;
}

class waves : public testing::Test {
 protected:
  void run(const test::settings& keys, sim_time start = before_the_frames, sim_time end = time_never) {
    events = run_machine(keys, wave_options{folder.path("a.vcd"), start, end});
  }
  vcd_file file() const { return read(folder.path("a.vcd")); }
  /// Instants of a stage's events that a file with the usual start shows.
  std::vector<sim_time> drawn(stage what) const {
    std::vector<sim_time> times = times_of(events, what);
    std::erase_if(times, [](sim_time t) { return t < before_the_frames; });
    return times;
  }

  test::test_folder folder;
  std::vector<event> events;
};

bool same(const event& x, const event& y) {
  return x.time == y.time && x.frame == y.frame && x.a == y.a && x.b == y.b && x.what == y.what && x.from == y.from &&
         x.unit == y.unit;
}

TEST_F(waves, the_run_is_the_same_with_and_without_them) {
  run(few_frames);
  const auto bare = run_machine(few_frames, std::nullopt);
  ASSERT_EQ(events.size(), bare.size());
  for (std::size_t i = 0; i < bare.size(); ++i) ASSERT_TRUE(same(events[i], bare[i])) << "event " << i;
}

TEST_F(waves, two_runs_make_the_same_file) {
  run(few_frames);
  const std::string first = text_of(folder.path("a.vcd"));
  run(few_frames);
  EXPECT_FALSE(first.empty());
  EXPECT_TRUE(first == text_of(folder.path("a.vcd")));
}

// The same values at the same instants; only the words are written otherwise.
TEST_F(waves, standard_file_says_the_same_without_strings) {
  run(few_frames);
  const vcd_file usual = file();
  run_machine(few_frames, wave_options{.vcd = folder.path("b.vcd"), .start = before_the_frames, .standard = true});
  const vcd_file standard = read(folder.path("b.vcd"));
  EXPECT_EQ(standard.instants(), usual.instants());
  ASSERT_EQ(standard.signals().size(), usual.signals().size());
  std::size_t words = 0;
  for (const auto& [name, signal] : usual.signals()) {
    SCOPED_TRACE(name);
    EXPECT_NE(standard.signals().at(name).type, "string");
    const auto& before = usual.history(name);
    const auto& after = standard.history(name);
    if (signal.type != "string") {
      EXPECT_EQ(before, after);
      continue;
    }
    ++words;
    ASSERT_EQ(before.size(), after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      EXPECT_EQ(before[i].first, after[i].first);
      EXPECT_EQ(before[i].second, letters(after[i].second));
    }
  }
  EXPECT_GE(words, 7U);
}

TEST_F(waves, hardware_and_software_stand_in_one_file) {
  run(few_frames, 0);
  const vcd_file w = file();
  EXPECT_EQ(w.timescale(), "1ps");
  for (const char* name : {"nic.clk_csr_i", "nic.e1000_top.u_front.u_fifo.used_q", "nic.e1000_top.u_causes.u_irq.icr_q",
                           "ringside.wire.in_frame", "ringside.bus.busy", "ringside.cpu0.context", "ringside.ring.rdt",
                           "ringside.socket.queue", "ringside.drops.total", "ringside.stage.hardirq_enter"})
    EXPECT_TRUE(w.has(name)) << name;
}

// The RTL's pins and the event stream tell the same instants.
TEST_F(waves, pins_move_when_the_events_say) {
  run(few_frames);
  const vcd_file w = file();
  const auto asserted = drawn(stage::intx_assert);
  EXPECT_GE(asserted.size(), 3U);
  EXPECT_EQ(w.rises("nic.intx_o"), asserted);
  EXPECT_EQ(w.rises("ringside.nic.intx"), asserted);
  EXPECT_EQ(w.rises("nic.gmii_rx_dv_i"), drawn(stage::wire_sof));
}

TEST_F(waves, clock_rises_every_8_ns_and_falls_between_where_the_rtl_runs) {
  run(few_frames, 100 * ms, 100 * ms + 500 * ns);
  const auto rises = file().rises("nic.clk_rx_mac_i");
  ASSERT_GE(rises.size(), 60U);
  for (std::size_t i = 1; i < rises.size(); ++i) EXPECT_EQ(rises[i] - rises[i - 1], 8 * ns);
  EXPECT_EQ(file().value_at("nic.clk_rx_mac_i", 100 * ms + 4 * ns), "0");
}

TEST_F(waves, software_shows_when_the_events_say) {
  run(few_frames);
  const vcd_file w = file();
  const auto entered = drawn(stage::hardirq_enter);
  EXPECT_EQ(w.rises("ringside.cpu0.in_hardirq"), entered);
  EXPECT_EQ(times_of_values(w, "ringside.stage.hardirq_enter"), entered);
  for (const sim_time t : entered) EXPECT_EQ(w.value_at("ringside.cpu0.context", t), "hardirq");
  for (const sim_time t : times_of(events, stage::app_read)) EXPECT_EQ(w.value_at("ringside.cpu0.context", t), "task");
  EXPECT_EQ(w.value_at("ringside.cpu0.context", before_the_frames + 500 * us), "idle");
  EXPECT_EQ(w.rises("ringside.cpu0.napi_polling"), drawn(stage::napi_poll));
  EXPECT_EQ(number(w.value_at("ringside.socket.read", time_never)), times_of(events, stage::app_read).size());
  EXPECT_EQ(number(w.value_at("ringside.socket.queue", time_never)), 0U);
}

TEST_F(waves, every_frame_steps_down_the_stages) {
  run(few_frames);
  const vcd_file w = file();
  for (const stage what : {stage::wire_sof, stage::filter_accept, stage::fifo_commit, stage::dma_start, stage::dma_done,
                           stage::desc_writeback, stage::dd_visible, stage::netif_receive_skb, stage::app_read}) {
    const std::string name = "ringside.stage." + std::string(info(what).name);
    std::vector<std::pair<sim_time, std::uint64_t>> told;
    for (const event& e : events)
      if (e.what == what) told.emplace_back(e.time, e.frame & 0xFFFFFFFF);
    EXPECT_EQ(told.size(), 16U) << name;
    // Descriptors of one burst become visible at one instant, which has room for the last of them only.
    for (const auto& [t, frame] : told) EXPECT_GE(number(w.value_at(name, t)), frame) << name << " at " << t;
    EXPECT_EQ(number(w.value_at(name, time_never)), 16U) << name;
    EXPECT_EQ(w.value_at(name, told.front().first - 1), "0") << name;
    EXPECT_EQ(w.value_at(name, told.front().first), "1") << name;
  }
}

// The transaction is told at its end; the first payload address phase is an event of its own.
TEST_F(waves, a_bus_transaction_is_drawn_from_its_address_phase) {
  run(few_frames);
  const vcd_file w = file();
  const auto starts = times_of(events, stage::dma_start);
  EXPECT_EQ(starts.size(), 16U);
  for (const sim_time t : starts) {
    EXPECT_EQ(w.value_at("ringside.bus.busy", t - 1), "0") << t;
    EXPECT_EQ(w.value_at("ringside.bus.busy", t), "1") << t;
    EXPECT_EQ(w.value_at("ringside.bus.kind", t), "payload") << t;
  }
}

TEST_F(waves, a_window_holds_what_the_whole_file_holds_there) {
  run(few_frames, 0);
  const vcd_file whole = file();
  const sim_time start = 100 * ms + 1'234'567 * ps;
  const sim_time end = 100 * ms + 5'000'001 * ps;
  run(few_frames, start, end);
  const vcd_file part = file();
  ASSERT_FALSE(part.instants().empty());
  EXPECT_EQ(part.instants().front(), start);
  EXPECT_LE(part.instants().back(), end);
  EXPECT_EQ(part.signals().size(), whole.signals().size());
  std::size_t compared = 0;
  for (const auto& [name, signal] : whole.signals()) {
    if (signal.type == "event" || name.ends_with("now_i"))
      continue;  // the time input is driven only where the RTL runs
    for (const sim_time t : {start, start + 1 * us, start + 2 * us, end}) {
      ASSERT_EQ(part.value_at(name, t), whole.value_at(name, t)) << name << " at " << t;
      ++compared;
    }
  }
  EXPECT_GT(compared, 4000U);
}

TEST_F(waves, a_window_in_which_the_card_sleeps_shows_it_all_the_same) {
  run(few_frames, 55 * ms, 55 * ms + 1 * us);
  const vcd_file w = file();
  EXPECT_EQ(w.instants().front(), 55 * ms);
  for (const char* group : {"csr", "rx_frame", "rx_mac", "rx_fifo", "rx_dma", "rx_desc", "mst", "irq"})
    EXPECT_EQ(w.value_at(std::string("nic.clk_req_") + group + "_o", 55 * ms), "0") << group;
  EXPECT_EQ(w.value_at("ringside.cpu0.context", 55 * ms), "idle");
}

TEST_F(waves, drops_show_with_their_reason) {
  run({{"gen.count", "20"},
       {"gen.size", "64"},
       {"gen.rate", "100000pps"},
       {"wire.start", "100ms"},
       {"gen.bad_fcs_per_million", "1000000"}});
  const vcd_file w = file();
  EXPECT_EQ(number(w.value_at("ringside.drops.total", time_never)), 20U);
  EXPECT_EQ(number(w.value_at("ringside.drops.nic", time_never)), 20U);
  EXPECT_EQ(w.value_at("ringside.drops.reason", time_never), "crc_error");
  EXPECT_EQ(number(w.value_at("ringside.stage.fifo_drop", time_never)), 20U);
}

TEST_F(waves, every_cpu_has_its_scope) {
  run({{"gen.count", "8"}, {"gen.size", "64"}, {"gen.rate", "100000pps"}, {"wire.start", "100ms"}, {"cpu.count", "2"}});
  const vcd_file w = file();
  EXPECT_TRUE(w.has("ringside.cpu1.context"));
  EXPECT_FALSE(w.has("ringside.cpu2.context"));
  std::vector<sim_time> of_cpu1;
  for (const event& e : events)
    if (e.what == stage::hardirq_enter && e.unit == 1) of_cpu1.push_back(e.time);
  EXPECT_EQ(w.rises("ringside.cpu1.in_hardirq"), of_cpu1);
}

// What is drawn over a skipped stretch is what the registers held there.
TEST_F(waves, skipped_stretches_are_drawn_as_the_rtl_would_have_stood) {
  // Two of these runs evaluate every clock before the window.
  test::settings keys = {{"gen.count", "2"},
                         {"gen.size", "64"},
                         {"wire.start", "20ms"},
                         {"driver.quiesce", "100us"},
                         {"driver.reset_wait", "20us"},
                         {"driver.eeprom_delay", "10ns"},
                         {"driver.phy_read_delay", "1us"}};
  const sim_time start = 20 * ms;
  run(keys, start, start + 10 * us);
  const vcd_file skipped = file();
  keys.emplace_back("run.skip", "false");
  run(keys, start, start + 10 * us);
  const vcd_file stepped = file();
  keys.emplace_back("run.gate_clocks", "false");
  run(keys, start, start + 10 * us);
  const vcd_file every_clock = file();
  for (const char* clock : {"csr", "rx_frame", "rx_mac", "rx_fifo", "rx_dma", "rx_desc", "mst", "irq"}) {
    const std::string pin = std::string("nic.clk_") + clock + "_i";
    EXPECT_EQ(skipped.rises(pin), stepped.rises(pin)) << pin;
    EXPECT_GT(skipped.rises(pin).size(), 0U) << pin;
    EXPECT_LT(skipped.rises(pin).size(), 600U) << pin;
    EXPECT_EQ(every_clock.rises(pin).size(), 1251U) << pin;  // 10 us of 125 MHz, both ends included
  }
  std::size_t registers = 0;
  for (const auto& [name, signal] : stepped.signals()) {
    if (!name.starts_with("nic.e1000_top.") || !name.ends_with("_q")) continue;
    ++registers;
    EXPECT_EQ(skipped.history(name), stepped.history(name)) << name;
    EXPECT_EQ(skipped.history(name), every_clock.history(name)) << name;
  }
  EXPECT_GT(registers, 150U);
}

// ---- GTKWave set-ups -----------------------------------------------------------------------------------------------

class viewer_setup : public testing::TestWithParam<const char*> {};

TEST_P(viewer_setup, names_signals_that_exist) {
  const test::test_folder folder;
  run_machine(few_frames, wave_options{folder.path("a.vcd"), 100 * ms, 100 * ms + 1 * us});
  const vcd_file w = read(folder.path("a.vcd"));
  std::ifstream in(std::string(RINGSIDE_WAVES_DIR) + "/" + GetParam());
  ASSERT_TRUE(in.is_open());
  std::size_t found = 0;
  std::vector<std::string> groups;
  for (std::string line; std::getline(in, line);) {
    if (line.empty()) continue;
    if (line.size() > 1 && line.front() == '-') groups.push_back(line.substr(1));
    if (std::string("[*@-").find(line.front()) != std::string::npos) continue;
    const auto bracket = line.find('[');
    const std::string name = line.substr(0, bracket);
    const std::string range = bracket == std::string::npos ? "" : line.substr(bracket);
    ASSERT_TRUE(w.has(name)) << line;
    EXPECT_EQ(w.signals().at(name).range, range) << line;
    ++found;
  }
  EXPECT_GE(found, 30U);
  ASSERT_GE(groups.size(), 7U);
  EXPECT_EQ(std::vector<std::string>(groups.begin(), groups.begin() + 7),
            (std::vector<std::string>{"wire", "MAC, filter", "FIFO", "descriptors, DMA", "bus", "interrupt", "CPU"}));
}

INSTANTIATE_TEST_SUITE_P(waves, viewer_setup,
                         testing::Values("journey.gtkw", "nic_internals.gtkw", "software.gtkw",
                                         "lesson_coalescing.gtkw", "lesson_fifo_overrun.gtkw",
                                         "lesson_intx_overtakes_data.gtkw", "lesson_lost_wakeup.gtkw",
                                         "lesson_missing_dma_sync.gtkw"));

}  // namespace
}  // namespace ringside::platform

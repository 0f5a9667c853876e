// SPDX-License-Identifier: Apache-2.0
#include "platform/waves/wave_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>

#include "hw/tlm/pci/pci_bus.h"
#include "tests/common/test_folder.h"
#include "tests/platform/waves/vcd_reader.h"

namespace ringside::platform {
namespace {

class wave_file : public testing::Test {
 protected:
  test::vcd_file read() const {
    std::ifstream in(folder.path("a.vcd"));
    return test::vcd_file(in);
  }
  wave_options options(sim_time start = 0, sim_time end = time_never) const {
    return {folder.path("a.vcd"), start, end};
  }

  test::test_folder folder;
  const wave_layout layout{.cpus = 1, .pci_clock = clock_domain{33'000'000}};
};

TEST_F(wave_file, needs_no_card_with_rtl) {
  wave_writer w(options(), layout);
  w.on_event({.time = 5 * us, .frame = 7, .from = origin::bus, .what = stage::dd_visible});
  w.on_event({.time = 6 * us, .from = origin::cpu, .what = stage::hardirq_enter});
  w.finish();
  const auto file = read();
  EXPECT_EQ(file.value_at("ringside.memory.dd_frame", 5 * us - 1), "0");
  EXPECT_EQ(file.value_at("ringside.memory.dd_frame", 5 * us), "111");
  EXPECT_EQ(file.value_at("ringside.cpu0.context", 6 * us), "hardirq");
}

// Two bits in front of the count tell them from received frames of the same number.
TEST_F(wave_file, shows_how_a_frame_came_to_be) {
  wave_writer w(options(), layout);
  w.on_event({.time = 5 * us,
              .frame = make_frame_id(frame_kind::received, 1, 5),
              .from = origin::nic,
              .what = stage::wire_sof});
  w.on_event({.time = 6 * us, .frame = make_frame_id(frame_kind::made, 1, 5), .what = stage::frame_made});
  w.on_event({.time = 7 * us, .frame = make_frame_id(frame_kind::derived, 1, 5), .what = stage::skb_link});
  w.on_event({.time = 7 * us, .frame = make_frame_id(frame_kind::made, 1, 5), .what = stage::tx_udp});
  w.on_event({.time = 8 * us, .frame = make_frame_id(frame_kind::made, 1, 5), .what = stage::tdt_write});
  w.on_event({.time = 9 * us, .frame = make_frame_id(frame_kind::made, 1, 5), .what = stage::tx_wire_eof});
  w.on_event({.time = 9 * us, .frame = 5, .what = stage::cable_out});
  w.finish();
  const auto file = read();
  EXPECT_EQ(file.value_at("ringside.stage.wire_sof", 5 * us), "101");
  EXPECT_EQ(file.value_at("ringside.stage.frame_made", 6 * us), "10000000000000000000000000000101");
  EXPECT_EQ(file.value_at("ringside.stage.skb_link", 7 * us), "1000000000000000000000000000101");
  EXPECT_EQ(file.value_at("ringside.stage.tx_udp", 7 * us), "10000000000000000000000000000101");
  EXPECT_EQ(file.value_at("ringside.stage.tx_wire_eof", 9 * us), "10000000000000000000000000000101");
  EXPECT_EQ(file.value_at("ringside.stage.cable_out", 9 * us), "101");
}

// 33 MHz: 100 clocks before clock 33,000 (1 ms) and including it, the transaction began at clock 32,901.
TEST_F(wave_file, a_transaction_told_after_its_start_was_settled_is_drawn_from_its_start) {
  wave_writer w(options(), layout);
  w.on_event({.time = 900 * us, .frame = 1, .from = origin::nic, .what = stage::wire_sof});
  w.advance(999 * us);  // its start has passed
  using namespace tlm::pci_word;
  w.on_event({.time = 1 * ms,
              .b = pack(kind::payload, 1, 256, 100, write),
              .from = origin::bus,
              .what = stage::pci_transaction});
  w.finish();
  const auto file = read();
  const std::vector<sim_time> start{layout.pci_clock.edge(32'901)};
  EXPECT_EQ(file.rises("ringside.bus.busy"), start);
  EXPECT_EQ(file.value_at("ringside.bus.busy", layout.pci_clock.edge(33'001) - 1), "1");
  EXPECT_EQ(file.value_at("ringside.bus.busy", layout.pci_clock.edge(33'001)), "0");
  EXPECT_EQ(file.value_at("ringside.bus.result", start.front()), "complete");
}

TEST_F(wave_file, one_instant_of_card_and_software_is_one_section) {
  wave_writer w(options(), layout);
  w.card().on_vcd_text(
      "$timescale 1ps $end\n$scope module nic $end\n$var wire 1 # intx_o $end\n$upscope $end\n$enddefinitions $end\n"
      "#0\n0#\n#1000\n1#\n");
  w.on_event({.time = 1000, .from = origin::nic, .what = stage::intx_assert});
  w.finish();
  const auto file = read();  // throws when time stands still
  EXPECT_EQ(file.instants(), (std::vector<std::int64_t>{0, 1000}));
  EXPECT_EQ(file.rises("nic.intx_o"), file.rises("ringside.nic.intx"));
}

TEST_F(wave_file, a_window_without_events_shows_the_state_it_finds) {
  wave_writer w(options(10 * us, 20 * us), layout);
  w.on_event({.time = 5 * us, .frame = 3, .from = origin::nic, .what = stage::fifo_commit});
  w.on_event({.time = 25 * us, .frame = 4, .from = origin::nic, .what = stage::fifo_commit});
  w.finish();
  const auto file = read();
  EXPECT_EQ(file.instants(), (std::vector<std::int64_t>{10 * us}));
  EXPECT_EQ(file.value_at("ringside.nic.committed_frame", 10 * us), "11");
}

TEST_F(wave_file, a_file_that_cannot_be_written_is_an_error) {
  EXPECT_THROW(wave_writer({folder.path("none/a.vcd"), 0, time_never}, layout), std::runtime_error);
}

}  // namespace
}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// Instructions by RTL block: names in Verilator's C++ to blocks, callgrind's file to counts, both to sums.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/common/test_folder.h"
#include "tools/bench/blocks.h"

namespace ringside::platform {
namespace {

instance_map instances() {
  std::istringstream source(
      "module chip (\n"
      "  input logic clk_i\n"
      ");\n"
      "  front u_front (\n"
      "  assign x = u_front (y);\n"  // no instantiation
      "  irq u_irq (.clk_i);\n"
      "  sender #(.Depth(2)) u_sender (\n"
      "endmodule\n"
      "module front (\n"
      "  mac #(.Width(8)) u_mac (\n"
      "endmodule\n"
      "module sender #(\n"
      "  tx_mac u_mac (\n");
  instance_map found;
  add_instances(source, found);
  return found;
}

TEST(block_cost, instances_are_read_from_the_rtl) {
  EXPECT_EQ(instances(), (instance_map{{{"chip", "u_front"}, "front"},
                                       {{"chip", "u_irq"}, "irq"},
                                       {{"chip", "u_sender"}, "sender"},
                                       {{"front", "u_mac"}, "mac"},
                                       {{"sender", "u_mac"}, "tx_mac"}}));
}

TEST(block_cost, a_name_tells_the_deepest_instance) {
  const line_blocks blocks("chip", instances());
  EXPECT_EQ(blocks.block_of("chip__DOT__u_front__DOT__u_mac__DOT__crc_q"), "mac");
  EXPECT_EQ(blocks.block_of("chip__DOT__u_sender__DOT__u_mac__DOT__crc_q"), "tx_mac");
  EXPECT_EQ(blocks.block_of("__Vdly__chip__DOT__u_front__DOT__evt_q"), "front");
  EXPECT_EQ(blocks.block_of("chip__DOT__wire"), "chip");
  EXPECT_EQ(blocks.block_of("chip__DOT__u_irq__DOT__unnamedblk1__DOT__i"), "irq");
  EXPECT_EQ(blocks.block_of("vlSelf"), "");
  EXPECT_EQ(blocks.block_of("other__DOT__u_mac__DOT__x"), "");
}

constexpr const char* generated =
    "void design() {\n"                                                  // 1
    "    vlSelf->chip__DOT__u_irq__DOT__intx_q\n"                        // 2
    "        = (vlSelf->chip__DOT__u_front__DOT__u_mac__DOT__eob\n"      // 3
    "           & (IData)(vlSelf->now_i));\n"                            // 4: of the statement
    "    vlSelf->chip__DOT__wire = vlSelf->chip__DOT__u_irq__DOT__a;\n"  // 5
    "    if (vlSelf->chip__DOT__other) {\n"                              // 6
    "        VL_FATAL(); // chip__DOT__u_irq__DOT__b\n"                  // 7
    "    }\n"                                                            // 8
    "}\n"                                                                // 9
    "void loop() {\n"                                                    // 10
    "    evaluate();\n";                                                 // 11

TEST(block_cost, a_line_belongs_to_the_first_instance_it_names) {
  std::istringstream text(generated);
  EXPECT_EQ(line_blocks("chip", instances()).of(text),
            (std::vector<std::string>{"", "", "irq", "mac", "irq", "irq", "chip", "chip", "chip", "", "", ""}));
}

// The format is that of valgrind's manual, "Callgrind Format Specification".
TEST(block_cost, callgrind_s_counts_are_its_own_costs_by_address) {
  const std::string text =
      "events: Ir\n"
      "fl=a.cpp\nfn=second\n0x20 7 3\n"
      "calls=2 0x90\n0x24 8 1000\n"  // what the callee took
      "fi=b.h\n0x28 1 5\n"
      "fe=a.cpp\n0x22 7 4\n"
      "fl=a.cpp\nfn=first\n0x90 2 6\n"
      "summary: 18\n";
  std::string seen;
  for (const counted_instruction& c : read_callgrind(text))
    seen += std::string(c.function) + ' ' + std::string(c.file) + ':' + std::to_string(c.line) + ' ' +
            std::to_string(c.count) + '\n';
  EXPECT_EQ(seen, "first a.cpp:2 6\nsecond a.cpp:7 3\nsecond a.cpp:7 4\nsecond b.h:1 5\n");
}

TEST(block_cost, inlined_runtime_counts_for_the_statement_around_it) {
  const test::test_folder folder;
  const std::string file = folder.path("Vnic___024root.cpp");
  std::ofstream(file) << generated;
  const std::vector<counted_instruction> counts{{"Vnic::design", 0x10, file, 1, 1},
                                                {"Vnic::design", 0x11, file, 3, 10},
                                                {"Vnic::design", 0x12, "verilated.h", 9, 100},
                                                {"Vnic::design", 0x13, file, 6, 7},
                                                {"Vnic::loop", 0x30, file, 11, 1000},
                                                {"replay", 0x40, "???", 0, 5}};
  const auto sums = sum_by_block(counts, line_blocks("chip", instances()));
  EXPECT_EQ(sums, (std::map<std::string, std::uint64_t>{
                      {"mac", 110}, {"chip", 7}, {std::string(evaluation), 1001}, {std::string(pin_driving), 5}}));
}

TEST(block_cost, a_model_without_line_information_is_an_error) {
  EXPECT_THROW(sum_by_block({{"Vnic::design", 1, "???", 0, 1}}, line_blocks("chip", instances())), std::runtime_error);
}

TEST(block_cost, the_table_has_the_costliest_block_first) {
  const std::string table = block_table({{"64", {{"mac", 1.0}, {"irq", 2.0}, {std::string(evaluation), 9.0}}}});
  EXPECT_LT(table.find("irq"), table.find("mac"));
  EXPECT_LT(table.find("mac"), table.find("evaluation"));
  EXPECT_NE(table.find("12.0"), std::string::npos);
}

}  // namespace
}  // namespace ringside::platform

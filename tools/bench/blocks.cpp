// SPDX-License-Identifier: Apache-2.0
#include "tools/bench/blocks.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace ringside::platform {
namespace {

constexpr std::string_view generated_part = "___024root";  // Verilator's name of the flattened design

bool generated(std::string_view name) {
  return name.find(generated_part) != std::string_view::npos;
}

}  // namespace

std::map<std::string, std::uint64_t> sum_by_block(const std::vector<counted_instruction>& counts,
                                                  const line_blocks& blocks) {
  std::map<std::string_view, std::vector<std::string>> files;
  std::map<std::string, std::uint64_t> sums;
  std::string_view function;
  std::string block;
  for (const counted_instruction& c : counts) {
    if (c.function != function) block.clear();
    function = c.function;
    // The runtime's functions, inlined or not, serve the statement they stand in, which goes on around them.
    if (generated(c.file)) {
      const auto [file, added] = files.try_emplace(c.file);
      if (added) {
        std::ifstream text{std::string(c.file)};
        file->second = blocks.of(text);
      }
      block = c.line < file->second.size() ? file->second[c.line] : "";
    }
    if (!block.empty())
      sums[block] += c.count;
    else
      sums[std::string(function.find("Vnic") != std::string_view::npos ? evaluation : pin_driving)] += c.count;
  }
  if (files.empty()) throw std::runtime_error("the Verilated model has no line information");
  return sums;
}

std::map<std::string, double> count_blocks(const std::string& program, const std::vector<std::string>& arguments,
                                           std::uint64_t cycles, const std::string& scratch_file,
                                           const line_blocks& blocks) {
  if (!run_callgrind(program, arguments, "*replay_traffic*", scratch_file,
                     {"--dump-instr=yes", "--compress-strings=no", "--compress-pos=no"}))
    throw std::runtime_error("callgrind did not run: is valgrind installed?");
  std::ifstream from(scratch_file);
  const std::string text{std::istreambuf_iterator<char>(from), {}};
  std::map<std::string, double> per_cycle;
  for (const auto& [block, count] : sum_by_block(read_callgrind(text), blocks))
    per_cycle[block] = static_cast<double>(count) / static_cast<double>(cycles);
  return per_cycle;
}

std::string block_table(const std::vector<size_costs>& per_size) {
  std::map<std::string, double> cost;  // over all sizes, for the order
  std::map<std::string, double> total;
  for (const auto& [size, blocks] : per_size)
    for (const auto& [block, instructions] : blocks) {
      cost[block] += instructions;
      total[size] += instructions;
    }
  std::vector<std::string> order;
  order.reserve(cost.size());
  for (const auto& [block, sum] : cost) order.push_back(block);
  std::sort(order.begin(), order.end(), [&](const auto& x, const auto& y) {
    return x.starts_with('(') != y.starts_with('(') ? y.starts_with('(') : cost[x] > cost[y];
  });
  std::string text = fmt::format("{:<32}", "instructions per RTL cycle");
  for (const auto& [size, blocks] : per_size) text += fmt::format("{:>9}", size + " B");
  for (const std::string& block : order) {
    text += fmt::format("\n{:<32}", block);
    for (const auto& [size, blocks] : per_size) {
      const auto found = blocks.find(block);
      text += fmt::format("{:>9.1f}", found == blocks.end() ? 0.0 : found->second);
    }
  }
  text += fmt::format("\n{:<32}", "all");
  for (const auto& [size, blocks] : per_size) text += fmt::format("{:>9.1f}", total[size]);
  return text + "\n";
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/wire_counters.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "hw/regs/e1000_regs.h"

namespace ringside::platform {
namespace {

// Between a frame's end and its count, or a register's sampling and the event of its answer: some clocks of 8 ns, at
// 10 Mb/s some of 800.
constexpr sim_time blur = 80 * ns;

struct counter_row {
  std::string_view name;
  std::uint64_t low;
  std::uint64_t high = 0;  // of a pair
};
constexpr counter_row rows[] = {
    {"TPT", reg::TPT},
    {"GPTC", reg::GPTC},
    {"MPTC", reg::MPTC},
    {"BPTC", reg::BPTC},
    {"PTC64", reg::PTC64},
    {"PTC127", reg::PTC127},
    {"PTC255", reg::PTC255},
    {"PTC511", reg::PTC511},
    {"PTC1023", reg::PTC1023},
    {"PTC1522", reg::PTC1522},
    {"XONTXC", reg::XONTXC},
    {"XOFFTXC", reg::XOFFTXC},
    {"TSCTC", reg::TSCTC},
    {"TSCTFC", reg::TSCTFC},
    {"GOTC", reg::GOTCL, reg::GOTCH},
    {"TOT", reg::TOTL, reg::TOTH},
};

}  // namespace

void wire_counters::on_read(const event& e) {
  reads_[e.a].push_back(e.time);
}

// What was counted is heard of by the next read, unless a reset comes before it.  Of a pair, what is counted between
// the reads of its words is lost: the low word had been read, and the high word's read clears it.
wire_counters::range wire_counters::expected(const std::vector<counted>& all, std::uint64_t low,
                                             std::uint64_t high) const {
  range out;
  const auto found = reads_.find(low);
  if (found == reads_.end()) return out;
  const std::vector<sim_time>& reads = found->second;
  const auto heard = [&](sim_time t) {
    const auto read = std::upper_bound(reads.begin(), reads.end(), t);
    if (read == reads.end()) return false;
    const auto reset = std::upper_bound(resets_.begin(), resets_.end(), t);
    if (reset != resets_.end() && *reset < *read) return false;
    if (high == 0) return true;
    // Behind a read of the low word and before that of the high word?
    if (read == reads.begin()) return true;
    const auto& highs = reads_.at(high);
    const auto clears = std::upper_bound(highs.begin(), highs.end(), *std::prev(read));
    return clears == highs.end() || *clears <= t;
  };
  for (const auto& [t, amount] : all) {
    const bool now = heard(t);
    const bool sooner = heard(t - blur);
    const bool later = heard(t + blur);
    if (now && sooner && later) out.least += amount;
    if (now || sooner || later) out.most += amount;
  }
  return out;
}

void wire_counters::compare(const std::function<std::uint64_t(std::string_view)>& held,
                            const std::function<void(const std::string&)>& wrong) const {
  static const std::vector<counted> none;
  for (const counter_row& row : rows) {
    const auto found = counted_.find(row.name);
    const range should = expected(found == counted_.end() ? none : found->second, row.low, row.high);
    const std::uint64_t is = held(row.name);
    if (is >= should.least && is <= should.most) continue;
    const std::string text =
        should.least == should.most ? std::to_string(should.most) : fmt::format("{} to {}", should.least, should.most);
    wrong(fmt::format("counter {} holds {}; {} by the wire", row.name, is, text));
  }
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
// A card of plain C++ that lives in its own local time, as the nic_scheduler expects: does what its script says.
//
// Owned by host_bridge_test.cpp and nic_scheduler_test.cpp.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "hw/tlm/nic/nic.h"

namespace ringside::test {

class timed_card final : public tlm::nic {
 public:
  static constexpr sim_time cycle = 8 * ns;

  /// `call` runs at the edge at or after `t`.
  void at(sim_time t, std::function<void()> call) { script_.emplace((t + cycle - 1) / cycle * cycle, std::move(call)); }

  struct arrival {
    const tlm::dma_transfer* transfer;
    sim_time at;     // bus time it was told
    sim_time local;  // local time when it was told
  };
  struct access_arrival {
    tlm::target_access access;
    sim_time at, local;
  };

  tlm::nic_config_state config{0x7, 0xF000'0000U, 0xC001U, 64, 16};
  std::function<void(const tlm::target_access&, sim_time)> on_access;
  std::vector<arrival> done;
  std::vector<access_arrival> accesses;
  std::vector<std::pair<sim_time, sim_time>> runs;  // local time before, limit

  sim_time local_time() const override { return now_; }
  void run(sim_time limit) override {
    runs.emplace_back(now_, limit);
    if (!script_.empty() && script_.begin()->first < limit) {
      now_ = script_.begin()->first;
      const auto call = std::move(script_.begin()->second);
      script_.erase(script_.begin());
      call();  // at the edge at now_
      if (script_.empty() || script_.begin()->first > now_) now_ += cycle;
      return;
    }
    now_ = std::max(now_, (limit + cycle - 1) / cycle * cycle);
  }
  void deliver_access(const tlm::target_access& access, sim_time t) override {
    accesses.push_back({access, t, now_});
    if (on_access) on_access(access, t);
  }
  void dma_data(tlm::dma_transfer& transfer, std::uint32_t, std::uint32_t, bool last, sim_time t) override {
    if (last) dma_done(transfer, t);
  }
  void dma_done(tlm::dma_transfer& transfer, sim_time t) override { done.push_back({&transfer, t, now_}); }
  void set_link(bool, sim_time) override {}
  void wire_changed() override {}
  tlm::nic_config_state config_state() const override { return config; }
  tlm::nic_counters counters() const override { return {}; }

 private:
  std::multimap<sim_time, std::function<void()>> script_;
  sim_time now_ = 0;
};

}  // namespace ringside::test

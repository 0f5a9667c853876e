// SPDX-License-Identifier: Apache-2.0
// One of our cards as the oracle drives it: fresh from reset, with a bus of its own.
#pragma once

#include "hw/tlm/host/card_host.h"
#include "tools/oracle/oracle_card.h"

namespace ringside::oracle {

class own_card final : public oracle_card {
 public:
  explicit own_card(tlm::card_kind kind);

  std::string_view name() const override { return kind_ == tlm::card_kind::rtl ? "rtl" : "model"; }
  std::uint32_t read(std::uint32_t offset) override;
  void write(std::uint32_t offset, std::uint32_t value) override;
  byte_vector memory(std::uint64_t address, std::size_t bytes) override;
  void put(std::uint64_t address, std::span<const std::uint8_t> bytes) override;
  void fill(std::uint64_t address, std::size_t bytes, std::uint8_t value) override;
  void offer(const std::vector<offered_frame>& frames) override;
  std::vector<byte_vector> take_sent() override;
  bool work_until(const std::function<bool()>& done) override;
  void settle() override;
  std::uint64_t accesses() const override { return accesses_; }

 private:
  tlm::card_kind kind_;
  tlm::card_host host_;
  std::size_t taken_ = 0;
  sim_time wire_free_ = 0;  // behind the last frame offered
  std::uint64_t accesses_ = 0;
};

}  // namespace ringside::oracle

// SPDX-License-Identifier: Apache-2.0
// Makes UDP frames from the scenario's gen.* keys.
//
// Payload: an 8-byte big-endian sequence number (from 0), then bytes that follow from seed and sequence number, so that
// a receiver can check each datagram alone.  Made by make_source.h, pulled by the wire.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "common/rng.h"
#include "common/wire_frame.h"
#include "platform/scenario/scenario.h"
#include "platform/source/arrival.h"

namespace ringside::platform {

/// Sender of generated frames.
inline constexpr std::array<std::uint8_t, 6> generator_mac{0x02, 0, 0, 0, 0, 0x01};
inline constexpr std::uint32_t generator_ip = 0x0A000001;  // 10.0.0.1
inline constexpr std::uint32_t first_source_port = 10'000;

/// Payload of frame `sequence` (from 0): what the generator sends and a test expects.
std::vector<std::uint8_t> generator_payload(payload_kind kind, std::uint64_t seed, std::uint64_t sequence,
                                            std::size_t bytes);

class generator : public frame_source {
 public:
  explicit generator(const scenario& s);
  std::optional<offered_frame> next() override;
  std::size_t read_ahead() const override { return frames_read_ahead; }
  std::optional<std::uint64_t> planned() const override { return gen_.count; }
  void give_back(std::vector<std::uint8_t>&& bytes) override { spare_ = std::move(bytes); }

  std::uint64_t made() const { return sequence_; }

 private:
  std::uint32_t next_size();
  void spoil(offered_frame& frame);

  gen_config gen_;
  std::vector<std::uint8_t> spare_;  // memory for the next frame
  std::array<std::uint8_t, 6> to_mac_;
  std::uint32_t to_ip_;
  std::vector<std::uint16_t> ports_;
  std::uint32_t longest_;  // the chip's limit, DA..FCS
  std::uint64_t seed_;
  rng size_random_;
  rng arrival_random_;
  rng error_random_;
  arrival arrival_;
  std::uint64_t sequence_ = 0;
};

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/source/generator.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>
#include <span>

#include "common/ethernet.h"
#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

// Separate streams, so that an error rate does not change sizes or times.
constexpr std::uint64_t size_stream = 0x73697A65;
constexpr std::uint64_t arrival_stream = 0x61727276;
constexpr std::uint64_t error_stream = 0x65727273;

constexpr std::uint32_t million = 1'000'000;
constexpr std::uint32_t shortest_runt = 18;  // addresses, type and FCS (DA..FCS)

std::uint64_t seed_of(const scenario& s) {
  return s.gen.seed != 0 ? s.gen.seed : s.run.seed;
}

}  // namespace

void fill_payload(payload_kind kind, std::uint64_t seed, std::uint64_t sequence, std::span<std::uint8_t> out) {
  const std::size_t head = std::min<std::size_t>(out.size(), 8);
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t number = __builtin_bswap64(sequence);  // the highest byte comes first
  std::memcpy(out.data(), &number, head);
  const std::span<std::uint8_t> rest = out.subspan(head);
  if (kind == payload_kind::zeros) {
    std::fill(rest.begin(), rest.end(), std::uint8_t{0});
  } else if (kind == payload_kind::counting) {
    std::iota(rest.begin(), rest.end(), static_cast<std::uint8_t>(head));
  } else {
    rng random(seed ^ (sequence * 0xD1B54A32D192ED03ULL));
    std::size_t i = 0;  // of each word the lowest byte comes first
    for (; i + 8 <= rest.size(); i += 8) {
      const std::uint64_t word = random.next();
      std::memcpy(&rest[i], &word, sizeof word);
    }
    if (i == rest.size()) return;
    for (std::uint64_t word = random.next(); i < rest.size(); word >>= 8) rest[i++] = static_cast<std::uint8_t>(word);
  }
}

std::vector<std::uint8_t> generator_payload(payload_kind kind, std::uint64_t seed, std::uint64_t sequence,
                                            std::size_t bytes) {
  std::vector<std::uint8_t> out(bytes);
  fill_payload(kind, seed, sequence, out);
  return out;
}

generator::generator(const scenario& s)
    : gen_(s.gen),
      to_mac_(s.nic.mac_address),
      to_ip_(own_address(s)),
      ports_(s.app.ports),
      longest_(longest_frame(s.driver)),
      seed_(seed_of(s)),
      size_random_(seed_ ^ size_stream),
      arrival_random_(seed_ ^ arrival_stream),
      error_random_(seed_ ^ error_stream),
      arrival_(s) {}

std::optional<offered_frame> generator::next() {
  if (sequence_ == gen_.count) return std::nullopt;
  const std::uint32_t size = next_size();
  const auto flow = static_cast<std::uint32_t>(sequence_ % gen_.flows);
  const udp_addresses to{.to_mac = to_mac_,
                         .from_mac = generator_mac,
                         .to_ip = to_ip_,
                         .from_ip = generator_ip,
                         .to_port = ports_[flow % ports_.size()],
                         .from_port = static_cast<std::uint16_t>(first_source_port + flow)};
  offered_frame frame;
  frame.bytes = std::move(spare_);
  frame.bytes.reserve(size);  // the wire appends the FCS
  frame.bytes.resize(size - ethernet::fcs_bytes);
  fill_payload(gen_.payload, seed_, sequence_, std::span(frame.bytes).subspan(udp_overhead_bytes));
  write_udp_headers(to, static_cast<std::uint16_t>(sequence_), frame.bytes);
  spoil(frame);
  frame.earliest = arrival_.next(static_cast<std::uint32_t>(frame.bytes.size() + ethernet::fcs_bytes), arrival_random_);
  ++sequence_;
  return frame;
}

std::uint32_t generator::next_size() {
  if (gen_.size_is_range) return size_random_.between(gen_.sizes[0], gen_.sizes[1]);
  return gen_.sizes[sequence_ % gen_.sizes.size()];
}

// One draw decides among the errors, so that their rates add up.
void generator::spoil(offered_frame& frame) {
  const std::uint32_t total =
      gen_.bad_fcs_per_million + gen_.rx_er_per_million + gen_.runt_per_million + gen_.oversize_per_million;
  if (total == 0) return;
  std::uint32_t draw = error_random_.below(million);
  const auto hit = [&draw](std::uint32_t share) {
    const bool taken = draw < share;
    draw = taken ? million : draw - share;
    return taken;
  };
  if (draw >= total) return;
  if (hit(gen_.bad_fcs_per_million)) {
    frame.bad_fcs = true;
  } else if (hit(gen_.rx_er_per_million)) {
    frame.rx_er_at = static_cast<std::int32_t>(error_random_.below(static_cast<std::uint32_t>(frame.bytes.size())));
  } else if (hit(gen_.runt_per_million)) {
    frame.pad = false;
    frame.bytes.resize(error_random_.between(shortest_runt, 63) - ethernet::fcs_bytes);
  } else {
    frame.bytes.resize(longest_ + error_random_.between(1, 512) - ethernet::fcs_bytes);
  }
}

}  // namespace ringside::platform

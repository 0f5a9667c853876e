// SPDX-License-Identifier: Apache-2.0
#include "platform/scenario/validate.h"

#include <fmt/format.h>

#include <algorithm>

namespace ringside::platform {
namespace {

// Linux MAX_SKB_FRAGS: a chain becomes one sk_buff with at most 17 fragments (FS 10.6).
constexpr std::uint32_t max_chain = 17;
constexpr std::uint32_t header_and_fcs = 14 + 4;
constexpr std::uint32_t header_and_tag_and_fcs = 14 + 4 + 4;
constexpr std::uint32_t fifo_overhead = 16;                   // status words per frame
constexpr std::uint64_t reserved_bytes = 8ULL * 1024 * 1024;  // rings, socket buffers, kernel structures

std::uint32_t buffer_bytes(std::uint32_t setting, std::uint32_t mtu) {
  if (setting != 0) return setting;
  return mtu + header_and_fcs > 2048 ? 4096 : 2048;  // FS 10.6
}

// Buffers of frames that may need several of them are whole pages (Linux e1000_alloc_jumbo_rx_buffers).
std::uint64_t buffer_memory(const scenario& s, std::uint32_t buffer, std::uint32_t mtu) {
  constexpr std::uint64_t page = 4096;
  const std::uint64_t bytes = std::uint64_t{buffer} + s.driver.buffer_offset;
  return mtu > 1500 || buffer < 2048 ? (bytes + page - 1) / page * page : bytes;
}

// Ring, buffers and packet buffer for one pair of MTU and ring size.
std::optional<conflict> find_conflict(const scenario& s, std::uint32_t mtu, std::uint32_t ring) {
  const std::uint32_t longest = mtu + header_and_tag_and_fcs;
  const std::uint32_t buffer = buffer_bytes(s.driver.buffer_size, mtu);
  const std::uint32_t chain = (longest + buffer - 1) / buffer;
  if (chain > std::min(max_chain, ring - 1))
    return conflict{"driver.buffer_size",
                    fmt::format("a frame of MTU {} needs {} buffers of {} bytes; allowed: at most {} (ring of {})", mtu,
                                chain, buffer, std::min(max_chain, ring - 1), ring)};
  if (longest + fifo_overhead > s.driver.pba_kb * 1024)
    return conflict{"nic.pba_kb", fmt::format("{} KB cannot hold one frame of MTU {}; allowed: at least {} KB",
                                              s.driver.pba_kb, mtu, (longest + fifo_overhead + 8191) / 8192 * 8)};
  const std::uint64_t memory = std::uint64_t{s.mem.size_mb} * 1024 * 1024;
  const std::uint64_t needed = std::uint64_t{ring} * buffer_memory(s, buffer, mtu) * 2 + reserved_bytes;
  if (needed > memory)
    return conflict{"mem.size_mb", fmt::format("ring and buffers do not fit {} MB; allowed: at least {} MB",
                                               s.mem.size_mb, (needed + 1024 * 1024 - 1) / (1024 * 1024))};
  return std::nullopt;
}

// The start, and after each action.
std::optional<conflict> find_receive_conflict(const scenario& s) {
  std::uint32_t mtu = s.driver.mtu;
  std::uint32_t ring = s.driver.ring_size;
  if (auto found = find_conflict(s, mtu, ring)) return found;
  for (const reconfigure_action& action : s.reconfigure.actions) {
    if (action.what == reconfiguration::mtu) mtu = static_cast<std::uint32_t>(action.value);
    if (action.what == reconfiguration::ring_size) ring = static_cast<std::uint32_t>(action.value);
    if (const auto found = find_conflict(s, mtu, ring))
      return conflict{"reconfigure.actions",
                      fmt::format("after {}: {}: {}", to_text(action), found->key, found->message)};
  }
  return std::nullopt;
}

std::uint64_t all_cpus(const scenario& s) {
  return (std::uint64_t{1} << s.cpu.count) - 1;
}

}  // namespace

std::optional<conflict> find_conflict(const scenario& s) {
  if (auto found = find_receive_conflict(s)) return found;
  // A mask from "all" covers every CPU number there can be: only CPUs that exist count.
  if ((s.cpu.irq_affinity & all_cpus(s)) == 0)
    return conflict{"cpu.irq_affinity", fmt::format("names no existing CPU; allowed: 0..{}", s.cpu.count - 1)};
  if ((s.cpu.task_affinity & all_cpus(s)) == 0)
    return conflict{"cpu.task_affinity", fmt::format("names no existing CPU; allowed: 0..{}", s.cpu.count - 1)};
  if (s.wire.source == wire_source::pcap && s.wire.pcap.empty())
    return conflict{"wire.pcap", "is empty while wire.source is pcap; allowed: a capture file"};
  const std::uint64_t errors = std::uint64_t{s.gen.bad_fcs_per_million} + s.gen.rx_er_per_million +
                               s.gen.runt_per_million + s.gen.oversize_per_million;
  if (errors > 1'000'000)
    return conflict{"gen.bad_fcs_per_million",
                    fmt::format("error rates add up to {} per million; allowed: at most 1000000", errors)};
  const stack::byte_queue_limits_config& limits = s.stack.byte_queue_limits;
  if (limits.limit_min > limits.limit_max)
    return conflict{"byte_queue_limits.limit_min",
                    fmt::format("{} is above limit_max; allowed: at most {}", limits.limit_min, limits.limit_max)};
  return std::nullopt;
}

}  // namespace ringside::platform

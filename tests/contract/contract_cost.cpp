// SPDX-License-Identifier: Apache-2.0
// Prints what the checker costs: events and, under `valgrind --tool=callgrind`, instructions of a legal run.
//
// Usage: contract_cost [laps].  Each lap is 16 frames with one interrupt, poll and refill on a ring of 256.  The events
// are made first, so that the measured part is on_event alone.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "common/event_stream.h"
#include "hw/regs/e1000_regs.h"
#include "tests/contract/contract_bench.h"

namespace ringside::contract {
namespace {

constexpr std::uint32_t ring = 256;
constexpr std::uint32_t batch = 16;

void play(contract_bench& bench, unsigned laps) {
  bench.open(ring);
  for (std::uint32_t i = 0; i + 1 < ring; ++i) bench.map_and_post(i);
  bench.doorbell(ring - 1);
  bench.fetch(0, ring - 1);
  bench.sw(stage::dma_map, 0, bench.buffer(ring - 1), contract_bench::buffer_bytes);
  frame_id frame = 0;
  std::uint32_t index = 0;
  for (unsigned lap = 0; lap < laps; ++lap, index = (index + batch) % ring) {
    for (std::uint32_t i = 0; i < batch; ++i) bench.receive(++frame, index + i);
    bench.interrupt(icr::RXT0);
    for (std::uint32_t i = 0; i < batch; ++i) {
      bench.take(index + i, contract_bench::last_of(64));
      bench.sw(stage::dma_sync, frame, bench.buffer(index + i), 64);
      bench.sw(stage::skb_build, frame, 60, 1);
      for (const stage s : {stage::netif_receive_skb, stage::tap, stage::ip_rcv, stage::udp_rcv, stage::socket_enqueue,
                            stage::task_wake, stage::app_read})
        bench.sw(s, frame);
      bench.post((index + i + ring - 1) % ring);
    }
    const std::uint32_t tail = (index + batch + ring - 1) % ring;
    bench.doorbell(tail);
    for (std::uint32_t i = 0; i < batch; ++i) bench.fetch((index + i + ring - 1) % ring, 1);
    bench.end_poll();
  }
}

}  // namespace
}  // namespace ringside::contract

int main(int argc, char** argv) {
  using namespace ringside;
  const unsigned laps = argc > 1 ? static_cast<unsigned>(std::strtoul(argv[1], nullptr, 10)) : 10'000;
  contract::contract_bench bench;
  std::vector<event> events;
  bench.recorder = &events;
  contract::play(bench, laps);
  contract::checker watch({});
  const auto start = std::chrono::steady_clock::now();
  for (const event& e : events) watch.on_event(e);
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
  std::printf("%zu events, %llu breaches, %.1f ns an event\n", events.size(),
              static_cast<unsigned long long>(watch.breach_count()),
              taken.count() / static_cast<double>(events.size()));
  for (const contract::breach& b : watch.breaches()) std::printf("%s\n", b.describe().c_str());
  return watch.breach_count() == 0 ? 0 : 1;
}

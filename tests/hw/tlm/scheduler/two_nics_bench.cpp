// SPDX-License-Identifier: Apache-2.0
#include "tests/hw/tlm/scheduler/two_nics_bench.h"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "common/rng.h"
#include "hw/tlm/memory/host_memory.h"
#include "hw/tlm/nic/rtl_nic.h"
#include "hw/tlm/pci/host_bridge.h"
#include "hw/tlm/pci/pci_bus.h"
#include "hw/tlm/scheduler/nic_scheduler.h"
#include "hw/tlm/systemc/sc_time_convert.h"
#include "platform/cpu/processor.h"
#include "platform/machine/firmware.h"
#include "platform/report/event_hash.h"
#include "tests/common/forked.h"
#include "tests/hw/tlm/scheduler/ring_task.h"

namespace ringside::test {
namespace {

constexpr std::size_t memory_bytes = 1 << 20;
constexpr std::uint64_t card_memory[2] = {0x10000, 0x80000};
constexpr std::uint32_t second_memory_window = 0xF002'0000;  // firmware gives card 0 the 128 KiB before it
constexpr std::uint32_t second_io_window = 0xC040;           // ... and the 64 ports before these
constexpr sim_time interrupt_latency = 500 * ns;

/// Frames of random sizes and bytes at a share of line rate; remembers what it sent.
class random_frames final : public frame_source {
 public:
  random_frames(std::uint64_t seed, unsigned frames, unsigned load_percent)
      : random_(seed), left_(frames), load_percent_(load_percent) {}

  std::optional<offered_frame> next() override {
    if (left_ == 0) return std::nullopt;
    --left_;
    offered_frame frame;
    const std::uint32_t bytes = random_.chance(500'000) ? random_.between(60, 130) : random_.between(60, 1514);
    frame.bytes.resize(bytes);
    for (std::uint8_t& byte : frame.bytes) byte = static_cast<std::uint8_t>(random_.next() >> 56);
    frame.earliest = due_;
    due_ += static_cast<sim_time>(bytes + 24) * 8 * ns * 100 / load_percent_;
    sent_.push_back(frame.bytes);
    return frame;
  }
  const std::vector<std::vector<std::uint8_t>>& sent() const { return sent_; }

 private:
  rng random_;
  unsigned left_;
  const unsigned load_percent_;
  sim_time due_ = 0;
  std::vector<std::vector<std::uint8_t>> sent_;
};

/// Sends a CPU access to the bridge behind which its address, port or device lies.
class access_router : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<access_router> cpu_in;
  tlm_utils::simple_initiator_socket<access_router> first_out;
  tlm_utils::simple_initiator_socket<access_router> second_out;

  explicit access_router(const sc_core::sc_module_name& name)
      : sc_module(name), cpu_in("cpu_in"), first_out("first_out"), second_out("second_out") {
    cpu_in.register_b_transport(this, &access_router::b_transport);
  }

 private:
  void b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    auto* extension = payload.get_extension<tlm::pci_space_extension>();
    bool second = false;
    switch (extension->space) {
      case tlm::pci_space::config:
        second = extension->device == 1;
        if (second) extension->device = 0;
        break;
      case tlm::pci_space::memory:
        second = payload.get_address() >= second_memory_window;
        break;
      case tlm::pci_space::io:
        second = payload.get_address() >= second_io_window;
        break;
    }
    if (second)
      second_out->b_transport(payload, delay);
    else
      first_out->b_transport(payload, delay);
  }
};

/// Hashes, and writes down on request, what happened before `end`.
class watcher final : public event_consumer {
 public:
  watcher(sim_time end, const std::string& file) : end_(end) {
    if (!file.empty()) file_.reset(std::fopen(file.c_str(), "w"));
  }
  void on_event(const event& e) override {
    if (e.time >= end_) return;
    hash_.on_event(e);
    count_stale_looks(e);
    if (file_)
      std::fprintf(file_.get(), "%lld %s %d.%d %llx %llx %llx\n", static_cast<long long>(e.time),
                   std::string(info(e.what).name).c_str(), static_cast<int>(e.from), e.unit,
                   static_cast<unsigned long long>(e.frame), static_cast<unsigned long long>(e.a),
                   static_cast<unsigned long long>(e.b));
  }
  const platform::event_hash& hash() const { return hash_; }
  std::uint64_t stale() const { return stale_; }

 private:
  void count_stale_looks(const event& e) {
    switch (e.what) {
      case stage::desc_writeback:
        ++written_[e.frame >> frame_wire_shift];
        break;
      case stage::intx_assert:
        announced_[e.unit] = written_[e.unit];
        break;
      case stage::skb_build:
        ++taken_[e.b];
        break;
      case stage::desc_take:
        if (e.b == 0 && announced_[e.a] > taken_[e.a]) ++stale_;
        break;
      default:
        break;
    }
  }

  std::uint64_t written_[2] = {0, 0};    // descriptors complete on the bus
  std::uint64_t announced_[2] = {0, 0};  // of these, before the last INTA#
  std::uint64_t taken_[2] = {0, 0};      // by software
  std::uint64_t stale_ = 0;
  struct closer {
    void operator()(std::FILE* f) const { std::fclose(f); }
  };
  const sim_time end_;
  platform::event_hash hash_;
  std::unique_ptr<std::FILE, closer> file_;
};

struct bench final : public tlm::nic_host, public kernel::cpu_events {
  explicit bench(const two_nics_params& p)
      : params(p),
        sources{{p.seed * 2, p.frames, p.load_percent}, {p.seed * 2 + 1, p.frames, p.load_percent}},
        wires{{0, sources[0]}, {1, sources[1]}},
        interrupts(2, interrupt_latency),
        scheduler("scheduler", scheduler_of(p), stream) {
    const unsigned buses_used = p.two_buses ? 2 : 1;
    for (unsigned i = 0; i < buses_used; ++i) {
      tlm::pci_params pci = p.pci;
      pci.seed = p.seed + i;
      memories.push_back(std::make_unique<tlm::host_memory>(i == 0 ? "memory0" : "memory1", memory_bytes));
      bridges.push_back(std::make_unique<tlm::host_bridge>(i == 0 ? "bridge0" : "bridge1", pci, *memories[i]));
      buses.push_back(std::make_unique<tlm::pci_bus>(static_cast<std::uint8_t>(i), pci, *bridges[i], stream));
      bridges[i]->connect(*buses[i]);
      scheduler.add_bus(*buses[i]);
    }
    platform::processor_params cpu;
    cpu.cpus = p.cpus;
    cpu.cpu.accumulate = p.accumulate;
    cpus = std::make_unique<platform::processor>("processor", cpu, interrupts, *memories[0], stream);
    if (p.two_buses) {
      router = std::make_unique<access_router>("router");
      cpus->bus_out.bind(router->cpu_in);
      router->first_out.bind(bridges[0]->cpu_in);
      router->second_out.bind(bridges[1]->cpu_in);
    } else {
      cpus->bus_out.bind(bridges[0]->cpu_in);
    }
    cpus->connect(*this);
    for (unsigned i = 0; i < 2; ++i) {
      wires[i].hold();
      tlm::rtl_nic_params nic;
      nic.unit = static_cast<std::uint8_t>(i);
      nic.mac_address = 0x5600'0000'0252ULL + i;
      nic.crossing_to_rtl_clocks = p.pci.crossing_to_rtl_clocks;
      nic.skip_idle = p.skip_idle;
      nic.seed = p.seed + i;
      cards.push_back(std::make_unique<tlm::rtl_nic>(nic, *this, wires[i], sends_on[i], stream));
      bus_of(i).attach(*cards[i]);
      scheduler.add_card(*cards[i]);
      cards[i]->set_link(true, 0);
      rings.push_back(
          std::make_unique<ring_task>(*cpus, i, memories[p.two_buses ? i : 0]->span(), card_memory[i], p.read_icr));
      interrupts.route(i, i % p.cpus);
    }
    scheduler.drain_always(p.drain_always);
    scheduler.before_drain([this] { cpus->publish_watermarks(); });
    const auto scheduled = [this](sim_time t) { scheduler.kernel_event_at(t); };
    for (const auto& bridge : bridges) bridge->on_schedule(scheduled);
    cpus->on_schedule(scheduled);
    cpus->spawn(0, "init", [this] { boot(); });
  }

  static tlm::scheduler_params scheduler_of(const two_nics_params& p) {
    tlm::scheduler_params s;
    s.one_cycle_per_step = p.one_cycle_per_step;
    if (p.lookahead != 0) s.lookahead = p.lookahead;
    return s;
  }

  tlm::pci_bus& bus_of(unsigned card) { return *buses[params.two_buses ? card : 0]; }
  unsigned device_of(unsigned card) const { return params.two_buses ? 0 : card; }
  unsigned number_of(const tlm::nic& card) const { return &card == cards[0].get() ? 0 : 1; }

  void boot() {
    platform::configure_devices(*cpus, {.devices = 2, .latency_timer = params.latency_timer});
    for (unsigned i = 0; i < 2; ++i) {
      rings[i]->set_up();
      cpus->unmask_irq(i);
      cpus->spawn(i % params.cpus, "ring", [this, i] { rings[i]->receive(params.frames); });
    }
    cpus->sync();
    for (unsigned i = 0; i < 2; ++i) {
      wires[i].release(cpus->now() + 1 * us);
      cards[i]->wire_changed();
    }
  }

  void do_irq(kernel::irq_line line) override {
    cpus->emit(stage::hardirq_enter, 0, line, 0);
    cpus->consume(kernel::cost::hardirq_entry, 1);
    rings[line]->interrupt();
    cpus->eoi(line);
    cpus->emit(stage::hardirq_exit, 0, line, 0);
  }
  void do_timer() override {}

  sim_time dma_request(tlm::nic& from, tlm::dma_transfer& transfer, sim_time t) override {
    const unsigned card = number_of(from);
    bus_of(card).request_dma(device_of(card), transfer, t);
    return params.drain_always ? bus_of(card).next_decision() : bus_of(card).next_effect();
  }
  void access_done(tlm::nic& from, std::uint32_t data, sim_time t) override {
    const unsigned card = number_of(from);
    bus_of(card).access_done(device_of(card), data, t);
  }
  void withdraw(tlm::nic& from, sim_time t) override {
    const unsigned card = number_of(from);
    bus_of(card).withdraw(device_of(card), t);
  }
  void intx(tlm::nic& from, bool asserted, sim_time t) override { interrupts.set_level(number_of(from), asserted, t); }

  const two_nics_params params;
  event_stream stream;
  random_frames sources[2];
  tlm::wire wires[2];
  tlm::tx_wire sends_on[2];
  platform::interrupt_controller interrupts;
  tlm::nic_scheduler scheduler;
  std::vector<std::unique_ptr<tlm::host_memory>> memories;
  std::vector<std::unique_ptr<tlm::host_bridge>> bridges;
  std::vector<std::unique_ptr<tlm::pci_bus>> buses;
  std::unique_ptr<access_router> router;
  std::unique_ptr<platform::processor> cpus;
  std::vector<std::unique_ptr<tlm::rtl_nic>> cards;
  std::vector<std::unique_ptr<ring_task>> rings;
};

// Frames that are not the next ones of the wire, FCS aside.
std::uint64_t count_wrong(const std::vector<std::vector<std::uint8_t>>& sent,
                          const std::vector<std::vector<std::uint8_t>>& got) {
  std::uint64_t wrong = 0;
  for (std::size_t i = 0; i < got.size(); ++i)
    if (i >= sent.size() || got[i].size() != sent[i].size() + 4 ||
        !std::equal(sent[i].begin(), sent[i].end(), got[i].begin()))
      ++wrong;
  return wrong;
}

std::string run_here(const two_nics_params& params, const std::string& file) {
  bench b(params);
  // Mean of the sizes below 850 bytes on the wire; set-up takes some 50 us.
  const sim_time end = 300 * us + static_cast<sim_time>(params.frames) * 900 * 8 * ns * 100 / params.load_percent;
  watcher watch(end, file);
  b.stream.add_consumer(watch);
  sc_core::sc_start(tlm::to_sc_time(end));
  b.stream.finish();
  std::ostringstream out;
  out << watch.hash().value() << ' ' << watch.hash().events();
  std::uint64_t cycles = 0, evaluated = 0, retries = 0;
  for (unsigned i = 0; i < 2; ++i) {
    if (!b.rings[i]->done())
      throw std::runtime_error("card " + std::to_string(i) +
                               " did not deliver its frames: " + std::to_string(b.rings[i]->frames().size()));
    out << ' ' << b.rings[i]->frames().size() << ' ' << count_wrong(b.sources[i].sent(), b.rings[i]->frames()) << ' '
        << b.rings[i]->interrupts();
    cycles += b.cards[i]->counters().cycles;
    evaluated += b.cards[i]->counters().cycles_evaluated;
  }
  for (const auto& bus : b.buses) retries += bus->counters().retries;
  out << ' ' << watch.stale() << ' ' << retries << ' ' << cycles << ' ' << evaluated;
  return out.str();
}

}  // namespace

two_nics_result run_two_nics(const two_nics_params& params, const std::string& file) {
  std::istringstream in(run_forked([&] { return run_here(params, file); }));
  two_nics_result r;
  in >> r.hash >> r.events;
  for (unsigned i = 0; i < 2; ++i) in >> r.received[i] >> r.wrong[i] >> r.interrupts[i];
  in >> r.stale >> r.retries >> r.cycles >> r.cycles_evaluated;
  return r;
}

two_nics_result run_two_nics(const two_nics_params& params) {
  return run_two_nics(params, {});
}

}  // namespace ringside::test

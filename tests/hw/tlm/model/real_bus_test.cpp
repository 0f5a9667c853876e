// SPDX-License-Identifier: Apache-2.0
// The behavioural card on the PCI bus itself, both directions at once: bursts that are cut, retried and answered by the
// cache line (PCI 2.3 chapter 3), and what the wire gets of it (FS 15).
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "hw/regs/e1000_regs.h"
#include "hw/tlm/model/model_nic.h"
#include "hw/tlm/pci/pci_bus.h"
#include "tests/hw/tlm/model/transmit_bench.h"

namespace ringside::test::real_bus_tests {
namespace {

constexpr std::uint32_t tx_ring = 0x1000, rx_ring = 0x2000, tx_buffers = 0x10000, rx_buffers = 0x80000;
constexpr std::uint32_t stride = 0x800, descriptors = 64;

/// Memory without a posting buffer.
class plain_memory final : public tlm::host_bridge_port {
 public:
  std::vector<std::uint8_t> bytes = std::vector<std::uint8_t>(1 << 20);

  bool claims(std::uint64_t address, std::uint32_t n) const override { return address + n <= bytes.size(); }
  bool can_post(std::uint32_t) const override { return true; }
  void post_write(const tlm::dma_transfer& transfer, std::uint32_t from, std::uint32_t to, sim_time) override {
    std::copy(transfer.data.begin() + from, transfer.data.begin() + to,
              bytes.begin() + static_cast<std::ptrdiff_t>(transfer.address + from));
  }
  sim_time drained_by() const override { return 0; }
  void read_memory(std::uint64_t address, std::span<std::uint8_t> data) override {
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(address), data.size(), data.begin());
  }
  frame_id frame_at(std::uint64_t) const override { return 0; }
  sim_time next_drain() const override { return time_never; }
  const tlm::posted_write& drain() override { return none_; }
  void cpu_access_done(tlm::cpu_access&, sim_time) override {}

  void put(std::uint32_t at, std::uint64_t value, unsigned n) {
    for (unsigned i = 0; i < n; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
  }

 private:
  tlm::posted_write none_;
};

class bus_and_card final : public tlm::nic_host, public frame_source {
 public:
  explicit bus_and_card(const tlm::pci_params& params)
      : bus_(0, params, memory, stream_), rx_(0, tlm::wire_params{}), card_(card_params(), *this, rx_, tx_, stream_) {
    tx_.listen([this](const tlm::sent_frame& f) { sent.push_back(f); });
    card_.set_link(true, 0);
    card_.deliver_access({tlm::pci_space::config, true, 0x0C, 0x2, 0x40'00}, now_);  // latency timer 64
    card_.deliver_access({tlm::pci_space::config, true, 0x04, 0x3, 7}, now_);
    run_for(2 * us);
    bus_.attach(card_);  // it looks at Command here, and at the writes that come by it
    write(reg::CTRL, ctrl::SLU | ctrl::FD);
  }

  void write(std::uint32_t offset, std::uint32_t value) {
    card_.deliver_access({tlm::pci_space::memory, true, offset, 0xF, value}, now_);
    run_for(200 * ns);
  }
  void open() {
    for (std::uint32_t i = 0; i < descriptors; ++i) memory.put(rx_ring + 16 * i, rx_buffers + i * stride, 8);
    write(reg::RDLEN, descriptors * 16);
    write(reg::RDBAH, 0);
    write(reg::RDBAL, rx_ring);
    write(reg::RCTL, rctl::EN);
    write(reg::RDT, descriptors - 1);
    write(reg::TDLEN, descriptors * 16);
    write(reg::TDBAH, 0);
    write(reg::TDBAL, tx_ring);
    write(reg::TCTL, tctl::EN | tctl::PSP);
  }
  void post(std::uint32_t i, const byte_vector& frame) {
    const std::uint32_t at = tx_buffers + i * stride + i % 9;
    std::copy(frame.begin(), frame.end(), memory.bytes.begin() + at);
    memory.put(tx_ring + 16 * i, at, 8);
    memory.put(tx_ring + 16 * i + 8, frame.size() | cmd::whole << 24, 4);
    memory.put(tx_ring + 16 * i + 12, 0, 4);
  }
  void run_for(sim_time span) {
    const sim_time limit = now_ + span;
    for (;;) {
      const sim_time date = std::min(bus_.next_decision(), limit);
      if (card_.local_time() < date)
        card_.run(date);
      else if (date == limit)
        break;
      else
        bus_.decide(date);
    }
    now_ = limit;
  }
  void start_traffic() {
    rx_.connect(*this, tlm::wire_params{});
    rx_.release(now_ + 1 * us);
    card_.wire_changed();
  }

  plain_memory memory;
  std::deque<offered_frame> planned;
  std::vector<tlm::sent_frame> sent;

  std::optional<offered_frame> next() override {
    if (planned.empty()) return std::nullopt;
    offered_frame frame = std::move(planned.front());
    planned.pop_front();
    return frame;
  }
  sim_time dma_request(tlm::nic&, tlm::dma_transfer& transfer, sim_time t) override {
    bus_.request_dma(0, transfer, t);
    return t;
  }
  void access_done(tlm::nic&, std::uint32_t, sim_time) override {}
  void withdraw(tlm::nic&, sim_time t) override { bus_.withdraw(0, t); }
  void intx(tlm::nic&, bool, sim_time) override {}
  const tlm::pci_counters& counters() const { return bus_.counters(); }

 private:
  static tlm::model_params card_params() {
    tlm::model_params p;
    p.mac_address = card_bench::mac;
    return p;
  }

  event_stream stream_;
  tlm::pci_bus bus_;
  tlm::wire rx_;
  tlm::tx_wire tx_;
  tlm::model_nic card_;
  sim_time now_ = 0;
};

struct bus_setting {
  const char* name;
  tlm::pci_params params;
};
void PrintTo(const bus_setting& s, std::ostream* out) {
  *out << s.name;
}

std::vector<bus_setting> settings() {
  bus_setting fast{"fast", {}}, slow{"slow", {}}, rough{"rough", {}};
  slow.params.clock = clock_domain{100'000'000, 3};
  rough.params.retry_per_million = 300'000;
  rough.params.wait_jitter = 5;
  rough.params.disconnect_bytes = 64;
  return {fast, slow, rough};
}

class model_on_the_bus : public testing::TestWithParam<bus_setting> {};

TEST_P(model_on_the_bus, both_directions_come_through) {
  bus_and_card bench{GetParam().params};
  bench.open();
  constexpr std::uint32_t frames = 50;
  std::vector<byte_vector> out, in;
  for (std::uint32_t i = 0; i < frames; ++i) {
    out.push_back(counting_frame(60 + 29 * i));
    bench.post(i, out.back());
    offered_frame f = plain_frame(own_address, 64 + 27 * i, i * 20 * us);
    in.push_back(f.bytes);
    bench.planned.push_back(std::move(f));
  }
  bench.start_traffic();
  bench.write(reg::TDT, frames);
  bench.run_for(2 * ms);
  ASSERT_EQ(bench.sent.size(), frames);
  for (std::uint32_t i = 0; i < frames; ++i) {
    EXPECT_EQ(bench.sent[i].bytes, with_fcs(out[i])) << i;
    EXPECT_EQ(bench.memory.bytes[tx_ring + 16 * i + 12], 1U) << i;
    EXPECT_NE(bench.memory.bytes[rx_ring + 16 * i + 12] & rxd_status::DD, 0U) << i;
    const byte_vector right = with_fcs(in[i]);
    const auto at = bench.memory.bytes.begin() + rx_buffers + i * stride;
    EXPECT_TRUE(std::equal(right.begin(), right.end(), at)) << i;
  }
  EXPECT_EQ(bench.counters().retries != 0, GetParam().params.retry_per_million != 0);
}

// FS 15: a 66 MHz bus carries full-size frames in one direction at line rate.
TEST(model_on_a_fast_bus, full_size_frames_leave_at_line_rate) {
  bus_and_card bench{tlm::pci_params{}};
  bench.open();
  constexpr std::uint32_t frames = 60;
  for (std::uint32_t i = 0; i < frames; ++i) bench.post(i, counting_frame(1514));
  bench.write(reg::TDT, frames);
  bench.run_for(1 * ms);
  ASSERT_EQ(bench.sent.size(), frames);
  for (std::uint32_t i = 1; i < frames; ++i) EXPECT_EQ(bench.sent[i].start - bench.sent[i - 1].end, 96 * ns) << i;
}

INSTANTIATE_TEST_SUITE_P(buses, model_on_the_bus, testing::ValuesIn(settings()),
                         [](const auto& row) { return std::string{row.param.name}; });

}  // namespace
}  // namespace ringside::test::real_bus_tests

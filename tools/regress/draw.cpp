// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/draw.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "common/rng.h"
#include "platform/scenario/loader.h"
#include "platform/source/stimulus.h"
#include "tools/cli/kernel_costs.h"

namespace ringside::platform {
namespace {

// Few, since each is a start class of its own: with the pins, 24 in all.
constexpr std::uint32_t power_on_states = 4;
constexpr std::uint32_t service_vid = 3000;  // none of those that frames are drawn with
constexpr std::uint64_t send_stream = 0x7365'6E64'7265'6772;
constexpr std::uint64_t draw_stream = 0x7265'6772'6573'7331;

/// Draws one scenario's keys.  The order of the draws is part of what a seed means.
class drawer {
 public:
  drawer(std::uint64_t seed, const std::string& nic)
      : random_((seed * 0x9E3779B97F4A7C15ULL) ^ draw_stream), sending_((seed * 0x9E3779B97F4A7C15ULL) ^ send_stream) {
    constexpr std::uint32_t weights[] = {40, 22, 12, 12, 14};
    static_assert(std::size(weights) == static_cast<std::size_t>(traffic_mix::count));
    mix_ = static_cast<traffic_mix>(weighted(random_, weights));
    set("run.seed", seed);
    set("run.time_limit", "60s");
    set("nic.kind", nic);
    set("wire.source", "drawn");
    set("gen.mix", std::string(name(mix_)));
    set("nic.power_on_seed", between(1, power_on_states));
    cpu();
    bus();
    driver();
    stack();
    send();
    reconfigure();
    thresholds();
    alignment();
    if (percent(50)) set("cpu.cost_jitter", magnitude(1, 90));
    if (percent(25))
      set("driver.store_bad", "on");
    else if (percent(15))
      move_limit();
    if (percent(25)) set("stack.frag_high_thresh", magnitude(1000, 8'000));  // a fragment or two
    if (percent(30)) tune();
    trouble();
    if (!actions_.empty()) set("reconfigure.actions", actions_);
  }

  traffic_mix mix() const { return mix_; }
  std::vector<std::pair<std::string, std::string>> take() { return std::move(keys_); }

 private:
  void set(const std::string& key, const std::string& text) { keys_.emplace_back(key, text); }
  void set(const std::string& key, std::uint64_t value) { set(key, std::to_string(value)); }
  bool sent_percent(std::uint32_t share) { return sending_.below(100) < share; }
  bool percent(std::uint32_t share) { return random_.below(100) < share; }
  std::uint32_t between(std::uint32_t low, std::uint32_t high) { return random_.between(low, high); }
  /// Spread over orders of magnitude: every power of two up to `high` alike.
  std::uint32_t magnitude(std::uint32_t low, std::uint32_t high) {
    std::uint32_t bits = 1;
    while (bits < 31 && (low << bits) < high) ++bits;
    const std::uint32_t top = std::min(high, low << between(1, bits));
    return between(low, std::max(low, top));
  }
  template <std::size_t N>
  std::uint32_t one_of(const std::uint32_t (&values)[N]) {
    return values[random_.below(N)];
  }

  void cpu() {
    const bool flood = mix_ == traffic_mix::flood;
    const std::uint32_t count = percent(40) ? 2 : 1;
    cpus_ = count;
    set("cpu.count", count);
    set("cpu.clock_mhz", flood && percent(70) ? between(60, 400) : magnitude(250, 4000));
    if (count == 2) {
      set("cpu.irq_affinity", between(0, 1));
      if (percent(70)) set("cpu.task_affinity", between(0, 1));
    }
    set("irq.delivery_latency_ns", magnitude(50, 10'000));
    if (percent(50))
      for (const cost_key& cost : kernel_cost_keys())  // costs off by up to a half, each by its own draw
        set("cost." + cost.name, std::uint64_t{cost.default_cycles} * between(50, 150) / 100);
  }

  void bus() {
    constexpr std::uint32_t clock_weights[] = {50, 25, 25};
    const std::size_t clock = weighted(random_, clock_weights);
    set("bus.clock_mhz", clock == 0   ? "66"
                         : clock == 1 ? "100/3"
                                      : fmt::format("{}.{}", between(25, 66), between(0, 9)));
    if (percent(30)) set("bus.wait_states", between(1, 4));
    if (percent(50)) set("bus.retry_per_million", magnitude(1000, 300'000));
    if (percent(40)) set("bus.wait_jitter", between(1, 16));
    constexpr std::array<const char*, 3> devsel{"fast", "medium", "slow"};
    set("bus.devsel", devsel[random_.below(3)]);
    if (percent(50)) set("bus.latency_timer", 8 * between(0, 31));
    if (percent(50)) set("bus.disconnect_bytes", 32U << between(0, 7));
    set("bus.arbitration_clocks", between(0, 6));
    set("bus.crossing_to_pci_clocks", between(1, 4));
    set("bus.crossing_to_rtl_clocks", between(1, 4));
    // With DEVSEL# above 16 clocks the target answers Retry and the read is delayed (PCI 2.3 section 3.3.3.3).
    set("bus.read_latency_clocks", percent(70) ? between(4, 12) : between(13, 32));
    set("bus.write_wait", between(0, 10));
    // The buffer empties once in a latency: at no less than 20 MB/s, or the longest frame alone is late (rule N-5, of
    // which the checker makes 200 us).
    const std::uint32_t posted = 64U << between(0, 10);
    set("bridge.posted_bytes", posted);
    set("bridge.drain_latency_ns", percent(30) ? 0 : magnitude(50, std::min(10'000U, posted * 50)));
    if (percent(30)) set("bus.coherent", "off");
  }

  void driver() {
    constexpr std::uint32_t mode_weights[] = {75, 15, 10};
    constexpr std::array<const char*, 3> modes{"napi", "irq", "poll"};
    const std::size_t mode = weighted(random_, mode_weights);
    // A polling task never leaves its CPU to others.
    set("driver.mode", modes[mode == 2 && cpus_ == 1 ? 0 : mode]);
    if (mode == 1 && percent(60)) set("driver.irq_quota", magnitude(1, 64));
    const bool flood = mix_ == traffic_mix::flood;
    mtu_ = mix_ == traffic_mix::jumbo ? between(1501, 9000) : sent_percent(30) ? sending_.between(576, 1500) : 1500;
    high_now_ = mtu_ > 1500;
    set("driver.mtu", mtu_);
    buffers();
    pba_kb_ = std::max(flood && percent(60) ? 8U : 48U, (mtu_ + 38 + 8191) / 8192 * 8);
    set("nic.pba_kb", pba_kb_);
    constexpr std::uint32_t copy[] = {0, 64, 256, 256, 256, 1518, 16384};
    set("driver.copybreak", one_of(copy));
    constexpr std::uint32_t budgets[] = {64, 64, 64, 1, 4, 16};
    set("driver.budget", one_of(budgets));
    const bool timers = mix_ == traffic_mix::timers;
    if (percent(timers ? 70 : 40))
      set("driver.itr", "off");
    else if (const std::uint32_t rate = magnitude(1000, 200'000); rate % 4 == 0)
      set("driver.itr", "dynamic");
    else
      set("driver.itr", rate);
    delayed_ = percent(timers ? 85 : 20);
    set("driver.rdtr", delayed_ ? magnitude(1, 200) : 0);
    set("driver.radv", percent(30) ? 0 : magnitude(1, 300));
    set("driver.promiscuous", percent(15) ? "on" : "off");
    filters();
    set("driver.strip_crc", percent(30) ? "on" : "off");
    watchdog_ = percent(80);
    set("driver.watchdog", watchdog_ ? "on" : "off");
  }

  void filters() {
    if (percent(10)) set("driver.all_multicast", "on");
    set("driver.multicast_offset", between(0, 3));
    if (percent(60))
      set("driver.multicast", list(drawn_groups, drawn_groups, [](std::uint32_t i) { return text(drawn_group(i)); }));
    if (percent(30))
      set("driver.unicast", list(drawn_stations, 16, [](std::uint32_t i) { return text(drawn_station(i)); }));
    if (percent(50)) {
      vlans_ = list(drawn_vids - 1, 6, [](std::uint32_t i) { return std::to_string(i + 1); });
      set("driver.vlans", vlans_);
    }
    if (percent(20)) set("driver.vlan_strip", "off");
    if (percent(20)) set("driver.rx_checksum", "off");
  }

  /// 1 to `most` of `of` things, each once, in any order.
  template <typename to_text>
  std::string list(std::uint32_t of, std::uint32_t most, to_text&& text_of) {
    std::vector<std::uint32_t> all(of);
    std::iota(all.begin(), all.end(), 0U);
    std::string out;
    for (std::uint32_t left = between(1, most); left != 0 && !all.empty(); --left) {
      const auto pick = all.begin() + random_.below(static_cast<std::uint32_t>(all.size()));
      out += (out.empty() ? "" : ",") + text_of(*pick);
      all.erase(pick);
    }
    return out;
  }
  static std::string text(const std::array<std::uint8_t, 6>& a) {
    return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", a[0], a[1], a[2], a[3], a[4], a[5]);
  }

  // What the machine sends beside its answers: datagrams of any length, or TCP packets for the chip or the stack to
  // cut.
  void send() {
    constexpr std::uint32_t rings[] = {48, 56, 64, 80, 128, 256, 1024};
    set("driver.tx_ring_size", one_of(rings));
    set("driver.tx_int_delay", percent(30) ? 0 : magnitude(1, 200));
    set("driver.tx_abs_int_delay", percent(20) ? 0 : magnitude(1, 300));
    constexpr std::array<const char*, 4> pauses{"none", "rx", "tx", "full"};
    set("driver.flow_control", pauses[percent(50) ? 3 : random_.below(4)]);
    if (percent(25)) set("driver.tx_checksum", "off");
    if (percent(20)) set("driver.scatter_gather", "off");
    if (percent(20) || sent_percent(20)) set("driver.tso", "off");
    if (percent(15)) set("stack.service_vlans", std::to_string(service_vid));
    const bool known = percent(80);
    if (known)
      set("stack.neighbours", "10.0.0.1=02:00:00:00:00:01");
    else
      set("net.ipv4.neigh.default.retrans_time_ms", between(10, 30));  // who never answers does not hold up the end
    if (percent(20)) set("app.kind", "echo");
    if (!watchdog_ || !percent(75)) return;  // who does not see the link sends nothing
    set("app.also_sends", "on");
    sends_ = true;
    if (percent(40)) set("net.core.wmem_default", magnitude(4608, 212'992));
    const bool tcp = percent(45);
    set("app.protocol", tcp ? "tcp" : "udp");
    const std::uint32_t shape = random_.below(7);
    const std::uint32_t most = shape < 2 ? 200 : shape == 2 ? 1472 : shape == 3 ? 3000 : shape == 4 ? 12'000 : 65'495;
    const std::uint32_t least = percent(50) ? 0 : random_.below(most);
    // Pieces that fill a packet beyond whole units of eight bytes: the next one takes the rest over.
    const std::uint32_t pieces = !tcp && sent_percent(40) ? sending_.between(2, std::min(9U, 65'000 / mtu_)) : 1;
    if (pieces != 1) set("app.pieces", pieces);
    if (pieces != 1 && shape < 4)
      set("app.bytes", pieces * (mtu_ - 28 - sending_.below(4)));
    else
      set("app.bytes", shape == 3 ? fmt::format("{}..{}", mtu_ - 60, mtu_ + 60) : fmt::format("{}..{}", least, most));
    const std::uint32_t volume = slow_ ? 30'000 : 250'000;
    set("app.count", between(1, std::clamp(volume / ((least + most) / 2 + 60), 2U, slow_ ? 20U : 300U)));
    set("app.interval", percent(40) ? "0us" : fmt::format("{}us", magnitude(1, 400)));
    if (!tcp && percent(10)) {
      set("app.destination", "10.0.0.77");  // nobody answers for it
    } else if (!tcp && sent_percent(15)) {
      set("app.destination", "239.1.2.3");
      set("stack.routes", "default dev eth0");
    }
    if (!tcp) return;
    set("app.mss", percent(50) ? mtu_ - 40 : between(400, mtu_ - 40));
    const bool tags = vlans_.empty() && sent_percent(50);
    if (tags) set("driver.vlans", vlans_ = "7");
    if (percent(40) || tags) set("app.device", device());
  }

  // One of the VLANs there are.
  std::string device() {
    const bool service =
        std::any_of(keys_.begin(), keys_.end(), [](const auto& k) { return k.first == "stack.service_vlans"; });
    if (service && (vlans_.empty() || percent(50))) return fmt::format("eth0.{}", service_vid);
    return vlans_.empty() ? "eth0" : "eth0." + vlans_.substr(0, vlans_.find(','));
  }

  // Some changes while frames come.  The MTU stays on its side of 1500.
  void reconfigure() {
    set("driver.quiesce", fmt::format("{}us", between(50, 1000)));
    set("driver.reset_wait", fmt::format("{}us", between(5, 200)));
    set("driver.eeprom_delay", fmt::format("{}us", between(1, 2)));
    set("driver.phy_read_delay", fmt::format("{}us", between(1, 10)));
    set("driver.phy_write_delay", fmt::format("{}us", between(1, 5)));
    // whether a VLAN tag is stripped after the reset that a lost link may bring is known only with VLANs.
    if (!vlans_.empty() && percent(25)) {
      act(magnitude(1, 3000), "link=off");
      act(magnitude(1, 2000), "link=on");
    }
    if (!percent(35)) return;
    for (std::uint32_t left = between(1, 8); left != 0; --left) {
      const std::uint32_t delay = magnitude(1, 2000);
      act(delay, change());
    }
  }

  // PAUSE frames though the partner takes none (L-5); a hang, which ends in a reset some seconds later.
  void trouble() {
    if (sent_percent(mix_ == traffic_mix::flood ? 60 : 10)) {
      at(sending_.between(12'000, 20'000), "force_tx_pause=on");
      if (sent_percent(30)) at(sending_.between(25'500, 27'000), "force_tx_pause=off");
    }
    if (!sends_ || slow_ || !sent_percent(15)) return;
    at(sending_.between(6000, 15'000), "hang=on");
    set("run.drain_ms", 20'000);
  }

  void act(std::uint32_t delay, const std::string& change) {
    action_at_ += delay;
    at(action_at_, change);
  }
  void at(std::uint32_t time, const std::string& change) {
    actions_ += fmt::format("{}{}us:{}", actions_.empty() ? "" : ",", time, change);
  }

  // The MTU to the other side of 1500, some times back: LPE, and with it the chip's limit, moves under traffic
  // (FS 6.8).
  void move_limit() {
    const std::uint32_t high = high_mtu();
    for (std::uint32_t left = between(1, 3); left != 0; --left) {
      const std::uint32_t delay = magnitude(1, 1000);
      act(delay, other_limit(high));
    }
  }

  std::uint32_t high_mtu() {
    // As many buffers as the smallest ring that was drawn may hold, and a frame must fit the FIFO.
    const std::uint32_t most = std::min({9000U, std::max(chain_, 7U) * buffer_ - 22, pba_kb_ * 1024 - 64});
    return mtu_ > 1500 ? mtu_ : between(1501, std::max(1501U, most));
  }

  std::string other_limit(std::uint32_t high) {
    high_now_ = !high_now_;
    return fmt::format("mtu={}", high_now_ ? high : between(576, 1500));
  }

  // Thresholds live, SBP and the limit by down and up.
  void tune() {
    constexpr std::array<const char*, 3> thresholds{"pthresh", "hthresh", "wthresh"};
    const std::uint32_t high = high_mtu();
    for (std::uint32_t left = between(1, 5); left != 0; --left) {
      const std::uint32_t delay = magnitude(1, 1500);
      const std::uint32_t which = random_.below(8);
      if (which < 2)
        act(delay, fmt::format("store_bad={}", percent(60) ? "on" : "off"));
      else if (which == 2)
        act(delay, other_limit(high));
      else
        act(delay, fmt::format("{}={}", thresholds[which % 3], percent(30) ? 0 : magnitude(1, 63)));
    }
  }

  std::string change() {
    const char* flag = percent(50) ? "on" : "off";
    const char* sign = percent(50) ? "+" : "-";
    switch (random_.below(15)) {
      case 10:
        return fmt::format("tx_ring={}", 48 + 8 * random_.below(26));
      case 11:
        return fmt::format("tx_csum={}", flag);
      case 12:
        return fmt::format("sg={}", flag);
      case 13:
        return fmt::format("tso={}", flag);
      case 14:
        return "restart=on";
      case 0: {
        std::uint32_t ring = 8 * between(1, 32);
        while (ring - 1 < chain_) ring += 8;
        return fmt::format("ring={}", ring);
      }
      case 1:
        return fmt::format("mtu={}", mtu_ > 1500 ? between(1501, mtu_) : between(576, 1500));
      case 2:
        return fmt::format("rx_csum={}", flag);
      case 3:
        return fmt::format("promisc={}", flag);
      case 4:
        return fmt::format("allmulti={}", flag);
      case 5:
      case 6:
        return fmt::format("mcast{}{}", sign, text(drawn_group(random_.below(drawn_groups))));
      case 7:
        return fmt::format("ucast{}{}", sign, text(drawn_station(random_.below(drawn_stations))));
      case 8:
        return fmt::format("vlan{}{}", sign, between(1, drawn_vids - 1));
      default:
        return fmt::format("vlan_strip={}", flag);
    }
  }

  void buffers() {
    constexpr std::uint32_t rings[] = {8, 16, 24, 48, 64, 128, 256, 1024};
    std::uint32_t ring = mix_ == traffic_mix::flood && percent(50) ? 8 : one_of(rings);
    std::uint32_t buffer = 2048;
    if (mix_ == traffic_mix::chains) buffer = 256U << between(0, 2);
    if (mix_ == traffic_mix::jumbo) buffer = 1024U << between(0, 4);
    if (mix_ == traffic_mix::ordinary && percent(20)) buffer = 2048U << between(0, 3);
    buffer_ = buffer;
    chain_ = (std::max(mtu_, 1500U) + 22 + buffer - 1) / buffer;
    while (ring - 1 < chain_) ring += 8;
    set("driver.ring_size", ring);
    set("driver.buffer_size", buffer);
  }

  void stack() {
    if (percent(25)) set("stack.rcvbuf", magnitude(2304, 60'000));
    set("stack.frag_timeout_ms", between(20, 60));  // what stays incomplete does not hold up the end of the run
    set("stack.frag_max_dist", "off");
    constexpr std::array<const char*, 6> waits{"blocking", "poll", "epoll", "select", "epoll_edge", "epoll_oneshot"};
    set("stack.app_wait", waits[random_.below(6)]);
    if (percent(30)) set("stack.app_cost_ns", magnitude(100, 20'000));
    set("stack.udp_ports", percent(50) ? "5001" : "5001,5002,5003");
    constexpr std::uint32_t link_weights[] = {85, 12, 3};
    constexpr std::uint32_t links[] = {1000, 100, 10};
    const std::uint32_t link = mix_ == traffic_mix::flood ? 1000 : links[weighted(random_, link_weights)];
    slow_ = link != 1000;
    set("wire.link_mbps", link);
  }

  // Any value is legal (FS 6.4); a WTHRESH beyond what is on its way waits for a timer or an empty ring.
  void thresholds() {
    if (percent(50)) {
      set("driver.pthresh", magnitude(1, 63));
      set("driver.hthresh", percent(50) ? 0 : magnitude(1, 63));
    }
    if (percent(delayed_ ? 80 : 30)) set("driver.wthresh", magnitude(1, 63));
    if (percent(40)) set("driver.rdmts", between(1, 2));
    if (percent(25)) set("driver.rsrpd", magnitude(64, 4095));
  }

  // FS 5: any byte address.  Beside dwords and cache lines, around the end of a page (FS 6.3, FS 10.5: 66 bytes of
  // headroom).
  void alignment() {
    if (!percent(60)) return;
    constexpr std::uint32_t near[] = {1, 2, 3, 5, 61, 62, 63, 65, 255, 2047, 3967, 4029, 4031, 4095};
    set("driver.buffer_offset", percent(50) ? one_of(near) : between(1, 4095));
  }

  rng random_;
  rng sending_;  // of what the way out asks for besides
  traffic_mix mix_ = traffic_mix::ordinary;
  std::uint32_t cpus_ = 1;
  bool delayed_ = false;  // RDTR
  bool slow_ = false;     // the link
  bool watchdog_ = true, sends_ = false;
  std::string vlans_;
  std::uint32_t mtu_ = 1500;
  bool high_now_ = false;    // the MTU by now, above 1500
  std::uint32_t chain_ = 1;  // buffers of the longest frame
  std::uint32_t buffer_ = 2048;
  std::uint32_t pba_kb_ = 48;
  std::string actions_;  // under traffic
  std::uint32_t action_at_ = 0;
  std::vector<std::pair<std::string, std::string>> keys_;
};

}  // namespace

drawn_run draw_run(std::uint64_t seed, const std::string& nic) {
  drawer draws(seed, nic);
  drawn_run out{.seed = seed, .mix = draws.mix(), .keys = draws.take(), .plan = {}};
  scenario_loader loader(kernel_cost_keys());
  for (const auto& [key, text] : out.keys) loader.apply(key, text, fmt::format("seed {}", seed));
  out.plan = loader.finish();
  out.plan.name = fmt::format("seed-{}", seed);
  return out;
}

}  // namespace ringside::platform

// SPDX-License-Identifier: Apache-2.0
#include "platform/source/stimulus.h"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>

#include "common/ethernet.h"
#include "common/inet.h"
#include "common/rng.h"
#include "platform/source/odd_packets.h"
#include "platform/source/udp_frame.h"

namespace ringside::platform {
namespace {

constexpr std::uint64_t stimulus_stream = 0x7374'696D'756C'7573;
constexpr std::uint32_t least_frame = ethernet::least_frame;
constexpr std::uint32_t fcs = ethernet::fcs_bytes;
constexpr std::uint32_t largest_odd = 1400;       // leaves room for what make_odd() adds
constexpr std::uint64_t most_bytes = 160'000;     // of a seed: what a second simulates
constexpr std::uint32_t sender_ip = 0x0A00'0001;  // 10.0.0.1
constexpr std::uint32_t first_port = 20'000;
constexpr std::uint32_t no_flow = 0xFFFF'FFFF;

class stimulus_maker {
 public:
  explicit stimulus_maker(const scenario& s)
      : plan_(s), mix_(s.gen.drawn), random_((s.run.seed * 0xD1B54A32D192ED03ULL) ^ stimulus_stream) {
    longest_ = longest_frame(plan_.driver);
    flows_ = random_.between(1, 6);
    spoil_percent_ = random_.below(2) == 0 ? 0 : random_.between(2, 30);
    stray_percent_ = random_.below(2) == 0 ? 0 : random_.between(2, 30);
    odd_percent_ = random_.below(2) == 0 ? 0 : random_.between(4, 35);
    fragment_percent_ = random_.below(3) != 0 ? 0 : random_.between(2, 20);
    pause_percent_ = random_.below(2) == 0 ? 0 : random_.between(2, 12);
    constexpr std::uint32_t even[] = {30, 35, 35};
    constexpr std::uint32_t dense[] = {80, 5, 15};
    constexpr std::uint32_t sparse[] = {5, 60, 35};
    gaps_ = mix_ == traffic_mix::flood    ? weighted(random_, dense)
            : mix_ == traffic_mix::timers ? weighted(random_, sparse)
                                          : weighted(random_, even);
    mean_gap_ = static_cast<sim_time>(random_.between(1, 100)) * us * (1000 / plan_.wire.link_mbps > 1 ? 4 : 1);
  }

  std::vector<planned_frame> make() {
    std::vector<planned_frame> frames;
    const std::uint32_t count = mix_ == traffic_mix::flood ? random_.between(200, 600) : random_.between(12, 160);
    const std::uint64_t limit = most_bytes / (plan_.wire.link_mbps == 10 ? 4 : 1);
    std::uint64_t bytes = 0;
    while (frames.size() < count && bytes < limit) {
      frames.push_back(next(static_cast<std::uint16_t>(frames.size())));
      bytes += frames.back().wire_bytes;
    }
    return frames;
  }

 private:
  bool percent(std::uint32_t share) { return random_.below(100) < share; }

  std::uint32_t size() {
    constexpr std::uint32_t mixed[] = {30, 20, 27, 12, 8, 3};
    constexpr std::uint32_t small[] = {60, 20, 12, 4, 2, 2};
    switch (mix_ == traffic_mix::flood ? weighted(random_, small) : weighted(random_, mixed)) {
      case 0:
        return least_frame;
      case 1:
        return random_.between(65, 127);
      case 2:
        return random_.between(128, 1517);
      case 3:
        return ethernet::longest_untagged;
      case 4:
        return random_.between(ethernet::longest_untagged + 1, ethernet::longest_frame);
      default:
        break;
    }
    // The rarest: around the multiples of the buffer, where chains grow by one.
    const std::uint32_t edge = plan_.driver.buffer_size * random_.between(1, 6) + random_.between(0, 9) - 5;
    return std::clamp(edge, least_frame, std::min<std::uint32_t>(longest_, ethernet::longest_frame));
  }

  std::uint32_t jumbo_size() {
    const std::uint32_t most = plan_.driver.mtu + 18;
    return percent(25) ? most : random_.between(1500, most);
  }

  /// Sound frames to one of our sockets.
  udp_addresses addresses(std::uint32_t flow) const {
    const auto& ports = plan_.app.ports;
    return {.to_mac = plan_.nic.mac_address,
            .from_mac = {0x02, 0, 0, 0, 0, 0x01},
            .to_ip = own_address(plan_),
            .from_ip = sender_ip,
            .to_port = ports[flow % ports.size()],
            .from_port = static_cast<std::uint16_t>(first_port + flow)};
  }

  std::vector<std::uint8_t> random_bytes(std::uint32_t count) {
    std::vector<std::uint8_t> out(count);
    for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(random_.next());
    return out;
  }

  planned_frame plain(std::uint16_t sequence) {
    planned_frame f;
    f.flow = random_.below(flows_);
    const std::uint32_t bytes = mix_ == traffic_mix::jumbo && percent(40) ? jumbo_size() : size();
    std::uint32_t payload = bytes - static_cast<std::uint32_t>(udp_overhead_bytes) - fcs;
    if (bytes == least_frame && percent(30)) payload = random_.below(payload);  // padded by the sender's MAC
    f.payload = random_bytes(payload);
    f.offer.bytes = make_udp_frame(addresses(f.flow), sequence, f.payload);
    f.kind = "udp";
    f.meant = fates({drop_reason::none, drop_reason::socket_rcvbuf});
    if (bytes <= largest_odd && percent(odd_percent_)) {
      const oddity odd = make_odd(f.offer.bytes, random_);
      f.kind = odd.kind;
      f.meant = odd.meant;
      f.vid = odd.vid;
    }
    return f;
  }

  // A datagram in pieces: in order, backwards or shuffled, now and then one twice, one missing or one that overlaps.
  void plan_fragments(std::uint16_t sequence) {
    planned_frame f;
    f.flow = random_.below(flows_);
    f.payload = random_bytes(random_.between(16, 3000));
    const auto whole = make_udp_frame(addresses(f.flow), sequence, f.payload);
    const auto length = static_cast<std::uint32_t>(whole.size() - udp_overhead_bytes + inet::udp_header_bytes);
    const std::uint32_t most = std::min(1480U, (length - 1) / 8 * 8);  // two pieces at least
    std::vector<ip_piece> pieces =
        fragment(whole, std::max(8 * random_.between(1, most / 8), (length / 6 + 7) / 8 * 8));
    const std::uint32_t order = random_.below(4);
    if (order == 0) std::reverse(pieces.begin(), pieces.end());
    if (order == 1)
      for (std::size_t i = pieces.size(); i > 1; --i)
        std::swap(pieces[i - 1], pieces[random_.below(static_cast<std::uint32_t>(i))]);
    const std::uint32_t fault = random_.below(10);
    const std::uint32_t which = random_.below(static_cast<std::uint32_t>(pieces.size()));
    if (fault == 0) pieces.push_back(pieces[which]);
    if (fault == 1) pieces.erase(pieces.begin() + which);
    if (fault == 2 && pieces.size() > 1) {
      std::vector<ip_piece> finer = fragment(whole, std::max(8U, (pieces.front().end - pieces.front().begin) / 16 * 8));
      pieces.push_back(finer[random_.below(static_cast<std::uint32_t>(finer.size()))]);
    }
    ++groups_;
    f.kind = "fragment";
    f.meant = fates({drop_reason::none, drop_reason::socket_rcvbuf, drop_reason::ip_fragment}).set(consumed_fate);
    for (ip_piece& piece : pieces) {
      f.offer.bytes = std::move(piece.bytes);
      f.piece = {groups_, piece.begin, piece.end, length};
      pending_.push_back(f);
    }
  }

  // IEEE 802.3 annex 31B: to the group or to the station, of any time; short ones are likelier, as a long one holds up
  // the run.
  planned_frame pause() {
    planned_frame f;
    constexpr std::array<std::uint8_t, 6> group{0x01, 0x80, 0xC2, 0x00, 0x00, 0x01};
    const auto& to = percent(80) ? group : plan_.nic.mac_address;
    f.offer.bytes.assign(to.begin(), to.end());
    f.offer.bytes.insert(f.offer.bytes.end(), {0x02, 0, 0, 0, 0, 0x01, 0x88, 0x08, 0x00, 0x01});
    const std::uint32_t time = percent(25) ? 0 : percent(5) ? 0xFFFF : random_.between(1, percent(50) ? 40 : 1000);
    f.offer.bytes.push_back(static_cast<std::uint8_t>(time >> 8));
    f.offer.bytes.push_back(static_cast<std::uint8_t>(time));
    f.offer.bytes.resize(60);
    f.kind = "pause";
    f.meant = fates({drop_reason::no_protocol});
    f.flow = no_flow;
    if (percent(spoil_percent_)) f.offer.bad_fcs = true;
    return f;
  }

  planned_frame next(std::uint16_t sequence) {
    if (pending_.empty() && percent(fragment_percent_)) plan_fragments(sequence);
    planned_frame f;
    if (!pending_.empty() && percent(75)) {
      f = std::move(pending_.front());
      pending_.pop_front();
    } else {
      f = plain(sequence);
    }
    if (percent(pause_percent_)) {
      f = pause();
    } else {
      if (percent(stray_percent_)) go_astray(f);
      if (percent(spoil_percent_)) spoil(f);
    }
    const auto sent = static_cast<std::uint32_t>(f.offer.bytes.size());
    f.wire_bytes = (f.offer.pad ? std::max(sent, least_frame - fcs) : sent) + fcs;
    f.offer.earliest = due();
    return f;
  }

  // Another destination: broadcast, one of those the interface may be told of, or like one in most bits.
  void go_astray(planned_frame& f) {
    auto& bytes = f.offer.bytes;
    constexpr std::array<std::uint8_t, 6> broadcast{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};
    switch (random_.below(5)) {
      case 0:
        bytes[5] ^= static_cast<std::uint8_t>(1U << random_.below(8));
        break;
      case 1:
        std::copy(broadcast.begin(), broadcast.end(), bytes.begin());
        break;
      case 2: {
        const auto station = drawn_station(random_.below(drawn_stations + 2));
        std::copy(station.begin(), station.end(), bytes.begin());
        break;
      }
      default: {
        auto group = drawn_group(random_.below(drawn_groups + 4));
        if (percent(20)) group[3] ^= static_cast<std::uint8_t>(1U << random_.below(7));  // no part of the hash
        std::copy(group.begin(), group.end(), bytes.begin());
        break;
      }
    }
  }

  // FS 6.8.  A tag stays whole, since the chip would take the rest of it from the FCS.
  void spoil(planned_frame& f) {
    auto& bytes = f.offer.bytes;
    const std::size_t least = f.vid >= 0 ? 18 : 14;
    switch (random_.below(6)) {
      case 0:
        f.offer.bad_fcs = true;
        break;
      case 1:
        f.offer.rx_er_at = static_cast<std::int32_t>(random_.below(static_cast<std::uint32_t>(bytes.size())));
        break;
      case 2:
      case 3:
        f.offer.pad = false;
        bytes.resize(std::max<std::size_t>(random_.between(18, 63) - 4, least));
        f.offer.bad_fcs = percent(30);
        if (bytes.size() < needed_bytes(bytes)) cut_short(f);
        break;
      default:
        bytes.resize(longest_ + random_.between(1, 300) - 4);
        f.offer.bad_fcs = percent(30);
        // What was missing to the packet's length may be there now.
        if (f.kind == "ip_length") f.meant |= fates({drop_reason::none, drop_reason::socket_rcvbuf});
        break;
    }
  }

  /// Where the card stores such a frame, the stack must see that it is not whole.
  static void cut_short(planned_frame& f) {
    f.kind = "cut_short";
    f.meant =
        fates({drop_reason::ip_header, drop_reason::ip_checksum, drop_reason::ip_length, drop_reason::arp_header});
    f.piece = {};
  }

  sim_time due() {
    if (gaps_ == 0) return 0;  // back to back
    if (gaps_ == 1) {
      time_ += static_cast<sim_time>(random_.next() % static_cast<std::uint64_t>(2 * mean_gap_));
    } else if (burst_ == 0) {
      burst_ = random_.between(2, 30);
      time_ += mean_gap_ * static_cast<sim_time>(burst_);
    } else {
      --burst_;
    }
    return time_;
  }

  const scenario& plan_;
  traffic_mix mix_;
  rng random_;
  std::uint32_t longest_ = 0;
  std::uint32_t flows_ = 1;
  std::uint32_t spoil_percent_ = 0;
  std::uint32_t stray_percent_ = 0;
  std::uint32_t odd_percent_ = 0;
  std::uint32_t fragment_percent_ = 0;
  std::uint32_t pause_percent_ = 0;
  std::uint32_t groups_ = 0;
  std::deque<planned_frame> pending_;  // fragments of the datagram begun
  std::size_t gaps_ = 0;
  sim_time mean_gap_ = 0;
  sim_time time_ = 0;
  std::uint32_t burst_ = 0;
};

}  // namespace

std::array<std::uint8_t, 6> drawn_group(std::uint32_t number) {
  return {0x01, 0x00, 0x5E, 0x00, static_cast<std::uint8_t>(number * 37), static_cast<std::uint8_t>(number * 11 + 5)};
}

std::array<std::uint8_t, 6> drawn_station(std::uint32_t number) {
  return {0x02, 0x00, 0x00, 0x00, 0x30, static_cast<std::uint8_t>(number)};
}

// PAUSE frames of the card's own need a transmitter that is on (F-9), which the driver's watchdog sees to some jiffies
// behind open (L-4): where the card is told to send them, what may bring them comes then.
std::vector<planned_frame> make_stimulus(const scenario& s) {
  constexpr sim_time lead = 25 * ms;
  std::vector<planned_frame> frames = stimulus_maker(s).make();
  const auto& actions = s.reconfigure.actions;
  if (std::any_of(actions.begin(), actions.end(),
                  [](const reconfigure_action& a) { return a.what == reconfiguration::pause_sent; }))
    for (planned_frame& f : frames) f.offer.earliest += lead;
  return frames;
}

}  // namespace ringside::platform

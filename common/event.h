// SPDX-License-Identifier: Apache-2.0
// The typed event: everything an observer can learn about a run.
//
// Hardware models, bus, CPU, driver and stack emit events; waveforms, journeys, statistics, latency histograms, the
// contract checker and the event hash consume them (event_stream.h).  There is no second set of probes.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/time.h"

namespace ringside {

/// Identifies a frame from where it came to be to its fate; 0 = no frame.  From the top: 2 bits of frame_kind; 14 bits
/// that say who counts, the wire of a received frame, else one of those that make frames; 48 bits of a count from 1 in
/// the order in which they came to be.
using frame_id = std::uint64_t;
inline constexpr unsigned frame_wire_shift = 48;
inline constexpr unsigned frame_kind_shift = 62;
inline constexpr frame_id frame_number_mask = (frame_id{1} << frame_wire_shift) - 1;

/// How a frame came to be, and by which stage: on a wire (wire_sof), of another one (skb_link), or made (frame_made).
enum class frame_kind : std::uint8_t { received = 0, derived = 1, made = 2, count };

constexpr frame_id make_frame_id(frame_kind kind, std::uint16_t counter, std::uint64_t number) {
  return frame_id{static_cast<std::uint8_t>(kind)} << frame_kind_shift | frame_id{counter} << frame_wire_shift | number;
}
/// frame_kind::count for an id with both bits, which nobody gives.
constexpr frame_kind kind_of(frame_id id) {
  return static_cast<frame_kind>(id >> frame_kind_shift);
}
constexpr bool made_by_software(frame_id id) {
  return kind_of(id) == frame_kind::made;
}
/// Number of the wire, or of who else counts.
constexpr std::uint16_t wire_of(frame_id id) {
  return static_cast<std::uint16_t>(id >> frame_wire_shift & 0x3FFF);
}
constexpr std::uint64_t number_of(frame_id id) {
  return id & frame_number_mask;
}

/// Several machines in one run: event::unit of a CPU, bus or card is the machine's number times 16 and its own number;
/// who counts a machine's frames is numbered the same way.
inline constexpr unsigned machine_shift = 4;
inline constexpr unsigned most_machines = 16;
constexpr std::uint8_t unit_of(unsigned machine, unsigned number) {
  return static_cast<std::uint8_t>(machine << machine_shift | number);
}
/// How a user names it.
constexpr char machine_letter(unsigned machine) {
  return static_cast<char>('a' + machine);
}
constexpr unsigned machine_of(frame_id id) {
  return wire_of(id) >> machine_shift & (most_machines - 1);
}

/// Of derived frames, who counts those that cards derive, plus the card's number: segments of a packet (FS 9.2), which
/// end when they are sent (tx_wire_eof), and copies that a PHY in loopback sends back, which begin at wire_sof as
/// others do.
inline constexpr std::uint16_t segment_counters = 0x2000;
inline constexpr std::uint16_t looped_counters = 0x3000;
constexpr bool is_segment(frame_id id) {
  return kind_of(id) == frame_kind::derived && (wire_of(id) & 0x3000) == segment_counters;
}

/// What happened: stages.inc says it of each, with the meaning of event::a and event::b.
enum class stage : std::uint16_t {
#define STAGE(name, where, reference, shown) name,
#include "common/stages.inc"
#undef STAGE
  count
};

/// event::a of reg_write and reg_read for configuration space: this base plus the dword offset.
inline constexpr std::uint64_t config_event_base = 0x1000'0000;

/// Who saw it; also the tie order of events at one instant: software at T precedes the bus, the bus the RTL edge at T.
enum class origin : std::uint8_t { cpu = 0, bus = 1, nic = 2 };

struct event {
  sim_time time = 0;
  frame_id frame = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  // Together one word of 32 bits, as event_hash reads them.
  std::uint8_t unit = 0;  // number of the CPU, bus or NIC
  origin from = origin::cpu;
  stage what = stage::count;
};

constexpr unsigned machine_of(const event& e) {
  return e.unit >> machine_shift;
}

/// Lane a stage is drawn in.
enum class lane : std::uint8_t { wire, fifo, bus, memory, cpu };

struct stage_info {
  stage what;
  std::string_view name;
  lane where;
  std::string_view reference;  // manual section, standard clause or kernel function it stands for
  bool journey;                // shown in a frame's journey
  bool of_one_frame;           // ... and event::frame is the one it happens to
};

/// Name, lane and reference of a stage.
const stage_info& info(stage what);
/// The stage of that name, or stage::count.
stage stage_by_name(std::string_view name);

/// What the DMA API objects to (event::b of dma_misuse).
namespace dma_fault {
inline constexpr std::uint64_t overlap = 0;
inline constexpr std::uint64_t not_mapped = 1;
inline constexpr std::uint64_t size_mismatch = 2;
inline constexpr std::uint64_t direction = 3;
inline constexpr std::uint64_t not_allocated = 4;
inline constexpr std::uint64_t cpu_access = 5;
}  // namespace dma_fault

/// Why software made a frame (event::b of frame_made).
enum class cause_kind : std::uint8_t { frame, timer, task, count };

/// What a frame is to the one it is linked to (event::b of skb_link).  All but merged_into are how the frame came to
/// be, merged_into is its fate.
enum class link_kind : std::uint8_t { clone, copy, segment_of, retransmission_of, merged_into, count };

/// Marks of a delivered frame (event::a of socket_enqueue).
namespace socket_mark {
inline constexpr std::uint64_t unverified = std::uint64_t{1} << 63;  // its reader verifies the checksum
}  // namespace socket_mark

/// Marks of a drop (event::a of skb_drop).
namespace drop_mark {
inline constexpr std::uint64_t revoked = 1;  // it had been delivered: this is its fate instead
inline constexpr std::uint64_t stored = 2;   // it had been committed to the FIFO
}  // namespace drop_mark

/// Marks of a frame on the wire (event::b of wire_sof).
namespace wire_mark {
inline constexpr std::uint64_t bad_fcs = 1;
inline constexpr std::uint64_t rx_er = 2;
inline constexpr std::uint64_t runt = 4;
inline constexpr std::uint64_t oversize = 8;
inline constexpr std::uint64_t padded = 16;  // below 60 bytes, padded as a sender's MAC would
inline constexpr std::uint64_t broadcast = 32;
inline constexpr std::uint64_t multicast = 64;     // and not broadcast
inline constexpr std::uint64_t mac_control = 128;  // of type 8808: PAUSE and its like
inline constexpr std::uint64_t damaged = bad_fcs | rx_er;
}  // namespace wire_mark

}  // namespace ringside

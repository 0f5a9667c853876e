// SPDX-License-Identifier: Apache-2.0
// A frame on the wire and where frames come from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "common/event.h"
#include "common/time.h"

namespace ringside {

/// Where RX_ER is raised, offered_frame::rx_er_at: a byte of the frame from 0 on; of what stands before it, the
/// delimiter is -2, the last byte of the preamble -3, and so on.
inline constexpr std::int32_t no_rx_er = -1;

/// What a sender wants on the wire: made by a generator, a capture or a test; timing and FCS are the wire's.
struct offered_frame {
  sim_time earliest = 0;            // not before this time; the wire adds the minimum gap when it must
  std::vector<std::uint8_t> bytes;  // DA .. last payload byte, no FCS
  bool has_fcs = false;             // bytes already end in an FCS (used as it is)
  bool pad = true;                  // pad to 60 bytes as a sender's MAC would; false sends a runt
  bool bad_fcs = false;             // send an FCS that is wrong in one bit
  std::int32_t rx_er_at = no_rx_er;
};

struct wire_frame;

/// Where the bytes of a frame come from that is received while it is still sent.
class frame_feed {
 public:
  virtual ~frame_feed() = default;
  /// Adds to frame.bytes what is known by now; true when that is all, and the frame's feed is gone.
  virtual bool refill(wire_frame& frame) = 0;
};

/// A frame as the receiver's pins see it.
struct wire_frame {
  frame_id id = 0;
  sim_time start = 0;               // earliest time of the first preamble byte
  std::vector<std::uint8_t> bytes;  // DA .. FCS
  std::int32_t rx_er_at = no_rx_er;
  std::uint64_t marks = 0;  // wire_mark bits
  // Of a frame that comes over a cable.
  frame_feed* feed = nullptr;   // its bytes to come; null: none
  std::uint32_t announced = 0;  // bytes DA .. FCS, unless its sender is reset meanwhile
  frame_id sent_as = 0;         // its sender's frame; 0: the card's own (PAUSE)

  /// What is told of its length when it begins.
  std::uint64_t length_told() const { return announced != 0 ? announced : bytes.size(); }
};

/// What read_ahead() answers where nothing forbids it.
inline constexpr std::size_t frames_read_ahead = 32;

/// Frames in the order they are sent.  Pulled by the wire, at least one frame ahead.
class frame_source {
 public:
  virtual ~frame_source() = default;
  /// The next frame, or nothing when the source has ended.  `earliest` need not rise (the wire repairs it).
  virtual std::optional<offered_frame> next() = 0;
  /// Frames it will have given in all when it ends; nothing where nobody can know.
  virtual std::optional<std::uint64_t> planned() const { return std::nullopt; }
  /// Frames that may be taken at a time, ahead of the run; more than one when next() does not depend on the run.
  virtual std::size_t read_ahead() const { return 1; }
  /// Takes the memory of a frame that is done with, for a frame to come; called before next().
  virtual void give_back(std::vector<std::uint8_t>&& bytes) { static_cast<void>(bytes); }
};

}  // namespace ringside

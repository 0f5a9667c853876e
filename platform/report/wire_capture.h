// SPDX-License-Identifier: Apache-2.0
// Writes what passed on the wires, both ways, as pcapng: an interface for each card, direction and FCS declared.
//
// Format: IETF draft-ietf-opsawg-pcapng.  libpcap reads it and does not write it.  Fed by the machine's wires, closed
// by the command line.  Frames become known at their start when they come in and at their end when they go out: they
// wait here and are written by the time of their first preamble byte, which is their time stamp (nanoseconds, the epoch
// is simulated time 0).
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <vector>

#include "common/time.h"
#include "platform/report/output_file.h"

namespace ringside::platform {

/// A frame on the wire of a card.
struct wire_passage {
  sim_time start = 0;  // first preamble byte
  unsigned card = 0;
  bool sent = false;                      // by the card; else it comes in
  std::uint64_t marks = 0;                // wire_mark bits
  std::span<const std::uint8_t> bytes{};  // DA .. FCS
  std::uint64_t id = 0;                   // of one that is sent: its frame, 0: of the card's own (PAUSE)
  sim_time end = 0;                       // of one that is sent: behind the last byte
};

class wire_capture {
 public:
  /// For `cards` interfaces, eth0 on.  Throws input_error naming `key` when the file cannot be written.
  wire_capture(const std::string& path, const std::string& key, unsigned cards);
  ~wire_capture();
  wire_capture(const wire_capture&) = delete;
  wire_capture& operator=(const wire_capture&) = delete;

  void add(const wire_passage& frame);
  /// No frame that started before `t` will be added: those that did are written.
  void settle(sim_time t);
  /// Something written was not taken: what follows is in vain.
  bool failed() const { return error_ != 0; }
  /// Writes what waits; throws output_error when the disk did not take all of it.
  void finish();
  /// finish(), and puts the file in place; throws output_error.
  void commit();

  const std::string& path() const { return file_.path(); }
  std::uint64_t frames() const { return added_; }

 private:
  struct waiting {
    sim_time start;
    std::uint64_t order;
    unsigned card;
    bool sent;
    std::uint64_t marks;
    std::vector<std::uint8_t> bytes;
  };
  struct later {
    bool operator()(const waiting& x, const waiting& y) const {
      return x.start != y.start ? x.start > y.start : x.order > y.order;
    }
  };

  void put(std::span<const std::uint8_t> bytes);
  void write(const waiting& frame);

  output_file file_;
  std::FILE* out_ = nullptr;
  int error_ = 0;  // errno of the first write that failed
  std::uint64_t added_ = 0;
  std::priority_queue<waiting, std::vector<waiting>, later> waiting_;
};

}  // namespace ringside::platform

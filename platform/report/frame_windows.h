// SPDX-License-Identifier: Apache-2.0
// Per-frame records of the frames that are under way, of every kind and from every wire.
//
// Ids rise by one for each that counts them (a wire, or one that makes frames): each has a frame_window of its own,
// indexed by number_of(id).  That of wire 0, which most runs have alone, is found without a search.
#pragma once

#include <map>

#include "common/event.h"
#include "platform/report/frame_window.h"

namespace ringside::platform {

template <typename Record>
class frame_windows {
 public:
  /// As many frames of each that counts may be under way.  0: any number.
  explicit frame_windows(frame_id most = 0) : first_(most), most_(most) {}

  /// The record of `id`, or nullptr when it has ended or was never begun.
  Record* find(frame_id id) {
    if (Record* r = first_.find(id)) [[likely]]  // an id of another window lies beyond any that this one holds
      return r;
    return find_other(id);
  }
  /// Begins `id`, whose number must be above those begun before of the same kind and counter.
  Record& begin(frame_id id) { return of(id).begin(number_of(id)); }
  void end(frame_id id) {
    first_.end(id);
    if (!is_first(id)) [[unlikely]]
      end_other(id);
  }
  /// Where `id` is or would be, by its number.
  frame_window<Record>& of(frame_id id) {
    if (is_first(id)) [[likely]]
      return first_;
    return make_other(id);
  }
  /// Highest number begun of the kind and counter of `id`; 0: none.
  std::uint64_t last(frame_id id) const {
    if (is_first(id)) return first_.last_id();
    const auto other = others_.find(id >> frame_wire_shift);
    return other == others_.end() ? 0 : other->second.last_id();
  }

  /// Calls f(id, record) for every open frame, in rising order of ids; f must not begin or end frames.
  template <typename F>
  void for_each(F f) {
    first_.for_each(f);
    for (auto& [counter, window] : others_)
      window.for_each([&f, high = counter << frame_wire_shift](frame_id number, Record& r) { f(high | number, r); });
  }

 private:
  static bool is_first(frame_id id) { return id >> frame_wire_shift == 0; }
  frame_window<Record>* other_of(frame_id id) {
    const auto other = others_.find(id >> frame_wire_shift);
    return other == others_.end() ? nullptr : &other->second;
  }
  [[gnu::noinline, gnu::cold]] Record* find_other(frame_id id) {
    if (is_first(id)) return nullptr;
    frame_window<Record>* other = other_of(id);
    return other == nullptr ? nullptr : other->find(number_of(id));
  }
  [[gnu::noinline, gnu::cold]] void end_other(frame_id id) {
    if (frame_window<Record>* other = other_of(id)) other->end(number_of(id));
  }
  [[gnu::noinline, gnu::cold]] frame_window<Record>& make_other(frame_id id) {
    return others_.try_emplace(id >> frame_wire_shift, most_).first->second;
  }

  frame_window<Record> first_;
  std::map<frame_id, frame_window<Record>> others_;  // by kind and counter
  frame_id most_;
};

}  // namespace ringside::platform

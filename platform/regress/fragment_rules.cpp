#include "platform/regress/fragment_rules.h"

#include <algorithm>
#include <map>

namespace ringside::platform {
namespace {

constexpr auto delivered = static_cast<std::size_t>(drop_reason::none);
constexpr auto no_room = static_cast<std::size_t>(drop_reason::socket_rcvbuf);
constexpr auto dropped = static_cast<std::size_t>(drop_reason::ip_fragment);

/// Bytes [begin, end) as runs without holes.
class coverage_map {
 public:
  /// Run that holds `at`; end() when none does.
  bool holds(std::uint32_t begin, std::uint32_t end) const {
    const auto run = before(begin);
    return run != runs_.end() && run->second >= end;
  }
  bool touches(std::uint32_t begin, std::uint32_t end) const {
    if (const auto run = before(begin); run != runs_.end() && run->second > begin) return true;
    const auto next = runs_.lower_bound(begin);
    return next != runs_.end() && next->first < end;
  }
  void add(std::uint32_t begin, std::uint32_t end) {
    if (const auto run = before(begin); run != runs_.end() && run->second == begin) begin = run->first;
    if (const auto next = runs_.find(end); next != runs_.end()) {
      end = next->second;
      runs_.erase(next);
    }
    runs_[begin] = end;
  }
  void clear() { runs_.clear(); }

 private:
  std::map<std::uint32_t, std::uint32_t>::const_iterator before(std::uint32_t at) const {
    const auto next = runs_.upper_bound(at);
    return next == runs_.begin() ? runs_.end() : std::prev(next);
  }
  std::map<std::uint32_t, std::uint32_t> runs_;
};

}  // namespace

fragment_verdict judge_fragments(const std::vector<fragment_arrival>& arrivals) {
  fragment_verdict out;
  std::vector<const fragment_arrival*> held;
  coverage_map seen;
  const auto expect = [&out](const fragment_arrival& a, bool right) {
    if (!right) out.wrong.push_back(a.frame);
  };
  const auto give_up = [&](const fragment_arrival& a) {
    ++out.given_up;
    expect(a, a.fate == dropped);
  };
  const auto give_up_held = [&] {
    for (const fragment_arrival* a : held) give_up(*a);
    held.clear();
    seen.clear();
  };
  for (const fragment_arrival& a : arrivals) {
    if (seen.holds(a.piece.begin, a.piece.end)) {
      give_up(a);
    } else if (seen.touches(a.piece.begin, a.piece.end)) {
      give_up_held();
      give_up(a);
    } else {
      seen.add(a.piece.begin, a.piece.end);
      if (!seen.holds(0, a.piece.whole)) {
        held.push_back(&a);
        continue;
      }
      ++out.reassembled;
      expect(a, a.fate == delivered || a.fate == no_room);
      for (const fragment_arrival* earlier : held) expect(*earlier, earlier->fate == consumed_fate);
      held.clear();
      seen.clear();
    }
  }
  give_up_held();
  return out;
}

// A fragment that is refused leaves its datagram as it was, so what was dropped may have been held before or never.
// What was not dropped must make whole datagrams by itself.
fragment_verdict judge_limited_fragments(const std::vector<fragment_arrival>& arrivals) {
  std::vector<fragment_arrival> kept;
  for (const fragment_arrival& a : arrivals)
    if (a.fate != dropped) kept.push_back(a);
  fragment_verdict out = judge_fragments(kept);
  out.given_up = arrivals.size() - kept.size();
  for (const frame_id frame : judge_fragments(arrivals).wrong)
    for (const fragment_arrival& a : arrivals) out.refused += a.frame == frame && a.fate == dropped ? 1 : 0;
  return out;
}

}  // namespace ringside::platform

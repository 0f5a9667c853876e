// SPDX-License-Identifier: Apache-2.0
#include "tools/regress/fragment_rules.h"

#include <algorithm>

namespace ringside::platform {
namespace {

constexpr auto delivered = static_cast<std::size_t>(drop_reason::none);
constexpr auto no_room = static_cast<std::size_t>(drop_reason::socket_rcvbuf);
constexpr auto dropped = static_cast<std::size_t>(drop_reason::ip_fragment);

struct interval {
  std::uint32_t begin;
  std::uint32_t end;
  bool holds(const planned_piece& p) const { return begin <= p.begin && p.end <= end; }
};

/// A datagram being put together: what is missing, and the runs of what is there.
class assembly {
 public:
  enum class place { fits, duplicate, overlap };

  place place_of(const planned_piece& p) const {
    const auto holds = [&p](const interval& i) { return i.holds(p); };
    if (std::any_of(holes_.begin(), holes_.end(), holds)) return place::fits;
    return std::any_of(runs_.begin(), runs_.end(), holds) ? place::duplicate : place::overlap;
  }

  // RFC 815 section 3.  Steps 2 and 3 leave the one hole it lies in, step 4 deletes that, steps 5 and 6 make what is
  // left of it; the fragment with the datagram's end leaves nothing behind it.
  void fill(const planned_piece& p) {
    const auto found = std::find_if(holes_.begin(), holes_.end(), [&p](const interval& hole) { return hole.holds(p); });
    const interval hole = *found;
    holes_.erase(found);
    if (p.begin > hole.begin) holes_.push_back({hole.begin, p.begin});
    if (p.end < hole.end && p.end != p.whole) holes_.push_back({p.end, hole.end});
    const auto last = std::max_element(runs_.begin(), runs_.end(),
                                       [](const interval& x, const interval& y) { return x.end < y.end; });
    if (last != runs_.end() && last->end == p.begin)
      last->end = p.end;
    else
      runs_.push_back({p.begin, p.end});
  }

  bool whole() const { return holes_.empty(); }

 private:
  static constexpr std::uint32_t infinity = 65'536;
  std::vector<interval> holes_{{0, infinity}};
  std::vector<interval> runs_;
};

}  // namespace

fragment_verdict judge_fragments(const std::vector<fragment_arrival>& arrivals) {
  fragment_verdict out;
  std::vector<const fragment_arrival*> held;
  assembly datagram;
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
    datagram = {};
  };
  for (const fragment_arrival& a : arrivals) {
    const assembly::place place = datagram.place_of(a.piece);
    if (place == assembly::place::duplicate) {
      give_up(a);
    } else if (place == assembly::place::overlap) {
      give_up_held();
      give_up(a);
    } else {
      datagram.fill(a.piece);
      if (!datagram.whole()) {
        held.push_back(&a);
        continue;
      }
      ++out.reassembled;
      expect(a, a.fate == delivered || a.fate == no_room);
      for (const fragment_arrival* earlier : held) expect(*earlier, earlier->fate == consumed_fate);
      held.clear();
      datagram = {};
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

// SPDX-License-Identifier: Apache-2.0
// Many sources, one order: whatever is pushed and whenever it is drained, consumers see (time, origin, unit, sequence).
#include "common/event_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <tuple>

#include "common/event_selection.h"
#include "common/rng.h"
#include "common/stage_set.h"

namespace ringside {
namespace {

class collector final : public event_consumer {
 public:
  void on_event(const event& e) override { seen.push_back(e); }
  std::vector<event> seen;
};

event at(sim_time t, origin from, std::uint8_t unit, std::uint64_t a) {
  event e;
  e.time = t;
  e.from = from;
  e.unit = unit;
  e.a = a;
  e.what = stage::cause_set;
  return e;
}

void push(event_stream& stream, event_stream::source_id source, sim_time t, std::uint64_t a) {
  stream.push(source, t, stage::cause_set, 0, a);
}

std::vector<std::uint64_t> numbers(const std::vector<event>& events) {
  std::vector<std::uint64_t> out;
  out.reserve(events.size());
  for (const event& e : events) out.push_back(e.a);
  return out;
}

TEST(event_stream, software_then_bus_then_card_at_one_instant) {
  event_stream stream;
  collector all;
  stream.add_consumer(all);
  const auto nic = stream.add_source(origin::nic, 0);
  const auto bus = stream.add_source(origin::bus, 0);
  const auto cpu1 = stream.add_source(origin::cpu, 1);
  const auto cpu0 = stream.add_source(origin::cpu, 0);
  push(stream, nic, 10, 3);
  push(stream, bus, 10, 2);
  push(stream, cpu1, 10, 1);
  push(stream, cpu0, 10, 0);
  stream.finish();
  EXPECT_EQ(numbers(all.seen), (std::vector<std::uint64_t>{0, 1, 2, 3}));
}

TEST(event_stream, holds_back_what_another_source_may_still_precede) {
  event_stream stream;
  collector all;
  stream.add_consumer(all);
  const auto cpu = stream.add_source(origin::cpu, 0);
  const auto nic = stream.add_source(origin::nic, 0);
  push(stream, nic, 10, 1);
  push(stream, nic, 20, 2);
  stream.set_watermark(nic, 30);
  stream.drain();
  EXPECT_TRUE(all.seen.empty());
  stream.set_watermark(cpu, 10);  // the CPU may still say something at 10, which comes first
  stream.drain();
  EXPECT_TRUE(all.seen.empty());
  push(stream, cpu, 10, 0);
  stream.set_watermark(cpu, 11);
  stream.drain();
  EXPECT_EQ(numbers(all.seen), (std::vector<std::uint64_t>{0, 1}));
  EXPECT_EQ(stream.backlog(), 1U);
  stream.finish();
  EXPECT_EQ(stream.backlog(), 0U);
  EXPECT_EQ(stream.delivered(), 3U);
}

TEST(event_stream, late_event_throws) {
  event_stream stream;
  const auto cpu = stream.add_source(origin::cpu, 0);
  push(stream, cpu, 10, 0);
  EXPECT_THROW(push(stream, cpu, 9, 0), std::logic_error);
  stream.set_watermark(cpu, 20);
  EXPECT_THROW(push(stream, cpu, 19, 0), std::logic_error);
  EXPECT_EQ(stream.backlog(), 1U);
  EXPECT_NO_THROW(push(stream, cpu, 20, 7));
  collector all;
  stream.add_consumer(all);
  stream.finish();
  EXPECT_EQ(numbers(all.seen), (std::vector<std::uint64_t>{0, 7}));  // what was refused is not there
}

TEST(event_stream, many_at_once_are_what_one_by_one_would_be) {
  event_stream stream;
  collector all;
  stream.add_consumer(all);
  const auto cpu = stream.add_source(origin::cpu, 3);
  push(stream, cpu, 5, 0);
  std::vector<std::uint64_t> items(1000);  // more than there is room for
  for (std::size_t i = 0; i < items.size(); ++i) items[i] = i + 1;
  const auto odd_ones = [](std::uint64_t item, event& e) {
    e = at(static_cast<sim_time>(10 * item), origin::nic, 0, item);
    return item % 2 != 0;
  };
  stream.push_all(cpu, items, odd_ones);
  EXPECT_EQ(stream.backlog(), 501U);
  EXPECT_THROW(push(stream, cpu, 9989, 0), std::logic_error);  // older than the last of them
  EXPECT_THROW(stream.push_all(cpu, items, odd_ones), std::logic_error);
  stream.finish();
  ASSERT_EQ(all.seen.size(), 501U);
  for (std::size_t i = 1; i < all.seen.size(); ++i) {
    EXPECT_EQ(all.seen[i].a, 2 * i - 1);
    EXPECT_EQ(all.seen[i].time, static_cast<sim_time>(10 * (2 * i - 1)));
    EXPECT_EQ(all.seen[i].from, origin::cpu);
    EXPECT_EQ(all.seen[i].unit, 3);
  }
}

// A source keeps what another one holds back, however much that is, and goes on behind it.
TEST(event_stream, a_source_far_ahead_keeps_its_records) {
  event_stream stream;
  collector all;
  stream.add_consumer(all);
  const auto cpu = stream.add_source(origin::cpu, 0);
  const auto nic = stream.add_source(origin::nic, 0);
  std::vector<std::uint64_t> sent;
  sim_time t = 0;
  for (const std::size_t many : {10U, 1000U, 0U, 70U, 3000U}) {
    for (std::size_t i = 0; i < many; ++i) {
      sent.push_back(sent.size());
      push(stream, nic, ++t, sent.back());
    }
    stream.set_watermark(nic, t);
    stream.set_watermark(cpu, t - 5);  // may still say something at t - 5, which comes first
    stream.drain();
    ASSERT_EQ(stream.backlog(), 6U);
    ASSERT_EQ(numbers(all.seen), std::vector<std::uint64_t>(sent.begin(), sent.end() - 6));
  }
  stream.finish();
  EXPECT_EQ(numbers(all.seen), sent);
}

TEST(event_stream, watermark_never_falls) {
  event_stream stream;
  const auto cpu = stream.add_source(origin::cpu, 0);
  stream.set_watermark(cpu, 20);
  stream.set_watermark(cpu, 5);
  EXPECT_EQ(stream.watermark(cpu), 20);
}

TEST(event_stream, a_stretch_goes_to_one_consumer_after_the_other) {
  event_stream stream;
  std::vector<int> calls;
  struct tagger final : event_consumer {
    tagger(std::vector<int>& c, int n) : calls(c), number(n) {}
    void on_event(const event&) override { calls.push_back(number); }
    std::vector<int>& calls;
    int number;
  };
  tagger one(calls, 1), two(calls, 2);
  stream.add_consumer(one);
  stream.add_consumer(two);
  const auto cpu = stream.add_source(origin::cpu, 0);
  push(stream, cpu, 1, 0);
  push(stream, cpu, 1, 1);
  stream.finish();
  EXPECT_EQ(calls, (std::vector<int>{1, 1, 2, 2}));
}

struct source_model {
  origin from;
  std::uint8_t unit;
  event_stream::source_id id;
  sim_time now = 0;
};

// Random pushes, watermarks and drains: the delivered order is a stable sort, and nothing comes before its time.
TEST(event_stream, merges_like_a_sort_for_random_histories) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    rng random(seed);
    event_stream stream;
    collector all;
    stream.add_consumer(all);
    std::vector<source_model> sources;
    for (std::uint8_t unit = 0; unit < 3; ++unit)
      for (const origin from : {origin::nic, origin::cpu, origin::bus})
        sources.push_back({from, unit, stream.add_source(from, unit)});
    std::vector<event> pushed;
    for (int step = 0; step < 2000; ++step) {
      source_model& s = sources[random.below(static_cast<std::uint32_t>(sources.size()))];
      switch (random.below(4)) {
        case 0:
        case 1: {
          s.now += random.below(3);
          const event e = at(s.now, s.from, s.unit, pushed.size());
          pushed.push_back(e);
          push(stream, s.id, e.time, e.a);
          break;
        }
        case 2:
          s.now += random.below(6);
          stream.set_watermark(s.id, s.now);
          break;
        default:
          stream.drain();
          break;
      }
    }
    stream.finish();
    std::vector<event> sorted = pushed;
    std::stable_sort(sorted.begin(), sorted.end(), [](const event& x, const event& y) {
      return std::tie(x.time, x.from, x.unit) < std::tie(y.time, y.from, y.unit);
    });
    EXPECT_EQ(numbers(all.seen), numbers(sorted));
    EXPECT_TRUE(std::equal(all.seen.begin(), all.seen.end(), sorted.begin(), sorted.end(),
                           [](const event& x, const event& y) { return x.from == y.from && x.unit == y.unit; }));
  }
}

// The opposite failure: a drain that never delivers would pass the test above.
TEST(event_stream, drain_delivers_all_below_the_lowest_watermark) {
  rng random(5);
  event_stream stream;
  collector all;
  stream.add_consumer(all);
  const auto cpu = stream.add_source(origin::cpu, 0);
  const auto bus = stream.add_source(origin::bus, 0);
  sim_time t = 0;
  for (int i = 0; i < 500; ++i) {
    t += random.between(1, 5);
    push(stream, random.chance(500'000) ? cpu : bus, t, static_cast<std::uint64_t>(i));
    stream.set_watermark(cpu, t + 1);
    stream.set_watermark(bus, t + 1);
    stream.drain();
    ASSERT_EQ(all.seen.size(), static_cast<std::size_t>(i) + 1);
  }
}

// The set of a consumer is what its own choice by stage knows, and to ask for it does nothing.
struct choosy {
  template <class action>
  static constexpr bool route(choosy* self, stage what, const event& e, action act) {
    switch (what) {
      case stage::wire_sof:
      case stage::app_read:
        return act([&] { self->sum += e.a; });
      case stage::irq_nobody_cared:
        return act([&] { self->sum = 0; });
      default:
        return false;
    }
  }
  std::uint64_t sum = 0;
};

TEST(stage_set, holds_the_stages_a_consumer_chooses_by) {
  constexpr stage_set known = stages_routed<choosy>();
  std::size_t held = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(stage::count); ++i)
    held += known.has(static_cast<stage>(i)) ? 1 : 0;
  EXPECT_EQ(held, 3U);
  EXPECT_TRUE(known.has(stage::wire_sof));
  EXPECT_TRUE(known.has(stage::app_read));
  EXPECT_TRUE(known.has(stage::irq_nobody_cared));  // beyond the first word
  choosy consumer;
  EXPECT_TRUE(choosy::route(&consumer, stage::app_read, {.a = 5}, do_it));
  EXPECT_FALSE(choosy::route(&consumer, stage::dma_map, {.a = 7}, do_it));
  EXPECT_EQ(consumer.sum, 5U);
}

TEST(event_selection, finds_the_stages_wanted_and_no_others) {
  rng random(3);
  event_selection selection(stage_set{stage::wire_sof} | stage_set{stage::dma_misuse, stage::app_read});
  for (std::size_t size = 0; size < 300; ++size) {
    std::vector<event> events(size);
    std::vector<const event*> records;
    std::vector<std::uint32_t> wanted;
    for (event& e : events) {
      e.what = static_cast<stage>(random.below(static_cast<std::uint32_t>(stage::count)));
      if (e.what == stage::wire_sof || e.what == stage::app_read || e.what == stage::dma_misuse)
        wanted.push_back(static_cast<std::uint32_t>(records.size()));
      records.push_back(&e);
    }
    const auto found = selection.of(event_stretch(records));
    EXPECT_EQ(std::vector<std::uint32_t>(found.begin(), found.end()), wanted);
  }
}

}  // namespace
}  // namespace ringside

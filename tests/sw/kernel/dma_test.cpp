// SPDX-License-Identifier: Apache-2.0
#include "sw/kernel/dma.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/sw/fake_host.h"

namespace ringside::kernel {
namespace {

class dma : public testing::Test {
 protected:
  dma() {
    api.set_error_sink([this](const dma_report& r) { reports.push_back(r); });
    buffer = memory.alloc(2048);
  }
  void TearDown() override { EXPECT_EQ(api.live_mappings(), 0U); }

  static constexpr dma_direction from = dma_direction::from_device;
  test::fake_host host{1, 1U << 20};
  memory_allocator memory{host, 0x10000, 0};
  dma_api api{host, memory};
  bus_address buffer = 0;
  std::vector<dma_report> reports;
};

TEST_F(dma, ownership_moves_with_map_sync_and_unmap) {
  EXPECT_FALSE(api.device_owns(buffer, 2048));
  api.map_single(buffer, 2048, from);
  EXPECT_TRUE(api.device_owns(buffer, 1));
  EXPECT_TRUE(api.device_owns(buffer + 2047, 1));
  EXPECT_FALSE(api.device_owns(buffer + 2048, 1));
  EXPECT_TRUE(api.device_owns(buffer - 10, 11));
  EXPECT_FALSE(api.device_owns(buffer - 10, 10));
  api.sync_for_cpu(buffer, 64, from);
  EXPECT_FALSE(api.device_owns(buffer, 2048));
  api.sync_for_device(buffer, 64, from);
  EXPECT_TRUE(api.device_owns(buffer, 2048));
  api.unmap_single(buffer, 2048, from);
  EXPECT_FALSE(api.device_owns(buffer, 2048));
  EXPECT_TRUE(reports.empty());
  EXPECT_EQ(host.count(stage::dma_map), 1U);
  EXPECT_EQ(host.count(stage::dma_unmap), 1U);
}

// Buffers synced in the order of their addresses, backwards, with gaps, and one that is not mapped.
TEST_F(dma, finds_each_mapping_whatever_was_synced_before) {
  constexpr std::size_t step = 256;
  const auto at = [this](std::size_t index) { return buffer + index * step; };
  for (std::size_t i = 0; i < 8; ++i) api.map_single(at(i), step, from);
  const auto lend = [&](std::size_t index) {
    api.sync_for_cpu(at(index), step, from);
    for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(api.device_owns(at(i), step), i != index) << index;
    api.sync_for_device(at(index), step, from);
    EXPECT_TRUE(api.device_owns(at(index), step));
  };
  for (const std::size_t index : {0, 1, 2, 3, 2, 5, 7, 0, 6, 7, 7}) lend(index);
  EXPECT_TRUE(reports.empty());
  api.sync_for_cpu(at(7) + step, step, from);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].error, dma_error::not_mapped);
  api.unmap_single(at(4), step, from);
  api.sync_for_cpu(at(3), step, from);
  api.sync_for_cpu(at(4), step, from);
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[1].error, dma_error::not_mapped);
  for (const std::size_t index : {0, 1, 2, 3, 5, 6, 7}) api.unmap_single(at(index), step, from);
  EXPECT_EQ(reports.size(), 2U);
}

TEST_F(dma, reports_cpu_access_while_the_device_owns_it) {
  api.map_single(buffer, 2048, from);
  EXPECT_FALSE(api.check_cpu_access(buffer + 100, 4));
  api.sync_for_cpu(buffer, 2048, from);
  EXPECT_TRUE(api.check_cpu_access(buffer + 100, 4));
  api.unmap_single(buffer, 2048, from);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].error, dma_error::cpu_access);
  EXPECT_EQ(reports[0].address, buffer + 100);
}

TEST_F(dma, reports_a_second_map_of_the_same_bytes) {
  api.map_single(buffer, 1024, from);
  api.map_single(buffer + 1023, 8, from);
  EXPECT_EQ(api.errors(dma_error::overlap), 1U);
  api.unmap_single(buffer + 1023, 8, from);
  api.map_single(buffer + 1024, 8, from);  // adjacent is fine
  EXPECT_EQ(api.errors(dma_error::overlap), 1U);
  api.unmap_single(buffer + 1024, 8, from);
  api.unmap_single(buffer, 1024, from);
}

TEST_F(dma, reports_a_second_unmap) {
  api.map_single(buffer, 64, from);
  api.unmap_single(buffer, 64, from);
  api.unmap_single(buffer, 64, from);
  EXPECT_EQ(api.errors(dma_error::not_mapped), 1U);
}

TEST_F(dma, reports_wrong_size_and_direction) {
  api.map_single(buffer, 64, from);
  api.sync_for_cpu(buffer, 65, from);
  EXPECT_EQ(api.errors(dma_error::size_mismatch), 1U);
  api.sync_for_device(buffer, 64, dma_direction::to_device);
  EXPECT_EQ(api.errors(dma_error::direction), 1U);
  api.unmap_single(buffer, 32, from);
  EXPECT_EQ(api.errors(dma_error::size_mismatch), 2U);
  EXPECT_EQ(api.total_errors(), 3U);
}

TEST_F(dma, reports_mapping_of_freed_memory) {
  memory.free(buffer);
  api.map_single(buffer, 64, from);
  EXPECT_EQ(api.errors(dma_error::not_allocated), 1U);
  api.unmap_single(buffer, 64, from);
}

TEST_F(dma, moves_nothing_in_coherent_memory) {
  api.map_single(buffer, 2048, dma_direction::bidirectional);
  api.sync_for_cpu(buffer, 64, dma_direction::bidirectional);
  api.sync_for_device(buffer, 64, dma_direction::bidirectional);
  api.unmap_single(buffer, 2048, dma_direction::bidirectional);
  api.free_coherent(api.alloc_coherent(256));
  EXPECT_TRUE(host.dma_calls.empty());
}

TEST_F(dma, a_sync_is_an_event_with_the_frame_of_the_buffer) {
  host.shadow[buffer] = 7;
  api.map_single(buffer, 2048, from);
  api.sync_for_cpu(buffer, 64, from);
  api.unmap_single(buffer, 2048, from);
  const auto syncs = host.of(stage::dma_sync);
  ASSERT_EQ(syncs.size(), 1U);
  EXPECT_EQ(syncs[0].frame, 7U);
  EXPECT_EQ(syncs[0].a, buffer);
  EXPECT_EQ(syncs[0].b, 64U);
}

// What each call owes to memory without coherence: Linux 6.1 core-api/dma-api, arch/arm64/mm/dma-mapping.c.
class apart : public testing::Test {
 protected:
  using call = test::fake_host::dma_call;

  apart() { buffer = memory.alloc(2048); }
  static std::unique_ptr<test::fake_host> without_coherence() {
    auto made = std::make_unique<test::fake_host>(1U, std::size_t{1} << 20);
    made->coherent = false;
    return made;
  }
  void expect(const std::vector<call>& calls) {
    EXPECT_EQ(host->dma_calls, calls);
    host->dma_calls.clear();
  }

  std::unique_ptr<test::fake_host> host = without_coherence();
  memory_allocator memory{*host, 0x10000, 0};
  dma_api api{*host, memory};
  bus_address buffer = 0;
};

TEST_F(apart, from_device_is_invalidated_by_map_and_read_after_sync_or_unmap) {
  constexpr auto direction = dma_direction::from_device;
  api.map_single(buffer, 1522, direction);
  expect({{'i', buffer, 1522}});
  api.sync_for_cpu(buffer, 64, direction);
  expect({{'c', buffer, 64}});
  api.sync_for_device(buffer, 64, direction);
  expect({{'i', buffer, 64}});
  api.unmap_single(buffer, 1522, direction);
  expect({{'c', buffer, 1522}});
}

TEST_F(apart, unmap_hands_over_all_of_a_buffer_that_was_lent_in_part) {
  constexpr auto direction = dma_direction::from_device;
  api.map_single(buffer, 1522, direction);
  api.sync_for_cpu(buffer, 64, direction);
  host->dma_calls.clear();
  api.unmap_single(buffer, 1522, direction);
  expect({{'c', buffer, 1522}});
}

TEST_F(apart, to_device_is_cleaned_by_map_and_sync_and_never_read_back) {
  constexpr auto direction = dma_direction::to_device;
  api.map_single(buffer, 100, direction);
  expect({{'d', buffer, 100}});
  api.sync_for_cpu(buffer, 100, direction);
  expect({});
  api.sync_for_device(buffer, 100, direction);
  expect({{'d', buffer, 100}});
  api.unmap_single(buffer, 100, direction);
  expect({});
}

TEST_F(apart, bidirectional_moves_both_ways) {
  constexpr auto direction = dma_direction::bidirectional;
  api.map_single(buffer, 100, direction);
  expect({{'d', buffer, 100}});
  api.unmap_single(buffer, 100, direction);
  expect({{'c', buffer, 100}});
}

TEST_F(apart, coherent_allocations_are_shared_from_alloc_to_free) {
  const bus_address ring = api.alloc_coherent(4096);
  ASSERT_EQ(host->dma_calls.size(), 1U);
  expect({{'+', ring, 4096}});
  api.free_coherent(ring);
  expect({{'-', ring, 4096}});
  api.free_coherent(0);
  expect({});
}

}  // namespace
}  // namespace ringside::kernel

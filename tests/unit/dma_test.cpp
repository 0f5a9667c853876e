#include "sw/kernel/dma.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/unit/fake_host.h"

namespace ringside::kernel {
namespace {

class dma : public testing::Test {
 protected:
  dma() {
    api_.set_error_sink([this](const dma_report& r) { reports_.push_back(r); });
    buffer_ = memory_.alloc(2048);
  }
  void TearDown() override { EXPECT_EQ(api_.live_mappings(), 0U); }

  static constexpr dma_direction from = dma_direction::from_device;
  test::fake_host host_{1, 1U << 20};
  memory_allocator memory_{host_, 0x10000, 0};
  dma_api api_{host_, memory_};
  bus_address buffer_ = 0;
  std::vector<dma_report> reports_;
};

TEST_F(dma, ownership_moves_with_map_sync_and_unmap) {
  EXPECT_FALSE(api_.device_owns(buffer_, 2048));
  api_.map_single(buffer_, 2048, from);
  EXPECT_TRUE(api_.device_owns(buffer_, 1));
  EXPECT_TRUE(api_.device_owns(buffer_ + 2047, 1));
  EXPECT_FALSE(api_.device_owns(buffer_ + 2048, 1));
  EXPECT_TRUE(api_.device_owns(buffer_ - 10, 11));
  EXPECT_FALSE(api_.device_owns(buffer_ - 10, 10));
  api_.sync_for_cpu(buffer_, 64, from);
  EXPECT_FALSE(api_.device_owns(buffer_, 2048));
  api_.sync_for_device(buffer_, 64, from);
  EXPECT_TRUE(api_.device_owns(buffer_, 2048));
  api_.unmap_single(buffer_, 2048, from);
  EXPECT_FALSE(api_.device_owns(buffer_, 2048));
  EXPECT_TRUE(reports_.empty());
  EXPECT_EQ(host_.count(stage::dma_map), 1U);
  EXPECT_EQ(host_.count(stage::dma_unmap), 1U);
}

TEST_F(dma, reports_cpu_access_while_the_device_owns_it) {
  api_.map_single(buffer_, 2048, from);
  EXPECT_FALSE(api_.check_cpu_access(buffer_ + 100, 4));
  api_.sync_for_cpu(buffer_, 2048, from);
  EXPECT_TRUE(api_.check_cpu_access(buffer_ + 100, 4));
  api_.unmap_single(buffer_, 2048, from);
  ASSERT_EQ(reports_.size(), 1U);
  EXPECT_EQ(reports_[0].error, dma_error::cpu_access);
  EXPECT_EQ(reports_[0].address, buffer_ + 100);
}

TEST_F(dma, reports_a_second_map_of_the_same_bytes) {
  api_.map_single(buffer_, 1024, from);
  api_.map_single(buffer_ + 1023, 8, from);
  EXPECT_EQ(api_.errors(dma_error::overlap), 1U);
  api_.unmap_single(buffer_ + 1023, 8, from);
  api_.map_single(buffer_ + 1024, 8, from);  // adjacent is fine
  EXPECT_EQ(api_.errors(dma_error::overlap), 1U);
  api_.unmap_single(buffer_ + 1024, 8, from);
  api_.unmap_single(buffer_, 1024, from);
}

TEST_F(dma, reports_a_second_unmap) {
  api_.map_single(buffer_, 64, from);
  api_.unmap_single(buffer_, 64, from);
  api_.unmap_single(buffer_, 64, from);
  EXPECT_EQ(api_.errors(dma_error::not_mapped), 1U);
}

TEST_F(dma, reports_wrong_size_and_direction) {
  api_.map_single(buffer_, 64, from);
  api_.sync_for_cpu(buffer_, 65, from);
  EXPECT_EQ(api_.errors(dma_error::size_mismatch), 1U);
  api_.sync_for_device(buffer_, 64, dma_direction::to_device);
  EXPECT_EQ(api_.errors(dma_error::direction), 1U);
  api_.unmap_single(buffer_, 32, from);
  EXPECT_EQ(api_.errors(dma_error::size_mismatch), 2U);
  EXPECT_EQ(api_.total_errors(), 3U);
}

TEST_F(dma, reports_mapping_of_freed_memory) {
  memory_.free(buffer_);
  api_.map_single(buffer_, 64, from);
  EXPECT_EQ(api_.errors(dma_error::not_allocated), 1U);
  api_.unmap_single(buffer_, 64, from);
}

TEST_F(dma, moves_nothing_in_coherent_memory) {
  api_.map_single(buffer_, 2048, dma_direction::bidirectional);
  api_.sync_for_cpu(buffer_, 64, dma_direction::bidirectional);
  api_.sync_for_device(buffer_, 64, dma_direction::bidirectional);
  api_.unmap_single(buffer_, 2048, dma_direction::bidirectional);
  api_.free_coherent(api_.alloc_coherent(256));
  EXPECT_TRUE(host_.dma_calls.empty());
}

TEST_F(dma, a_sync_is_an_event_with_the_frame_of_the_buffer) {
  host_.shadow[buffer_] = 7;
  api_.map_single(buffer_, 2048, from);
  api_.sync_for_cpu(buffer_, 64, from);
  api_.unmap_single(buffer_, 2048, from);
  const auto syncs = host_.of(stage::dma_sync);
  ASSERT_EQ(syncs.size(), 1U);
  EXPECT_EQ(syncs[0].frame, 7U);
  EXPECT_EQ(syncs[0].a, buffer_);
  EXPECT_EQ(syncs[0].b, 64U);
}

// What each call owes to memory without coherence: Linux 6.1 core-api/dma-api, arch/arm64/mm/dma-mapping.c.
class apart : public testing::Test {
 protected:
  using call = test::fake_host::dma_call;

  apart() { buffer_ = memory_.alloc(2048); }
  static std::unique_ptr<test::fake_host> without_coherence() {
    auto host = std::make_unique<test::fake_host>(1U, std::size_t{1} << 20);
    host->coherent = false;
    return host;
  }
  void expect(std::vector<call> calls) {
    EXPECT_EQ(host_->dma_calls, calls);
    host_->dma_calls.clear();
  }

  std::unique_ptr<test::fake_host> host_ = without_coherence();
  memory_allocator memory_{*host_, 0x10000, 0};
  dma_api api_{*host_, memory_};
  bus_address buffer_ = 0;
};

TEST_F(apart, from_device_is_invalidated_by_map_and_read_after_sync_or_unmap) {
  constexpr auto direction = dma_direction::from_device;
  api_.map_single(buffer_, 1522, direction);
  expect({{'i', buffer_, 1522}});
  api_.sync_for_cpu(buffer_, 64, direction);
  expect({{'c', buffer_, 64}});
  api_.sync_for_device(buffer_, 64, direction);
  expect({{'i', buffer_, 64}});
  api_.unmap_single(buffer_, 1522, direction);
  expect({{'c', buffer_, 1522}});
}

TEST_F(apart, unmap_hands_over_all_of_a_buffer_that_was_lent_in_part) {
  constexpr auto direction = dma_direction::from_device;
  api_.map_single(buffer_, 1522, direction);
  api_.sync_for_cpu(buffer_, 64, direction);
  host_->dma_calls.clear();
  api_.unmap_single(buffer_, 1522, direction);
  expect({{'c', buffer_, 1522}});
}

TEST_F(apart, to_device_is_cleaned_by_map_and_sync_and_never_read_back) {
  constexpr auto direction = dma_direction::to_device;
  api_.map_single(buffer_, 100, direction);
  expect({{'d', buffer_, 100}});
  api_.sync_for_cpu(buffer_, 100, direction);
  expect({});
  api_.sync_for_device(buffer_, 100, direction);
  expect({{'d', buffer_, 100}});
  api_.unmap_single(buffer_, 100, direction);
  expect({});
}

TEST_F(apart, bidirectional_moves_both_ways) {
  constexpr auto direction = dma_direction::bidirectional;
  api_.map_single(buffer_, 100, direction);
  expect({{'d', buffer_, 100}});
  api_.unmap_single(buffer_, 100, direction);
  expect({{'c', buffer_, 100}});
}

TEST_F(apart, coherent_allocations_are_shared_from_alloc_to_free) {
  const bus_address ring = api_.alloc_coherent(4096);
  ASSERT_EQ(host_->dma_calls.size(), 1U);
  expect({{'+', ring, 4096}});
  api_.free_coherent(ring);
  expect({{'-', ring, 4096}});
  api_.free_coherent(0);
  expect({});
}

}  // namespace
}  // namespace ringside::kernel

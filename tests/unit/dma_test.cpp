#include "sw/kernel/dma.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace ringside::kernel

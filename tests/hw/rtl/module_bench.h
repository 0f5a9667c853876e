// SPDX-License-Identifier: Apache-2.0
// A Verilated module with all its clocks tied together, for the benches of single blocks.  Called by
// tests/hw/rtl/*_test.cpp; owns the model and its context.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <memory>

#include "tests/hw/rtl/clocks.h"
#include "tests/hw/rtl/start_state.h"

namespace ringside::rtl_test {

template <class Model>
class module_bench {
 public:
  explicit module_bench(int seed = start_seed()) : context_(std::make_unique<VerilatedContext>()) {
    start_at_random(*context_, seed);
    model_ = std::make_unique<Model>(context_.get());
    set_clocks(*model_, 0);
  }

  // One rising edge; combinational outputs are settled before and after it.
  void tick() {
    model_->eval();
    set_clocks(*model_, 1);
    model_->eval();
    set_clocks(*model_, 0);
    model_->eval();
    ++cycle_;
  }

  Model& pins() { return *model_; }
  Model* operator->() { return model_.get(); }
  std::uint64_t cycle() const { return cycle_; }

 private:
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
  std::uint64_t cycle_ = 0;
};

}  // namespace ringside::rtl_test

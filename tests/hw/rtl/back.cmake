# SPDX-License-Identifier: Apache-2.0
# Benches of the receive back.  The whole chip is Verilated once and shared by every bench that drives it.
find_package(ZLIB REQUIRED)
include(${PROJECT_SOURCE_DIR}/hw/rtl/files.cmake)

add_library(rtl_top_model STATIC)
verilate(rtl_top_model PREFIX Ve1000_top TOP_MODULE e1000_top 
         SOURCES ${RINGSIDE_RTL_LINT} ${RINGSIDE_RTL_SOURCES} ${RINGSIDE_RTL_SVA}
         VERILATOR_ARGS --assert --x-initial unique --x-assign unique)
ringside_bench_model(rtl_top_model)

add_library(rtl_top_bench STATIC top_bench.cpp top_bench_bus.cpp)
target_link_libraries(rtl_top_bench PUBLIC rtl_top_model ringside_board ringside_flags ringside_regs GTest::gtest_main ZLIB::ZLIB)

foreach(name pci_cfg regs desc dma writeback irq reset top tx tx_offload tx_flow tx_ring)
  add_executable(rtl_${name} ${name}_test.cpp)
  target_link_libraries(rtl_${name} PRIVATE rtl_top_bench)
  add_test(NAME rtl/${name} COMMAND rtl_${name})
  add_test(NAME rtl/${name}_other_start COMMAND rtl_${name} --gtest_random_seed=1)
  set_tests_properties(rtl/${name}_other_start PROPERTIES LABELS full)
endforeach()
# More rounds of these (rounds.h).
foreach(name reset top tx tx_offload)
  add_test(NAME rtl/${name}_full COMMAND rtl_${name})
  set_tests_properties(rtl/${name}_full PROPERTIES LABELS full TIMEOUT 3000 ENVIRONMENT RINGSIDE_FULL=1)
endforeach()

# SPDX-License-Identifier: Apache-2.0
# Clocks only when asked for against all of them, on the model that the adapter uses.
if(RINGSIDE_RTL_FILES OR NOT TARGET ringside_verilated)
  return()  # the registers compared are those of hw/rtl
endif()
include(${PROJECT_SOURCE_DIR}/hw/rtl/files.cmake)
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)
set(same_state ${CMAKE_CURRENT_BINARY_DIR}/same_state.h)
set(same_state_script ${CMAKE_CURRENT_SOURCE_DIR}/same_state.py)
add_custom_command(
  OUTPUT ${same_state}
  COMMAND ${Python3_EXECUTABLE} -B ${same_state_script} ${RINGSIDE_CARD_MODEL_DIR} ${same_state} ${RINGSIDE_RTL_SOURCES}
  DEPENDS ${same_state_script} ${RINGSIDE_CARD_MODEL_DIR}/Vnic.cmake
  VERBATIM)

add_executable(rtl_clock_gating clock_gating_test.cpp random_pins.cpp ${same_state})
target_include_directories(rtl_clock_gating PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
target_link_libraries(rtl_clock_gating PRIVATE ringside_verilated ringside_card_bench ringside_systemc ringside_regs
                                               ringside_flags GTest::gtest ZLIB::ZLIB)
ringside_sees_card_model(rtl_clock_gating ringside_verilated)
add_test(NAME rtl/clock_gating COMMAND rtl_clock_gating)
add_test(NAME rtl/clock_gating_long COMMAND rtl_clock_gating --seeds=1..60 --cycles=400000)
set_tests_properties(rtl/clock_gating_long PROPERTIES LABELS full TIMEOUT 3000)

# SPDX-License-Identifier: Apache-2.0
# ringside_rtl_bench(NAME TOP module TEST file.cpp... RTL file.sv... [SVA file.sv...] [LINKS lib...]
#                    [ARGS verilator argument...] [ROUNDS])
# One GoogleTest bench on one Verilated module, named rtl/NAME in ctest; rtl/NAME_other_start is the same from another state
# of all registers before reset (start_state.h).  With ROUNDS rtl/NAME_full, labelled full, does more of the same (rounds.h).
#
# The Verilated code is a library of its own: it is compiled with -O1 and never sanitized, nor held to our warnings.
include(VerilatedRuntime)
find_package(GTest REQUIRED)
find_package(ZLIB REQUIRED)
set(RINGSIDE_RTL_DIR ${PROJECT_SOURCE_DIR}/hw/rtl)

# A bench's model, compiled as one file: what Verilator writes is many small ones behind large headers.
function(ringside_bench_model model)
  ringside_share_runtime(${model})
  target_compile_options(${model} PRIVATE -O1)
  get_target_property(dirs ${model} INTERFACE_INCLUDE_DIRECTORIES)
  set_target_properties(${model} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${dirs}"
                                            UNITY_BUILD ${RINGSIDE_UNITY} UNITY_BUILD_BATCH_SIZE 0)
endfunction()

function(ringside_rtl_bench name)
  cmake_parse_arguments(ARG "ROUNDS" "TOP" "TEST;RTL;SVA;LINKS;ARGS" ${ARGN})
  set(sources ${RINGSIDE_REGS_SV})
  foreach(file IN LISTS ARG_RTL)
    list(APPEND sources ${RINGSIDE_RTL_DIR}/${file})
  endforeach()
  if(ARG_SVA)
    list(PREPEND ARG_SVA e1000_assert.svh)
  endif()
  foreach(file IN LISTS ARG_SVA)
    list(APPEND sources ${RINGSIDE_RTL_DIR}/sva/${file})
  endforeach()

  set(model rtl_${name}_model)
  add_library(${model} STATIC)
  verilate(${model} PREFIX V${ARG_TOP} TOP_MODULE ${ARG_TOP} SOURCES ${sources}
           VERILATOR_ARGS --assert --x-initial unique --x-assign unique -Wno-UNUSEDPARAM ${ARG_ARGS})
  ringside_bench_model(${model})

  add_executable(rtl_${name} ${ARG_TEST})
  target_link_libraries(rtl_${name} PRIVATE ${model} ringside_flags ringside_regs ${ARG_LINKS} GTest::gtest_main)
  add_test(NAME rtl/${name} COMMAND rtl_${name})
  add_test(NAME rtl/${name}_other_start COMMAND rtl_${name} --gtest_random_seed=1)
  if(ARG_ROUNDS)
    add_test(NAME rtl/${name}_full COMMAND rtl_${name})
    set_tests_properties(rtl/${name}_full PROPERTIES LABELS full TIMEOUT 3000 ENVIRONMENT RINGSIDE_FULL=1)
  endif()
endfunction()

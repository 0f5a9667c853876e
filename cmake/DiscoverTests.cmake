# SPDX-License-Identifier: Apache-2.0
# ringside_discover_tests(TARGET PREFIX text LABEL name): GoogleTests in ctest, for programs whose tests may share a process.
#
# In the release tree each test is one ctest test.  A sanitized program takes longer to start and to be searched for leaks
# than most unit tests run, so there each suite is one; its output names the test that failed.
include(GoogleTest)
set(RINGSIDE_SUITES_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/discover_suites.cmake)

function(ringside_discover_tests target)
  cmake_parse_arguments(ARG "" "PREFIX;LABEL" "" ${ARGN})
  if(NOT RINGSIDE_SANITIZE)
    gtest_discover_tests(${target} TEST_PREFIX ${ARG_PREFIX} PROPERTIES LABELS ${ARG_LABEL})
    return()
  endif()
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake)
  file(GENERATE OUTPUT ${script} CONTENT
"set(program [==[$<TARGET_FILE:${target}>]==])
set(prefix [==[${ARG_PREFIX}]==])
set(label [==[${ARG_LABEL}]==])
include([==[${RINGSIDE_SUITES_SCRIPT}]==])
")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${script})
endfunction()

# SPDX-License-Identifier: Apache-2.0
# Read by ctest: one test for each suite that `program` lists (DiscoverTests.cmake sets program, prefix and label).
if(NOT EXISTS ${program})
  add_test("${prefix}NOT_BUILT" ${program})  # as gtest_discover_tests: what is not there fails
  return()
endif()
execute_process(COMMAND ${program} --gtest_list_tests OUTPUT_VARIABLE listed RESULT_VARIABLE failed)
if(failed)
  add_test("${prefix}NOT_LISTED" ${program} --gtest_list_tests)
  return()
endif()
# Suites stand at the margin and end in a dot; a parameterised one has a comment after it.
string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${listed}")
foreach(suite IN LISTS suites)
  string(REGEX REPLACE "[\n.]" "" suite "${suite}")
  add_test("${prefix}${suite}" ${program} "--gtest_filter=${suite}.*" --gtest_brief=1)
  set_tests_properties("${prefix}${suite}" PROPERTIES LABELS ${label} TIMEOUT 300)
endforeach()

# SPDX-License-Identifier: Apache-2.0
# Driver modes and kinds of memory over everything.
add_executable(modes_test backlog_test.cpp dma_sync_test.cpp modes_test.cpp)
target_link_libraries(modes_test PRIVATE ringside_run_machine ringside_capture_files ringside_systemc_main ringside_flags)
gtest_discover_tests(modes_test TEST_FILTER -*full_* TEST_PREFIX system/ TEST_LIST modes_tests
                     PROPERTIES LABELS system TIMEOUT 600)
gtest_discover_tests(modes_test TEST_FILTER *full_* TEST_PREFIX system/ TEST_LIST full_modes_tests
                     PROPERTIES LABELS full TIMEOUT 1200)
# Every clock of the end of a poll.
add_executable(lost_wakeup_test lost_wakeup_test.cpp wakeup_sweep.cpp)
target_link_libraries(lost_wakeup_test PRIVATE ringside_run_machine ringside_systemc_main ringside_flags)
gtest_discover_tests(lost_wakeup_test TEST_FILTER -*full_* TEST_PREFIX system/ TEST_LIST lost_wakeup_tests
                     PROPERTIES LABELS system TIMEOUT 120)
gtest_discover_tests(lost_wakeup_test TEST_FILTER *full_* TEST_PREFIX system/ TEST_LIST full_lost_wakeup_tests
                     PROPERTIES LABELS full TIMEOUT 1200)

# What ethtool asks of the driver.
add_executable(ethtool_test ethtool_test.cpp)
target_link_libraries(ethtool_test PRIVATE ringside_run_machine ringside_systemc_main ringside_flags)
gtest_discover_tests(ethtool_test TEST_PREFIX system/ PROPERTIES LABELS system TIMEOUT 300)

# The interface reconfigured under traffic.
add_executable(reconfigure_test filter_rounds.cpp reconfigure_test.cpp)
target_link_libraries(reconfigure_test PRIVATE ringside_run_machine ringside_systemc_main ringside_flags)
gtest_discover_tests(reconfigure_test TEST_PREFIX system/ PROPERTIES LABELS system TIMEOUT 600)

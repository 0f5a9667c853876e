# SPDX-License-Identifier: Apache-2.0
# Compiler flags every target of ours shares, and the packages they come from.
find_package(fmt REQUIRED)
find_package(PkgConfig REQUIRED)

add_library(ringside_flags INTERFACE)
target_include_directories(ringside_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(ringside_flags INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion
                       $<$<BOOL:${RINGSIDE_WERROR}>:-Werror>)
# In files compiled as one, names that never meet in a program shadow each other.
target_compile_options(ringside_flags INTERFACE $<$<NOT:$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wshadow>)
# GCC 12 reports string concatenation at -O3 by mistake (GCC bug 105651).
target_compile_options(ringside_flags INTERFACE -Wno-restrict)
if(RINGSIDE_SANITIZE)
  target_compile_options(ringside_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(ringside_flags INTERFACE -fsanitize=address,undefined)
endif()

# Debian's libsystemc exports its version symbol for C++17; C++20 links when told so.
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
add_library(ringside_systemc INTERFACE)
target_link_libraries(ringside_systemc INTERFACE PkgConfig::SYSTEMC)
# libsystemc's own main() refers to sc_main(); the linker has to take ours from its archive.
add_library(ringside_sc_main STATIC ${PROJECT_SOURCE_DIR}/hw/tlm/systemc/sc_main.cpp)
target_link_libraries(ringside_systemc INTERFACE ringside_sc_main)
target_link_options(ringside_systemc INTERFACE LINKER:--undefined=sc_main)
target_compile_definitions(ringside_systemc INTERFACE SC_CPLUSPLUS=201703L SC_INCLUDE_DYNAMIC_PROCESSES)

# A file is often small beside the headers it reads: several compiled as one take less than half the time.
option(RINGSIDE_UNITY "Compile several files of a target as one" ON)

# ringside_library(NAME SOURCES ... LINKS ...): one library per folder, sources listed explicitly.
function(ringside_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS} PRIVATE ringside_flags)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
  if(RINGSIDE_UNITY)
    set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
  endif()
endfunction()

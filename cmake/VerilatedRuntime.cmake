# SPDX-License-Identifier: Apache-2.0
# Verilator's runtime (verilated.cpp and its kind), compiled once for all models of a tree: verilate() gives every model its own
# copy, and in a bench of one small module the copy is most of what is compiled.
find_package(verilator HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator REQUIRED)

# ringside_share_runtime(TARGET): called after verilate(TARGET ...).  The runtime's classes do not depend on what a model was
# translated with: of the definitions only VM_TRACE is read, and sets a macro for old test benches.
function(ringside_share_runtime target)
  get_target_property(sources ${target} SOURCES)
  set(runtime ${sources})
  list(FILTER sources EXCLUDE REGEX "/include/verilated[a-z_]*\\.cpp$")
  list(FILTER runtime INCLUDE REGEX "/include/verilated[a-z_]*\\.cpp$")
  set_target_properties(${target} PROPERTIES SOURCES "${sources}")
  if(NOT TARGET ringside_verilated_runtime)
    get_target_property(includes ${target} INTERFACE_INCLUDE_DIRECTORIES)
    list(FILTER includes EXCLUDE REGEX "^${CMAKE_BINARY_DIR}")
    add_library(ringside_verilated_runtime STATIC)
    target_include_directories(ringside_verilated_runtime SYSTEM PUBLIC ${includes})
    target_compile_definitions(ringside_verilated_runtime PRIVATE VM_COVERAGE=0 VM_SC=0 VM_TRACE=1 VM_TRACE_VCD=1 VM_TRACE_FST=0)
    target_compile_options(ringside_verilated_runtime PRIVATE -O2 -w)
    find_package(Threads REQUIRED)
    target_link_libraries(ringside_verilated_runtime PUBLIC Threads::Threads)
  endif()
  get_target_property(there ringside_verilated_runtime SOURCES)
  list(REMOVE_ITEM runtime ${there})
  target_sources(ringside_verilated_runtime PRIVATE ${runtime})
  target_link_libraries(${target} PUBLIC ringside_verilated_runtime)
endfunction()

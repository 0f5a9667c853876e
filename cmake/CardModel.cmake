# SPDX-License-Identifier: Apache-2.0
# What every Verilated model of the whole card needs to stand behind hw/tlm/nic/verilated_card.h.
find_package(verilator HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator REQUIRED)
include(VerilatedRuntime)
find_package(Python3 3.11 REQUIRED COMPONENTS Interpreter)

option(RINGSIDE_DIRECT_CALL "Call the Verilated card past eval() where Verilator and RTL allow it" ON)

# What runs in every cycle stays in one file, where the compiler can inline it.
set(RINGSIDE_CARD_VERILATOR_ARGS --output-split 1000000)

# ringside_card_model(TARGET FOLDER): the model Verilator writes to FOLDER.  Called where verilate() was, whose output it
# waits for: changed RTL is translated again by the build, and looked at again.
function(ringside_card_model target folder)
  ringside_share_runtime(${target})
  target_compile_options(${target} PRIVATE -w -falign-functions=64)
  set(decide ${PROJECT_SOURCE_DIR}/hw/tlm/nic/direct_call.py)
  set(no)
  if(NOT RINGSIDE_DIRECT_CALL)
    set(no --no)
  endif()
  add_custom_command(
    OUTPUT ${folder}/direct_call.h ${folder}/direct_call.cpp
    COMMAND ${Python3_EXECUTABLE} -B ${decide} ${folder} --verilator ${verilator_VERSION} ${no}
    DEPENDS ${decide} ${folder}/Vnic.cmake
    COMMENT "Looking how the Verilated card ${target} may be called"
    VERBATIM)
  target_sources(${target} PRIVATE ${folder}/direct_call.h ${folder}/direct_call.cpp)
endfunction()

# ringside_sees_card_model(TARGET MODEL): TARGET includes verilated_card.h.  Verilator's headers are not ours to warn about.
function(ringside_sees_card_model target model)
  add_dependencies(${target} ${model})  # an object library links nothing, and waits for nothing else
  get_target_property(includes ${model} INTERFACE_INCLUDE_DIRECTORIES)
  get_target_property(own_includes ${model} INCLUDE_DIRECTORIES)
  target_include_directories(${target} SYSTEM PRIVATE ${includes} ${own_includes})
endfunction()

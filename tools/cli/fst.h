// SPDX-License-Identifier: Apache-2.0
// FST waveforms, converted from VCD by GTKWave's vcd2fst: FST buys size, not speed, and one Verilated build serves
// both.
#pragma once

#include <string>

namespace ringside::platform {

/// Throws input_error when vcd2fst is not installed; asked before a run begins.
void require_fst_converter();

/// False when the conversion fails.
bool convert_to_fst(const std::string& vcd, const std::string& fst);

}  // namespace ringside::platform

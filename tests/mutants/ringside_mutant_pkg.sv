// SPDX-License-Identifier: Apache-2.0
// Which planted defect is active in the instrumented RTL: its number, 0 for none.
//
// Read once at start from the process (mutant.cpp), before the first evaluation.
package ringside_mutant_pkg;
  import "DPI-C" function int unsigned ringside_mutant_selected();
  int unsigned selected = ringside_mutant_selected();
endpackage

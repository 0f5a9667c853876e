// SPDX-License-Identifier: Apache-2.0
// How the files of this folder write a rule: its name and what holds.  Read before them (hw/rtl/files.cmake).
//
// A rule is checked on `clk_i` and is off in reset and in the clock after it, in which $past() means nothing; files
// with other clocks and resets say so.

// Declares past_ok_q: in the clock before, `on` was 1.
`define E1000_PAST_OK(on) \
  logic past_ok_q; \
  always_ff @(posedge clk_i) past_ok_q <= on;

// `what` holds at every edge of `clk` while `off` is 0.
`define E1000_ASSERT(name, what, off = !rst_ni || !past_ok_q, clk = clk_i) \
  name: assert property (@(posedge clk) disable iff (off) what);

// `what` is seen at an edge of `clk` while `off` is 0.
`define E1000_COVER(name, what, off = !rst_ni, clk = clk_i) \
  name: cover property (@(posedge clk) !(off) && (what));

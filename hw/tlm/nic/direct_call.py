#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Decides whether the adapter may call the Verilated card past eval(), and writes direct_call.h and direct_call.cpp.

Usage: direct_call.py GENERATED-FOLDER --verilator VERSION [--no]

eval() of the Verilators below searches for clocks that rose (`eval_triggers__act`) and calls `eval_nba`, which asks one
group of logic after the other whether one of its clocks is among them.  direct_call.cpp has that list of groups for each set
of the first eight clocks, so that an edge calls what hangs on its clocks and asks nothing.  With a clock of the transmit side
among them it asks (card_edge_any): the sets of eleven clocks would be eight times as many.  That is right only if
- it is a version whose generated code was read: eval_nba is a list of `if (clocks) { calls }` and of nothing else;
- no logic hangs on input pins: no function of the `ico` region (input combinational);
- the triggers are the clocks of card_clock, all of them, in that order, and nothing else looks at them;
- the clock requests lie side by side in the model, in that order, so that they can be read as a set; and so do the
  strobes, which are read at once as well.
What eval_nba notes for waveforms is left out: those are drawn by eval().  Prints one line with the answer.  With --no the
answer is no.
"""

import pathlib
import re
import sys

VERSIONS = ["5.006", "5.032"]
COMMON = ["csr", "rx_frame", "rx_mac", "rx_fifo", "rx_dma", "rx_desc", "mst", "irq"]
CLOCKS = [*COMMON, "tx_desc", "tx_dma", "tx_mac"]
SIDE_BY_SIDE = {
    "clock requests": [*(f"clk_req_{name}_o" for name in CLOCKS), "gmii_tx_en_o"],
    "strobes": ["intx_o", "tgt_rsp_valid_o", "mst_req_valid_o", "evt_rst_o", "evt_cause_o", "evt_hold_o",
                "evt_lost_o", "eeprom_moved_o"],
}
MADE_BY = "// Made by hw/tlm/nic/direct_call.py.\n"

# Lines of eval_nba: `if (flags) {`, calls, a note for waveforms, `}`.  A flag is a byte in 5.006, a bit in 5.032.
FLAGS = re.compile(r"at\((0x[0-9a-f]+|\d+)U\)|\((0x[0-9a-f]+|\d+)ULL\s*& ")
CONDITION = re.compile(r"if \((?:[()|\s]|vlSelf(?:Ref\.|->)__VnbaTriggered|\.at\((?:0x[0-9a-f]+|\d+)U\)|\.word\(0U\)|"
                       r"(?:0x[0-9a-f]+|\d+)ULL\s*& )+\) \{")
CALL = re.compile(r"(Vnic___024root___nba_\w+)\(vlSelf\);")
NOTE = re.compile(r"vlSelf(?:Ref\.|->)__Vm_traceActivity\[\w+\] = 1U;")
PROLOGUE = re.compile(r"if \(false && vlSelf\).*|Vnic__Syms\* const .*|auto ?& ?vlSelfRef = .*|VL_DEBUG_IF\(.*|// .*|\{|\}")


class Unsuitable(Exception):
    """The model is not one this file knows how to call."""


def sources(folder):
    """The texts of the model's sources; an earlier translation may have left others in the folder."""
    listed = re.findall(r'"([^"]*)"', " ".join(re.findall(r"^set\(Vnic_(?:CLASSES|SUPPORT)_\w+ (.*)\)$",
                                                          (folder / "Vnic.cmake").read_text(), re.M)))
    if not listed:
        raise Unsuitable(f"no Verilated model in {folder}")
    return [(folder / pathlib.Path(path).name).read_text(errors="replace") for path in listed]


def check_triggers(texts):
    if any("_ico_" in text for text in texts):
        raise Unsuitable("logic hangs on input pins")
    triggers = {}
    for text in texts:
        for index, name in re.findall(r"'nba' region trigger index (\d+) is active: @\((.*?)\)\\n", text):
            triggers[int(index)] = name
    if [triggers.get(i) for i in range(len(triggers))] != [f"posedge clk_{name}_i" for name in CLOCKS]:
        raise Unsuitable("the model's clocks are not those of e1000_top in their order")


def check_layout(model):
    members = re.findall(r"^\s+(?:VL_(?:IN|OUT)(?:8|16|64|W)?\(|\w+(?:<.*>)?(?:/\*[\d:]+\*/)? )(\w+)", model, re.M)
    for what, outputs in SIDE_BY_SIDE.items():
        first = members.index(outputs[0]) if outputs[0] in members else len(members)
        if members[first:first + len(outputs)] != outputs:
            raise Unsuitable(f"the {what} do not lie side by side")
        if any(f"VL_OUT8({name},0,0)" not in model for name in outputs):
            raise Unsuitable(f"the {what} are not a byte each")
    if not re.search(rf"VlTriggerVec<{len(CLOCKS)}> __VnbaTriggered;", model):
        raise Unsuitable("there are other triggers than the clocks")


def groups(texts):
    """eval_nba as a list of (clocks as bits, functions)."""
    bodies = [body for text in texts
              for body in re.findall(r"^void Vnic___024root___eval_nba\(Vnic___024root\* vlSelf\) \{\n(.*?)^\}", text, re.M | re.S)]
    if len(bodies) != 1:
        raise Unsuitable("eval_nba was not found")
    found, open_group = [], None
    rest = bodies[0]
    while rest := rest.lstrip():
        if match := CONDITION.match(rest):
            clocks = 0
            for index, word in FLAGS.findall(match[0]):
                clocks |= 1 << int(index, 0) if index else int(word, 0)
            if open_group is not None or clocks == 0 or clocks >> len(CLOCKS):
                raise Unsuitable(f"eval_nba has another condition: {' '.join(match[0].split())}")
            open_group = []
            found.append((clocks, open_group))
        elif open_group is not None and (match := CALL.match(rest)):
            open_group.append(match[1])
        elif open_group is not None and rest[0] == "}":
            match, open_group = re.match("}", rest), None
        elif not (match := NOTE.match(rest) or PROLOGUE.match(rest)):
            raise Unsuitable(f"eval_nba does more than calls: {rest.splitlines()[0].strip()}")
        rest = rest[match.end():]
    for name in {name for _, names in found for name in names}:
        if not any(f"void {name}(Vnic___024root* vlSelf) {{" in text for text in texts):
            raise Unsuitable(f"{name} takes something else than the model")
    return found


def table(found):
    """C++ with what each set of clocks calls."""
    names = dict.fromkeys(name for _, names in found for name in names)
    lines = [MADE_BY, "// For each set of clocks the groups of eval_nba that hang on one of them, in its order.\n",
             '#include "direct_call.h"\n\n#include "Vnic___024root.h"\n\n#include <utility>\n\n']
    lines += [f"void {name}(Vnic___024root* vlSelf);\n" for name in names]
    lines += ["\nnamespace {\n\ntemplate <unsigned clocks>\nvoid edge([[maybe_unused]] Vnic___024root* vlSelf) {\n"]
    lines += [f"  if constexpr ((clocks & {clocks:#x}) != 0) {{ {' '.join(f'{name}(vlSelf);' for name in names)} }}\n"
              for clocks, names in found if names]
    lines += ["}\n\ntemplate <unsigned... clocks>\n"
              "constexpr std::array<card_edge, sizeof...(clocks)> all(std::integer_sequence<unsigned, clocks...>) {\n"
              "  return {&edge<clocks>...};\n}\n\n}  // namespace\n\n"
              "constinit const std::array<card_edge, RINGSIDE_CARD_EDGES> card_edges =\n"
              "    all(std::make_integer_sequence<unsigned, RINGSIDE_CARD_EDGES>{});\n\n"
              "void card_edge_any([[maybe_unused]] Vnic___024root* vlSelf, unsigned clocks) {\n"]
    lines += [f"  if ((clocks & {clocks:#x}) != 0) {{ {' '.join(f'{name}(vlSelf);' for name in names)} }}\n"
              for clocks, names in found if names]
    lines += ["}\n"]
    return "".join(lines)


HEADER = f"""#define RINGSIDE_DIRECT_CALL 1
#define RINGSIDE_CARD_EDGES {1 << len(COMMON)}

#include <array>

class Vnic___024root;
using card_edge = void (*)(Vnic___024root*);
/// What one rising edge does; the index has a bit for each of the first eight clocks, the first clock the lowest.
extern const std::array<card_edge, RINGSIDE_CARD_EDGES> card_edges;
/// The same for any set: a bit for each clock, those of the transmit side last.
void card_edge_any(Vnic___024root* model, unsigned clocks);
"""


def write(path, text):
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    folder = pathlib.Path(sys.argv[1])
    version = sys.argv[sys.argv.index("--verilator") + 1]
    try:
        if "--no" in sys.argv:
            raise Unsuitable("switched off (RINGSIDE_DIRECT_CALL)")
        if version not in VERSIONS:
            raise Unsuitable(f"Verilator is {version}, not {' or '.join(VERSIONS)}")
        texts = sources(folder)
        check_triggers(texts)
        check_layout((folder / "Vnic___024root.h").read_text())
        header, code, answer = HEADER, table(groups(texts)), "directly"
    except Unsuitable as why:
        header, code, answer = f"#define RINGSIDE_DIRECT_CALL 0  // {why}\n", MADE_BY, f"through eval(): {why}"
    write(folder / "direct_call.h", f"{MADE_BY}#pragma once\n{header}")
    write(folder / "direct_call.cpp", code)
    print(f"Verilated card: called {answer}")


main()

#!/usr/bin/env python3
"""Decides whether the adapter may call the Verilated card past eval(), and writes direct_call.h.

Usage: direct_call.py GENERATED-FOLDER HEADER --verilator VERSION [--no]

eval() of the Verilators below searches for clocks that rose (`eval_triggers__act`) and calls `eval_nba` with one flag for
each.  verilated_card.h sets the flags itself, which is right only if
- it is such a version: each keeps the flags in its own way;
- no logic hangs on input pins: no function of the `ico` region (input combinational);
- the flags are the clocks of card_clock, all of them, in that order, and nothing else;
- the clock requests lie side by side in the model, in that order, so that they can be read as the flags; and so do the
  strobes, which are read at once as well.
Prints one line with the answer.  With --no the answer is no.
"""

import pathlib
import re
import sys

# What a flag is in VlTriggerVec: a byte, or a bit of a 64-bit word.
FLAG_BITS = {"5.006": 8, "5.032": 1}
CLOCKS = ["csr", "rx_frame", "rx_mac", "rx_fifo", "rx_dma", "rx_desc", "mst", "irq"]
SIDE_BY_SIDE = {
    "clock requests": [f"clk_req_{name}_o" for name in CLOCKS],
    "strobes": ["intx_o", "tgt_rsp_valid_o", "mst_req_valid_o", "evt_rst_o", "evt_cause_o", "evt_hold_o"],
}


def obstacle(folder):
    """Why the direct call does not fit the model in `folder`, or None."""
    text = {path: path.read_text(errors="replace") for path in sorted(folder.glob("Vnic*.cpp"))}
    if not text:
        return f"no Verilated model in {folder}"
    if any("_ico_" in code for code in text.values()):
        return "logic hangs on input pins"
    triggers = {}
    for code in text.values():
        for index, name in re.findall(r"'nba' region trigger index (\d+) is active: @\((.*?)\)\\n", code):
            triggers[int(index)] = name
    if [triggers.get(i) for i in range(len(triggers))] != [f"posedge clk_{name}_i" for name in CLOCKS]:
        return "the model's clocks are not those of e1000_top in their order"
    model = (folder / "Vnic___024root.h").read_text()
    members = re.findall(r"^\s+(?:VL_(?:IN|OUT)(?:8|16|64|W)?\(|\w+(?:<.*>)?(?:/\*[\d:]+\*/)? )(\w+)", model, re.M)
    for what, outputs in SIDE_BY_SIDE.items():
        first = members.index(outputs[0]) if outputs[0] in members else len(members)
        if members[first:first + len(outputs)] != outputs:
            return f"the {what} do not lie side by side"
        if any(f"VL_OUT8({name},0,0)" not in model for name in outputs):
            return f"the {what} are not a byte each"
    if not re.search(rf"VlTriggerVec<{len(CLOCKS)}> __VnbaTriggered;", model):
        return "there are other triggers than the clocks"
    return None


def main():
    folder, header = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    version = sys.argv[sys.argv.index("--verilator") + 1]
    if "--no" in sys.argv:
        why = "switched off (RINGSIDE_DIRECT_CALL)"
    elif version not in FLAG_BITS:
        why = f"Verilator is {version}, not {' or '.join(FLAG_BITS)}"
    else:
        why = obstacle(folder)
    text = "// Made by hw/tlm/nic/direct_call.py.\n#pragma once\n"
    text += f"#define RINGSIDE_DIRECT_CALL {0 if why else 1}" + (f"  // {why}" if why else "") + "\n"
    if not why:
        text += f"#define RINGSIDE_TRIGGER_BITS {FLAG_BITS[version]}\n"
    if not header.exists() or header.read_text() != text:
        header.write_text(text)
    print("Verilated card: called " + (f"through eval(): {why}" if why else "directly"))


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a C++ function that compares two Verilated models of the card: every register, memory, net and output.

Usage: same_state.py GENERATED-FOLDER HEADER RTL-FILE...

The names are the members of Verilator's flattened root class.  Left out is what means nothing between two edges:
Verilator's own variables, and those of a named block, which hold what the block last worked out.  The script fails when
it finds fewer registers than the RTL is known to have: then Verilator names them in another way.
"""
import pathlib
import re
import sys

REGISTERS_AT_LEAST = 250
MEMBER = re.compile(r"^\s*\w+(?:<.*>)?(?:/\*[\d:]+\*/)? (e1000_top__DOT__\w+);", re.M)
OUTPUT = re.compile(r"^\s*VL_OUT\w*\((\w+),", re.M)
BLOCK = re.compile(r"\bbegin\s*:\s*(\w+)")


def compared(root, blocks):
    """Names of what has to be equal."""
    for name in MEMBER.findall(root):
        steps = name.split("__DOT__")
        if not any(step.startswith("__V") or step in blocks or step.startswith("unnamedblk") for step in steps):
            yield name
    yield from OUTPUT.findall(root)


def main():
    folder, header = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    root = (folder / "Vnic___024root.h").read_text()
    blocks = {name for file in sys.argv[3:] for name in BLOCK.findall(pathlib.Path(file).read_text())}
    names = list(compared(root, blocks))
    registers = sum(name.endswith("_q") for name in names)
    if registers < REGISTERS_AT_LEAST:
        sys.exit(f"only {registers} registers found in {folder}")
    lines = ["// Made by tests/hw/rtl/same_state.py.", "#pragma once", "#include <cstring>",
             f"inline constexpr unsigned compared_members = {len(names)};",
             "/// The first of them in which two cards differ, or null.",
             "template <class Card>", "const char* first_difference(const Card& a, const Card& b) {"]
    lines += [f'  if (std::memcmp(&a.{name}, &b.{name}, sizeof a.{name}) != 0) return "{name}";' for name in names]
    lines += ["  return nullptr;", "}", ""]
    header.write_text("\n".join(lines))


main()

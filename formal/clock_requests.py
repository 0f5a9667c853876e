#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that the clock requests of the RTL suffice (README.md).  One line for each thing proved; status 1: one failed.

    clock_requests.py --top e1000_top --work DIR [--memories N] file.sv ...
"""

import argparse
import pathlib
import sys
import time
from collections.abc import Iterable

from elaborate import ElaborationError, elaborate
from invariants import INVARIANTS
from logic import Logic
from netlist import Netlist, NetlistError
from proof import Proof
from solver import Solver, SolverError


def load(options: argparse.Namespace, sources: list[pathlib.Path], work: pathlib.Path) -> Proof:
    """The proof for a list of sources."""
    elaborate(options.yosys, options.top, sources, work)
    netlist = Netlist(work / "top.json", options.top)
    logic = Logic(work / "top.smt2", options.top, netlist)
    return Proof(netlist, logic, Solver(options.z3, logic))


class Report:
    """Prints results and remembers whether one was bad."""

    def __init__(self) -> None:
        self.failed = False
        self._since = time.monotonic()

    def take(self, what: str, failures: Iterable[str]) -> None:
        """One statement and the ways in which it fails."""
        failures = list(failures)
        self.failed |= bool(failures)
        seconds = time.monotonic() - self._since
        print(f"{'FAILED' if failures else 'proved'} {what} ({seconds:.1f} s)", flush=True)
        for failure in failures:
            print(f"  {failure}", flush=True)
        self._since = time.monotonic()


def prove_all(proof: Proof, memories: int | None) -> bool:
    """Everything; true if nothing failed."""
    report = Report()
    netlist = proof.netlist
    written = [name for name, group in netlist.memories.items() if group]
    print(f"design: {len(netlist.groups)} clock groups, {len(netlist.flip_flops)} flip-flops in "
          f"{len(proof.logic.registers)} registers, {len(written)} memories, "
          f"{len(netlist.memories) - len(written)} constant table(s)")
    if memories is not None:
        there = sorted(netlist.memories)
        wrong = [] if len(there) == memories else [f"{len(there)} memories, expected {memories}: {', '.join(there)}"]
        report.take(f"all {memories} memories are there", wrong)
    outputs = netlist.outputs()
    report.take(f"all {len(outputs)} outputs are functions of registers", proof.outputs_from_registers())
    report.take("the table of pins fits the design", proof.rules_have_groups())
    for name in INVARIANTS:
        report.take(f"invariant: {name}", proof.invariant(name))
    for group in netlist.groups:
        state = proof.state_of(group)
        bits = sum(bit == group for bit in netlist.flip_flops.values())
        memory_names = [name for name, owner in netlist.memories.items() if owner == group]
        report.take(f"group {group}: pins remembered", proof.remembered(group))
        report.take(f"group {group}: {bits} flip-flops in {len(state) - len(memory_names)} registers and "
                    f"{len(memory_names)} memories keep their value without a request", proof.unasked_changes(group))
    return not report.failed


def arguments(description: str) -> argparse.ArgumentParser:
    """What this and defects.py are told alike."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--yosys", default="yosys")
    parser.add_argument("--z3", default="z3")
    parser.add_argument("--top", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for what yosys writes")
    parser.add_argument("sources", type=pathlib.Path, nargs="+", help="SystemVerilog in reading order")
    return parser


def main() -> int:
    """Runs the proof."""
    parser = arguments("Proves that the clock requests of the RTL suffice.")
    parser.add_argument("--memories", type=int, help="how many memories there have to be")
    options = parser.parse_args()
    try:
        return 0 if prove_all(load(options, options.sources, options.work), options.memories) else 1
    except (ElaborationError, NetlistError, SolverError) as error:
        print(f"FAILED {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())

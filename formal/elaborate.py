# SPDX-License-Identifier: Apache-2.0
"""Runs yosys: from SystemVerilog to one flat module, as a netlist (JSON) and as logic (SMT-LIB)."""

import pathlib
import subprocess

# Flattened so that registers have paths; memories stay memories, reads and all, so that the FIFO is no 500,000
# flip-flops.  A net without a driver may be anything.
SCRIPT = """\
read_verilog -sv {sources}
hierarchy -top {top}
proc
flatten
opt_expr
opt_clean
memory -nomap -nordff
opt_clean
write_json top.json
dffunmap
setundef -undriven -anyseq
write_smt2 -wires top.smt2
"""


class ElaborationError(Exception):
    """yosys did not take the sources; the message ends with what it said."""


def elaborate(yosys: str, top: str, sources: list[pathlib.Path], work: pathlib.Path) -> None:
    """Writes top.json and top.smt2 into `work`."""
    work.mkdir(parents=True, exist_ok=True)
    names = " ".join(str(source.resolve()) for source in sources)
    script = work / "elaborate.ys"
    script.write_text(SCRIPT.format(sources=names, top=top), encoding="utf-8")
    done = subprocess.run([yosys, "-q", script.name], cwd=work, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ElaborationError("\n".join((done.stdout + done.stderr).splitlines()[-10:]))

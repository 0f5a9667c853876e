#!/usr/bin/env python3
"""Shows that the proof would notice: takes one request term after the other away and expects the named group to fail.

Only the named register is asked for, in a copy of the sources.  Without a defect nothing may fail: that is clock_requests.py's part.

    defects.py --top e1000_top --work DIR [--only NAME] file.sv ...
"""

import argparse
import concurrent.futures
import dataclasses
import pathlib
import sys
import time
import tomllib

from clock_requests import arguments, load
from elaborate import ElaborationError
from netlist import NetlistError
from solver import SolverError


class DefectError(Exception):
    """A defect that cannot be planted."""


@dataclasses.dataclass(frozen=True)
class Defect:
    """One row of defects.toml, which says what the fields mean."""

    name: str
    file: str
    original: str
    replacement: str
    group: str
    register: str
    why: str
    within: str = ""

    def planted(self, text: str) -> str:
        """The text of its file with the defect in it."""
        within = self.within or self.original
        if text.count(within) != 1 or within.count(self.original) != 1:
            raise DefectError(f"{self.name}: original does not stand exactly once in {self.file}")
        return text.replace(within, within.replace(self.original, self.replacement))


def read_defects(path: pathlib.Path) -> list[Defect]:
    """All rows; an unknown or missing key is an error."""
    try:
        return [Defect(**row) for row in tomllib.loads(path.read_text(encoding="utf-8"))["defect"]]
    except (TypeError, KeyError, tomllib.TOMLDecodeError) as error:
        raise DefectError(f"{path.name}: {error}") from error


def try_one(options: argparse.Namespace, defect: Defect) -> tuple[str, float]:
    """What is wrong with the proof's answer, empty if nothing, and how long it took."""
    since = time.monotonic()
    work = options.work / defect.name
    work.mkdir(parents=True, exist_ok=True)
    targets = [source for source in options.sources if source.name == defect.file]
    if len(targets) != 1:
        raise DefectError(f"{defect.name}: no file {defect.file}")
    copy = work / defect.file
    copy.write_text(defect.planted(targets[0].read_text(encoding="utf-8")), encoding="utf-8")
    proof = load(options, [copy if source in targets else source for source in options.sources], work)
    verdict = ""
    if not any(proof.unasked_changes(defect.group, only=defect.register)):
        verdict = "it does not change unasked: is the term needed?"
    return verdict, time.monotonic() - since


def main() -> int:
    """Tries all defects, two at a time: most of it is waiting for yosys and z3."""
    parser = arguments("Shows that the proof fails when a request term is missing.")
    parser.add_argument("--only", help="one defect")
    options = parser.parse_args()
    missed = 0
    try:
        defects = [d for d in read_defects(pathlib.Path(__file__).with_name("defects.toml"))
                   if options.only in (None, d.name)]
        with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
            answers = pool.map(try_one, [options] * len(defects), defects)
            for defect, (verdict, seconds) in zip(defects, answers):
                missed += bool(verdict)
                print(f"{'MISSED' if verdict else 'caught'} {defect.name}: group {defect.group}, {defect.register} "
                      f"({seconds:.1f} s){': ' if verdict else ''}{verdict}", flush=True)
    except (DefectError, ElaborationError, NetlistError, SolverError) as error:
        print(f"FAILED {error}", file=sys.stderr)
        return 1
    print(f"{len(defects) - missed} of {len(defects)} defects caught")
    return 1 if missed or not defects else 0


if __name__ == "__main__":
    sys.exit(main())

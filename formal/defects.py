#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows that the proof would notice: takes one request term after the other away and expects the named group to fail.

Only the named register is asked for, in a copy of the sources.  Defects of different groups share a copy, since a
request is read by nobody but its own clock.  Without a defect nothing may fail: that is clock_requests.py's part.

    defects.py --top e1000_top --work DIR [--only NAME] file.sv ...
"""

import argparse
import concurrent.futures
import dataclasses
import pathlib
import sys
import tomllib

from clock_requests import arguments, load
from elaborate import ElaborationError
from netlist import NetlistError
from proof import Proof
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
    alone: bool = False

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


def plant(defects: list[Defect], sources: list[pathlib.Path]) -> dict[pathlib.Path, str]:
    """The texts of the files that change, by source."""
    texts: dict[pathlib.Path, str] = {}
    for defect in defects:
        targets = [source for source in sources if source.name == defect.file]
        if len(targets) != 1:
            raise DefectError(f"{defect.name}: no file {defect.file}")
        text = texts.get(targets[0]) or targets[0].read_text(encoding="utf-8")
        texts[targets[0]] = defect.planted(text)
    return texts


def batches(defects: list[Defect]) -> list[list[Defect]]:
    """As few copies as will do: a group at most once in each, and what concerns several groups by itself."""
    result: list[list[Defect]] = []
    for defect in defects:
        fitting = [batch for batch in result if not (defect.alone or batch[0].alone)
                   and all(other.group != defect.group for other in batch)]
        if fitting:
            fitting[0].append(defect)
        else:
            result.append([defect])
    return result


def judge(proof: Proof, defect: Defect) -> str:
    """What is wrong with the proof's answer, empty if nothing."""
    if any(proof.unasked_changes(defect.group, only=defect.register)):
        return ""
    return "it does not change unasked: is the term needed?"


def try_batch(options: argparse.Namespace, number: int, batch: list[Defect]) -> list[str]:
    """The judgement on each defect of a batch."""
    work = options.work / f"copy{number}"
    work.mkdir(parents=True, exist_ok=True)
    copies = {}
    for source, text in plant(batch, options.sources).items():
        copies[source] = work / source.name
        copies[source].write_text(text, encoding="utf-8")
    proof = load(options, [copies.get(source, source) for source in options.sources], work)
    return [judge(proof, defect) for defect in batch]


def main() -> int:
    """Tries all defects, two copies at a time."""
    parser = arguments("Shows that the proof fails when a request term is missing.")
    parser.add_argument("--only", help="one defect")
    options = parser.parse_args()
    missed = 0
    try:
        defects = [d for d in read_defects(pathlib.Path(__file__).with_name("defects.toml"))
                   if options.only in (None, d.name)]
        for defect in defects:
            plant([defect], options.sources)  # each fits by itself, whatever it shares a copy with
        shared = batches(defects)
        with concurrent.futures.ProcessPoolExecutor(max_workers=2) as pool:
            answers = pool.map(try_batch, [options] * len(shared), range(len(shared)), shared)
            for batch, verdicts in zip(shared, answers):
                for defect, verdict in zip(batch, verdicts):
                    missed += bool(verdict)
                    print(f"{'MISSED' if verdict else 'caught'} {defect.name}: group {defect.group}, "
                          f"{defect.register}{': ' if verdict else ''}{verdict}", flush=True)
    except (DefectError, ElaborationError, NetlistError, SolverError) as error:
        print(f"FAILED {error}", file=sys.stderr)
        return 1
    print(f"{len(defects) - missed} of {len(defects)} defects caught in {len(shared)} copies")
    return 1 if missed or not defects else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Asks z3 whether some state satisfies all of a list of terms."""

import re
import subprocess

from logic import Logic
from terms import Term


class SolverError(Exception):
    """z3 gave no answer."""


class Solver:
    """Questions about one design."""

    def __init__(self, program: str, logic: Logic, seconds: int = 60) -> None:
        self._program = program
        self._logic = logic
        self._seconds = seconds

    def find(self, holds: list[Term], shown: list[Term]) -> list[int] | None:
        """None: there is no such state.  Otherwise the values in one of what is to be shown."""
        lines = ["(set-option :produce-models true)", "(set-logic QF_AUFBV)"]
        lines.append(self._logic.definitions_for(*holds, *shown))
        lines += [f"(assert {term.text})" for term in holds]
        names = [f"shown{number}" for number in range(len(shown))]
        lines += [f"(define-fun {name} () {term.sort} {term.text})" for name, term in zip(names, shown)]
        lines.append("(check-sat)")
        if shown:
            lines.append(f"(get-value ({' '.join(names)}))")
        done = subprocess.run([self._program, f"-T:{self._seconds}", "-in"], input="\n".join(lines),
                              capture_output=True, text=True, check=False)
        verdict, _, rest = done.stdout.partition("\n")
        if verdict == "unsat":
            return None
        if verdict != "sat":
            raise SolverError(f"z3: {done.stdout[:200].strip()} {done.stderr[:200].strip()}")
        return [self._number(rest, name) for name in names]

    @staticmethod
    def _number(answer: str, name: str) -> int:
        """A value out of z3's answer to get-value."""
        match = re.search(rf"\({name} (true|false|#b[01]+|#x[0-9a-f]+)\)", answer)
        if not match:
            raise SolverError(f"z3 did not show a value: {answer[:200]}")
        word = match[1]
        return int(word == "true") if word[0] != "#" else int(word[2:], 2 if word[1] == "b" else 16)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fills docs/testplan.md: which functions of the contract checker judge a rule, and which tests, assertions and planted
defects name it.

A row is `| id | what the rule is about | checker | named by |`.  Ids and topics are written by hand.  Where the checker
has no function of its own for a rule, its cell is written by hand too: `as N-10`, or `no: ` and why; likewise `none: `
and why where no test names a rule.  Everything else is replaced.  lint/testplan checks that nothing is missing and that
what stands there is true.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
PLAN = ROOT / "docs/testplan.md"
ROW = re.compile(r"^\| ([A-Z]{1,2}-\d+b?) \| ([^|]*) \|([^|]*)\|([^|]*)\|$")
COUNT = re.compile(r"^\d+ of \d+ rules .*$", re.M)
WHERE = ("tests/**/*.cpp", "tests/**/*.h", "tests/**/*.toml", "hw/rtl/sva/*.sv")
CHECKER = "contract/*.cpp"
# In these files a function's definition begins in the first column.
DEFINITION = re.compile(r"^[A-Za-z][\w:<>,&*\s]*?\b((?:\w+::)?\w+)\(")
RULE_IN_CODE = re.compile(r"\brule::([A-Z]{1,2})_(\d+b?)\b")


def mentions():
    """Rule id -> files that name it."""
    found = {}
    for pattern in WHERE:
        for path in sorted(ROOT.glob(pattern)):
            for rule in set(re.findall(r"\b[A-Z]{1,2}-\d+b?\b", path.read_text(encoding="utf-8"))):
                found.setdefault(rule, []).append(path.relative_to(ROOT).as_posix())
    return found


def judges():
    """Rule id -> functions of the checker that report it, as `class::function`."""
    found = {}
    for path in sorted(ROOT.glob(CHECKER)):
        if path.name == "rule.cpp":
            continue
        function = path.stem
        for line in path.read_text(encoding="utf-8").splitlines():
            if (start := DEFINITION.match(line)) is not None:
                function = start[1]
            for letter, number in RULE_IN_CODE.findall(line):
                functions = found.setdefault(f"{letter}-{number}", [])
                if function not in functions:
                    functions.append(function)
    return found


def cells(names, by_hand, kept, otherwise):
    if names:
        return " ".join(f"`{name}`" for name in names)
    return by_hand if by_hand.startswith(kept) else otherwise


def main():
    named, judged = mentions(), judges()
    rules = covered = checked = 0
    lines = []
    for line in PLAN.read_text(encoding="utf-8").splitlines():
        if (row := ROW.match(line)) is not None:
            rule, about, checker, tests = (cell.strip() for cell in row.groups())
            rules += 1
            covered += rule in named
            checked += rule in judged or checker.startswith("as ")
            line = (f"| {rule} | {about} | {cells(judged.get(rule), checker, ('as ', 'no: '), 'not judged')} "
                    f"| {cells(named.get(rule), tests, ('none: ',), 'not covered')} |")
        lines.append(line)
    summary = (f"{covered} of {rules} rules are named by at least one test; {checked} are judged by the contract checker "
               "in every run.")
    PLAN.write_text(COUNT.sub(summary, "\n".join(lines) + "\n"), encoding="utf-8")
    print(f"{PLAN.relative_to(ROOT)}: {summary}")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Fills the last column of docs/testplan.md: which tests, assertions and planted defects mention a rule's id.

A row is `| id | what the rule is about | ... |`; ids and topics are written by hand, the rest is replaced.  lint/docs
checks that what stands there is true.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[1]
PLAN = ROOT / "docs/testplan.md"
ROW = re.compile(r"^\| ([A-Z]{1,2}-\d+b?) \| ([^|]*) \|.*$")
COUNT = re.compile(r"^\d+ of \d+ rules .*$", re.M)
WHERE = ("tests/**/*.cpp", "tests/**/*.h", "tests/**/*.toml", "hw/rtl/sva/*.sv")


def main():
    mentions = {}
    for pattern in WHERE:
        for path in sorted(ROOT.glob(pattern)):
            for rule in set(re.findall(r"\b[A-Z]{1,2}-\d+b?\b", path.read_text(encoding="utf-8"))):
                mentions.setdefault(rule, []).append(path.relative_to(ROOT).as_posix())
    rules = covered = 0
    lines = []
    for line in PLAN.read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if row:
            found = mentions.get(row[1], [])
            rules += 1
            covered += bool(found)
            line = f"| {row[1]} | {row[2].strip()} | {' '.join(f'`{f}`' for f in found) or 'not covered'} |"
        lines.append(line)
    text = COUNT.sub(f"{covered} of {rules} rules are named by at least one test.", "\n".join(lines) + "\n")
    PLAN.write_text(text, encoding="utf-8")
    print(f"{PLAN.relative_to(ROOT)}: {covered} of {rules} rules covered")


if __name__ == "__main__":
    main()

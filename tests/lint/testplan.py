#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""docs/testplan.md is complete and true: every rule of the fact sheet has a row with who judges it, which
tests name it, or a reason; every rule of the contract checker has a row and a sequence that breaks it.
"""
import re
import sys

import files

sys.path.insert(0, str(files.ROOT / "scripts"))
import update_testplan  # noqa: E402

LETTERS = "PXLRIDNTFBME"
SHEET = "docs/fact_sheet.md"
STATED = re.compile(rf"\*\*([{LETTERS}]-\d+[a-z]?)\b")
HEAD = "| rule | about | checker | named by |"
ROW = re.compile(r"^\|\s*([A-Z]{1,2}-\d+[a-z]?)\s*\|(.*)\|$")
CODE = re.compile(r"`([^`]+)`")
AS = re.compile(r"as ([A-Z]{1,2}-\d+b?)(?:, [A-Z]{1,2}-\d+b?)*$")
REASON = re.compile(r"(no|none): \w.{8,}")


def sheet_ids(sheet):
    """Rules of the fact sheet, in the order of the page: each stands in bold where it is stated."""
    return STATED.findall(sheet)


def checker_ids(rule_table):
    """Ids of the checker's registry (contract/rule.cpp)."""
    return re.findall(r'\{rule::\w+, "([A-Z]-\d+b?)"', rule_table)


def rows_of(plan):
    """Rule id -> cells after it; ids that stand twice."""
    rows, twice = {}, []
    for line in plan.splitlines():
        if (row := ROW.match(line)) is None:
            continue
        if row[1] in rows:
            twice.append(row[1])
        rows[row[1]] = [cell.strip() for cell in row[2].split("|")]
    return rows, twice


def judge_row(rule, cells, judges, mentions):
    if len(cells) != 3 or not cells[0]:
        yield f"{rule}: a row is {HEAD}"
        return
    _, checker, tests = cells
    functions = CODE.findall(checker)
    if functions != judges.get(rule, []):
        yield f"{rule}: is judged by {judges.get(rule, [])}, the plan says {functions}; run scripts/update_testplan.py"
    elif not functions:
        if checker.startswith("as "):
            if AS.match(checker) is None:
                yield f"{rule}: '{checker}' is not `as` and rule ids"
            yield from (f"{rule}: judged as {other}, which nothing judges"
                        for other in re.findall(r"[A-Z]{1,2}-\d+b?", checker) if other not in judges)
        elif REASON.match(checker) is None:
            yield f"{rule}: neither a function of the checker nor `as` another rule nor a reason"
    named = CODE.findall(tests)
    unfounded = [name for name in named if name not in mentions.get(rule, [])]
    if unfounded:  # a test that is not listed yet does no harm
        yield f"{rule}: {unfounded[0]} does not name it; run scripts/update_testplan.py"
    elif not named and REASON.match(tests) is None:
        yield f"{rule}: neither a test nor a reason"


def findings(plan, ids, registry, judges, mentions, broken):
    rows, twice = rows_of(plan)
    yield from (f"{rule}: stands twice" for rule in twice)
    known = [*ids, *registry]
    yield from (f"{rule}: has no row" for rule in dict.fromkeys(known) if rule not in rows)
    for rule, cells in rows.items():
        if rule not in known:
            yield f"{rule}: is no rule"
        yield from judge_row(rule, cells, judges, mentions)
    for rule in registry:
        if rule not in judges:
            yield f"{rule}: in the checker's registry, and no function reports it"
        if rule not in broken:
            yield f"{rule}: no sequence in tests/contract breaks it"


def main():
    sequences = "".join(files.text(f) for f in files.tracked()
                        if f.as_posix().startswith("tests/contract/") and f.name.endswith("_test.cpp"))
    found = [f"docs/testplan.md: {f}" for f in findings(
        files.text("docs/testplan.md"), sheet_ids(files.text(SHEET)), checker_ids(files.text("contract/rule.cpp")),
        update_testplan.judges(), update_testplan.mentions(), set(re.findall(r'"([A-Z]-\d+b?)"', sequences)))]
    files.finish("testplan", found, 1)


if __name__ == "__main__":
    main()

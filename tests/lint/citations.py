#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every rule and section the tree cites exists.

A rule is cited by its id (R-16, UE-5): it is stated in bold in docs/fact_sheet.md or docs/linux_net.md, or has a row in a
table of theirs; the driver's duties S-1, S-2, ... have theirs in docs/testplan.md.  A section of the fact sheet is cited as FS 6.8.
No id is stated twice.
"""
import re

import files

SHEET, LINUX, PLAN = "docs/fact_sheet.md", "docs/linux_net.md", "docs/testplan.md"
ID = re.compile(r"(?<![\w./-])[A-Z]{1,2}-\d+[a-z]?\b")
STATED = re.compile(r"\*\*([A-Z]{1,2}-\d+[a-z]?)\b")
ROW = re.compile(r"^\|\s*([A-Z]{1,2}-\d+[a-z]?)\s*\|", re.M)
HEADING = re.compile(r"^##+ (\d+(?:\.\d+)?)\.? ", re.M)
SECTION = re.compile(r"\bFS (\d+(?:\.\d+)?)")
# Other ways to write a section of the sheet, which neither a reader nor this lint can look up: "sheet 6.8", and a comment,
# a parenthesis or a source that begins with the bare number of one.
LOOSE = re.compile(r"\b(?:fact )?sheet(?:'s)?(?: section|,? sections?)? \(?\d+(?:\.\d+)?\b", re.I)
BARE = re.compile(r"""(?://+ |(?:^|\s)# |\(|^source = "|^rule = ")(\d+\.\d+)(?=[):;,"]| step| and \d| to \d|$)""")
# Ids that tests use because no rule bears them.
NO_RULE = {"tests/contract/registry_test.cpp": ("R-999",), "tests/tools/cli/cli_test.cpp": ("R-99",),
           "tests/platform/scenario/loader_test.cpp": ("R-99",)}
SKIP = {"LICENSE", "tests/lint/citations.py", "tests/lint/citations_test.py"}
SUFFIXES = (".png", ".pcap", ".pcapng", ".gz")


def stated(sheet, linux, plan):
    """Ids by the page that states them, one entry for each time."""
    rows_of_plan = [rule for rule in ROW.findall(plan) if rule.startswith("S-")]
    return [*((rule, SHEET) for rule in STATED.findall(sheet) + ROW.findall(sheet)),
            *((rule, LINUX) for rule in STATED.findall(linux) + ROW.findall(linux)),
            *((rule, PLAN) for rule in rows_of_plan)]


def twice(rules):
    seen = {}
    for rule, page in rules:
        if rule in seen:
            yield f"{page}: states {rule}, which stands in {seen[rule]} already"
        seen[rule] = page


def judge(name, text, rules, sections, excused=()):
    for number, line in enumerate(text.splitlines(), 1):
        for rule in ID.findall(line):
            if rule not in rules and rule not in excused:
                yield f"{name}:{number}: cites {rule}, which no page states"
        for section in SECTION.findall(line):
            if section not in sections:
                yield f"{name}:{number}: cites FS {section}, which the fact sheet does not have"


        bare = [section for section in BARE.findall(line) if section in sections and name != SHEET]
        for loose in LOOSE.findall(line) or bare:
            yield f"{name}:{number}: '{loose}': cite a section as FS 6.8"


def main():
    sheet, linux, plan = (files.text(page) for page in (SHEET, LINUX, PLAN))
    all_stated = stated(sheet, linux, plan)
    rules, sections = {rule for rule, _ in all_stated}, set(HEADING.findall(sheet))
    findings = list(twice(all_stated))
    checked = [f for f in files.tracked() if f.suffix not in SUFFIXES and str(f) not in SKIP]
    for path in checked:
        findings += judge(str(path), files.text(path), rules, sections, NO_RULE.get(str(path), ()))
    files.finish("citations", findings, len(checked))


if __name__ == "__main__":
    main()

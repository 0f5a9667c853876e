#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Self-test of testplan.py: it fails for a row that is missing, doubled, empty, untrue or without a reason."""
import unittest

import testplan

PLAN = """\
| N-1 | DD before data | `payload::place` | `tests/a.cpp` |
| N-2 | order | as N-1 | `tests/a.cpp` `tests/b.cpp` |
| N-3 | far away | no: nobody can see it | none: there is no part for it |
"""
JUDGES = {"N-1": ["payload::place"]}
MENTIONS = {"N-1": ["tests/a.cpp"], "N-2": ["tests/a.cpp", "tests/b.cpp"]}


def findings(plan=PLAN, ids=("N-1", "N-2", "N-3"), registry=("N-1",), judges=None, mentions=None, broken=("N-1",)):
    return list(testplan.findings(plan, list(ids), list(registry), JUDGES if judges is None else judges,
                                  MENTIONS if mentions is None else mentions, set(broken)))


class TestplanTest(unittest.TestCase):
    def expect(self, part, **changes):
        found = findings(**changes)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_a_complete_plan_passes(self):
        self.assertEqual(findings(), [])

    def test_rules_come_from_the_sheet(self):
        sheet = "- **P-8** layout, R-1.\n- **R-12b** free. **R-40 memory-safety** 1522.\n- **F-3** pause.\n| V-1 | RST |\n"
        self.assertEqual(testplan.sheet_ids(sheet), ["P-8", "R-12b", "R-40", "F-3"])

    def test_the_sheet_as_it_is(self):
        ids = testplan.sheet_ids(testplan.files.text(testplan.SHEET))
        self.assertEqual(len(ids), len(set(ids)))
        for rule in ("P-1", "X-10", "L-7", "R-12b", "R-40", "R-70", "I-54", "D-6", "N-16", "F-8", "M-9", "E-5", "B-2", "T-90"):
            self.assertIn(rule, ids)

    def test_every_row_is_missed_when_it_is_gone(self):
        for line in PLAN.splitlines(keepends=True):
            self.expect("has no row", plan=PLAN.replace(line, ""))

    def test_a_doubled_row(self):
        self.expect("stands twice", plan=PLAN + PLAN.splitlines(keepends=True)[0])

    def test_a_row_of_no_rule(self):
        self.expect("is no rule", ids=("N-1", "N-2"))

    def test_a_function_that_is_not_there(self):
        self.expect("is judged by", plan=PLAN.replace("payload::place", "payload::gone"))

    def test_a_function_that_is_not_listed(self):
        self.expect("is judged by", judges={**JUDGES, "N-3": ["fetch::late"]})

    def test_judged_as_a_rule_nobody_judges(self):
        self.expect("which nothing judges", plan=PLAN.replace("as N-1", "as N-3"))

    def test_neither_function_nor_reason(self):
        for cell in ("not judged", "no:", ""):
            self.expect("neither a function", plan=PLAN.replace("no: nobody can see it", cell))

    def test_neither_test_nor_reason(self):
        for cell in ("not covered", "none: x", ""):
            self.expect("neither a test", plan=PLAN.replace("none: there is no part for it", cell))

    def test_a_test_that_is_not_listed_yet_does_no_harm(self):
        self.assertEqual(findings(mentions={**MENTIONS, "N-3": ["tests/c.cpp"]}), [])

    def test_a_test_that_no_longer_names_the_rule(self):
        self.expect("does not name it", mentions={**MENTIONS, "N-1": []})

    def test_a_checker_rule_nobody_breaks(self):
        self.expect("breaks it", broken=())

    def test_a_checker_rule_nobody_reports(self):
        found = findings(registry=("N-1", "N-2"), broken=("N-1", "N-2"))
        self.assertEqual([f for f in found if "no function reports it" in f], found)
        self.assertEqual(len(found), 1)


if __name__ == "__main__":
    unittest.main()

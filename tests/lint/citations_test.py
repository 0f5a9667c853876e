#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Self-test of citations.py: it fails for a rule or a section that no page has, and for a rule stated twice."""
import unittest

import citations

SHEET = "## 6. Receive engine\n### 6.8 Length and CRC\n- **R-40 memory-safety** text, I-9.\n- **R-12b** text\n| V-1 | RST | full |\n"
LINUX = "- **UE-5** text\n| OP-2 | SO_RCVLOWAT |\n"
PLAN = "| S-1 | about | `f` | `tests/a` |\n| R-40 | about | `f` | `tests/a` |\n"


def findings(text, excused=()):
    rules = {rule for rule, _ in citations.stated(SHEET, LINUX, PLAN)}
    return list(citations.judge("a.cpp", text, rules, set(citations.HEADING.findall(SHEET)), excused))


class CitationsTest(unittest.TestCase):
    def expect(self, part, text, **more):
        found = findings(text, **more)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_what_stands_in_a_page(self):
        self.assertEqual(findings("// R-40, R-12b, V-1: UE-5 and OP-2; S-1\n// FS 6.8, FS 6\n"), [])

    def test_a_rule_that_is_only_mentioned(self):
        self.expect("a.cpp:2: cites I-9", "// R-40\n// I-9\n")

    def test_a_rule_nobody_states(self):
        for rule in ("R-41", "R-12c", "UE-6", "S-2"):
            self.expect(rule, f"// {rule}: why\n")
            self.expect(rule, f'x("{rule}")\n')

    def test_a_section_the_sheet_does_not_have(self):
        for section in ("FS 6.9", "FS 7", "FS 6.80"):
            self.expect(section, f"// as {section} says\n")

    def test_a_section_without_its_page(self):
        for text in ("// 6.8: limits", "f();  // 6.8", "f();  // x (6.8)", "(6.8, R-40)", "# 6.8 and 6.9", 'source = "6.8"',
                     "sheet 6.8", "the fact sheet, section 6", "the fact sheet's (6.8"):
            self.expect("cite a section as FS 6.8", text)
        self.assertEqual(findings("// FS 6.8: limits\n// waits 6.8 us (6.8 %), 5.9\n"), [])

    def test_no_rule_at_all(self):
        self.assertEqual(findings("UTF-8 e1000-82540 a/R-99 x86-64 IEEE-1800\n"), [])

    def test_an_id_a_test_needs_to_be_unknown(self):
        self.assertEqual(findings("R-99", excused=("R-99",)), [])

    def test_a_rule_stated_twice(self):
        self.assertEqual(list(citations.twice(citations.stated(SHEET, LINUX, PLAN))), [])
        for sheet, linux in ((SHEET + "- **R-12b** again\n", LINUX), (SHEET, LINUX + "- **R-40** too\n")):
            self.assertEqual(len(list(citations.twice(citations.stated(sheet, linux, PLAN)))), 1)


if __name__ == "__main__":
    unittest.main()

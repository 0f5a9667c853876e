#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Self-test of clang_tidy.py: which files it judges when it is not told."""
import os
import pathlib
import tempfile
import unittest

import clang_tidy

GRAPH = {
    "a/ring.cpp": ["a/ring.h"],
    "a/card.cpp": ["a/card.h", "a/ring.h"],
    "b/run.cpp": ["b/run.h"],
    "a/ring.h": ["a/base.h"],
    "a/card.h": [],
    "a/base.h": [],
    "a/alone.h": [],
    "b/run.h": ["b/loop.h"],
    "b/loop.h": ["b/run.h"],
}
KNOWN = ["a/card.cpp", "a/ring.cpp", "b/run.cpp", *clang_tidy.USUAL]


def chosen(*changed, known=KNOWN):
    return clang_tidy.choose(known, set(changed), GRAPH)[0]


class ChoiceTest(unittest.TestCase):
    def test_changed_sources(self):
        self.assertEqual(chosen("b/run.cpp", "a/card.cpp", "README.md"), ["a/card.cpp", "b/run.cpp"])

    def test_a_header_is_judged_by_its_own_source(self):
        self.assertEqual(chosen("a/ring.h"), ["a/ring.cpp"])

    def test_a_header_is_judged_by_another_source(self):
        self.assertEqual(chosen("a/ring.h", known=["a/card.cpp", "b/run.cpp"]), ["a/card.cpp"])

    def test_a_header_that_only_headers_include(self):
        self.assertEqual(chosen("a/base.h"), ["a/card.cpp"])

    def test_headers_that_include_each_other(self):
        self.assertEqual(chosen("b/loop.h"), ["b/run.cpp"])

    def test_a_header_that_a_changed_source_includes_costs_no_other(self):
        self.assertEqual(chosen("a/card.cpp", "a/base.h"), ["a/card.cpp"])

    def test_nothing_changed(self):
        self.assertEqual(chosen(), list(clang_tidy.USUAL))

    def test_changes_that_nothing_compiles(self):
        self.assertEqual(chosen("README.md", "a/alone.h", "gone.cpp", "gone.h"), list(clang_tidy.USUAL))

    def test_the_limit(self):
        many = [f"c/{i}.cpp" for i in range(clang_tidy.LIMIT + 3)]
        self.assertEqual(clang_tidy.choose(many, set(many), GRAPH), (many[:clang_tidy.LIMIT], 3))

    def test_files_compiled_as_one_are_judged_one_by_one(self):
        with tempfile.TemporaryDirectory() as folder:
            unity = pathlib.Path(folder) / "Unity" / "unity_0_cxx.cxx"
            unity.parent.mkdir()
            unity.write_text('/* generated */\n#include "/tree/a_test.cpp"\n\n#include "/tree/b_test.cpp"\n')
            plain = {"directory": "/b", "file": "/tree/main.cpp", "command": "c++ -c /tree/main.cpp"}
            got = clang_tidy.each_by_itself([plain, {"directory": "/b", "file": str(unity), "command": f"c++ -c {unity}"}])
        self.assertEqual(got, [plain] + [{"directory": "/b", "file": f"/tree/{name}_test.cpp",
                                          "command": f"c++ -c /tree/{name}_test.cpp"} for name in "ab"])

    def test_without_git_nothing_has_changed(self):
        path = os.environ["PATH"]
        os.environ["PATH"] = "/nowhere"
        try:
            self.assertEqual(clang_tidy.changed_files(), set())
        finally:
            os.environ["PATH"] = path

    def test_the_usual_files_exist(self):
        for name in clang_tidy.USUAL:
            self.assertTrue((clang_tidy.files.ROOT / name).is_file(), name)


if __name__ == "__main__":
    unittest.main()

# SPDX-License-Identifier: Apache-2.0
"""Self-test of plant.py on toy sources."""

import pathlib
import tempfile
import unittest

import plant

RTL = "module m;\n  assign y = a + b;\n  always_comb if (x) q = 1; else q = 0;\nendmodule\n"
CPP = "int f(int a) {\n  if (a) return 1;\n  return a + 2;\n}\n"


def defect_text(**changes) -> str:
    keys = {
        "name": "toy", "side": "rtl", "target": "hw/m.sv", "kind": "expression", "original": "a + b",
        "replacement": "a - b", "rule": "N-1", "shown_by": "checker", "scenario": "one_frame", "why": "a toy",
    }
    keys.update(changes)
    return "".join(f"{key} = '''{value}'''\n" for key, value in keys.items() if value is not None)


class PlantTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self._folder.name)
        (self.root / "hw").mkdir()
        (self.root / "sw").mkdir()
        (self.root / "defects").mkdir()
        (self.root / "hw/m.sv").write_text(RTL)
        (self.root / "sw/f.cpp").write_text(CPP)

    def tearDown(self):
        self._folder.cleanup()

    def add(self, **changes):
        name = changes.get("name", "toy")
        (self.root / "defects" / f"{name}.toml").write_text(defect_text(**changes))

    def plant(self):
        return plant.plant(self.root, plant.read_defects(self.root / "defects"))

    def refused(self, part):
        with self.assertRaises(plant.DefectError) as caught:
            self.plant()
        self.assertIn(part, str(caught.exception))

    def test_each_way_of_showing_has_its_key(self):
        self.add(shown_by="test")
        self.refused("needs the key test")
        self.add(shown_by="test", scenario=None, test="a.b")
        self.plant()
        self.add(shown_by="scoreboard", seeds="1..3")
        self.refused("scenario means nothing")
        self.add(shown_by="seed_checker", scenario=None)
        self.refused("needs the key seeds")
        self.add(shown_by="seed_checker", scenario=None, seeds="4")
        self.plant()
        self.add(shown_by="assertion", scenario=None, test="a.b")
        self.refused("assertion names what fails")
        self.add(shown_by="assertion", scenario=None, test="a.b", assertion="Rule")
        self.plant()
        self.add(shown_by="checker", scenario=None)
        self.refused("needs the key scenario")
        self.add(shown_by="oracle", scenario=None)
        self.refused("needs the key seeds")

    def test_expression_becomes_a_choice(self):
        self.add()
        self.assertIn("assign y = ((ringside_mutant_pkg::selected == 32'd1) ? (a - b) : (a + b));", self.plant()["hw/m.sv"])

    def test_statement_keeps_the_else_of_the_source(self):
        self.add(kind="statement", original="q = 1;", replacement="q = 2;")
        self.assertIn("if (x) begin if ((ringside_mutant_pkg::selected == 32'd1)) begin q = 2; end "
                      "else begin q = 1; end end else q = 0;", self.plant()["hw/m.sv"])

    def test_driver_copy_includes_the_selector(self):
        self.add(side="driver", target="sw/f.cpp", kind="statement", original="return 1;", replacement="return 3;")
        text = self.plant()["sw/f.cpp"]
        self.assertTrue(text.startswith('#include "tests/mutants/mutant.h"\n'))
        self.assertIn("if (ringside::mutant::active(1)) { return 3; } else { return 1; }", text)

    def test_two_defects_in_one_place(self):
        self.add(name="one")
        self.add(name="two", replacement="a * b")
        self.assertIn("(selected == 32'd1) ? (a - b) : ((selected == 32'd2) ? (a * b) : (a + b))",
                      self.plant()["hw/m.sv"].replace("ringside_mutant_pkg::", ""))

    def test_numbers_follow_names(self):
        self.add(name="zeta")
        self.add(name="alpha", original="q = 1;", kind="statement", replacement=";")
        self.assertEqual([(d.number, d.name) for d in plant.read_defects(self.root / "defects")], [(1, "alpha"), (2, "zeta")])

    def test_within_finds_a_short_text(self):
        self.add(original="b", within="a + b", replacement="c")
        self.assertIn("a + ((ringside_mutant_pkg::selected == 32'd1) ? (c) : (b));", self.plant()["hw/m.sv"])

    def test_refusals(self):
        for changes, part in (
            ({"original": "a * b"}, "occurs 0 times"),
            ({"original": "q = "}, "occurs 2 times"),
            ({"target": "hw/none.sv"}, "no file"),
            ({"rule": None}, "missing"),
            ({"extra": "1"}, "unknown"),
            ({"kind": "macro"}, "kind must be"),
            ({"side": "driver"}, "must end in"),
            ({"rule": " "}, "not empty"),
        ):
            with self.subTest(part=part):
                self.add(**changes)
                self.refused(part)

    def test_name_is_the_file_name(self):
        (self.root / "defects/other.toml").write_text(defect_text())
        self.refused("name must be the file's")

    def test_overlap_is_refused(self):
        self.add(name="one", original="a + b")
        self.add(name="two", original="+ b", replacement="- b")
        self.refused("overlaps")

    def test_sources_stay_untouched_and_unchanged_copies_keep_their_time(self):
        self.add()
        out = self.root / "out"
        arguments = ["--source", str(self.root), "--defects", str(self.root / "defects"), "--out", str(out)]
        self.assertEqual(plant.main(arguments), 0)
        first = (out / "hw/m.sv").stat().st_mtime_ns
        self.assertEqual(plant.main(arguments), 0)
        self.assertEqual((out / "hw/m.sv").stat().st_mtime_ns, first)
        self.assertEqual((self.root / "hw/m.sv").read_text(), RTL)
        self.assertIn("RINGSIDE_PLANTED_RTL hw/m.sv", (out / "planted.cmake").read_text())


if __name__ == "__main__":
    unittest.main()

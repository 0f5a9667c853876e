#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Of a real run --vcd-standard writes what IEEE 1364 knows, and without it the strings are what is more than that.

    standard_vcd_test.py RINGSIDE
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
STRING = """$timescale 1ps $end
$scope module t $end
$var wire 1 ! a $end
$var string 1 # s $end
$upscope $end
$enddefinitions $end
#0
0!
s- #
"""


def strict(path):
    done = subprocess.run([sys.executable, "-B", HERE / "strict_vcd.py", path], capture_output=True, text=True)
    return done.returncode, done.stdout


class StandardVcd(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.file = pathlib.Path(self.folder.name) / "a.vcd"

    def tearDown(self):
        self.folder.cleanup()

    def run_ringside(self, *options):
        subprocess.run([sys.argv[1], "run", "one_frame", "--vcd", self.file, "--trace-window", "60ms..60020us", *options],
                       check=True, capture_output=True)

    def test_standard_file_is_read_by_the_grammar(self):
        for nic in ("rtl", "model"):
            self.run_ringside("--vcd-standard", "--nic", nic)
            status, out = strict(self.file)
            self.assertEqual(status, 0, out)

    def test_strings_are_all_that_is_beyond_it(self):
        self.run_ringside()
        status, out = strict(self.file)
        self.assertEqual(status, 1)
        self.assertIn("$var string: no type of a variable", out)
        kept = [line for line in self.file.read_text().splitlines(True)
                if not line.startswith(("$var string", "s"))]
        self.file.write_text("".join(kept))
        self.assertEqual(strict(self.file)[0], 0, strict(self.file)[1])

    def test_strict_means_strict(self):
        sound = STRING.replace("$var string 1 # s $end\n", "").replace("s- #\n", "")
        self.file.write_text(sound)
        self.assertEqual(strict(self.file)[0], 0)
        for broken in (STRING, sound.replace("#0", "0!\n#0"), sound + "#0\n", sound + "1?\n", sound + "b01 !\n", sound + "q\n",
                       sound.replace("$upscope $end\n", ""), sound.replace("1ps", "3ps")):
            self.file.write_text(broken)
            self.assertEqual(strict(self.file)[0], 1, broken)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])

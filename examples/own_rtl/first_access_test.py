# SPDX-License-Identifier: Apache-2.0
"""The driver finds and opens the card of the example: what stands on its pins first, and what its registers keep.

Usage: first_access_test.py RINGSIDE-OWN-RTL.  Expected values: PCI 2.3 section 6.1, SDM 82540EM (ids, offsets).
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv.pop(1)
PINS = ("tgt_req_valid_i", "tgt_req_ready_o", "tgt_space_i", "tgt_write_i", "tgt_addr_i", "tgt_wdata_i", "tgt_rsp_valid_o",
        "tgt_rsp_rdata_o", "clk_csr_i")
# Short waits at boot, and an end: the card keeps its frames.
# The driver asks an EEPROM and a PHY that are not there, and waits for each as long as Linux does: some 100 ms.
SETTINGS = ["driver.quiesce=5us", "driver.reset_wait=5us", "wire.start=0", "run.time_limit=300ms", "checker.enabled=off"]


def instants(vcd):
    """The pins' values before and after each rising edge; at one time stand what it sampled and what it made of that."""
    names, before, now = {}, {}, {}
    with vcd.open() as lines:
        for line in lines:
            if match := re.match(r" *\$var wire +\d+ (\S+) (\w+)", line):
                if match[2] in PINS:
                    names.setdefault(match[1], match[2])
            elif line.startswith("#"):
                if now.get("clk_csr_i") and not before.get("clk_csr_i"):
                    yield before, now
                before = dict(now)
            elif (match := re.match(r"b([01xz]+) (\S+)$|([01xz])(\S+)$", line)) and (match[2] or match[4]) in names:
                now[names[match[2] or match[4]]] = int(re.sub("[xz]", "0", match[1] or match[3]), 2)


def accesses(vcd):
    """(space, write, address, write data) of each access taken, and the answers, in order."""
    taken, answers = [], []
    for before, now in instants(vcd):
        if now["tgt_req_valid_i"] and before.get("tgt_req_ready_o"):
            taken.append(tuple(now[pin] for pin in ("tgt_space_i", "tgt_write_i", "tgt_addr_i", "tgt_wdata_i")))
        if now["tgt_rsp_valid_o"]:
            answers.append(now["tgt_rsp_rdata_o"])
    return taken, answers


def run(folder, window):
    """What the JSON report says, and the accesses in a window of the waveform."""
    vcd, report = pathlib.Path(folder) / "own.vcd", pathlib.Path(folder) / "own.json"
    command = [PROGRAM, "run", "one_frame", "--journey", "none", "--vcd", vcd, "--trace-window", window, "--json", report]
    for setting in SETTINGS:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, ""), done
    return json.loads(report.read_text()), *accesses(vcd)


class FirstAccess(unittest.TestCase):
    def test_the_driver_finds_the_card(self):
        with tempfile.TemporaryDirectory() as folder:
            _, taken, answers = run(folder, "0us..100us")
        # The first access: a configuration read of vendor and device.
        self.assertEqual(taken[0][:3], (0, 0, 0))
        self.assertEqual(answers[0], 0x100E8086)
        # BAR0 is sized: all ones written, 128 KiB of memory answered.
        sizing = taken.index((0, 1, 0x10, 0xFFFFFFFF))
        self.assertEqual(taken[sizing + 1][:3], (0, 0, 0x10))
        self.assertEqual(answers[sizing + 1], 0xFFFE0000)

    def test_the_driver_opens_the_card(self):
        with tempfile.TemporaryDirectory() as folder:
            got, taken, _ = run(folder, "driver_open:500us..10us")
        self.assertGreater(got["frames"]["offered"], 0)
        self.assertEqual(got["frames"]["delivered"], 0)
        self.assertEqual(got["frames"]["in_flight"], got["frames"]["offered"])
        # The driver writes RDLEN (2808h) and at last RCTL (100h) with EN, and the card keeps what it is given.
        written = {address: data for space, write, address, data in taken if (space, write) == (1, 1)}
        self.assertEqual(written[0x2808] % 128, 0)
        self.assertGreater(written[0x2808], 0)
        self.assertEqual(written[0x0100] & 2, 2)


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the program, as a process, does about signals, closed or full standard output, a broken contract and a full disk.

Usage: process_test.py PROGRAM
"""
import json
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv[1]).resolve()
ENDLESS = ("run", "line_rate_64", "--set", "gen.count=1000000000", "--set", "run.time_limit=80000s")


class process(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ringside_"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_it(self, *arguments, **more):
        return subprocess.run([PROGRAM, *arguments], cwd=self.folder, stderr=subprocess.PIPE, text=True, timeout=120, **more)

    def files(self):
        return sorted(name.name for name in self.folder.iterdir())

    def wait_for_a_file(self):
        """Outputs are opened when signals are taken care of."""
        limit = time.monotonic() + 60
        while not self.files() and time.monotonic() < limit:
            time.sleep(0.05)

    def stop(self, number, arguments, whole_group=False):
        with subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, start_new_session=True) as program:
            self.wait_for_a_file()
            time.sleep(0.3)
            (os.killpg if whole_group else os.kill)(program.pid, number)
            try:
                out, err = program.communicate(timeout=60)
            finally:
                try:
                    os.killpg(program.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        return program.returncode, out, err


class stdout_test(process):
    COMMANDS = (("run", "one_frame"), ("run", "one_frame", "--json", "-"), ("run", "one_frame", "--pcap-out", "-"),
                ("--version",), ("--list",), ("run", "--help"), ("regress", "--seeds", "1", "-j", "1"),
                ("regress", "--seeds", "1", "-j", "1", "--json", "-"), ("regress", "--seeds", "1", "-j", "1", "--junit", "-"))

    def test_full(self):
        for command in self.COMMANDS:
            with open("/dev/full", "w") as full:
                done = self.run_it(*command, stdout=full)
            self.assertEqual((done.returncode, done.stderr.splitlines()[-1]),
                             (1, "ringside: standard output: cannot be written: No space left on device"), command)

    def test_closed(self):
        """The first file opened must not become standard output."""
        for command in (*self.COMMANDS, ("run", "one_frame", "--json", "a.json")):
            done = self.run_it(*command, preexec_fn=lambda: os.close(1))
            self.assertEqual((done.returncode, done.stderr.splitlines()[-1]),
                             (1, "ringside: standard output: cannot be written: Bad file descriptor"), command)
        self.assertIn("sim", json.loads((self.folder / "a.json").read_text()))

    def test_reader_gone(self):
        """As a process that SIGPIPE ends, but without leaving files, and at once."""
        with subprocess.Popen([PROGRAM, *ENDLESS, "--pcap-out", "-", "--vcd", "a.vcd", "--trace-window", "1us..2us"],
                              cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
            program.stdout.close()
            err = program.stderr.read()
            self.assertEqual((program.wait(timeout=60), err, self.files()), (141, "", []))

    def test_junit(self):
        done = self.run_it("regress", "--seeds", "1", "-j", "1", "--junit", "-", stdout=subprocess.PIPE)
        self.assertEqual(done.returncode, 0)
        self.assertTrue(done.stdout.startswith("<?xml") and done.stdout.endswith("</testsuites>\n"), done.stdout)
        self.assertIn("Ringside regress on the RTL NIC", done.stderr)
        for same in (("-", "/dev/stdout"), ("a", "./a")):
            self.assertEqual(self.run_it("regress", "--seeds", "1", "--junit", same[0], "--json", same[1]).returncode, 2)
        self.assertEqual(self.files(), [])


class signal_test(process):
    def test_run(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            status, out, _ = self.stop(number, (*ENDLESS, "--json", "a.json", "--vcd", "a.vcd", "--trace-window", "1us..2us"))
            self.assertEqual(status, 128 + number)
            self.assertIn("\ninterrupted by a signal: ", out)
            self.assertTrue(json.loads((self.folder / "a.json").read_text())["sim"]["interrupted"])
            self.assertEqual(self.files(), ["a.json", "a.vcd"])
            for name in self.files():
                (self.folder / name).unlink()

    def test_search_for_a_stage(self):
        """The process that searches is another one."""
        status, _, _ = self.stop(signal.SIGTERM, ("run", "--set", "gen.count=1000000000", "--set", "run.time_limit=80000s",
                                                  "--vcd", "a.vcd", "--trace-window", "irq_nobody_cared"))
        self.assertEqual((status, self.files()), (128 + signal.SIGTERM, []))

    def test_regress(self):
        for number, whole_group in ((signal.SIGTERM, False), (signal.SIGHUP, True), (signal.SIGINT, True)):
            status, out, err = self.stop(number, ("regress", "--seeds", "1..100000", "-j", "2", "--json", "a.json"), whole_group)
            self.assertEqual((status, err), (128 + number, ""))
            self.assertRegex(out, r"\ninterrupted by a signal: \d+ of 100000 seeds were run\n")
            report = json.loads((self.folder / "a.json").read_text())
            self.assertEqual((report["seeds_asked"], report["interrupted"], self.files()), (100000, True, ["a.json"]))
            self.assertEqual(report["seeds"], len(report["runs"]))
            (self.folder / "a.json").unlink()

    @unittest.skipIf(shutil.which("qemu-system-x86_64") is None, "qemu-system-x86_64 is not installed")
    def test_oracle(self):
        """Each process of the comparison has a QEMU, in a process group of its own; none outlives the command."""
        for number, whole_group in ((signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGKILL, False)):
            with subprocess.Popen([PROGRAM, "oracle", "--seeds", "1..100000", "-j", "2", "--nic", "model", "--json", "a.json"], cwd=self.folder,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True) as program:
                limit = time.monotonic() + 60
                while len(found := qemus_of(program.pid)) < 2 and time.monotonic() < limit:
                    time.sleep(0.05)
                if len(found) != 2:
                    program.kill()
                self.assertEqual(len(found), 2)
                (os.killpg if whole_group else os.kill)(program.pid, number)
                out, err = program.communicate(timeout=60)
            limit = time.monotonic() + 60
            while any(is_alive(pid) for pid in found) and time.monotonic() < limit:
                time.sleep(0.05)
            self.assertEqual([pid for pid in found if is_alive(pid)], [])
            if number == signal.SIGKILL:
                continue  # nobody was there to report
            self.assertEqual((program.returncode, err, self.files()), (128 + number, "", ["a.json"]))
            self.assertRegex(out, r"\ninterrupted by a signal: \d+ of 100000 seeds were run\n")
            report = json.loads((self.folder / "a.json").read_text())
            self.assertEqual((report["seeds_asked"], report["interrupted"]), (100000, True))
            (self.folder / "a.json").unlink()


def stat_of(pid):
    """State and parent of a process; nothing when it is gone."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return fields[0], int(fields[1])


def is_alive(pid):
    return (stat := stat_of(pid)) is not None and stat[0] != "Z"


def qemus_of(pid):
    """QEMUs whose parent's parent is `pid`."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        one = int(entry.name)
        if (stat := stat_of(one)) is None or (above := stat_of(stat[1])) is None or above[1] != pid:
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if b"qemu-system" in words[0] and b"--version" not in words:  # each process asks for that first
                found.append(one)
        except OSError:
            pass
    return found


class contract_test(process):
    def told(self, *settings):
        done = self.run_it("run", "lesson_missing_dma_sync", "--json", "a.json", *settings, stdout=subprocess.DEVNULL)
        return done.returncode, json.loads((self.folder / "a.json").read_text())["contract"]

    def test_json(self):
        """docs/lessons/missing_dma_sync.md: S-12, once a frame."""
        status, contract = self.told()
        self.assertEqual((status, contract["breach_count"]), (3, len(contract["breaches"])))
        for breach in contract["breaches"]:
            self.assertEqual(breach["rule"], "S-12")
            self.assertTrue(breach["text"].startswith("S-12 broken by the driver at "), breach["text"])
            self.assertIn(f"at {breach['time_ps'] // 10**6}.", breach["text"])
        page = (pathlib.Path(__file__).parents[2] / "docs/outputs.md").read_text()
        self.assertIn(f'"contract": {{"rules": {contract["rules"]}, ', page)
        status, without = self.told("--set", "checker.off=S-12")
        self.assertEqual((status, without), (0, {"rules": contract["rules"] - 1, "breach_count": 0, "breaches": []}))
        status, off = self.told("--set", "checker.enabled=off")
        self.assertEqual((status, off), (0, {"rules": 0, "breach_count": 0, "breaches": []}))


class limit_test(process):
    def test_files(self):
        """setrlimit(2), RLIMIT_FSIZE: a disk that takes so much of a file."""
        for option, name in (("--pcap-out", "a.pcap"), ("--vcd", "a.vcd"), ("--json", "a.json"), ("--fst", "a.fst")):
            if option == "--fst" and not shutil.which("vcd2fst"):
                continue
            done = self.run_it("run", "one_frame", option, name, stdout=subprocess.DEVNULL,
                               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
            self.assertEqual((done.returncode, done.stderr, self.files()),
                             (1, f"ringside: {name}: cannot be written: File too large\n", []), option)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A real Linux on our card: boot, ping both ways, the driver's self-tests, the same run twice; and every way to end.

    linux_test.py PROGRAM CASE

Status 77 (skipped) where a package that the guest is made of is not installed.
"""
import json
import os
import pathlib
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = None
NO_PACKAGE = 6
SKIPPED = 77


def processes_in(place):
    """Processes that work in a folder or below it, other than ourselves: process id and program."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            works_in = os.readlink(folder / "cwd").removesuffix(" (deleted)")
            program = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")[0]
        except OSError:
            continue
        if (works_in + "/").startswith(str(place) + "/") and int(folder.name) != os.getpid():
            found.append((int(folder.name), program))
    return found


class guest_case(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.guests = self.folder / "guests"
        self.guests.mkdir()
        self.environment = {**os.environ, "TMPDIR": str(self.guests)}
        self.shared = set(os.listdir("/dev/shm"))

    def tearDown(self):
        self.temporary.cleanup()

    def command(self, commands, *options):
        return [PROGRAM, "linux", "--run", commands, *options]

    def run_guest(self, commands, *options, timeout=300):
        return subprocess.run(self.command(commands, *options), capture_output=True, text=True, timeout=timeout, cwd=self.folder,
                              env=self.environment, stdin=subprocess.DEVNULL)

    def start(self, commands, *options):
        """The process once the guest has begun its commands."""
        started = subprocess.Popen(self.command(commands, *options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + 240
        while not list(self.guests.glob("*/up")):
            self.assertIsNone(started.poll(), "ended before the guest was up")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        return started

    def kernels(self):
        """Process ids of the kernel itself: of its processes, those whose parent is none of them."""
        pids = {pid for pid, program in processes_in(self.guests) if program.endswith("/linux")}
        parents = {pid: int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) for pid in pids}
        return [pid for pid in pids if parents[pid] not in pids]

    def assert_nothing_left(self):
        deadline = time.monotonic() + 10  # of a simulator that was killed, the keeper takes a moment
        while time.monotonic() < deadline and (processes_in(self.folder) or list(self.guests.iterdir())):
            time.sleep(0.05)
        self.assertEqual(processes_in(self.folder), [])
        self.assertEqual(list(self.guests.iterdir()), [])
        self.assertEqual(set(os.listdir("/dev/shm")) - self.shared, set())


class boot_test(guest_case):
    """`tests` of ethtool(8), and pings to our machine: both cards."""

    SCRIPT = ("ping -c 3 -i 0.01 -s 1400 10.0.0.2 && ethtool -t eth0 online && ethtool -t eth0 offline && "
              "until ping -c 1 -W 1 10.0.0.2 >/dev/null; do :; done && ip -s link show eth0 && exit 7")

    def twice(self, nic):
        results = []
        for name in ("first.json", "second.json"):
            done = self.run_guest(self.SCRIPT, "--nic", nic, "--json", name, "--kernel-log", "kernel.log")
            self.assertEqual(done.returncode, 7, done.stdout + done.stderr)
            results.append(json.loads((self.folder / name).read_text()))
        self.assertIn("3 packets transmitted, 3 received, 0% packet loss", done.stdout)
        # e1000_diag_test: five tests, each with 0 when it passed.
        self.assertEqual(len(re.findall(r"The test result is PASS", done.stdout)), 2, done.stdout)
        self.assertNotIn("FAIL", done.stdout)
        log = (self.folder / "kernel.log").read_text()
        self.assertIn("e1000: Intel(R) PRO/1000 Network Driver", log)
        self.assertRegex(log, r"eth0: \(PCI:(33|66)MHz:32-bit\) 02:00:00:00:00:01")
        self.assertIn("NIC Link is Up 1000 Mbps Full Duplex", log)
        first, second = results
        self.assertEqual(first["breaches"], [])
        self.assertEqual(first["sim"]["event_hash"], second["sim"]["event_hash"])
        self.assertEqual(first["sim"]["time_ps"], second["sim"]["time_ps"])
        self.assertEqual(first["guest"]["status"], 7)
        self.assertEqual(first["pci"]["aborts"], 0)
        self.assert_nothing_left()

    def test_rtl(self):
        self.twice("rtl")


class model_test(boot_test):
    def test_rtl(self):
        self.skipTest("in its own case")

    def test_model(self):
        self.twice("model")


class peer_test(guest_case):
    """Our machine pings the guest, whose kernel answers."""

    def test_peer_pings(self):
        done = self.run_guest("sleep 1", "--pcap-wire", "a.pcapng", "--set", "machine.b.app.kind=ping", "--set",
                              "machine.b.app.destination=10.0.0.1", "--set", "machine.b.app.count=5", "--set", "machine.b.app.interval=10ms",
                              "--set", "machine.b.app.start=2500ms")
        self.assertEqual(done.returncode, 0, done.stderr)
        seen = subprocess.run(["tcpdump", "-nr", "a.pcapng", "icmp"], capture_output=True, text=True, cwd=self.folder).stdout
        # On both cards' interfaces.
        self.assertEqual(len(re.findall(r"10\.0\.0\.1 > 10\.0\.0\.2: ICMP echo reply", seen)), 10, seen)


    def test_burst_of_2000_frames(self):
        done = self.run_guest("sleep 1; ethtool -S eth0; ip -s link show eth0", "--set", "machine.b.app.kind=sender", "--set",
                              "machine.b.app.destination=10.0.0.1", "--set", "machine.b.app.count=2000", "--set",
                              "machine.b.app.interval=12us", "--set", "machine.b.app.start=600ms", "--set", "machine.b.app.bytes=64")
        self.assertEqual(done.returncode, 0, done.stderr)
        # One more asks for our address (ARP).
        self.assertRegex(done.stdout, r"rx_packets: 2001\n")
        self.assertRegex(done.stdout, r"rx_broadcast: 1\n")
        for name in ("rx_missed_errors", "rx_no_buffer_count", "rx_crc_errors", "rx_errors"):
            self.assertRegex(done.stdout, rf"{name}: 0\n")


class console_test(guest_case):
    """A terminal of our own: typing, what comes back, and the key that ends the run."""

    def test_console(self):
        here, there = pty.openpty()
        run = subprocess.Popen([PROGRAM, "linux", "--nic", "model"], stdin=there, stdout=there, stderr=subprocess.DEVNULL,
                               cwd=self.folder, env=self.environment, start_new_session=True)
        os.close(there)
        text = ""

        def wait_for(wanted):
            nonlocal text
            deadline = time.monotonic() + 120
            while wanted not in text:
                self.assertLess(time.monotonic(), deadline, text)
                if select.select([here], [], [], 0.2)[0]:
                    text += os.read(here, 4096).decode(errors="replace")

        wait_for("# ")
        os.write(here, b"echo sum $((40 + 2))\r")
        wait_for("sum 42")
        os.write(here, b"ping -c 1 10.0.0.2\r")
        wait_for("1 received, 0% packet loss")
        os.write(here, b"\x1d")
        self.assertEqual(run.wait(timeout=60), 0)
        os.close(here)
        self.assert_nothing_left()


class end_test(guest_case):
    def test_killed_guest(self):
        run = self.start("sleep 100000")
        (kernel,) = self.kernels()
        os.kill(kernel, signal.SIGKILL)
        _, err = run.communicate(timeout=60)
        self.assertEqual(run.returncode, 1, err)
        self.assertEqual(len(re.findall(r"(?m)^ringside: linux: the guest's kernel has ended before its commands", err)), 1, err)
        self.assert_nothing_left()

    def test_killed_simulator(self):
        run = self.start("sleep 100000")
        run.kill()
        run.communicate(timeout=60)
        self.assert_nothing_left()

    def test_signals(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            run = self.start("sleep 100000")
            run.send_signal(number)
            run.communicate(timeout=60)
            self.assertEqual(run.returncode, 128 + number)
            self.assert_nothing_left()

    def test_panic(self):
        done = self.run_guest("true", "--kernel-argument", "init=/bin/false")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the guest's kernel has ended before its commands", done.stderr)
        self.assertIn("Attempted to kill init", done.stderr)
        self.assert_nothing_left()

    def test_hang(self):
        done = self.run_guest("while :; do :; done", "--silence", "2")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"the guest hangs: it runs at \d+ ns of its clock and has said nothing for 2 s of real time")
        self.assert_nothing_left()

    def test_sockets_taken_away(self):
        run = self.start("sleep 1")
        for name in self.guests.glob("*/*"):
            if name.is_socket():
                name.unlink()
        _, err = run.communicate(timeout=120)
        self.assertEqual(run.returncode, 0, err)  # they are used once
        self.assert_nothing_left()

    def test_no_kernel(self):
        (self.folder / "no_kernel").write_text("text\n")
        (self.folder / "no_kernel").chmod(0o755)
        done = self.run_guest("true", "--kernel", "no_kernel")
        self.assertEqual(done.returncode, 1)
        self.assertIn("the guest's kernel has ended before its commands", done.stderr)
        self.assert_nothing_left()


def main():
    global PROGRAM
    PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    made = subprocess.run([PROGRAM, "linux", "--build-only"], capture_output=True, text=True)
    if made.returncode == NO_PACKAGE:
        print(made.stderr.strip())
        return SKIPPED
    if made.returncode != 0:
        print(made.stderr)
        return 1
    unittest.main(argv=[sys.argv[0], sys.argv[2], "-v"])
    return 0


if __name__ == "__main__":
    sys.exit(main())

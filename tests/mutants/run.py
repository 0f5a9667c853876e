# SPDX-License-Identifier: Apache-2.0
"""Runs a planted defect's scenario on the instrumented build and says whether it was caught as its file promises.

    run.py --mutants EXE --tests card=EXE ... NAME      one defect: exit 0 when it was caught by its rule
    run.py --mutants EXE --tests card=EXE ... --reference EXE --clean
                                                        no defect: the event hashes of both builds are equal, and every
                                                        test and seed that shows a defect passes

How a defect must show: `checker` = exit status 3 and a breach of its rule among those printed; `conservation` = exit
status 1 and a ledger line; `stall` = the run ends with frames in flight or fails; `test` = the named test fails;
`scoreboard` = the scoreboard complains in a seed of the regression; `seed_checker` = a breach of its rule in one; `assertion` = the named
assertion of hw/rtl/sva fails in the named tests; `oracle` = a seed of `ringside oracle` differs (exit 4, skipped,
where QEMU is not installed).
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

import plant

TIMEOUT_S = 120
NO_QEMU = 5  # exit status of `ringside oracle`
CLEAN_RUNS = (("one_frame", ()), ("line_rate_64", ("gen.count=2000",)), ("bus_33mhz", ("gen.count=300",)))


def run(executable: pathlib.Path, scenario: str, settings: tuple[str, ...], mutant: str | None):
    """Exit status, parsed JSON report or None, and everything printed as errors."""
    command = [str(executable)] + (["--mutant", mutant] if mutant else []) + ["run", scenario, "--json", "-"]
    for setting in settings:
        command += ["--set", setting]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        report = None
    return done.returncode, report, done.stderr


def rules_broken(errors: str) -> list[str]:
    """Ids of the breaches printed, in order."""
    return re.findall(r"^contract: ([A-Z]-\d+[a-z]?) ", errors, re.MULTILINE)


def run_seeds(executable: pathlib.Path, seeds: str, mutant: str | None):
    """Exit status, the runs of the JSON report, and everything printed as errors."""
    command = [str(executable)] + (["--mutant", mutant] if mutant else [])
    command += ["regress", "--seeds", seeds, "-j", "1", "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    try:
        runs = json.loads(done.stdout)["runs"]
    except (json.JSONDecodeError, KeyError):
        runs = []
    return done.returncode, runs, done.stderr


def named_in_seeds(defect: plant.Defect, runs) -> list[str]:
    """What names the defect, of all that was found in all seeds."""
    if defect.shown_by == "seed_checker":
        return [f"seed {r['seed']}: {b}" for r in runs for b in r["breaches"] if b.startswith(f"{defect.rule} broken by ")]
    return [f"seed {r['seed']}: {c}" for r in runs for c in r["complaints"] if c.startswith("scoreboard: ")]


def run_oracle(executable: pathlib.Path, seeds: str, side: str, mutant: str | None):
    """The cards of one side against QEMU."""
    command = [str(executable)] + (["--mutant", mutant] if mutant else [])
    command += ["oracle", "--seeds", seeds, "-j", "1", "--nic", side]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return done.returncode, done.stderr


def run_tests(executable: pathlib.Path, tests: str, mutant: str | None):
    command = [str(executable)] + (["--mutant", mutant] if mutant else []) + [f"--gtest_filter={tests}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    return done.returncode, done.stdout + (done.stderr if done.returncode < 0 else "")


def testers(options) -> dict[str, pathlib.Path]:
    """Instrumented tests by what they are called in a defect's file."""
    return {name: pathlib.Path(path) for name, path in (pair.split("=", 1) for pair in options.tests)}


def failed_as_named(tests: str, status: int, output: str) -> bool:
    """A test that does not exist fails nothing, and a crash is no verdict."""
    return status == 1 and re.search(rf"^\[  FAILED  \] {re.escape(tests.rstrip('*'))}", output, re.MULTILINE) is not None


def caught(defect: plant.Defect, status: int, report, errors: str) -> bool:
    if defect.shown_by == "checker":
        return status == 3 and defect.rule in rules_broken(errors)
    if defect.shown_by == "conservation":
        return status == 1 and "ledger: " in errors
    return status != 0 or report is None or report["frames"]["in_flight"] > 0


def check_defect(options) -> int:
    by_name = {d.name: d for d in plant.read_defects(options.defects)}
    if options.name not in by_name:
        print(f"run.py: no defect is called {options.name}", file=sys.stderr)
        return 2
    defect = by_name[options.name]
    if defect.shown_by == "assertion":
        status, output = run_tests(testers(options)["rtl"], defect.run, defect.name)
        good = status != 0 and re.search(rf"Assertion failed in \S*\.{defect.assertion}\b", output) is not None
        print(f"{defect.name} ({defect.side}, {defect.rule}): {'caught' if good else 'NOT CAUGHT'} by {defect.assertion}; exit {status}")
        if not good:
            print(output[-3000:], file=sys.stderr)
        return 0 if good else 1
    if defect.shown_by == "test":
        status, output = run_tests(testers(options)[defect.tests], defect.run, defect.name)
        good = failed_as_named(defect.run, status, output)
        print(f"{defect.name} ({defect.side}, {defect.rule}): {'caught' if good else 'NOT CAUGHT'} by {defect.run}; exit {status}")
        if not good:
            print(output[-3000:], file=sys.stderr)
        return 0 if good else 1
    if defect.shown_by in ("scoreboard", "seed_checker"):
        status, runs, errors = run_seeds(options.mutants, defect.run, defect.name)
        complaints = named_in_seeds(defect, runs)
        print(f"{defect.name} ({defect.side}, {defect.rule}): {'caught' if complaints else 'NOT CAUGHT'}; exit {status}; "
              f"{complaints[0] if complaints else 'none'}")
        if not complaints:
            print(errors[-3000:], file=sys.stderr)
        return 0 if complaints else 1
    if defect.shown_by == "oracle":
        status, errors = run_oracle(options.mutants, defect.run, defect.side, defect.name)
        if status == NO_QEMU:
            print(errors.strip())
            return NO_QEMU
        differences = re.findall(rf"^  ({defect.side}: .*)$", errors, re.MULTILINE)
        good = status == 1 and bool(differences)
        print(f"{defect.name} ({defect.side}, {defect.rule}): {'caught' if good else 'NOT CAUGHT'}; exit {status}; "
              f"{differences[0] if differences else 'none'}")
        if not good:
            print(errors[-3000:], file=sys.stderr)
        return 0 if good else 1
    status, report, errors = run(options.mutants, defect.run, defect.set, defect.name)
    rules = rules_broken(errors)
    verdict = "caught" if caught(defect, status, report, errors) else "NOT CAUGHT"
    print(f"{defect.name} ({defect.side}, {defect.rule}): {verdict}; exit {status}; rules {sorted(set(rules))}, first "
          f"{rules[0] if rules else 'none'}")
    if verdict != "caught":
        print("\n".join(errors.splitlines()[-25:]), file=sys.stderr)
    return 0 if verdict == "caught" else 1


def check_clean(options) -> int:
    for scenario, settings in CLEAN_RUNS:
        hashes = []
        for executable in (options.mutants, options.reference):
            status, report, errors = run(executable, scenario, settings, None)
            if status != 0 or report is None:
                print(f"{executable.name} {scenario}: exit {status}\n{errors[:4000]}", file=sys.stderr)
                return 1
            hashes.append(report["sim"]["event_hash"])
        print(f"{scenario}: {hashes[0]} {'==' if hashes[0] == hashes[1] else '!='} {hashes[1]}")
        if hashes[0] != hashes[1]:
            return 1
    defects = plant.read_defects(options.defects)
    for name, executable in testers(options).items():
        tests = sorted({d.run for d in defects if d.shown_by == "test" and d.tests == name})
        if not tests:
            continue
        if name == "cpu":  # one SystemC elaboration per process
            done = [run_tests(executable, test, None) for test in tests]
            status, output = max(s for s, _ in done), "".join(o for _, o in done)
        else:
            status, output = run_tests(executable, ":".join(tests), None)
        print(f"{len(tests)} tests of {executable.name}: exit {status}")
        if status != 0:
            print(output[-4000:], file=sys.stderr)
            return 1
        for test in tests:
            if not re.search(rf"^\[       OK \] {re.escape(test.rstrip('*'))}", output, re.MULTILINE):
                print(f"there is no test {test}", file=sys.stderr)
                return 1
    for seeds, side in sorted({(d.run, d.side) for d in defects if d.shown_by == "oracle"}):
        status, errors = run_oracle(options.mutants, seeds, side, None)
        print(f"oracle, seeds {seeds} of {side}: exit {status}")
        if status not in (0, NO_QEMU):
            print(errors[-4000:], file=sys.stderr)
            return 1
    for seeds in sorted({d.run for d in defects if d.shown_by in ("scoreboard", "seed_checker")}):
        status, _, errors = run_seeds(options.mutants, seeds, None)
        print(f"seeds {seeds}: exit {status}")
        if status != 0:
            print(errors[-4000:], file=sys.stderr)
            return 1
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Runs planted defects and checks that they are caught.")
    parser.add_argument("--mutants", type=pathlib.Path, required=True, help="instrumented executable")
    parser.add_argument("--tests", action="append", required=True, metavar="NAME=EXE", help="instrumented tests")
    parser.add_argument("--reference", type=pathlib.Path, help="production executable, with --clean")
    parser.add_argument("--defects", type=pathlib.Path, default=pathlib.Path(__file__).parent / "defects")
    parser.add_argument("--clean", action="store_true", help="compare event hashes with no defect active")
    parser.add_argument("name", nargs="?", help="defect to run")
    options = parser.parse_args(arguments)
    if options.clean:
        return check_clean(options)
    if options.name is None:
        parser.error("name a defect or give --clean")
    return check_defect(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

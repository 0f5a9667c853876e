# SPDX-License-Identifier: Apache-2.0
"""The output that a lesson's page shows is what its commands print.

    page_figures.py --ringside EXE PAGE...          exit 0 when every line shown is printed
    page_figures.py --ringside EXE --fix PAGE...    writes the lines as they are printed now

A fenced block with `ringside run` at the beginning of a line holds commands; lines below one in the same block are its
output.  A block without commands shows the output of the page's commands in turn, the last one's when there are more
blocks than commands.  `...` stands for lines left out, blanks count as one, and a breach may be cut behind its frame.
"""

import argparse
import pathlib
import re
import shlex
import subprocess
import sys

TIMEOUT_S = 300


def normal(line: str) -> str:
    return " ".join(line.split())


def agrees(got: str, line: str) -> bool:
    if line.startswith("contract:"):
        return normal(got).startswith(normal(line))
    return normal(got) == normal(line)


def as_shown(got: str) -> str:
    return re.sub(r"(; frame \d+);.*", r"\1", got.rstrip()) if got.startswith("contract:") else got.rstrip()


def key_of(line: str) -> tuple[str, ...]:
    """What a line is about, by which --fix finds it again."""
    words = line.split()
    if re.search("[│●╰╭]", line):
        return ("journey", next((w for w in words if re.fullmatch(r"[a-z][a-z0-9_]+", w)), ""))
    return tuple(words[:2]) if words[0] in ("CPU", "dropped", "contract:") else (words[0],)


class Runner:
    """Runs each command once."""

    def __init__(self, ringside: pathlib.Path):
        self.ringside = ringside
        self.done: dict[str, list[str]] = {}

    def output(self, command: str) -> list[str]:
        if command not in self.done:
            words = shlex.split(command)
            done = subprocess.run([str(self.ringside), *words[1:]], capture_output=True, text=True, timeout=TIMEOUT_S,
                                  check=False)
            self.done[command] = (done.stdout + done.stderr).splitlines()
        return self.done[command]


def blocks_of(text: str) -> list[tuple[int, list[str]]]:
    """Fenced blocks: line number of the first line inside, and the lines."""
    found, inside = [], None
    for number, line in enumerate(text.splitlines()):
        if line.startswith("```"):
            if inside is None:
                inside = (number + 1, [])
            else:
                found.append(inside)
                inside = None
        elif inside is not None:
            inside[1].append(line)
    return found


def shown_lines(text: str) -> list[tuple[int, str, str]]:
    """(line number, command, line) of everything that is said to be printed."""
    blocks = blocks_of(text)
    commands = [line for _, lines in blocks for line in lines if line.startswith("ringside run")]
    shown, turn = [], 0
    for start, lines in blocks:
        if any(line.startswith("ringside run") for line in lines):
            command = ""
        else:
            command = commands[min(turn, len(commands) - 1)]
            turn += 1
        for offset, line in enumerate(lines):
            if line.startswith("ringside run"):
                command = line
            elif line.strip() not in ("", "..."):
                shown.append((start + offset, command, line))
    return shown


def check(runner: Runner, page: pathlib.Path, fix: bool) -> int:
    lines = page.read_text(encoding="utf-8").splitlines()
    wrong, at = 0, {}
    for number, command, line in shown_lines("\n".join(lines)):
        output = runner.output(command)
        place = next((i for i, got in enumerate(output) if agrees(got, line)), None)
        if place is not None:
            at[command] = place
            continue
        wrong += 1
        alike = [i for i, got in enumerate(output) if got.strip() and key_of(got) == key_of(line)]
        nearest = next((i for i in alike if i > at.get(command, -1)), alike[0] if alike else None)
        print(f"{page.name}:{number + 1}: not printed by {command}\n  page  {line.strip()}")
        if nearest is None:
            continue
        print(f"  run   {output[nearest].strip()}")
        if fix:
            lines[number] = as_shown(output[nearest])
            at[command] = nearest
    if fix and wrong:
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return wrong


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Checks the output shown in lesson pages.")
    parser.add_argument("--ringside", type=pathlib.Path, required=True)
    parser.add_argument("--fix", action="store_true")
    parser.add_argument("pages", nargs="+", type=pathlib.Path)
    options = parser.parse_args(arguments)
    runner = Runner(options.ringside)
    wrong = sum(check(runner, page, options.fix) for page in options.pages)
    return 1 if wrong and not options.fix else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

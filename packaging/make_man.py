#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the manual page: the text of a template, the options as the program itself prints them.

Usage: make_man.py PROGRAM TEMPLATE OUTPUT.gz
"""
import gzip
import pathlib
import re
import subprocess
import sys

# "  -j,--jobs N                 Runs at a time": names, type, and the beginning of the text.
OPTION = re.compile(r"^  (-\S+(?:, --\S+)?)((?: \S+)?)(?: {1,}(\S.*))?$")
MORE = re.compile(r"^ {10,}(\S.*)$")


def options_of(text):
    """(names, type, what it does) of each option in a --help."""
    found = []
    for line in text.splitlines():
        if (option := OPTION.match(line)) is not None:
            names, kind, what = option.groups()
            if kind and what is None:  # "  --list    Print": one word of text is no type
                kind, what = "", kind
            found.append([names, kind.strip(), (what or "").strip()])
        elif found and (more := MORE.match(line)) is not None:
            found[-1][2] = f"{found[-1][2]} {more[1]}".strip()
    return found


def help_of(program, *command):
    return subprocess.run([program, *command, "--help"], capture_output=True, text=True, check=True).stdout


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text.startswith((".", "'")) else text


def paragraphs(options):
    for names, kind, what in options:
        shown = ", ".join(f"\\fB{roff(name)}\\fR" for name in re.split(", ?", names))
        yield f".TP\n{shown}" + (f" \\fI{roff(kind)}\\fR" if kind else "") + f"\n{roff(what)}."


def main():
    program, template, output = sys.argv[1:]
    everywhere = options_of(help_of(program))
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    text = pathlib.Path(template).read_text(encoding="utf-8").replace("@VERSION@", version)
    text = text.replace("@OPTIONS@", "\n".join(paragraphs(everywhere)))
    for mark, command in (("@RUN@", "run"), ("@REGRESS@", "regress"), ("@ORACLE@", "oracle"),
                          ("@LINUX@", "linux")):
        own = [option for option in options_of(help_of(program, command)) if option not in everywhere]
        text = text.replace(mark, "\n".join(paragraphs(own)))
    with open(output, "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.encode())


if __name__ == "__main__":
    main()

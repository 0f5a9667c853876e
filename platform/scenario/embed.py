#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes bundled_files.cpp: the scenario files as string literals.

Usage: embed.py OUTPUT FILE.toml...
"""
import pathlib
import sys

HEAD = """// Made by platform/scenario/embed.py.
#include "platform/scenario/bundled_files.h"

namespace ringside::platform {
namespace {

constexpr bundled_file files[] = {
"""
TAIL = """};

}  // namespace

std::span<const bundled_file> bundled_files() {
  return files;
}

}  // namespace ringside::platform
"""


def literal(text):
    """One C string literal a line; bytes outside ASCII as octal, which ends after three digits."""
    escapes = {ord("\\"): "\\\\", ord('"'): '\\"', ord("\n"): "\\n", ord("?"): "\\?"}
    for line in text.splitlines(keepends=True):
        yield '"' + "".join(escapes.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in line.encode()) + '"'


def main():
    output, *names = sys.argv[1:]
    rows = ""
    for path in sorted(map(pathlib.Path, names), key=lambda p: p.stem):
        rows += f'    {{"{path.stem}",\n     ' + "\n     ".join(literal(path.read_text(encoding="utf-8"))) + "},\n"
    pathlib.Path(output).write_text(HEAD + rows + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()

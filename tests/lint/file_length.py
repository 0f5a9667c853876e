#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""No source file is longer than 450 lines: a longer one has more than one job."""
import files

LIMIT = 450
SUFFIXES = files.CPP + (".sv", ".py", ".sh", ".cmake", ".vlt")


def main():
    checked = [f for f in files.tracked() if f.suffix in SUFFIXES or f.name == "CMakeLists.txt"]
    lengths = {f: files.text(f).count("\n") for f in checked}
    files.finish("file_length", [f"{f}: {n} lines, limit {LIMIT}" for f, n in lengths.items() if n > LIMIT], len(checked))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All C++ is laid out by clang-format 14 (.clang-format).  --fix (scripts/format) rewrites the files instead."""
import subprocess
import sys
import files


def main():
    checked = files.cpp_files()
    mode = ["-i"] if "--fix" in sys.argv[1:] else ["--dry-run"]
    out = subprocess.run(["clang-format", "--style=file", *mode, *map(str, checked)], cwd=files.ROOT,
                         stderr=subprocess.PIPE, text=True)
    if out.returncode:
        sys.exit(out.stderr or "clang-format failed")
    bad = sorted({line.split(":")[0] for line in out.stderr.splitlines() if "[-Wclang-format-violations]" in line})
    files.finish("clang_format", [f"{f}: not formatted; run scripts/format" for f in bad], len(checked))


if __name__ == "__main__":
    main()

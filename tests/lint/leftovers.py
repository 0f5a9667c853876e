#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nothing unfinished, switched off or bound to one machine is left in the tree."""
import re
import files

PATTERNS = {
    "unfinished": re.compile(r"\b(TODO|FIXME|XXX|HACK)\b"),
    "switched-off test": re.compile(r"\bDISABLED_|\bGTEST_SKIP\b"),
    "path of one machine": re.compile(r"(?<![\w.$}/])/(work|root|home/\w+)/|(?<![\w.])/tmp/[\w.]"),
    "merge conflict": re.compile(r"^(<<<<<<<|>>>>>>>) ", re.M),
}
SKIP = {"LICENSE", "tests/lint/leftovers.py"}


def main():
    findings = []
    checked = [f for f in files.tracked() if str(f) not in SKIP and f.suffix not in (".png", ".pcap", ".pcapng", ".gz", ".gtkw")]
    for path in checked:
        for number, line in enumerate(files.text(path).splitlines(), 1):
            findings += [f"{path}:{number}: {what}: {line.strip()}" for what, p in PATTERNS.items() if p.search(line)]
    files.finish("leftovers", findings, len(checked))


if __name__ == "__main__":
    main()

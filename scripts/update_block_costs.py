#!/usr/bin/env python3
"""Writes what `ringside-bench --blocks --json FILE` measured into docs/rtl: every table row that begins with a block.

Usage: update_block_costs.py FILE
"""
import json
import pathlib
import re
import sys

PAGES = pathlib.Path(__file__).resolve().parents[1] / "docs/rtl"
ROW = re.compile(r"^\| (`(\w+)`|Verilator's evaluation loop|all) \| [\d.]+ \| [\d.]+ \|$")
LOOP = "(Verilator's evaluation loop)"
PINS = "(replay of the pins)"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    measured = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))["blocks"]
    sizes = [measured["size_64"], measured["size_1514"]]
    for size in sizes:
        size.pop(PINS, None)  # the bench's own
    written = set()
    for page in sorted(PAGES.glob("*.md")):
        lines = page.read_text(encoding="utf-8").splitlines()
        for i, line in enumerate(lines):
            row = ROW.match(line)
            if not row:
                continue
            block = row[2] or (LOOP if row[1] != "all" else None)
            figures = [sum(size.values()) if block is None else size.get(block, 0.0) for size in sizes]
            written.add(block)
            lines[i] = f"| {row[1]} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |"
        page.write_text("\n".join(lines) + "\n", encoding="utf-8")
    missing = sorted(set(sizes[0]) - written)
    if missing:
        sys.exit(f"no page has a row for {', '.join(missing)}")


if __name__ == "__main__":
    main()

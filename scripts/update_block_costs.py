#!/usr/bin/env python3
"""Writes what `ringside-bench --blocks --json FILE` measured into docs/rtl: every table row that begins with a block, and
the digest of the RTL it was measured on, which lint/docs compares.

Usage: update_block_costs.py FILE
"""
import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs/rtl"
ROW = re.compile(r"^\| (`(\w+)`|Verilator's evaluation loop|all) \| [\d.]+ \| [\d.]+ \|$")
LOOP = "(Verilator's evaluation loop)"
PINS = "(replay of the pins)"
STAMP = re.compile(r"(RTL digest) `(\w+)`")
# A text or a comment that Verilator obeys stays, any other comment goes.
COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*"|/[/*]\s*verilator[^\n]*)|//[^\n]*|/\*.*?\*/', re.S)


def rtl_files():
    """What is compiled into the model that is measured; assertions are not."""
    return sorted((ROOT / "hw/rtl").glob("*.sv"))


def code_of(text):
    """SystemVerilog without comments and layout."""
    return " ".join(COMMENT.sub(lambda match: match[1] or " ", text).split())


def rtl_digest():
    digest = hashlib.sha256()
    for path in rtl_files():
        digest.update(f"{path.name}\n{code_of(path.read_text(encoding='utf-8'))}\n".encode())
    return digest.hexdigest()[:16]


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    source = pathlib.Path(sys.argv[1])
    for path in rtl_files():
        if path.stat().st_mtime > source.stat().st_mtime:
            sys.exit(f"{source} is older than {path.name}: build and measure again")
    measured = json.loads(source.read_text(encoding="utf-8"))["blocks"]
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
        text = STAMP.sub(rf"\1 `{rtl_digest()}`", "\n".join(lines))
        page.write_text(text + "\n", encoding="utf-8")
    missing = sorted(set(sizes[0]) - written)
    if missing:
        sys.exit(f"no page has a row for {', '.join(missing)}")


if __name__ == "__main__":
    main()

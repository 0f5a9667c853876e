#!/usr/bin/env python3
"""What the documents point at exists: relative links, file names in `backquotes`, functions named beside a file, packages.

A table row with a file and a function, both in backquotes in neighbouring cells, names a function that stands in that
file.  Every RTL module has a page in docs/rtl, whose costs were counted for the RTL as it is.  In docs/testplan.md a row
that begins with a rule's id names test files that mention the id.
"""
import re
import sys

import files

sys.path.insert(0, str(files.ROOT / "scripts"))
import update_block_costs  # noqa: E402

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
TOP = ("common/", "hw/", "sw/", "platform/", "tests/", "waves/", "docs/", "cmake/", "scripts/", ".ci/")
PAIR = re.compile(r"\|\s*`([\w./-]+\.\w+)`\s*\|\s*((?:`[\w:~]+(?:\(\))?`(?:,\s*)?)+)\s*\|")
RULE = re.compile(r"^\|\s*([A-Z]{1,2}-\d+[a-z]?)\s*\|(.*)$")


def exists(base, name):
    return any(base.glob(name)) if "*" in name else (base / name).exists()


def links(path, text):
    for target in LINK.findall(text):
        name = target.split("#")[0]
        if name and "://" not in target and not target.startswith("mailto:"):
            if not (files.ROOT / path).parent.joinpath(name).exists():
                yield f"link to {target}, which does not exist"


def names(text):
    for code in CODE.findall(text):
        name = code.split(":")[0]
        if name.startswith(TOP) and re.fullmatch(r"[\w./*-]+", name) and not exists(files.ROOT, name):
            yield f"names {name}, which does not exist"


def functions(text):
    for name, calls in PAIR.findall(text):
        if not (files.ROOT / name).is_file():
            continue
        source = files.text(name)
        for call in CODE.findall(calls):
            last = call.rstrip("()").split("::")[-1]
            if not re.search(rf"\b{re.escape(last)}\b", source):
                yield f"names {call} in {name}, which does not have it"


def rules(text):
    for line in text.splitlines():
        row = RULE.match(line)
        if not row:
            continue
        for name in CODE.findall(row[2]):
            if name.startswith("tests/") and (files.ROOT / name).is_file():
                if not re.search(rf"\b{row[1]}\b", files.text(name)):
                    yield f"says that {name} tests {row[1]}, which it does not mention; run scripts/update_testplan.py"


def packages():
    listed = re.findall(r"^\w+_packages=\(([^)]*)\)", files.text("scripts/packages.sh"), re.M)
    known = set(CODE.findall(files.text("docs/dependencies.md")))
    for package in " ".join(listed).split():
        if package not in known:
            yield f"docs/dependencies.md: does not say why {package} is installed"


def blocks():
    """Every module of the RTL has a page in docs/rtl, and every page its parts."""
    pages = {f: files.text(f) for f in files.tracked() if f.match("docs/rtl/*.md") and f.name != "README.md"}
    for page, text in pages.items():
        for part in ("Ports", "Timing", "Invariants", "Cost"):
            if f"\n## {part}" not in text:
                yield f"{page}: has no section {part}"
    index = files.text("docs/rtl/README.md")
    for source in files.tracked():
        if not source.match("hw/rtl/e1000_*.sv") or source.stem.endswith("_pkg"):
            continue
        row = re.compile(rf"^\| `{source.stem}` \| [\d.]+ \| [\d.]+ \|$", re.M)
        if sum(1 for text in pages.values() if row.search(text)) != 1 or not row.search(index):
            yield f"{source}: its cost does not stand in one page of docs/rtl and in docs/rtl/README.md"
    yield from counted_for(index, update_block_costs.rtl_digest())


def counted_for(index, digest):
    """The costs were counted for this RTL."""
    stamps = [stamp[2] for stamp in update_block_costs.STAMP.finditer(index)]
    if stamps != [digest]:
        yield (f"docs/rtl: costs were counted for RTL digest {' '.join(stamps) or 'unknown'}, hw/rtl has {digest}; run ringside-bench "
               "--blocks --json FILE, then python3 scripts/update_block_costs.py FILE")


def main():
    findings = [*packages(), *blocks()]
    checked = [f for f in files.tracked() if f.suffix == ".md"]
    for path in checked:
        text = files.text(path)
        found = [*links(path, text), *names(text), *functions(text)]
        if path.name == "testplan.md":
            found += rules(text)
        findings += [f"{path}: {f}" for f in found]
    files.finish("docs", findings, len(checked))


if __name__ == "__main__":
    main()

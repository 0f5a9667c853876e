#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documents point at exists: relative links, file names in `backquotes`, functions named beside a file, packages.

A table row with a file and a function, both in backquotes in neighbouring cells, names a function that stands in that
file.  Every RTL module is named in a page of docs/rtl, and every page has its sections.  In docs/testplan.md a row that
begins with a rule's id names test files that mention the id.
"""
import re

import files

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")
TOP = ("common/", "hw/", "sw/", "contract/", "platform/", "tools/", "tests/", "waves/", "docs/", "cmake/", "scripts/", ".ci/")
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
    """Every module of the RTL is named in a page of docs/rtl, and every page has its sections."""
    pages = {f: files.text(f) for f in files.tracked() if f.match("docs/rtl/*.md") and f.name != "README.md"}
    for page, text in pages.items():
        for part in ("Ports", "Timing", "Invariants"):
            if f"\n## {part}" not in text:
                yield f"{page}: has no section {part}"
    named = {code for text in pages.values() for code in CODE.findall(text)}
    for source in files.tracked():
        if source.match("hw/rtl/e1000_*.sv") and not source.stem.endswith("_pkg") and source.stem not in named:
            yield f"{source}: no page of docs/rtl names it"


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

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the documents point at exists: relative links, file names in `backquotes`, functions named beside a file, packages.

A table row with a file and a function, both in backquotes in neighbouring cells, names a function that stands in that
file.  Every RTL module is named in a page of docs/rtl, and every page has its sections.  In docs/testplan.md a row that
begins with a rule's id names test files that mention the id.  The manual page and docs/outputs.md tell of the exit statuses
that the headers of tools/ define, and of no others.
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


# What the line about a status has to say, by the constant's name.
STATUS = {"exit_ok": "went well", "exit_internal": "internal error", "exit_bad_input": "not allowed", "exit_breach": "broke",
          "exit_self_test": "--ethtool-test", "exit_no_qemu": "QEMU", "exit_no_linux": "ringside linux",
          "exit_broken_pipe": "reads"}
MAN_PAGE, OUTPUTS_PAGE = "packaging/ringside.1.in", "docs/outputs.md"


def statuses_in_code():
    for source in files.tracked():
        if source.match("tools/*/*.h"):
            for name, value in re.findall(r"constexpr int (exit_\w+) = ([\d +]+);", files.text(source)):
                yield name, sum(int(term) for term in value.split("+"))


def statuses():
    """Those of signals (128 + N) have no constant but SIGPIPE's, and docs/outputs.md tells of that in its text."""
    man = files.text(MAN_PAGE).split(".SH EXIT STATUS")[1].split(".SH ")[0].replace("\\-", "-")
    pages = {MAN_PAGE: re.findall(r"^\.B (\d+)\n((?:(?!\.TP).*\n)*)", man, re.M),
             OUTPUTS_PAGE: re.findall(r"^\| (\d+) \| (.*) \|$", files.text(OUTPUTS_PAGE).split("## How it ends")[1], re.M)}
    code = dict(statuses_in_code())
    for name in sorted(code.keys() ^ STATUS.keys()):
        yield f"exit status {name}: is not known to code and lint alike"
    for page, rows in pages.items():
        told = {int(number): text for number, text in rows}
        for name, value in code.items():
            if (value < 128 or page == MAN_PAGE) and STATUS.get(name, "") not in told.pop(value, "\0"):
                yield f"{page}: does not say of status {value} ({name}) that '{STATUS.get(name)}'"
        for number in told:
            if number < 128:
                yield f"{page}: tells of status {number}, which no header of tools/ has"


def main():
    findings = [*packages(), *blocks(), *statuses()]
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

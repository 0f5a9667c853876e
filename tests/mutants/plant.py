# SPDX-License-Identifier: Apache-2.0
"""Plants defects: one instrumented copy of the touched sources in which each defect is selected at run time.

A defect is one TOML file (README.md).  This reads them all, proves that each text still occurs exactly once in its
target, and writes the copies, a table of names for C++ and a list of replaced files for CMake.  Production sources are
read only.

    plant.py --source ROOT --defects DIR --check          validate, write nothing
    plant.py --source ROOT --defects DIR --out DIR        validate and write
"""

import argparse
import dataclasses
import pathlib
import re
import sys
import tomllib

REQUIRED = ("name", "side", "target", "kind", "original", "replacement", "rule", "shown_by", "why")
OPTIONAL = ("within", "set", "scenario", "test", "tests", "seeds", "assertion")
# The tests of kernel, stack and cpu are compiled against the production headers.
SIDES = {
    "rtl": (".sv",), "driver": (".cpp", ".h"), "bus": (".cpp", ".h"),
    "kernel": (".cpp",), "stack": (".cpp",), "cpu": (".cpp",), "model": (".cpp",),
    "oracle": (".cpp",),
}
# The instrumented tests that show a defect of a side, unless its file says otherwise.
TESTS = {"rtl": "card", "driver": "machine", "bus": "machine", "kernel": "unit", "stack": "unit", "cpu": "cpu",
         "model": "model", "oracle": "oracle"}
KINDS = ("expression", "statement")
# How a defect shows, and the key that says what to run for it.
SHOWN_BY = {"checker": "scenario", "conservation": "scenario", "stall": "scenario", "test": "test", "scoreboard": "seeds",
            "seed_checker": "seeds", "oracle": "seeds", "assertion": "test"}


class DefectError(Exception):
    """A defect file that cannot be planted; the message names the file."""


@dataclasses.dataclass(frozen=True)
class Defect:
    """One planted defect; `number` selects it at run time, 0 is none."""

    number: int
    name: str
    side: str
    target: str
    kind: str
    original: str
    replacement: str
    within: str
    rule: str
    shown_by: str
    run: str
    tests: str
    set: tuple[str, ...]
    assertion: str
    why: str


def read_defect(path: pathlib.Path, number: int) -> Defect:
    """Reads and checks one file, apart from its target."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefectError(f"{path.name}: {error}") from error
    missing = [key for key in REQUIRED if key not in table]
    unknown = [key for key in table if key not in REQUIRED + OPTIONAL]
    if missing or unknown:
        raise DefectError(f"{path.name}: missing {missing}, unknown {unknown}")
    for key in REQUIRED:
        if not isinstance(table[key], str) or not table[key].strip():
            raise DefectError(f"{path.name}: {key} must be a text that is not empty")
    if table["name"] != path.stem or not re.fullmatch(r"[a-z][a-z0-9_]*", table["name"]):
        raise DefectError(f"{path.name}: name must be the file's, in snake_case")
    for key, allowed in (("side", tuple(SIDES)), ("kind", KINDS), ("shown_by", tuple(SHOWN_BY))):
        if table[key] not in allowed:
            raise DefectError(f"{path.name}: {key} must be one of {', '.join(allowed)}")
    if not table["target"].endswith(SIDES[table["side"]]):
        raise DefectError(f"{path.name}: target of side {table['side']} must end in {SIDES[table['side']]}")
    how = table["shown_by"]
    if not isinstance(table.get(SHOWN_BY[how]), str):
        raise DefectError(f"{path.name}: shown_by = \"{how}\" needs the key {SHOWN_BY[how]}")
    for key in sorted(set(SHOWN_BY.values())):
        if key in table and key != SHOWN_BY[how]:
            raise DefectError(f"{path.name}: {key} means nothing with shown_by = \"{how}\"")
    if "set" in table and SHOWN_BY[how] != "scenario":
        raise DefectError(f"{path.name}: set needs a scenario")
    tests = table.get("tests", TESTS[table["side"]])
    if tests not in TESTS.values() or ("tests" in table and how != "test"):
        raise DefectError(f"{path.name}: tests must be one of {', '.join(sorted(set(TESTS.values())))}, with shown_by = \"test\"")
    if (how == "assertion") != isinstance(table.get("assertion"), str):
        raise DefectError(f"{path.name}: assertion names what fails with shown_by = \"assertion\"")
    settings = table.get("set", [])
    if not isinstance(settings, list) or not all(isinstance(s, str) and "=" in s for s in settings):
        raise DefectError(f"{path.name}: set must be a list of \"key=value\"")
    original, replacement = (table[key].strip() for key in ("original", "replacement"))
    return Defect(
        number=number, original=original, replacement=replacement, within=table.get("within", original).strip(),
        tests="rtl" if how == "assertion" else tests, set=tuple(settings), assertion=table.get("assertion", ""), run=table[SHOWN_BY[table["shown_by"]]], **{k: table[k] for k in REQUIRED if k not in ("original", "replacement")},
    )


def read_defects(folder: pathlib.Path) -> list[Defect]:
    """Every defect of the folder, numbered from 1 in name order."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise DefectError(f"no defects in {folder}")
    return [read_defect(path, number) for number, path in enumerate(files, start=1)]


def find_span(text: str, defect: Defect) -> tuple[int, int]:
    """Where the defect's original stands in its target; it must be there exactly once."""
    if text.count(defect.within) != 1:
        raise DefectError(f"{defect.name}: text occurs {text.count(defect.within)} times in {defect.target}")
    if defect.within.count(defect.original) != 1:
        raise DefectError(f"{defect.name}: original must occur once in `within`")
    start = text.index(defect.within) + defect.within.index(defect.original)
    return start, start + len(defect.original)


def choice(defect: Defect) -> str:
    """The run-time question whether this defect is active, in its target's language."""
    if defect.side == "rtl":
        return f"(ringside_mutant_pkg::selected == 32'd{defect.number})"
    return f"ringside::mutant::active({defect.number})"


def planted(original: str, defects: list[Defect]) -> str:
    """The original text with every defect of this place selectable."""
    kinds = {d.kind for d in defects}
    if len(kinds) != 1:
        raise DefectError(f"{', '.join(d.name for d in defects)}: one place, two kinds")
    if kinds == {"expression"}:
        text = f"({original})"
        for d in reversed(defects):
            text = f"({choice(d)} ? ({d.replacement}) : {text})"
        return text
    opening, closing = ("begin", "end") if defects[0].side == "rtl" else ("{", "}")
    text = f"{opening} {original} {closing}"
    for d in reversed(defects):
        text = f"if ({choice(d)}) {opening} {d.replacement} {closing} else {text}"
    # An `else` of the source must not fall to the defect's question.
    return f"{opening} {text} {closing}"


def plant_file(text: str, defects: list[Defect]) -> str:
    """The instrumented copy of one target."""
    places: dict[tuple[int, int], list[Defect]] = {}
    for defect in defects:
        places.setdefault(find_span(text, defect), []).append(defect)
    spans = sorted(places)
    for (_, end), (start, _) in zip(spans, spans[1:]):
        if start < end:
            raise DefectError(f"{places[(start, _)][0].name}: overlaps another defect in {defects[0].target}")
    for start, end in reversed(spans):
        text = text[:start] + planted(text[start:end], places[(start, end)]) + text[end:]
    if defects[0].side != "rtl":
        text = '#include "tests/mutants/mutant.h"\n' + text
    return text


def plant(source: pathlib.Path, defects: list[Defect]) -> dict[str, str]:
    """Instrumented text by target path."""
    targets: dict[str, list[Defect]] = {}
    for defect in defects:
        targets.setdefault(defect.target, []).append(defect)
    result = {}
    for target, planted_here in targets.items():
        path = source / target
        if not path.is_file():
            raise DefectError(f"{planted_here[0].name}: no file {target}")
        result[target] = plant_file(path.read_text(encoding="utf-8"), planted_here)
    return result


def table_header(defects: list[Defect]) -> str:
    """C++ table of names, in the order of their numbers."""
    rows = "\n".join(f'    "{d.name}",' for d in defects)
    return (
        "// Generated by tests/mutants/plant.py.\n#pragma once\n#include <array>\n#include <string_view>\n"
        f"namespace ringside::mutant {{\ninline constexpr auto names = std::to_array<std::string_view>({{\n{rows}\n}});\n"
        "}  // namespace ringside::mutant\n"
    )


def write_if_changed(path: pathlib.Path, text: str) -> None:
    """Leaves an unchanged file's time alone, so that nothing is built again."""
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Plants selectable defects into copies of the sources.")
    parser.add_argument("--source", type=pathlib.Path, required=True, help="root of the source tree")
    parser.add_argument("--defects", type=pathlib.Path, required=True, help="folder of defect files")
    parser.add_argument("--out", type=pathlib.Path, help="folder for the instrumented copies")
    parser.add_argument("--check", action="store_true", help="validate only")
    options = parser.parse_args(arguments)
    try:
        defects = read_defects(options.defects)
        copies = plant(options.source, defects)
    except DefectError as error:
        print(f"plant.py: {error}", file=sys.stderr)
        return 1
    if options.check or options.out is None:
        print(f"{len(defects)} defects in {len(copies)} files")
        return 0
    for target, text in copies.items():
        write_if_changed(options.out / target, text)
    write_if_changed(options.out / "mutant_table.h", table_header(defects))
    lines = [f"set(RINGSIDE_PLANTED_{side.upper()} {' '.join(sorted({d.target for d in defects if d.side == side}))})"
             for side in SIDES]
    lines.append(f"set(RINGSIDE_PLANTED_NAMES {' '.join(d.name for d in defects)})")
    lines.append(f"set(RINGSIDE_PLANTED_ASSERTED {' '.join(d.name for d in defects if d.shown_by == 'assertion')})")
    write_if_changed(options.out / "planted.cmake", "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

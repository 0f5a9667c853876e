#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy (.clang-tidy) over C++ files that the build folder knows how to compile.

usage: clang_tidy.py BUILD-FOLDER [--all | FILE...]

Without files: those changed since the last commit's parent, at most LIMIT, since a file with SystemC takes 5 to 15 s.  For
a changed header one file that includes it.  When no C++ has changed, USUAL: what is judged depends on the change alone.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import files

LIMIT = 5
USUAL = ("common/event_stream.cpp", "sw/kernel/dma.cpp", "sw/stack/ip.cpp", "sw/driver/receiver.cpp")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)


def git(*arguments):
    try:
        out = subprocess.run(["git", "-C", files.ROOT, *arguments], capture_output=True, text=True)
    except FileNotFoundError:  # not installed
        return []
    return out.stdout.split("\0")[:-1] if out.returncode == 0 else []


def changed_files():
    """What differs from the last commit's parent, what is not committed yet included; nothing without git or a parent."""
    return {*git("diff", "-z", "--name-only", "HEAD"), *git("diff", "-z", "--name-only", "HEAD~1", "HEAD"),
            *git("ls-files", "-z", "--others", "--exclude-standard")}


def includes():
    """Per C++ file what it includes: as for the compiler, a name is one of its own folder or else of the root."""
    ours = {str(f) for f in files.cpp_files()}
    return {f: [beside if (beside := str(pathlib.PurePosixPath(f).parent / name)) in ours else name
                for name in INCLUDE.findall(files.text(f))] for f in ours}


def reached(name, graph):
    """`name` and all it includes, directly or not."""
    found, open_ends = set(), [name]
    while open_ends:
        at = open_ends.pop()
        if at not in found:
            found.add(at)
            open_ends += graph.get(at, [])
    return found


def includer(header, known, graph):
    """The header's own source, else the first that includes it, else the first that does so by another header."""
    direct = [f for f in known if header in graph.get(f, [])]
    own = [f for f in direct if pathlib.PurePosixPath(f).with_suffix(".h") == pathlib.PurePosixPath(header)]
    return next(iter(own or direct), None) or next((f for f in known if header in reached(f, graph)), None)


def choose(known, changed, graph):
    """What to judge without being told, and how many more the limit leaves out."""
    chosen = [f for f in known if f in changed]
    for header in sorted(f for f in changed if f.endswith(".h") and f in graph):
        if not any(header in reached(f, graph) for f in chosen):
            source = includer(header, known, graph)
            chosen += [source] if source else []
    if not chosen:
        chosen = [f for f in known if f in USUAL]
    return chosen[:LIMIT], len(chosen[LIMIT:])


def each_by_itself(commands):
    """Compile commands with those of files that CMake compiles as one (UNITY_BUILD) replaced by one for each of them."""
    out = []
    for command in commands:
        unity = pathlib.Path(command["file"])
        if unity.parent.name != "Unity":
            out.append(command)
            continue
        for name in INCLUDE.findall(unity.read_text()):
            out.append({**command, "file": name, "command": command["command"].replace(str(unity), name)})
    return out


def tidy(build, name):
    out = subprocess.run(["clang-tidy", "--quiet", "-p", build, str(files.ROOT / name)], capture_output=True, text=True,
                         cwd=build)
    text = "\n".join(line for line in out.stdout.splitlines() if line.strip())
    if out.returncode and "warning:" not in text and "error:" not in text:
        text += out.stderr
    return name, out.returncode, text.replace(f"{files.ROOT}/", "")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    commands = each_by_itself(json.loads((build / "compile_commands.json").read_text()))
    build = build / "clang_tidy"
    build.mkdir(exist_ok=True)
    (build / "compile_commands.json").write_text(json.dumps(commands))
    compiled = {os.path.relpath(c["file"], files.ROOT) for c in commands}
    known = [str(f) for f in files.cpp_files() if str(f) in compiled]
    wanted = sys.argv[2:]
    chosen = known if wanted == ["--all"] else [os.path.relpath(pathlib.Path(f).resolve(), files.ROOT) for f in wanted]
    left_out = 0
    if not wanted:
        chosen, left_out = choose(known, changed_files(), includes())
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, text in pool.map(lambda f: tidy(build, f), chosen):
            print(f"{'FAIL' if code else 'ok  '} {name}", flush=True)
            if code:
                bad += 1
                print(text, flush=True)
    more = f"; {left_out} more are left to --all" if left_out else ""
    print(f"clang_tidy: {bad} of {len(chosen)} files with findings{more}")
    sys.exit(1 if bad or not chosen else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""clang-tidy (.clang-tidy) over C++ files that the build folder knows how to compile.

usage: clang_tidy.py BUILD-FOLDER [--all | FILE...]

Without files: those changed since the last commit's parent, plus one in PART of the rest picked by the commit, so that
every file comes up in time.  At most LIMIT, since a file with SystemC takes about 5 s.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import files

LIMIT = 8
PICKED = 2


def git(*arguments):
    out = subprocess.run(["git", "-C", files.ROOT, *arguments], capture_output=True, text=True)
    return out.stdout.split() if out.returncode == 0 else []


def choose(known):
    changed = set(git("diff", "--name-only", "HEAD")) | set(git("diff", "--name-only", "HEAD~1", "HEAD"))
    changed |= set(git("ls-files", "--others", "--exclude-standard"))
    chosen = [f for f in known if f in changed][:LIMIT - PICKED]
    commit = " ".join(git("rev-parse", "HEAD"))
    rest = sorted((hashlib.sha256((commit + f).encode()).digest(), f) for f in known if f not in chosen)
    return chosen + [f for _, f in rest[:PICKED]]


def tidy(build, name):
    out = subprocess.run(["clang-tidy", "--quiet", "-p", build, str(files.ROOT / name)], capture_output=True, text=True,
                         cwd=build)
    text = "\n".join(line for line in out.stdout.splitlines() if line.strip())
    if out.returncode and "warning:" not in text and "error:" not in text:
        text += out.stderr
    return name, out.returncode, text.replace(f"{files.ROOT}/", "")


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    commands = json.loads((build / "compile_commands.json").read_text())
    compiled = {os.path.relpath(c["file"], files.ROOT) for c in commands}
    known = [str(f) for f in files.cpp_files() if str(f) in compiled]
    wanted = sys.argv[2:]
    chosen = known if wanted == ["--all"] else [os.path.relpath(pathlib.Path(f).resolve(), files.ROOT) for f in wanted]
    if not wanted:
        chosen = choose(known)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, code, text in pool.map(lambda f: tidy(build, f), chosen):
            print(f"{'FAIL' if code else 'ok  '} {name}", flush=True)
            if code:
                bad += 1
                print(text, flush=True)
    print(f"clang_tidy: {bad} of {len(chosen)} files with findings")
    sys.exit(1 if bad or not chosen else 0)


if __name__ == "__main__":
    main()

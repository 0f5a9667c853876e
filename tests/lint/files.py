# SPDX-License-Identifier: Apache-2.0
"""The tree's own files, for the lints: what git tracks or would track, minus what is gone."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPP = (".h", ".cpp")


def tracked():
    """Paths relative to the root.  Without git (a source archive) every file outside build folders."""
    try:
        out = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                             check=True, capture_output=True).stdout
        names = [pathlib.PurePosixPath(n) for n in out.decode().split("\0") if n]
    except (OSError, subprocess.CalledProcessError):
        names = [pathlib.PurePosixPath(p.relative_to(ROOT).as_posix()) for p in ROOT.rglob("*")
                 if not {"build", ".git"} & set(p.relative_to(ROOT).parts)]
    return sorted({n for n in names if (ROOT / n).is_file()})


def of_the_kernel(path):
    """Compiled into a Linux kernel: C in the kernel's own style, and under its licence."""
    return path.suffix in (".h", ".config") and path.parent == pathlib.PurePosixPath("linux/kernel")


def cpp_files():
    return [f for f in tracked() if f.suffix in CPP and not of_the_kernel(f)]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


def finish(name, findings, checked):
    """Prints the findings one a line and ends the program; nothing checked is a failure too."""
    for finding in findings:
        print(finding)
    print(f"{name}: {len(findings)} findings in {checked} files")
    sys.exit(1 if findings or not checked else 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Messages of commits: a subject of at most 72 characters, a blank line, and a body that says why.

Judged are the commits that no remote has yet and, where there are none, the last one: that much is there in a clone of any
depth.  Merges are left out.  A source archive has no commits and passes; the line says so.
"""
import subprocess

import files

LONGEST = 72


def git(*command):
    return subprocess.run(["git", "-C", files.ROOT, *command], check=True, capture_output=True, text=True).stdout


def judged():
    """(abbreviated name, message) of each."""
    new = git("rev-list", "--no-merges", "HEAD", "--not", "--remotes").split() if git("remote").strip() else []
    for commit in new or git("rev-list", "--no-merges", "--max-count=1", "HEAD").split():
        yield commit[:9], git("log", "-1", "--format=%B", commit)


def faults(message):
    subject, *rest = message.rstrip("\n").split("\n")
    if len(subject) > LONGEST:
        yield f"subject of {len(subject)} characters, {LONGEST} at most: {subject}"
    if not any(line.strip() for line in rest):
        yield f"no body that says why: {subject}"
    elif rest[0].strip():
        yield f"no blank line behind the subject: {subject}"


def main():
    try:
        commits = list(judged())
    except (OSError, subprocess.CalledProcessError):
        print("commits: none here to judge, this tree is no clone")
        return
    files.finish("commits", [f"{name}: {fault}" for name, message in commits for fault in faults(message)], len(commits))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What an installed Ringside is made of, and that it runs away from the tree it was built in.

Usage: install_test.py BUILD-FOLDER PROGRAM CLASS
"""
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD, PROGRAM = (pathlib.Path(name).resolve() for name in sys.argv[1:3])
VERSION = re.search(r"project\(ringside VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]


def run(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **more)
    if done.returncode:
        raise AssertionError(f"{command}: status {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def options(program, *command):
    """Names of all options in a --help, read another way than packaging/make_man.py does."""
    words = run(program, *command, "--help").replace(",", " ").split()
    return {word for word in words if re.fullmatch(r"--[a-z][a-z-]+|-[a-z]", word)}


class in_a_folder(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="ringside_"))
        self.addCleanup(shutil.rmtree, self.folder)

    def judge_tree(self, prefix, zsh):
        """Everything in its place below `prefix`, and the program runs from there."""
        for name in ("share/man/man1/ringside.1.gz", "share/bash-completion/completions/ringside", f"share/zsh/{zsh}/_ringside",
                     "share/ringside/waves/journey.gtkw", "share/doc/ringside/copyright", "share/doc/ringside/README.md",
                     "share/doc/ringside/docs/fact_sheet.md", "share/doc/ringside/docs/lessons/coalescing.md",
                     "share/doc/ringside/docs/images/journey.png", "share/doc/ringside/examples/scenarios/one_frame.toml"):
            self.assertTrue((prefix / name).is_file(), name)
        setups = {f.name for f in (ROOT / "waves").glob("*.gtkw")}
        self.assertEqual({f.name for f in (prefix / "share/ringside/waves").iterdir()}, setups)
        program = prefix / "bin/ringside"
        self.assertEqual(run(program, "--version"), f"ringside {VERSION}\n")
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        out = run(program, "run", "one_frame", "--vcd", "a.vcd", cwd=elsewhere)
        self.assertIn("offered 16  delivered 16", out)
        setup = re.search(r"^waves +gtkwave a\.vcd (\S+)$", out, re.M)[1]
        self.assertEqual((elsewhere / setup).resolve(), (prefix / "share/ringside/waves/journey.gtkw").resolve())
        self.assertGreater((elsewhere / "a.vcd").stat().st_size, 100_000)


class tree_test(in_a_folder):
    def test_install(self):
        prefix = self.folder / "local"
        run("cmake", "--install", BUILD, "--prefix", prefix)
        self.judge_tree(prefix, "site-functions")


class package_test(in_a_folder):
    def test_cpack(self):
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-G", "DEB", "-B", self.folder)
        (package,) = self.folder.glob("*.deb")
        architecture = run("dpkg", "--print-architecture").strip()
        self.assertEqual(package.name, f"ringside_{VERSION}_{architecture}.deb")
        depends = run("dpkg-deb", "--field", package, "Depends")
        for library in ("libc6", "libstdc++6", "libsystemc", "libfmt", "libpcap", "libdeflate"):
            self.assertIn(library, depends)
        self.assertNotIn("gtkwave", depends)
        self.assertEqual(run("dpkg-deb", "--field", package, "Suggests").strip(), "gtkwave")
        run("dpkg-deb", "-x", package, self.folder / "root")
        self.judge_tree(self.folder / "root/usr", "vendor-completions")
        own = [line.split()[-1] for line in run("dpkg-deb", "--contents", package).splitlines()]
        strangers = [name for name in own if not name.endswith("/") and not re.match(r"\./usr/(bin/ringside$|share/)", name)]
        self.assertEqual(strangers, [])


class moved_test(in_a_folder):
    """The program alone, anywhere: the bundled scenarios are in it."""

    def test_program_away_from_its_tree(self):
        program = shutil.copy(PROGRAM, self.folder)
        self.assertEqual(run(program, "--list", cwd=self.folder), run(PROGRAM, "--list"))
        self.assertIn("offered 16  delivered 16", run(program, "run", "one_frame", cwd=self.folder))

    def test_no_folder_of_scenarios_is_named_in_it(self):
        self.assertNotIn(b"platform/scenarios", PROGRAM.read_bytes())
        self.assertNotIn(str(ROOT / "waves").encode(), PROGRAM.read_bytes())

    def test_set_ups_are_found_where_the_tree_has_gone(self):
        """A tree of the same shape: the program, and waves/ at its root."""
        below = PROGRAM.parent.relative_to(ROOT)
        moved = self.folder / "moved"
        (moved / below).mkdir(parents=True)
        program = shutil.copy(PROGRAM, moved / below)
        self.assertRegex(run(program, "run", "one_frame", "--vcd", "a.vcd", cwd=moved), r"(?m)^waves +gtkwave a\.vcd$")
        shutil.copytree(ROOT / "waves", moved / "waves")
        self.assertRegex(run(program, "run", "one_frame", "--vcd", "a.vcd", cwd=moved), r"(?m)^waves .* waves/journey\.gtkw$")


class man_test(unittest.TestCase):
    def test_every_option_stands_in_it(self):
        page = gzip.decompress((PROGRAM.parent / "ringside.1.gz").read_bytes()).decode()
        self.assertNotRegex(page, r"@[A-Z]+@")
        self.assertIn(f'"ringside {VERSION}"', page)
        sections = dict(re.findall(r'^\.SH ([A-Z ]+)\n(.*?)(?=^\.SH |\Z)', page, re.M | re.S))
        for title, command in (("OPTIONS", ()), ("RINGSIDE RUN", ("run",)), ("RINGSIDE REGRESS", ("regress",)),
                               ("RINGSIDE ORACLE", ("oracle",)), ("RINGSIDE LINUX", ("linux",))):
            shown = set(re.findall(r"\\fB(-\S+?)\\fR", sections[title].replace("\\-", "-")))
            self.assertEqual(shown, options(PROGRAM, *command) - (options(PROGRAM) if command else set()), title)
        self.assertIn("\\fIKEY=VALUE\\fR\nSet a scenario key; may be repeated.", page)


class bash_test(in_a_folder):
    def complete(self, *words):
        """What bash offers with the cursor behind the last of `words`, parted as bash parts them."""
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in ("ringside", *words))
        script = (f"set -u; . {ROOT}/packaging/ringside.bash; compopt() {{ :; }}; COMP_WORDS=({quoted}); "
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _ringside || :; printf '%s\\n' \"${COMPREPLY[@]:-}\"")
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        return {line for line in run("bash", "-c", script, env=environment, cwd=self.folder).splitlines() if line}

    def test_candidates(self):
        judge_completion(self, self.complete)
        self.assertEqual(self.complete("run", "--set", "nic.ki"), {"nic.kind="})
        for values in (self.complete("run", "--set", "nic.kind", "="), self.complete("run", "--set", "nic.kind", "=", "")):
            self.assertEqual(values, {"rtl", "model"})
        self.assertEqual(self.complete("run", "--set", "nic.kind", "=", "m"), {"model"})


class zsh_test(in_a_folder):
    def complete(self, *words):
        """What zsh offers: compadd and _files print what they are given, where it fits the word under the cursor."""
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in ("ringside", *words))
        script = ("compadd() { while [[ $1 == -* && $1 != -- ]]; do [[ $1 == -S ]] && { tail=$2; shift }; shift; done; "
                  '[[ $1 == -- ]] && shift; for c; do [[ $c == ${words[CURRENT]}* ]] && print -r -- $c${tail-}; done; tail= }; '
                  "_files() { local keep='*'; [[ ${1-} == -g ]] && keep=$2; [[ ${1-} == -/ ]] && keep=/; "
                  "print -rl -- ${~keep}(N) *(N/) | grep -v '^/$' | grep \"^${words[CURRENT]}\" }; "
                  f"words=({quoted}); CURRENT=${{#words}}; . {ROOT}/packaging/_ringside || true")
        environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
        return {line for line in run("zsh", "-f", "-c", script, env=environment, cwd=self.folder).splitlines() if line}

    def test_candidates(self):
        judge_completion(self, self.complete)
        self.assertEqual(self.complete("run", "--set", "nic.ki"), {"nic.kind="})
        self.assertEqual(self.complete("run", "--set", "nic.kind="), {"nic.kind=rtl", "nic.kind=model"})
        self.assertEqual(self.complete("run", "--set", "nic.kind=m"), {"nic.kind=model"})


def judge_completion(self, complete):
    """The same for both shells."""
    scenarios = {line.split()[0] for line in run(PROGRAM, "--list").splitlines()}
    (self.folder / "mine.toml").touch()
    (self.folder / "notes.txt").touch()
    (self.folder / "sub").mkdir()
    self.assertEqual(complete(""), {"run", "regress", "oracle", "linux"})
    self.assertEqual(complete("reg"), {"regress"})
    self.assertEqual(complete("-"), options(PROGRAM))
    self.assertEqual(complete("run", "-"), options(PROGRAM, "run"))
    self.assertEqual(complete("regress", "--se"), {"--seeds"})
    self.assertEqual(complete("regress", "-"), options(PROGRAM, "regress"))
    self.assertEqual(complete("oracle", "-"), options(PROGRAM, "oracle"))
    self.assertEqual(complete("oracle", "--nic", ""), {"rtl", "model", "both"})
    self.assertEqual(complete("run", ""), scenarios | {"mine.toml", "sub"})
    self.assertEqual(complete("run", "one"), {"one_frame"})
    self.assertEqual(complete("run", "one_frame", "--journey", ""), set())
    self.assertEqual(complete("run", "--pcap", ""), {"mine.toml", "notes.txt", "sub"})
    self.assertEqual(complete("regress", "--keep-failing", ""), {"sub"})
    self.assertEqual(complete("regress", "--nic", ""), {"rtl", "model"})
    self.assertEqual(complete("run", "--list", "slow"), {"slow_cpu"})
    keys = {line.split()[0] for line in run(PROGRAM, "--list-keys").splitlines() if not line.startswith(" ")}
    self.assertEqual(complete("run", "one_frame", "--set", ""), {key + "=" for key in keys})


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

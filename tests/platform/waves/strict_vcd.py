#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a VCD file by the grammar of IEEE 1364-2005, 18.2.1, and takes nothing else.

    strict_vcd.py FILE...     # exit status 1 and a line for each file that is no such VCD
"""
import re
import sys

SCOPES = {"begin", "fork", "function", "module", "task"}
TYPES = {"event", "integer", "parameter", "real", "realtime", "reg", "supply0", "supply1", "time", "tri", "triand", "trior",
         "trireg", "tri0", "tri1", "wand", "wire", "wor"}
CODE = r"[!-~]+"
IDENTIFIER = r"(?:[A-Za-z_][A-Za-z0-9_$]*|\\[!-~]+)"
REFERENCE = re.compile(rf"{IDENTIFIER}(?: ?\[\d+\])*(?: ?\[\d+:\d+\])?")
TIMESCALE = re.compile(r"(1|10|100) ?(s|ms|us|ns|ps|fs)")


class NotVcd(Exception):
    pass


def demand(holds, line, what):
    if not holds:
        raise NotVcd(f"line {line}: {what}")


class Reader:
    def __init__(self, text):
        self.words = [(word, number) for number, line in enumerate(text.splitlines(), 1) for word in line.split()]
        self.at = 0
        self.vars = {}
        self.depth = 0

    def next(self):
        demand(self.at < len(self.words), "last", "the file ends inside a command")
        self.at += 1
        return self.words[self.at - 1]

    def command(self):
        """The words up to $end."""
        out = []
        while (word := self.next()[0]) != "$end":
            out.append(word)
        return out

    def definitions(self):
        while True:
            word, line = self.next()
            if word == "$enddefinitions":
                demand(not self.command(), line, "$enddefinitions has a text")
                demand(self.depth == 0, line, "a scope is open at $enddefinitions")
                return
            demand(word in ("$comment", "$date", "$version", "$scope", "$upscope", "$timescale", "$var"), line,
                   f"{word} is no declaration keyword")
            text = self.command()
            if word == "$scope":
                demand(len(text) == 2 and text[0] in SCOPES, line, f"$scope {' '.join(text)}")
                self.depth += 1
            elif word == "$upscope":
                demand(not text and self.depth > 0, line, "$upscope without a scope")
                self.depth -= 1
            elif word == "$timescale":
                demand(TIMESCALE.fullmatch(" ".join(text)), line, f"$timescale {' '.join(text)}")
            elif word == "$var":
                self.variable(text, line)

    def variable(self, text, line):
        demand(len(text) >= 4, line, "$var is too short")
        kind, size, code, name = text[0], text[1], text[2], " ".join(text[3:])
        demand(kind in TYPES, line, f"$var {kind}: no type of a variable")
        demand(size.isdigit() and int(size) > 0, line, f"size {size}")
        demand(re.fullmatch(CODE, code), line, f"identifier code {code}")
        demand(REFERENCE.fullmatch(name), line, f"reference {name}")
        known = self.vars.setdefault(code, (kind, int(size)))
        demand(known[1] == int(size), line, f"code {code} has two sizes")

    def changes(self):
        now = -1
        inside = False
        while self.at < len(self.words):
            word, line = self.next()
            if word in ("$dumpvars", "$dumpall", "$dumpon", "$dumpoff"):
                demand(not inside, line, f"{word} inside another")
                inside = True
            elif word == "$end":
                demand(inside, line, "$end without a keyword")
                inside = False
            elif word == "$comment":
                self.command()
            elif word[0] == "#":
                demand(word[1:].isdigit(), line, f"time {word}")
                demand(int(word[1:]) > now, line, f"time {word} does not rise")
                now = int(word[1:])
            else:
                demand(now >= 0 or inside, line, "a value before the first time")
                self.change(word, line)

    def change(self, word, line):
        if word[0] in "01xXzZ":
            kind, size = self.known(word[1:], line)
            demand(size == 1, line, f"one bit for {word[1:]}, which has {size}")
        elif word[0] in "bB":
            demand(re.fullmatch("[01xXzZ]+", word[1:]), line, f"vector {word}")
            kind, size = self.known(self.next()[0], line)
            demand(kind not in ("real", "realtime", "event"), line, f"vector for a {kind}")
            demand(len(word) - 1 <= size, line, f"{len(word) - 1} bits for {size}")
        elif word[0] in "rR":
            float(word[1:])
            demand(self.known(self.next()[0], line)[0] in ("real", "realtime"), line, "real number for another type")
        else:
            raise NotVcd(f"line {line}: {word} is no value change")

    def known(self, code, line):
        demand(code in self.vars, line, f"identifier code {code} was not declared")
        return self.vars[code]


def main():
    failed = 0
    for name in sys.argv[1:]:
        try:
            with open(name, encoding="ascii") as file:
                reader = Reader(file.read())
            reader.definitions()
            reader.changes()
            print(f"{name}: VCD, {len(reader.vars)} variables")
        except (NotVcd, UnicodeDecodeError, ValueError) as error:
            failed += 1
            print(f"{name}: {error}")
    sys.exit(1 if failed or len(sys.argv) < 2 else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""The flat design as logic: the value of every net now, and of every register after the next edge, as SMT-LIB terms.

yosys writes a state machine over an abstract state.  One state is enough here, since "after" is a function of "now":
the state is dropped from every definition, and a query gets only the definitions it needs.
"""

import dataclasses
import json
import pathlib
import re

from netlist import Netlist, NetlistError
from terms import Term

SYMBOL = re.compile(r"\|[^|]*\|")


@dataclasses.dataclass(frozen=True)
class Register:
    """Flip-flops that yosys keeps together: a register, or the part of one that is written together."""

    name: str
    group: str
    width: int
    now: Term
    after: Term


@dataclasses.dataclass(frozen=True)
class Memory:
    """A memory and the write enables of its ports, a bit each."""

    name: str
    group: str
    enables: tuple[Term, ...]


class Logic:
    """Definitions by symbol, and the state elements of the netlist with their next values."""

    def __init__(self, path: pathlib.Path, top: str, netlist: Netlist) -> None:
        self._top = top
        self._netlist = netlist
        self._definitions: dict[str, str] = {}
        self._order: dict[str, int] = {}
        next_of: dict[str, str] = {}
        declared: list[dict] = []
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("; yosys-smt2-witness "):
                witness = json.loads(line.removeprefix("; yosys-smt2-witness "))
                if witness["type"] == "reg":
                    declared.append(witness)
            elif line.startswith(("(declare-fun ", "(define-fun ")):
                self._define(line)
            elif match := re.match(r"  \(= (.*) \((\|[^|]*\|) next_state\)\)", line):
                next_of[match[2]] = self._without_state(match[1])
        self._after = next_of
        self.registers = [self._register(witness) for witness in declared]
        self.memories = [self._memory(name, group) for name, group in netlist.memories.items() if group]
        self._check_complete()

    @staticmethod
    def _without_state(text: str) -> str:
        return re.sub(r"\((\|[^|]*\|) state\)", r"\1", text)

    def _define(self, line: str) -> None:
        """Keeps one definition, as one of a constant."""
        state = f"|{self._top}_s|"
        line = line.split(" ; ")[0].replace(f"((state {state}))", "()").replace(f"({state}) ", "() ")
        symbol = SYMBOL.search(line)[0]
        self._definitions[symbol] = self._without_state(line)
        self._order[symbol] = len(self._order)

    def _register(self, witness: dict) -> Register:
        """Finds the clock of a register through the bits of its net."""
        path = ".".join(step.lstrip("\\") for step in witness["path"])
        low, width = witness["offset"], witness["width"]
        net = self._netlist.nets.get(path)
        if net is None or "$" in path:
            raise NetlistError(f"register {path}: it has no name of its own")
        groups = {self._netlist.flip_flops.get(bit) for bit in net[low:low + width]}
        if len(groups) != 1 or None in groups:
            raise NetlistError(f"register {path}: clocked by {groups}")
        symbol = f"|{self._top}#{witness['smtname']}|"
        name = path if width == len(net) else f"{path}[{low + width - 1}:{low}]"
        return Register(name, groups.pop(), width, Term(symbol, width, vector=True),
                        Term(self._after[symbol], width, vector=True))

    def _memory(self, name: str, group: str) -> Memory:
        """A memory's write enables."""
        enables = []
        while (symbol := f"|{self._top}_m:W{len(enables)}M {name}|") in self._definitions:
            width = int(re.search(r"\(_ BitVec (\d+)\)", self._definitions[symbol])[1])
            enables.append(Term(symbol, width, vector=True))
        if not enables:
            raise NetlistError(f"memory {name}: no write port")
        return Memory(name, group, tuple(enables))

    def _check_complete(self) -> None:
        """Every flip-flop of the netlist is in exactly one register, and every memory is there."""
        total = sum(register.width for register in self.registers)
        if total != len(self._netlist.flip_flops):
            raise NetlistError(f"{len(self._netlist.flip_flops)} flip-flops, {total} of them in named registers")

    # ---- values --------------------------------------------------------------------------------------------------
    def now(self, name: str) -> Term:
        """A net or pin before the edge."""
        symbol = f"|{self._top}_n {name}|"
        if symbol not in self._definitions:
            raise NetlistError(f"no net {name}: an invariant or a pin rule speaks of what the design does not have")
        return Term(symbol, len(self._netlist.nets[name]))

    def after(self, name: str) -> Term:
        """A register after the edge."""
        definition = self._definitions[self.now(name).text]
        body = re.fullmatch(r"\(define-fun \|[^|]*\| \(\) (?:Bool|\(_ BitVec \d+\)) (.*)\)", definition)[1]
        for symbol in set(SYMBOL.findall(body)):
            if symbol not in self._after:
                raise NetlistError(f"{name} is no register, so it has no value after the edge")
            body = body.replace(symbol, self._after[symbol])
        return Term(body, self.now(name).width)

    def definitions_for(self, *terms: Term) -> str:
        """Everything the terms are made of, in an order that defines before use."""
        needed: set[str] = set()
        pending = [symbol for term in terms for symbol in SYMBOL.findall(term.text)]
        while pending:
            symbol = pending.pop()
            if symbol not in needed:
                needed.add(symbol)
                pending += SYMBOL.findall(self._definitions[symbol])
        return "\n".join(self._definitions[symbol] for symbol in sorted(needed, key=self._order.__getitem__))

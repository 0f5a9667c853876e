# SPDX-License-Identifier: Apache-2.0
"""The statements proved about one design, each a generator of the ways in which it fails."""

from collections.abc import Callable, Iterator

from invariants import INVARIANTS
from logic import Logic, Memory, Register
from netlist import REQUEST, Netlist
from pins import PIN_RULES, RESET, out_of_reset
from solver import Solver
from terms import Term, both, differ, either, equal, no


class Proof:
    """One design and what it is asked."""

    def __init__(self, netlist: Netlist, logic: Logic, solver: Solver) -> None:
        self.netlist = netlist
        self.logic = logic
        self._solver = solver
        self._invariants = [invariant(logic.now) for invariant in INVARIANTS.values()]

    # ---- structure -----------------------------------------------------------------------------------------------
    def outputs_from_registers(self) -> Iterator[str]:
        """No pin reaches an output, a request among them, through logic alone."""
        for port in self.netlist.outputs():
            pins = self.netlist.pins_behind(port)
            if pins:
                yield f"output {port} depends on pins without a register between: {', '.join(sorted(pins))}"

    def rules_have_groups(self) -> Iterator[str]:
        """The table of pins speaks of groups that are there."""
        for group in sorted(set(PIN_RULES) - set(self.netlist.groups)):
            yield f"pins.py has rules for clock group {group}, which the design does not have"

    # ---- invariants ----------------------------------------------------------------------------------------------
    def invariant(self, name: str) -> Iterator[str]:
        """Reset establishes it; at any other edge it holds if all of them held before."""
        fails = no(INVARIANTS[name](self.logic.after))
        reset = out_of_reset(self.logic.now)
        for assumed, when in (([no(reset)], "reset does not establish it"),
                              ([reset, *self._invariants], "an edge does not keep it")):
            found = self._find([*assumed, fails], self._pins())
            if found:
                yield f"invariant \"{name}\": {when}: {_listed(found)}"

    def remembered(self, group: str) -> Iterator[str]:
        """What the driver of a clock remembers of a pin is what the named register holds, reset or not."""
        for rule in PIN_RULES.get(group, ()):
            if rule.remembers:
                found = self._find([differ(self.logic.after(rule.register), rule.remembers(self.logic.now))],
                                   list(rule.shows))
                if found:
                    yield f"group {group}: {rule.register} is not what the pin rule remembers: {_listed(found)}"

    # ---- requests ------------------------------------------------------------------------------------------------
    def state_of(self, group: str) -> list[Register | Memory]:
        """Registers and memories on the group's clock."""
        return [element for element in (*self.logic.registers, *self.logic.memories) if element.group == group]

    def unasked_changes(self, group: str, only: str = "") -> Iterator[str]:
        """Nothing of the group changes at an edge that neither request nor pin asks for; `only`: one register's case."""
        rules = PIN_RULES.get(group, ())
        idle = [out_of_reset(self.logic.now), no(self.logic.now(REQUEST.format(group=group))),
                *(rule.idle(self.logic.now) for rule in rules), *self._invariants]
        changes = {element.name: _change(element) for element in self.state_of(group) if only in ("", element.name)}
        shown = [REQUEST.format(group=other) for other in self.netlist.groups]
        shown += [net for rule in rules for net in rule.shows] + self._pins()
        # One counterexample may show several registers; they are set aside until none is left.
        while changes:
            found = self._find([*idle, either(*changes.values())], shown, changes)
            if not found:
                return
            for name in [name for name in changes if found.pop(name)]:
                del changes[name]
                yield f"group {group}: {name} changes without a request: {_listed(found)}"

    # ---- helpers -------------------------------------------------------------------------------------------------
    def _pins(self) -> list[str]:
        """Pins of one bit, which say what kind of cycle it is."""
        clocks = {f"clk_{group}_i" for group in self.netlist.groups}
        return [port for port, of in self.netlist.ports.items()
                if of["direction"] == "input" and len(of["bits"]) == 1 and port not in clocks]

    def _find(self, holds: list[Term], nets: list[str], terms: dict[str, Term] | None = None) -> dict[str, int] | None:
        """The values of nets and terms in a state that satisfies everything, if there is one."""
        nets = list(dict.fromkeys(nets))
        terms = terms or {}
        values = self._solver.find(holds, [*(self.logic.now(net) for net in nets), *terms.values()])
        return None if values is None else dict(zip([*nets, *terms], values))


def _change(element: Register | Memory) -> Term:
    """The edge changes the element; a memory counts as changed when a port writes, whatever it writes."""
    if isinstance(element, Memory):
        return either(*(no(no(enable)) for enable in element.enables))
    return differ(element.now, element.after)


def _listed(values: dict[str, int]) -> str:
    return " ".join(f"{name}={value:#x}" if value > 9 else f"{name}={value}" for name, value in values.items())

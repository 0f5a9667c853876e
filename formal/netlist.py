# SPDX-License-Identifier: Apache-2.0
"""The flat design as cells and bits: clock groups, what is clocked by which, and which pins a net depends on."""

import json
import pathlib
import re

FLIP_FLOP = "$dff"
MEMORY = "$mem_v2"
# Whatever else holds state; the script of elaborate.py leaves none of them.
OTHER_STATE = re.compile(r"ff|latch|^\$_?sr|^\$fsm|^\$mem")
# Clock of a group and its request, by the names of the ports.
CLOCK = re.compile(r"clk_(?!req_)(\w+)_i")
REQUEST = "clk_req_{group}_o"


class NetlistError(Exception):
    """The design is not what the proof can speak about."""


class Netlist:
    """One flat module as yosys wrote it."""

    def __init__(self, path: pathlib.Path, top: str) -> None:
        module = json.loads(path.read_text(encoding="utf-8"))["modules"][top]
        self.ports = module["ports"]
        self.nets = {name: net["bits"] for name, net in module["netnames"].items()}
        self.cells = module["cells"]
        self.groups: dict[str, int] = {}
        for port, of in self.ports.items():
            match = CLOCK.fullmatch(port)
            if match and of["direction"] == "input":
                self.groups[match[1]] = of["bits"][0]
        self._group_of_clock = {bit: group for group, bit in self.groups.items()}
        self._check_groups()
        self._drivers: dict[int, tuple[str, dict]] = {}   # combinational cells by their output bits
        self.flip_flops: dict[int, str] = {}              # group by output bit
        self.memories: dict[str, str | None] = {}         # group by path; None: nothing writes it
        for name, cell in self.cells.items():
            self._take(name, cell)

    def _check_groups(self) -> None:
        """Every clock has a request and the other way round."""
        requests = {p for p in self.ports if re.fullmatch(r"clk_req_\w+_o", p)}
        expected = {REQUEST.format(group=group) for group in self.groups}
        if not self.groups or requests != expected:
            raise NetlistError(f"clocks and requests do not pair: {sorted(requests ^ expected)}")

    def _clock(self, cell: str, bit: int | str, polarity: str) -> str:
        """The group of a clock net."""
        if bit not in self._group_of_clock or int(polarity, 2) == 0:
            raise NetlistError(f"{cell}: not clocked by the rising edge of a clk_*_i port")
        return self._group_of_clock[bit]

    def _take(self, name: str, cell: dict) -> None:
        """Files a cell as flip-flop, memory or logic."""
        nets, parameters = cell["connections"], cell["parameters"]
        if cell["type"] == FLIP_FLOP:
            group = self._clock(name, nets["CLK"][0], parameters["CLK_POLARITY"])
            for bit in nets["Q"]:
                if bit in self.flip_flops:
                    raise NetlistError(f"{name}: a bit with two drivers")
                self.flip_flops[bit] = group
            return
        if cell["type"] == MEMORY:
            self._take_memory(name, cell)
        elif OTHER_STATE.search(cell["type"]):
            raise NetlistError(f"{name}: a {cell['type']} holds state that the proof does not know")
        for port, bits in nets.items():
            if cell["port_directions"][port] == "output":
                for bit in bits:
                    self._drivers[bit] = (name, cell)

    def _take_memory(self, name: str, cell: dict) -> None:
        """A memory is written by one group; reads are logic."""
        nets, parameters = cell["connections"], cell["parameters"]
        path = parameters["MEMID"].lstrip("\\")
        if "1" in parameters["RD_CLK_ENABLE"]:
            raise NetlistError(f"{path}: a read port with a register of its own")
        ports = int(parameters["WR_PORTS"], 2)
        if ports and "0" in parameters["WR_CLK_ENABLE"][-ports:]:
            raise NetlistError(f"{path}: written without a clock")
        clocks = zip(nets["WR_CLK"][:ports], reversed(parameters["WR_CLK_POLARITY"][-ports:]))
        groups = {self._clock(path, bit, polarity) for bit, polarity in clocks}
        if len(groups) > 1:
            raise NetlistError(f"{path}: written by {sorted(groups)}")
        self.memories[path] = groups.pop() if groups else None

    def inputs(self) -> dict[int, str]:
        """Pins by bit."""
        return {bit: port for port, of in self.ports.items() if of["direction"] != "output" for bit in of["bits"]}

    def outputs(self) -> list[str]:
        """Names of the output ports."""
        return [port for port, of in self.ports.items() if of["direction"] != "input"]

    def pins_behind(self, port: str) -> set[str]:
        """The pins that reach a port through logic alone, memories' read ports included."""
        pins = self.inputs()
        found: set[str] = set()
        seen: set[int | str] = set()
        open_bits = list(self.ports[port]["bits"])
        while open_bits:
            bit = open_bits.pop()
            if bit in seen or isinstance(bit, str) or bit in self.flip_flops:
                continue
            seen.add(bit)
            if bit in pins:
                found.add(pins[bit])
            elif bit in self._drivers:
                open_bits += self._read_by(self._drivers[bit][1])
        return found

    @staticmethod
    def _read_by(cell: dict) -> list[int | str]:
        """What a cell's outputs depend on; of a memory that is not what is written."""
        bits: list[int | str] = []
        for port, nets in cell["connections"].items():
            if cell["port_directions"][port] == "input" and not (cell["type"] == MEMORY and port.startswith("WR_")):
                bits += nets
        return bits

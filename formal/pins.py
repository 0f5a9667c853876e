# SPDX-License-Identifier: Apache-2.0
"""Pins that ask for a clock: what whoever drives the clocks adds to the requests (header of e1000_top.sv).

rst_ni = 0 asks for all clocks.  Everything else stands in PIN_RULES, by clock group; a group without a row has no pin.
"""

import dataclasses
from collections.abc import Callable

from terms import Term, at_least, both, choice, differ, equal, no

Values = Callable[[str], Term]


@dataclasses.dataclass(frozen=True)
class PinRule:
    """One reason to clock a group: `asks` of the values now, and the pins and registers worth showing when it fails."""

    asks: Callable[[Values], Term]
    shows: tuple[str, ...]
    # A register that holds what the driver of the clocks has to remember, and what an edge does to it.
    register: str = ""
    remembers: Callable[[Values], Term] | None = None

    def idle(self, values: Values) -> Term:
        """The rule does not ask."""
        return no(self.asks(values))


def high(pin: str, when: str = "") -> PinRule:
    """The pin is 1, if `when` is 1 as well."""
    if when:
        return PinRule(lambda v: both(v(pin), v(when)), (when, pin))
    return PinRule(lambda v: v(pin), (pin,))


def changed(pin: str, register: str, when: str = "") -> PinRule:
    """The pin is not what it was at the last edge of the group, or the last one with `when`.

    The driver remembers the pin.  The proof reads `register` in its place and shows that it holds just that.
    """
    if when:
        return PinRule(lambda v: both(v(when), differ(v(pin), v(register))), (when, pin, register), register,
                       lambda v: choice(v(when), v(pin), v(register)))
    return PinRule(lambda v: differ(v(pin), v(register)), (pin, register), register, lambda v: v(pin))


def reached(time: str, deadline: str) -> PinRule:
    """The time is at or past the deadline."""
    return PinRule(lambda v: at_least(v(time), v(deadline)), (time, deadline))


PIN_RULES: dict[str, tuple[PinRule, ...]] = {
    "csr": (
        high("tgt_req_valid_i"),
        changed("link_up_i", "u_csr.u_link.phy_up_q"),
        changed("link_speed_i", "u_csr.u_link.phy_speed_q"),
        changed("m66en_i", "u_csr.m66en_q"),
    ),
    # Every byte, and the first idle cycle after one; none between the enables of 10 and 100 Mb/s.
    "rx_mac": (
        high("gmii_rx_dv_i", when="gmii_ce_i"),
        changed("gmii_rx_dv_i", "u_front.u_mac.dv_q", when="gmii_ce_i"),
    ),
    "mst": (high("mst_rsp_valid_i"),),
    "irq": (reached("now_i", "next_deadline_o"),),
}

RESET = "rst_ni"  # low: every group is clocked


def out_of_reset(values: Values) -> Term:
    """No reset on the pins."""
    return equal(values(RESET), Term("true"))

# SPDX-License-Identifier: Apache-2.0
"""What is true in every state the chip can reach, as far as the requests rely on it.

A request may be lean because some combination of registers never occurs.  Each combination ruled out stands here with
the reason.  The proof shows that reset establishes all of them and that together they hold at every edge; nothing here
is taken on trust.  `v` gives the value of a register by its path.
"""

from terms import at_least, differ, either, equal, implies, no

INVARIANTS = {
    # The skid register fills only while the output register in front of it waits for the bus.
    "skid behind a waiting beat": lambda v: implies(v("u_back.u_arb.skid_q"), v("u_back.u_arb.wvalid_q")),
    # rsp_valid_q asks for the clock that clears its companions.
    "response flags only with a response": lambda v: implies(
        either(*(v(f"u_back.u_arb.rsp_{what}_q") for what in ("rx", "write", "txf", "txp", "txw"))),
        v("u_back.u_arb.rsp_valid_q")),
    # rsp_rx_q asks for the receive side's descriptors.
    "receive flags only with a response to the receive side": lambda v: implies(
        either(*(v(f"u_back.u_arb.rsp_{what}_q") for what in ("fetch", "pay", "wb"))), v("u_back.u_arb.rsp_rx_q")),
    "errors only with a response": lambda v: either(no(v("u_back.u_arb.fault_q")), v("u_back.u_arb.rsp_valid_q")),
    # Encodings without a name would be left through `default`, for which no request asks.  (The descriptor cache's one
    # waits for a response, as StWait does, and needs no word here.)
    "write-back in a named state": lambda v: differ(v("u_back.u_writeback.state_q"), 3),
    # The frame group is clocked for the head of a frame only; the filter reads the index, the request reads head_q.
    "head_q covers bytes 0 to 15": lambda v: either(
        v("u_front.u_mac.head_q"), at_least(v("u_front.u_mac.count_q"), 16), no(v("u_front.u_mac.data_q"))),
    # A cause that waits has no INTx to drop.
    "no cause waits while INTx is up": lambda v: either(no(v("u_causes.u_irq.waiting_q")), no(v("u_causes.u_irq.intx_q"))),
    # restart_q asks for the clock that clears all four.
    "RDH is rewritten with the ring": lambda v: implies(v("u_back.u_ring.rehead_q"), v("u_back.u_ring.restart_q")),
    "a halt rewrites the ring": lambda v: implies(v("u_back.u_ring.halt_q"), v("u_back.u_ring.restart_q")),
    "a rewritten ring is a restart": lambda v: implies(v("u_back.u_ring.flush_q"), v("u_back.u_ring.restart_q")),
    "TDH is rewritten with the ring": lambda v: implies(
        v("u_transmit.u_back.u_ring.rehead_q"), v("u_transmit.u_back.u_ring.restart_q")),
    "a halt rewrites the transmit ring": lambda v: implies(
        v("u_transmit.u_back.u_ring.halt_q"), v("u_transmit.u_back.u_ring.restart_q")),
    "a rewritten transmit ring is a restart": lambda v: implies(
        v("u_transmit.u_back.u_ring.flush_q"), v("u_transmit.u_back.u_ring.restart_q")),
    "transmit write-back in a named state": lambda v: differ(v("u_transmit.u_back.u_writeback.state_q"), 3),
    "builder in a named state": lambda v: no(at_least(v("u_transmit.u_back.u_build.state_q"), 6)),
    "transmit MAC in a named state": lambda v: no(at_least(v("u_transmit.u_front.u_mac.state_q"), 6)),
    "a frame goes out with TX_EN": lambda v: either(
        equal(v("u_transmit.u_front.u_mac.state_q"), 0), equal(v("u_transmit.u_front.u_mac.state_q"), 5),
        v("u_transmit.u_front.u_mac.en_q")),
    # What GMII shows without TX_EN is 0, so that an idle MAC has nothing to clear.
    "no last byte without TX_EN": lambda v: either(
        v("u_transmit.u_front.u_mac.en_q"), no(v("u_transmit.u_front.u_mac.last_q"))),
    "no byte without TX_EN": lambda v: either(
        v("u_transmit.u_front.u_mac.en_q"), no(v("u_transmit.u_front.u_mac.txd_q"))),
    # ask_q asks for the clock that clears the causes with it.
    "causes only with a question": lambda v: implies(no(v("u_causes.u_timers.ask_q")), no(v("u_causes.u_timers.ask_causes_q"))),
}

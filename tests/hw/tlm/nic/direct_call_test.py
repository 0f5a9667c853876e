# SPDX-License-Identifier: Apache-2.0
"""hw/tlm/nic/direct_call.py allows the call past eval() for the model it was made for, and for no other."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[4] / "hw/tlm/nic/direct_call.py"
CLOCKS = ["csr", "rx_frame", "rx_mac", "rx_fifo", "rx_dma", "rx_desc", "mst", "irq", "tx_desc", "tx_dma", "tx_mac"]
STROBES = ["intx_o", "tgt_rsp_valid_o", "mst_req_valid_o", "evt_rst_o", "evt_cause_o", "evt_hold_o", "evt_lost_o",
           "eeprom_moved_o"]


def dump(clocks):
    """The lines of Verilator's trigger dump."""
    return "\n".join(f'        VL_DBG_MSGF("         \'nba\' region trigger index {i} is active: {clock}\\n");'
                     for i, clock in enumerate(clocks)) + "\n"


def flags(clocks, version="5.006"):
    """A condition of eval_nba: clocks by their number."""
    if version == "5.032":
        return f"({sum(1 << clock for clock in clocks):#x}ULL & vlSelfRef.__VnbaTriggered.word(0U))"
    def at(clock):  # Verilator writes numbers from ten on in hexadecimal
        return f"vlSelf->__VnbaTriggered.at({clock if clock < 10 else hex(clock)}U)"
    text = at(clocks[0])
    for clock in clocks[1:]:
        text = f"({text}\n         | {at(clock)})"
    return text


def eval_nba(*groups, version="5.006", more=""):
    """Functions and the eval_nba that calls them: (clocks, name) each."""
    this = "vlSelfRef." if version == "5.032" else "vlSelf->"
    text = "".join(f"VL_INLINE_OPT void Vnic___024root___nba_{name}(Vnic___024root* vlSelf) {{\n    // Body\n}}\n"
                   for _, name in groups)
    text += ("void Vnic___024root___eval_nba(Vnic___024root* vlSelf) {\n    if (false && vlSelf) {}  // Prevent unused\n"
             "    Vnic__Syms* const __restrict vlSymsp VL_ATTR_UNUSED = vlSelf->vlSymsp;\n")
    if version == "5.032":
        text += "    auto& vlSelfRef = std::ref(*vlSelf).get();\n"
    text += '    VL_DEBUG_IF(VL_DBG_MSGF("+    Vnic___024root___eval_nba\\n"); );\n    // Body\n'
    for clocks, name in groups:
        text += (f"    if ({flags(clocks, version)}) {{\n        Vnic___024root___nba_{name}(vlSelf);\n"
                 f"        {this}__Vm_traceActivity[2U] = 1U;\n    }}\n")
    return text + more + "}\n"


GROUPS = [([2], "sequent__TOP__0"), ([0, 7], "comb__TOP__0"), ([0, 1, 2], "comb__TOP__1"), ([9], "sequent__TOP__1"),
          ([6, 10], "comb__TOP__2")]


def header(requests, flags=11, strobes=STROBES, kind="8", bits="0,0"):
    lines = [f"VL_OUT8({name},0,0);" for name in strobes]
    lines += [f"VL_OUT{kind}(clk_req_{name}_o,{bits});" for name in requests]
    lines += ["VL_OUT8(gmii_tx_en_o,0,0);"]
    outputs = "\n".join(f"        {line}" for line in lines)
    return f"struct {{\n        VL_IN8(rst_ni,0,0);\n{outputs}\n        VL_OUT8(cfg_cache_line_o,7,0);\n" \
           f"    VlTriggerVec<{flags}> __VnbaTriggered;\n}};\n"


class DirectCall(unittest.TestCase):
    def answer(self, code, root, *options, verilator="5.006", nba=None):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "Vnic.cmake").write_text('set(Vnic_CLASSES_FAST "/elsewhere/Vnic___024root__0.cpp")\n')
            (path / "Vnic___024root__0.cpp").write_text(code + (eval_nba(*GROUPS, version=verilator) if nba is None else nba))
            (path / "Vnic___024root.h").write_text(root)
            # What an earlier translation left must not be taken for the model.
            (path / "Vnic___024root__1.cpp").write_text("void Vnic___024root___ico_sequent__TOP__0() {}\n")
            run = subprocess.run([sys.executable, "-B", SCRIPT, folder, "--verilator", verilator, *options],
                                 capture_output=True, text=True, check=True)
            made = self.made = (path / "direct_call.h").read_text()
            self.lists = (path / "direct_call.cpp").read_text()
        directly = "directly" in run.stdout
        self.assertIn(f"RINGSIDE_DIRECT_CALL {1 if directly else 0}", made)
        self.assertEqual("card_edges" in made, directly)
        self.assertEqual("card_edges" in self.lists, directly)
        return run.stdout.strip()

    def refused(self, why, code, root, *options, nba=None):
        self.assertEqual(self.answer(code, root, *options, nba=nba), f"Verilated card: called through eval(): {why}")

    edges = [f"@(posedge clk_{name}_i)" for name in CLOCKS]

    def test_the_model_of_the_card_is_called_directly(self):
        for version in ("5.006", "5.032"):
            self.assertEqual(self.answer(dump(self.edges), header(CLOCKS), verilator=version),
                             "Verilated card: called directly")
            calls = [line.strip() for line in self.lists.splitlines() if "if constexpr" in line]
            self.assertEqual(calls, [
                "if constexpr ((clocks & 0x4) != 0) { Vnic___024root___nba_sequent__TOP__0(vlSelf); }",
                "if constexpr ((clocks & 0x81) != 0) { Vnic___024root___nba_comb__TOP__0(vlSelf); }",
                "if constexpr ((clocks & 0x7) != 0) { Vnic___024root___nba_comb__TOP__1(vlSelf); }",
                "if constexpr ((clocks & 0x200) != 0) { Vnic___024root___nba_sequent__TOP__1(vlSelf); }",
                "if constexpr ((clocks & 0x440) != 0) { Vnic___024root___nba_comb__TOP__2(vlSelf); }"])
            # With a clock of the transmit side among them the same groups are asked one by one, in the same order.
            asked = [line.strip() for line in self.lists.splitlines() if line.startswith("  if ((clocks &")]
            self.assertEqual(asked, [call.replace("if constexpr", "if") for call in calls])
            self.assertIn("constinit const std::array<card_edge, RINGSIDE_CARD_EDGES> card_edges", self.lists)
            self.assertIn("#define RINGSIDE_CARD_EDGES 256\n", self.made)

    def test_eval_nba_that_does_more_than_calls(self):
        self.refused("eval_nba does more than calls: vlSelf->__Vdly__x = 0U;", dump(self.edges), header(CLOCKS),
                     nba=eval_nba(*GROUPS, more="    vlSelf->__Vdly__x = 0U;\n"))
        self.refused("eval_nba does more than calls: if (vlSelf->x) {", dump(self.edges), header(CLOCKS),
                     nba=eval_nba(*GROUPS, more="    if (vlSelf->x) {\n    }\n"))

    def test_a_condition_on_other_than_the_clocks(self):
        self.refused("eval_nba has another condition: if (vlSelf->__VnbaTriggered.at(0xbU)) {", dump(self.edges),
                     header(CLOCKS), nba=eval_nba(([11], "sequent__TOP__0")))

    def test_no_eval_nba(self):
        self.refused("eval_nba was not found", dump(self.edges), header(CLOCKS), nba="")

    def test_a_function_of_a_module_of_its_own(self):
        nba = eval_nba(*GROUPS).replace("comb__TOP__0(Vnic___024root*", "comb__TOP__0(Vnic_e1000_irq*")
        self.refused("Vnic___024root___nba_comb__TOP__0 takes something else than the model", dump(self.edges),
                     header(CLOCKS), nba=nba)

    def test_switched_off(self):
        self.refused("switched off (RINGSIDE_DIRECT_CALL)", dump(self.edges), header(CLOCKS), "--no")

    def test_another_verilator(self):
        self.assertEqual(self.answer(dump(self.edges), header(CLOCKS), verilator="5.034"),
                         "Verilated card: called through eval(): Verilator is 5.034, not 5.006 or 5.032")

    def test_logic_on_pins(self):
        self.refused("logic hangs on input pins",
                     dump(self.edges) + "\nvoid Vnic___024root___ico_sequent__TOP__0() {}", header(CLOCKS))

    def test_other_order_of_clocks(self):
        self.refused("the model's clocks are not those of e1000_top in their order",
                     dump([self.edges[1], self.edges[0], *self.edges[2:]]), header(CLOCKS))

    def test_one_clock(self):
        self.refused("the model's clocks are not those of e1000_top in their order",
                     dump(["@(posedge clk_csr_i)"]), header(CLOCKS, flags=1))

    def test_a_falling_edge(self):
        self.refused("the model's clocks are not those of e1000_top in their order",
                     dump([*self.edges, "@(negedge clk_csr_i)"]), header(CLOCKS, flags=12))

    def test_requests_in_another_order(self):
        self.refused("the clock requests do not lie side by side", dump(self.edges), header(CLOCKS[::-1]))

    def test_something_between_requests_and_gmii(self):
        root = header(CLOCKS).replace("        VL_OUT8(gmii_tx_en_o,0,0);", "        VL_OUT8(gmii_txd_o,7,0);\n        VL_OUT8(gmii_tx_en_o,0,0);")
        self.refused("the clock requests do not lie side by side", dump(self.edges), root)

    def test_wider_requests(self):
        self.refused("the clock requests are not a byte each", dump(self.edges), header(CLOCKS, kind="16", bits="8,0"))

    def test_a_strobe_elsewhere(self):
        self.refused("the strobes do not lie side by side", dump(self.edges),
                     header(CLOCKS, strobes=[*STROBES[:3], "mst_req_write_o", *STROBES[3:]]))

    def test_a_strobe_less(self):
        self.refused("the strobes do not lie side by side", dump(self.edges), header(CLOCKS, strobes=STROBES[1:]))

    def test_more_flags(self):
        self.refused("there are other triggers than the clocks", dump(self.edges), header(CLOCKS, flags=16))


if __name__ == "__main__":
    unittest.main()

"""hw/tlm/nic/direct_call.py allows the call past eval() for the model it was made for, and for no other."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "hw/tlm/nic/direct_call.py"
CLOCKS = ["csr", "rx_frame", "rx_mac", "rx_fifo", "rx_dma", "rx_desc", "mst", "irq"]
STROBES = ["intx_o", "tgt_rsp_valid_o", "mst_req_valid_o", "evt_rst_o", "evt_cause_o", "evt_hold_o"]


def dump(clocks):
    """The lines of Verilator's trigger dump."""
    return "\n".join(f'        VL_DBG_MSGF("         \'nba\' region trigger index {i} is active: {clock}\\n");'
                     for i, clock in enumerate(clocks))


def header(requests, flags=8, strobes=STROBES, kind="8", bits="0,0"):
    lines = [f"VL_OUT8({name},0,0);" for name in strobes]
    lines += [f"VL_OUT{kind}(clk_req_{name}_o,{bits});" for name in requests]
    outputs = "\n".join(f"        {line}" for line in lines)
    return f"struct {{\n        VL_IN8(rst_ni,0,0);\n{outputs}\n        VL_OUT8(cfg_cache_line_o,7,0);\n" \
           f"    VlTriggerVec<{flags}> __VnbaTriggered;\n}};\n"


class DirectCall(unittest.TestCase):
    def answer(self, code, root, *options, verilator="5.006"):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "Vnic___024root__Slow.cpp").write_text(code)
            (path / "Vnic___024root.h").write_text(root)
            run = subprocess.run([sys.executable, "-B", SCRIPT, folder, path / "direct_call.h", "--verilator", verilator,
                                  *options],
                                 capture_output=True, text=True, check=True)
            made = (path / "direct_call.h").read_text()
        self.assertIn(f"RINGSIDE_DIRECT_CALL {1 if 'directly' in run.stdout else 0}", made)
        self.assertEqual("RINGSIDE_TRIGGER_BITS" in made, "directly" in run.stdout)
        if "directly" in run.stdout:
            self.assertIn(f"RINGSIDE_TRIGGER_BITS {1 if verilator == '5.032' else 8}\n", made)
        return run.stdout.strip()

    def refused(self, why, code, root, *options):
        self.assertEqual(self.answer(code, root, *options), f"Verilated card: called through eval(): {why}")

    edges = [f"@(posedge clk_{name}_i)" for name in CLOCKS]

    def test_the_model_of_the_card_is_called_directly(self):
        for version in ("5.006", "5.032"):
            self.assertEqual(self.answer(dump(self.edges), header(CLOCKS), verilator=version),
                             "Verilated card: called directly")

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
                     dump([*self.edges, "@(negedge clk_csr_i)"]), header(CLOCKS, flags=9))

    def test_requests_in_another_order(self):
        self.refused("the clock requests do not lie side by side", dump(self.edges), header(CLOCKS[::-1]))

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

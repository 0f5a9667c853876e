#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Includes follow the dependency direction of docs/architecture.md, and sw/ sees no SystemC.

An include of another folder's header must be allowed below.  The longest matching folder decides.
"""
import re
import files

ALLOWED = {
    "common": {"common"},
    "hw/regs": {"common", "hw/regs"},
    "hw/tlm/systemc": {"common", "hw/tlm/systemc"},
    "hw/tlm/memory": {"common", "hw/tlm/memory"},
    "hw/tlm/board": {"common", "hw/tlm/board"},
    "hw/tlm/wire": {"common", "hw/tlm/wire"},
    # The seam hw/tlm/nic/nic.h joins card and bus: the bus sees it, a card sees no bus.
    "hw/tlm/nic": {"common", "hw/regs", "hw/tlm/board", "hw/tlm/nic", "hw/tlm/wire"},
    "hw/tlm/model": {"common", "hw/regs", "hw/tlm/board", "hw/tlm/model", "hw/tlm/nic", "hw/tlm/wire"},
    "hw/tlm/host": {"common", "hw/regs", "hw/tlm/host", "hw/tlm/model", "hw/tlm/nic", "hw/tlm/wire"},
    "hw/tlm/pci": {"common", "hw/regs", "hw/tlm/pci", "hw/tlm/nic", "hw/tlm/memory", "hw/tlm/systemc"},
    # A CPU whose software is a process of its own.
    "hw/tlm/linux_host": {"common", "hw/tlm/linux_host", "hw/tlm/nic", "hw/tlm/pci", "hw/tlm/systemc"},
    "hw/tlm/scheduler": {"common", "hw/tlm/scheduler", "hw/tlm/nic", "hw/tlm/pci", "hw/tlm/systemc"},
    "sw/kernel": {"common", "sw/kernel"},
    "sw/stack": {"common", "sw/kernel", "sw/stack"},
    "sw/driver": {"common", "hw/regs", "sw/kernel", "sw/stack", "sw/driver"},
    # The checker judges both sides from their events and descriptions alone.
    "contract": {"common", "hw/regs", "contract"},
    "platform": {"common", "hw", "sw", "contract", "platform"},
    "tools/cli": {"common", "hw", "sw", "contract", "platform", "tools/cli"},
    "tools": {"common", "hw", "sw", "contract", "platform", "tools"},
    "tests": {"common", "hw", "sw", "contract", "platform", "tools", "tests"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
SYSTEMC = re.compile(r"^(systemc|tlm|tlm_utils|sysc)(\.h)?(/|$)")
# Folders that know only plain C++.
NO_SYSTEMC = ("common", "hw/regs", "sw")
# The Verilated model is included by one file; everybody else sees the NIC seam.
VERILATED = re.compile(r"^(V[a-z]\w*(___\w+)?|verilated\w*)\.h$")


def folder_of(path, folders):
    parts = str(path).split("/")
    for n in range(len(parts) - 1, 0, -1):
        if "/".join(parts[:n]) in folders:
            return "/".join(parts[:n])
    return None


def check(path, text, own, findings):
    for quote, name in INCLUDE.findall(text):
        if SYSTEMC.match(name) and str(path).startswith(tuple(f + "/" for f in NO_SYSTEMC)):
            findings.append(f"{path}: includes <{name}>, but its folder is plain C++")
        target = folder_of(name, ALLOWED)
        if quote == '"' and target:
            allowed = any(target == a or target.startswith(a + "/") for a in ALLOWED[own])
            if not allowed:
                findings.append(f"{path}: {own} may not include \"{name}\"")


def main():
    findings, users = [], {}
    checked = files.cpp_files()
    for path in checked:
        own = folder_of(path, ALLOWED)
        if own is None:
            findings.append(f"{path}: in no folder that has a dependency rule")
            continue
        text = files.text(path)
        check(path, text, own, findings)
        if own != "tests":
            for _, name in INCLUDE.findall(text):
                if VERILATED.match(name) and name.startswith("V"):
                    users.setdefault(name, []).append(str(path))
    findings += [f"{name}: included by {', '.join(u)}; one file may" for name, u in sorted(users.items()) if len(u) > 1]
    files.finish("dependency_direction", findings, len(checked))


if __name__ == "__main__":
    main()

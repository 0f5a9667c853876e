#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The captures of this folder are those that make_captures.py writes, byte for byte, and no others."""
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
KINDS = (".pcap", ".pcapng", ".gz")


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-B", HERE / "make_captures.py", folder], check=True)
        written = {p.name: p.read_bytes() for p in pathlib.Path(folder).iterdir()}
    here = {p.name: p.read_bytes() for p in HERE.iterdir() if p.suffix in KINDS}
    findings = [f"{name}: {'differs' if name in here and name in written else 'only on one side'}"
                for name in sorted(here | written) if here.get(name) != written.get(name)]
    for finding in findings:
        print(finding)
    print(f"captures: {len(findings)} findings in {len(here)} files")
    sys.exit(1 if findings or not here else 0)


if __name__ == "__main__":
    main()

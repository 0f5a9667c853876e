#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every file that can hold a comment names its licence where tools look for it: an SPDX line at its top (reuse.software,
SPDX 2.3 annex E).  Captures, pictures and JSON cannot; pages of text are read as they are."""
import files

LINE = "SPDX-License-Identifier: Apache-2.0"
KERNEL_LINE = "SPDX-License-Identifier: GPL-2.0"
WITHOUT = (".md", ".json", ".pcap", ".pcapng", ".gz", ".png")


def main():
    checked = [f for f in files.tracked() if f.suffix not in WITHOUT and f.name != "LICENSE"]
    wanted = {f: KERNEL_LINE if files.of_the_kernel(f) else LINE for f in checked}
    missing = [f for f in checked if not any(wanted[f] in line for line in files.text(f).splitlines()[:2])]
    files.finish("license", [f"{f}: no {wanted[f]!r} in its first two lines" for f in missing], len(checked))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
# Debian packages by what needs them; docs/dependencies.md says why each (checked by ctest lint/docs).
# Sourced by demo and test.
# shellcheck shell=bash disable=SC2034

# To build and run the command line.
demo_packages=(
  g++ cmake ninja-build pkg-config python3
  verilator libsystemc-dev
  libfmt-dev libpcap-dev libcli11-dev libtoml11-dev nlohmann-json3-dev libdeflate-dev zlib1g-dev
)

# To test everything as well.
test_packages=(libgtest-dev libxml2-dev yosys z3 gtkwave dpkg-dev file zsh doxygen iproute2 qemu-system-x86)

# To build and run the guest of `ringside linux`; its tests are skipped without.
linux_packages=(linux-source-6.1 make gcc flex bison bc xz-utils perl busybox-static ethtool iperf3 tcpdump iputils-ping)

# What judges layout and style: another version judges differently, so these two are installed on Debian 12 alone, where they
# are version 14.
style_packages=(clang-tidy clang-format)

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
test_packages=(libgtest-dev libxml2-dev yosys z3 clang-tidy clang-format gtkwave)

# SPDX-License-Identifier: Apache-2.0
# What demo and test share: progress lines, one-line errors, packages, configuring and building.
# Sourced with the working directory at the root of the tree.
# shellcheck shell=bash

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

step() { printf '\n==> %s\n' "$*"; }

# run_logged WHAT LOG COMMAND...: quiet while all goes well; on failure the end of the log and one line.
run_logged() {
  local what=$1 log=$2
  shift 2
  local begin=$SECONDS
  if ! "$@" >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "$what failed; whole log: $log"
  fi
  printf '    %s: done (%d s)\n' "$what" $((SECONDS - begin))
}

# os_release FIELD: what the system calls itself.
os_release() {
  # shellcheck disable=SC1091
  (if [[ -r /etc/os-release ]]; then . /etc/os-release; fi; printf '%s' "${!1:-}")
}

missing_packages() {
  local package status
  for package in "$@"; do
    status=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) || status=
    [[ $status == ?i* ]] || printf '%s\n' "$package"
  done
}

# Sets the array as_root to what precedes a command that needs root.
find_root() {
  as_root=(env)
  [[ $(id -u) -eq 0 ]] && return
  command -v sudo >/dev/null || fail "not root and no sudo; as root: apt-get install --no-install-recommends $*"
  as_root=(sudo env)
  [[ -t 0 ]] && return
  as_root=(sudo -n env)
  sudo -n true 2>/dev/null || fail "sudo asks for a password and there is no terminal; as root: apt-get install --no-install-recommends $*"
}

# install_packages PACKAGE...: installs what is missing, nothing when all is there.  Sets packages_changed to yes or no.
packages_changed=no
install_packages() {
  local id
  id=$(os_release PRETTY_NAME)
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    fail "this is ${id:-an unknown system}; packages are installed on Debian only (elsewhere: docs/dependencies.md, then cmake --preset release)"
  fi

  local missing
  mapfile -t missing < <(missing_packages "$@")
  if [[ ${#missing[@]} -eq 0 ]]; then
    step "packages: all $# present"
    return
  fi
  step "packages: installing ${missing[*]}"
  packages_changed=yes
  find_root "${missing[*]}"
  local options=(-o DPkg::Lock::Timeout=300 -o Acquire::Retries=2 -o APT::Update::Error-Mode=any)
  local log=build/packages.log begin=$SECONDS
  # A broken third-party source must not stop us: what counts is whether the packages can be had.
  "${as_root[@]}" apt-get -q "${options[@]}" update >"$log" 2>&1 || printf '    apt-get update reported errors (%s); trying anyway\n' "$log"
  if ! "${as_root[@]}" DEBIAN_FRONTEND=noninteractive apt-get -q "${options[@]}" install --yes \
    --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1; then
    if grep -qE 'Temporary failure resolving|Could not (connect|resolve)|Unable to connect|Connection (failed|timed out)' "$log"; then
      fail "cannot reach the Debian mirrors: is there a network? (log: $log)"
    fi
    fail "$(grep -m 1 '^E: ' "$log" || echo 'E: apt-get failed') (log: $log; Ringside needs the packages of Debian 12 or 13, this is $id)"
  fi
  printf '    done (%d s)\n' $((SECONDS - begin))
}

# cached TREE VARIABLE: its value in the CMake cache of build/TREE, or nothing.
cached() {
  sed -n "s/^$2:[A-Z]*=//p" "build/$1/CMakeCache.txt" 2>/dev/null
}

# configure PRESET [CMAKE-ARGUMENT...]
configure() {
  local preset=$1
  shift
  mkdir -p "build/$preset"
  # CMake takes the launcher from here when a tree is configured for the first time.
  if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
  run_logged "configure $preset (Verilator translates the RTL here)" "build/$preset/configure.log" \
    cmake --preset "$preset" "$@"
}

# build PRESET TARGET...: ninja's own progress is shown.
build() {
  local preset=$1
  shift
  cmake --build "build/$preset" --target "$@" || fail "build of $preset failed (see above)"
}

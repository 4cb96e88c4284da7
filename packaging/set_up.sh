#!/usr/bin/env bash
# Sets the project up: system packages, .venv and Python packages. `make` calls it when needed.
# Usage: packaging/set_up.sh base|dev
#   base  what the program needs
#   dev   also training (torch, MONAI) and the tools of the tests
# PYTHON=/path/to/python chooses the interpreter; by default the first one of 3.11 or newer.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly kind=${1:?usage: packaging/set_up.sh base|dev}
readonly venv=.venv

say() { printf '==> %s\n' "$*"; }

fail() {
  printf '\nSet-up stopped. %s\n' "$*" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in ${PYTHON:-python3.11 python3.12 python3.13 python3.14 python3}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  fail "No Python 3.11 or newer was found${PYTHON:+ at $PYTHON}. Install one (Debian 12:" \
    "apt-get install python3.11) or name it: make PYTHON=/path/to/python3.11"
}

# Prints the Debian packages that are missing, on one line. A package that another one
# provides counts as there: newer releases have renamed some (libglib2.0-0t64).
missing_packages() {
  local python=$1 needed installed package missing=()
  needed=$(sed 's/#.*//' packaging/debian-packages.txt)
  if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    needed+=" $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  fi
  installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}, ${Provides}\n' |
    sed -n 's/^ii *//p' | sed 's/([^)]*)//g' | tr -s ',\n ' ' ')
  for package in $needed; do
    [[ " $installed " == *" $package "* ]] || missing+=("$package")
  done
  echo "${missing[*]}"
}

install_system_packages() {
  local python=$1 missing
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian or Ubuntu: libraries like those in packaging/debian-packages.txt" \
      "must be there."
    return
  fi
  missing=$(missing_packages "$python")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    fail "These system packages are missing. Install them, then call make again:

  sudo apt-get update && sudo apt-get install --yes --no-install-recommends $missing"
  fi
  say "Installing system packages: $missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq || say "apt-get update failed; trying with the package lists that are there."
  # shellcheck disable=SC2086
  apt-get install -qq --yes --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $missing >/dev/null ||
    fail "apt-get could not install the packages above; its own message says why."
}

make_venv() {
  local python=$1
  "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
  say "Making $venv with $("$python" --version)"
  "$python" -m venv --clear "$venv" || fail "$python could not make a virtual environment."
}

pip_install() {
  "$venv/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-input \
    --constraint packaging/constraints.txt "$@" ||
    fail "pip could not install the packages; its own message is above."
}

python=$(find_python)
install_system_packages "$python"
make_venv "$python"
case $kind in
  base)
    say "Installing the program (the first time this takes some minutes)"
    pip_install --editable .
    ;;
  dev)
    # torch first and alone: the other packages then accept the build that pip chose here
    # (the CPU one where pip is told of it) instead of looking for another.
    say "Installing torch"
    pip_install torch
    say "Installing the program, training and the tools of the tests"
    pip_install --editable '.[training,dev]'
    touch "$venv/installed-dev"
    ;;
  *) fail "Unknown kind: $kind (base or dev)" ;;
esac
touch "$venv/installed-base"

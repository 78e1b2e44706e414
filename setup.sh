#!/usr/bin/env bash
# Makes the project runnable on a bare Debian machine: system packages that Qt and OpenCV need, a virtual
# environment in .venv, and the project in it. Does only what is missing. "setup.sh test" adds what the
# end-to-end tests and screenshots need.
set -euo pipefail
cd "$(dirname "$0")"

runtime="libgl1 libegl1 libglib2.0-0 libfontconfig1 libdbus-1-3 libxkbcommon0 libxcb-cursor0 libxcb-icccm4
libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
libx11-xcb1"
testing="xvfb xdotool postgresql"

wanted="$runtime"
[ "${1:-}" = test ] && wanted="$runtime $testing"

have() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q "install ok installed"; }
# Newer Debian renamed some libraries for 64-bit time; either name will do.
have_any() { have "$1" || have "${1}t64"; }

find_python() {
  for name in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
    [ -n "$name" ] || continue
    command -v "$name" >/dev/null 2>&1 || continue
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      echo "$name"
      return
    fi
  done
}

python=$(find_python)
missing=""
if command -v dpkg-query >/dev/null 2>&1; then
  for package in $wanted; do have_any "$package" || missing="$missing $package"; done
  [ -n "$python" ] || missing="$missing python3"
  if [ ! -x .venv/bin/python ] && ! "${python:-python3}" -c 'import ensurepip, venv' 2>/dev/null; then
    missing="$missing python3-venv"
  fi
fi

if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ]; then as_root=""
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root="sudo"
  else as_root="no"; fi
  if [ "$as_root" = no ]; then
    echo "These system packages are missing and this account may not install them. Ask an administrator for:" >&2
    echo "  apt-get install$missing" >&2
    echo "Going on without them: the window may not start." >&2
  else
    echo "Installing system packages:$missing"
    $as_root apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
  fi
fi

python=$(find_python)
if [ -z "$python" ]; then
  echo "Python 3.11 or later is needed and was not found. Install it, or set PYTHON to its path." >&2
  exit 2
fi

stamp=.venv/.installed
state=$(cat pyproject.toml constraints.txt setup.sh | cksum)
if [ ! -x .venv/bin/python ] || [ "$(cat $stamp 2>/dev/null || true)" != "$state" ]; then
  [ -x .venv/bin/python ] || { echo "Creating .venv with $python"; "$python" -m venv .venv; }
  echo "Installing the project and its dependencies (torch is large: a few minutes the first time)"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
  echo "$state" >"$stamp"
fi

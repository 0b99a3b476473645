#!/usr/bin/env bash
# Puts prometheus and promtool into a cache folder and prints that folder's path: the two programs of Debian's package, and nothing
# else of it, so that no service is installed or started. What is there already is kept. It needs apt.
#   tests/prometheus/fetch.sh [FOLDER]
set -euo pipefail

out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/prometheus}

if [ ! -x "$out/prometheus" ]; then
  if ! command -v dpkg-deb >/dev/null; then
    echo "fetch.sh: no dpkg-deb; put prometheus and promtool, 2.42 or newer, into $out" >&2
    exit 1
  fi
  mkdir -p "$out"
  part=$(mktemp -d "$out/.part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  cd "$part"
  download() { apt-get download -qq -o APT::Sandbox::User=root prometheus >&2; }
  download || { apt-get update -qq >&2 && download; }
  dpkg-deb -x prometheus_*.deb .
  # The one that is looked for comes last.
  mv usr/bin/promtool "$out/promtool"
  mv usr/bin/prometheus "$out/prometheus"
fi
echo "$out"

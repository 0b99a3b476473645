#!/usr/bin/env bash
# Makes a Python environment with the client of Azure's SDK for Python in a cache folder and prints that folder's path. One that
# fits requirements.txt is kept, so a second run takes no time; any other is made anew. It needs Python with venv, 3.9 or newer.
#   tests/clients/python/build.sh [FOLDER]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/clients/python}

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
  echo "build.sh: no 'python3' with venv; install it (Debian: python3-venv)" >&2
  exit 1
fi
mkdir -p "$(dirname "$out")"
# Two builds on one machine take turns.
exec 9>"$out.lock"
flock 9

# The copy is the last thing to be written: an environment without it is not whole.
if ! cmp -s "$here/requirements.txt" "$out/requirements.txt"; then
  rm -rf "$out"
  python3 -m venv "$out"
  # What the machine's own settings add, such as another place for packages, cannot change what is installed: hashes decide.
  "$out/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: \
    -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$out/requirements.txt"
fi
echo "$out"

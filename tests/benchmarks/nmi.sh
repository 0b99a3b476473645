#!/bin/sh
# Prints all that is measured about NMI, with the project's goals beside: nmi-load.sh once, then
# nmi-footprint.sh on each JDK that is named, or else on the one that Maven runs on.
#   tests/benchmarks/nmi.sh [JAVA_HOME…]
# Needs what those two need, and some minutes on a machine that does nothing else.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

sh "$here/nmi-load.sh"
[ $# -gt 0 ] || set -- "${JAVA_HOME:-}"
for home; do
  if [ -n "$home" ]; then
    export JAVA_HOME="$home"
  fi
  sh "$here/nmi-footprint.sh"
done

#!/bin/sh
# Writes bin-nmi/src/dist/conf/nmi.classes again: the classes that NMI loads from its start until it
# has served tokens to a real pod, from which bin/nmi-archive makes the archive that it starts with.
# Run it when a dependency changed; needs what nmi-footprint.sh needs.
set -eu
cd "$(dirname "$0")/../.."

loaded=$(mktemp)
trap 'rm -f "$loaded"' EXIT
export NMI_JAVA_OPTS="-Xshare:off -XX:DumpLoadedClassList=$loaded"
sh tests/benchmarks/nmi-footprint.sh >/dev/null

{
  echo "# The classes that NMI loads until it has served tokens, for bin/nmi-archive. A name too many or"
  echo "# too few costs a little time and nothing else. Written by tests/benchmarks/nmi-classes.sh."
  # Lines with @ describe lambdas: JVM 17.0.15 crashes over them. The rest is made anew by each JVM.
  grep -v -e '^[@#]' -e '^jdk/proxy' -e 'LambdaForm' -e '\$\$Lambda' "$loaded" | LC_ALL=C sort -u
} >bin-nmi/src/dist/conf/nmi.classes

#!/bin/sh
# Prints what source pins cost a request: from a pod's network namespace over a veth and the redirect
# to a bare server in the node's, without pins, with one, and with those of 250 pods, in turns.
#
# Nothing fails. Compare the ratios, and let nothing else run there. Needs root, ip, iptables and nft.
# The measuring is in tests/benchmarks, classes PinningReport and PinningMain.
set -eu
cd "$(dirname "$0")/../.."

result=tests/benchmarks/target/pinning.txt
rm -f "$result"
mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=PinningReport \
  -Dpodidentity.realParts=required -Dsurefire.failIfNoSpecifiedTests=false >&2
cat "$result"

#!/bin/sh
# Prints what NMI does under load, with the project's goals beside:
#   - from cold, over an IMDS that takes 50 ms and keeps its limits: tokens a second and their p99
#   - warm, over connections that stay open: tokens a second, p99 and CPU time for each, beside those
#     of a bare handler of the same HTTP server that answers the same bytes in a JVM of the same options
#
# Nothing fails if a goal is missed. Compare ratios, and figures of one machine only; let nothing else
# run there. All is on the loopback device; pods and their records are in memory, the rest of NMI is as
# it ships. The measuring is in tests/benchmarks, class NmiLoadReport.
set -eu
cd "$(dirname "$0")/../.."

result=tests/benchmarks/target/nmi-load.txt
rm -f "$result"
mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=NmiLoadReport \
  -Dsurefire.failIfNoSpecifiedTests=false >&2
cat "$result"

#!/bin/sh
# Prints what NMI does under load, with the project's goals beside:
#   - from cold, over an IMDS that takes 50 ms and keeps its limits: tokens a second and their p99
#   - warm, over connections that stay open: tokens a second, p99 and CPU time for each, beside those
#     of a bare handler of the same HTTP server that answers the same bytes in a JVM of the same options
#   - without HTTP, by JMH: time and allocation for a token that is in the cache
#   - the heap over an hour of pods, identities and tenants that come and go
#
# Nothing fails if a goal is missed. Compare ratios, and figures of one machine only; let nothing else
# run there. All is on the loopback device; pods and their records are in memory, the rest of NMI is as
# it ships. The measuring is in tests/benchmarks: NmiLoadReport, CachedTokenReport, ChurnTest.
set -eu
cd "$(dirname "$0")/../.."

target=tests/benchmarks/target
rm -f "$target"/nmi-load.txt "$target"/cached-token.txt "$target"/churn.txt
mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=NmiLoadReport,CachedTokenReport,ChurnTest \
  -Dsurefire.failIfNoSpecifiedTests=false >&2
cat "$target"/nmi-load.txt "$target"/cached-token.txt "$target"/churn.txt

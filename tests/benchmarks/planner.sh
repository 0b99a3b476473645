#!/bin/sh
# Prints how long a plan takes after one change, at three sizes, with the goal beside: in a JVM as it is
# by itself, with both compilers, as an embedder's is; then in one that stops at its first compiler, as
# MIC's does by bin-mic/src/dist/conf/mic.jvmargs.
#
# Nothing fails if the goal is missed. Compare figures of one machine only. All is in memory. The
# measuring is in tests/benchmarks, class PlannerReport.
set -eu
cd "$(dirname "$0")/../.."

result=tests/benchmarks/target/planner.txt
for compiler in 4 1; do
  rm -f "$result"
  mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=PlannerReport \
    -Dtest.jvm="-Xmx1g -XX:TieredStopAtLevel=$compiler --enable-native-access=ALL-UNNAMED" \
    -Dsurefire.failIfNoSpecifiedTests=false >&2
  echo "-XX:TieredStopAtLevel=$compiler"
  cat "$result"
done

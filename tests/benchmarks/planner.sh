#!/bin/sh
# Prints how long a plan takes after one change, at three sizes, with the goal beside.
#
# Nothing fails if the goal is missed. Compare figures of one machine only. All is in memory. The
# measuring is in tests/benchmarks, class PlannerReport. Its JVM stops at its first compiler, as MIC's
# does; PLANNER_JAVA_OPTS=-XX:TieredStopAtLevel=4 shows what the second one would make of it.
set -eu
cd "$(dirname "$0")/../.."

result=tests/benchmarks/target/planner.txt
rm -f "$result"
mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=PlannerReport \
  -Dtest.jvm="-Xmx1g -XX:TieredStopAtLevel=1 ${PLANNER_JAVA_OPTS:-} --enable-native-access=ALL-UNNAMED" \
  -Dsurefire.failIfNoSpecifiedTests=false >&2
cat "$result"

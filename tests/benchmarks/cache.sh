#!/bin/sh
# Prints what the map behind the token cache costs, Caffeine's and one of the JDK's parts alone: a look-up, a write that puts something
# out, and how often what is asked for is there. See docs/adr/0006. It takes a minute or two.
set -eu
cd "$(dirname "$0")/../.."

result=tests/benchmarks/target/cache.txt
rm -f "$result"
mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=BoundedCacheReport -Dsurefire.failIfNoSpecifiedTests=false >&2
cat "$result"

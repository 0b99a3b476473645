#!/bin/sh
# Prints how long "nmi lockdown" takes, and for how long a pod that asks every 5 ms is not redirected when
# a stranger deletes the jump, empties the chain, flushes nat or all of nft's rules: the time from its
# last connection to NMI to the next, with the packets that came to the metadata service meanwhile. On
# both back-ends of iptables; the legacy one tells of no change and is looked at each second.
#
# Nothing fails if a goal is missed. Needs root, ip, nft and iptables; all is in network namespaces. Let
# nothing else run there. The measuring is in tests/benchmarks, class RulesReport.
set -eu
cd "$(dirname "$0")/../.."

result=tests/benchmarks/target/nmi-rules.txt
rm -f "$result"
mvn -B -ntp -q -Dquick -pl tests/benchmarks -am test -Dtest=RulesReport \
  -Dsurefire.failIfNoSpecifiedTests=false >&2
cat "$result"

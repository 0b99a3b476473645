#!/bin/sh
# Prints what NMI costs as it ships, in the JDK that Maven runs on:
#   - the time from its start until it is Active (redirect in place, pods known), and until a pod has
#     its first token; on a machine that is busy, read the CPU time instead
#   - the time from an identity's assignment until the pod that waits for it has its token
#   - its resident memory (VmRSS) when Active, and after 20,000 token requests over 16 connections
# with the project's goals beside. Nothing fails if a goal is missed: compare the figures of one
# machine, and let nothing else run there.
#
# NMI runs from its distribution, on a real kube-apiserver and in network namespaces: this needs what
# tests/e2e needs (root, ip, iptables, curl, tests/envtest/build.sh). It takes about a minute beyond
# the build. On JDK 25 and newer bin/nmi-train makes an ahead-of-time cache first; before, NMI starts
# from the archive of its classes. The measuring is in tests/e2e, class NmiFootprintReport.
set -eu
cd "$(dirname "$0")/../.."

result=tests/e2e/target/nmi-footprint.txt
rm -f "$result"
mvn -B -ntp -q -Dquick -Darchive.skip=false -pl tests/e2e -am verify -Dpodidentity.realParts=required \
  -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=NmiFootprintReport -Dfailsafe.failIfNoSpecifiedTests=false
cat "$result"

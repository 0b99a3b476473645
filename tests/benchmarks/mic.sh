#!/bin/sh
# Prints what is measured of MIC, with v1's figures and the project's goals beside:
#   1 OneScaleSet       40 pods and identities on one scale set
#   2 ThreeHundredPods  300 pods come and go
#   3 HangingScaleSet   what a scale set that hangs costs another one
#   4 KilledLeader      how soon the next leader serves a new pod
#   5 ApiServerOutage   how soon a new pod has a token when the API server is back
#   6 ThrottledAzure    5,000 pods on 300 machines and scale sets, within Azure's documented limits
#   7 Memory            20,000 pods
# and at last how long a plan takes (planner.sh).
#   tests/benchmarks/mic.sh [NAME…]       the names above; without any, all of them and the plan
#
# Nothing fails because a goal is missed; a measurement that fails is left out, and the exit status
# says so. v1's figures are those of its own binaries, on another machine than yours: compare ratios,
# and let nothing else run beside.
#
# JAVA_HOME says on which Java. From 25 on MIC has an ahead-of-time cache of its start, as in its image.
# MIC runs from its distribution with the roles of deploy/rbac, on a real kube-apiserver; Azure is
# simulated. That needs tests/envtest/build.sh; ApiServerOutage also what tests/e2e needs (root, ip,
# iptables, curl). It takes about ten minutes. The measuring is in tests/e2e: package measured, and
# ApiServerOutageReport.
set -eu
cd "$(dirname "$0")/../.."

[ $# -gt 0 ] && all= || all=yes
[ -z "$all" ] || set -- OneScaleSet ThreeHundredPods HangingScaleSet KilledLeader ApiServerOutage \
  ThrottledAzure Memory
classes=
for name; do
  classes="$classes${classes:+,}${name}Report"
done

figures=tests/e2e/target/mic-figures
rm -rf "$figures"
status=0
# The JVM of other tests stops at its first compiler; this one plays Azure and all who create pods.
mvn -B -ntp -q -Dquick -pl tests/e2e -am verify -Dpodidentity.realParts=required \
  -Dtest.jvm="-Xmx1g --enable-native-access=ALL-UNNAMED" \
  -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test="$classes" -Dfailsafe.failIfNoSpecifiedTests=false >&2 || status=$?

printf '  %-46s %14s %16s %18s\n' '' here v1 goal
for file in "$figures"/*.txt; do
  [ ! -e "$file" ] || cat "$file"
done
[ -z "$all" ] || sh tests/benchmarks/planner.sh
exit "$status"

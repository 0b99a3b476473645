#!/bin/sh
# chaos.sh [STEPS [SEED]]: the chaos run of ChaosIT, longer than the build's: pods ask for tokens 50 times
# a second while NMI is started, ended, killed, replaced, frozen and left without memory, strangers flush
# rules, and the API server goes and comes. Then the same without the lockdown, and with v1's exit. Prints
# how many requests there were, and how many packets of pods came to the metadata service: 0 in the first.
# Default: 240 steps and a seed of its own, which is printed. Needs what the tests here need (README.md).
set -eu
steps=${1:-240}
seed=${2:-$(date +%s)}
cd "$(dirname "$0")/../.."

result=tests/e2e/target/chaos.txt
rm -f "$result"
echo "steps=$steps seed=$seed"
status=0
mvn -B -ntp -q -Dquick -pl tests/e2e -am verify -Dpodidentity.realParts=required \
  -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=ChaosIT -Dfailsafe.failIfNoSpecifiedTests=false \
  -Dpodidentity.chaos.steps="$steps" -Dpodidentity.chaos.seed="$seed" || status=$?
cat "$result"
exit "$status"

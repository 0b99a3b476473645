#!/usr/bin/env bash
# run.sh [SCOPE…]: changes the code of a scope in many small ways, one at a time, and prints how many of the changes its tests notice, as
# a line of the table in docs/mutation-tests.md. What no test noticed is in target/mutation/SCOPE.txt, and as pages beside it. A scope is
# matching, token, assignment or router; without any it is all of them. It takes some minutes each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$PWD/target/mutation
mkdir -p "$out"
all=(matching token assignment router)

count() { grep -c "$1" "$2" || true; }

for scope in "${@:-${all[@]}}"; do
  module=podidentity-api
  options=(-Dpit.classes="io.podidentity.api.$scope.*")
  if [ "$scope" = router ]; then
    module=bin-nmi
    options=(-Dpit.api.skip)
  fi
  mvn -B -ntp -q -Dquick -Ppit -pl "$module" -am process-test-classes "${options[@]}" >&2
  rm -rf "${out:?}/$scope"
  cp -r "$module/target/pit-reports" "$out/$scope"
  xml=$out/$scope/mutations.xml
  sed -n "s/.*detected='false' status='\([A-Z_]*\)'.*<mutatedClass>\([^<]*\)<.*<mutatedMethod>\([^<]*\)<.*<lineNumber>\([0-9]*\)<.*<description>\([^<]*\)<.*/\1 \2:\4 \3: \5/p" \
    "$xml" | sed 's/io\.podidentity\.//' | sort >"$out/$scope.txt"
  mutants=$(count '<mutation ' "$xml")
  noticed=$(count "detected='true'" "$xml")
  unseen=$(count "status='NO_COVERAGE'" "$xml")
  printf '| `%s` | %d | %d | %d | %d %% |\n' "$scope" "$mutants" "$((mutants - noticed - unseen))" "$unseen" "$((100 * noticed / mutants))"
done

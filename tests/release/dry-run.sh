#!/usr/bin/env bash
# What a release would publish, into target/release, with nothing published: the folder is a Maven repository. Then a project that
# knows only the BOM and that folder is built and run, and the jars are built once more elsewhere and compared.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=$PWD/target/release
published=(podidentity-bom podidentity-api podidentity-testkit podidentity-azure podidentity-k8s podidentity-iptables)
list=$(IFS=,; echo "${published[*]}")
fail() { echo "dry-run: $*" >&2; exit 1; }

rm -rf "$out"
mkdir -p "$out"
mvn -B -ntp -q -Prelease -DskipTests -Dspotless.check.skip -pl "$list" -am deploy \
  -DaltDeploymentRepository="dry-run::file://$out/repository"

echo "published would be:"
(cd "$out/repository/io/podidentity" && find . -name '*.jar' -o -name '*.pom' -o -name '*.json' | sort | while read -r file; do
  printf '%8d  %s\n' "$(stat -c %s "$file")" "${file#./}"
done)
[ "$(ls "$out/repository/io/podidentity" | grep -vx maven-metadata.xml | sort)" = "$(printf '%s\n' "${published[@]}" | sort)" ] ||
  fail "other modules than these are published: $list"

for module in "${published[@]}"; do
  pom=$(find "$out/repository/io/podidentity/$module" -name '*.pom')
  for element in name description url licenses developers scm; do
    grep -q "<$element[ >]" "$pom" || fail "$module's POM has no $element"
  done
  if grep -q '<parent>' "$pom"; then fail "$module's POM has a parent, which is not published"; fi
  if [ "$module" != podidentity-bom ]; then
    for kind in sources.jar javadoc.jar cyclonedx.json; do
      find "$out/repository/io/podidentity/$module" -name "*-$kind" | grep -q . || fail "$module has no $kind"
    done
  fi
done

tests/consumer/check.sh "$out"

# Elsewhere, by another user's clone as it were: same bytes.
again=$(mktemp -d)
trap 'rm -rf "$again"' EXIT
git ls-files -z | xargs -0 cp --parents -t "$again"
(cd "$again" && mvn -B -ntp -q -Prelease -Dquick -Darchive.skip=false -Dmaven.test.skip=true -pl "$list" -am package)
for module in "${published[@]:1}"; do
  for jar in "$module"/target/"$module"-*.jar; do
    cmp "$jar" "$again/$jar" || fail "$jar is not the same when it is built again"
  done
done
echo "built again: the same bytes"

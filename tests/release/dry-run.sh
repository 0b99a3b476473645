#!/usr/bin/env bash
# What a release would publish, into target/release, with nothing published: the folder is a Maven repository. It is signed with a key
# made for this run, read and checked; a project that knows only the BOM and that folder is built and run; and everything is built once
# more elsewhere and compared. What `mvn verify` compiled before is used as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# Maven keeps the folders' modes in its jars.
umask 022
out=$PWD/target/release
published=(podidentity-bom podidentity-api podidentity-testkit podidentity-azure podidentity-k8s podidentity-iptables)
list=$(IFS=,; echo "${published[*]}")
scratch=$(mktemp -d)
version=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' podidentity-bom/pom.xml | head -1)
fail() { echo "dry-run: $*" >&2; exit 1; }
say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }

export GNUPGHOME=$scratch/gnupg
trap 'gpgconf --kill all; rm -rf "$scratch"' EXIT
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --passphrase '' --quick-generate-key 'Rehearsal <rehearsal@podidentity.invalid>' ed25519 sign 1d 2>"$scratch/said" ||
  fail "gpg makes no key: $(cat "$scratch/said")"

# The plugin keeps Javadoc of sources that have changed since.
rm -rf "$out" podidentity-*/target/{maven-javadoc-plugin-stale-data.txt,reports/apidocs}
mkdir -p "$out"
mvn -B -ntp -q -Prelease,sign -DskipTests -Dspotless.check.skip -Dmaven.install.skip -pl "$list" -am deploy \
  -DaltDeploymentRepository="dry-run::file://$out/repository"
say "built, signed and deployed into $out/repository:"
(cd "$out/repository/io/podidentity" && find . -name '*.jar' -o -name '*.pom' -o -name '*.json' | sort | while read -r file; do
  printf '%12d  %s\n' "$(stat -c %s "$file")" "${file#./}"
done)

[ "$(find "$out/repository/io/podidentity" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort)" = "$(printf '%s\n' "${published[@]}" | sort)" ] ||
  fail "other modules than these are published: $list"
java tests/release/CheckPoms.java "$out/repository" || fail "a POM is not complete"
for module in "${published[@]:1}"; do
  for kind in .jar -sources.jar -javadoc.jar -cyclonedx.json; do
    [ -f "$(find "$out/repository/io/podidentity/$module" -name "*[0-9]$kind")" ] || fail "$module has no $kind"
  done
  javadoc=$(find "$out/repository/io/podidentity/$module" -name '*-javadoc.jar')
  [ -n "$(jar --list --file "$javadoc" index.html)" ] || fail "$module's Javadoc is empty"
done
find "$out/repository" -name '*.jar' -o -name '*.pom' -o -name '*.json' | while read -r file; do
  said=$(gpg --batch --quiet --verify "$file.asc" "$file" 2>&1) || fail "$file is not signed: $said"
done
say "POMs are complete, nothing is missing, and every signature is good"

tests/consumer/check.sh "$out"
say "the consumer runs"

# Elsewhere, by another user's clone as it were: another folder, time and time zone, the same bytes; and staged for Maven Central.
again=$scratch/clone
mkdir "$again"
git ls-files -z | xargs -0 cp --parents -t "$again"
(cd "$again" &&
  TZ=Pacific/Auckland mvn -B -ntp -q -Prelease,central -DskipUpload -Dquick -Darchive.skip=false -Dmaven.test.skip=true -Dmaven.install.skip \
    -pl "$list" -am deploy)
files() {
  (cd "$1/io/podidentity" && find . -name '*.jar' -o -name '*.pom' -o -name '*.json') | sed -E 's/-[0-9]{8}\.[0-9]{6}-1\b/-SNAPSHOT/' | sort
}
files "$out/repository" >"$scratch/deployed"
files "$(dirname "$again"/podidentity-bom/target/central-*/io)" | diff "$scratch/deployed" - || fail "Maven Central would get other files"
# The BOM's POM is published as it stands.
cmp podidentity-bom/pom.xml "$(find "$out/repository/io/podidentity/podidentity-bom" -name '*.pom')" || fail "the BOM's POM is another"
sums() {
  (cd "$1" && sha256sum podidentity-bom/pom.xml &&
    for module in "${published[@]:1}"; do
      sha256sum "$module/target/$module"-*.jar "$module/target/bom.json" "$module/target/.flattened-pom.xml" || exit
    done)
}
sums "$PWD" >"$scratch/first" || fail "a file is missing"
same() { sums "$again" >"$scratch/second" && diff "$scratch/first" "$scratch/second"; }
same || fail "these are not the same when they are built again"
say "built again, the same bytes:"
sed 's/^\(.\{16\}\)[^ ]*/     \1…/' "$scratch/second"
printf ' ' >>"$again/podidentity-api/target/bom.json"
! same >/dev/null || fail "a byte more is not noticed"

# Once there is a release, the next one is compared with it. Here: a later version with this one, as it is and with a method less.
(cd "$again" && tests/release/set-version.sh 999.0.0-SNAPSHOT)
compare() {
  (cd "$again" && mvn -B -ntp -q -s tests/consumer/settings.xml -Ddry-run.url="file://$out/repository" -Dmaven.repo.local="$out/local" \
    -Prelease -Dquick -Dmaven.test.skip=true -Dmaven.javadoc.skip -Djapicmp.skip=false -Djapicmp.baseline="$version" -pl podidentity-api -am verify)
}
compare || fail "japicmp finds a change where there is none"
sed -i 's/boolean isTransient/boolean mayHeal/' "$again"/podidentity-api/src/main/java/io/podidentity/api/ErrorReason.java
grep -rl 'isTransient()' "$again/podidentity-api/src/main/java" | xargs sed -i 's/isTransient()/mayHeal()/'
if found=$(compare); then
  fail "japicmp does not find that a method is gone"
fi
grep -q 'isTransient' <<<"$found" || fail "it failed otherwise: $found"
say "a later version is compared with this one"

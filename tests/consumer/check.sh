#!/usr/bin/env bash
# check.sh FOLDER: builds and runs this project on what is in FOLDER/repository, with a local repository of its own. Then looks at what
# each of the published modules brings along: no more than is listed in dependencies/.
set -euo pipefail
out=$1
cd "$(dirname "${BASH_SOURCE[0]}")"
fail() { echo "consumer: $*" >&2; exit 1; }
version=$(basename "$(dirname "$(find "$out/repository/io/podidentity/podidentity-api" -name '*.pom' | head -1)")")
build() {
  mvn -B -ntp -q -s settings.xml -Ddry-run.url="file://$out/repository" -Dmaven.repo.local="$out/local" \
    -Dpodidentity.version="$version" "$@"
}

trap 'rm -rf target' EXIT
rm -rf target
build process-classes
echo "a consumer of podidentity-api resolves:"
(cd target/lib && stat -c '%12s  %n' -- *)
said=$(java -cp "target/classes:target/lib/*" consumer.Main)
[ "$said" = shop/app ] || fail "the broker said: $said"

echo "what each module brings along, with itself:"
for list in dependencies/*.txt; do
  library=$(basename "$list" .txt)
  rm -rf target/lib
  build dependency:copy-dependencies@libraries -Dlibrary="$library"
  diff "$list" <(ls target/lib | sed 's/\.jar$//' | LC_ALL=C sort) >&2 || fail "$library brings along others than $list lists"
  printf '%12d  %s: %d jars, itself %d\n' "$(cat target/lib/* | wc -c)" "$library" "$(ls target/lib | wc -l)" \
    "$(stat -c %s "target/lib/$library.jar")"
done

if found=$(build -Pspring-boot,astray validate); then
  fail "two versions of a library are not found"
fi
grep -q 'Dependency convergence error for com.microsoft.azure:msal4j' <<<"$found" || fail "it failed otherwise: $found"
rm -rf target
build -Pspring-boot process-classes
echo "a consumer on Spring Boot, with podidentity-azure and podidentity-k8s: $(ls target/lib | wc -l) jars, all converge"
said=$(java -cp "target/lib/*" Adapters.java 2>target/stderr) || fail "the adapters on Spring Boot do not start: $(cat target/stderr)"
[ "$said" = app ] || fail "the adapters on Spring Boot said: $said"

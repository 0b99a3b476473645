#!/usr/bin/env bash
# check.sh FOLDER: builds and runs this project on what is in FOLDER/repository, with a local repository of its own.
set -euo pipefail
out=$1
cd "$(dirname "${BASH_SOURCE[0]}")"
fail() { echo "consumer: $*" >&2; exit 1; }
build() {
  mvn -B -ntp -q -s settings.xml -Ddry-run.url="file://$out/repository" -Dmaven.repo.local="$out/local" "$@"
}

rm -rf target
build process-classes
echo "a consumer of podidentity-api resolves:"
(cd target/lib && stat -c '%8s  %n' -- *)
[ "$(ls target/lib)" = "$(cat dependencies.txt)" ] || fail "dependencies.txt lists others"
said=$(java -cp "target/classes:target/lib/*" consumer.Main)
[ "$said" = shop/app ] || fail "the broker said: $said"

rm -rf target
build -Pspring-boot process-classes
echo "a consumer on Spring Boot, with podidentity-azure and podidentity-k8s: $(ls target/lib | wc -l) jars, all converge"
said=$(java -cp "target/lib/*" Adapters.java 2>/dev/null)
[ "$said" = app ] || fail "the adapters on Spring Boot said: $said"
rm -rf target

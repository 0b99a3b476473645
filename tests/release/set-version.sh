#!/usr/bin/env bash
# set-version.sh VERSION: sets the version of all modules, of the BOM, which has no parent, and of the programs in the chart (the tag of
# their images), in its page and in what is rendered from it. Below the folder that it is called in, which is the root of the sources.
set -euo pipefail
new=${1:-}
[[ $new =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || { echo "set-version.sh X.Y.Z, or X.Y.Z-SNAPSHOT" >&2; exit 2; }
[ -f podidentity-bom/pom.xml ] || { echo "call it in the root of the sources" >&2; exit 2; }
old=$(sed -n 's:.*<version>\(.*\)</version>.*:\1:p' podidentity-bom/pom.xml | head -1)
export old new
# Only beside a name of ours: a library may have the same version.
find . \( -name target -o -name .git \) -prune -o -name pom.xml -print0 |
  xargs -0 perl -0pi -e 's,(?:<artifactId>podidentity-[\w-]+</artifactId>\s*<version>|<podidentity\.version>)\K\Q$ENV{old}\E(?=</),$ENV{new},g'
find charts deploy tests/chart/src/test/resources -type f -print0 |
  xargs -0 perl -pi -e 's|(?:/nmi:\|/mic:\|^appVersion: \|is the version, `)\K\Q$ENV{old}\E(?=["`]\|$)|$ENV{new}|g'
echo "$old -> $new"

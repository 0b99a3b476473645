#!/bin/sh
# Builds the images and prints, with the project's goals beside: their sizes unpacked; the time from the start
# of a container's program until NMI is ready and MIC leads, and their resident memory then; how long
# "nmi lockdown" takes; and what nmi-footprint.sh prints of NMI, from its image.
#
# Nothing fails if a goal is missed, but for NMI's size; NMI's memory and start have limits far above theirs.
# Let nothing else run there. This needs what tests/images/build.sh and tests/e2e need. The measuring is in
# tests/e2e, classes ImageFiguresReport, which CI runs too, and NmiFootprintReport.
set -eu
cd "$(dirname "$0")/../.."

figures=tests/e2e/target/image-figures.txt
footprint=tests/e2e/target/nmi-footprint.txt
rm -f "$figures" "$footprint"
status=0
mvn -B -ntp -q -Dquick -Dimages.skip=false -Dfolders.skip=true -pl tests/e2e -am verify \
  -Dpodidentity.realParts=required -Dtest=none -Dsurefire.failIfNoSpecifiedTests=false \
  -Dit.test=ImageFiguresReport,NmiFootprintReport -Dfailsafe.failIfNoSpecifiedTests=false >&2 || status=$?
for file in "$figures" "$footprint"; do
  [ ! -e "$file" ] || cat "$file"
done
exit "$status"

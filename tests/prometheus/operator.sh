#!/usr/bin/env bash
# Puts the definition of PodMonitors, of Prometheus' operator, into a cache folder and prints its path: one file of the operator's Go
# module, as the operator's users apply it. What is there already is kept. It needs Go, and builds nothing.
#   tests/prometheus/operator.sh [FOLDER]
set -euo pipefail

version=v0.85.0
sum=8ce88c52c51209993511cae093089c9525f5552def88119e3f559123ee9d454b
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/prometheus-operator/$version}
file=$out/podmonitors.yaml

if [ ! -s "$file" ]; then
  if ! command -v go >/dev/null; then
    echo "operator.sh: no 'go' on the PATH; install Go 1.26 or newer, or put the definition of PodMonitors of $version into $file" >&2
    exit 1
  fi
  mkdir -p "$out"
  module=$(go mod download -json "github.com/prometheus-operator/prometheus-operator@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')
  cp "$module/example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml" "$out/.part"
  chmod u+w "$out/.part"
  sha256sum --quiet -c <<<"$sum  $out/.part" >&2
  mv "$out/.part" "$file"
fi
echo "$file"

#!/usr/bin/env bash
# Builds helm from the Go module proxy into a cache folder and prints that folder's path. What is there already is kept, so a
# second run takes no time. The first takes about two and a half minutes on two cores.
#   tests/helm/build.sh [FOLDER]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(awk '$1 == "require" && $2 == "helm.sh/helm/v3" {print $3}' "$here/go.mod")
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/helm/$version}

if [ ! -x "$out/helm" ]; then
  if ! command -v go >/dev/null; then
    echo "build.sh: no 'go' on the PATH; install Go 1.26 or newer, or put helm $version into $out" >&2
    exit 1
  fi
  mkdir -p "$out"
  echo "building helm …" >&2
  # Of which Kubernetes a chart is taken to be for, unless told; without it, 1.20.
  minor=$(awk '$1 == "k8s.io/client-go" {split($2, part, "."); print part[2]}' "$here/go.mod")
  # It appears under its name only when it is whole: a build that was cut short is not taken for one.
  (cd "$here" && CGO_ENABLED=0 go build -trimpath \
    -ldflags="-s -w -X helm.sh/helm/v3/internal/version.version=$version $(printf -- \
      '-X helm.sh/helm/v3/pkg/%s=%s ' chartutil.k8sVersionMajor 1 chartutil.k8sVersionMinor "$minor" \
      lint/rules.k8sVersionMajor 1 lint/rules.k8sVersionMinor "$minor")" \
    -o "$out/.helm.part" helm.sh/helm/v3/cmd/helm >&2)
  mv "$out/.helm.part" "$out/helm"
fi
echo "$out"

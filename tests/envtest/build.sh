#!/usr/bin/env bash
# Builds etcd, kube-apiserver and kubectl from the Go module proxy into a cache folder and prints that folder's path: the value
# for KUBEBUILDER_ASSETS. What the folder holds already is kept, so a second run takes no time. The first takes about six
# minutes on two cores.
#   tests/envtest/build.sh [FOLDER]
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kubernetes=$(awk '$1 == "require" && $2 == "k8s.io/kubernetes" {print $3}' "$here/kubernetes/go.mod")
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/envtest/$kubernetes}

if ! command -v go >/dev/null; then
  echo "build.sh: no 'go' on the PATH; install Go 1.26 or newer, or point KUBEBUILDER_ASSETS at binaries you have" >&2
  exit 1
fi
mkdir -p "$out"

# A binary appears under its name only when it is whole: a build that was cut short is not taken for one.
build() { # module folder, package, name, linker flags
  [ -x "$out/$3" ] && return
  echo "building $3 …" >&2
  (cd "$here/$1" && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w $4" -o "$out/.$3.part" "$2" >&2)
  mv "$out/.$3.part" "$out/$3"
}

version="-X k8s.io/component-base/version.gitVersion=$kubernetes"
build etcd go.etcd.io/etcd/server/v3 etcd ""
build kubernetes k8s.io/kubernetes/cmd/kube-apiserver kube-apiserver "$version"
build kubernetes k8s.io/kubernetes/cmd/kubectl kubectl "$version"
echo "$out"

#!/usr/bin/env bash
# Builds etcd, kube-apiserver, kube-controller-manager and kubectl from the Go module proxy into a cache folder and prints that
# folder's path: the value for KUBEBUILDER_ASSETS. What the folder holds already is kept, and what it lacks is added. The first
# run takes about eight minutes on two cores, a second one no time.
#   tests/envtest/build.sh [FOLDER]            the version that all tests run against: tests/envtest/kubernetes/go.mod
#   tests/envtest/build.sh --newest [FOLDER]   the newest one: tests/envtest/kubernetes-newest/go.mod
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=kubernetes cache=envtest
if [ "${1:-}" = --newest ]; then
  module=kubernetes-newest cache=envtest-newest
  shift
fi
kubernetes=$(awk '$1 == "require" && $2 == "k8s.io/kubernetes" {print $3}' "$here/$module/go.mod")
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/$cache/$kubernetes}

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
for program in kube-apiserver kube-controller-manager kubectl; do
  build "$module" "k8s.io/kubernetes/cmd/$program" "$program" "$version"
done
echo "$out"

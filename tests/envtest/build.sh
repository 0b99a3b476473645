#!/usr/bin/env bash
# Builds etcd, kube-apiserver, kube-controller-manager and kubectl from the Go module proxy into a cache folder and prints that
# folder's path: the value for KUBEBUILDER_ASSETS. What the folder holds already of these versions is kept, and what it lacks is
# added. The first run takes about eight minutes on two cores, a second one no time.
#   tests/envtest/build.sh [FOLDER]            the version that all tests run against: tests/envtest/kubernetes/go.mod
#   tests/envtest/build.sh --newest [FOLDER]   the newest one: tests/envtest/kubernetes-newest/go.mod
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
module=kubernetes cache=envtest
if [ "${1:-}" = --newest ]; then
  module=kubernetes-newest cache=envtest-newest
  shift
fi
required() { # module folder, module
  awk -v module="$2" '$1 == "require" && $2 == module {print $3}' "$here/$1/go.mod"
}
kubernetes=$(required "$module" k8s.io/kubernetes)
out=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/$cache/$kubernetes}

if ! command -v go >/dev/null; then
  echo "build.sh: no 'go' on the PATH; install Go 1.26 or newer, or point KUBEBUILDER_ASSETS at binaries you have" >&2
  exit 1
fi
mkdir -p "$out"

# A binary appears under its name only when it is whole: a build that was cut short is not taken for one.
# The folder's name has Kubernetes' version alone, so each binary is asked of which version it is.
build() { # module folder, module, package, name, linker flags
  local version
  version=$(required "$1" "$2")
  if [ -x "$out/$4" ] && go version -m "$out/$4" | grep -qF "	mod	$2	$version	"; then return; fi
  echo "building $4 $version …" >&2
  (cd "$here/$1" && CGO_ENABLED=0 go build -trimpath -ldflags="-s -w $5" -o "$out/.$4.part" "$3" >&2)
  mv "$out/.$4.part" "$out/$4"
}

version="-X k8s.io/component-base/version.gitVersion=$kubernetes"
build etcd go.etcd.io/etcd/server/v3 go.etcd.io/etcd/server/v3 etcd ""
for program in kube-apiserver kube-controller-manager kubectl; do
  build "$module" k8s.io/kubernetes "k8s.io/kubernetes/cmd/$program" "$program" "$version"
done
echo "$out"

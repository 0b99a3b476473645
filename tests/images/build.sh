#!/usr/bin/env bash
# Builds both images from their Dockerfiles without a container engine, and unpacks them to target/images: what tests/e2e runs
# from. Needs root, mmdebstrap and buildah (Debian's), and the programs and the sandbox as "mvn package" makes them. The first
# time it takes two minutes and fetches the base and the JDK from Debian's archive; they are kept in a cache folder, which it
# does no harm to delete.
#   tests/images/build.sh [--twice]
# --twice builds them once more, without what was kept, and fails if they are others, but for the layer of the ahead-of-time
# cache; and pushes them to a registry of its own, which needs docker-registry (Debian's) and curl. That takes three minutes more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tools=(mmdebstrap buildah)
[ "${1-}" != --twice ] || tools+=(docker-registry curl)
for tool in "${tools[@]}"; do
  if ! command -v "$tool" >/dev/null; then
    echo "build.sh: no '$tool' on the PATH; install it (Debian: $tool)" >&2
    exit 1
  fi
done
cache=${XDG_CACHE_HOME:-$HOME/.cache}/podidentity/images
out=$PWD/target/images
mkdir -p "$cache"
# Two builds on one machine take turns: they share the cache, and the ports of the run that makes the ahead-of-time cache.
exec 9>"$cache/lock"
flock 9

export BUILDAH_ISOLATION=chroot
# Where one overlay cannot be put on another, each layer is a copy.
if unshare -m sh -c 'cd "$1" && mkdir -p probe/a probe/b probe/c probe/d &&
  mount -t overlay overlay -o lowerdir=probe/a,upperdir=probe/b,workdir=probe/c probe/d' sh "$cache" 2>/dev/null; then
  export STORAGE_DRIVER=overlay
else
  export STORAGE_DRIVER=vfs
fi
rm -rf "$cache/probe"
buildah=(buildah --root "$cache/$STORAGE_DRIVER" --runroot "$cache/run")

# Of a build that was cut short.
"${buildah[@]}" rm --all >/dev/null

# The base that the Dockerfiles ask for by default, made of the same packages.
base=localhost/debian:trixie
if ! "${buildah[@]}" inspect --type image "$base" >/dev/null 2>&1; then
  echo "making $base …" >&2
  mmdebstrap --quiet --variant=essential --include=apt trixie "$cache/base.tar" >&2
  container=$("${buildah[@]}" from scratch)
  "${buildah[@]}" add "$container" "$cache/base.tar" / >/dev/null
  "${buildah[@]}" commit --quiet --rm "$container" "$base" >/dev/null
  rm "$cache/base.tar"
fi

# The stages that depend on no program have names, so that they are kept.
for name in nmi mic; do
  "${buildah[@]}" build --quiet --layers --timestamp=1767225600 --build-arg SOURCE_DATE_EPOCH=1767225600 --build-arg "BASE=$base" \
    --target system -f "images/$name/Dockerfile" -t "localhost/system:$name" . >&2
done
export IMAGE_BUILDER="${buildah[*]}"
images/build.sh --no-maven localhost test --quiet "--build-arg=BASE=$base" >&2

rm -rf "$out"
for name in nmi mic; do
  mkdir -p "$out/$name"
  "${buildah[@]}" inspect --type image "localhost/$name:test" >"$out/$name/image.json"
  container=$("${buildah[@]}" from "localhost/$name:test")
  cp -a "$("${buildah[@]}" mount "$container")" "$out/$name/rootfs"
  "${buildah[@]}" rm "$container" >/dev/null
done
layers() { "${buildah[@]}" inspect --type image --format '{{range .OCIv1.RootFS.DiffIDs}}{{println .}}{{end}}' "localhost/$1"; }
if [ "${1-}" = --twice ]; then
  images/build.sh --no-maven localhost again --quiet --no-cache "--build-arg=BASE=$base" >&2
  # The fourth layer is the cache's.
  first() { layers "$1" | head -n 3; }
  for name in nmi mic; do
    if [ "$(first "$name:test")" != "$(first "$name:again")" ]; then
      printf 'build.sh: two builds of %s differ in these layers:\n%s\n\n%s\n' "$name" "$(first "$name:test")" "$(first "$name:again")" >&2
      exit 1
    fi
    echo "two builds of $name are equal" >&2
    "${buildah[@]}" rmi "localhost/$name:again" >/dev/null
  done
fi

# By the command that users have, to a registry of the loopback device; what it says that it has must be what was built.
push() {
  local folder address=
  folder=$(mktemp -d)
  printf '%s\n' 'version: 0.1' "storage: {filesystem: {rootdirectory: $folder/images}}" 'http: {addr: "127.0.0.1:0"}' \
    >"$folder/registry.yml"
  : >"$folder/log"
  docker-registry serve "$folder/registry.yml" >"$folder/log" 2>&1 9>&- &
  # shellcheck disable=SC2064 # these, as they are now
  trap "kill $! || true; rm -rf '$folder'" EXIT
  for _ in {1..100}; do
    address=$(sed -n 's/.*listening on \(127[0-9.:]*\).*/\1/p' "$folder/log")
    [ -z "$address" ] || break
    sleep 0.1
  done
  if [ -z "$address" ]; then
    echo "build.sh: docker-registry does not listen: $(tail -n 3 "$folder/log")" >&2
    exit 1
  fi
  # It has no certificate.
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$address" >"$folder/registries.conf"
  CONTAINERS_REGISTRIES_CONF=$folder/registries.conf images/build.sh --push --no-maven "$address/identity" --quiet \
    "--build-arg=BASE=$base" >&2
  local version name manifest config there
  version=$(sed -n 's/^  <version>\(.*\)<\/version>/\1/p' pom.xml | head -n 1)
  for name in nmi mic; do
    manifest=$(curl -fsS -H "Accept: application/vnd.oci.image.manifest.v1+json" "http://$address/v2/identity/$name/manifests/$version")
    config=$(sed 's/.*"config":{[^}]*"digest":"\([^"]*\)".*/\1/' <<<"$manifest")
    there=$(curl -fsS "http://$address/v2/identity/$name/blobs/$config" |
      sed 's/.*"diff_ids":\[\([^]]*\)\].*/\1/' | tr -d '"' | tr , '\n')
    if [ "$there" != "$(layers "$name:test")" ]; then
      printf 'build.sh: the registry has these layers of %s:\n%s\n\nand these were built:\n%s\n' "$name" "$there" "$(layers "$name:test")" >&2
      exit 1
    fi
    echo "$name was pushed" >&2
    "${buildah[@]}" rmi "$address/identity/$name:$version" >/dev/null
  done
}
[ "${1-}" != --twice ] || push

"${buildah[@]}" rmi --prune >/dev/null
echo "$out"

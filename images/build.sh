#!/bin/sh
# Builds the images of both programs, and pushes them to a registry of yours; none are published.
#   images/build.sh [--push] [--no-maven] REPOSITORY [TAG] [OPTION…]
# as in
#   images/build.sh --push registry.example.com/identity
# which makes registry.example.com/identity/nmi and …/mic: the chart's image.repository. TAG is the
# project's version by default, which is what the chart asks for. Needs a JDK and Maven, and docker, podman
# or buildah, in this order; IMAGE_BUILDER names another one or one of them. Further options go to its build,
# such as --platform=linux/arm64, which needs a machine or an emulator that runs arm64, or
# --build-arg=BASE=registry.example.com/debian:trixie-slim, another base that has openjdk-25.
# Log in to the registry first. --no-maven takes the programs as they were built last.
set -eu
cd "$(dirname "$0")/.."

push=false
maven=true
while :; do
  case ${1-} in
    --push) push=true ;;
    --no-maven) maven=false ;;
    *) break ;;
  esac
  shift
done
fail() {
  echo "build.sh: $1" >&2
  exit 1
}
[ $# -gt 0 ] || fail "say where the images belong, as in: images/build.sh --push registry.example.com/identity"
repository=${1%/}
shift
version=$(sed -n 's/^  <version>\(.*\)<\/version>/\1/p' pom.xml | head -n 1)
tag=$version
case ${1-} in
  "" | -*) ;;
  *)
    tag=$1
    shift
    ;;
esac

builder=${IMAGE_BUILDER:-}
for each in docker podman buildah; do
  [ -n "$builder" ] || ! command -v "$each" >/dev/null || builder=$each
done
[ -n "$builder" ] || fail "no docker, podman or buildah on the PATH: install one of them"

revision=$(git rev-parse HEAD 2>/dev/null || echo unknown)
# All files of an image have the time that all entries of the jars have.
time=$(sed -n 's/.*<project.build.outputTimestamp>\(.*\)<.*/\1/p' pom.xml)
# Each date(1) reads a time in a way of its own. A year begins in March here, so that its last day is the one that may be missing.
SOURCE_DATE_EPOCH=$(echo "$time" | sed 's|[^0-9]| |g' | awk '{
  year = $1; month = $2; if (month < 3) { year--; month += 12 }
  days = 365 * year + int(year / 4) - int(year / 100) + int(year / 400) + int((153 * month - 457) / 5) + $3 - 719469
  printf "%.0f\n", ((days * 24 + $4) * 60 + $5) * 60 + $6 }')
export SOURCE_DATE_EPOCH
case $builder in
  *docker) ;;
  *) set -- --layers "--timestamp=$SOURCE_DATE_EPOCH" "$@" ;;
esac

if $maven; then
  mvn -B -ntp -q -DskipTests -Dbuild.commit="$revision" -pl bin-nmi,bin-mic,examples/sandbox -am package
fi
for name in nmi mic; do
  image=$repository/$name:$tag
  $builder build -f "images/$name/Dockerfile" -t "$image" --build-arg "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" \
    --build-arg "VERSION=$version" --build-arg "REVISION=$revision" "$@" .
  echo "built $image"
done
if $push; then
  for name in nmi mic; do
    $builder push "$repository/$name:$tag"
  done
fi

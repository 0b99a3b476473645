#!/bin/sh
# packages.sh PACKAGE…: installs Debian packages into the stage.
set -eu

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "$@" >/dev/null

#!/bin/sh
# Starts the program that this file is named after: NAME.jar, lib/ and conf/ lie beside bin/.
# The JVM's options come from conf/NAME.jvmargs, then from NAME_JAVA_OPTS in the environment.
set -eu

# Where am I, seen through any links?
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
home=$(cd "$(dirname "$self")/.." && pwd)
name=$(basename "$self")

fail() {
  echo "$name: $1" >&2
  exit 1
}

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
  [ -x "$java" ] || fail "no bin/java in JAVA_HOME ($JAVA_HOME): point it at Java 17 or newer, or unset it"
else
  java=$(command -v java) || fail "no java on the PATH: install Java 17 or newer, or set JAVA_HOME"
fi
version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
[ "${version:-0}" -ge 17 ] || fail "$java is not Java 17 or newer: set JAVA_HOME to one that is"

options=$(echo "$name" | tr '[:lower:]-' '[:upper:]_')_JAVA_OPTS
eval "options=\${$options-}"
# shellcheck disable=SC2086 # several options in one variable, as in JAVA_TOOL_OPTIONS
exec "$java" "@$home/conf/$name.jvmargs" $options -jar "$home/$name.jar" "$@"

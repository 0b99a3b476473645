# shellcheck shell=sh
# Sourced by the scripts of this folder: where the program is, and which Java runs it.

# Seen through any links. The folder's own path stays as it was given.
self=$0
while [ -L "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=$(dirname "$self")/$link ;;
  esac
done
home=$(cd "$(dirname "$self")/.." && pwd)
script=$(basename "$self")

fail() {
  echo "$script: $1" >&2
  exit 1
}

# Sets java; $1 is the oldest version that will do, for the message.
find_java() {
  if [ -n "${JAVA_HOME:-}" ]; then
    java=$JAVA_HOME/bin/java
    [ -x "$java" ] ||
      fail "no bin/java in JAVA_HOME ($JAVA_HOME): point it at Java $1 or newer, or unset it"
  else
    java=$(command -v java) || fail "no java on the PATH: install Java $1 or newer, or set JAVA_HOME"
  fi
}

# Whether java is of version $1 or newer.
java_is() {
  version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
  [ "${version:-0}" -ge "$1" ]
}

# Sets options to NAME_JAVA_OPTS of the environment.
find_options() {
  options=$(echo "$name" | tr '[:lower:]-' '[:upper:]_')_JAVA_OPTS
  eval "options=\${$options-}"
}

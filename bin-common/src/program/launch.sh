#!/bin/sh
# Starts the program that this file is named after: NAME.jar, lib/ and conf/ lie beside bin/.
# The JVM's options come from conf/NAME.jvmargs, then from NAME_JAVA_OPTS in the environment. Where
# NAME-train made an ahead-of-time cache for this folder and this Java, or NAME-archive an archive of
# the program's classes, it is used.
set -eu

. "$(dirname "$(readlink -f "$0")")/where.sh"
name=$script

# What is a script of its own, such as "nmi lockdown", starts without a JVM. Another command may need a
# JVM with other options than the program's: conf/NAME-COMMAND.jvmargs are read behind those.
more=
case ${1-} in
  "" | -* | *[!a-z]*) ;;
  *)
    if [ -x "$home/bin/$name-$1" ]; then
      script=$home/bin/$name-$1
      shift
      exec "$script" "$@"
    fi
    [ ! -f "$home/conf/$name-$1.jvmargs" ] || more=@$home/conf/$name-$1.jvmargs
    ;;
esac

find_java 17
# One for another folder or Java would be refused, and with it the JVM's own. What fits was made by
# this Java, so that its version need not be asked for again.
fits() {
  [ -f "$1" ] && [ "$(cat "$1.for" 2>/dev/null)" = "$(readlink -f "$java") $home" ]
}
if fits "$home/$name.aot"; then
  archive="-XX:AOTCache=$home/$name.aot"
  # Java of this age can also have malloc give back what was needed for a while: some MiB.
  quiet="-Xlog:aot=off -XX:TrimNativeHeapInterval=10000"
elif fits "$home/$name.jsa"; then
  archive="-XX:SharedArchiveFile=$home/$name.jsa"
  quiet=-Xlog:cds=off
else
  archive=
  quiet=
  java_is 17 || fail "$java is not Java 17 or newer: set JAVA_HOME to one that is"
fi

find_options
# glibc gives threads arenas of their own, which keep what they once needed: some MiB.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-1}"
# shellcheck disable=SC2086 # several options in one variable, as in JAVA_TOOL_OPTIONS
exec "$java" "@$home/conf/$name.jvmargs" ${more:+"$more"} ${archive:+"$archive" $quiet} $options -jar "$home/$name.jar" "$@"

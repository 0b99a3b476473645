#!/bin/sh
# Runs the program, with the arguments of this command, and makes an ahead-of-time cache of what it
# did: NAME.aot beside NAME.jar, with which it starts in less than two thirds of the time. NAME is
# what this file's name has before "-train". Needs Java 25 or newer.
#
# Let it do what it does in production, above all start; then end it as it is ended there, with
# SIGTERM or Ctrl-C, and wait for some seconds until this command ends, too. The cache holds classes
# and no data. It fits one Java, one folder and the jars as they are: make it where the program is
# installed. The start script leaves one alone that was made elsewhere.
set -eu

. "$(dirname "$(readlink -f "$0")")/where.sh"
name=${script%-train}

find_java 25
java_is 25 || fail "$java is not Java 25 or newer: set JAVA_HOME to one that is, or run $name-archive"

cache=$home/$name.aot
rm -f "$cache" "$cache.for"
trap 'rm -f "$cache.conf" "$cache.new"' EXIT
find_options

# Profiles of methods are of no use to the first compiler tier, and take memory.
with() {
  # shellcheck disable=SC2086 # several options in one variable, as in JAVA_TOOL_OPTIONS
  set -- "@$home/conf/$name.jvmargs" -XX:+UnlockDiagnosticVMOptions -XX:-AOTRecordTraining $options "$@"
  exec "$java" "$@"
}

with -Xlog:aot=off -XX:AOTMode=record "-XX:AOTConfiguration=$cache.conf" -jar "$home/$name.jar" "$@" &
child=$!
trap 'kill -TERM $child' TERM INT
# A signal ends the first wait, not the program.
status=0
wait $child || status=$?
while kill -0 $child 2>/dev/null; do
  status=0
  wait $child || status=$?
done
trap '' TERM INT
[ -f "$cache.conf" ] || fail "the program ended with $status and left nothing to make a cache of"

# The heap must be larger than the program's: the cache is laid out in it.
log=$(with -Xmx512m -Xlog:aot=off -XX:AOTMode=create "-XX:AOTConfiguration=$cache.conf" \
  "-XX:AOTCache=$cache.new" -jar "$home/$name.jar" 2>&1) || fail "no cache was made: $log"
mv "$cache.new" "$cache"
echo "$(readlink -f "$java") $home" >"$cache.for"

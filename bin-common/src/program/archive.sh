#!/bin/sh
# Makes an archive of the program's classes (class data sharing), with which it starts in two thirds
# of the time: NAME.jsa beside NAME.jar, from the list conf/NAME.classes. NAME is what this file's
# name has before "-archive".
#
# A JVM uses such an archive only in the folder that it was made for and only for jars that have not
# been touched since. So run this where the program is installed, each time that it is installed or
# Java is updated; the start script leaves an archive alone that was made elsewhere.
set -eu

. "$(dirname "$(readlink -f "$0")")/where.sh"
name=${script%-archive}

find_java 17
[ -f "$home/conf/$name.classes" ] || fail "there is no list of classes (conf/$name.classes)"
# A cache by NAME-train would be used before the archive, and may be of other jars of the same size.
rm -f "$home/$name.jsa" "$home/$name.jsa.for" "$home/$name.aot" "$home/$name.aot.for"
# The collector must be the program's, the heap larger: the archive is laid out in it.
log=$("$java" "@$home/conf/$name.jvmargs" -Xmx512m -Xshare:dump -Xlog:cds=off \
  "-XX:SharedClassListFile=$home/conf/$name.classes" "-XX:SharedArchiveFile=$home/$name.jsa.new" \
  -jar "$home/$name.jar" 2>&1) || fail "no archive was made, the program starts without: $log"
mv "$home/$name.jsa.new" "$home/$name.jsa"
echo "$(readlink -f "$java") $home" >"$home/$name.jsa.for"

#!/bin/sh
# program.sh NAME: makes the program's folder in /opt/podidentity what it is in an image, and puts into /more what
# belongs elsewhere: the bill of materials, and the native library that jffi would unpack into a temporary
# folder otherwise, where the JVM looks by itself.
set -eu

home=/opt/podidentity/$1
# Archives are of the machine where the program was built; the ahead-of-time cache comes later.
rm -f "$home/$1".jsa* "$home/$1".aot* "$home/conf/$1.classes"
mkdir -p /more/usr/share/sbom
mv "$home/$1.cdx.json" /more/usr/share/sbom/ || {
  echo "there is no bill of materials: package the program anew, with Maven online" >&2
  exit 1
}
for jar in "$home"/lib/jffi-*-native.jar; do
  [ -e "$jar" ] || continue
  mkdir -p /more/usr/lib
  (cd /tmp && jar -xf "$jar" "jni/$(uname -m)-Linux" && mv "jni/$(uname -m)-Linux"/*.so /more/usr/lib/)
  rm "$jar"
done
# The classes of a signed jar stay out of an ahead-of-time cache, and each is compared with its hash at each start.
grep -l 'META-INF/[A-Z]*\.SF' "$home"/lib/*.jar | while read -r jar; do
  content=$(mktemp -d)
  (
    cd "$content"
    jar -xf "$jar"
    rm -f META-INF/*.SF META-INF/*.RSA META-INF/*.DSA META-INF/*.EC
    find . -type f | LC_ALL=C sort >"$content.list"
    jar --create --no-manifest "--date=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)" --file "$jar" "@$content.list"
  )
  rm -r "$content" "$content.list"
done

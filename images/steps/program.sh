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
# Ours stay as they were built. The bill of materials has the hashes of what the others were made from, which no file has now.
find "$home/lib" -name '*.jar' ! -name 'podidentity-*' -exec java "$(dirname "$0")/Slim.java" {} +
sed -i '/^      "hashes" : \[$/,/^      \],$/d' "/more/usr/share/sbom/$1.cdx.json"

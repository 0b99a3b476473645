#!/bin/sh
# runtime.sh FOLDER: makes a Java runtime with the modules that the programs use.
set -eu

java=$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")
# Not java.desktop, which libraries name for beans that nobody loads.
"$java/bin/jlink" --output "$1" --compress=zip-9 --strip-java-debug-attributes --no-header-files --no-man-pages \
  --add-modules java.base,java.logging,java.management,java.naming,java.net.http,java.security.jgss,java.xml,jdk.net,jdk.unsupported
# 5 MB of names of functions, for debuggers.
strip --strip-unneeded "$1/lib/server/libjvm.so"
# Debian's is a link to what the package of the certificates makes, and has the time in it when that was. The JDK's
# own form has no times, and without the two passwords, which protect nothing, no random numbers.
rm -f "$1/lib/security/cacerts"
"$java/bin/keytool" -importkeystore -noprompt -srckeystore "$java/lib/security/cacerts" -srcstorepass changeit \
  -destkeystore "$1/lib/security/cacerts" -deststoretype pkcs12 -deststorepass changeit \
  -J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE -J-Dkeystore.pkcs12.macAlgorithm=NONE >/dev/null 2>&1

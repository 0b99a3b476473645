#!/bin/sh
# train.sh NAME: makes the ahead-of-time cache of a program from a run in which MIC assigns identities and NMI
# gives tokens: the sandbox, in which all but Azure, the API server and this program is a simulation.
set -eu

export JAVA_HOME=/opt/java
"$(dirname "$(readlink -f "$(command -v javac)")")/java" "@/sandbox/conf/sandbox.jvmargs" -jar /sandbox/sandbox.jar \
  --once "--$1" "/opt/podidentity/$1/bin/$1-train"
[ -f "/opt/podidentity/$1/$1.aot.for" ]

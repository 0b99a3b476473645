#!/bin/sh
# train.sh NAME: makes the ahead-of-time cache of a program from a run in which MIC assigns identities and NMI
# gives tokens: the sandbox, in which all but Azure, the API server and this program is a simulation. NMI writes its
# rules, unlike in the sandbox otherwise, by stand-ins of the node's tools.
set -eu

STAND_IN=$(mktemp -d)
mkdir "$STAND_IN/bin"
for tool in ip nft conntrack xtables-monitor iptables-nft-save iptables-nft-restore iptables-legacy-save; do
  cp "$(dirname "$0")/stand-in.sh" "$STAND_IN/bin/$tool"
done
cat >"$STAND_IN/bin/train" <<END
#!/bin/sh
exec "/opt/podidentity/$1/bin/$1-train" "\$@" $([ "$1" != nmi ] || echo --redirect=iptables --lockdown=true)
END
chmod +x "$STAND_IN/bin/train"

export STAND_IN JAVA_HOME=/opt/java PATH="$STAND_IN/bin:$PATH"
"$(dirname "$(readlink -f "$(command -v javac)")")/java" "@/sandbox/conf/sandbox.jvmargs" -jar /sandbox/sandbox.jar \
  --once "--$1" "$STAND_IN/bin/train"
[ -f "/opt/podidentity/$1/$1.aot.for" ]

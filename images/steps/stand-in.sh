#!/bin/sh
# Stands in for the tools with which NMI writes packet rules, under their names, where it is trained: an image is
# built without the right to write any. What NMI has written it finds again, in files of a folder of this process's
# environment, STAND_IN; more it does not look for.
set -eu

kept() { cat "$STAND_IN/$1" 2>/dev/null; }

case $(basename "$0"):$* in
  *monitor*) exec sleep infinity ;;

  ip:*-batch*) sed -n 's/^rule add pref \([0-9]*\) /\1: /p' >"$STAND_IN/rules" ;;
  ip:*"rule show") kept rules | sort -n ;;
  # Each pod's interface.
  ip:*route*) for last in 2 3 4; do echo "127.0.0.$last dev pod$last scope link"; done ;;

  "nft:list tables"*) ;;
  "nft:list table "*) kept "$3-$4" ;;
  "nft:-f -")
    awk -v folder="$STAND_IN" '/^table / { file = folder "/" $2 "-" $3 } file { print >file }'
    ;;
  # It says a line for this question alone, by which NMI knows that it has done what was before.
  nft:-i)
    while read -r line; do
      [ "$line" != "describe iifname" ] || echo "meta expression, datatype ifname (network interface name)"
    done
    ;;

  iptables-nft-save:*) kept iptables || true ;;
  iptables-nft-restore:*) sed 's/^-I \([A-Z]*\) 1/-A \1/' >"$STAND_IN/iptables" ;;
  *) ;;
esac

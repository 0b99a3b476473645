#!/bin/sh
# collect.sh FOLDER FILE…: makes a root file system of these files and folders, of the shared libraries that
# they need, and of busybox, which is its shell. There is no package manager in it. Which packages the files
# are of is in var/lib/dpkg/status.d, where scanners look, and in usr/share/sbom/system.cdx.json.
set -eu

out=$1
shift
list=$(mktemp)

# The pipes below lose the failure of what is before their end.
for file in /usr/bin/busybox "$@"; do
  [ -e "$file" ] || {
    echo "collect.sh: there is no $file" >&2
    exit 1
  }
done

# A file, and what it is a link to, by names without links among their folders.
name() {
  set -- "$(readlink -f "$(dirname "$1")")/$(basename "$1")"
  echo "$1"
  [ ! -L "$1" ] || case $(readlink "$1") in
    /*) name "$(readlink "$1")" ;;
    *) name "$(dirname "$1")/$(readlink "$1")" ;;
  esac
}

needed=$(mktemp)
for file in /usr/bin/busybox "$@"; do
  find "$file" | while read -r each; do
    name "$each"
    # It fails for what is no program.
    [ -d "$each" ] || ldd "$each" 2>/dev/null >>"$needed" || true
  done
done >"$list"
sed -n 's/.*[[:blank:]]\(\/[^ ]*\) (0x.*/\1/p' "$needed" | sort -u | while read -r library; do name "$library"; done >>"$list"
LC_ALL=C sort -u -o "$list" "$list"

# What is not found may be here all the same: the JVM loads its own before those that need it.
sed -n 's/^[[:blank:]]*\([^ ]*\) => not found$/\1/p' "$needed" | sort -u | while read -r library; do
  grep -q "/$library\$" "$list" || echo "$library"
done >"$needed.missing"
if [ -s "$needed.missing" ]; then
  echo "collect.sh: these shared libraries are needed and not found: $(tr "\n" " " <"$needed.missing")" >&2
  exit 1
fi

mkdir -p "$out/etc" "$out/usr/share/sbom" "$out/var/lib/dpkg/status.d" "$out/proc" "$out/sys" "$out/dev" "$out/run" "$out/tmp"
ln -s /run "$out/var/run"
chmod 1777 "$out/tmp"
tar -c --no-recursion -T "$list" 2>/dev/null | tar -x -C "$out"
for link in bin sbin lib lib64; do
  [ ! -e "/usr/$link" ] || ln -s "usr/$link" "$out/$link"
done
# What the start scripts use, and the look from a pod's namespace, which needs more rights than NMI has.
for applet in sh basename cat dirname echo grep nsenter readlink sed tr; do
  ln -s busybox "$out/usr/bin/$applet"
done
echo "root:x:0:0:root:/:/bin/sh
nonroot:x:65532:65532:nonroot:/:/bin/sh" >"$out/etc/passwd"
echo "root:x:0:
nonroot:x:65532:" >"$out/etc/group"
echo "hosts: files dns" >"$out/etc/nsswitch.conf"
cp /etc/os-release "$out/etc/os-release"
# What is not released yet has a name alone.
distro=$(. /etc/os-release && echo "$ID-${VERSION_ID:-$VERSION_CODENAME}")

# The Java runtime is made of files of the JDK's package and belongs to none.
jdk=$(dpkg -S "$(readlink -f "$(command -v javac)")" | cut -d: -f1)
{
  echo "$jdk"
  xargs dpkg -S <"$list" 2>/dev/null | grep -v '^diversion ' | sed 's/:.*//' | tr -d ' ' | tr , '\n'
} | LC_ALL=C sort -u | while read -r package; do
  dpkg-query -s "$package" >"$out/var/lib/dpkg/status.d/$package"
  # shellcheck disable=SC2016 # dpkg-query's fields
  dpkg-query -W -f '${Package} ${Version} ${Architecture}\n' "$package" | head -n 1
done | awk -v "distro=$distro" -v "vendor=${distro%%-*}" '
  BEGIN { print "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1,\"components\":[" }
  {
    version = $2; gsub(/\+/, "%2B", version); gsub(/~/, "%7E", version); gsub(/:/, "%3A", version)
    purl = "pkg:deb/" vendor "/" $1 "@" version "?arch=" $3 "&distro=" distro
    printf "%s{\"type\":\"library\",\"bom-ref\":\"%s\",\"name\":\"%s\",\"version\":\"%s\",\"purl\":\"%s\"}",
      (NR > 1 ? ",\n" : ""), purl, $1, $2, purl
  }
  END { print "\n]}" }' >"$out/usr/share/sbom/system.cdx.json"

#!/usr/bin/env bash
# Packs a frozen program as one file for any Linux: it checks itself, installs for one user, removes.
# Usage: packaging/linux/make_self_extracting.sh FOLDER VERSION OUT.run
# ICONS names the folder of the icons (default: build/icons).
set -euo pipefail
readonly folder=$1 version=$2 out=$3
cd "$(dirname "$0")/../.."

tree=$(mktemp -d)
trap 'rm -rf "$tree" "$tree.tar.gz"' EXIT
mkdir -p "$tree/share"
cp -al "$folder" "$tree/program" 2>/dev/null || cp -a "$folder" "$tree/program"
cp packaging/linux/maskwright.desktop packaging/linux/maskwright.xml "${ICONS:-build/icons}/maskwright-256.png" "$tree/share/"
cp packaging/linux/uninstall.sh "$tree/"
# gzip: half a minute to pack, and every Linux can unpack it.
tar -C "$tree" --owner=0 --group=0 --sort=name -czf "$tree.tar.gz" .

hash=$(sha256sum "$tree.tar.gz" | cut -d' ' -f1)
bytes=$(du -sb "$tree" | cut -f1)
first_line=$(($(wc -l <packaging/linux/self_extracting_head.sh) + 1))
sed -e "s/@FIRST_LINE@/$first_line/" -e "s/@VERSION@/$version/" -e "s/@SHA256@/$hash/" -e "s/@BYTES@/$bytes/" \
  packaging/linux/self_extracting_head.sh >"$out"
cat "$tree.tar.gz" >>"$out"
chmod 755 "$out"

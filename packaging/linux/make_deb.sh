#!/usr/bin/env bash
# Packs a frozen program as a Debian package: /opt/maskwright, a command, a desktop entry.
# Usage: packaging/linux/make_deb.sh FOLDER EDITION VERSION OUT.deb
# ICONS names the folder of the icons (default: build/icons).
set -euo pipefail
readonly folder=$1 edition=$2 version=$3 out=$4
cd "$(dirname "$0")/../.."

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
chmod 755 "$tree"

# What the frozen program loads from the system: the list of `make`, without what only tests need.
depends=$(sed -e '/^# To check/,$d' -e 's/#.*//' packaging/debian-packages.txt |
  grep -v '^xvfb$' | sed '/^$/d' | sed 's/^libglib2.0-0$/libglib2.0-0 | libglib2.0-0t64/' | paste -sd, | sed 's/,/, /g')

install -d "$tree/opt" "$tree/usr/bin" "$tree/usr/share/applications" "$tree/usr/share/mime/packages" \
  "$tree/usr/share/doc/maskwright" "$tree/DEBIAN"
cp -a "$folder" "$tree/opt/maskwright"
ln -s /opt/maskwright/maskwright "$tree/usr/bin/maskwright"
install -m 644 packaging/linux/maskwright.desktop "$tree/usr/share/applications/"
install -m 644 packaging/linux/maskwright.xml "$tree/usr/share/mime/packages/"
install -m 644 LICENSE "$tree/usr/share/doc/maskwright/copyright"
for picture in "${ICONS:-build/icons}"/maskwright-*.png; do
  size=${picture##*-}
  size=${size%.png}
  install -D -m 644 "$picture" "$tree/usr/share/icons/hicolor/${size}x$size/apps/maskwright.png"
done
chown -R 0:0 "$tree" 2>/dev/null || true

cat >"$tree/DEBIAN/control" <<CONTROL
Package: maskwright
Version: $version
Architecture: $(dpkg --print-architecture)
Maintainer: The Maskwright authors <maskwright@example.org>
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Depends: $depends
Section: science
Priority: optional
Description: segment organs in CT by pointing and clicking ($edition edition)
 Loads a CT, segments organs automatically, answers foreground and background
 clicks at once, keeps a reviewed data set, and works without a network.
 For research use only; not a medical device.
CONTROL
install -m 755 packaging/linux/before_removal.sh "$tree/DEBIAN/prerm"
dpkg-deb --root-owner-group -Zzstd -z10 --build "$tree" "$out" >/dev/null

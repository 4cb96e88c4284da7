#!/bin/sh
# Maskwright @VERSION@ for Linux: a program in one file. For research use only.
# Usage: sh FILE [--to FOLDER] [--extract FOLDER] [--check]
#   without options   installs for you alone, without administrator rights
#   --to FOLDER       installs there (default: ~/.local/opt/maskwright)
#   --extract FOLDER  only unpacks the program there
#   --check           only checks that the file is whole
set -eu
sha256=@SHA256@
needed=@BYTES@

fail() {
  echo "Maskwright was not installed. $*" >&2
  exit 1
}

payload() {
  tail -n +@FIRST_LINE@ "$0" # the program follows this script
}

whole() {
  [ "$(payload | sha256sum | cut -d' ' -f1)" = "$sha256" ]
}

action=install
folder=${HOME:-/}/.local/opt/maskwright
while [ $# -gt 0 ]; do
  case $1 in
    --to) folder=${2:?--to needs a folder} && shift 2 ;;
    --extract) action=extract folder=${2:?--extract needs a folder} && shift 2 ;;
    --check) action=check && shift ;;
    *)
      sed -n '2,8s/^# //p' "$0"
      exit 2
      ;;
  esac
done

whole || fail "This file is damaged or not complete. Fetch it again, or compare its SHA-256."
[ "$action" = check ] && echo "The file is whole." && exit

parent=$folder
while [ ! -d "$parent" ]; do parent=$(dirname "$parent"); done
free=$(($(df -Pk "$parent" | awk 'NR == 2 {print $4}') * 1024))
[ "$free" -gt "$needed" ] ||
  fail "It needs $((needed / 1000000)) MB in $parent, where $((free / 1000000)) MB are free."

part=$folder.part
rm -rf "$part"
mkdir -p "$part" || fail "The folder $folder cannot be made. Choose another one with --to."
payload | tar -xzf - -C "$part" --no-same-owner || fail "It could not be unpacked in $folder."
if [ "$action" = extract ]; then
  [ ! -e "$folder" ] || { rm -rf "$part" && fail "$folder exists already."; }
  mv "$part" "$folder"
  echo "The program is $folder/program/maskwright"
  exit
fi

if [ -e "$folder" ] && [ ! -e "$folder/uninstall.sh" ]; then
  rm -rf "$part"
  fail "$folder holds something else. Choose another folder with --to."
fi
rm -rf "$folder"
mv "$part" "$folder"

share=${XDG_DATA_HOME:-$HOME/.local/share}
mkdir -p "$share/applications" "$share/mime/packages" "$share/icons/hicolor/256x256/apps" "$HOME/.local/bin"
sed "s|^Exec=maskwright|Exec=\"$folder/program/maskwright\"|" "$folder/share/maskwright.desktop" \
  >"$share/applications/maskwright.desktop"
cp "$folder/share/maskwright.xml" "$share/mime/packages/"
cp "$folder/share/maskwright-256.png" "$share/icons/hicolor/256x256/apps/maskwright.png"
ln -sf "$folder/program/maskwright" "$HOME/.local/bin/maskwright"
command -v update-mime-database >/dev/null && update-mime-database "$share/mime" 2>/dev/null || true
command -v update-desktop-database >/dev/null && update-desktop-database "$share/applications" || true

echo "Maskwright @VERSION@ is installed in $folder."
echo "Start it from the menu of applications, or as ~/.local/bin/maskwright."
echo "To remove it: sh $folder/uninstall.sh"
exit

#!/bin/sh
# Removes a Maskwright that was installed for one user; what was made with it stays.
set -eu
folder=$(cd "$(dirname "$0")" && pwd)
[ -x "$folder/program/maskwright" ] || {
  echo "There is no Maskwright in $folder. Nothing was removed." >&2
  exit 1
}
share=${XDG_DATA_HOME:-$HOME/.local/share}
rm -f "$share/applications/maskwright.desktop" "$share/mime/packages/maskwright.xml" \
  "$share/icons/hicolor/256x256/apps/maskwright.png"
if [ "$(readlink "$HOME/.local/bin/maskwright" 2>/dev/null)" = "$folder/program/maskwright" ]; then
  rm -f "$HOME/.local/bin/maskwright"
fi
command -v update-mime-database >/dev/null && update-mime-database "$share/mime" 2>/dev/null || true
rm -rf "$folder"
echo "Maskwright was removed. What you made with it stays: projects where you saved them, and settings,"
echo "models and logs in ~/.config/maskwright, ~/.local/share/maskwright, ~/.cache/maskwright and"
echo "~/.local/state/maskwright."

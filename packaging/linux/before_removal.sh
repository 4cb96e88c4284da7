#!/bin/sh
# Runs when the Debian package is removed: says what stays, and where. It is the script before the
# removal, since dpkg keeps the one after it, and this package shall leave nothing.
set -e
if [ "$1" = remove ]; then
  echo "Maskwright goes. What users made with it stays: projects where they were saved, and"
  echo "settings, models and logs in ~/.config/maskwright, ~/.local/share/maskwright,"
  echo "~/.cache/maskwright and ~/.local/state/maskwright of each user."
fi

#!/bin/sh
# Runs when the Debian package was removed: says what stays, and where.
set -e
if [ "$1" = remove ] || [ "$1" = purge ]; then
  echo "Maskwright was removed. What users made with it stays: projects where they were saved, and"
  echo "settings, models and logs in ~/.config/maskwright, ~/.local/share/maskwright,"
  echo "~/.cache/maskwright and ~/.local/state/maskwright of each user."
fi

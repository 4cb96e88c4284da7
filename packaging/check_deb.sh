#!/usr/bin/env bash
# Proves that a .deb is all a user needs: installs it in a bare Debian 12 (chroot) without Python,
# does the main job in the window on a virtual screen, removes it, and looks for leftovers. Of the
# training edition also: fine-tunes a model, trains a MONAI bundle, and imports it.
# Usage: packaging/check_deb.sh FILE.deb [OUT]      needs root and debootstrap
#
# OUT            where pictures and times go (default: build/check-deb)
# BARE_ROOM      folder with a bare Debian in root/ to use again (default: a new one, removed)
# DEBIAN_MIRROR  where debootstrap fetches from (default: its own choice)
set -euo pipefail
cd "$(dirname "$0")/.."

readonly screen=(xvfb-run --auto-servernum --server-args '-screen 0 1600x1000x24')

say() { printf '==> %s\n' "$*"; }

# What runs as the user in the room, who is nobody special.
journey() {
  cd ~
  rm -rf first silent exported-logs.zip demo patients study tiny spleen exported .config/maskwright .cache/maskwright .local/share/maskwright
  say "The window, for the first time on this computer"
  "${screen[@]}" maskwright window --sample --trial first
  cat first/window.json
  ct=$(find /shared/data/ct -name '*.nii.gz' ! -name '*seg*' ! -name '*label*' 2>/dev/null | sort | head -n 1)
  say "The same on a real CT, where there is one, listened to: no call may reach for the network"
  CALLS=silent-calls.txt "${screen[@]}" bash /tmp/check_silence.sh maskwright window "${ct:---sample}" --trial silent
  cat silent/window.json
  if [ -d /opt/maskwright/_internal/torch ]; then
    training_journey
  fi
  say "Commands"
  maskwright --version
  maskwright doctor
  maskwright doctor --json --save-logs exported-logs.zip >doctor.json
  grep '"vtk": ' doctor.json # versions of libraries are known, as a support mail needs them
  "${screen[@]}" maskwright demo --out demo
  if [ -n "$ct" ]; then
    maskwright segment "$ct" --structure spleen --out real-spleen.nii.gz --json real-spleen.json
  fi
}

# What only the training edition can do: each in a process that the program starts itself.
training_journey() {
  maskwright sample patients --count 4
  say "A project, and two epochs of fine-tuning of a tiny model"
  maskwright --run-module training.tiny_model tiny
  maskwright models import tiny
  local only_spleen=() value # all 15 structures would be compared, which takes ten times as long
  for value in {2..15}; do
    only_spleen+=(--map "$value=")
  done
  maskwright cases add patients --data-set --project study "${only_spleen[@]}"
  for number in 1 2 3 4; do
    maskwright cases approve "id:$number" --project study --force "The truth of a synthetic patient."
  done
  maskwright cases split --project study --shares 50,25,25 --seed 1
  local exit_code=0
  CALLS=fine-tuning-calls.txt bash /tmp/check_silence.sh \
    maskwright train fine-tune --project study --model tiny --epochs 2 --device cpu --wait || exit_code=$?
  [ "$exit_code" -eq 2 ] || [ "$exit_code" -eq 0 ] # 2: the model stays, since one patient proves nothing
  maskwright jobs list --project study
  say "A MONAI bundle: trained by two processes, imported, used"
  maskwright bundle new spleen_unet spleen
  maskwright bundle train spleen --data patients --epochs 1 --processes 2 --set val_interval=1 \
    --set validation_share=0.5 --set 'patch_size=[32,32,32]' --set 'spacing_mm=[8,8,8]'
  maskwright models import spleen --id trained_here
  maskwright models export trained_here --format bundle --out exported
  maskwright segment patients/imagesTr/phantom_000.nii.gz --model trained_here --out trained-here.nii.gz
}

# What is left of the package outside of the folders of users: files that it listed, or of its name.
left_in() {
  while read -r place; do
    [ -d "$1$place" ] || [ ! -e "$1$place" ] || echo "$place"
  done <"$1/tmp/files-of-maskwright"
  find "$1" -xdev \( -path "$1/home" -o -path "$1/tmp" -o -path "$1/shared" \) -prune -o -iname '*maskwright*' -print
}

inside() {
  local -r root=$1 deb=$2
  mount -t proc proc "$root/proc"
  mount -t sysfs -o ro sysfs "$root/sys"
  mkdir -p "$root/dev/shm" "$root/dev/pts"
  mount -t tmpfs tmpfs "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
  cp "$deb" "$root/tmp/maskwright.deb"
  if [ -d ../shared ]; then
    mkdir -p "$root/shared"
    mount --bind ../shared "$root/shared"
    mount -o remount,bind,ro "$root/shared"
  fi
  local -r run=(chroot "$root" /usr/bin/env -i DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8
    PATH=/usr/sbin:/usr/bin:/sbin:/bin)
  "${run[@]}" apt-get update -qq
  if "${run[@]}" sh -c 'command -v python3'; then
    echo "The room holds Python; it would prove nothing." >&2
    exit 1
  fi
  # The screen and the listener, not the program.
  "${run[@]}" apt-get install -qq --yes --no-install-recommends xvfb xauth strace >/dev/null
  say "Installing the package"
  "${run[@]}" apt-get install -qq --yes --no-install-recommends /tmp/maskwright.deb >/dev/null
  "${run[@]}" useradd --create-home user 2>/dev/null || true
  cp packaging/check_deb.sh packaging/check_silence.sh "$root/tmp/"
  say "Forgetting what is in memory of the program's files"
  sync
  find "$root/opt/maskwright" -type f -exec dd if={} iflag=nocache count=0 status=none \;
  say "The journey"
  "${run[@]}" su user -c 'bash /tmp/check_deb.sh --journey'
  say "Removing the package"
  "${run[@]}" dpkg -L maskwright >"$root/tmp/files-of-maskwright"
  "${run[@]}" apt-get remove -qq --yes maskwright
  left=$(left_in "$root")
  if [ -n "$left" ]; then
    echo "Something was left besides what the user made: $left" >&2
    exit 1
  fi
  say "Left, as it should be:"
  "${run[@]}" sh -c 'find ~user -path "*maskwright*" -type d'
}

: "${1:?usage: packaging/check_deb.sh FILE.deb [OUT]}"
if [ "$1" = --journey ]; then
  journey
  exit
elif [ "$1" = --inside ]; then
  inside "$2" "$3"
  exit
fi

deb=$1
out=${2:-build/check-deb}
room=${BARE_ROOM:-$(mktemp -d /tmp/bare-room.XXXXXX)}
[ -n "${BARE_ROOM:-}" ] || trap 'rm -rf --one-file-system "$room"' EXIT
if [ ! -d "$room/root/usr" ]; then
  say "Building a bare Debian 12"
  # shellcheck disable=SC2086  # no mirror given: no argument
  mkdir -p "$room"
  debootstrap --variant=minbase bookworm "$room/root" ${DEBIAN_MIRROR:-} >"$room/debootstrap.log"
fi
unshare --mount --pid --fork --propagation private -- packaging/check_deb.sh --inside "$room/root" "$deb"
mkdir -p "$out"
cp -r "$room/root$(chroot "$room/root" sh -c 'echo ~user')/." "$out/"
say "Pictures and times are in $out"

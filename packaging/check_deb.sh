#!/usr/bin/env bash
# Proves that a .deb is all a user needs: installs it in a bare Debian 12 (chroot) without Python,
# does the main job in the window on a virtual screen, removes it, and looks for leftovers. Of the
# training edition also: fine-tunes a model, trains a MONAI bundle, and imports it.
# Usage: packaging/check_deb.sh FILE.deb [OUT]      needs root and debootstrap
#
# OUT            where pictures and times go, also of a check that failed (default: build/check-deb)
# BARE_ROOM      folder with a bare Debian in root/ to use again (default: a new one, removed)
# DEBIAN_MIRROR  where debootstrap fetches from (default: its own choice)
# JOURNEY_LIMIT  after how long the journey is given up, as timeout(1) has it (default: 2h)
#
# Mounts and processes are in namespaces of their own, and end with them.
set -euo pipefail

readonly screen=(xvfb-run --auto-servernum --server-args '-screen 0 1600x1000x24')

say() { printf '==> %s\n' "$*"; }

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# What runs as the user in the room, who is nobody special.
journey() {
  local ct
  cd ~
  say "The window, for the first time on this computer"
  "${screen[@]}" maskwright window --sample --trial first
  cat first/window.json
  # Where there is no such folder, find fails, and there is no CT.
  ct=$(find /shared/data/ct -name '*.nii.gz' ! -name '*seg*' ! -name '*label*' 2>/dev/null | sort | sed -n 1p) || true
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
  local only_spleen=() value number # all 15 structures would be compared, which takes ten times as long
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
    fail "The room holds Python; it would prove nothing."
  fi
  # The screen and the listener, not the program.
  "${run[@]}" apt-get install -qq --yes --no-install-recommends xvfb xauth strace >/dev/null
  # What a check that broke off has left: apt would take the other edition of the same version
  # for this one, and a user who has been here before sees no first start.
  "${run[@]}" dpkg --purge maskwright >/dev/null 2>&1
  rm -rf "$root/opt/maskwright"
  if "${run[@]}" id user >/dev/null 2>&1; then
    "${run[@]}" userdel --remove user >/dev/null 2>&1
  fi
  say "Installing the package"
  "${run[@]}" apt-get install -qq --yes --no-install-recommends /tmp/maskwright.deb >/dev/null
  rm "$root/tmp/maskwright.deb"
  "${run[@]}" useradd --create-home user
  install -m 755 packaging/check_deb.sh packaging/check_silence.sh "$root/tmp/"
  say "Forgetting what is in memory of the program's files"
  sync
  find "$root/opt/maskwright" -type f -exec dd if={} iflag=nocache count=0 status=none \;
  say "The journey"
  timeout --kill-after=30s "${JOURNEY_LIMIT:-2h}" \
    "${run[@]}" su user -c 'bash /tmp/check_deb.sh --journey' ||
    fail "The journey failed (exit code $?; 124: it took longer than ${JOURNEY_LIMIT:-2h})."
  say "Removing the package"
  "${run[@]}" dpkg -L maskwright >"$root/tmp/files-of-maskwright"
  "${run[@]}" apt-get remove -qq --yes maskwright
  local left
  left=$(left_in "$root")
  [ -z "$left" ] || fail "Something was left besides what the user made: $left"
  say "Left, as it should be:"
  "${run[@]}" sh -c 'find ~user -path "*maskwright*" -type d'
}

# Copies pictures and times out of the room, whatever came of the check.
collect() {
  local what
  mkdir -p "$out"
  for what in first silent demo doctor.json; do
    rm -rf "${out:?}/$what"
    [ ! -e "$root/home/user/$what" ] || cp -r "$root/home/user/$what" "$out/"
  done
}

# Called at the end, however it came.
clean_up() {
  # Nothing less ends a room: unshare holds back what is milder, and its first process ignores it.
  [ -z "$inside" ] || kill -KILL "$inside" 2>/dev/null || true
  collect
  [ -n "${BARE_ROOM:-}" ] || rm -rf --one-file-system "$room"
}

# Prints the seconds from the command to the window, of a report that the window wrote.
seconds_to_window() { sed -n 's/.*"from_start_to_window_s": *\([0-9.]*\).*/\1/p' "$1"; }

: "${1:?usage: packaging/check_deb.sh FILE.deb [OUT]}"
if [ "$1" = --journey ]; then
  journey
  exit
elif [ "$1" = --inside ]; then
  inside "$2" "$3"
  exit
fi

[ -f "$1" ] || fail "There is no package $1. Build one: packaging/build_package.sh"
deb=$(realpath "$1")
out=$(realpath --canonicalize-missing "${2:-$(dirname "$0")/../build/check-deb}")
[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null ||
  fail "This needs root and debootstrap (apt-get install debootstrap)."
if [ -n "${BARE_ROOM:-}" ]; then
  mkdir -p "$BARE_ROOM"
  room=$(realpath "$BARE_ROOM")
else
  room=$(mktemp -d /tmp/bare-room.XXXXXX)
fi
readonly root=$room/root
cd "$(dirname "$0")/.."
inside=
trap clean_up EXIT
trap 'exit 130' INT TERM

# debootstrap keeps its own folder in the room until it is done.
if [ ! -d "$root/usr" ] || [ -d "$root/debootstrap" ]; then
  say "Building a bare Debian 12"
  rm -rf --one-file-system "$root"
  # shellcheck disable=SC2086  # no mirror given: no argument
  debootstrap --variant=minbase bookworm "$root" ${DEBIAN_MIRROR:-} >"$room/debootstrap.log" ||
    fail "The bare Debian could not be built: $(tail -n 3 "$room/debootstrap.log")"
fi
unshare --mount --pid --fork --kill-child --propagation private -- \
  packaging/check_deb.sh --inside "$root" "$deb" &
inside=$!
wait "$inside" # unlike a command in the foreground it lets a signal through at once
say "Pictures and times are in $out"
say "As a row of docs/performance.md (edition, window the first time, window under strace, cores, load):"
printf '| %s | %s s | %s s | %d | %s |\n' \
  "$(dpkg-deb --field "$deb" Description | sed -n 's/.*(\(.*\) edition).*/\1/p')" \
  "$(seconds_to_window "$root/home/user/first/window.json")" \
  "$(seconds_to_window "$root/home/user/silent/window.json")" \
  "$(nproc)" "$(cut -d ' ' -f 3 /proc/loadavg)"

#!/usr/bin/env bash
# Proves that a .deb is all a user needs: installs it in a bare Debian 12 (chroot) without Python,
# opens the window on a virtual screen, does the main job, removes it, and looks for leftovers.
# Usage: packaging/check_deb.sh FILE.deb [OUT]      needs root and debootstrap
#
# OUT            where pictures and times go (default: build/check-deb)
# BARE_ROOM      folder with a bare Debian in root/ to use again (default: a new one, removed)
# DEBIAN_MIRROR  where debootstrap fetches from (default: its own choice)
set -euo pipefail
cd "$(dirname "$0")/.."

# What runs as the user in the room, who is nobody special.
journey() {
  cd ~
  maskwright --version
  maskwright doctor
  maskwright doctor --json >doctor.json
  xvfb-run --auto-servernum --server-args '-screen 0 1600x1000x24' maskwright demo --out demo
  if [ -d /shared/data/ct ]; then
    ct=$(find /shared/data/ct -name '*.nii.gz' ! -name '*seg*' ! -name '*label*' | sort | head -n 1)
    maskwright segment "$ct" --structure spleen --out real-spleen.nii.gz --json real-spleen.json
  fi
}

inside() {
  local -r root=$1 deb=$2
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs tmpfs "$root/dev/shm"
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
  cp "$deb" "$root/tmp/maskwright.deb"
  if [ -d ../shared ]; then
    mkdir -p "$root/shared"
    mount --bind ../shared "$root/shared"
    mount -o remount,bind,ro "$root/shared"
  fi
  local -r run=(chroot "$root" /usr/bin/env -i DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin)
  "${run[@]}" apt-get update -qq
  if "${run[@]}" sh -c 'command -v python3'; then
    echo "The room holds Python; it would prove nothing." >&2
    exit 1
  fi
  "${run[@]}" apt-get install -qq --yes --no-install-recommends xvfb xauth >/dev/null # the screen, not the program
  echo "==> Installing the package"
  "${run[@]}" apt-get install -qq --yes --no-install-recommends /tmp/maskwright.deb >/dev/null
  "${run[@]}" useradd --create-home user 2>/dev/null || true
  cp packaging/check_deb.sh "$root/tmp/"
  echo "==> The journey"
  "${run[@]}" su user -c 'bash /tmp/check_deb.sh --journey'
  echo "==> Removing the package"
  "${run[@]}" apt-get remove -qq --yes maskwright
  if [ -e "$root/opt/maskwright" ] || [ -e "$root/usr/bin/maskwright" ]; then
    echo "Something was left in /opt or /usr/bin." >&2
    exit 1
  fi
  echo "==> Left, as it should be:"
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
  echo "==> Building a bare Debian 12"
  # shellcheck disable=SC2086  # no mirror given: no argument
  mkdir -p "$room"
  debootstrap --variant=minbase bookworm "$room/root" ${DEBIAN_MIRROR:-} >"$room/debootstrap.log"
fi
unshare --mount --pid --fork --propagation private -- packaging/check_deb.sh --inside "$room/root" "$deb"
mkdir -p "$out"
cp -r "$room/root$(chroot "$room/root" sh -c 'echo ~user')/." "$out/"
echo "==> Pictures and times are in $out"

#!/usr/bin/env bash
# Proves that the project sets itself up: runs `make run` and `make test` in a fresh, minimal
# Debian 12 (chroot) that holds nothing but Python 3.11 and make. Needs root and debootstrap.
# Usage: packaging/clean_room.sh [MAKE_TARGET ...]     default: run test
#
# CLEAN_ROOM     folder to build it in and leave behind; a second call goes on in it, with a
#                fresh checkout (default: a new one under /tmp, removed at the end; about 5 GB)
# CLEAN_COMMIT   what to test (default: HEAD)
# DEBIAN_MIRROR  where debootstrap fetches from (default: its own choice)
#
# pip's settings (environment and configuration files) are carried over as environment
# variables, and the folders they name are mounted read-only, so that pip in the room finds
# what it finds outside. So is a folder shared/ beside the project, which holds open test data.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly project_in_room=/src/maskwright
readonly outside=/outside # where the room sees the machine's folders, away from its own

build_room() {
  echo "==> Building a minimal Debian 12 in $room"
  mkdir -p "$root"
  # shellcheck disable=SC2086  # no mirror given: no argument
  debootstrap --variant=minbase --include=python3.11,make bookworm "$root" \
    ${DEBIAN_MIRROR:-} >"$room/debootstrap.log"
  touch "$room/built"
}

copy_project() {
  rm -rf "${root:?}$project_in_room"
  mkdir -p "$root$project_in_room"
  git archive "${CLEAN_COMMIT:-HEAD}" | tar -x -C "$root$project_in_room"
}

mount_read_only() {
  local source=$1 target=$root$2
  if [ -d "$source" ]; then
    mkdir -p "$target"
  else
    mkdir -p "$(dirname "$target")"
    touch "$target"
  fi
  mount --bind "$source" "$target"
  mount -o remount,bind,ro "$target"
}

# Prints pip's settings on this machine as PIP_NAME=value, a line for each.
pip_settings() {
  local name value
  "${PYTHON:-python3}" -m pip config list |
    sed -n "s/^[^=]*\.\([a-z-]*\)='\(.*\)'\$/\1=\2/p" |
    while IFS='=' read -r name value; do
      name=${name//-/_}
      printf 'PIP_%s=%s\n' "${name^^}" "$value"
    done
}

# Prints the local files and folders that settings name. An index (file:///x/simple) points
# to files beside it, so its parent is taken.
paths_in() {
  local word
  for word in ${*#*=}; do
    case $word in
      file://*) dirname "${word#file://}" ;;
      /*) echo "$word" ;;
    esac
  done | sort -u
}

# Reads settings and prints them with their local paths as the room sees them.
as_seen_inside() {
  sed -E "s#(=| )(file://)?/#\1\2$outside/#g"
}

run_make() {
  local target=$1 status=0
  local -r started=$SECONDS
  echo "==> make $target in the clean room"
  chroot "$root" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "${settings[@]}" \
    make -C "$project_in_room" "$target" || status=$?
  echo "==> make $target: exit code $status after $((SECONDS - started)) s"
  return "$status"
}

# Runs in a mount and process namespace of its own: what is mounted or still running ends with it.
run_inside() {
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs tmpfs "$root/dev/shm"
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
  mapfile -t settings < <(pip_settings)
  while read -r path; do mount_read_only "$path" "$outside$path"; done < <(paths_in "${settings[@]}")
  # Without any setting there must be no empty word: env would take it for the command.
  mapfile -t settings < <(printf '%s\n' "${settings[@]}" | sed '/^$/d' | as_seen_inside)
  if [ -d ../shared ]; then mount_read_only ../shared "$(dirname $project_in_room)/shared"; fi
  for target in "$@"; do run_make "$target"; done
}

if [ "${1:-}" = --inside ]; then
  root=$2
  run_inside "${@:3}"
  exit
fi

if [ "$(id -u)" -ne 0 ] || ! command -v debootstrap >/dev/null; then
  echo "The clean room needs root and debootstrap (apt-get install debootstrap)." >&2
  exit 1
fi

[ $# -gt 0 ] || set -- run test
room=${CLEAN_ROOM:-$(mktemp -d /tmp/clean-room.XXXXXX)}
root=$room/root
[ -n "${CLEAN_ROOM:-}" ] || trap 'rm -rf --one-file-system "$room"' EXIT
[ -e "$room/built" ] || build_room
copy_project
unshare --mount --pid --fork --propagation private -- packaging/clean_room.sh --inside "$root" "$@"

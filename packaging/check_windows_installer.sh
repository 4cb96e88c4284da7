#!/usr/bin/env bash
# Shows on Linux what can be shown of the Windows installer: compiles packaging/windows/maskwright.iss
# with Inno Setup's own compiler in Wine, installs the result without questions, installs over it,
# removes it, and looks at files and registry each time. Files of the program's names stand for the
# program, which only Windows can freeze. For all users, since Wine 8 knows no folder of programs
# for one user.
# Usage: packaging/check_windows_installer.sh INNO      needs root and debootstrap
#
# INNO           folder with ISCC.exe of Inno Setup 6; the npm package `innosetup` holds it in bin/
# WINE_ROOM      folder with a Debian in root/ to use again (default: a new one, removed)
# DEBIAN_MIRROR  where debootstrap fetches from (default: its own choice)
set -euo pipefail
cd "$(dirname "$0")/.."

readonly drive=.wine/drive_c program='C:\Tools\Maskwright'
readonly endings=(dcm nii gz nrrd mha)

say() { printf '==> %s\n' "$*"; }

fail() {
  echo "$*" >&2
  exit 1
}

# What the registry says about a kind of file; fails where it says nothing.
classes() {
  wine reg query "HKLM\\Software\\Classes\\$1" "${@:2}" 2>/dev/null | tr -d '\r'
}

# What runs as the user in the room.
journey() {
  local -r version=$1 there=~/$drive/Tools/Maskwright data=~/$drive/users/$USER/AppData/Local/maskwright
  export WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml='
  cd /tree
  say "Compiling"
  wine /inno/ISCC.exe /Q "/DVersion=$version" /DEdition=standard 'packaging\windows\maskwright.iss'
  if wine /inno/ISCC.exe /Q /DEdition=standard 'packaging\windows\maskwright.iss' 2>/dev/null; then
    fail "It was compiled without a version."
  fi
  local -r setup=dist/maskwright-standard-$version-setup.exe
  local round ending
  for round in first second; do
    say "Installing, the $round time"
    wine "$setup" /ALLUSERS /VERYSILENT /SUPPRESSMSGBOXES "/DIR=$program" '/LOG=C:\setup.log' ||
      { tail -n 20 ~/$drive/setup.log >&2 && fail "It was not installed."; }
    [ -f "$there/maskwright.exe" ] && [ -f "$there/_internal/base.dll" ] || fail "Files lack."
    [ ! -e "$there/_internal/old.dll" ] || fail "A library of an older version stayed."
    [ "$round" = second ] || touch "$there/_internal/old.dll"
  done
  for ending in "${endings[@]}"; do
    classes ".$ending\OpenWithProgids" /v Maskwright.Volume >/dev/null ||
      fail "The program is not offered for .$ending files."
  done
  classes 'Maskwright.Volume\shell\open\command' | grep -F "\"$program\maskwright.exe\" \"%1\"" ||
    fail "Files are not opened with it."
  mkdir -p "$data/models"
  echo '{}' >"$data/settings.json"
  say "Removing"
  wine "$program\\unins000.exe" /VERYSILENT
  wineserver --wait
  [ ! -e "$there" ] || fail "Something of the program stayed."
  [ -f "$data/settings.json" ] && [ -d "$data/models" ] || fail "What the user made was removed."
  ! classes Maskwright.Volume >/dev/null || fail "Its kind of file stayed in the registry."
  for ending in "${endings[@]}"; do
    ! classes ".$ending\OpenWithProgids" /v Maskwright.Volume >/dev/null ||
      fail "The program is still offered for .$ending files."
  done
  say "Left, as it should be:"
  (cd ~/$drive && find . -iname '*maskwright*')
}

inside() {
  local -r root=$1 inno=$2
  local version
  version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
  mount -t proc proc "$root/proc"
  mkdir -p "$root/dev/shm"
  mount -t tmpfs tmpfs "$root/dev/shm"
  cp --dereference /etc/resolv.conf /etc/hosts "$root/etc/"
  local -r run=(chroot "$root" /usr/bin/env -i DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8
    PATH=/usr/sbin:/usr/bin:/sbin:/bin)
  if ! "${run[@]}" sh -c 'command -v wine xvfb-run' >/dev/null; then
    say "Installing Wine"
    "${run[@]}" dpkg --add-architecture i386 # the compiler is a program of 32 bits
    "${run[@]}" apt-get update -qq
    "${run[@]}" apt-get install -qq --yes --no-install-recommends wine wine32 wine64 xvfb xauth >/dev/null
  fi
  "${run[@]}" useradd --create-home user 2>/dev/null || true
  rm -rf "$root/tree" "$root/inno" "$root/home/user/.wine"
  local -r frozen=$root/tree/build/standard/maskwright
  mkdir -p "$frozen/_internal" "$root/tree/packaging" "$root/tree/build/icons"
  cp -r packaging/windows "$root/tree/packaging/"
  cp LICENSE "$root/tree/"
  cp build/icons/maskwright.ico "$root/tree/build/icons/"
  touch "$frozen/maskwright.exe" "$frozen/maskwright-command.exe" "$frozen/_internal/base.dll"
  cp -r "$inno" "$root/inno"
  cp packaging/check_windows_installer.sh "$root/tmp/"
  "${run[@]}" chown -R user /tree /inno
  "${run[@]}" su user -c "xvfb-run --auto-servernum bash /tmp/check_windows_installer.sh --journey $version"
}

: "${1:?usage: packaging/check_windows_installer.sh INNO}"
if [ "$1" = --journey ]; then
  journey "$2"
  exit
elif [ "$1" = --inside ]; then
  inside "$2" "$3"
  exit
fi

inno=$(realpath "$1")
[ -f "$inno/ISCC.exe" ] || fail "There is no ISCC.exe in $inno."
[ -f build/icons/maskwright.ico ] || fail "There are no icons yet: packaging/build_package.sh draws them."
room=${WINE_ROOM:-$(mktemp -d /tmp/wine-room.XXXXXX)}
[ -n "${WINE_ROOM:-}" ] || trap 'rm -rf --one-file-system "$room"' EXIT
if [ ! -d "$room/root/usr" ]; then
  say "Building a bare Debian 12"
  mkdir -p "$room"
  # shellcheck disable=SC2086  # no mirror given: no argument
  debootstrap --variant=minbase bookworm "$room/root" ${DEBIAN_MIRROR:-} >"$room/debootstrap.log"
fi
unshare --mount --pid --fork --propagation private -- packaging/check_windows_installer.sh --inside "$room/root" "$inno"
say "The Windows installer does what Wine can show."

#!/usr/bin/env bash
# Builds the program that needs no Python: a folder, a .deb and a self-extracting file, in dist/.
# Usage: packaging/build_package.sh [standard|training]
#   standard   window, projects, segmentation (default)
#   training   also torch and MONAI, for fine-tuning and for reading bundles
# Works in build/; a second call uses again what is there. Prints at the end what it took, as a row
# of the table in docs/performance.md.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly edition=${1:-standard}
case $edition in
  standard) extras=package ;;
  training) extras=package,training ;;
  *)
    echo "Unknown edition: $edition (standard or training)" >&2
    exit 1
    ;;
esac
readonly venv=build/venv-$edition tools=build/venv-tools folder=build/$edition/maskwright

say() { printf '==> %s\n' "$*"; }

pip_install_into() {
  "$1/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --constraint packaging/constraints.txt "${@:2}"
}

if [ ! -e "$venv/bin/pyinstaller" ] || [ pyproject.toml -nt "$venv/bin/pyinstaller" ]; then
  say "Installing what the $edition edition consists of into $venv"
  "${PYTHON:-.venv/bin/python}" -m venv --clear "$venv"
  [ "$edition" = standard ] || pip_install_into "$venv" torch
  pip_install_into "$venv" ".[$extras]"
fi
# The program itself anew each time: its data files are taken from there.
rm -rf build/lib
pip_install_into "$venv" --no-deps --force-reinstall .
if [ ! -e "$tools/bin/cyclonedx-py" ]; then
  # Apart, since libraries import what these tools bring, where they find it.
  "${PYTHON:-.venv/bin/python}" -m venv --clear "$tools"
  pip_install_into "$tools" cyclonedx-bom
fi
version=$("$venv/bin/python" -c 'from importlib.metadata import version; print(version("maskwright"))')

say "Drawing the icons"
QT_QPA_PLATFORM=offscreen "$venv/bin/python" packaging/draw_icons.py resources/icons/maskwright.svg build/icons

say "Freezing the $edition edition"
readonly freezing_since=$SECONDS
MASKWRIGHT_EDITION=$edition "$venv/bin/pyinstaller" --noconfirm --log-level WARN \
  --distpath "build/$edition" --workpath "build/pyinstaller-$edition" packaging/maskwright.spec
readonly frozen_after=$((SECONDS - freezing_since))
"$venv/bin/python" packaging/size_report.py "$folder"

mkdir -p dist
readonly name=maskwright-$edition-$version
say "Writing dist/$name"
packaging/linux/make_deb.sh "$folder" "$edition" "$version" "dist/$name.deb"
packaging/linux/make_self_extracting.sh "$folder" "$version" "dist/$name.run"
"$tools/bin/cyclonedx-py" environment --pyproject pyproject.toml --output-reproducible \
  --output-file "dist/$name.cdx.json" "$venv/bin/python"
(cd dist && sha256sum "$name.deb" "$name.run" "$name.cdx.json" >"$name.sha256")
say "Done in $SECONDS s:"
(cd dist && ls -lh "$name".*)

megabytes() { echo $((($(du --summarize --apparent-size --block-size=1 "$1" | cut -f1) + 500000) / 1000000)); }
say "As a row of docs/performance.md (edition, freezing, all, folder, .deb, .run, cores, load):"
printf '| %s | %d s | %d s | %d MB | %d MB | %d MB | %d | %s |\n' "$edition" "$frozen_after" "$SECONDS" \
  "$(megabytes "$folder")" "$(megabytes "dist/$name.deb")" "$(megabytes "dist/$name.run")" \
  "$(nproc)" "$(cut -d ' ' -f 3 /proc/loadavg)"

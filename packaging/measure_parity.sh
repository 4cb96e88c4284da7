#!/usr/bin/env bash
# Trains the trial weights, measures the three bundles beside MONAI, and writes docs/parity.md:
# some three hours on two cores that nothing else uses. A second call goes on where the first ended.
# Usage: packaging/measure_parity.sh DIR        (DIR is for weights, CTs, models and reports: 2 GB)
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(realpath -m "${1:?name a folder to work in}")
mkdir -p "$work"
export MASKWRIGHT_HOME=$work/home
readonly python=.venv/bin/python maskwright=.venv/bin/maskwright

trial() { $python packaging/trial_bundles.py "$work/bundles" "$@"; }
bench() { # NAME COMMAND OPTION...: one report, unless it is there
    local report=$work/$1.json
    shift
    test -s "$report" || $maskwright bench "$@" --against monai --json "$report"
}

trial --ct "$work/abdomen.nii"
trial --ct "$work/pancreas.nii" --shape 40 160 160
for name in spleen_deepedit spleen_unet pancreas_dints; do
    $maskwright models show "$name" > "$work/$name.txt" 2>&1 ||
        $maskwright models import "$work/bundles/$name"
done
bench deepedit click --model spleen_deepedit --ct "$work/abdomen.nii"
bench unet automatic --model spleen_unet --ct "$work/abdomen.nii"
bench dints automatic --model pancreas_dints --ct "$work/pancreas.nii"
bench dints-abdomen automatic --model pancreas_dints --ct "$work/abdomen.nii" --monai-every 20
$maskwright bench parity "$work"/{deepedit,unet,dints,dints-abdomen}.json --out docs/parity.md

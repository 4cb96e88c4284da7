"""`maskwright bench parity`: the table of what was compared with MONAI."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import typer

from imaging.errors import UnreadableFileError, WriteError

COLUMNS = (
    "model",
    "CT (slices, rows, columns)",
    "clicks",
    "engine",
    "voxels found",
    "voxels different, exact",
    "of these not by rounding",
    "usual: Dice",
    "windows, exact and usual",
    "MONAI",
    "exact",
    "usual",
    "usual is faster",
    "a click in an open CT",
    "load",
)

REMARKS = "\n## Remarks\n"
"""What follows is written by hand."""

HEADING = f"""# Our masks and times beside MONAI's

Each row is one request, done in one run by MONAI's own pipeline (torch, float32) and by us, on the
same computer, from the CT's file on. *Exact* is `--exact`: MONAI's own numbers, mistakes included.
*Usual* is what the window does; with clicks it keeps only the parts that clicks touch, and its Dice
is with MONAI's mask, not with the truth. Voxels *not by rounding* differ even with MONAI's own
network in place of our engine. *Load* is what the computer had to do already, in cores; where that
is more than none, times are too long and vary, for both alike. Where MONAI would take more than an
hour, its network ran for *1 of so many batches* of windows only: its time is scaled, there is no
mask of MONAI's, and the usual mask's Dice is with our exact one.

The weights are made for this comparison in minutes, on synthetic patients
(`training/trial_weights.py`): they say nothing about how good a model is.

Made by `packaging/measure_parity.sh DIR`; one row by

    .venv/bin/python packaging/trial_bundles.py DIR --ct CT.nii
    maskwright models import DIR/spleen_deepedit
    maskwright bench click --model spleen_deepedit --ct CT.nii --against monai --json FILE
    maskwright bench parity FILE... --out docs/parity.md

and so on for `spleen_unet` and `pancreas_dints` with `bench automatic`.

| {" | ".join(COLUMNS)} |
|{" --- |" * len(COLUMNS)}
"""


def write_parity_table(reports: Sequence[Path], out: Path) -> None:
    """Write one row for each report; remarks that are below an earlier table stay.

    Raises:
        UnreadableFileError: a report is none of a comparison with MONAI.
        WriteError: the table cannot be written.
    """
    rows = []
    for report in reports:
        try:
            rows.append(_row(json.loads(report.read_text(encoding="utf-8"))["monai"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UnreadableFileError(
                f"{report.name} is no report of `bench ... --against monai`. Measure it again."
            ) from error
    try:
        before = out.read_text(encoding="utf-8") if out.exists() else ""
        remarks = "".join(before.partition(REMARKS)[1:])
        out.write_text(HEADING + "".join(f"{row}\n" for row in rows) + remarks, encoding="utf-8")
    except OSError as error:
        raise WriteError(f"{out} could not be written: {error.strerror}.") from error
    typer.echo(f"{len(rows)} comparison{'s' if len(rows) != 1 else ''} written to {out}")


def _row(found: Mapping[str, Any]) -> str:
    k, j, i = found["ct_shape"]
    monai_s = median(found["monai_total_s"])
    click_ms = found.get("click_p50_ms")
    cells = (
        f"{found['model']} {found['version']}",
        f"{k} x {j} x {i}",
        str(found["clicks"]),
        found["engine"],
        ", ".join(f"{name} {count:,}" for name, count in found["voxels"].items()),
        _of_all(found["exact_differing_voxels"], k * j * i),
        _of_all(found["same_network_differing_voxels"]),
        ", ".join("-" if d is None else f"{d:.4f}" for d in found["usual_dice"].values()),
        "{}, {}".format(*found["windows"]) if found.get("windows") else "-",
        f"{monai_s:.1f} s{_scaled(found)}",
        "-" if found["exact_s"] is None else f"{found['exact_s']:.1f} s",
        f"{found['usual_s']:.1f} s",
        f"{found['ratio_to_monai']:.1f} x",
        "-" if click_ms is None else f"{click_ms / 1000:.2f} s, {monai_s * 1000 / click_ms:.1f} x",
        "?" if found["load"] is None else f"{found['load']:.1f} of {found['cores']}",
    )
    return f"| {' | '.join(cells)} |"


def _of_all(voxels: int | None, all_voxels: int | None = None) -> str:
    if voxels is None:
        return "-"
    return f"{voxels:,}" if all_voxels is None else f"{voxels:,} of {all_voxels:,}"


def _scaled(found: Mapping[str, Any]) -> str:
    """That MONAI's time was not measured in whole."""
    every = found.get("sampled")
    return "" if every is None else f", from 1 of {every} batches"

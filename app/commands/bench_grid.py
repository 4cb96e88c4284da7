"""`maskwright bench grid`: the Dice that a perfect network could reach on coarser grids."""

from __future__ import annotations

import statistics
from pathlib import Path

import typer

from app.commands.segment import write_report
from app.evaluation import target_mask
from app.headless_job import ImpossibleRequestError
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import structure_by_name
from inference.grid_cost import GridCost, isotropic_grid_cost, squeezed_grid_cost
from training.evaluation.cases import pair_cases

SQUEEZED_SIDES = (128, 224)
"""MONAI's DeepEdit bundle, and the small pretrained spleen network."""

BOX_SPACINGS_MM = (1.0, 1.5, 2.0, 3.0)


def bench_grids(
    images: Path,
    labels: Path,
    structure_name: str,
    label_value: int | None,
    report_file: Path | None,
) -> None:
    """Print the mean best Dice over all CTs that have a label file of the same name."""
    structure = structure_by_name(structure_name)
    for folder in (images, labels):
        if not folder.is_dir():
            raise ImpossibleRequestError(f"There is no folder {folder}. Check the path.")
    costs: dict[str, list[GridCost]] = {}
    cases, _ = pair_cases(images, labels)
    for case in cases:
        typer.echo(case.name, err=True)
        geometry = open_volume(case.image).geometry
        label_map = open_label_map(case.labels, geometry)
        mask = target_mask(label_map, structure, label_value, case.labels.name)
        found = [squeezed_grid_cost(mask, side) for side in SQUEEZED_SIDES]
        found += [isotropic_grid_cost(mask, geometry.spacing_kji_mm, mm) for mm in BOX_SPACINGS_MM]
        for cost in found:
            costs.setdefault(cost.grid, []).append(cost)
    if not costs:
        raise ImpossibleRequestError(
            f"No CT in {images} has a label file of the same name in {labels}."
        )
    rows = [
        {
            "grid": grid,
            "nearest": round(statistics.fmean(cost.nearest for cost in found), 4),
            "linear": round(statistics.fmean(cost.linear for cost in found), 4),
        }
        for grid, found in costs.items()
    ]
    report = {"structure": structure.name, "cases": len(cases), "best_dice": rows}
    if report_file is not None:
        write_report(report_file, report)
    typer.echo(f"best Dice of a perfect network, {structure.name}, mean of {len(cases)} case(s)")
    typer.echo(f"{'grid':<24}{'labels back':>14}{'probabilities back':>22}")
    for row in rows:
        typer.echo(f"{row['grid']:<24}{row['nearest']:>14.3f}{row['linear']:>22.3f}")

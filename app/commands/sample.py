"""`maskwright sample`: synthetic patients on disk."""

from __future__ import annotations

from pathlib import Path

import typer

from imaging.sample_dataset import write_sample_dataset


def write_samples(folder: Path, seed: int, count: int) -> None:
    """Write ``count`` phantoms, seeds ``seed``, ``seed + 1``, ..., as a Decathlon data set."""
    write_sample_dataset(folder, seed, count)
    patients = "patient" if count == 1 else "patients"
    typer.echo(f"{count} synthetic {patients} written to {folder}")

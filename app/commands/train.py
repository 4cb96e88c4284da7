"""`maskwright train shipped-model`: the shipped model again, from open data to package."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import typer

from imaging.errors import MaskwrightError
from training.missing_libraries import where_to_get_them


@dataclass(frozen=True, slots=True)
class ShippedTraining:
    """What may differ from the recipe of the shipped model; None for as it is there."""

    seed: int
    device: str
    steps: int | None
    rate: float | None
    """The highest learning rate of the one cycle of ``steps``."""
    start: Path | None
    left_out: str | None


def train_shipped(data: Path, runs: Path, out: Path, training: ShippedTraining) -> None:
    """Train on the open data in ``data`` and write the package to ``out``.

    Raises:
        MaskwrightError: if the training libraries or the data are missing.
    """
    try:
        from training.click_recipe import ClickRecipe
        from training.shipped_model import train_shipped_model
    except ModuleNotFoundError as error:
        raise MaskwrightError(
            f"Training needs {error.name}, which is not installed. {where_to_get_them()}"
        ) from error
    recipe = ClickRecipe(seed=training.seed)
    if training.steps is not None:
        rate = training.rate or recipe.cycles[0][1]
        recipe = replace(recipe, cycles=((training.steps, rate),))
    elif training.rate is not None:
        raise MaskwrightError("--rate is that of one cycle; say how long it is with --steps.")
    with _progress_shown():
        package = train_shipped_model(
            data,
            runs,
            out,
            recipe,
            device=training.device,
            start=training.start,
            left_out=training.left_out,
        )
    typer.echo(f"{package.id} {package.version} is in {out}. Measure it: maskwright evaluate")


@contextmanager
def _progress_shown() -> Iterator[None]:
    """Show on standard error what the training says."""
    told = logging.getLogger("training")
    level = told.level
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    told.addHandler(handler)
    told.setLevel(logging.INFO)
    try:
        yield
    finally:
        told.removeHandler(handler)
        told.setLevel(level)

"""Reads the JSON reports of `maskwright evaluate` back."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from imaging.errors import MaskwrightError
from training.evaluation.simulated_user import User
from training.evaluation.summary import Measure

ModelT = TypeVar("ModelT", bound=BaseModel)


class ResultFileError(MaskwrightError):
    """A file is not a report of `maskwright evaluate`."""


class MeasuredFigures(BaseModel):
    """One measure after one number of clicks; None where no case has a value."""

    model_config = ConfigDict(frozen=True)

    mean: float | None
    median: float | None
    min: float | None = None
    max: float | None = None
    empty_masks: int = 0

    @property
    def worst(self) -> float | None:
        """The smallest Dice, or the largest distance."""
        return self.max if self.min is None else self.min


class MeasuredIntervals(BaseModel):
    """Confidence intervals of the means, by number of clicks; None for a single case."""

    model_config = ConfigDict(frozen=True)

    level: float
    dice: dict[int, tuple[float, float] | None]


class MeasuredSummary(BaseModel):
    """What one user reached for one structure; ``jittered`` is the other user's, if any."""

    model_config = ConfigDict(frozen=True)

    user: User
    cases: int
    dice: dict[int, MeasuredFigures]
    nsd_2mm: dict[int, MeasuredFigures]
    hd95_mm: dict[int, MeasuredFigures]
    worst_case: dict[Measure, dict[int, str]]
    confidence: MeasuredIntervals
    clicks_to_good: float | None = Field(alias="clicks_to_0.90")
    cases_that_reach: int = Field(alias="cases_that_reach_0.90")
    harmful_click_share: float
    clicks_placed: int
    seconds_per_click: float
    jittered: MeasuredSummary | None = None

    def by_user(self) -> tuple[MeasuredSummary, ...]:
        """This user's summary, and the other one's."""
        return (self,) if self.jittered is None else (self, self.jittered)


class ResultFile(BaseModel):
    """A report: who was measured on what, and the summaries by structure."""

    model_config = ConfigDict(frozen=True)

    model: str
    model_version: str
    engine: str
    data: str
    seed: int
    automatic_views: str
    summary: dict[str, MeasuredSummary]


def read_result(file: Path) -> ResultFile:
    """Read the summaries of a report.

    Raises:
        ResultFileError: it cannot be read, or is none.
    """
    return read_json_model(file, ResultFile)


def read_json_model(file: Path, model: type[ModelT]) -> ModelT:
    """Read a report as far as ``model`` describes it.

    Raises:
        ResultFileError: it cannot be read, or is no report.
    """
    try:
        return model.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultFileError(f"{file.name} cannot be read: {error.strerror}.") from error
    except (ValidationError, UnicodeDecodeError) as error:
        raise ResultFileError(
            f"{file.name} is no report of this version's evaluation. "
            "Write one with: maskwright evaluate --json"
        ) from error

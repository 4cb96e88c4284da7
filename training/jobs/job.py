"""A fine-tuning job: what was asked for, how far it is, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.promotion import PromotionDecision


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    """The new model was promoted, or waits for somebody to promote it."""
    REFUSED = "refused"
    """The gate said no, or could not tell."""
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """Whether a worker has, or will have, something to do."""
        return self in (JobState.QUEUED, JobState.RUNNING)

    @property
    def can_be_resumed(self) -> bool:
        """Whether it can go on from its last checkpoint."""
        return self in (JobState.PAUSED, JobState.CANCELLED, JobState.FAILED)


class JobWish(StrEnum):
    """What somebody wants of a running job."""

    NONE = ""
    PAUSE = "pause"
    CANCEL = "cancel"


class Preset(StrEnum):
    """How much a job may ask of the computer."""

    CPU = "cpu"
    SMALL = "small"
    GPU_8 = "8 GB"
    GPU_16 = "16 GB"


class Cluster(StrEnum):
    """Where a worker runs that is not started here; ``LOCAL`` is this computer, for a try."""

    SLURM = "slurm"
    LOCAL = "local"


class Stage(StrEnum):
    """What a running job does."""

    WAITING = "waiting"
    PREPARING = "preparing the cases"
    TRAINING = "training"
    MEASURING = "comparing the models"


@dataclass(frozen=True, slots=True)
class FineTuneSettings:
    """What a job shall do.

    Attributes:
        model_id: the model to improve, in the version that is active when the job starts.
        epochs: None for as many as the preset has.
        device: "cpu", "cuda", or "auto" for a GPU where there is one.
        promotes: whether a better model takes the active one's place at once.
        included_cases: cases that are used although the checks object.
    """

    model_id: str
    preset: Preset = Preset.CPU
    epochs: int | None = None
    seed: int = 0
    device: str = "auto"
    promotes: bool = True
    included_cases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class EpochFigures:
    """What an epoch came to; ``dice`` by structure on the validation cases, by clicks."""

    epoch: int
    loss: float
    dice: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is.

    ``share`` is of the stage, from 0 to 1; ``seconds_left`` of the whole job, None while unknown.
    """

    stage: Stage = Stage.WAITING
    share: float = 0.0
    epoch: int = 0
    epochs: int = 0
    seconds_left: float | None = None
    figures: tuple[EpochFigures, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A job as the queue knows it.

    Attributes:
        message: what happened or what to do, a sentence; empty while there is nothing to say.
        decision: of the gate; None before it.
        version: of the candidate; empty before there is one.
        heartbeat_at: when its worker last showed that it lives; None before.
        worker: who works on it, or did last.
        deaths: how often its worker died since it last got on.
    """

    id: int
    state: JobState
    wish: JobWish
    settings: FineTuneSettings
    progress: JobProgress
    message: str
    decision: PromotionDecision | None
    version: str
    author: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    heartbeat_at: datetime | None
    worker: str
    deaths: int

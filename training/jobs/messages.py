"""What a worker says while it works: one JSON object a line, for scripts that watch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from imaging.errors import JobError
from training.jobs.job import EpochFigures, JobState, Stage


@dataclass(frozen=True, slots=True)
class JobStarted:
    """A worker took a job; ``epoch`` is where it goes on, 0 for a new one."""

    job_id: int
    epoch: int
    event: Literal["job_started"] = "job_started"


@dataclass(frozen=True, slots=True)
class StageReached:
    """The job does something else now."""

    job_id: int
    stage: Stage
    event: Literal["stage_reached"] = "stage_reached"


@dataclass(frozen=True, slots=True)
class EpochFinished:
    """An epoch is done and its checkpoint is on the disk."""

    job_id: int
    figures: EpochFigures
    epochs: int
    seconds_left: float
    event: Literal["epoch_finished"] = "epoch_finished"


@dataclass(frozen=True, slots=True)
class Remarked:
    """Something that the user should know, as a sentence."""

    job_id: int
    sentence: str
    event: Literal["remarked"] = "remarked"


@dataclass(frozen=True, slots=True)
class JobLeft:
    """The worker let go of a job."""

    job_id: int
    state: JobState
    sentence: str
    event: Literal["job_left"] = "job_left"


@dataclass(frozen=True, slots=True)
class WorkerWaits:
    """The worker cannot begin yet; the sentence says why."""

    sentence: str
    event: Literal["worker_waits"] = "worker_waits"


Message = Annotated[
    JobStarted | StageReached | EpochFinished | Remarked | JobLeft | WorkerWaits,
    Field(discriminator="event"),
]

_ADAPTER: TypeAdapter[Message] = TypeAdapter(Message)


def message_to_line(message: Message) -> str:
    """A message as one line of JSON, without the end of the line."""
    return _ADAPTER.dump_json(message).decode()


def message_from_line(line: str) -> Message:
    """The reverse of ``message_to_line``.

    Raises:
        JobError: it is no message.
    """
    try:
        return _ADAPTER.validate_json(line)
    except ValidationError as error:
        raise JobError(
            "The worker said something that this Maskwright does not understand. "
            "Are two versions of the program installed?"
        ) from error

"""What the engine process is asked and what it answers: JSON lines; numbers go by shared memory.

The parent writes requests to the child's standard input, one at a time except for ``CancelRun``,
and the child writes one answer to each of the others to its standard output. Nothing is ever
unpickled, and no port is opened.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, TypeVar


@dataclass(frozen=True, slots=True)
class OpenNetwork:
    """Choose an engine for a network and load it; answered by ``NetworkOpened``.

    The fields are those of ``inference.engines.choose.open_engine``.
    """

    network: str
    cache: str
    wanted: str
    excluded: tuple[str, ...]
    defers_builds: bool


@dataclass(frozen=True, slots=True)
class BuildEngine:
    """Build an engine and try it; answered by some ``BuildProgress``, then ``Examined``.

    The fields are those of ``inference.engines.choose.build_engine``.
    """

    network: str
    cache: str
    wanted: str
    kind: str


@dataclass(frozen=True, slots=True)
class RunNetwork:
    """Run an opened network; answered by ``RunFinished``.

    Attributes:
        number: counts the runs, for ``CancelRun``.
        network: as in ``OpenNetwork``.
        shape: of the float32 inputs, which lie at the start of the shared block.
        block: name of the shared block.
    """

    number: int
    network: str
    shape: tuple[int, ...]
    block: str


@dataclass(frozen=True, slots=True)
class FetchLogits:
    """Write the logits of the last run to a block that has room for them."""

    block: str


@dataclass(frozen=True, slots=True)
class CancelRun:
    """Stop this run if it is still going on; it is then answered by ``Failed``."""

    number: int


@dataclass(frozen=True, slots=True)
class CloseNetwork:
    """Give a network's memory back; answered by ``Done``."""

    network: str


@dataclass(frozen=True, slots=True)
class ExamineEngines:
    """Try every engine; answered by ``Examined``."""

    network: str
    cache: str


@dataclass(frozen=True, slots=True)
class NetworkOpened:
    """What runs the network, and why; ``choice`` as in ``choice_fields``."""

    name: str
    device: str
    input_shape: tuple[int | None, ...]
    choice: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The shape of the logits; they lie in the block only if ``is_written``."""

    shape: tuple[int, ...]
    is_written: bool


@dataclass(frozen=True, slots=True)
class Examined:
    """What became of every engine; ``choice`` as in ``choice_fields``."""

    choice: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BuildProgress:
    """How far a build is, from 0 to 1; the answer is still to come."""

    share: float


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An expected failure: the name of a class in ``imaging.errors`` and its sentence."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Crashed:
    """An unexpected failure that the process outlived, with its traceback for the log."""

    traceback: str


Request = (
    OpenNetwork | RunNetwork | FetchLogits | CancelRun | CloseNetwork | ExamineEngines | BuildEngine
)
Answer = NetworkOpened | RunFinished | Examined | BuildProgress | Done | Failed | Crashed
Message = TypeVar("Message")
_REQUESTS: dict[str, type[Request]] = {
    cls.__name__: cls
    for cls in (
        OpenNetwork,
        RunNetwork,
        FetchLogits,
        CancelRun,
        CloseNetwork,
        ExamineEngines,
        BuildEngine,
    )
}
_ANSWERS: dict[str, type[Answer]] = {
    cls.__name__: cls
    for cls in (NetworkOpened, RunFinished, Examined, BuildProgress, Done, Failed, Crashed)
}


def to_line(message: Request | Answer) -> bytes:
    """One line of JSON that names the message's type; any path survives it."""
    fields = {"message": type(message).__name__, **asdict(message)}
    return json.dumps(fields).encode("ascii") + b"\n"


def request_from_line(line: bytes) -> Request:
    """The inverse of ``to_line`` for requests.

    Raises:
        ValueError: the line is none.
    """
    return _message(_REQUESTS, line)


def answer_from_line(line: bytes) -> Answer:
    """The inverse of ``to_line`` for answers.

    Raises:
        ValueError: the line is none.
    """
    return _message(_ANSWERS, line)


def _message(kinds: dict[str, type[Message]], line: bytes) -> Message:
    try:
        fields = json.loads(line)
        kind = kinds[fields.pop("message")]
        return kind(**{n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a message: {line[:80]!r}") from error

"""How a label version came about: model, engine, every step in order, time spent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from imaging.clicks import Click
from imaging.errors import UnreadableFileError


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """The model package behind a version.

    ``sha256`` is of the package's manifest, which itself holds the hashes of the networks.
    """

    id: str
    version: str
    sha256: str

    @property
    def title(self) -> str:
        """What the case list shows."""
        return f"{self.id} {self.version}"


@dataclass(frozen=True, slots=True)
class ClickStep:
    """One click and what its answer changed; ``volume_change_ml`` is of the click's structure."""

    click: Click
    voxels_changed: int
    volume_change_ml: float
    kind: Literal["click"] = "click"


@dataclass(frozen=True, slots=True)
class MovedClickStep:
    """A click that was moved: what its old place had done was taken back, the new one answered.

    ``click`` is where it is now, ``from_point_lps`` where it was, in mm.
    """

    click: Click
    from_point_lps: tuple[float, float, float]
    voxels_changed: int
    volume_change_ml: float
    kind: Literal["moved click"] = "moved click"


@dataclass(frozen=True, slots=True)
class AutomaticStep:
    """One structure segmented without clicks."""

    structure: str
    voxels_changed: int
    volume_change_ml: float
    kind: Literal["automatic"] = "automatic"


@dataclass(frozen=True, slots=True)
class ManualStep:
    """An edit by hand, or by a function of the program; ``name`` is what "Undo ..." says.

    ``clicks_removed`` are those that it deleted.
    """

    name: str
    voxels_changed: int
    kind: Literal["manual"] = "manual"
    clicks_removed: tuple[Click, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportStep:
    """Labels taken from a file; ``file_name`` has no folder, which could name a patient."""

    file_name: str
    voxels_changed: int
    kind: Literal["import"] = "import"


@dataclass(frozen=True, slots=True)
class UndoStep:
    """The newest step that still counted was taken back."""

    kind: Literal["undo"] = "undo"


@dataclass(frozen=True, slots=True)
class RedoStep:
    """The step that was taken back last counts again."""

    kind: Literal["redo"] = "redo"


@dataclass(frozen=True, slots=True)
class GoBackStep:
    """The labels became those of an earlier version of the case."""

    version_number: int
    kind: Literal["go back"] = "go back"


WorkStep = ClickStep | MovedClickStep | AutomaticStep | ManualStep | ImportStep | GoBackStep
"""A step that changes labels or clicks."""

Step = Annotated[WorkStep | UndoStep | RedoStep, Field(discriminator="kind")]
"""Any step that a version remembers."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What happened between a version's parent and the version itself, in order.

    Attributes:
        model: None where no model took part.
        engine: what ran the networks, as the window names it; empty where nothing ran.
        steps: oldest first, undone ones included.
        seconds_spent: time with the case in front of the user.
    """

    model: ModelUsed | None = None
    engine: str = ""
    steps: tuple[Step, ...] = ()
    seconds_spent: float = 0.0

    @property
    def clicks(self) -> tuple[Click, ...]:
        """The clicks that were placed and count in the end, oldest first, where they are then."""
        return clicks_after((), self.steps)


_ADAPTER = TypeAdapter(Provenance)


def effective_steps(steps: Iterable[Step]) -> tuple[WorkStep, ...]:
    """What is left of steps once undo and redo are carried out, oldest first.

    An undo beyond the first step is ignored: it took back something of an earlier version, so
    give the steps of the whole lineage (``LabelVersions.steps_since_start``) for an exact answer.
    """
    done: list[WorkStep] = []
    undone: list[WorkStep] = []
    for step in steps:
        if isinstance(step, UndoStep):
            if done:
                undone.append(done.pop())
        elif isinstance(step, RedoStep):
            if undone:
                done.append(undone.pop())
        else:
            undone.clear()
            done.append(step)
    return tuple(done)


def clicks_after(clicks: Iterable[Click], steps: Iterable[Step]) -> tuple[Click, ...]:
    """The clicks that count after steps, oldest first; ``clicks`` are those before them."""
    found = list(clicks)
    for step in effective_steps(steps):
        match step:
            case MovedClickStep():
                _remove(found, replace(step.click, point_lps=step.from_point_lps))
                found.append(step.click)
            case ClickStep():
                found.append(step.click)
            case ManualStep():
                for click in step.clicks_removed:
                    _remove(found, click)
            case ImportStep() | GoBackStep():  # other labels, on which no click was placed
                found.clear()
    return tuple(found)


def _remove(clicks: list[Click], click: Click) -> None:
    if click in clicks:
        clicks.remove(click)


def provenance_to_json(provenance: Provenance) -> str:
    """The one text of a provenance, the same on every computer."""
    return canonical_json(_ADAPTER.dump_python(provenance, mode="json"))


def provenance_from_json(text: str) -> Provenance:
    """The reverse of ``provenance_to_json``.

    Raises:
        UnreadableFileError: it is damaged, or a newer Maskwright wrote it.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise UnreadableFileError(
            "How this version came about cannot be read: its record is damaged or newer than this "
            "Maskwright. The labels themselves can still be opened."
        ) from error


def canonical_json(value: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """JSON with sorted keys and no spaces, so that equal values have equal text and hash."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )

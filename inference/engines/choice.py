"""Which engine runs a network on this computer, and why: values, and the file that keeps them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from inference.engines.catalog import AUTOMATIC, kind_ids, kind_named
from inference.engines.cores import usable_cores
from inference.engines.gpu_pack import announced_version
from inference.engines.machine import installed_version, nvidia_card, processor_name

logger = logging.getLogger(__name__)

TEST_VERSION = 5
"""Of self-test and engines: a choice that an older one made is made again."""

MAX_DEATHS = 2
"""A kind that ended the process so often while it was tried is not tried again."""

PACKAGES = ("onnxruntime-gpu", "onnxruntime", "openvino", "tensorrt", "tensorrt-rtx")


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one kind of engine.

    Attributes:
        kind: its id.
        is_usable: whether it agrees with the reference.
        reason: in plain words, without a full stop.
        milliseconds: for one run of the self-test's input; None where it did not run.
        dice: agreement with the reference; None as before.
        largest_difference: of two logits; None as before.
        needs_build: it may be usable once it has been built, which takes minutes.
    """

    kind: str
    is_usable: bool
    reason: str
    milliseconds: float | None = None
    dice: float | None = None
    largest_difference: float | None = None
    needs_build: bool = False

    @property
    def sentence(self) -> str:
        """One line about it."""
        return f"{kind_named(self.kind).title}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine for a network, and what became of the others.

    Attributes:
        kind: id of the engine to use.
        trials: the chosen one first.
        test_voxels: of the self-test's input, to tell what other inputs will take.
    """

    kind: str
    trials: tuple[Trial, ...]
    test_voxels: int

    @property
    def reasons(self) -> tuple[str, ...]:
        """One line for each kind, the chosen one first."""
        return tuple(trial.sentence for trial in self.trials)

    @property
    def to_build(self) -> tuple[str, ...]:
        """Ids of the kinds that may be better once they are built."""
        return tuple(trial.kind for trial in self.trials if trial.needs_build)

    def why_not(self, wanted: str) -> str:
        """A sentence about an engine that was asked for and is not used; empty otherwise."""
        if wanted in (AUTOMATIC, self.kind):
            return ""
        reason = next((t.sentence for t in self.trials if t.kind == wanted), wanted)
        return (
            f"The engine that was asked for cannot be used here. {reason}. "
            f"{kind_named(self.kind).title} is used instead."
        )


class ChoiceFile:
    """Keeps the choice for a network on this computer, and which kinds ended the process.

    Whoever changes a library, the processor or the card, or the network, gets a new file.
    """

    def __init__(self, network: Path, cache: Path, wanted: str, *, is_complete: bool) -> None:
        """``is_complete`` stands for a choice with every kind tried."""
        place = cache / "choices"
        key = _key(network)
        self._file = place / f"{key}-{wanted}{'-all' if is_complete else ''}.json"
        self._deaths_file = place / f"{key}-deaths.json"

    def load(self) -> Choice | None:
        """What was chosen before; None where that is not known."""
        try:
            choice = choice_from_fields(_read(self._file))
            kind_named(choice.kind)
        except Exception:  # whatever a damaged file holds, the choice is made again
            return None
        return choice

    def save(self, choice: Choice) -> None:
        """Keep it for the next start; a disk that refuses costs time only."""
        _write(self._file, asdict(choice))

    def deaths(self, kind: str) -> int:
        """How often trying the kind ended the process, as far as is known."""
        count = _read(self._deaths_file).get(kind, 0)
        return count if isinstance(count, int) else 0

    def set_deaths(self, kind: str, count: int) -> None:
        """Before a trial: one more; after it: none."""
        counts = _read(self._deaths_file)
        if count:
            counts[kind] = count
        else:
            counts.pop(kind, None)
        _write(self._deaths_file, counts)


def choice_from_fields(fields: dict[str, Any]) -> Choice:
    """The inverse of ``dataclasses.asdict``."""
    trials = tuple(Trial(**trial) for trial in fields["trials"])
    return Choice(fields["kind"], trials, int(fields["test_voxels"]))


def _key(network: Path) -> str:
    """A name for network, libraries, processor and card."""
    facts = [
        str(TEST_VERSION),
        *kind_ids(),
        hashlib.sha256(network.read_bytes()).hexdigest(),
        *(installed_version(package) for package in PACKAGES),
        announced_version(),
        processor_name(),
        str(usable_cores()),
        nvidia_card(),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:24]


def _read(file: Path) -> dict[str, Any]:
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return fields if isinstance(fields, dict) else {}


def _write(file: Path, fields: dict[str, Any]) -> None:
    part = file.with_name(f"{file.stem}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(fields, indent=2), encoding="utf-8")
        part.replace(file)
    except OSError:
        logger.warning("the choice of an engine could not be kept", exc_info=True)
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)

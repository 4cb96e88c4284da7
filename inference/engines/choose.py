"""Tries engines here with a network's own weights, and takes the fastest one that agrees."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.errors import EngineError, MaskwrightError
from inference.engines.catalog import (
    AUTOMATIC,
    KINDS,
    REFERENCE,
    EngineKind,
    ReportShare,
    kind_named,
)
from inference.engines.choice import MAX_DEATHS, Choice, ChoiceFile, Trial
from inference.engines.engine import Engine
from inference.engines.gpu_pack import use_pack
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.engines.self_test import NEEDED_DICE, agreement
from inference.engines.trial_input import SPACING_KEY, inputs_for, spacing_from

logger = logging.getLogger(__name__)

TIMED_RUNS = 3
ENOUGH_S = 0.5
"""A run that takes longer is timed once: the differences that matter are larger than the noise."""


def open_engine(
    network: Path,
    cache: Path,
    wanted: str = AUTOMATIC,
    excluded: Collection[str] = (),
    *,
    defers_builds: bool = False,
) -> tuple[Engine, Choice]:
    """The engine to run ``network`` with, loaded.

    ``cache`` is the folder where choices and built engines are kept, ``wanted`` the id of a kind
    that comes first if it agrees, ``excluded`` ids that failed lately. With ``defers_builds`` a
    kind that must be built for minutes first is left to ``build_engine``; see ``Choice.to_build``.

    Raises:
        EngineError: no engine can run the network, or ``wanted`` is no id.
    """
    if wanted != AUTOMATIC:
        kind_named(wanted)
    use_pack()
    file = ChoiceFile(network, cache, wanted, is_complete=False)
    known = _without(file.load(), excluded)
    if known is not None and not (defers_builds and _lacks_build(known.kind, network, cache)):
        try:
            return kind_named(known.kind).open(network, cache), known
        except MaskwrightError:  # it worked before; something on this computer has changed
            logger.warning("the engine %s no longer loads the network", known.kind, exc_info=True)
    trials = _Trials(network, cache, file, excluded, defers_builds=defers_builds)
    choice = trials.choose(wanted)
    if not excluded and not choice.to_build:
        file.save(choice)
    return trials.opened(choice.kind), choice


def examine_engines(network: Path, cache: Path) -> Choice:
    """Try every kind; for `maskwright doctor`, so nothing is remembered.

    Raises:
        EngineError: no engine can run the network.
    """
    use_pack()
    file = ChoiceFile(network, cache, AUTOMATIC, is_complete=True)
    return _Trials(network, cache, file, ()).choose(AUTOMATIC, is_complete=True)


def build_engine(
    network: Path, cache: Path, wanted: str, kind_id: str, report: ReportShare
) -> Choice:
    """Build an engine of a kind, which takes minutes, and choose again; the next start knows.

    Raises:
        EngineError: it cannot be built.
    """
    use_pack()
    kind = kind_named(kind_id)
    if kind.build is not None:
        file = ChoiceFile(network, cache, wanted, is_complete=False)
        file.set_deaths(kind.id, file.deaths(kind.id) + 1)
        try:
            kind.build.make(network, cache, report)
        finally:
            file.set_deaths(kind.id, 0)
    engine, choice = open_engine(network, cache, wanted)
    engine.close()
    return choice


def _lacks_build(kind_id: str, network: Path, cache: Path) -> bool:
    build = kind_named(kind_id).build
    return build is not None and not build.is_there(network, cache)


def _without(known: Choice | None, excluded: Collection[str]) -> Choice | None:
    """A choice made before without the kinds that failed lately; None if nothing is left."""
    if known is None or known.kind not in excluded:
        return known
    left = [t for t in known.trials if t.is_usable and t.kind not in excluded]
    if not left:
        return None
    best = min(left, key=lambda trial: trial.milliseconds or 0)
    others = (
        replace(t, is_usable=False, reason="it failed just now") if t.kind in excluded else t
        for t in known.trials
        if t is not best
    )
    return replace(known, kind=best.kind, trials=(best, *others))


class _Trials:
    """One round of trying; keeps the engines that it loaded until one is taken."""

    def __init__(
        self,
        network: Path,
        cache: Path,
        file: ChoiceFile,
        excluded: Collection[str],
        *,
        defers_builds: bool = False,
    ) -> None:
        self._network = network
        self._cache = cache
        self._file = file
        self._excluded = excluded
        self._defers_builds = defers_builds
        self._engines: dict[str, Engine] = {}
        self._inputs: tuple[NDArray[np.float32], ...] = ()
        self._reference: NDArray[np.float32] | None = None

    def choose(self, wanted: str, *, is_complete: bool = False) -> Choice:
        """Try the kinds in turn, ``wanted`` first; the reference is always measured."""
        reference = self._try_reference()
        trials: dict[str, Trial] = {REFERENCE: reference}
        if wanted != REFERENCE:
            for kind in sorted(KINDS, key=lambda kind: kind.id != wanted):
                if kind.id != REFERENCE:
                    beaten_by = None if is_complete else _beaten_by(kind, wanted, trials)
                    trials[kind.id] = beaten_by or self._try(kind)
        usable = {id_: t.milliseconds for id_, t in trials.items() if t.milliseconds is not None}
        usable = {id_: ms for id_, ms in usable.items() if trials[id_].is_usable}
        if not usable:
            raise EngineError(
                "No engine on this computer can run the model: "
                f"{'; '.join(trial.sentence for trial in trials.values())}. "
                "Install the program again."
            )
        best = wanted if wanted in usable else min(usable, key=lambda id_: usable[id_])
        others = [trials[kind.id] for kind in KINDS if kind.id in trials and kind.id != best]
        voxels = int(np.prod(self._inputs[0].shape[2:])) if self._inputs else 0
        return Choice(best, (trials[best], *others), voxels)

    def opened(self, kind_id: str) -> Engine:
        """The engine of that kind; the others are closed."""
        chosen = self._engines.pop(kind_id)
        for engine in self._engines.values():
            engine.close()
        self._engines.clear()
        return chosen

    def _try_reference(self) -> Trial:
        """The reference is needed even where it may not be chosen."""
        kind = kind_named(REFERENCE)
        missing = kind.why_not()
        if missing is not None:
            return Trial(kind.id, is_usable=False, reason=missing)
        engine = kind.open(self._network, self._cache)
        stated = engine.metadata(SPACING_KEY) if isinstance(engine, OnnxRuntimeEngine) else ""
        self._inputs = inputs_for(engine.input_shape, spacing_from(stated))
        seconds, self._reference = self._answers(engine)
        if kind.id in self._excluded:
            engine.close()
            return Trial(kind.id, is_usable=False, reason="it failed just now")
        self._engines[kind.id] = engine
        reason = f"{engine.device}: {_seconds(seconds)}, the reference"
        return Trial(kind.id, is_usable=True, reason=reason, milliseconds=_ms(seconds))

    def _try(self, kind: EngineKind) -> Trial:
        if kind.id in self._excluded:
            return Trial(kind.id, is_usable=False, reason="it failed just now")
        deaths = self._file.deaths(kind.id)
        if deaths >= MAX_DEATHS:
            return Trial(kind.id, is_usable=False, reason="it ended its process when it was tried")
        # Should it take the process with it, the next one reads how often that was.
        self._file.set_deaths(kind.id, deaths + 1)
        try:
            missing = kind.why_not()
            if missing is not None:
                trial = Trial(kind.id, is_usable=False, reason=missing)
            elif self._defers_builds and _lacks_build(kind.id, self._network, self._cache):
                reason = "it is built for this computer first"
                trial = Trial(kind.id, is_usable=False, reason=reason, needs_build=True)
            else:
                trial = self._compare(kind)
        except MaskwrightError as error:
            trial = Trial(kind.id, is_usable=False, reason=str(error).partition(". ")[0])
        except Exception as error:  # foreign libraries raise what they like; this is their edge
            logger.warning("the engine %s failed its trial", kind.id, exc_info=True)
            reason = f"it failed ({type(error).__name__})"
            trial = Trial(kind.id, is_usable=False, reason=reason)
        self._file.set_deaths(kind.id, 0)
        logger.info("%s", trial.sentence)
        return trial

    def _answers(self, engine: Engine) -> tuple[float, NDArray[np.float32]]:
        """Seconds for the first input, and the logits of all, one behind the other."""
        first, *others = self._inputs
        seconds, logits = _timed(engine, first)
        return seconds, np.concatenate([logits, *(engine.run(one) for one in others)], axis=2)

    def _compare(self, kind: EngineKind) -> Trial:
        engine = kind.open(self._network, self._cache)
        if self._reference is None:
            engine.close()
            return Trial(kind.id, is_usable=False, reason="there is no reference to compare with")
        seconds, logits = self._answers(engine)
        agreed = agreement(logits, self._reference)
        where = f"{engine.device}: {_seconds(seconds)}"
        if agreed.is_enough:
            reason = f"{where}, agrees to Dice {agreed.dice:.4f}"
            self._engines[kind.id] = engine
        else:
            reason = f"{where}, but agrees only to Dice {agreed.dice:.4f} (needed: {NEEDED_DICE})"
            engine.close()
        return Trial(
            kind.id,
            is_usable=agreed.is_enough,
            reason=reason,
            milliseconds=_ms(seconds),
            dice=round(agreed.dice, 6),
            largest_difference=round(agreed.largest_difference, 6),
        )


def _beaten_by(kind: EngineKind, wanted: str, trials: dict[str, Trial]) -> Trial | None:
    """Why a kind need not be tried; None if it must."""
    if wanted in trials and trials[wanted].is_usable:
        reason = f"not tried: {kind_named(wanted).title} was asked for"
        return Trial(kind.id, is_usable=False, reason=reason)
    reference_ms = trials[REFERENCE].milliseconds or 0
    for trial in trials.values():
        if trial.kind == REFERENCE or not trial.is_usable or trial.milliseconds is None:
            continue
        if trial.milliseconds < reference_ms:
            reason = f"not tried: {kind_named(trial.kind).title} is fast and agrees"
            return Trial(kind.id, is_usable=False, reason=reason)
    return None


def _timed(engine: Engine, inputs: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
    """Seconds of the fastest of a few runs after a first one, and the logits."""
    logits = engine.run(inputs)
    fastest = float("inf")
    for _ in range(TIMED_RUNS):
        started = time.perf_counter()
        logits = engine.run(inputs)
        fastest = min(fastest, time.perf_counter() - started)
        if fastest > ENOUGH_S:
            break
    return fastest, logits


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 0.1 else f"{seconds * 1000:.0f} ms"

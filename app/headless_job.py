"""The job without a window: one CT, automatic results, clicks, and a report of both."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from app.controllers.predictor import ModelAbilities
from imaging.clicks import Click
from imaging.errors import MaskwrightError, WrongCallError
from imaging.labels import LabelMap
from imaging.measures import volume_ml
from imaging.structures import Structure, structure_by_name
from imaging.volume import Volume
from inference.messages import ClickRequest, MaskProposal
from inference.predictor import Predictor

EVERY_VALUE = frozenset(range(1, 256))


class ImpossibleRequestError(MaskwrightError):
    """The command asks for what the model or the files cannot give."""


class StageClock:
    """Adds up the seconds of named stages."""

    def __init__(self) -> None:
        self._seconds: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time spent inside as time of ``name``."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - started)

    def add(self, name: str, seconds: float) -> None:
        """Count ``seconds`` as time of ``name``."""
        self._seconds[name] += seconds

    def as_dict(self) -> dict[str, float]:
        """Seconds by stage and in total, rounded to tenths of a millisecond."""
        by_stage = {name: round(seconds, 4) for name, seconds in self._seconds.items()}
        return by_stage | {"total": round(sum(self._seconds.values()), 4)}


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a job did: with which model and device, how large the results are, how long it took.

    ``volumes_ml`` is by structure, ``seconds`` by stage.
    """

    ct: str
    model: str
    model_version: str
    engine: str
    device: str
    volumes_ml: dict[str, float]
    seconds: dict[str, float]
    warnings: tuple[str, ...]


class HeadlessJob:
    """Segments structures of one volume into one label map."""

    def __init__(
        self, volume: Volume, model: ModelAbilities, predictor: Predictor, clock: StageClock
    ) -> None:
        self.labels = LabelMap(volume.geometry.shape)
        self._volume = volume
        self._model = model
        self._predictor = predictor
        self._clock = clock

    def prepare(self) -> None:
        """Do once what every answer needs."""
        with self._clock.stage("prepare"):
            self._predictor.prepare()

    def segment(self, structure: Structure) -> None:
        """Find a structure without clicks."""
        self._take(self._predictor.segment(structure.name))

    def click(self, clicks: Sequence[Click]) -> None:
        """Answer the newest of ``clicks``, which are all about one structure."""
        structure = structure_by_name(clicks[-1].structure)
        mask = self.labels.mask(structure.label_value)
        self._take(self._predictor.respond(ClickRequest(structure.name, tuple(clicks), mask)))

    def report(self, structures: Sequence[Structure]) -> JobReport:
        """What was done, with the volumes of ``structures``."""
        geometry = self._volume.geometry
        return JobReport(
            ct=self._volume.name,
            model=self._model.id,
            model_version=self._model.version,
            engine=self._predictor.engine_name,
            device=self._predictor.device_name,
            volumes_ml={
                structure.name: round(volume_ml(self.labels, structure.label_value, geometry), 3)
                for structure in structures
            },
            seconds=self._clock.as_dict(),
            warnings=self._volume.warnings,
        )

    def _take(self, proposal: MaskProposal) -> None:
        seconds = proposal.seconds
        self._clock.add("guidance", seconds.guidance)
        self._clock.add("network", seconds.network)
        self._clock.add("map_back", seconds.map_back)
        edit = self.labels.edit_to(
            proposal.mask,
            structure_by_name(proposal.structure).label_value,
            locked_values=EVERY_VALUE,
            box=proposal.box,
        )
        if edit is not None:
            self.labels.apply(edit)


def wanted_structures(names: Sequence[str], model: ModelAbilities) -> tuple[Structure, ...]:
    """The structures of those names, or all that the model finds alone where none is named.

    Raises:
        WrongCallError: a name is unknown.
        ImpossibleRequestError: the model does not know the structure.
    """
    if not names and not model.automatic_structures:
        raise ImpossibleRequestError(
            f"The model {model.id} finds nothing without clicks. Name a structure with --structure "
            "and give clicks with --clicks."
        )
    structures = tuple(named_structure(name) for name in names or model.automatic_structures)
    for structure in structures:
        if structure.name not in model.structures and not model.takes_clicks:
            raise ImpossibleRequestError(
                f"The model {model.id} does not know the {structure.name}. It knows: "
                f"{', '.join(model.structures)}. Choose another model with --model."
            )
    return structures


def named_structure(name: str) -> Structure:
    """The structure of that name.

    Raises:
        WrongCallError: the organ table has none, in a sentence with those it has.
    """
    try:
        return structure_by_name(name)
    except KeyError as error:
        sentence = str(error.args[0])
        raise WrongCallError(sentence[0].upper() + sentence[1:] + ".") from None

"""`maskwright evaluate`: what a model is worth to simulated users, on CTs with true masks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray

from app.bootstrap import model_store, predictor_maker
from app.commands.segment import write_report
from app.controllers.predictor import ModelAbilities, Predictor
from app.headless_job import ImpossibleRequestError, wanted_structures
from imaging.errors import MaskwrightError
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import Structure
from imaging.volume import Volume
from training.evaluation.cases import EvaluationCase, pair_cases
from training.evaluation.report import EvaluationReport, LeftOut
from training.evaluation.simulated_user import CaseResult, Trial, User, simulate_user

MAX_CLICKS = 1000
"""Nobody clicks more often; a longer number is a slip of the finger."""

DATASET_FOLDERS = frozenset({"imagesTr", "imagesTs", "images"})
"""A folder of these names says nothing; that around it names the data."""


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to measure, and on what.

    ``label_values`` has one value a structure, or none for the usual ones; ``model_id`` is None
    for the default model.
    """

    images: Path
    labels: Path
    structure_names: tuple[str, ...]
    label_values: tuple[int, ...]
    click_counts: tuple[int, ...]
    users: tuple[User, ...]
    seed: int
    model_id: str | None


def evaluate_folders(request: EvaluationRequest, report_file: Path | None) -> None:
    """Measure a model on all CTs of one folder that have a label file in the other.

    A case that cannot be measured is left out, and the report says why.
    """
    package = model_store().find(request.model_id)
    structures = tuple(dict.fromkeys(wanted_structures(request.structure_names, package)))
    bench = _Bench(request, structures, package, predictor_maker(package))
    cases = _cases(request.images, request.labels)
    for number, case in enumerate(cases, start=1):
        typer.echo(f"{case.name} ({number} of {len(cases)})", err=True)
        bench.measure(case)
    if not bench.results:
        raise ImpossibleRequestError(f"Nothing could be measured. {bench.left_out[0].reason}")
    report = EvaluationReport(
        model=package.id,
        model_version=package.version,
        engine=bench.engine,
        data=dataset_name(request.images),
        results=tuple(bench.results),
        click_counts=request.click_counts,
        seed=request.seed,
        left_out=tuple(bench.left_out),
    )
    if report_file is not None:
        write_report(report_file, report.as_json())
    typer.echo(report.as_text())


class _Bench:
    """Measures case after case, and collects what comes out."""

    def __init__(
        self,
        request: EvaluationRequest,
        structures: Sequence[Structure],
        model: ModelAbilities,
        make_predictor: Callable[[Volume], Predictor],
    ) -> None:
        self.results: list[CaseResult] = []
        self.left_out: list[LeftOut] = []
        self.engine = ""
        self._request = request
        self._label_values = label_values_for(structures, request.label_values)
        self._structures = structures
        self._model = model
        self._make_predictor = make_predictor

    def measure(self, case: EvaluationCase) -> None:
        """Let every user correct every structure of a case."""
        try:
            volume = open_volume(case.image)
            labels = open_label_map(case.labels, volume.geometry)
        except MaskwrightError as error:
            for structure in self._structures:
                self._leave_out(case, structure, error)
            return
        predictor = self._make_predictor(volume)
        predictor.prepare()
        for structure, value in zip(self._structures, self._label_values, strict=True):
            try:
                target = target_mask(labels, structure, value, case.labels.name)
            except ImpossibleRequestError as error:
                self._leave_out(case, structure, error)
                continue
            start = self._automatic_mask(predictor, structure, volume)
            trial = Trial(case.name, structure.name, volume.geometry, target, start)
            self.results += self._users_results(trial, predictor)
        self.engine = f"{predictor.engine_name} on {predictor.device_name}"

    def _users_results(self, trial: Trial, predictor: Predictor) -> Iterator[CaseResult]:
        request = self._request
        for user in request.users:
            yield simulate_user(trial, predictor, user, request.click_counts, seed=request.seed)

    def _automatic_mask(
        self, predictor: Predictor, structure: Structure, volume: Volume
    ) -> NDArray[np.bool_]:
        """What users start from: the automatic mask where the model has one, else nothing."""
        if structure.name not in self._model.automatic_structures:
            return np.zeros(volume.geometry.shape, bool)
        return predictor.segment(structure.name).whole_mask(volume.geometry.shape)

    def _leave_out(
        self, case: EvaluationCase, structure: Structure, error: MaskwrightError
    ) -> None:
        typer.echo(f"Warning: {case.name}, {structure.name} is left out. {error}", err=True)
        self.left_out.append(LeftOut(case.name, structure.name, str(error)))


def dataset_name(images: Path) -> str:
    """What a folder of CTs is called in reports."""
    folder = images.resolve()
    return folder.parent.name if folder.name in DATASET_FOLDERS else folder.name


def parse_click_counts(text: str) -> tuple[int, ...]:
    """``"0,1,3"`` as numbers, in order and each once.

    Raises:
        ImpossibleRequestError: it is no such list.
    """
    try:
        counts = sorted({int(part) for part in text.split(",")})
    except ValueError:
        counts = []
    if not counts or counts[0] < 0 or counts[-1] > MAX_CLICKS:
        raise ImpossibleRequestError(
            f"--clicks takes numbers from 0 to {MAX_CLICKS} with commas between, such as "
            f"0,1,3,5,10; {text!r} is not that."
        )
    return tuple(counts)


def parse_users(text: str) -> tuple[User, ...]:
    """``"exact"``, ``"jittered"``, or ``"both"``."""
    return tuple(User) if text == "both" else (User(text),)


def label_values_for(
    structures: Sequence[Structure], label_values: Sequence[int]
) -> tuple[int | None, ...]:
    """One label value a structure; None for the usual one, or a file's only one, of a single one.

    With several structures a file's only value is not enough to know which of them it is, so
    it is the organ table's then.

    Raises:
        ImpossibleRequestError: some values are given, but not one for each structure.
    """
    if not label_values:
        is_single = len(structures) == 1
        return tuple(None if is_single else structure.label_value for structure in structures)
    if len(label_values) != len(structures):
        raise ImpossibleRequestError(
            f"There are {len(structures)} structures and {len(label_values)} label values. "
            "Give --label-value once for each --structure, in the same order, or not at all."
        )
    return tuple(label_values)


def target_mask(
    labels: NDArray[np.uint8], structure: Structure, label_value: int | None, file_name: str
) -> NDArray[np.bool_]:
    """Where a label file has the structure.

    Without a ``label_value`` it is the only value of a file that has one, else the organ
    table's.

    Raises:
        ImpossibleRequestError: the file has no voxel of it.
    """
    present = [int(value) for value in np.unique(labels) if value]
    if label_value is None:
        label_value = present[0] if len(present) == 1 else structure.label_value
    if label_value not in present:
        values = ", ".join(str(value) for value in present) or "none"
        raise ImpossibleRequestError(
            f"{file_name} has no voxel of value {label_value} for the {structure.name}; its "
            f"values are: {values}. Name the right one with --label-value."
        )
    mask: NDArray[np.bool_] = labels == label_value
    return mask


def _cases(images: Path, labels: Path) -> tuple[EvaluationCase, ...]:
    for folder in (images, labels):
        if not folder.is_dir():
            raise ImpossibleRequestError(f"There is no folder {folder}. Check the path.")
    cases, lonely = pair_cases(images, labels)
    for name in lonely:
        typer.echo(f"Warning: {name} has no label file of the same name; it is left out.", err=True)
    if not cases:
        raise ImpossibleRequestError(
            f"No CT in {images} has a label file of the same name in {labels}."
        )
    return tuple(cases)

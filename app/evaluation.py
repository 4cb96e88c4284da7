"""Measures a model: simulated users correct every structure of every case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.controllers.predictor import MakePredictor
from app.headless_job import ImpossibleRequestError, wanted_structures
from imaging.errors import MaskwrightError
from imaging.readers.label_file import open_label_map
from imaging.readers.open_volume import open_volume
from imaging.structures import Structure
from imaging.volume import Volume
from inference.model_package import ModelPackage
from inference.predictor import Predictor
from training.evaluation.case_pictures import AxialView, CasePicture, shown_click_counts
from training.evaluation.cases import EvaluationCase, EvaluationData
from training.evaluation.report import LeftOut
from training.evaluation.simulated_user import (
    CaseResult,
    OnMask,
    Trial,
    User,
    ignore_mask,
    simulate_user,
)


@dataclass(frozen=True, slots=True)
class EvaluationRequest:
    """What to measure, and on what.

    Attributes:
        data: the cases.
        structure_names: what to segment.
        label_values: one a structure, or none at all for the usual ones.
        click_counts: after how many clicks.
        users: who clicks.
        seed: decides the jitter and the intervals.
        model_id: a model's id or folder; None for the default model.
        is_single_view: show the automatic network the CT only once, as it is.
    """

    data: EvaluationData
    structure_names: tuple[str, ...]
    label_values: tuple[int, ...] = ()
    click_counts: tuple[int, ...] = (0, 1, 3, 5, 10)
    users: tuple[User, ...] = tuple(User)
    seed: int = 0
    model_id: str | None = None
    is_single_view: bool = False


class EvaluationBench:
    """Measures case after case, and collects what comes out."""

    def __init__(
        self,
        request: EvaluationRequest,
        package: ModelPackage,
        make_predictor: MakePredictor,
        warn: Callable[[str], None],
    ) -> None:
        """``warn`` is told in a sentence what is left out."""
        self.results: list[CaseResult] = []
        self.left_out: list[LeftOut] = []
        self.pictures: defaultdict[str, list[CasePicture]] = defaultdict(list)
        self.engine = ""
        structures = wanted_structures(request.structure_names, package)
        self._structures = tuple(dict.fromkeys(structures))
        self._label_values = label_values_for(self._structures, request.label_values, request.data)
        self._request = request
        self._package = package
        self._make_predictor = make_predictor
        self._warn = warn

    def measure(self, case: EvaluationCase) -> None:
        """Let every user correct every structure of a case; what cannot be measured is left out."""
        try:
            volume = open_volume(case.image)
            labels = open_label_map(case.labels, volume.geometry)
            predictor = self._make_predictor(volume)
            predictor.prepare()
        except MaskwrightError as error:
            for structure in self._structures:
                self._leave_out(case, structure, error)
            return
        for structure, value in zip(self._structures, self._label_values, strict=True):
            try:
                target = target_mask(labels, structure, value, case.labels.name)
                start = self._automatic_mask(predictor, structure, volume)
                trial = Trial(case.name, structure.name, volume.geometry, target, start)
                self._measure_users(trial, predictor, volume)
            except MaskwrightError as error:
                self._leave_out(case, structure, error)
        self.engine = f"{predictor.engine_name} on {predictor.device_name}"

    def _measure_users(self, trial: Trial, predictor: Predictor, volume: Volume) -> None:
        """See what each user reaches; the first one's masks are kept for the pictures."""
        view = AxialView.of(volume, trial.target)
        shown = shown_click_counts(self._request.click_counts)
        masks: dict[int, NDArray[np.bool_]] = {}

        def keep(clicks: int, mask: NDArray[np.bool_]) -> None:
            if clicks in shown:
                masks[clicks] = view.cut(mask)

        first, *others = self._request.users
        result = self._simulate(first, trial, predictor, keep)
        self.results += [result, *(self._simulate(user, trial, predictor) for user in others)]
        self.pictures[trial.structure].append(
            CasePicture(
                case=trial.case,
                hu=view.cut(volume.array),
                truth=view.cut(trial.target),
                masks=masks,
                dice={clicks: result.dice[clicks] for clicks in shown},
                pixel_mm=view.pixel_mm,
            )
        )

    def _simulate(
        self, user: User, trial: Trial, predictor: Predictor, on_mask: OnMask = ignore_mask
    ) -> CaseResult:
        counts, seed = self._request.click_counts, self._request.seed
        return simulate_user(trial, predictor, user, counts, seed=seed, on_mask=on_mask)

    def _automatic_mask(
        self, predictor: Predictor, structure: Structure, volume: Volume
    ) -> NDArray[np.bool_]:
        """What users start from: the automatic mask where the model has one, else nothing."""
        if structure.name not in self._package.automatic_structures:
            return np.zeros(volume.geometry.shape, bool)
        return predictor.segment(structure.name).whole_mask(volume.geometry.shape)

    def _leave_out(
        self, case: EvaluationCase, structure: Structure, error: MaskwrightError
    ) -> None:
        self._warn(f"{case.name}, {structure.name} is left out. {error}")
        self.left_out.append(LeftOut(case.name, structure.name, str(error)))


def with_single_view(package: ModelPackage) -> ModelPackage:
    """The package as if its automatic network saw a CT only once, unpadded and unshifted."""
    if package.automatic is None:
        return package
    automatic = replace(package.automatic, extents_mm=(0.0,), shifts_hu=())
    return replace(package, automatic=automatic)


def label_values_for(
    structures: Sequence[Structure], label_values: Sequence[int], data: EvaluationData
) -> tuple[int | None, ...]:
    """One label value a structure: the one given, else what the data say, else None.

    None stands for a file's only value or the organ table's. With several structures a file's
    only value does not tell which of them it is, so it is the organ table's then.

    Raises:
        ImpossibleRequestError: some values are given, but not one for each structure.
    """
    if not label_values:
        usual = [None if len(structures) == 1 else one.label_value for one in structures]
        return tuple(
            data.label_value_of(structure) or value
            for structure, value in zip(structures, usual, strict=True)
        )
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

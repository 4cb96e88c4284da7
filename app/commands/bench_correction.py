"""`maskwright bench correction`: how many actions mend an automatic mask's usual errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import edt
import numpy as np
import typer
from numpy.typing import NDArray
from scipy import ndimage

from app.commands.segment import write_report
from app.controllers.case_session import CaseSession
from app.controllers.drawing_controller import DrawingController, DrawnSlice
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.controllers.hand_edits import do_edit, rules_of
from app.controllers.refinement_work import RefiningInput
from app.controllers.refinements import REFINEMENTS
from imaging.editing.box_mask import BoxMask
from imaging.editing.brush import Brush
from imaging.editing.rules import edit_by
from imaging.labels import bounding_box
from imaging.measures import dice
from imaging.phantom import make_phantom
from imaging.structures import structure_by_name, structure_by_value
from imaging.volume import Volume
from imaging.writers.outlines import outlines

SPACING_KJI_MM: tuple[float, float, float] | None = None
"""Of the synthetic patient; None for that of its seed."""

WANTED_DICE = 0.98
MAX_ACTIONS = 200
LEAK_MM, BITE_MM = 24.0, 26.0
POLE_SHARE = 0.25
"""How much is wrong: radius of what leaked and what was eaten, share of the slices that lack."""

OUTLINED_SLICE_STEP = 3
"""A missing part is outlined in every so many slices, and filled between them."""

MIN_BRUSH_MM = 2.0

Labels = NDArray[np.uint8]


@dataclass(slots=True)
class _Hand:
    """A user who knows the truth and never slips; counts what it does."""

    session: CaseSession
    truth: Labels
    wrong: tuple[str, ...]
    drawing: DrawingController
    actions: int = 0
    program_s: float = 0.0

    def is_done(self) -> bool:
        return min(self.dices().values()) >= WANTED_DICE

    def dices(self) -> dict[str, float]:
        labels, values = self.session.labels.array, self.wrong
        masks = {name: structure_by_name(name).label_value for name in values}
        return {name: dice(labels == v, self.truth == v) for name, v in masks.items()}

    def work_on(self, truth_value: int, label_value: int) -> bool:
        """Choose the structure that is to have the voxels; whether it is by adding."""
        taker = structure_by_value(truth_value or label_value)
        giver = structure_by_value(label_value)
        if taker is None:
            raise AssertionError("an error is about a structure")
        self.session.activate(taker.name)
        if giver is not None:
            self.session.set_locked(giver.name, False)
        return truth_value != 0

    def stroke(self, tool: DrawingTool, axis: int, way_kji: NDArray[np.float64]) -> None:
        points = self.session.volume.geometry.index_to_lps(way_kji).tolist()
        started_s = time.perf_counter()
        self.drawing.begin(tool, tuple(points[0]), DrawnSlice(axis, "slice"))
        for point in points[1:]:
            self.drawing.move(tuple(point))
        self.drawing.end()
        self._count(started_s)

    def refine(self, key: str) -> None:
        session = self.session
        refinement = next(one for one in REFINEMENTS if one.key == key)
        numbers = tuple(parameter.default for parameter in refinement.parameters)
        given = RefiningInput(
            session.labels.array,
            session.volume,
            session.active,
            numbers,
            None,
            (0, 0, 0),
            0,
            True,
            (),
        )
        started_s = time.perf_counter()
        mask, effect = refinement.work(given)
        rules = rules_of(session, self.drawing.options)
        edit = edit_by(session.labels, session.volume.array, mask, effect, rules)
        if edit is not None:
            do_edit(session, refinement.step_name, edit)
        self._count(started_s)

    def _count(self, started_s: float) -> None:
        self.program_s += time.perf_counter() - started_s
        self.actions += 1


def bench_correction(report_file: Path | None) -> None:
    """Plant errors into a true mask and mend them with scripted tools; say what it took."""
    phantom = make_phantom(0, spacing_kji_mm=SPACING_KJI_MM)
    rows: list[dict[str, Any]] = []
    for error, (plant, wrong) in _ERRORS.items():
        for way, mend in _WAYS.items():
            labels = plant(phantom.volume, phantom.labels)
            session = CaseSession(phantom.volume, wrong, labels=labels)
            drawing = DrawingController(partial(_itself, session))
            hand = _Hand(session, phantom.labels, wrong, drawing)
            before = min(hand.dices().values())
            script = mend(hand)
            while hand.actions < MAX_ACTIONS and not hand.is_done():
                if next(script, None) is None:
                    break
            rows.append(
                {
                    "error": error,
                    "tools": way,
                    "dice_before": round(before, 3),
                    "dice_after": round(min(hand.dices().values()), 3),
                    "actions": hand.actions,
                    "program_s": round(hand.program_s, 2),
                }
            )
            typer.echo(" | ".join(f"{value}" for value in rows[-1].values()))
    if report_file is not None:
        write_report(report_file, {"wanted_dice": WANTED_DICE, "rows": rows})


def _itself(session: CaseSession) -> CaseSession:
    return session


# The errors


def _near(volume: Volume, center_kji: NDArray[np.float64], radius_mm: float) -> NDArray[np.bool_]:
    index_kji = np.moveaxis(np.indices(volume.geometry.shape), 0, -1)
    offset_mm = (index_kji - center_kji) * volume.geometry.spacing_kji_mm
    near: NDArray[np.bool_] = np.linalg.norm(offset_mm, axis=-1) <= radius_mm
    return near


def _leak(volume: Volume, truth: Labels) -> Labels:
    """The spleen runs out into unlabelled tissue beside its rim."""
    labels = truth.copy()
    rim = np.argwhere(truth == structure_by_name("spleen").label_value)
    center = rim[np.argmax(rim @ (0, 1, 0))].astype(np.float64)
    labels[_near(volume, center, LEAK_MM) & (truth == 0)] = structure_by_name("spleen").label_value
    return labels


def _missing_pole(_volume: Volume, truth: Labels) -> Labels:
    """The slices at the head's end of the spleen are empty."""
    labels = truth.copy()
    is_spleen = truth == structure_by_name("spleen").label_value
    slices = np.flatnonzero(is_spleen.any(axis=(1, 2)))
    pole = slices[-max(1, round(POLE_SHARE * len(slices))) :]
    labels[pole] = np.where(is_spleen[pole], 0, labels[pole])
    return labels


def _eaten_neighbour(volume: Volume, truth: Labels) -> Labels:
    """The spleen took what of the left kidney is nearest to it."""
    labels = truth.copy()
    spleen = structure_by_name("spleen").label_value
    is_kidney = truth == structure_by_name("left kidney").label_value
    away_mm = ndimage.distance_transform_edt(truth != spleen, volume.geometry.spacing_kji_mm)
    kidney_kji = np.argwhere(is_kidney)
    center = kidney_kji[np.argmin(away_mm[is_kidney])].astype(np.float64)
    labels[_near(volume, center, BITE_MM) & is_kidney] = spleen
    return labels


# The ways


def _largest_error(hand: _Hand) -> tuple[BoxMask, int, int] | None:
    """The largest connected region of one confusion: where, the true value, the value there."""
    labels, truth = hand.session.labels.array, hand.truth
    values = [structure_by_name(name).label_value for name in hand.wrong]
    box = bounding_box((labels != truth) & (np.isin(labels, values) | np.isin(truth, values)))
    if box is None:
        return None
    pairs = np.where(labels[box] != truth[box], labels[box].astype(int) * 256 + truth[box], -1)
    regions = []
    for pair in np.unique(pairs[pairs >= 0]):
        parts, _ = ndimage.label(pairs == pair)
        sizes = np.bincount(parts.ravel())[1:]
        number = int(np.argmax(sizes))
        regions.append((int(sizes[number]), int(pair), parts == number + 1))
    _, pair, mask = max(regions, key=lambda region: region[0])
    return BoxMask(box, mask), pair % 256, pair // 256


def _with_ball(hand: _Hand) -> Iterator[bool]:
    """Dab a ball, as large as fits, into the middle of the largest error."""
    spacing_mm = hand.session.volume.geometry.spacing_kji_mm
    while (found := _largest_error(hand)) is not None:
        region, true_value, value = found
        padded = np.pad(region.mask, 1)
        depth_mm = edt.edt(padded, anisotropy=tuple(float(mm) for mm in spacing_mm))
        place = np.unravel_index(int(np.argmax(depth_mm)), padded.shape)
        middle = np.array(place, np.float64) - 1 + [part.start for part in region.box]
        radius_mm = max(float(depth_mm.max()), MIN_BRUSH_MM)
        adds = hand.work_on(true_value, value)
        hand.drawing.set_options(DrawingOptions(Brush(radius_mm, is_ball=True)))
        hand.stroke(DrawingTool.BRUSH if adds else DrawingTool.ERASER, 0, middle[None])
        yield True


def _with_outlines(hand: _Hand) -> Iterator[bool]:
    """Outline the error in slices; what lacks in whole slices is filled between some of them."""
    found = _largest_error(hand)
    if found is None:
        return
    region, true_value, value = found
    first_k, first_j, first_i = (part.start for part in region.box)
    slices = np.flatnonzero(region.mask.any(axis=(1, 2)))
    own = hand.session.labels.array[slices + first_k] == true_value
    is_gap = true_value != 0 and not own.any()
    if is_gap:
        some = [*slices[OUTLINED_SLICE_STEP - 1 :: OUTLINED_SLICE_STEP], slices[-1]]
        slices = np.unique(some)
    adds = hand.work_on(true_value, value)
    for k in slices:
        for outline in outlines(region.mask[k]):
            way_kji = np.column_stack([np.full(len(outline), k), outline])
            way_kji += (first_k, first_j, first_i)
            hand.stroke(DrawingTool.LASSO if adds else DrawingTool.CUT, 0, way_kji)
            yield True
    if is_gap:
        hand.refine("between")
        yield True


_ERRORS: dict[str, tuple[Callable[[Volume, Labels], Labels], tuple[str, ...]]] = {
    "leak": (_leak, ("spleen",)),
    "missing pole": (_missing_pole, ("spleen",)),
    "neighbour eaten": (_eaten_neighbour, ("spleen", "left kidney")),
}
_WAYS: dict[str, Callable[[_Hand], Iterator[bool]]] = {
    "ball brush": _with_ball,
    "lasso": _with_outlines,
}

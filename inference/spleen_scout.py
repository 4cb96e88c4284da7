"""Where in a CT the pancreas must lie, known from the spleen that the small shipped network finds.

A network of windows takes minutes to look everywhere. It is told where to begin; where it finds
too little there, it looks everywhere all the same, so that a wrong hint costs time only.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.errors import EngineError, ModelError
from imaging.volume import Volume
from inference.automatic import AutomaticSegmenter
from inference.messages import IsCancelled, OpenEngine, ReportProgress
from inference.network_specs import AutomaticSpec
from inference.preprocessing import prepare_volume

logger = logging.getLogger(__name__)

LANDMARK = "spleen"

RangeMm = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where an organ lies from the spleen's centre, in mm towards the right, front and head."""

    rightwards_mm: RangeMm
    forwards_mm: RangeMm
    upwards_mm: RangeMm


PANCREAS = Surroundings((-20.0, 190.0), (-20.0, 120.0), (-135.0, 45.0))
"""In two open CTs and six synthetic patients: 6 to 155, 7 to 90, and -102 to 13 mm."""

NEAR_SPLEEN: Mapping[str, Surroundings] = {"pancreas": PANCREAS, "pancreas tumour": PANCREAS}


class SpleenScout:
    """Looks for the spleen once, with a network of ours."""

    def __init__(self, spec: AutomaticSpec, open_engine: OpenEngine) -> None:
        self._spec = spec
        self._open_engine = open_engine

    @staticmethod
    def can_help(structures: Collection[str]) -> bool:
        """Whether all of these structures lie at a known place from the spleen."""
        return bool(structures) and NEAR_SPLEEN.keys() >= set(structures)

    def region_ras_mm(
        self,
        volume: Volume,
        structures: Collection[str],
        report_progress: ReportProgress,
        is_cancelled: IsCancelled,
    ) -> tuple[RangeMm, RangeMm, RangeMm] | None:
        """The part of a CT that holds the structures, in mm from its first voxel along R, A, S.

        None if no spleen is found, or none can be looked for.

        Raises:
            CancelledError: if asked to.
        """
        center = self._spleen_center_ras_mm(volume, report_progress, is_cancelled)
        if center is None:
            return None
        places = [NEAR_SPLEEN[name] for name in structures]
        right, front, head = (
            (center[axis] + min(low for low, _ in ranges), center[axis] + max(h for _, h in ranges))
            for axis, ranges in enumerate(
                (
                    [place.rightwards_mm for place in places],
                    [place.forwards_mm for place in places],
                    [place.upwards_mm for place in places],
                )
            )
        )
        return right, front, head

    def _spleen_center_ras_mm(
        self, volume: Volume, report_progress: ReportProgress, is_cancelled: IsCancelled
    ) -> NDArray[np.float64] | None:
        try:
            engine = self._open_engine(self._spec.network.checked())
        except (EngineError, ModelError) as error:
            logger.warning("The spleen cannot be looked for: %s", error)
            return None
        prepared = prepare_volume(volume)
        try:
            probability = AutomaticSegmenter(self._spec, engine).probability(
                prepared, LANDMARK, report_progress, is_cancelled
            )
        finally:
            engine.close()
        found = np.argwhere(probability > 0.5)
        if not len(found):
            return None
        # From axes (S, P, L) to (R, A, S): two of them are turned round.
        up, back, left = (found.mean(axis=0) + 0.5) * prepared.spacing_mm
        _, depth, width = np.array(prepared.array.shape) * prepared.spacing_mm
        return np.array([width - left, depth - back, up])

"""One open CT and one sliding-window network of MONAI, resident: structures without clicks."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from imaging.errors import ModelError
from imaging.labels import Box
from imaging.volume import Volume
from inference.axis_weights import (
    ClassBox,
    Matrices,
    linear_weights,
    resample,
    softmax,
    winning_classes,
)
from inference.engines.engine import Engine
from inference.engines.onnx_runtime import OnnxRuntimeEngine
from inference.messages import (
    ClickRequest,
    IsCancelled,
    MaskProposal,
    OpenEngine,
    ReportProgress,
    ShowFound,
    StageSeconds,
    show_nothing,
)
from inference.model_package import ModelPackage
from inference.monai_spacing import monai_first_index
from inference.network_specs import SlidingWindowSpec
from inference.postprocessing import no_mask
from inference.preprocessing import scale_intensity
from inference.ras import RasAxes
from inference.sliding_window import BlendedCt, SlidingWindow, box_around_body, whole_box
from inference.spleen_scout import SpleenScout
from inference.window_lattice import WindowLattice

SAME_SPACING_MM = 1e-3
"""MONAI resamples no axis whose spacing is this near to the wanted one."""

WINDOWS_WORTH_SCOUTING = 30
"""So many windows cost more than looking for a place to begin; fewer are run at once."""

SCOUT_SHARE = 0.1
"""Of the time of an answer, for the progress bar: looking where to begin."""


SPARE_MM = 24.0
"""At its right, front and head end the region in which an organ must lie may stay uncovered by so
much: it is wider than the organ by more, and what is found is followed beyond it."""


class SlidingWindowSession:
    """Answers requests about one volume; made and used on the inference thread only.

    All structures of the network come from one pass, which is remembered. With ``is_exact`` every
    window that MONAI runs is run, and blended as MONAI does; else only those that matter.
    """

    def __init__(
        self,
        volume: Volume,
        package: ModelPackage,
        open_engine: OpenEngine = OnnxRuntimeEngine,
        *,
        is_exact: bool = False,
        scout: SpleenScout | None = None,
    ) -> None:
        """Prepare nothing yet; ``scout`` says where to begin, if it can.

        Raises:
            ModelError: if the package has no such network.
        """
        if package.sliding_window is None:
            raise ModelError(f"The model {package.id} has no network for windows.")
        self._volume = volume
        self._package = package
        self._spec: SlidingWindowSpec = package.sliding_window
        self._open_engine = open_engine
        self._is_exact = is_exact
        self._scout = scout
        self._engine: Engine | None = None
        self._axes = RasAxes.of(volume.geometry)
        self._found: ClassBox | None = None
        self._has_looked = False
        self.windows_run = 0

    @property
    def engine_name(self) -> str:
        """What runs the network; empty before it is loaded."""
        return self._engine.name if self._engine else ""

    @property
    def device_name(self) -> str:
        """Where the network really runs; empty before it is loaded."""
        return self._engine.device if self._engine else ""

    def prepare(
        self,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
    ) -> float:
        """Load the network; returns seconds. The CT is resampled when it is first asked about."""
        started = time.perf_counter()
        if self._engine is None and not is_cancelled():
            report_progress(0.0, "Loading the model")
            self._engine = self._open_engine(self._spec.network.checked())
        return time.perf_counter() - started

    def segment(
        self,
        structure: str,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
        show_found: ShowFound = show_nothing,
    ) -> MaskProposal:
        """Segment a structure without clicks; it grows window by window while it is shown.

        Raises:
            ModelError: if the model does not know the structure.
            CancelledError: if it was cancelled; nothing is proposed.
        """
        if structure not in self._spec.structures:
            raise ModelError(
                f"The model {self._package.id} does not know the {structure}, only: "
                f"{', '.join(self._spec.structures)}. Choose another model."
            )
        seconds = StageSeconds()
        class_index = self._spec.outputs.index(structure)

        def show(found: ClassBox | None) -> None:
            if found is not None:
                mask = found.classes == class_index
                show_found(MaskProposal(structure, found.box, mask, seconds))

        if not self._has_looked:
            is_shown = show_found is not show_nothing
            seconds = self._look(report_progress, is_cancelled, show if is_shown else None)
        found = self._found
        if found is None:
            return MaskProposal(structure, *no_mask(), seconds)
        return MaskProposal(structure, found.box, found.classes == class_index, seconds)

    def respond(
        self, request: ClickRequest, _is_cancelled: IsCancelled = lambda: False
    ) -> MaskProposal:
        """Refuse: such a network knows no clicks.

        Raises:
            ModelError: always.
        """
        raise ModelError(
            f"The model {self._package.id} takes no clicks about the {request.structure}. "
            "Choose another model."
        )

    def _look(
        self,
        report_progress: ReportProgress,
        is_cancelled: IsCancelled,
        show: Callable[[ClassBox | None], None] | None,
    ) -> StageSeconds:
        self.prepare(report_progress, is_cancelled)
        engine = self._engine or self._open_engine(self._spec.network.checked())
        self._engine = engine
        report_progress(0.0, "Preparing the CT")
        started = time.perf_counter()
        there, back = self._weights()
        hu = resample(self._volume.array, there)
        image = scale_intensity(hu, self._spec.low_hu, self._spec.high_hu)
        image_ras = self._axes.to_ras(image)
        del hu, image
        seen_part = whole_box(image_ras.shape)
        if not self._is_exact:
            seen_part = box_around_body(image_ras, self._spec)
        network = SlidingWindow(
            self._spec,
            np.ascontiguousarray(image_ras[seen_part]),
            engine,
            lambda so_far: None if show is None else show(self._own(so_far, seen_part, back)),
        )
        del image_ras
        prepared = time.perf_counter()
        if self._is_exact:
            seen = network.every_window(report_progress, is_cancelled)
        else:
            region = None
            if self._may_scout(seen_part):
                region = self._region(seen_part, report_progress, is_cancelled)
                report_progress = _later_part(report_progress, SCOUT_SHARE)
            seen = network.needed_windows(report_progress, is_cancelled, region)
        self.windows_run = network.windows_run
        del network
        answered = time.perf_counter()
        self._found = self._own(seen, seen_part, back)
        self._has_looked = True
        report_progress(1.0, "Segmented")
        finished = time.perf_counter()
        return StageSeconds(prepared - started, 0, answered - prepared, finished - answered)

    def _own(self, blended: BlendedCt, seen_part: Box, back: Matrices) -> ClassBox | None:
        """What was found, on the CT's own grid; None if nothing."""
        found = blended.found()
        if found is None:
            return None
        box_ras, logits = found
        cropped = [
            matrix[:, seen][:, part]
            for matrix, seen, part in zip(back, seen_part, box_ras, strict=True)
        ]
        return winning_classes(
            self._axes.from_ras(softmax(logits)),
            self._axes.weights_kji(cropped),
            range(1, len(self._spec.outputs)),
        )

    def _may_scout(self, seen_part: Box) -> bool:
        if self._scout is None or not self._scout.can_help(self._spec.structures):
            return False
        shape = tuple(
            max(part.stop - part.start, side)
            for part, side in zip(seen_part, self._spec.window_ras, strict=True)
        )
        lattice = WindowLattice.over(shape, self._spec)
        return len(lattice.covering(whole_box(shape))) >= WINDOWS_WORTH_SCOUTING

    def _region(
        self, seen_part: Box, report_progress: ReportProgress, is_cancelled: IsCancelled
    ) -> Box | None:
        """Where in the seen part of the network's grid to begin; None for everywhere."""
        assert self._scout is not None  # or it was not asked
        structures = self._spec.structures
        ranges_mm = self._scout.region_ras_mm(
            self._volume,
            structures,
            lambda share, _what: report_progress(
                SCOUT_SHARE * share, f"Looking for the {structures[0]}"
            ),
            is_cancelled,
        )
        if ranges_mm is None:
            return None
        parts = []
        for (low_mm, high_mm), mm, seen in zip(
            ranges_mm, self._wanted_mm(), seen_part, strict=True
        ):
            ends_mm = (low_mm, max(high_mm - SPARE_MM, low_mm))
            start, stop = (round(end / mm) - seen.start for end in ends_mm)
            parts.append(slice(max(start, 0), min(stop, seen.stop - seen.start)))
        if any(part.stop <= part.start for part in parts):
            return None
        return parts[0], parts[1], parts[2]

    def _wanted_mm(self) -> NDArray[np.float64]:
        """Voxel sizes of the network's grid along R, A, S, as MONAI takes them."""
        own_mm = self._volume.geometry.spacing_kji_mm[list(self._axes.order)]
        wanted_mm = np.array(self._spec.spacing_ras_mm, np.float64)
        return np.where(np.abs(own_mm - wanted_mm) <= SAME_SPACING_MM, own_mm, wanted_mm)

    def _weights(self) -> tuple[Matrices, Matrices]:
        """From the CT to the network's grid, along k, j, i; and back, along R, A, S."""
        geometry = self._volume.geometry
        lengths = self._axes.shape_ras(geometry.shape)
        own_mm = geometry.spacing_kji_mm[list(self._axes.order)]
        wanted_mm = self._wanted_mm()
        ratios = wanted_mm / own_mm
        samples = np.round((np.array(lengths) - 1) / ratios + 1).astype(int)
        first = np.zeros(3)
        if self._is_exact:
            r_mm, a_mm, s_mm = (float(mm) for mm in wanted_mm)
            first = monai_first_index(geometry, (r_mm, a_mm, s_mm), tuple(samples))
        there, back = [], []
        for ratio, start, length, count in zip(ratios, first, lengths, samples, strict=True):
            there.append(linear_weights(np.arange(count) * float(ratio) + start, length))
            back.append(linear_weights((np.arange(length) - float(start)) / ratio, int(count)))
        return self._axes.weights_kji(there), (back[0], back[1], back[2])


def _later_part(report_progress: ReportProgress, begin: float) -> ReportProgress:
    """Progress of what begins when a share of the work is done."""
    return lambda share, what: report_progress(begin + (1 - begin) * share, what)

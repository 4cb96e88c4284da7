"""One open CT and one model, resident: clicks and automatic requests in, mask proposals out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import ModelError
from imaging.labels import Box, bounding_box
from imaging.volume import Volume
from inference.automatic import AutomaticSegmenter, largest_component
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
from inference.network_box import network_box, network_input
from inference.network_specs import PackageFile
from inference.postprocessing import (
    answer_near_clicks,
    canonical_box_to_own,
    mask_from_probability,
    no_mask,
    structure_probability,
)
from inference.preprocessing import PreparedVolume, prepare_volume

MENDED_DICE = 0.75
"""The click network may mend an automatic mask, not replace it: they must agree this far."""


class ClickSession:
    """Answers requests about one volume; made and used on the inference thread only.

    The CT is brought to the working grid once. A click then costs its guidance, the network,
    and the way back to the CT's own voxels inside the network's box.
    """

    def __init__(
        self, volume: Volume, package: ModelPackage, open_engine: OpenEngine = OnnxRuntimeEngine
    ) -> None:
        self._volume = volume
        self._package = package
        self._open_engine = open_engine
        self._engines: dict[Path, Engine] = {}
        self._prepared: PreparedVolume | None = None

    @property
    def engine_name(self) -> str:
        """What runs the networks; empty before one is loaded."""
        return next((engine.name for engine in self._engines.values()), "")

    @property
    def device_name(self) -> str:
        """Where the networks really run; empty before one is loaded."""
        return next((engine.device for engine in self._engines.values()), "")

    def prepare(
        self,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
    ) -> float:
        """Bring the CT to the working grid and warm the click network up; returns seconds.

        Later calls cost nothing. Everything else calls it when needed.

        Raises:
            CancelledError: if it was cancelled while the network ran.
        """
        started = time.perf_counter()
        if self._prepared is None:
            report_progress(0.0, "Preparing the CT")
            self._prepared_volume()
        spec = self._package.clicks
        if spec is not None and spec.network.path not in self._engines and not is_cancelled():
            report_progress(0.5, "Loading the model")
            engine = self._engine(spec.network)
            side = spec.side_multiple * 2
            engine.run(
                np.zeros((1, len(spec.channels), side, side, side), np.float32), is_cancelled
            )
        return time.perf_counter() - started

    def segment(
        self,
        structure: str,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
        show_found: ShowFound = show_nothing,
    ) -> MaskProposal:
        """Segment a structure without clicks; each better view of it is shown.

        Raises:
            ModelError: if the model cannot do that without clicks.
            CancelledError: if it was cancelled; nothing is proposed.
        """
        spec = self._package.automatic
        if spec is None or structure not in spec.structures:
            able = ", ".join(self._package.automatic_structures) or "nothing"
            raise ModelError(
                f"The model {self._package.id} needs clicks for the {structure}: "
                f"without clicks it segments {able}. Place a foreground click in it."
            )
        prepare_s = self.prepare(report_progress, is_cancelled)
        prepared = self._prepared_volume()
        if spec.network.path not in self._engines:
            report_progress(0.0, "Loading the model")
        engine = self._engine(spec.network)
        started = time.perf_counter()

        def show(probability: NDArray[np.float32]) -> None:
            if show_found is not show_nothing:
                own = self._own(*_carried_back(probability, prepared))
                show_found(MaskProposal(structure, *own, StageSeconds()))

        segmenter = AutomaticSegmenter(spec, engine)
        probability = segmenter.probability(
            prepared, structure, report_progress, is_cancelled, show
        )
        network_s = time.perf_counter() - started
        started = time.perf_counter()
        if not probability.any():
            seconds = StageSeconds(prepare_s, 0, network_s, 0)
            return MaskProposal(structure, *no_mask(), seconds)
        box, mask = _carried_back(probability, prepared)
        map_back_s = time.perf_counter() - started
        started = time.perf_counter()
        box, mask = self._mended(box, mask, is_cancelled)
        network_s += time.perf_counter() - started
        own_box, own_mask = self._own(box, mask)
        seconds = StageSeconds(prepare_s, 0, network_s, map_back_s)
        return MaskProposal(structure, own_box, own_mask, seconds)

    def _mended(
        self, box: Box, mask: NDArray[np.bool_], is_cancelled: IsCancelled
    ) -> tuple[Box, NDArray[np.bool_]]:
        """An automatic mask after the click network, without clicks, drew its border finer.

        ``box`` and the result's box are canonical. Everything stays as it was with a network that
        takes no mask, for a mask larger than the network's box, and where the answer is another
        organ.
        """
        spec = self._package.clicks
        if spec is None or "mask" not in spec.channels or not mask.any():
            return box, mask
        prepared = self._prepared_volume()
        whole = np.zeros(prepared.canonical_shape, bool)
        whole[box] = mask
        mask_box = bounding_box(whole)
        no_points = np.zeros((0, 3))
        grid = network_box(spec, prepared, mask_box, no_points)
        inputs = network_input(spec, grid, prepared, whole, mask_box, (), no_points)
        logits = self._engine(spec.network).run(inputs, is_cancelled)[0]
        answer_box, answer = mask_from_probability(
            structure_probability(logits), grid.first_index, grid.step, prepared
        )
        if mask_box is None or not _covers(answer_box, mask_box):
            return box, mask  # the network saw only a part of it
        answer = largest_component(answer)
        before = int(mask.sum())
        overlap = int((answer & whole[answer_box]).sum())
        if 2 * overlap < MENDED_DICE * (before + int(answer.sum())):
            return box, mask
        return answer_box, answer

    def respond(
        self, request: ClickRequest, is_cancelled: IsCancelled = lambda: False
    ) -> MaskProposal:
        """Answer the new ones of a structure's clicks, given all of them and the mask so far.

        What changes lies near the new clicks; the rest of the mask stays as it is, hand
        edits included. At the clicks themselves the user's word counts.

        Raises:
            ModelError: if the model takes no clicks.
            CancelledError: if it was cancelled; nothing is proposed.
        """
        spec = self._package.clicks
        if spec is None:
            raise ModelError(f"The model {self._package.id} takes no clicks. Choose another model.")
        prepare_s = self.prepare(is_cancelled=is_cancelled)
        prepared = self._prepared_volume()
        engine = self._engine(spec.network)
        started = time.perf_counter()
        canonical_mask = prepared.axes.to_canonical(request.current_mask)
        points = self._canonical_points(request.clicks)
        mask_box = bounding_box(canonical_mask)
        grid = network_box(spec, prepared, mask_box, points)
        inputs = network_input(
            spec, grid, prepared, canonical_mask, mask_box, request.clicks, points
        )
        guidance_s = time.perf_counter() - started
        started = time.perf_counter()
        logits = engine.run(inputs, is_cancelled)[0]
        network_s = time.perf_counter() - started
        started = time.perf_counter()
        box, answer = mask_from_probability(
            structure_probability(logits), grid.first_index, grid.step, prepared
        )
        corner = np.array([part.start for part in box])
        spacing_mm = prepared.spacing_mm / np.array(prepared.factors)
        mask = answer_near_clicks(
            canonical_mask[box],
            answer,
            request.clicks,
            points - corner,
            spacing_mm,
            request.new_clicks,
        )
        own_box, own_mask = self._own(box, mask)
        map_back_s = time.perf_counter() - started
        seconds = StageSeconds(prepare_s, guidance_s, network_s, map_back_s)
        return MaskProposal(request.structure, own_box, own_mask, seconds)

    def _prepared_volume(self) -> PreparedVolume:
        if self._prepared is None:
            self._prepared = prepare_volume(self._volume)
        return self._prepared

    def _engine(self, network: PackageFile) -> Engine:
        if network.path not in self._engines:
            self._engines[network.path] = self._open_engine(network.checked())
        return self._engines[network.path]

    def _own(self, box: Box, mask: NDArray[np.bool_]) -> tuple[Box, NDArray[np.bool_]]:
        """A canonical box and its mask on the CT's own axes."""
        prepared = self._prepared_volume()
        own = np.ascontiguousarray(prepared.axes.from_canonical(mask))
        return canonical_box_to_own(box, prepared), own

    def _canonical_points(self, clicks: Sequence[Click]) -> NDArray[np.float64]:
        """The clicks as continuous indices of the CT's canonical array, shape (n, 3)."""
        points_lps = np.array([click.point_lps for click in clicks], np.float64).reshape(-1, 3)
        index_kji = self._volume.geometry.lps_to_index(points_lps)
        axes = self._prepared_volume().axes
        return axes.canonical_index(index_kji, self._volume.geometry.shape)


def _carried_back(
    probability: NDArray[np.float32], prepared: PreparedVolume
) -> tuple[Box, NDArray[np.bool_]]:
    """The mask of a probability on the working grid, with its box in the CT's canonical array."""
    found = bounding_box(probability > 0)
    if found is None:
        return no_mask()
    factors = np.array(prepared.factors, np.float64)
    corner = np.array([part.start for part in found])
    first_index = corner * factors + (factors - 1) / 2
    return mask_from_probability(probability[found], first_index, factors, prepared)


def _covers(outer: Box, inner: Box) -> bool:
    return all(
        out.start <= part.start and part.stop <= out.stop
        for out, part in zip(outer, inner, strict=True)
    )

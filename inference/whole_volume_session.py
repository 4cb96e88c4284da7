"""One open CT and one DeepEdit network of MONAI, resident: requests in, mask proposals out."""

from __future__ import annotations

import time
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import CancelledError, ModelError
from imaging.labels import Box, bounding_box
from imaging.volume import Volume
from inference.axis_weights import ClassBox, softmax
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
from inference.network_specs import WholeVolumeSpec
from inference.postprocessing import answer_near_clicks, keep_hand_edits, no_mask, union_box
from inference.whole_volume import SqueezedVolume

KEPT_ANSWERS = 4
"""How many answers are remembered, to tell what a click changed from what a hand changed."""


class WholeVolumeSession:
    """Answers requests about one volume; made and used on the inference thread only.

    The CT is squeezed into the network's box once. A click then costs its guidance, the network,
    and the way back to the CT's own voxels inside the box that can have changed. With
    ``is_exact`` a mask is what MONAI's own pipeline gives, whatever was there before.
    """

    def __init__(
        self,
        volume: Volume,
        package: ModelPackage,
        open_engine: OpenEngine = OnnxRuntimeEngine,
        *,
        is_exact: bool = False,
    ) -> None:
        """Prepare nothing yet.

        Raises:
            ModelError: if the package has no such network.
        """
        if package.whole_volume is None:
            raise ModelError(f"The model {package.id} has no network for whole volumes.")
        self._volume = volume
        self._package = package
        self._spec: WholeVolumeSpec = package.whole_volume
        self._open_engine = open_engine
        self._is_exact = is_exact
        self._engine: Engine | None = None
        self._squeezed: SqueezedVolume | None = None
        self._without_clicks: NDArray[np.float32] | None = None
        self._look_s = 0.0
        self._answers: OrderedDict[tuple[str, tuple[Click, ...]], ClassBox | None] = OrderedDict()

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
        """Squeeze the CT and look at it once without clicks; returns seconds.

        That look warms the network up, and is the automatic answer. Later calls cost nothing.

        Raises:
            CancelledError: if it was cancelled before the network ran.
        """
        started = time.perf_counter()
        if self._without_clicks is None:
            report_progress(0.0, "Preparing the CT")
            squeezed = self._squeezed_volume()
            report_progress(0.2, "Loading the model")
            engine = self._loaded_engine()
            if is_cancelled():
                raise CancelledError("Cancelled: nothing was changed.")
            report_progress(0.4, "Looking at the CT")
            looked = time.perf_counter()
            self._without_clicks = softmax(engine.run(squeezed.inputs(()), is_cancelled)[0])
            self._look_s = time.perf_counter() - looked
        return time.perf_counter() - started

    def segment(
        self,
        structure: str,
        report_progress: ReportProgress = lambda _share, _what: None,
        is_cancelled: IsCancelled = lambda: False,
        _show_found: ShowFound = show_nothing,
    ) -> MaskProposal:
        """Segment a structure without clicks; the network sees all at once, or nothing yet.

        Raises:
            ModelError: if the model does not know the structure.
            CancelledError: if it was cancelled; nothing is proposed.
        """
        class_index = self._class_index(structure)
        had_looked = self._without_clicks is not None
        prepare_s = self.prepare(report_progress, is_cancelled)
        network_s = 0.0 if had_looked else self._look_s
        assert self._without_clicks is not None
        started = time.perf_counter()
        found = self._answer(structure, (), class_index, self._without_clicks)
        box, mask = no_mask() if found is None else (found.box, found.classes == class_index)
        map_back_s = time.perf_counter() - started
        seconds = StageSeconds(prepare_s - network_s, 0, network_s, map_back_s)
        return MaskProposal(structure, box, mask, seconds)

    def respond(
        self, request: ClickRequest, is_cancelled: IsCancelled = lambda: False
    ) -> MaskProposal:
        """Answer the new ones of a structure's clicks, given all of them and the mask so far.

        What changes lies near the new clicks; the rest of the mask stays as it is, hand edits
        included. With ``is_exact`` the whole mask is MONAI's.

        Raises:
            ModelError: if the model takes no clicks about that structure.
            CancelledError: if it was cancelled; nothing is proposed.
        """
        if not self._spec.takes_clicks:
            raise ModelError(f"The model {self._package.id} takes no clicks. Choose another model.")
        class_index = self._class_index(request.structure)
        started = time.perf_counter()
        squeezed, engine = self._squeezed_volume(), self._loaded_engine()
        prepare_s = time.perf_counter() - started
        started = time.perf_counter()
        inputs = squeezed.inputs(request.clicks)
        guidance_s = time.perf_counter() - started
        started = time.perf_counter()
        logits = engine.run(inputs, is_cancelled)[0]
        network_s = time.perf_counter() - started
        started = time.perf_counter()
        earlier = self._remembered(request)
        found = self._answer(request.structure, request.clicks, class_index, softmax(logits))
        if self._is_exact:
            box, mask = self._whole_mask(found, class_index)
        else:
            box, mask = self._changed_mask(request, earlier, found, class_index)
        map_back_s = time.perf_counter() - started
        seconds = StageSeconds(prepare_s, guidance_s, network_s, map_back_s)
        return MaskProposal(request.structure, box, mask, seconds)

    def _squeezed_volume(self) -> SqueezedVolume:
        if self._squeezed is None:
            self._squeezed = SqueezedVolume(self._volume, self._spec, is_exact=self._is_exact)
        return self._squeezed

    def _loaded_engine(self) -> Engine:
        if self._engine is None:
            self._engine = self._open_engine(self._spec.network.checked())
        return self._engine

    def _class_index(self, structure: str) -> int:
        if structure not in self._spec.structures:
            raise ModelError(
                f"The model {self._package.id} does not know the {structure}, only: "
                f"{', '.join(self._spec.structures)}. Choose another model."
            )
        return self._spec.outputs.index(structure)

    def _answer(
        self,
        structure: str,
        clicks: tuple[Click, ...],
        class_index: int,
        probabilities_ras: NDArray[np.float32],
    ) -> ClassBox | None:
        """The answer to these clicks on the CT's grid, remembered for the next one."""
        found = self._squeezed_volume().classes(probabilities_ras, (class_index,))
        self._answers[structure, clicks] = found
        self._answers.move_to_end((structure, clicks))
        while len(self._answers) > KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return found

    def _remembered(self, request: ClickRequest) -> tuple[bool, ClassBox | None]:
        """Whether the answer to the clicks before the new ones is known, and that answer."""
        before = (request.structure, request.clicks[: -request.new_clicks])
        return before in self._answers, self._answers.get(before)

    def _whole_mask(
        self, found: ClassBox | None, class_index: int
    ) -> tuple[Box, NDArray[np.bool_]]:
        whole = np.zeros(self._volume.geometry.shape, bool)
        if found is not None:
            whole[found.box] = found.classes == class_index
        k, j, i = whole.shape
        return (slice(0, k), slice(0, j), slice(0, i)), whole

    def _changed_mask(
        self,
        request: ClickRequest,
        earlier: tuple[bool, ClassBox | None],
        found: ClassBox | None,
        class_index: int,
    ) -> tuple[Box, NDArray[np.bool_]]:
        geometry = self._volume.geometry
        is_known, before = earlier
        points = geometry.lps_to_index([click.point_lps for click in request.clicks])
        boxes = [part.box for part in (found, before) if part is not None]
        own_box = bounding_box(request.current_mask)
        if own_box is not None:
            boxes.append(own_box)
        box = union_box(boxes, points, geometry)
        mask = request.current_mask[box]
        answer = _inside(box, found, class_index)
        new = request.new_clicks
        corner = [part.start for part in box]
        if is_known:
            expected = _inside(box, before, class_index)
            answer = keep_hand_edits(mask, expected, answer, points[-new:] - corner)
        changed = answer_near_clicks(
            mask, answer, request.clicks, points - corner, geometry.spacing_kji_mm, new
        )
        return box, changed


def _inside(box: Box, found: ClassBox | None, class_index: int) -> NDArray[np.bool_]:
    """A class's mask in ``box``, which covers the found box."""
    mask = np.zeros([part.stop - part.start for part in box], bool)
    if found is not None:
        inner = tuple(
            slice(part.start - outer.start, part.stop - outer.start)
            for part, outer in zip(found.box, box, strict=True)
        )
        mask[inner] = found.classes == class_index
    return mask

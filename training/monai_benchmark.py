"""One request to us and to MONAI's own pipeline, in one run: seconds, and voxels that differ."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import ModelError
from imaging.measures import dice
from imaging.readers.itk_geometry import with_itk_geometry
from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from inference.engines.cores import usable_cores
from inference.engines.engine import IsCancelled, cancelled, never
from inference.messages import ClickRequest, OpenEngine
from inference.model_package import ModelPackage
from inference.model_store import ModelStore
from inference.network_specs import BACKGROUND, SlidingWindowSpec, WholeVolumeSpec
from inference.open_session import open_session
from inference.sliding_window_session import SlidingWindowSession
from training.monai_network import torch_network
from training.monai_reference import (
    MonaiAnswer,
    Network,
    SampledNetwork,
    deepedit_answer,
    sliding_window_answer,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One request, done in both ways.

    Attributes:
        exact_share: voxels in which our exact classes are MONAI's, of all.
        exact_differing: voxels in which they are not.
        same_network_differing: the same with MONAI's own network, in PyTorch, as our engine: what
            is left of the difference if both round alike.
        usual_dice: of our usual masks with MONAI's, by structure; None if both are empty. Where
            MONAI was sampled: with our exact ones.
        monai_s: seconds of MONAI's stages; ``monai_total_s`` of each whole request.
        exact_s: our seconds for the exact request, from the file on.
        usual_s: our seconds for the usual request, from the file on.
        windows: that were run for the exact and the usual request; None where there are none.
        voxels: that MONAI found, by structure; that we found where MONAI was sampled.
        sampled: MONAI's network ran at one of so many calls only and its time was scaled; then
            there is no mask of MONAI's, and what counts voxels that differ from it is None. None:
            it ran always.
        load: of the computer when it began; None where the system does not tell.
    """

    model: str
    version: str
    ct_shape: tuple[int, int, int]
    clicks: int
    engine: str
    exact_share: float | None
    exact_differing: int | None
    same_network_differing: int | None
    usual_dice: Mapping[str, float | None]
    voxels: Mapping[str, int]
    monai_s: Mapping[str, float]
    monai_total_s: tuple[float, ...]
    exact_s: float
    usual_s: float
    windows: tuple[int, int] | None
    load: float | None
    sampled: int | None = None

    @property
    def ratio(self) -> float:
        """How many times faster our usual request is, from the file on."""
        return float(np.median(self.monai_total_s)) / self.usual_s

    def as_json(self) -> dict[str, object]:
        """All numbers, rounded for reading."""
        return {
            "model": self.model,
            "version": self.version,
            "ct_shape": list(self.ct_shape),
            "clicks": self.clicks,
            "engine": self.engine,
            "voxels": dict(self.voxels),
            "exact_differing_voxels": self.exact_differing,
            "exact_share": _rounded(self.exact_share, 7),
            "same_network_differing_voxels": self.same_network_differing,
            "usual_dice": {k: v and round(v, 4) for k, v in self.usual_dice.items()},
            "monai_s": {name: round(value, 3) for name, value in self.monai_s.items()},
            "monai_total_s": [round(value, 3) for value in self.monai_total_s],
            "exact_s": round(self.exact_s, 3),
            "usual_s": round(self.usual_s, 3),
            "windows": self.windows and list(self.windows),
            "ratio_to_monai": round(self.ratio, 2),
            "load": self.load,
            "cores": usable_cores(),
            "sampled": self.sampled,
        }


def compare_with_monai(
    package: ModelPackage,
    ct: Path,
    clicks: Sequence[Click],
    open_engine: OpenEngine,
    requests: int = 1,
) -> Comparison:
    """Ask MONAI ``requests`` times, and us once exactly and once in the usual way.

    A third time we are asked exactly with MONAI's network, which tells rounding from mistakes.

    Engines are loaded before the clock starts, on both sides; files are read within it.

    Raises:
        ModelError: the package is no imported bundle with weights.
    """
    load = _load()
    network = torch_network(package)
    answers = [_monai(package, network, ct, clicks) for _ in range(max(requests, 1))]
    theirs = answers[-1].classes
    spec = _spec(package)
    exact = _ours(package, ct, clicks, open_engine, is_exact=True)
    usual = _ours(package, ct, clicks, open_engine, is_exact=False)
    alike = _ours(package, ct, clicks, lambda _path: _MonaisNetwork(network), is_exact=True)
    found = dict(enumerate(spec.structures, start=1))
    return Comparison(
        model=package.id,
        version=package.version,
        ct_shape=(theirs.shape[0], theirs.shape[1], theirs.shape[2]),
        clicks=len(clicks),
        engine=usual.engine,
        exact_share=float((exact.classes == theirs).mean()),
        exact_differing=int((exact.classes != theirs).sum()),
        same_network_differing=int((alike.classes != theirs).sum()),
        usual_dice=_dice_by_structure(usual.classes, theirs, found),
        voxels={name: int((theirs == index).sum()) for index, name in found.items()},
        monai_s={
            name: float(np.median([one.seconds[name] for one in answers]))
            for name in answers[0].seconds
        },
        monai_total_s=tuple(one.total_s for one in answers),
        exact_s=exact.seconds,
        usual_s=usual.seconds,
        windows=_windows(exact, usual),
        load=load,
    )


def time_beside_monai(
    package: ModelPackage, ct: Path, open_engine: OpenEngine, every: int
) -> Comparison:
    """As ``compare_with_monai``, but MONAI's network runs at one of ``every`` calls only.

    For sliding windows that take MONAI an hour: the time is scaled, and there is no mask of
    MONAI's. Our usual mask is compared with our exact one instead.

    Raises:
        ModelError: the package is no imported bundle of such a network with weights.
    """
    load = _load()
    spec = package.sliding_window
    if spec is None:
        raise ModelError(
            f"The model {package.id} has no sliding window, so MONAI is asked in full. Leave "
            "--monai-every out."
        )
    sampled = SampledNetwork(torch_network(package), every, len(spec.outputs))
    answer = sliding_window_answer(spec, sampled, ct)
    seconds = {**answer.seconds, "network": answer.seconds["network"] + sampled.saved_s}
    usual = _ours(package, ct, (), open_engine, is_exact=False)
    exact = _ours(package, ct, (), open_engine, is_exact=True)
    found = dict(enumerate(spec.structures, start=1))
    k, j, i = usual.classes.shape
    return Comparison(
        model=package.id,
        version=package.version,
        ct_shape=(k, j, i),
        clicks=0,
        engine=usual.engine,
        exact_share=None,
        exact_differing=None,
        same_network_differing=None,
        usual_dice=_dice_by_structure(usual.classes, exact.classes, found),
        voxels={name: int((usual.classes == index).sum()) for index, name in found.items()},
        monai_s=seconds,
        monai_total_s=(sum(seconds.values()),),
        exact_s=exact.seconds,
        usual_s=usual.seconds,
        windows=_windows(exact, usual),
        load=load,
        sampled=every,
    )


def clicks_by_channel(
    clicks: Sequence[Click], volume: Volume, spec: WholeVolumeSpec
) -> dict[str, list[list[int]]]:
    """Our clicks as a MONAI data list holds them: voxels (i, j, k) of the file, by channel."""
    found: dict[str, list[list[int]]] = {name: [] for name in spec.inputs[1:]}
    for click in clicks:
        index_kji = volume.geometry.nearest_index(click.point_lps)
        if index_kji is not None:
            name = click.structure if click.is_foreground else BACKGROUND
            found[name].append(list(index_kji[::-1]))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _OurAnswer:
    """Classes on the CT's grid, and seconds from the file on."""

    classes: NDArray[np.uint8]
    seconds: float
    engine: str
    windows: int | None


class _MonaisNetwork:
    """The network that MONAI runs, as an engine of ours."""

    name, device, input_shape = "PyTorch", "CPU", ()

    def __init__(self, network: Network) -> None:
        self._network = network

    def run(
        self, inputs: NDArray[np.float32], is_cancelled: IsCancelled = never
    ) -> NDArray[np.float32]:
        if is_cancelled():
            raise cancelled()
        with torch.no_grad():
            logits: NDArray[np.float32] = self._network(torch.from_numpy(inputs)).numpy()
        return logits

    def close(self) -> None:
        """Nothing to do."""


def _windows(exact: _OurAnswer, usual: _OurAnswer) -> tuple[int, int] | None:
    if exact.windows is None or usual.windows is None:
        return None
    return exact.windows, usual.windows


def _dice_by_structure(
    usual: NDArray[np.uint8], reference: NDArray[np.uint8], structures: Mapping[int, str]
) -> dict[str, float | None]:
    """None where neither holds a voxel."""
    return {
        name: dice(usual == index, reference == index)
        if (usual == index).any() or (reference == index).any()
        else None
        for index, name in structures.items()
    }


def _load() -> float | None:
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _spec(package: ModelPackage) -> WholeVolumeSpec | SlidingWindowSpec:
    spec = package.whole_volume or package.sliding_window
    assert spec is not None  # ``torch_network`` has refused others
    return spec


def _monai(
    package: ModelPackage,
    network: Network,
    ct: Path,
    clicks: Sequence[Click],
) -> MonaiAnswer:
    spec = _spec(package)
    if isinstance(spec, SlidingWindowSpec):
        return sliding_window_answer(spec, network, ct)
    placed = clicks_by_channel(clicks, with_itk_geometry(open_volume(ct), ct), spec)
    return deepedit_answer(spec, network, ct, placed)


def _ours(
    package: ModelPackage,
    ct: Path,
    clicks: Sequence[Click],
    open_engine: OpenEngine,
    *,
    is_exact: bool,
) -> _OurAnswer:
    """What a new session gives."""
    spec = _spec(package)
    engine = open_engine(spec.network.checked())
    started = time.perf_counter()
    volume = open_volume(ct)
    if is_exact:
        volume = with_itk_geometry(volume, ct)
    session = open_session(
        volume,
        package,
        lambda path: engine if path == spec.network.path else open_engine(path),
        is_exact=is_exact,
        spleen_finder=ModelStore().spleen_finder(),
    )
    classes = np.zeros(volume.geometry.shape, np.uint8)
    for index, structure in enumerate(spec.structures, start=1):
        own = tuple(clicks) if is_exact else tuple(c for c in clicks if c.structure == structure)
        if own:
            request = ClickRequest(structure, own, np.zeros(classes.shape, bool), len(own))
            proposal = session.respond(request)
        else:
            proposal = session.segment(structure)
        classes[proposal.box][proposal.mask] = index
    seconds = time.perf_counter() - started
    windows = session.windows_run if isinstance(session, SlidingWindowSession) else None
    return _OurAnswer(classes, seconds, f"{session.engine_name} on {session.device_name}", windows)

"""What a manifest says about each kind of network: frozen values, read and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from imaging.errors import ModelError

IMAGE = "image"
"""The input channel that holds the CT."""

BACKGROUND = "background"
"""The class, and the kind of click, that means none of the structures."""


@dataclass(frozen=True, slots=True)
class PackageFile:
    """A file of a package, with the hash that its manifest promises."""

    path: Path
    sha256: str

    def checked(self) -> Path:
        """The path, after its contents were compared with the hash.

        Raises:
            ModelError: if the file is missing or has changed.
        """
        try:
            with self.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(
                f"The model file {self.path.name} cannot be read ({error.strerror}). "
                "Install the model again."
            ) from error
        if digest != self.sha256:
            raise ModelError(
                f"The model file {self.path.name} is not the one that its manifest describes. "
                "Install the model again."
            )
        return self.path

    @classmethod
    def from_manifest(cls, entry: dict[str, str], folder: Path) -> PackageFile:
        """The file that a manifest's entry names."""
        return cls(folder / entry["file"], entry["sha256"])


@dataclass(frozen=True, slots=True)
class AutomaticSpec:
    """A network for whole CTs: the body is cropped and squeezed into a cube.

    ``structures`` name the classes after background. ``extents_mm`` and ``shifts_hu`` are the
    views that are tried (see ``inference/automatic.py``).
    """

    network: PackageFile
    structures: tuple[str, ...]
    size: int
    low_hu: float
    high_hu: float
    extents_mm: tuple[float, ...]
    shifts_hu: tuple[float, ...]

    @classmethod
    def from_manifest(cls, part: dict[str, Any], folder: Path) -> AutomaticSpec:
        """From a manifest that the schema has passed."""
        return cls(
            network=PackageFile.from_manifest(part["network"], folder),
            structures=tuple(part["structures"]),
            size=part["size"],
            low_hu=part["low_hu"],
            high_hu=part["high_hu"],
            extents_mm=tuple(part["extents_mm"]),
            shifts_hu=tuple(part["shifts_hu"]),
        )

    def fault(self) -> str | None:
        """What does not go together; None if all does."""
        return _range_fault(self.low_hu, self.high_hu)


@dataclass(frozen=True, slots=True)
class ClickSpec:
    """A network for clicks: a box on an isotropic grid around mask and clicks.

    ``channels`` are the network's input channels in order; sides of the box are multiples of
    ``side_multiple`` up to ``max_side`` voxels of ``spacing_mm``.
    """

    network: PackageFile
    structures: tuple[str, ...]
    channels: tuple[str, ...]
    spacing_mm: float
    low_hu: float
    high_hu: float
    guidance_sigma_voxels: float
    side_multiple: int
    max_side: int

    @classmethod
    def from_manifest(cls, part: dict[str, Any], folder: Path) -> ClickSpec:
        """From a manifest that the schema has passed."""
        return cls(
            network=PackageFile.from_manifest(part["network"], folder),
            structures=tuple(part["structures"]),
            channels=tuple(part["channels"]),
            spacing_mm=part["spacing_mm"],
            low_hu=part["low_hu"],
            high_hu=part["high_hu"],
            guidance_sigma_voxels=part["guidance_sigma_voxels"],
            side_multiple=part["side_multiple"],
            max_side=part["max_side"],
        )

    def fault(self) -> str | None:
        """What does not go together; None if all does."""
        if self.max_side % self.side_multiple:
            return "max_side is no multiple of side_multiple"
        if IMAGE not in self.channels:
            return "channels has no image"
        return _range_fault(self.low_hu, self.high_hu)


@dataclass(frozen=True, slots=True)
class WholeVolumeSpec:
    """A DeepEdit network of MONAI: it sees the whole CT squeezed into a box, and clicks if any.

    ``inputs`` name the channels in order: "image", then whose clicks a channel holds
    ("background" among them). ``outputs`` name the classes in order, background first.
    ``size_ras`` is the box in voxels along R, A, S, the order of the network's axes.
    """

    network: PackageFile
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    size_ras: tuple[int, int, int]
    low_hu: float
    high_hu: float
    guidance_sigma_voxels: float

    @property
    def structures(self) -> tuple[str, ...]:
        """The classes after background."""
        return self.outputs[1:]

    @property
    def takes_clicks(self) -> bool:
        """Whether any channel is for clicks."""
        return len(self.inputs) > 1

    @classmethod
    def from_manifest(cls, part: dict[str, Any], folder: Path) -> WholeVolumeSpec:
        """From a manifest that the schema has passed."""
        r, a, s = part["size_ras"]
        return cls(
            network=PackageFile.from_manifest(part["network"], folder),
            inputs=tuple(part["inputs"]),
            outputs=tuple(part["outputs"]),
            size_ras=(r, a, s),
            low_hu=part["low_hu"],
            high_hu=part["high_hu"],
            guidance_sigma_voxels=part["guidance_sigma_voxels"],
        )

    def fault(self) -> str | None:
        """What does not go together; None if all does."""
        if self.inputs[0] != IMAGE:
            return "inputs does not begin with image"
        if self.takes_clicks and set(self.inputs[1:]) != set(self.outputs):
            return "inputs has not one click channel for each of the outputs"
        return _outputs_fault(self.outputs) or _range_fault(self.low_hu, self.high_hu)


@dataclass(frozen=True, slots=True)
class SlidingWindowSpec:
    """A network without clicks that sees windows of the CT on a fixed grid (UNet, DiNTS).

    ``outputs`` name the classes in order, background first. ``spacing_ras_mm`` and
    ``window_ras`` (voxels) are along R, A, S. Neighbouring windows share the part ``overlap``;
    ``batch`` windows run at once where the engine gains by it.
    """

    network: PackageFile
    outputs: tuple[str, ...]
    spacing_ras_mm: tuple[float, float, float]
    low_hu: float
    high_hu: float
    window_ras: tuple[int, int, int]
    overlap: float
    blending: Literal["constant", "gaussian"]
    batch: int

    @property
    def structures(self) -> tuple[str, ...]:
        """The classes after background."""
        return self.outputs[1:]

    @classmethod
    def from_manifest(cls, part: dict[str, Any], folder: Path) -> SlidingWindowSpec:
        """From a manifest that the schema has passed."""
        r_mm, a_mm, s_mm = part["spacing_ras_mm"]
        r, a, s = part["window_ras"]
        return cls(
            network=PackageFile.from_manifest(part["network"], folder),
            outputs=tuple(part["outputs"]),
            spacing_ras_mm=(r_mm, a_mm, s_mm),
            low_hu=part["low_hu"],
            high_hu=part["high_hu"],
            window_ras=(r, a, s),
            overlap=part["overlap"],
            blending=part["blending"],
            batch=part["batch"],
        )

    def fault(self) -> str | None:
        """What does not go together; None if all does."""
        return _outputs_fault(self.outputs) or _range_fault(self.low_hu, self.high_hu)


def _range_fault(low_hu: float, high_hu: float) -> str | None:
    return None if low_hu < high_hu else "low_hu is not below high_hu"


def _outputs_fault(outputs: tuple[str, ...]) -> str | None:
    if outputs[0] != BACKGROUND:
        return "outputs does not begin with background"
    twice = [a for a, b in pairwise(sorted(outputs)) if a == b]
    return f"outputs names {twice[0]!r} twice" if twice else None

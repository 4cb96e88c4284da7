"""A model package: its manifest, checked, and what the model can do."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

import resources
from imaging.errors import ModelError
from imaging.structures import structure_by_name

MANIFEST = "manifest.json"


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
            digest = hashlib.sha256(self.path.read_bytes()).hexdigest()
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


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a simulated user reached on some data: (clicks, mean Dice), fewest clicks first."""

    data: str
    structure: str
    cases: int
    dice: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class ModelPackage:
    """One version of a model, as its folder describes it.

    ``automatic`` is None for a model that needs clicks, ``clicks`` for one that takes none.
    """

    id: str
    version: str
    title: str
    licence: str
    sources: tuple[str, ...]
    training_data: tuple[str, ...]
    measured: tuple[Measurement, ...]
    folder: Path
    automatic: AutomaticSpec | None
    clicks: ClickSpec | None

    @property
    def automatic_structures(self) -> tuple[str, ...]:
        """What it segments without clicks."""
        return self.automatic.structures if self.automatic else ()

    @property
    def takes_clicks(self) -> bool:
        """True if it answers clicks."""
        return self.clicks is not None

    @property
    def structures(self) -> tuple[str, ...]:
        """All structures that it was made for, automatic ones first."""
        clicked = self.clicks.structures if self.clicks else ()
        return tuple(dict.fromkeys((*self.automatic_structures, *clicked)))


def load_package(folder: Path) -> ModelPackage:
    """Read and check a package's manifest; the networks are hashed when they are loaded.

    Raises:
        ModelError: with a sentence that names what is wrong.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{folder.name} is no model package: it has no {MANIFEST}.") from error
    except ValueError as error:
        raise ModelError(f"The manifest of the model {folder.name} is not valid JSON.") from error
    schema = json.loads(resources.path("schemas/model_package.json").read_text(encoding="utf-8"))
    problem = jsonschema.exceptions.best_match(
        jsonschema.Draft202012Validator(schema).iter_errors(manifest)
    )
    if problem is not None:
        where = "/".join(str(part) for part in problem.absolute_path) or "manifest"
        raise ModelError(f"The model {folder.name} cannot be used: {where}: {problem.message}.")
    package = ModelPackage(
        id=manifest["id"],
        version=manifest["version"],
        title=manifest["title"],
        licence=manifest["licence"],
        sources=tuple(manifest["sources"]),
        training_data=tuple(manifest["training_data"]),
        measured=tuple(_measurement(entry) for entry in manifest.get("measured", ())),
        folder=folder,
        automatic=_automatic_spec(manifest.get("automatic"), folder),
        clicks=_click_spec(manifest.get("clicks"), folder),
    )
    fault = _fault(package)
    if fault is not None:
        raise ModelError(f"The model {folder.name} cannot be used: {fault}.")
    return package


def _fault(package: ModelPackage) -> str | None:
    """What a schema cannot say: entries that do not go together; None if all do."""
    for name in package.structures:
        try:
            structure_by_name(name)
        except KeyError:
            return f"the organ table has no {name!r}"
    for part, spec in (("automatic", package.automatic), ("clicks", package.clicks)):
        if spec is not None and spec.low_hu >= spec.high_hu:
            return f"{part}/low_hu is not below high_hu"
    clicks = package.clicks
    if clicks is not None and clicks.max_side % clicks.side_multiple:
        return "clicks/max_side is no multiple of side_multiple"
    if clicks is not None and "image" not in clicks.channels:
        return "clicks/channels has no image"
    return None


def _measurement(entry: dict[str, Any]) -> Measurement:
    dice = sorted((int(clicks), value) for clicks, value in entry["dice"].items())
    return Measurement(entry["data"], entry["structure"], entry["cases"], tuple(dice))


def _file(entry: dict[str, str], folder: Path) -> PackageFile:
    return PackageFile(folder / entry["file"], entry["sha256"])


def _automatic_spec(part: dict[str, Any] | None, folder: Path) -> AutomaticSpec | None:
    if part is None:
        return None
    return AutomaticSpec(
        network=_file(part["network"], folder),
        structures=tuple(part["structures"]),
        size=part["size"],
        low_hu=part["low_hu"],
        high_hu=part["high_hu"],
        extents_mm=tuple(part["extents_mm"]),
        shifts_hu=tuple(part["shifts_hu"]),
    )


def _click_spec(part: dict[str, Any] | None, folder: Path) -> ClickSpec | None:
    if part is None:
        return None
    return ClickSpec(
        network=_file(part["network"], folder),
        structures=tuple(part["structures"]),
        channels=tuple(part["channels"]),
        spacing_mm=part["spacing_mm"],
        low_hu=part["low_hu"],
        high_hu=part["high_hu"],
        guidance_sigma_voxels=part["guidance_sigma_voxels"],
        side_multiple=part["side_multiple"],
        max_side=part["max_side"],
    )

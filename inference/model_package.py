"""A model package: its manifest, checked, and what the model can do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema

import resources
from imaging.errors import ModelError
from imaging.structures import add_structure, structure_by_name
from inference.network_specs import AutomaticSpec, ClickSpec, SlidingWindowSpec, WholeVolumeSpec

MANIFEST = "manifest.json"


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

    It has at least one network; each part is None where it has none of that kind.
    """

    id: str
    version: str
    title: str
    licence: str
    sources: tuple[str, ...]
    training_data: tuple[str, ...]
    measured: tuple[Measurement, ...]
    folder: Path
    automatic: AutomaticSpec | None = None
    clicks: ClickSpec | None = None
    whole_volume: WholeVolumeSpec | None = None
    sliding_window: SlidingWindowSpec | None = None

    @property
    def automatic_structures(self) -> tuple[str, ...]:
        """What it segments without clicks."""
        parts = (self.automatic, self.whole_volume, self.sliding_window)
        return _names(part.structures for part in parts if part is not None)

    @property
    def takes_clicks(self) -> bool:
        """True if it answers clicks."""
        whole = self.whole_volume
        return self.clicks is not None or (whole is not None and whole.takes_clicks)

    @property
    def structures(self) -> tuple[str, ...]:
        """All structures that it was made for, automatic ones first."""
        clicked = self.clicks.structures if self.clicks else ()
        return _names((self.automatic_structures, clicked))

    @property
    def answers_any_structure(self) -> bool:
        """True if it answers clicks on structures that it was not made for, too."""
        return self.clicks is not None


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
    for entry in manifest.get("custom_structures", ()):
        try:
            add_structure(**entry)
        except ValueError as error:
            raise ModelError(f"The model {folder.name} cannot be used: {error}.") from error
    automatic, clicks = manifest.get("automatic"), manifest.get("clicks")
    whole, sliding = manifest.get("whole_volume"), manifest.get("sliding_window")
    package = ModelPackage(
        id=manifest["id"],
        version=manifest["version"],
        title=manifest["title"],
        licence=manifest["licence"],
        sources=tuple(manifest["sources"]),
        training_data=tuple(manifest["training_data"]),
        measured=tuple(_measurement(entry) for entry in manifest.get("measured", ())),
        folder=folder,
        automatic=AutomaticSpec.from_manifest(automatic, folder) if automatic else None,
        clicks=ClickSpec.from_manifest(clicks, folder) if clicks else None,
        whole_volume=WholeVolumeSpec.from_manifest(whole, folder) if whole else None,
        sliding_window=SlidingWindowSpec.from_manifest(sliding, folder) if sliding else None,
    )
    fault = _fault(package)
    if fault is not None:
        raise ModelError(f"The model {folder.name} cannot be used: {fault}.")
    return package


def _fault(package: ModelPackage) -> str | None:
    """What a schema cannot say: entries that do not go together; None if all do."""
    for part in ("automatic", "clicks", "whole_volume", "sliding_window"):
        spec = getattr(package, part)
        fault = spec.fault() if spec is not None else None
        if fault is not None:
            return f"{part}/{fault}"
    for name in package.structures:
        try:
            structure_by_name(name)
        except KeyError:
            return f"the organ table has no {name!r}; name it in custom_structures"
    if package.whole_volume is not None and package.clicks is not None:
        return "whole_volume and clicks are both there; a package answers clicks in one way"
    return None


def _names(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """All names, each once, in order."""
    return tuple(dict.fromkeys(name for group in groups for name in group))


def _measurement(entry: dict[str, Any]) -> Measurement:
    dice = sorted((int(clicks), value) for clicks, value in entry["dice"].items())
    return Measurement(entry["data"], entry["structure"], entry["cases"], tuple(dice))

"""The installed model packages, and which one is used by default."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import resources
from imaging.errors import ModelError
from inference.model_package import MANIFEST, ModelPackage, load_package
from inference.model_versions import ModelVersions
from inference.network_specs import AutomaticSpec

logger = logging.getLogger(__name__)


class ModelStore:
    """Finds packages in folders of packages; those that ship with the program come first."""

    def __init__(
        self, folders: Sequence[Path] | None = None, versions: ModelVersions | None = None
    ) -> None:
        """Look in ``folders``, in ``resources/models`` by default.

        Where ``versions`` has an active version of a package, that one is used instead.
        """
        self._folders = tuple(folders) if folders is not None else (resources.path("models"),)
        self.versions = versions

    def packages(self) -> tuple[ModelPackage, ...]:
        """All packages that can be used; a broken one is left out and logged."""
        return self._packages_and_faults()[0]

    def faults(self) -> tuple[str, ...]:
        """A sentence about each package that cannot be used."""
        return tuple(str(error) for error in self._packages_and_faults()[1])

    def _packages_and_faults(self) -> tuple[tuple[ModelPackage, ...], tuple[ModelError, ...]]:
        found, faults = [], []
        for folder in self._folders:
            for manifest in sorted(folder.glob(f"*/{MANIFEST}")):
                try:
                    installed = load_package(manifest.parent)
                    found.append(self._active(installed))
                except ModelError as error:
                    logger.warning("%s", error)
                    faults.append(error)
        return tuple(found), tuple(faults)

    def _active(self, installed: ModelPackage) -> ModelPackage:
        return self.versions.active_package(installed) if self.versions else installed

    def installed(self, model_id: str) -> ModelPackage:
        """The package of that id as it was installed, whichever version is active.

        Raises:
            ModelError: there is none.
        """
        return ModelStore(self._folders).find(model_id)

    def has(self, package: ModelPackage) -> bool:
        """Whether a package is an installed one or a version of it, not one of another folder."""
        own = [folder / package.folder.name for folder in self._folders]
        if self.versions is not None:
            own.append(self.versions.folder_of(package.id, package.version))
        return package.folder in own

    def spleen_finder(self) -> AutomaticSpec | None:
        """The first network of ours that finds the spleen without clicks; None without one."""
        finders = (package.automatic for package in self.packages())
        return next((one for one in finders if one and "spleen" in one.structures), None)

    def find(self, model_id: str | None = None) -> ModelPackage:
        """The package of that id; without one the first that takes clicks, else the first.

        Raises:
            ModelError: if there is none; says what is wrong with one that cannot be used.
        """
        packages, faults = self._packages_and_faults()
        if model_id is not None:
            for package in packages:
                if package.id == model_id:
                    return package
            known = ", ".join(package.id for package in packages) or "none"
            raise ModelError(f"There is no model {model_id!r}. Installed: {known}.")
        for package in packages:
            if package.takes_clicks:
                return package
        if packages:
            return packages[0]
        if faults:
            raise ModelError(f"{faults[0]} Install the program again.")
        raise ModelError("No model is installed. Install the program again.")

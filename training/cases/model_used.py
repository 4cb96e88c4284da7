"""How a label version remembers the model that took part in it."""

from __future__ import annotations

import hashlib

from imaging.errors import ModelError
from inference.model_package import MANIFEST, ModelPackage
from training.cases.provenance import ModelUsed


def model_used(package: ModelPackage) -> ModelUsed:
    """A model package by id, version and the hash of its manifest, which holds those of its files.

    Raises:
        ModelError: the package has gone.
    """
    try:
        manifest = (package.folder / MANIFEST).read_bytes()
    except OSError as error:
        raise ModelError(
            f"The model {package.id} cannot be read any more ({error.strerror}). Install it again."
        ) from error
    return ModelUsed(package.id, package.version, hashlib.sha256(manifest).hexdigest())

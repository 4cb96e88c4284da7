"""Takes a downloaded model into the user's models: bundle, checkpoint or package."""

from __future__ import annotations

import json
import logging
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from imaging.errors import ModelError
from imaging.writers.atomic_folder import whole_folder
from inference.bundles.bundle_files import (
    METADATA,
    BundleFiles,
    digest_of,
    is_checkpoint,
    open_bundle_files,
)
from inference.bundles.bundle_reader import TORCHSCRIPT, ReadingOptions, read_bundle
from inference.bundles.checkpoint import open_checkpoint
from inference.bundles.imported_model import ImportedModel, is_click_network
from inference.bundles.limits import MAX_CONFIG_BYTES
from inference.bundles.package_manifest import (
    LICENCE_FILE,
    NETWORK_FILE,
    WEIGHTS_FILE,
    package_manifest,
)
from inference.bundles.pipeline import Pipeline, SlidingWindowPipeline
from inference.bundles.tutorial import read_checkpoint_of_tutorial
from inference.engines.trial_input import SPACING_KEY, spacing_text
from inference.model_package import MANIFEST, ModelPackage, load_package
from inference.model_versions import check_files
from inference.network_specs import IMAGE
from training.conversion.child import ConversionRequest, TrustedCode, convert, require_torch

logger = logging.getLogger(__name__)

KEPT_BESIDE = re.compile(r"LICENSE|README\.md|card\.toml|measured/[\w./ -]+")
"""Files of a package that its manifest does not name, and that are kept."""

TRUSTED_FOLDER = "trusted"
"""In the workspace: the copy of a bundle whose own code may run."""

_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """What to import, and what the user knows about it.

    ``network`` belongs to a checkpoint: a name of the tutorial's, or a file that describes it;
    ``size`` is the side of its box. ``model_id`` is None for the bundle's own name.
    ``trust`` is the SHA-256 of a bundle whose own code may run.
    """

    path: Path
    model_id: str | None = None
    reading: ReadingOptions = field(default_factory=ReadingOptions)
    network: str | None = None
    size: int | None = None
    trust: str | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """The package that is now installed, and what the user should know about it, in sentences."""

    package: ModelPackage
    notes: tuple[str, ...]


class ModelImporter:
    """Puts packages into a folder of models, whole or not at all.

    Safe on any thread. ``versions`` is where fine-tuned versions are, ``taken_ids`` are those of
    models that ship with the program.
    """

    def __init__(
        self, folder: Path, versions: Path, taken_ids: Callable[[], frozenset[str]]
    ) -> None:
        self._folder = folder
        self._versions = versions
        self._taken_ids = taken_ids

    def import_model(
        self,
        request: ImportRequest,
        report_progress: Callable[[float, str], None],
        is_cancelled: Callable[[], bool],
    ) -> Imported:
        """Read, convert, check and install a model.

        Raises:
            UntrustedModelError: a bundle needs code of its own.
            ModelError: it cannot be used; says why, and what to do.
            CancelledError: ``is_cancelled`` said so.
            WriteError: the models' folder could not be written.
        """
        report_progress(0.0, "Reading the model")
        with ExitStack() as stack:
            workspace = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="maskwright-")))
            if is_checkpoint(request.path):
                model = _checkpoint(request)
            else:
                files = stack.enter_context(open_bundle_files(request.path))
                if MANIFEST in files.names and METADATA not in files.names:
                    return self._install_package(files, request.model_id, workspace)
                if request.trust is not None:
                    files = stack.enter_context(_trusted_copy(files, workspace, request.trust))
                    request = replace(request, reading=replace(request.reading, is_trusted=True))
                model = read_bundle(files, workspace, request.reading)
            model_id = self.free_id(request.model_id or model.suggested_id)
            built = workspace / "package"
            built.mkdir()
            notes = _build(model, model_id, built, report_progress, is_cancelled)
            return Imported(self._install(built, model_id), notes)

    def remove(self, model_id: str) -> None:
        """Delete a model that was imported.

        Raises:
            ModelError: there is none, or it ships with the program.
        """
        target = self._folder / model_id
        if model_id in self._taken_ids():
            raise ModelError(f"{model_id} ships with the program and cannot be removed.")
        if not _ID.fullmatch(model_id) or not (target / MANIFEST).is_file():
            raise ModelError(
                f"There is no imported model {model_id!r}. See maskwright models list."
            )
        if (self._versions / model_id).exists():
            raise ModelError(
                f"{model_id} has fine-tuned versions, which cases may refer to. It was not removed."
            )
        (target / MANIFEST).unlink()  # from here on it is no model, whatever happens
        shutil.rmtree(target, ignore_errors=True)

    def free_id(self, model_id: str) -> str:
        """The id itself, if a model can be installed under it.

        Raises:
            ModelError: it is taken, or cannot be an id.
        """
        if not _ID.fullmatch(model_id) or len(model_id) > 60:
            raise ModelError(
                f"{model_id!r} cannot be the id of a model: small letters, digits and underscores, "
                "a letter first. Choose another with --id."
            )
        if model_id in self._taken_ids() or (self._folder / model_id / MANIFEST).exists():
            raise ModelError(
                f"There is a model {model_id} already. Choose another id with --id, or remove that "
                "one first."
            )
        return model_id

    def _install_package(
        self, files: BundleFiles, model_id: str | None, workspace: Path
    ) -> Imported:
        manifest = _json(files)
        own_id = str(manifest.get("id"))
        if model_id is not None:
            manifest["id"] = model_id
        built = workspace / "package"
        built.mkdir()
        for name in sorted(files.names):
            if name != MANIFEST and (re.fullmatch(r"[\w.-]+", name) or KEPT_BESIDE.fullmatch(name)):
                (built / name).parent.mkdir(parents=True, exist_ok=True)
                files.copy(name, built / name)
        (built / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        package = load_package(built)
        check_files(package)
        logger.info("a package was read")
        return Imported(self._install(built, self.free_id(model_id or own_id)), ())

    def _install(self, built: Path, model_id: str) -> ModelPackage:
        load_package(built)  # a fault shows before anything is put in place
        target = self._folder / model_id
        self._folder.mkdir(parents=True, exist_ok=True)
        with whole_folder(target) as part:
            shutil.copytree(built, part, dirs_exist_ok=True)
        return load_package(target)


@contextmanager
def _trusted_copy(files: BundleFiles, workspace: Path, sha256: str) -> Iterator[BundleFiles]:
    """A copy of the bundle that has the hash that the user trusts; nobody else can change it.

    Raises:
        ModelError: it has another hash.
    """
    folder = workspace / TRUSTED_FOLDER
    for name in sorted(files.names):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        files.copy(name, folder / name)
    with open_bundle_files(folder) as copy:
        found = digest_of(copy)
        if found != sha256.strip().lower():
            raise ModelError(
                f"{files.name} is not the bundle that you trust: its SHA-256 is {found}. Nothing "
                "was run. Read its code (--show-code) before you trust it."
            )
        yield copy


def _checkpoint(request: ImportRequest) -> ImportedModel:
    if request.network is None:
        raise ModelError(
            f"{request.path.name} holds weights alone. Say which network they belong to: "
            "--network dynunet or unetr for the DeepEdit tutorial's, or a file with a network_def."
        )
    return read_checkpoint_of_tutorial(request.path, request.network, request.size, request.reading)


def _build(
    model: ImportedModel,
    model_id: str,
    folder: Path,
    report_progress: Callable[[float, str], None],
    is_cancelled: Callable[[], bool],
) -> tuple[str, ...]:
    """Fill a package's folder; returns what the user should know."""
    require_torch()
    from training.conversion.weights_file import write_weights  # of the same extra as torch

    report_progress(0.05, "Reading the weights")
    weights: Path | None = None
    if model.checkpoint.name != PurePosixPath(TORCHSCRIPT).name:
        weights = folder / WEIGHTS_FILE
        with open_checkpoint(model.checkpoint) as checkpoint:
            write_weights(checkpoint.weights(), weights)
    pipeline = model.pipeline
    probed = is_click_network(pipeline) and not model.order_is_sure
    conversion = convert(
        ConversionRequest(
            architecture=model.network.architecture,
            weights=weights,
            onnx=folder / NETWORK_FILE,
            scratch=folder.parent,
            in_channels=model.network.in_channels,
            out_channels=model.network.out_channels,
            size_ras=pipeline.box_ras,
            click_channels=tuple(model.outputs.index(name) for name in model.inputs[1:])
            if probed
            else (),
            metadata={"package": model_id, "version": model.text.version, **_grid(pipeline)},
            trusted=TrustedCode(folder.parent / TRUSTED_FOLDER, model.trusted_config)
            if model.trusted_config is not None
            else None,
        ),
        report_progress,
        is_cancelled,
    )
    notes = []
    if conversion.click_order is not None:
        found = (IMAGE, *(model.outputs[number] for number in conversion.click_order))
        if found != model.inputs:
            notes.append(
                "Its click channels are in the order "
                f"{', '.join(found[1:])}, not {', '.join(model.inputs[1:])} as its configuration "
                "says (MONAI 1.6 sorts them in training). They are used in the right order."
            )
        model = replace(model, inputs=found)
    elif probed:
        notes.append(
            f"Its click channels are taken to be {', '.join(model.inputs[1:])}, as configured; the "
            "network answers trial clicks too weakly to tell. Another order: --click-order."
        )
    if not model.network.is_known and weights is not None:
        weights.unlink()  # of no use without the bundle's own code
    if model.licence_text is not None:
        (folder / LICENCE_FILE).write_text(model.licence_text, encoding="utf-8")
    manifest = package_manifest(model, model_id, folder)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    return tuple(notes)


def _grid(pipeline: Pipeline) -> dict[str, str]:
    """Tells engines which voxels a network of windows sees; they are tried on such."""
    if isinstance(pipeline, SlidingWindowPipeline):
        return {SPACING_KEY: spacing_text(pipeline.spacing_ras_mm)}
    return {}


def _json(files: BundleFiles) -> dict[str, object]:
    try:
        manifest = json.loads(files.read(MANIFEST, MAX_CONFIG_BYTES))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"The manifest of {files.name} is not valid JSON.") from error
    if not isinstance(manifest, dict):
        raise ModelError(f"The manifest of {files.name} holds no names.")
    return manifest

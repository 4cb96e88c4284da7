"""The bundles of MONAI's Model Zoo that are known here, and how one becomes an installed model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.model_import import Imported, ImportRequest, ModelImporter
from imaging.errors import ModelError, UnreachableError
from inference.downloads import Downloader, RemoteFile
from inference.partial_file import digest_of_file
from inference.web import WebSession
from training.conversion.child import require_torch

MAX_BUNDLE_BYTES = 2 * 10**9
"""The largest of them has some 0.6 GB."""

DOWNLOAD_SHARE = 0.6
"""Of the progress of an installation."""

_APACHE = "Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0"
_DECATHLON = (
    "the Medical Segmentation Decathlon ({task}), CC BY-SA 4.0, http://medicaldecathlon.com/"
)
_HOST = "https://api.ngc.nvidia.com/v2/models/nvidia/monaihosting"


@dataclass(frozen=True, slots=True)
class ZooModel:
    """A bundle in the version whose hash the Model Zoo's own list (model_info.json) states.

    ``about_mb`` is roughly what the archive has: the Zoo does not say, so it is what the weights
    take, twice, since each archive holds them as TorchScript too.
    """

    name: str
    version: str
    title: str
    what: str
    training_data: str
    sha1: str
    about_mb: int
    licence: str = _APACHE
    host: str = _HOST

    @property
    def file_name(self) -> str:
        """What the archive is called."""
        return f"{self.name}_v{self.version}.zip"

    @property
    def url(self) -> str:
        """Where the archive is."""
        return f"{self.host}/{self.name}/versions/{self.version}/files/{self.file_name}"

    @property
    def terms(self) -> str:
        """What a user agrees to."""
        return (
            f"{self.title} {self.version} comes under the {self.licence}. It was trained on "
            f"{self.training_data}. For research use only: it is no medical device."
        )


ZOO = (
    ZooModel(
        name="spleen_deepedit_annotation",
        version="0.5.6",
        title="Spleen DeepEdit annotation",
        what="Spleen, with clicks and without (DynUNet on the whole CT at 128 cubed)",
        training_data=_DECATHLON.format(task="Task09, 32 CTs"),
        sha1="60f2dee6a7ec8026e9db422df8f7a769a3510315",
        about_mb=230,
    ),
    ZooModel(
        name="spleen_ct_segmentation",
        version="0.5.9",
        title="Spleen CT segmentation",
        what="Spleen, without clicks (UNet, sliding window)",
        training_data=_DECATHLON.format(task="Task09, 32 CTs"),
        sha1="8e99230050906d0d3cec484010598aa138201892",
        about_mb=34,
    ),
    ZooModel(
        name="pancreas_ct_dints_segmentation",
        version="0.5.0",
        title="Pancreas CT DiNTS segmentation",
        what="Pancreas and its tumours, without clicks (searched network; slow without a GPU)",
        training_data=_DECATHLON.format(task="Task07"),
        sha1="d90618836201646bf7d74dd3ca47263f743d2d8a",
        about_mb=600,
    ),
)


def zoo_model(name: str) -> ZooModel:
    """The bundle of that name.

    Raises:
        ModelError: it is not among those that are known here.
    """
    for model in ZOO:
        if model.name == name:
            return model
    known = ", ".join(model.name for model in ZOO)
    raise ModelError(
        f"There is no file {name!r}, and no such model of the Model Zoo is known here. Known: "
        f"{known}. Any other bundle can be downloaded by hand and installed from its file."
    )


class ZooInstaller:
    """Downloads a bundle into ``downloads`` and has it imported; safe on any thread."""

    def __init__(
        self,
        importer: ModelImporter,
        downloads: Path,
        proxy: str = "",
        downloader: Downloader | None = None,
    ) -> None:
        self._importer = importer
        self._downloader = downloader or Downloader(downloads, lambda: WebSession(proxy))

    def install(
        self,
        model: ZooModel,
        model_id: str | None,
        report_progress: Callable[[float, str], None],
        is_cancelled: Callable[[], bool],
    ) -> Imported:
        """Download, check the hash, import; whoever calls this has shown the licence.

        What can be known before is said before anything is downloaded.

        Raises:
            DownloadError: it did not come; says how to carry it over from another computer.
            ModelError: it cannot be used, or there is one of that id.
            CancelledError: ``is_cancelled`` said so.
            WriteError: a folder could not be written.
        """
        require_torch()
        model_id = self._importer.free_id(model_id or model.name)

        def report_download(share: float, text: str) -> None:
            report_progress(DOWNLOAD_SHARE * share, text)

        def report_import(share: float, text: str) -> None:
            report_progress(DOWNLOAD_SHARE + (1 - DOWNLOAD_SHARE) * share, text)

        file = RemoteFile(model.url, model.file_name, "sha1", model.sha1, MAX_BUNDLE_BYTES)
        try:
            archive = self._downloader.fetch(file, report_download, is_cancelled)
        except UnreachableError as error:
            raise UnreachableError(f"{error} {carrying_over(model)}") from error
        request = ImportRequest(archive, model_id=model_id)
        imported = self._importer.import_model(request, report_import, is_cancelled)
        archive.unlink(missing_ok=True)
        return imported


def check_carried_over(path: Path) -> None:
    """Refuse a file that is called like an archive of the Zoo and is not that archive.

    Raises:
        ModelError: it has another hash.
    """
    for model in ZOO:
        if path.name != model.file_name or not path.is_file():
            continue
        if digest_of_file(path, "sha1") != model.sha1:
            raise ModelError(
                f"{path.name} is not the archive that the Model Zoo lists: its SHA-1 is not "
                f"{model.sha1}. Perhaps it did not come whole. Fetch it again from {model.url}; "
                "if it is another one on purpose, rename it."
            )


def carrying_over(model: ZooModel) -> str:
    """How to get the bundle here without a network."""
    return (
        f"Without a network here: open {model.url} on another computer, carry {model.file_name} "
        f"over (SHA-1 {model.sha1}), and install the file: maskwright models import "
        f"{model.file_name}, or Models, Import file in the window."
    )

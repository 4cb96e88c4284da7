"""Reading and writing for the window: the real files behind the case controller."""

from __future__ import annotations

import logging
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import UnreadableFileError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers.label_file import OpenedLabels, open_labels
from imaging.readers.labels_beside import labels_beside
from imaging.readers.open_volume import list_series, open_volume
from imaging.readers.series_info import SeriesInfo
from imaging.structures import all_structures
from imaging.volume import Volume
from inference.messages import IsCancelled, ReportProgress

SAMPLE_SEED = 0
"""The patient that the sample case shows."""

SAMPLE_NAME = "Sample case"

logger = logging.getLogger(__name__)


class FilesOnDisk:
    """Decodes in a child process; every method may take seconds and runs on a pool thread."""

    def __init__(self, cache: Path) -> None:
        self._sample_file = cache / f"sample_case_{version('maskwright')}.nii.gz"

    def open_volume(
        self,
        path: Path,
        *,
        series_uid: str | None,
        is_cancelled: IsCancelled,
        report_progress: ReportProgress,
    ) -> Volume:
        """Read a CT."""
        return open_volume(
            path, series_uid=series_uid, is_cancelled=is_cancelled, report_progress=report_progress
        )

    def list_series(self, path: Path) -> tuple[SeriesInfo, ...]:
        """The series of a folder."""
        return list_series(path)

    def series_previews(self, path: Path, *, is_cancelled: IsCancelled) -> tuple[bytes | None, ...]:
        """A small picture of each series of a folder."""
        from imaging.readers.series_previews import series_previews  # loads Pillow

        return series_previews(path, is_cancelled=is_cancelled)

    def open_labels(
        self, path: Path, geometry: VolumeGeometry, *, is_cancelled: IsCancelled
    ) -> OpenedLabels:
        """Read a label file that lies on ``geometry``."""
        return open_labels(path, geometry, is_cancelled=is_cancelled)

    def labels_beside(self, path: Path) -> tuple[Path, ...]:
        """Label files that lie beside a CT, by their names."""
        return labels_beside(path)

    def write_label_file(
        self, path: Path, labels: NDArray[np.uint8], geometry: VolumeGeometry
    ) -> None:
        """Write a label file and check it by reading it back."""
        from imaging.writers.volume_file import write_label_file

        write_label_file(path, labels, geometry, all_structures())

    def write_clicks(self, path: Path, clicks: tuple[Click, ...], geometry: VolumeGeometry) -> None:
        """Write a clicks file."""
        from imaging.click_file import write_clicks

        write_clicks(path, clicks, geometry)

    def make_sample(self) -> Volume:
        """The sample case; it takes ten seconds to make, so it is kept for the next time."""
        try:
            return replace(open_volume(self._sample_file), name=SAMPLE_NAME)
        except UnreadableFileError:
            logger.info("the sample case is made anew")
        from imaging.phantom import make_phantom  # scipy's filters; only the sample needs them
        from imaging.writers.volume_file import write_volume_file

        volume = replace(make_phantom(SAMPLE_SEED).volume, name=SAMPLE_NAME)
        try:
            self._sample_file.parent.mkdir(parents=True, exist_ok=True)
            write_volume_file(self._sample_file, volume)
        except (WriteError, OSError):
            logger.warning("the sample case could not be kept", exc_info=True)
        return volume

"""A project, a clock that ticks by hand, and makers of cases and labels."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from training.cases.content_hash import content_sha256
from training.cases.project import Project
from training.cases.provenance import Provenance
from training.cases.records import CaseRecord, CaseSource, LabelDraft, NewCase, SourceKind


class TickingClock:
    """Each look at it is a second later."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


@pytest.fixture
def clock() -> TickingClock:
    return TickingClock()


@pytest.fixture
def project(tmp_path, clock):
    """An empty project, opened by Anna."""
    with Project.create(tmp_path / "study", author="Anna", clock=clock) as opened:
        yield opened


@pytest.fixture
def add_case(oblique_geometry) -> Callable[..., CaseRecord]:
    """Adds a case whose CT exists as a file with the content's name in it."""

    def add(
        project: Project,
        name: str = "Liver 1",
        *,
        content: str | None = None,
        patient: str | None = None,
        geometry: VolumeGeometry = oblique_geometry,
        thumbnail: bytes | None = None,
    ) -> CaseRecord:
        path = project.folder.parent / f"{name}.nii.gz"
        path.touch()
        source = CaseSource(SourceKind.FILE, path, content or f"content of {name}")
        key = project.patient_key(patient or name)
        return project.cases.add(NewCase(name, source, geometry, key, thumbnail_png=thumbnail))

    return add


@pytest.fixture
def labels(oblique_geometry) -> NDArray[np.uint8]:
    """A spleen and a liver, not symmetric in any axis."""
    array = np.zeros(oblique_geometry.shape, np.uint8)
    array[3:9, 4:20, 5:31] = 1
    array[10:12, 2:7, 1:9] = 4
    return array


@pytest.fixture
def draft(labels, oblique_geometry) -> Callable[..., LabelDraft]:
    """A draft of the labels; with ``size`` of a cube of spleen of that many voxels a side."""

    def make(
        size: int | None = None,
        *,
        parent_id: int | None = None,
        provenance: Provenance = Provenance(),  # noqa: B008 - frozen
        note: str = "",
    ) -> LabelDraft:
        array = labels
        if size is not None:
            array = np.zeros_like(labels)
            array[:size, :size, :size] = 1
        return LabelDraft(array, oblique_geometry, provenance, parent_id, note)

    return make


@pytest.fixture
def label_file() -> Callable[[Project, str], Path]:
    """Where a version's labels are on disk."""
    return lambda project, content: project.label_files.path(content)


@pytest.fixture
def add_ct() -> Callable[..., CaseRecord]:
    """Adds a CT that is on disk, as `add_cases` does but without the time to decode it."""

    def add(
        project: Project, path: Path, volume: Volume, series_uid: str | None = None
    ) -> CaseRecord:
        kind = SourceKind.DICOM if path.is_dir() else SourceKind.FILE
        content = content_sha256(volume.array, volume.geometry)
        source = CaseSource(kind, path, content, series_uid)
        key = project.patient_key(path.name)
        name = path.name.partition(".")[0]
        return project.cases.add(NewCase(name, source, volume.geometry, key))

    return add

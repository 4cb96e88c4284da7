"""What the disk refuses is said in a sentence, by every writer, and leaves nothing behind."""

import errno

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from imaging.errors import WriteError
from imaging.readers.source_series import read_source_series
from imaging.structures import STRUCTURES
from imaging.volume import Volume
from imaging.writers import atomic_file
from imaging.writers.ct_series import write_ct_series
from imaging.writers.dicom_seg import write_dicom_seg
from imaging.writers.mask_origin import MaskOrigin
from imaging.writers.mesh import write_mesh
from imaging.writers.rtstruct import write_rtstruct


@pytest.fixture(params=["seg.dcm", "rtstruct.dcm", "surface.stl", "surface.obj", "surface.ply"])
def write(request, oblique_geometry, ct_on, labels_on):
    """A writer of one format into a folder; returns the path."""
    geometry, labels = oblique_geometry, labels_on(oblique_geometry)
    source = read_source_series(ct_on(geometry))
    name = request.param

    def write_into(folder):
        path = folder / name
        if name.endswith(".dcm"):
            writer = write_dicom_seg if name == "seg.dcm" else write_rtstruct
            writer(path, labels, geometry, STRUCTURES, source, MaskOrigin())
        else:
            write_mesh(path, labels == 1, geometry, "Spleen")
        return path

    return write_into


def test_a_missing_folder_is_named(write, tmp_path):
    with pytest.raises(WriteError, match="the folder does not exist"):
        write(tmp_path / "none")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "the disk is read-only")],
)
def test_a_refusal_of_the_disk_leaves_the_old_file(number, sentence, write, tmp_path, monkeypatch):
    out = tmp_path / "out"
    out.mkdir()

    def refuse(_path):
        raise OSError(number, "refused")

    path = write(out)
    old = path.read_bytes()
    monkeypatch.setattr(atomic_file, "_flush", refuse)
    with pytest.raises(WriteError, match=sentence):
        write(out)
    assert path.read_bytes() == old
    assert list(out.iterdir()) == [path]


def test_a_series_of_which_a_slice_cannot_be_written_is_not_there(
    oblique_geometry, tmp_path, monkeypatch
):
    save, saved = FileDataset.save_as, []

    def save_some(dataset, path, **options):
        saved.append(path)
        if len(saved) == 5:
            raise OSError(errno.ENOSPC, "refused")
        save(dataset, path, **options)

    monkeypatch.setattr(FileDataset, "save_as", save_some)
    volume = Volume(np.zeros(oblique_geometry.shape, np.int16), oblique_geometry)
    with pytest.raises(WriteError, match="the disk is full"):
        write_ct_series(tmp_path / "ct", volume, "P1")
    assert len(saved) == 5
    assert list(tmp_path.iterdir()) == []

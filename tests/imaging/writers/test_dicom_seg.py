"""A written DICOM SEG is valid and gives every voxel back, to us and to other readers."""

import numpy as np
import pydicom
import pytest

from imaging.errors import GeometryMismatchError, WriteError
from imaging.geometry import VolumeGeometry
from imaging.readers import dicom_seg as seg_reader
from imaging.readers.dicom_seg import open_dicom_seg
from imaging.readers.label_file import open_labels
from imaging.readers.source_series import read_source_series
from imaging.structures import STRUCTURES, structure_by_name
from imaging.writers.dicom_seg import write_dicom_seg
from imaging.writers.mask_origin import MaskKind, MaskOrigin

MODEL = MaskOrigin(model_id="abdomen_click_small", model_version="1.2.0")


def masks_by_place(seg_path, ct_files):
    """By pydicom alone: label -> {instance uid of the CT image at the frame's place: pixels}."""
    at_place = {}
    for file in ct_files:
        image = pydicom.dcmread(file)
        place = tuple(np.round(np.array(image.ImagePositionPatient, float), 3))
        at_place[place] = image.SOPInstanceUID
    dataset = pydicom.dcmread(seg_path)
    labels = {one.SegmentNumber: one.SegmentLabel for one in dataset.SegmentSequence}
    shared = dataset.SharedFunctionalGroupsSequence[0]
    frames = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
    found = {}
    for group, pixels in zip(dataset.PerFrameFunctionalGroupsSequence, frames, strict=True):

        def macro(keyword, group=group):
            return (group.get(keyword) or shared.get(keyword))[0]

        position = np.array(macro("PlanePositionSequence").ImagePositionPatient, float)
        uid = at_place[tuple(np.round(position, 3))]
        named = macro("DerivationImageSequence").SourceImageSequence[0].ReferencedSOPInstanceUID
        assert named == uid
        label = labels[macro("SegmentIdentificationSequence").ReferencedSegmentNumber]
        found.setdefault(label, {})[uid] = pixels
    return found


def test_every_voxel_comes_back_to_us_and_to_another_reader(
    grid, ct_on, labels_on, errors_in, tmp_path
):
    folder, labels, path = ct_on(grid), labels_on(grid), tmp_path / "masks.dcm"
    source = read_source_series(folder)
    write_dicom_seg(path, labels, grid, STRUCTURES, source, MODEL)

    opened = open_dicom_seg(path, grid, source.frame_of_reference_uid)
    assert np.array_equal(np.concatenate(list(opened.slabs)), labels)
    assert opened.warnings == ()

    uids = {
        tuple(np.round(np.array(i.ImagePositionPatient, float), 3)): i.SOPInstanceUID
        for i in source.images
    }
    other = masks_by_place(path, folder.iterdir())
    assert set(other) == {"Spleen", "Left kidney", "Pancreas tumour"}
    for k in range(grid.shape[0]):
        uid = uids[tuple(np.round(grid.index_to_lps((k, 0, 0)), 3))]
        for name, frames in other.items():
            wanted = labels[k] == structure_by_name(name).label_value
            assert np.array_equal(frames.get(uid, np.zeros_like(wanted)), wanted)

    assert errors_in(path) == []


@pytest.fixture
def written(oblique_geometry, ct_on, labels_on, tmp_path):
    folder = ct_on(oblique_geometry)
    path = tmp_path / "masks.dcm"
    labels = labels_on(oblique_geometry)
    write_dicom_seg(path, labels, oblique_geometry, STRUCTURES, read_source_series(folder), MODEL)
    return pydicom.dcmread(path)


def test_it_names_the_organ_the_model_the_patient_and_the_research_use(written):
    spleen = written.SegmentSequence[0]
    assert spleen.SegmentedPropertyTypeCodeSequence[0].CodeValue == "78961009"
    assert spleen.SegmentAlgorithmType == "SEMIAUTOMATIC"
    algorithm = spleen.SegmentationAlgorithmIdentificationSequence[0]
    assert (algorithm.AlgorithmName, algorithm.AlgorithmVersion) == ("abdomen_click_small", "1.2.0")
    assert "research use only" in written.ContentDescription
    assert written.PatientID == "C-4711"
    assert written.SegmentationType == "BINARY"


def test_a_tumour_is_no_organ(written):
    kinds = {
        one.SegmentLabel: one.SegmentedPropertyCategoryCodeSequence[0].CodeMeaning
        for one in written.SegmentSequence
    }
    assert kinds["Spleen"] == "Anatomical Structure"
    assert kinds["Pancreas tumour"] == "Morphologically Abnormal Structure"


def test_only_the_chosen_structures_are_written(grid_case, tmp_path):
    labels, geometry, source = grid_case
    path = tmp_path / "kidney.dcm"
    kidney = structure_by_name("left kidney")
    write_dicom_seg(path, labels, geometry, [kidney], source, MaskOrigin(MaskKind.MANUAL))
    found = open_labels(path, geometry).array
    assert np.array_equal(found, np.where(labels == kidney.label_value, labels, 0))


@pytest.fixture
def grid_case(flipped_geometry, ct_on, labels_on):
    return (
        labels_on(flipped_geometry),
        flipped_geometry,
        read_source_series(ct_on(flipped_geometry)),
    )


def test_an_empty_mask_is_refused_and_leaves_nothing(grid_case, tmp_path):
    labels, geometry, source = grid_case
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(WriteError, match="none of the chosen structures has a voxel"):
        write_dicom_seg(
            out / "x.dcm", labels, geometry, [structure_by_name("liver")], source, MODEL
        )
    assert list(out.iterdir()) == []


def test_labels_of_another_ct_are_refused(grid_case, oblique_geometry, labels_on, tmp_path):
    _, _, source = grid_case
    labels = labels_on(oblique_geometry)
    with pytest.raises(GeometryMismatchError, match="belongs to another"):
        write_dicom_seg(tmp_path / "x.dcm", labels, oblique_geometry, STRUCTURES, source, MODEL)


def test_what_does_not_read_back_is_not_saved(grid_case, tmp_path, monkeypatch):
    labels, geometry, source = grid_case
    out = tmp_path / "out"
    out.mkdir()
    (out / "x.dcm").write_text("old")
    real = seg_reader._frames
    monkeypatch.setattr(
        seg_reader, "_frames", lambda dataset: (frame[::-1] for frame in real(dataset))
    )
    with pytest.raises(WriteError, match="did not read back the same"):
        write_dicom_seg(out / "x.dcm", labels, geometry, STRUCTURES, source, MODEL)
    assert [file.read_text() for file in out.iterdir()] == ["old"]


def test_labels_with_turned_axes_are_put_on_the_source_grid(grid_case, tmp_path):
    labels, geometry, source = grid_case
    affine = geometry.affine.copy()
    affine[:3, :3] = geometry.affine[:3, [2, 0, 1]] * [1, -1, 1]
    affine[:3, 3] = geometry.index_to_lps((geometry.shape[0] - 1, 0, 0))
    turned = np.ascontiguousarray(labels.transpose(2, 0, 1)[:, ::-1])
    path = tmp_path / "turned.dcm"
    write_dicom_seg(path, turned, VolumeGeometry(turned.shape, affine), STRUCTURES, source, MODEL)
    assert np.array_equal(open_labels(path, geometry).array, labels)


def spaced(dataset, factor, shift_mm):
    """Another pixel size, another place."""
    shared = dataset.SharedFunctionalGroupsSequence[0]
    measures = shared.PixelMeasuresSequence[0]
    measures.PixelSpacing = [float(mm) * factor for mm in measures.PixelSpacing]
    for group in dataset.PerFrameFunctionalGroupsSequence:
        place = group.PlanePositionSequence[0]
        place.ImagePositionPatient = [float(mm) + shift_mm for mm in place.ImagePositionPatient]


@pytest.mark.parametrize(
    ("factor", "shift_mm"), [(1.026, 0), (1 / 1.026, 0), (2, 0), (1, 0.31), (1, -0.31)]
)
def test_frames_that_miss_the_cts_voxels_are_refused(
    factor, shift_mm, written, oblique_geometry, tmp_path
):
    # 1.026 moves the last of 40 columns by one whole pixel: its corner alone would fit.
    spaced(written, factor, shift_mm)
    written.save_as(tmp_path / "other.dcm")
    with pytest.raises(GeometryMismatchError, match="not drawn on this CT"):
        open_dicom_seg(tmp_path / "other.dcm", oblique_geometry, None)


def test_frames_a_little_beside_the_voxels_are_read_with_a_warning(
    written, oblique_geometry, labels_on, tmp_path
):
    spaced(written, 1, 0.15)
    written.save_as(tmp_path / "other.dcm")
    opened = open_dicom_seg(tmp_path / "other.dcm", oblique_geometry, None)
    assert "0.3 voxels beside the CT's" in opened.warnings[0]
    assert np.array_equal(np.concatenate(list(opened.slabs)), labels_on(oblique_geometry))

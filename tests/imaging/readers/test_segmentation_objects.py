"""SEG and RTSTRUCT files of other programs: placed by geometry, named by code, or refused."""

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.dataset import Dataset

from imaging.errors import GeometryMismatchError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers.dicom_seg import open_dicom_seg
from imaging.readers.label_file import open_labels
from imaging.readers.rtstruct import open_rtstruct
from imaging.readers.segment_names import structure_of, structure_of_name
from imaging.readers.source_series import read_source_series


def labels_of(source):
    """All labels, and the warnings, of what a reader opened."""
    return np.concatenate(list(source.slabs)), source.warnings


def code(value, scheme="SCT", **modifiers):
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, "x"
    for keyword, modifier in modifiers.items():
        setattr(item, keyword, [modifier])
    return item


SIDE = "SegmentedPropertyTypeModifierCodeSequence"


@pytest.mark.parametrize(
    ("name", "types", "regions", "wanted"),
    [
        ("x", [code("78961009")], [], "spleen"),
        ("x", [code("T-62000", "SRT")], [], "liver"),
        ("x", [code("64033007", **{SIDE: code("7771000")})], [], "left kidney"),
        ("x", [code("64033007", **{SIDE: code("24028007")})], [], "right kidney"),
        ("x", [code("T-71000", "SRT", **{SIDE: code("G-A100", "SRT")})], [], "right kidney"),
        ("kidney_left", [code("64033007")], [], "left kidney"),
        ("Adrenal_Gland_Right", [], [], "right adrenal gland"),
        ("Pancreas tumor", [], [], "pancreas tumour"),
        ("x", [code("85756007")], [code("69695003")], "stomach"),
        ("x", [code("108369006")], [code("15776009")], "pancreas tumour"),
        ("x", [code("108369006")], [code("10200004")], None),
        ("GTV", [code("64033007")], [], None),
    ],
)
def test_segments_are_known_by_code_then_name_then_region(name, types, regions, wanted):
    found = structure_of(name, types, regions)
    assert (None if found is None else found.name) == wanted


def test_an_unknown_name_is_no_structure():
    assert structure_of_name("left") is None


def structure_set(contours, name="Spleen"):
    """A structure set with one region; contours in LPS mm, shape (n, 3)."""
    region, outline = Dataset(), Dataset()
    region.ROINumber, region.ROIName = 1, name
    outline.ReferencedROINumber = 1
    outline.ContourSequence = []
    for points in contours:
        contour = Dataset()
        contour.ContourGeometricType = "CLOSED_PLANAR"
        contour.ContourData = [f"{mm:.3f}" for mm in np.ravel(points)]
        outline.ContourSequence.append(contour)
    dataset = Dataset()
    dataset.Modality = "RTSTRUCT"
    dataset.SeriesInstanceUID = "1.2.3"
    dataset.StructureSetROISequence = [region]
    dataset.ROIContourSequence = [outline]
    return dataset


GRID = VolumeGeometry.from_parts((10, 40, 50), (0, 0, 0), (3.0, 1.0, 1.0))


def square(k, low, high):
    return [(low, low, 3 * k), (high, low, 3 * k), (high, high, 3 * k), (low, high, 3 * k)]


@pytest.fixture
def opened(tmp_path):
    """Write a structure set and open it on the grid: labels and warnings."""

    def open_it(dataset):
        path = tmp_path / "set.dcm"
        dataset.save_as(path, implicit_vr=True, little_endian=True)
        return labels_of(open_rtstruct(path, GRID, None))

    return open_it


def test_an_inner_contour_is_a_hole(opened):
    labels, warnings = opened(structure_set([square(4, 9.5, 30.5), square(4, 14.5, 20.5)]))
    wanted = np.zeros(GRID.shape, np.uint8)
    wanted[4, 10:31, 10:31] = 1
    wanted[4, 15:21, 15:21] = 0
    assert np.array_equal(labels, wanted)
    assert warnings == ()


def test_contours_between_slices_go_to_the_nearest_with_a_warning(opened):
    labels, warnings = opened(structure_set([square(4.4, 9.5, 30.5)]))
    assert np.flatnonzero(labels.any(axis=(1, 2))).tolist() == [4]
    assert "1 contour is between the CT's slices" in warnings[0]


def test_a_contour_in_another_plane_is_left_out_with_a_warning(opened):
    leaning = [(10, 10, 0), (30, 10, 9), (30, 30, 15), (10, 32, 3)]
    labels, warnings = opened(structure_set([square(4, 9.5, 30.5), leaning]))
    assert (labels > 0).sum() == 21 * 21
    assert "1 contour is in no slice" in warnings[0]


def test_a_sagittal_contour_is_filled_in_its_own_plane(opened):
    points = [(7, 9.6, 2.9), (7, 9.6, 15.1), (7, 20.4, 15.1), (7, 20.4, 2.9)]
    labels, _ = opened(structure_set([points]))
    wanted = np.zeros(GRID.shape, np.uint8)
    wanted[1:6, 10:21, 7] = 1
    assert np.array_equal(labels, wanted)


def test_contours_of_another_patient_are_refused(opened):
    with pytest.raises(GeometryMismatchError, match="lies outside of this CT"):
        opened(structure_set([square(90, 9.5, 30.5)]))


def test_points_and_lines_alone_are_no_structure(opened):
    dataset = structure_set([square(4, 9.5, 30.5)])
    dataset.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = "OPEN_PLANAR"
    with pytest.raises(UnreadableFileError, match="no closed contour"):
        opened(dataset)


def test_an_unknown_region_keeps_its_voxels_under_a_free_value(opened):
    labels, warnings = opened(structure_set([square(4, 9.5, 30.5)], "GTV 1"))
    assert np.unique(labels).tolist() == [0, 16]
    assert '"GTV 1" (16)' in warnings[0]


@pytest.mark.parametrize("broken", ["abc", "1\\2\\3\\4"])
def test_damaged_contours_are_refused_in_a_sentence(broken, opened):
    dataset = structure_set([square(4, 9.5, 30.5)])
    contour = dataset.ROIContourSequence[0].ContourSequence[0]
    with pydicom.config.disable_value_validation():
        contour.add_new("ContourData", "LO", broken * 4)
    with pytest.raises(UnreadableFileError, match="damaged structure set"):
        opened(dataset)


@pytest.fixture
def two_slice_ct(shared_data, tmp_path):
    """The CT of the open structure sets, whose folder holds those as well."""
    folder = tmp_path / "ct"
    folder.mkdir()
    for name in ("ct_1.dcm", "ct_2.dcm"):
        (folder / name).symlink_to(shared_data / "dicom" / "rtstruct" / name)
    return read_source_series(folder).geometry


@pytest.mark.data
def test_the_open_segmentations_import(shared_data):
    folder = shared_data / "dicom" / "seg"
    geometry = read_source_series(folder / "ct_3slice").geometry
    liver, warnings = labels_of(open_dicom_seg(folder / "liver.dcm", geometry, None))
    assert np.unique(liver).tolist() == [0, 4]
    frames = pydicom.dcmread(folder / "liver.dcm").pixel_array
    assert np.array_equal(liver == 4, frames == 1)
    assert warnings == ()
    overlapping = open_labels(folder / "partial_overlaps.dcm", geometry)
    assert np.unique(overlapping.array).tolist() == [0, 16, 17, 18, 19, 20]
    assert '"GREEN" (16)' in overlapping.warnings[0]
    assert "3134 voxels are in more than one structure" in overlapping.warnings[1]


@pytest.mark.data
def test_a_segmentation_of_another_program_agrees_with_its_own_nrrd(shared_data):
    folder = shared_data / "dicom" / "multiframe" / "dcmqi_24x38x3"
    geometry = read_source_series(folder / "image").geometry
    found, _ = labels_of(open_dicom_seg(folder / "seg" / "label.seg", geometry, None))
    nrrd = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "nrrd" / "label.nrrd")))
    assert np.array_equal(found == 4, nrrd > 0)


@pytest.mark.data
@pytest.mark.parametrize("name", ["rt.dcm", "invalid_reference_rt.dcm"])
def test_the_open_structure_sets_import(name, shared_data, two_slice_ct):
    path = shared_data / "dicom" / "rtstruct" / name
    labels, warnings = labels_of(open_rtstruct(path, two_slice_ct, None))
    regions = len(pydicom.dcmread(path).StructureSetROISequence)
    assert np.unique(labels).tolist() == [0, *range(16, 16 + regions)]
    assert '"ROI-1" (16)' in warnings[0]


@pytest.mark.data
def test_a_segmentation_on_another_ct_is_refused(shared_data, two_slice_ct):
    with pytest.raises(GeometryMismatchError, match="not drawn on this CT"):
        open_dicom_seg(shared_data / "dicom" / "seg" / "liver.dcm", two_slice_ct, None)


@pytest.mark.data
def test_another_frame_of_reference_is_said(shared_data):
    folder = shared_data / "dicom" / "seg"
    geometry = read_source_series(folder / "ct_3slice").geometry
    opened = open_dicom_seg(folder / "liver.dcm", geometry, "1.2.3")
    assert "names another frame of reference" in opened.warnings[0]


@pytest.mark.data
def test_a_damaged_segmentation_is_refused_in_a_sentence(shared_data, tmp_path):
    folder = shared_data / "dicom" / "seg"
    geometry = read_source_series(folder / "ct_3slice").geometry
    stored = (folder / "liver.dcm").read_bytes()
    (tmp_path / "cut.dcm").write_bytes(stored[: len(stored) * 2 // 3])
    with pytest.raises(UnreadableFileError):
        open_labels(tmp_path / "cut.dcm", geometry)

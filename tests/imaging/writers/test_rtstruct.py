"""A written RTSTRUCT is valid, and its outlines give the masks back to anybody who fills them."""

import numpy as np
import pydicom
import pytest
from skimage.draw import polygon

from imaging.errors import WriteError
from imaging.measures import dice
from imaging.readers import rtstruct as rtstruct_reader
from imaging.readers.label_file import open_labels
from imaging.readers.rtstruct import open_rtstruct
from imaging.readers.source_series import read_source_series
from imaging.structures import STRUCTURES, structure_by_name
from imaging.writers.dicom_seg import write_dicom_seg
from imaging.writers.mask_origin import MaskOrigin
from imaging.writers.outlines import outlines
from imaging.writers.rtstruct import write_rtstruct

MODEL = MaskOrigin(model_id="abdomen_click_small", model_version="1.2.0")


def masks_by_image(path, images):
    """By pydicom and scikit-image alone: structure -> {image uid: filled pixels}."""
    dataset = pydicom.dcmread(path)
    names = {one.ROINumber: one.ROIName for one in dataset.StructureSetROISequence}
    found = {}
    for region in dataset.ROIContourSequence:
        masks = found.setdefault(names[region.ReferencedROINumber], {})
        for contour in region.ContourSequence:
            uid = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
            image = images[uid]
            direction = np.array(image.ImageOrientationPatient, float)
            points = np.array(contour.ContourData, float).reshape(-1, 3)
            assert len(points) == contour.NumberOfContourPoints
            offset = points - np.array(image.ImagePositionPatient, float)
            assert abs(offset @ np.cross(direction[:3], direction[3:])).max() < 1e-3
            rows = offset @ direction[3:] / float(image.PixelSpacing[0])
            columns = offset @ direction[:3] / float(image.PixelSpacing[1])
            mask = masks.setdefault(uid, np.zeros((image.Rows, image.Columns), bool))
            filled = np.zeros_like(mask)
            filled[polygon(rows, columns, shape=mask.shape)] = True
            mask ^= filled
    return found


def test_the_outlines_give_the_masks_back_to_us_and_to_another_reader(
    grid, ct_on, labels_on, errors_in, tmp_path
):
    folder, labels, path = ct_on(grid), labels_on(grid), tmp_path / "outlines.dcm"
    source = read_source_series(folder)
    write_rtstruct(path, labels, grid, STRUCTURES, source, MODEL)

    opened = open_rtstruct(path, grid, source.frame_of_reference_uid)
    assert opened.warnings == ()
    ours = np.concatenate(list(opened.slabs))
    uids = {
        tuple(np.round(np.array(image.ImagePositionPatient, float), 3)): image.SOPInstanceUID
        for image in source.images
    }
    images = {i.SOPInstanceUID: i for i in (pydicom.dcmread(f) for f in folder.iterdir())}
    other = masks_by_image(path, images)
    assert set(other) == {"Spleen", "Left kidney", "Pancreas tumour"}
    for name, masks in other.items():
        wanted = labels == structure_by_name(name).label_value
        assert dice(ours == structure_by_name(name).label_value, wanted) == 1
        theirs = np.zeros_like(wanted)
        for k in range(grid.shape[0]):
            uid = uids[tuple(np.round(grid.index_to_lps((k, 0, 0)), 3))]
            theirs[k] = masks.get(uid, False)
        assert dice(theirs, wanted) >= 0.99

    assert errors_in(path) == []


@pytest.fixture
def case(oblique_geometry, ct_on, labels_on):
    source = read_source_series(ct_on(oblique_geometry))
    return labels_on(oblique_geometry), oblique_geometry, source


def test_it_names_organ_model_and_images(case, tmp_path):
    labels, geometry, source = case
    path = tmp_path / "outlines.dcm"
    write_rtstruct(path, labels, geometry, STRUCTURES, source, MODEL)
    dataset = pydicom.dcmread(path)
    region = dataset.StructureSetROISequence[0]
    assert region.ROIName == "Spleen"
    assert region.ROIGenerationAlgorithm == "SEMIAUTOMATIC"
    assert region.ROIGenerationDescription == "abdomen_click_small 1.2.0"
    code = dataset.RTROIObservationsSequence[0].RTROIIdentificationCodeSequence[0]
    assert code.CodeValue == "78961009"
    assert "research use only" in dataset.StructureSetDescription
    assert dataset.PatientID == "C-4711"
    series = dataset.ReferencedFrameOfReferenceSequence[0].RTReferencedStudySequence[0]
    images = series.RTReferencedSeriesSequence[0].ContourImageSequence
    assert len(images) == geometry.shape[0]


def test_a_hole_and_an_island_in_it_are_two_closed_outlines():
    mask = np.zeros((30, 30), bool)
    mask[5:25, 5:25] = True
    mask[10:20, 10:20] = False
    mask[14:16, 14:16] = True
    found = outlines(mask)
    assert len(found) == 2
    together = np.zeros_like(mask)
    for outline in found:
        together[polygon(*outline.T, shape=mask.shape)] ^= True
    assert np.array_equal(together, mask)


def test_single_pixels_and_pixels_that_touch_at_corners_come_back():
    mask = np.random.default_rng(4).random((40, 30)) < 0.4
    together = np.zeros_like(mask)
    for outline in outlines(mask):
        together[polygon(*outline.T, shape=mask.shape)] ^= True
    assert np.array_equal(together, mask)


def test_an_empty_mask_is_refused(case, tmp_path):
    labels, geometry, source = case
    with pytest.raises(WriteError, match="none of the chosen structures has a voxel"):
        write_rtstruct(
            tmp_path / "x.dcm", labels, geometry, [structure_by_name("aorta")], source, MODEL
        )
    assert not (tmp_path / "x.dcm").exists()


def test_outlines_that_do_not_give_the_mask_back_are_not_saved(case, tmp_path, monkeypatch):
    labels, geometry, source = case
    out = tmp_path / "out"
    out.mkdir()
    fill = rtstruct_reader.filled_polygon
    monkeypatch.setattr(
        rtstruct_reader,
        "filled_polygon",
        lambda corners, shape: np.roll(fill(corners, shape), 1, axis=1),
    )
    with pytest.raises(WriteError, match="do not give the masks back"):
        write_rtstruct(out / "x.dcm", labels, geometry, STRUCTURES, source, MODEL)
    assert list(out.iterdir()) == []


def test_the_window_opens_it_in_the_decoding_process(case, tmp_path):
    labels, geometry, source = case
    path = tmp_path / "outlines.dcm"
    write_rtstruct(path, labels, geometry, STRUCTURES, source, MODEL)
    assert np.array_equal(open_labels(path, geometry).array, labels)


def test_a_ct_whose_slices_lie_a_little_uneven_exports_in_both_formats(
    oblique_geometry, ct_on, labels_on, tmp_path
):
    folder = ct_on(oblique_geometry)
    for file in folder.iterdir():
        image = pydicom.dcmread(file)
        beside_mm = np.random.default_rng(image.InstanceNumber).uniform(-0.06, 0.06, 3)
        place = np.array(image.ImagePositionPatient, float) + beside_mm
        image.ImagePositionPatient = [round(float(mm), 6) for mm in place]
        image.save_as(file)
    source = read_source_series(folder)
    labels = labels_on(oblique_geometry)
    for writer, name in ((write_dicom_seg, "seg.dcm"), (write_rtstruct, "outlines.dcm")):
        writer(tmp_path / name, labels, source.geometry, STRUCTURES, source, MODEL)
        opened = open_labels(tmp_path / name, source.geometry)
        assert np.array_equal(opened.array, labels)

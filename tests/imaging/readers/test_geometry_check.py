"""Faulty series are refused or flagged in the right sentence; sound ones keep their affine."""

import copy
import math
import re

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

NAN = math.nan


def set_all(**values):
    def edit(slices):
        for dataset in slices:
            for keyword, value in values.items():
                setattr(dataset, keyword, value)

    return edit


def set_one(number, **values):
    def edit(slices):
        for keyword, value in values.items():
            setattr(slices[number], keyword, value)

    return edit


def drop_all(*keywords):
    def edit(slices):
        for dataset in slices:
            for keyword in keywords:
                delattr(dataset, keyword)

    return edit


def drop_one(number, *keywords):
    return lambda slices: [delattr(slices[number], keyword) for keyword in keywords]


def remove(*numbers):
    def edit(slices):
        for number in sorted(numbers, reverse=True):
            del slices[number]

    return edit


def normal_of(dataset):
    orientation = np.array(dataset.ImageOrientationPatient, float)
    return np.cross(orientation[:3], orientation[3:])


def place(heights_mm, sideways_mm=None):
    """Put slice n at a height along the normal, and shift it along its rows."""

    def edit(slices):
        normal = normal_of(slices[0])
        row = np.array(slices[0].ImageOrientationPatient[:3], float)
        for n, dataset in enumerate(slices):
            shift_mm = sideways_mm[n] if sideways_mm is not None else 0.0
            point = np.array([5.0, -7.0, 40.0]) + heights_mm[n] * normal + shift_mm * row
            dataset.ImagePositionPatient = [round(float(x), 6) for x in point]

    return edit


def copies(count):
    """Every position ``count`` times, as in a series of several phases."""

    def edit(slices):
        for dataset in list(slices):
            for _ in range(count - 1):
                twin = copy.deepcopy(dataset)
                twin.SOPInstanceUID = generate_uid()
                slices.append(twin)

    return edit


def turn_one(slices):
    slices[3].ImageOrientationPatient = [1, 0, 0, 0, 0, -1]


def resize_one(slices):
    slices[2].Rows = 6
    slices[2].PixelData = slices[2].PixelData[: 6 * 10 * 2]


def cut_pixels(slices):
    slices[4].PixelData = slices[4].PixelData[:100]


def colour(slices):
    for dataset in slices:
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
        dataset.BitsAllocated = dataset.BitsStored = 8
        dataset.PixelData = bytes(12 * 10 * 3)


def wordy_spacing(slices):
    for dataset in slices:
        dataset["PixelSpacing"] = pydicom.DataElement(
            "PixelSpacing", "DS", "wide", already_converted=True
        )


def without_geometry(slices):
    drop_all("PixelSpacing", "ImagePositionPatient", "ImageOrientationPatient")(slices)


EVEN = [n * 2.5 for n in range(6)]

REFUSED = {
    "spacing nan": (set_all(PixelSpacing=["nan", "0.7"]), "pixel spacing .* nan x 0.7 mm"),
    "spacing nan in one slice": (set_one(3, PixelSpacing=["nan", "nan"]), "slice003.* is nan"),
    "row spacing 0": (set_all(PixelSpacing=["0", "0.7"]), "is 0 x 0.7 mm"),
    "column spacing 0": (set_all(PixelSpacing=["0.7", "0"]), "is 0.7 x 0 mm"),
    "spacing negative": (set_all(PixelSpacing=["-1", "-1"]), "is -1 x -1 mm"),
    "spacing infinite": (set_all(PixelSpacing=["inf", "1"]), "is inf x 1 mm"),
    "spacing no number": (wordy_spacing, "no pixel spacing"),
    "spacing of one number": (set_all(PixelSpacing=["1"]), "no pixel spacing"),
    "spacing empty": (set_all(PixelSpacing=None), "no pixel spacing"),
    "spacing missing": (drop_all("PixelSpacing"), "no pixel spacing"),
    "spacing missing in one slice": (drop_one(2, "PixelSpacing"), "slice002.* no pixel spacing"),
    "spacing changes": (set_one(5, PixelSpacing=["0.9", "0.8"]), "spacing changes"),
    "no geometry at all": (without_geometry, "no pixel spacing"),
    "position missing": (drop_all("ImagePositionPatient"), "where it lies in the patient"),
    "position missing in one": (drop_one(1, "ImagePositionPatient"), "slice001.*where it lies"),
    "position nan": (set_one(2, ImagePositionPatient=["0", "nan", "1"]), r"\(0, nan, 1\)"),
    "position infinite": (set_one(2, ImagePositionPatient=["0", "0", "inf"]), r"\(0, 0, inf\)"),
    "position out of this world": (set_one(0, ImagePositionPatient=["0", "0", "1e30"]), "1e.30"),
    "position of two numbers": (set_all(ImagePositionPatient=["0", "1"]), "where it lies"),
    "orientation missing": (drop_all("ImageOrientationPatient"), "where it lies"),
    "orientation zero": (set_all(ImageOrientationPatient=[0] * 6), "orientation .*right angles"),
    "orientation nan": (set_all(ImageOrientationPatient=["nan"] * 6), "orientation .*right angles"),
    "orientation not unit": (set_all(ImageOrientationPatient=[2, 0, 0, 0, 2, 0]), "right angles"),
    "rows along columns": (set_all(ImageOrientationPatient=[1, 0, 0, 1, 0, 0]), "right angles"),
    "orientation slanted": (set_all(ImageOrientationPatient=[1, 0, 0, 0.1, 0.995, 0]), "right ang"),
    "orientation mixed": (turn_one, "mixes orientations"),
    "orientation turned by half": (
        set_one(0, ImageOrientationPatient=[-1, 0, 0, 0, -1, 0]),
        "mixes orientations",
    ),
    "one slice missing": (remove(2), "A slice is missing: slice001.* 5.00 mm apart, others 2.50"),
    "two slices missing side by side": (remove(2, 3), "2 slices are missing"),
    "two slices missing apart": (
        lambda s: (place([0, 1, 3, 4, 6, 7])(s), None),
        "2 slices are missing",
    ),
    "uneven, growing": (place([0, 2.5, 5.5, 9, 13, 17.5]), "unevenly spaced, from 2.50 to 4.50"),
    "uneven, one shifted": (place([0, 2.5, 5.8, 7.5, 10, 12.5]), "unevenly spaced"),
    "uneven, two halves": (place([0, 1, 2, 4.7, 7.4, 10.1]), "unevenly spaced"),
    "every position twice": (copies(2), "Each of its 6 positions has 2 images"),
    "every position three times": (copies(3), "Each of its 6 positions has 3 images"),
    "one position twice": (
        place([0, 2.5, 5, 5, 7.5, 10]),
        "at 1 of its 5 .*slice002.dcm and slice003.dcm",
    ),
    "two positions twice": (place([0, 0, 2.5, 5, 5, 7.5]), "at 2 of its 4 slice positions"),
    "positions a hair apart": (place([0, 2.5, 5, 5.001, 7.5, 10]), "share one position"),
    "all at one position": (place([3] * 6), "All 6 images lie at one position"),
    "gantry tilt": (place(EVEN, [n * 0.8 for n in range(6)]), r"lean by 17\.7 degrees"),
    "slight tilt over many pixels": (place(EVEN, [n * 0.2 for n in range(6)]), "lean by 4.6 deg"),
    "tilt and gaps": (
        place([0, 2.5, 5, 10, 12.5, 15], [0, 0.8, 1.6, 3.2, 4, 4.8]),
        "lean by 17.7 degrees.*A slice is missing",
    ),
    "one slice sideways": (place(EVEN, [0, 0, 4, 0, 0, 0]), "shifted sideways"),
    "zigzag": (place(EVEN, [0, 1, 0, 1, 0, 0]), "shifted sideways"),
    "sizes mixed": (resize_one, "different sizes.*10x12 pixels.*10x6"),
    "rows zero": (set_all(Rows=0), "has no size"),
    "columns missing": (drop_all("Columns"), "has no size"),
    "localizer": (set_all(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]), "localizer"),
    "MR": (set_all(Modality="MR"), "modality is MR"),
    "PET": (set_all(Modality="PT"), "modality is PT"),
    "structure set": (set_all(Modality="RTSTRUCT"), "structure set"),
    "segmentation": (set_all(Modality="SEG"), "is a segmentation"),
    "modality missing": (drop_all("Modality"), "names no modality"),
    "modalities mixed": (set_one(5, Modality="MR"), "mixes modalities"),
    "no pixels": (drop_all("PixelData"), "It has no pixel data"),
    "no pixels in one": (drop_one(4, "PixelData"), "slice004.dcm has no pixel data"),
    "pixels cut short": (cut_pixels, "slice004.dcm is cut short: 100 of 240 bytes"),
    "colour": (colour, "picture with RGB"),
    "palette": (set_all(PhotometricInterpretation="PALETTE COLOR"), "picture with PALETTE COLOR"),
    "slope 0": (set_all(RescaleSlope=0), "slope of slice000.dcm is 0"),
    "slope nan": (set_one(3, RescaleSlope="nan"), "slope of slice003.dcm is nan"),
    "slope infinite": (set_all(RescaleSlope="inf"), "slope .* is inf"),
    "intercept nan": (set_all(RescaleIntercept="nan"), "intercept .* is nan"),
    "12 of 12 bits": (set_all(BitsAllocated=12), "12 of 12 bits|cut short"),
    "more bits stored than there are": (set_all(BitsStored=20, HighBit=19), "20 of 16 bits"),
    "single slice without height": (
        lambda s: (remove(1, 2, 3, 4, 5)(s), set_all(SliceThickness=0)(s)),
        "single slice and its thickness is 0 mm",
    ),
}

WARNED = {
    "slope missing": (drop_all("RescaleSlope"), "lacks the rescale slope"),
    "slope and intercept missing": (
        drop_all("RescaleSlope", "RescaleIntercept"),
        "lacks the rescale slope",
    ),
    "slope negative": (set_all(RescaleSlope=-1), "slope is negative"),
    "another unit": (set_all(RescaleType="OD"), "in OD, not in Hounsfield"),
    "projection": (set_all(ImageType=["DERIVED", "SECONDARY", "MIP"]), "projection"),
    "inverted": (set_all(PhotometricInterpretation="MONOCHROME1"), "MONOCHROME1"),
    "lossy": (set_all(LossyImageCompression="01"), "compressed with loss"),
    "single slice": (remove(1, 2, 3, 4, 5), "only one slice, 2.5 mm thick"),
    "two slices": (remove(2, 3, 4, 5), "only 2 slices, 2.5 mm apart"),
    "thin slices far apart": (set_all(SliceThickness=1), "1 mm thick but 2.50 mm apart"),
    "every other slice missing": (
        place([n * 5.0 for n in range(6)]),
        "2.5 mm thick but 5.00 mm apart",
    ),
    "positions rounded": (place([0, 2.5, 5.1, 7.5, 10, 12.5]), "up to 0.10 mm away"),
    "leans a little": (place(EVEN, [n * 0.05 for n in range(6)]), "lean by 0.25 mm"),
    "tilt only in the header": (
        lambda s: (
            set_all(GantryDetectorTilt=12, ImageOrientationPatient=[1, 0, 0, 0, 1, 0])(s),
            place(EVEN)(s),
        ),
        "names a gantry tilt of 12 degrees",
    ),
    "centimetres": (set_all(PixelSpacing=["0.03", "0.03"]), "unusual for a CT"),
    "pixels of 7 mm": (set_all(PixelSpacing=["7", "7"]), "unusual for a CT"),
    "localizer among axial slices": (
        set_one(5, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]),
        "1 image was left out: localizer",
    ),
}

ACCEPTED = {
    "as it comes": lambda _slices: None,
    "files in reverse order": lambda slices: slices.reverse(),
    "files in no order": lambda slices: slices.sort(key=lambda d: str(d.SOPInstanceUID)),
    "feet first": lambda slices: (
        set_all(PatientPosition="FFS", ImageOrientationPatient=[-1, 0, 0, 0, 1, 0])(slices),
        place(EVEN)(slices),
    ),
    "prone": lambda slices: (
        set_all(PatientPosition="HFP", ImageOrientationPatient=[-1, 0, 0, 0, -1, 0])(slices),
        place(EVEN)(slices),
    ),
    "coronal": lambda slices: (
        set_all(ImageOrientationPatient=[1, 0, 0, 0, 0, -1])(slices),
        place(EVEN)(slices),
    ),
    "descending": place([-h for h in EVEN]),
    "instance numbers wrong": lambda slices: [setattr(d, "InstanceNumber", 7) for d in slices],
    "not square": set_all(PixelSpacing=["0.5", "1.25"]),
    "slope in tenths": set_all(RescaleSlope="0.1"),
    "overlapping slices": set_all(SliceThickness=5),
    "thickness missing": drop_all("SliceThickness"),
    "rounded to the micrometre": place([0, 2.500001, 4.999999, 7.5, 10.000001, 12.5]),
}


def test_the_table_holds_at_least_sixty_faulty_series():
    assert len(REFUSED) + len(WARNED) >= 60


@pytest.mark.parametrize("fault", REFUSED)
def test_a_faulty_series_is_refused_in_the_right_sentence(fault, write_series, found_in):
    edit, sentence = REFUSED[fault]
    (series,) = found_in(write_series(edit))
    assert series.checked.geometry is None
    assert re.search(sentence, series.checked.problem or ""), series.checked.problem


@pytest.mark.parametrize("fault", WARNED)
def test_an_odd_series_is_opened_with_the_right_warning(fault, write_series, found_in):
    edit, sentence = WARNED[fault]
    (series,) = found_in(write_series(edit))
    assert series.checked.problem is None
    assert re.search(sentence, " ".join(series.checked.warnings))


@pytest.mark.parametrize("variant", ACCEPTED)
def test_a_sound_series_gets_the_affine_of_its_headers(
    variant, write_series, found_in, header_affine
):
    folder = write_series(ACCEPTED[variant])
    (series,) = found_in(folder)
    assert series.checked.problem is None
    assert series.checked.warnings == ()
    datasets = [pydicom.dcmread(file) for file in folder.iterdir()]
    error_mm = abs(series.checked.geometry.affine - header_affine(datasets)).max()
    assert error_mm < 1e-4


def test_copies_of_the_same_image_count_once(write_series, found_in):
    folder = write_series()
    (folder / "backup").mkdir()
    for file in sorted(folder.glob("*.dcm")):
        (folder / "backup" / file.name).write_bytes(file.read_bytes())
    (series,) = found_in(folder)
    assert series.checked.geometry.shape == (6, 12, 10)
    assert "6 images were left out" in series.checked.warnings[0]


def test_images_that_share_an_identifier_by_mistake_are_all_kept(write_series, found_in):
    (series,) = found_in(write_series(set_all(SOPInstanceUID=generate_uid())))
    assert series.checked.geometry.shape == (6, 12, 10)
    assert series.checked.warnings == ()


def test_slices_follow_the_normal_and_not_the_file_names(write_series, found_in):
    folder = write_series(lambda slices: slices.reverse())
    (series,) = found_in(folder)
    names = [image.path.name for image in series.checked.slices]
    assert names == sorted(names, reverse=True)

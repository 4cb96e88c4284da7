"""Checks of single DICOM headers, and of headers against each other, before any geometry."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from imaging.readers.slice_header import SliceHeader

MAX_DIRECTION_ERROR = 1e-3
"""Direction cosines are written with five or six digits; more than this is another direction."""

MAX_SPACING_DIFFERENCE_MM = 1e-4
"""Pixel spacings of one series may differ by rounding only: 0.05 mm over 512 pixels."""

MAX_POSITION_MM = 1e5
"""No scanner table is 100 m long."""

_NOT_AN_IMAGE = {
    "SEG": "a segmentation (DICOM SEG)",
    "RTSTRUCT": "a structure set (RTSTRUCT)",
    "RTDOSE": "a dose distribution",
    "RTPLAN": "a treatment plan",
    "SR": "a report",
    "DOC": "a document",
    "PR": "a presentation state",
    "KO": "a list of key images",
}


def images_of_volume(
    slices: Sequence[SliceHeader],
) -> tuple[tuple[SliceHeader, ...], tuple[str, ...]]:
    """Leave out localizers and copies of the same image; says so in the second value."""
    images, left_out = tuple(slices), []
    volume = tuple(image for image in images if not _is_localizer(image))
    if volume and len(volume) < len(images):
        left_out.append(f"{_images_were(len(images) - len(volume))} left out: localizer (scout).")
        images = volume
    # With the position, because some anonymisers give all images one identifier.
    unique = {
        (image.sop_uid or str(image.path), image.frame, image.position_lps): image
        for image in reversed(images)
    }
    if len(unique) < len(images):
        copies = len(images) - len(unique)
        left_out.append(f"{_images_were(copies)} left out: copies of others in the folder.")
        images = tuple(reversed(unique.values()))
    return images, tuple(left_out)


def first_problem(images: Sequence[SliceHeader]) -> str | None:
    """Why these images make no CT volume; None if they may."""
    return next(_problems(images), None)


def spacing(image: SliceHeader) -> tuple[float, float]:
    """Distance between rows and between columns, of an image without a problem."""
    if image.spacing_ji_mm is None:
        raise ValueError("an image without a spacing has a problem")
    return image.spacing_ji_mm[0], image.spacing_ji_mm[1]


def warnings(images: Sequence[SliceHeader]) -> tuple[str, ...]:
    """What the headers say that a user should know."""
    found = []
    if any(
        {"MIP", "MINIP", "PROJECTION IMAGE", "MAX_IP", "MIN_IP"} & set(i.image_type) for i in images
    ):
        found.append(
            "It is a projection (MIP), not a plain CT: structures overlap. Open the thin slices."
        )
    if any(image.rescale_type.upper() not in ("", "HU", "US") for image in images):
        unit = next(
            i.rescale_type for i in images if i.rescale_type.upper() not in ("", "HU", "US")
        )
        found.append(f"Its values are in {unit}, not in Hounsfield units: models will fail on it.")
    if any(image.slope is None or image.intercept is None for image in images):
        found.append(
            "The header lacks the rescale slope or intercept; they count as 1 and 0, so values may "
            "not be Hounsfield units. Look whether fat is near -100 HU."
        )
    if any(image.slope is not None and image.slope < 0 for image in images):
        found.append("The rescale slope is negative. Look whether air is black and bone white.")
    if any(image.photometric == "MONOCHROME1" for image in images):
        found.append(
            "It is stored with bright and dark exchanged (MONOCHROME1). Look whether air is black "
            "and bone white."
        )
    if any(image.is_lossy for image in images):
        found.append("It was compressed with loss; values are not exact.")
    return tuple(found)


def _problems(images: Sequence[SliceHeader]) -> Iterator[str]:
    yield from _kind_problems(images)
    yield from _pixel_problems(images)
    yield from _plane_problems(images)
    yield from _agreement_problems(images)


def _kind_problems(images: Sequence[SliceHeader]) -> Iterator[str]:
    modality = images[0].modality
    if modality in _NOT_AN_IMAGE:
        yield f"It is {_NOT_AN_IMAGE[modality]}, not a CT. Open the CT that it belongs to."
    elif modality != "CT":
        named = f"Its modality is {modality}" if modality else "Its header names no modality"
        yield f"{named}, so it is not a CT. Only CT can be segmented."
    if any(image.modality != modality for image in images):
        yield "It mixes modalities in one series. Export the CT on its own."
    if all(_is_localizer(image) for image in images):
        yield "It is a localizer (scout), not a volume. Open one of the axial series."


def _pixel_problems(images: Sequence[SliceHeader]) -> Iterator[str]:
    without = [image for image in images if image.pixels is None]
    if without:
        which = "It has" if len(without) == len(images) else f"{without[0].where} has"
        yield f"{which} no pixel data, so there is nothing to show. Export the images again."
    for image in images:
        if image.samples_per_pixel != 1 or not image.photometric.startswith("MONOCHROME"):
            kind = image.photometric or "no named colours"
            yield (
                f"{image.where} is a picture with {kind}, not a CT slice; "
                "screenshots and dose reports look like this. Open another series."
            )
        if image.rows < 1 or image.columns < 1:
            yield f"{image.where} has no size (rows, columns). Export the series again."
        yield from _stored_value_problems(image)


def _stored_value_problems(image: SliceHeader) -> Iterator[str]:
    for keyword, value in (("slope", image.slope), ("intercept", image.intercept)):
        if value is not None and not math.isfinite(value):
            yield f"The rescale {keyword} of {image.where} is {value}. Export the series again."
    if image.slope == 0:
        yield f"The rescale slope of {image.where} is 0, so all values are equal. Export it again."
    pixels = image.pixels
    if pixels is None or pixels.byte_count is None:
        return
    expected = image.rows * image.columns * pixels.bits_allocated // 8
    if pixels.byte_count < expected:
        yield (
            f"{image.where} is cut short: {pixels.byte_count} of {expected} bytes of its pixels "
            "are there. Copy or export the series again."
        )
    if pixels.bits_allocated not in (8, 16, 32) or pixels.bits_stored > pixels.bits_allocated:
        yield (
            f"{image.where} stores {pixels.bits_stored} of {pixels.bits_allocated} bits, which no "
            "CT does. It is damaged; export it again."
        )


def _plane_problems(images: Sequence[SliceHeader]) -> Iterator[str]:
    for image in images:
        if image.spacing_ji_mm is None:
            yield (
                f"{image.where} has no pixel spacing, so nothing could be measured. "
                "Export the original images, not screenshots."
            )
        elif not all(math.isfinite(mm) and mm > 0 for mm in image.spacing_ji_mm):
            values = " x ".join(f"{mm:g}" for mm in image.spacing_ji_mm)
            yield f"The pixel spacing of {image.where} is {values} mm. Export the series again."
        if image.orientation is None or image.position_lps is None:
            yield (
                f"{image.where} does not say where it lies in the patient (no image position or "
                "orientation). Export the original images."
            )
        else:
            yield from _placement_problems(image, image.orientation, image.position_lps)
    thickness_mm = images[0].thickness_mm
    if len(images) == 1 and (
        thickness_mm is not None and not (math.isfinite(thickness_mm) and thickness_mm > 0)
    ):
        yield (
            f"It is a single slice and its thickness is {thickness_mm:g} mm. "
            "Open a series with several slices."
        )


def _placement_problems(
    image: SliceHeader, orientation: tuple[float, ...], position_lps: tuple[float, ...]
) -> Iterator[str]:
    if not all(abs(mm) <= MAX_POSITION_MM for mm in position_lps):
        values = ", ".join(f"{mm:g}" for mm in position_lps)
        yield f"The position of {image.where} is ({values}) mm. Export the series again."
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    errors = (row @ row - 1, column @ column - 1, row @ column)
    if not all(abs(error) <= 2 * MAX_DIRECTION_ERROR for error in errors):
        yield (
            f"The orientation of {image.where} is no pair of directions at right angles. "
            "Export the series again."
        )


def _agreement_problems(images: Sequence[SliceHeader]) -> Iterator[str]:
    for a, b in pairwise(images):
        if (a.rows, a.columns) != (b.rows, b.columns):
            yield (
                f"Its images have different sizes: {a.where} has {a.columns}x{a.rows} pixels, "
                f"{b.where} {b.columns}x{b.rows}. Export the volume on its own."
            )
        if _difference(images[0].orientation, b.orientation) > MAX_DIRECTION_ERROR:
            yield (
                f"It mixes orientations: {images[0].where} and {b.where} lie in different planes. "
                "Export each reconstruction as a series of its own."
            )
        if _difference(images[0].spacing_ji_mm, b.spacing_ji_mm) > MAX_SPACING_DIFFERENCE_MM:
            yield (
                f"Its pixel spacing changes between {images[0].where} and {b.where}. "
                "Export each reconstruction as a series of its own."
            )


def _difference(a: tuple[float, ...] | None, b: tuple[float, ...] | None) -> float:
    return float(np.abs(np.subtract(a or (), b or ())).max(initial=0))


def _is_localizer(image: SliceHeader) -> bool:
    return "LOCALIZER" in image.image_type


def _images_were(count: int) -> str:
    return "1 image was" if count == 1 else f"{count} images were"

"""Copies a DICOM CT series without what names the patient."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pydicom
from pydicom import config as pydicom_config
from pydicom.dataset import FileDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    generate_uid,
)

from imaging.deidentification.clean_image import ImageCleaner, sop_class
from imaging.deidentification.uid_map import UidMap
from imaging.errors import CancelledError, UnreadableFileError, WriteError
from imaging.readers.slice_header import CT_SOP_CLASSES
from imaging.writers.atomic_folder import whole_folder

logger = logging.getLogger(__name__)

PSEUDONYM_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
"""Letters and digits without a meaning; DICOM allows 64 characters."""

HEAD_PARTS = ("HEAD", "BRAIN", "HEADNECK", "NECK", "SKULL", "FACE")
"""Parts of the body from which a face can be drawn."""

ANNOTATED_TYPES = ("SECONDARY", "SCREEN SAVE")
"""Images that a program made; those may have text written into their pixels."""


@dataclass(frozen=True, slots=True)
class DeidentificationReport:
    """What was done.

    Attributes:
        file_count: images in the new folder.
        removed_count: attributes of the first image that are not in its copy.
        warnings: sentences about what a program cannot decide.
    """

    file_count: int
    removed_count: int
    warnings: tuple[str, ...]


def deidentify_series(
    files: Sequence[Path],
    out_folder: Path,
    pseudonym: str,
    uid_map: UidMap,
    *,
    date_shift_days: int | None = None,
    report_progress: Callable[[float, str], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> DeidentificationReport:
    """Copy the CT images among ``files``, of one series, into a new or empty folder.

    Pixels are copied as they are. Without ``date_shift_days`` dates are left out. ``uid_map`` is
    saved before the folder appears, so that nothing is published that cannot be traced back.

    Raises:
        UnreadableFileError: a file is damaged.
        WriteError: there is no CT image, the pseudonym will not do, or a copy differs.
        CancelledError: ``is_cancelled`` said so; nothing was written.
    """
    if PSEUDONYM_FORM.fullmatch(pseudonym) is None:
        raise WriteError(
            "The pseudonym may have letters, digits, dots, dashes and underscores only, at most "
            "64. Choose another one."
        )
    cleaner = ImageCleaner(pseudonym, uid_map, date_shift_days)
    stand_in_uid = str(generate_uid(prefix=None))
    warnings: dict[str, None] = {}
    count = removed = left_out = 0
    with whole_folder(out_folder) as part:
        for number, source in enumerate(_datasets(files)):
            if is_cancelled is not None and is_cancelled():
                raise CancelledError("De-identification was cancelled; nothing was written.")
            if report_progress is not None:
                report_progress(number / len(files), "Removing patient data")
            if sop_class(source) not in CT_SOP_CLASSES or source.get("Modality") != "CT":
                left_out += 1
                continue
            target = cleaner.cleaned(source, stand_in_uid)
            removed = removed or len(set(source.keys()) - set(target.keys()))
            warnings |= dict.fromkeys(_image_warnings(source))
            count += 1
            copy = part / f"image{count:05d}.dcm"
            target.save_as(copy, enforce_file_format=True)
            _compare(copy, source)
        if count == 0:
            raise WriteError("Nothing was saved: there is no CT image among these files.")
        uid_map.save()
    if left_out:
        warnings[_left_out_warning(left_out)] = None
    return DeidentificationReport(count, removed, tuple(warnings))


def _datasets(files: Sequence[Path]) -> Iterator[FileDataset]:
    pydicom_config.settings.reading_validation_mode = pydicom_config.IGNORE
    for file in files:
        try:
            dataset = pydicom.dcmread(file, force=True)
            _name_syntax(dataset)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # pydicom answers damage with almost any built-in exception.
            logger.debug("damaged DICOM file", exc_info=True)
            raise UnreadableFileError(
                f"{file.name} is damaged and cannot be read as DICOM. Copy or export it again."
            ) from error
        yield dataset


def _name_syntax(dataset: FileDataset) -> None:
    """Old files have no header of their own; then the syntax is what pydicom found it to be."""
    if "TransferSyntaxUID" not in dataset.file_meta:
        is_implicit, _ = dataset.original_encoding
        dataset.file_meta.TransferSyntaxUID = (
            ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian
        )


def _image_warnings(source: FileDataset) -> Iterator[str]:
    kinds = str(source.get("ImageType", ""))
    is_annotated = source.get("BurnedInAnnotation") == "YES"
    if is_annotated or any(kind in kinds for kind in ANNOTATED_TYPES):
        says = (
            "The header says that text is"
            if is_annotated
            else "These are derived images; text may be"
        )
        yield (
            f"{says} written into the pixels, which was not removed. Look at the images before "
            "you pass them on."
        )
    if str(source.get("BodyPartExamined", "")).upper() in HEAD_PARTS:
        yield (
            "The images show the head: a face can be drawn from them. Do not publish them without "
            "removing it."
        )
    if sop_class(source) != CTImageStorage:
        yield (
            "These are many images in one file. The copy opens in Maskwright, but other programs "
            "may want attributes that were left out."
        )
    tags = source.keys()
    if any(0x6000 <= tag.group <= 0x60FF for tag in tags):
        yield "Drawings laid over the images (overlays) were left out, as they may show names."


def _left_out_warning(count: int) -> str:
    files = "1 file is" if count == 1 else f"{count} files are"
    return (
        f"{files} no CT image and left out: screenshots and reports often show the patient's name."
    )


def _compare(copy: Path, source: FileDataset) -> None:
    written = pydicom.dcmread(copy)
    if written.get("PixelData") != source.get("PixelData") or written.get(
        "ImagePositionPatient"
    ) != source.get("ImagePositionPatient"):
        raise WriteError(
            "The de-identified copy did not read back the same. The disk may be full or damaged; "
            "save to another one."
        )

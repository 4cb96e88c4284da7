"""Makes a de-identified copy of one CT image in memory."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.multival import MultiValue
from pydicom.uid import CTImageStorage, generate_uid

from imaging.deidentification import kept_attributes as kept
from imaging.deidentification.uid_map import UidMap
from imaging.readers.source_series import UTF_8
from imaging.writers.mask_origin import PRODUCT, product_version

_DATE_FORMAT = "%Y%m%d"

_METHODS = (("113100", "Basic Application Confidentiality Profile"),)
_SHIFTED = ("113107", "Retain Longitudinal Temporal Information Modified Dates Option")
"""Codes of PS3.16, context group 7050."""


class ImageCleaner:
    """Cleans the images of one series in one way."""

    def __init__(self, pseudonym: str, uid_map: UidMap, date_shift_days: int | None) -> None:
        self._pseudonym = pseudonym
        self._uid_map = uid_map
        self._date_shift_days = date_shift_days

    def cleaned(self, source: FileDataset, stand_in_uid: str) -> FileDataset:
        """A copy that keeps only what is listed; ``stand_in_uid`` names a series without a name."""
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = sop_class(source)
        meta.TransferSyntaxUID = source.file_meta.TransferSyntaxUID
        target = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        is_multi_frame = meta.MediaStorageSOPClassUID != CTImageStorage
        self._copy(source, target, kept.SEQUENCES if is_multi_frame else frozenset())
        target.SpecificCharacterSet = UTF_8
        target.SOPClassUID = meta.MediaStorageSOPClassUID
        meta.MediaStorageSOPInstanceUID = self._uid_map.new_uid(_instance_uid(source))
        target.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        for keyword in kept.UIDS - {"SOPInstanceUID"}:
            old = source.get(keyword) or f"{keyword} of {stand_in_uid}"
            setattr(target, keyword, self._uid_map.new_uid(str(old)))
        for keyword in kept.EMPTIED:
            if keyword not in target:
                setattr(target, keyword, None)
        target.PatientName = target.PatientID = self._pseudonym
        if source.get("ContrastBolusAgent"):
            target.ContrastBolusAgent = kept.CONTRAST_USED
        self._declare(target)
        return target

    def _copy(self, source: Dataset, target: Dataset, sequences: frozenset[str]) -> None:
        for keyword in kept.NUMBERS:
            if _is_number(source, keyword):
                target[keyword] = source[keyword]
        for keyword in kept.PIXELS:
            if keyword in source:
                target[keyword] = source[keyword]
        for keyword, words in kept.WORDS.items():
            if keyword in source:
                self._copy_words(source, target, keyword, words)
        if self._date_shift_days is not None:
            for keyword in kept.DATES:
                shifted = _shifted(str(source.get(keyword, "")), self._date_shift_days)
                if shifted:
                    setattr(target, keyword, shifted)
        for keyword in sequences:
            if keyword in source:
                items = [Dataset() for _ in source[keyword].value]
                for old, new in zip(source[keyword].value, items, strict=True):
                    self._copy(old, new, sequences)
                setattr(target, keyword, items)

    def _copy_words(
        self, source: Dataset, target: Dataset, keyword: str, words: frozenset[str]
    ) -> None:
        value = source[keyword].value
        found = [value] if isinstance(value, str) or value is None else [str(one) for one in value]
        if keyword in kept.WORD_LISTS:
            setattr(target, keyword, [one if one in words else kept.NO_WORD for one in found])
        elif len(found) == 1 and found[0] in words:
            setattr(target, keyword, found[0])

    def _declare(self, target: Dataset) -> None:
        is_shifted = self._date_shift_days is not None
        target.PatientIdentityRemoved = "YES"
        target.DeidentificationMethod = f"PS3.15 basic profile, {PRODUCT} {product_version()}"
        target.DeidentificationMethodCodeSequence = [
            _code(*method) for method in (*_METHODS, *((_SHIFTED,) if is_shifted else ()))
        ]
        target.LongitudinalTemporalInformationModified = "MODIFIED" if is_shifted else "REMOVED"


def sop_class(source: FileDataset) -> str:
    """What kind of object it is; some anonymisers leave that in the file's own header only."""
    return str(source.get("SOPClassUID") or source.file_meta.get("MediaStorageSOPClassUID", ""))


def _instance_uid(source: FileDataset) -> str:
    meta = source.file_meta
    found = source.get("SOPInstanceUID") or meta.get("MediaStorageSOPInstanceUID")
    return str(found or generate_uid(prefix=None))


def _is_number(source: Dataset, keyword: str) -> bool:
    """False for what is absent, or text in a number's place: pydicom passes that on as it is."""
    try:
        value = source.get(keyword)
    except (ValueError, TypeError, OverflowError):
        return False
    parts = value if isinstance(value, (MultiValue, list)) else [value]
    return all(isinstance(part, (int, float)) for part in parts)


def _shifted(date: str, days: int) -> str:
    try:
        return (datetime.strptime(date, _DATE_FORMAT) + timedelta(days)).strftime(_DATE_FORMAT)
    except (ValueError, OverflowError):
        return ""


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item

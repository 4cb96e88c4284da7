"""A CT image that carries the patient's data in 300 places."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

TEXT_VRS = ("AE", "LO", "LT", "PN", "SH", "ST", "UC", "UT", "CS")
NOT_TEXT_OF_ONES_OWN = (
    "Modality", "ImageType", "PhotometricInterpretation", "SpecificCharacterSet",
)  # fmt: skip
IN_SEQUENCES = 40
PRIVATE = 30
CANARY_COUNT = 300


class CanaryCt:
    """Writes CT series whose every text is a canary, and knows them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.canaries: list[str] = []
        self.uids = {k: generate_uid() for k in ("Study", "Series", "FrameOfReference")}

    def write(self, count: int, edit: Callable[[Dataset], object] | None = None) -> list[Path]:
        """A series; ``edit`` changes each image before it is written."""
        self.folder.mkdir(parents=True)
        files = []
        for number in range(count):
            dataset = self._image(number)
            self._hide(dataset)
            if edit is not None:
                edit(dataset)
            file = self.folder / f"Carla_Canary_{number}.dcm"
            dataset.save_as(file, enforce_file_format=True)
            files.append(file)
        return files

    def _canary(self) -> str:
        self.canaries.append(f"KANARI{len(self.canaries):05d}")
        return self.canaries[-1]

    def _image(self, number: int) -> FileDataset:
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        meta.SourceApplicationEntityTitle = self._canary()
        preamble = self._canary().encode().ljust(128, b"\0")
        dataset = FileDataset("", {}, file_meta=meta, preamble=preamble)
        dataset.SOPClassUID = CTImageStorage
        dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        for name, uid in self.uids.items():
            setattr(
                dataset, f"{name}UID" if name == "FrameOfReference" else f"{name}InstanceUID", uid
            )
        dataset.Modality, dataset.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL", self._canary()]
        dataset.InstanceNumber, dataset.SliceThickness = number + 1, 3
        dataset.StudyDate = dataset.SeriesDate = dataset.AcquisitionDate = "20260115"
        dataset.PatientBirthDate = "19480302"
        dataset.PatientAge, dataset.PatientWeight = "077Y", "81.5"
        dataset.PixelSpacing = [0.8, 0.8]
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        dataset.ImagePositionPatient = [-10, -20, 3 * number]
        dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 8, 9, 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
        dataset.PixelRepresentation = 1
        dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
        dataset.PixelData = np.arange(72, dtype="<i2").tobytes()
        return dataset

    def _hide(self, dataset: Dataset) -> None:
        """Canaries in plain, nested, private and overlay elements, and in trailing padding."""
        texts = [
            tag
            for tag, (vr, _, _, retired, keyword) in sorted(DicomDictionary.items())
            if vr in TEXT_VRS and keyword not in NOT_TEXT_OF_ONES_OWN and not retired
            and 0x0008 <= tag >> 16 <= 0x0040
        ]  # fmt: skip
        step = len(texts) / (CANARY_COUNT - IN_SEQUENCES - PRIVATE)
        chosen = {texts[int(n * step)] for n in range(CANARY_COUNT - IN_SEQUENCES - PRIVATE)}
        chosen |= {Tag(k) for k in ("PatientName", "PatientID", "InstitutionName", "StationName")}
        for tag in sorted(chosen):
            vr = DicomDictionary[int(tag)][0]
            dataset[tag] = DataElement(tag, vr, self._canary())
        for number in range(IN_SEQUENCES):
            inner, outer = Dataset(), Dataset()
            inner.PatientName = inner.CodeMeaning = self._canary()
            outer.RequestedProcedureCodeSequence = Sequence([inner])
            names = ("RequestAttributesSequence", "ReferencedPatientSequence")
            sequence = dataset.setdefault(Tag(names[number % 2]), Sequence([]))
            (sequence.value if isinstance(sequence, DataElement) else sequence).append(outer)
        block = dataset.private_block(0x0029, "CANARY", create=True)
        for number in range(PRIVATE):
            block.add_new(number, "LO", self._canary())
        dataset.add_new(0x60000022, "LO", self._canary())  # the description of an overlay
        dataset.add_new(0xFFFCFFFC, "OB", self._canary().encode() + b"\0")


@pytest.fixture
def canary_ct(tmp_path) -> CanaryCt:
    return CanaryCt(tmp_path / "Carla Canary")

"""What a de-identified CT keeps: attributes that cannot name anybody; all others are left out.

The basic profile of DICOM PS3.15 (annex E) lists what must go. We list what may stay, which is
less: attributes that nobody thought of, private ones and free text go too. Words stay only where
they are one of the standard's own.
"""

from __future__ import annotations

NUMBERS = frozenset({
    "AcquisitionNumber", "BitsAllocated", "BitsStored", "CTDIvol", "Columns",
    "DataCollectionDiameter", "DistanceSourceToDetector", "DistanceSourceToPatient", "Exposure",
    "ExposureTime", "FocalSpots", "FrameAcquisitionNumber", "GantryDetectorTilt",
    "GeneratorPower", "HighBit", "ImageOrientationPatient", "ImagePositionPatient",
    "InStackPositionNumber", "InstanceNumber", "KVP", "LargestImagePixelValue",
    "LossyImageCompressionRatio", "NumberOfFrames", "PixelAspectRatio", "PixelPaddingRangeLimit",
    "PixelPaddingValue", "PixelRepresentation", "PixelSpacing", "PlanarConfiguration",
    "ReconstructionDiameter", "RescaleIntercept", "RescaleSlope", "Rows", "SamplesPerPixel",
    "SeriesNumber", "SingleCollimationWidth", "SliceLocation", "SliceThickness",
    "SmallestImagePixelValue", "SpacingBetweenSlices", "SpiralPitchFactor", "TableFeedPerRotation",
    "TableHeight", "TableSpeed", "TotalCollimationWidth", "WindowCenter", "WindowWidth",
    "XRayTubeCurrent",
})  # fmt: skip
"""Of the image and of the scanner's settings; none of the patient."""

PIXELS = frozenset({"PixelData"})

_FRAME_WORDS = frozenset({
    "ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY", "AXIAL", "LOCALIZER", "VOLUME", "HELICAL",
    "CT_SOM5 SPI", "CT_SOM5 SEQ", "CT_SOM5 TOP", "CT_SOM7 SPI", "MPR", "MIP", "MINIP", "AVERAGE",
    "REFORMATTED", "SCREEN SAVE", "PROJECTION IMAGE", "NONE", "MIXED", "RESAMPLED",
})  # fmt: skip
_NO_YES = frozenset({"NO", "YES"})

WORDS = {
    "BodyPartExamined": frozenset({
        "ABDOMEN", "ABDOMENPELVIS", "BLADDER", "BRAIN", "CHEST", "CHESTABDOMEN", "CHESTABDPELVIS",
        "EXTREMITY", "HEAD", "HEADNECK", "HEART", "KIDNEY", "LIVER", "NECK", "PANCREAS", "PELVIS",
        "SPINE", "SPLEEN", "WHOLEBODY",
    }),
    "BurnedInAnnotation": _NO_YES,
    "FrameType": _FRAME_WORDS,
    "ImageType": _FRAME_WORDS,
    "LossyImageCompression": frozenset({"00", "01"}),
    "Modality": frozenset({"CT"}),
    "PatientPosition": frozenset({"HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL"}),
    "PhotometricInterpretation": frozenset({"MONOCHROME1", "MONOCHROME2"}),
    "PixelPresentation": frozenset({"MONOCHROME"}),
    "RescaleType": frozenset({"HU", "US", "HU_MOD"}),
    "RotationDirection": frozenset({"CW", "CC"}),
    "VolumeBasedCalculationTechnique": frozenset({"NONE"}),
    "VolumetricProperties": frozenset({"VOLUME"}),
}  # fmt: skip
"""For each attribute the words that may stay; ImageType's other words become NONE."""

WORD_LISTS = frozenset({"FrameType", "ImageType"})
"""Their words have places, so a word that must go leaves one behind."""

NO_WORD = "NONE"

UIDS = frozenset({
    "FrameOfReferenceUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID",
})  # fmt: skip
"""Replaced, the same one by the same one."""

DATES = frozenset({"AcquisitionDate", "ContentDate", "SeriesDate", "StudyDate"})
"""Shifted together, or left out."""

SEQUENCES = frozenset({
    "CTImageFrameTypeSequence", "FrameContentSequence", "FrameVOILUTSequence",
    "PerFrameFunctionalGroupsSequence", "PixelMeasuresSequence", "PixelValueTransformationSequence",
    "PlaneOrientationSequence", "PlanePositionSequence", "SharedFunctionalGroupsSequence",
})  # fmt: skip
"""Multi-frame images keep geometry and rescaling in these; the same rules hold inside."""

EMPTIED = (
    "AccessionNumber", "AcquisitionNumber", "KVP", "Laterality", "Manufacturer",
    "PatientBirthDate", "PatientPosition", "PatientSex", "PositionReferenceIndicator",
    "ReferringPhysicianName", "SeriesNumber", "StudyDate", "StudyID", "StudyTime",
)  # fmt: skip
"""The standard wants them to be there, if only without a value."""

CONTRAST_USED = "APPLIED"
"""Stands for the name of a contrast agent, which is free text."""

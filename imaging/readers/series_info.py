"""What the window and the command line show of a DICOM series before one is chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeriesInfo:
    """One series of a folder, from its headers alone.

    Attributes:
        series_uid: what ``open_volume(..., series_uid=...)`` takes.
        description: the series' own description, or its modality; never a patient's name.
        modality: DICOM's code, "CT" for a computed tomography.
        slice_count: number of images.
        slice_thickness_mm: as the header says; None where it does not.
        phase: contrast phase as far as the header tells; empty where it does not.
        shape: (k, j, i) of the volume; None where the series makes no volume.
        problem: the sentence that says why it cannot be opened; None where it can.
        warnings: sentences worth reading before it is used.
    """

    series_uid: str
    description: str
    modality: str
    slice_count: int
    slice_thickness_mm: float | None
    phase: str
    shape: tuple[int, int, int] | None
    problem: str | None
    warnings: tuple[str, ...]

    @property
    def is_usable(self) -> bool:
        """True if it can be opened as a volume."""
        return self.problem is None

    @property
    def summary(self) -> str:
        """One line for a list: description, phase, number of slices and thickness."""
        parts = [self.description]
        if self.phase:
            parts.append(self.phase)
        parts.append("1 slice" if self.slice_count == 1 else f"{self.slice_count} slices")
        if self.slice_thickness_mm is not None:
            parts.append(f"{self.slice_thickness_mm:g} mm thick")
        return ", ".join(parts)

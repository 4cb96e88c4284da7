"""What becomes of a label file that was read: an edit of the mask, or a question to the user.

Everything here looks at whole maps and runs on a pool thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.controllers.case_session import CaseSession
from imaging.errors import GeometryMismatchError
from imaging.labels import LabelEdit
from imaging.packed_edit import packed
from imaging.readers.label_file import OpenedLabels, reordered
from imaging.volume import Volume

if TYPE_CHECKING:
    from training.cases.label_meanings import LabelMeanings


MAX_LABEL_VALUE = 255


@dataclass(frozen=True, slots=True, eq=False)
class UnclearLabels:
    """A label file that was read for a case, with values that nothing explains for certain."""

    session: CaseSession
    path: Path
    opened: OpenedLabels
    meanings: LabelMeanings


@dataclass(frozen=True, slots=True, eq=False)
class ReadLabels:
    """A label file with our values, and the edit to it from the labels of a revision."""

    opened: OpenedLabels
    revision: int
    edit: LabelEdit | None

    @classmethod
    def over(cls, session: CaseSession, opened: OpenedLabels, revision: int) -> ReadLabels:
        """Compute the edit."""
        edit = session.labels.edit_to_labels(opened.array)
        return cls(opened, revision, None if edit is None else packed(edit))


def is_mask_of(volume: Volume, ct: Volume) -> bool:
    """Whether a volume has the values of labels, and the grid of a CT."""
    if volume.array.min() < 0 or not 0 < volume.array.max() <= MAX_LABEL_VALUE:
        return False
    try:
        reordered(volume.array, volume.geometry, ct.geometry, volume.name)
    except GeometryMismatchError:
        return False
    return bool(ct.array.min() < 0)  # what has no air is no CT, and two masks are no pair


def labels_read(
    session: CaseSession, path: Path, opened: OpenedLabels, revision: int
) -> ReadLabels | UnclearLabels:
    """The edit to a file whose values mean something for certain; otherwise what they may mean."""
    from training.cases.label_meanings import meanings_of  # loads pydicom

    found = meanings_of(path, opened)
    if not found.is_certain:
        return UnclearLabels(session, path, opened, found)
    return ReadLabels.over(session, _with_our_values(path, opened, found.mapping), revision)


def labels_explained(
    unclear: UnclearLabels, meanings: Mapping[int, str], revision: int
) -> ReadLabels:
    """The edit to a file whose values the user explained; an empty meaning leaves one out."""
    from training.cases.label_names import label_mapping

    mapping = label_mapping({}, meanings)
    ours = _with_our_values(unclear.path, unclear.opened, mapping)
    return ReadLabels.over(unclear.session, ours, revision)


def _with_our_values(path: Path, opened: OpenedLabels, mapping: Mapping[int, int]) -> OpenedLabels:
    from training.cases.label_names import mapped_labels

    return replace(opened, array=mapped_labels(opened.array, mapping, path.name))

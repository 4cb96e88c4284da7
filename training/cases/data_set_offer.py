"""What a labelled data set would bring into a project, before anything of it is added."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imaging.errors import CancelledError, MaskwrightError
from imaging.readers.isolation import decode_grid
from imaging.readers.protocol import DecodeTask
from training.cases.data_sets import DESCRIPTIONS, DataSet, read_data_set
from training.cases.find_cases import IsCancelled
from training.cases.label_names import structure_of_name
from training.cases.records import Split

LOOKED_AT = 3
"""So many label files are read for values that the description does not name."""


@dataclass(frozen=True, slots=True)
class ForeignLabel:
    """A label value of a data set.

    ``name`` is as the data set spells it, empty where it is silent; ``structure`` is what that
    means here, None where it is not certain.
    """

    value: int
    name: str
    structure: str | None


@dataclass(frozen=True, slots=True)
class DataSetOffer:
    """A data set, and what its labels seem to mean."""

    path: Path
    data_set: DataSet
    labels: tuple[ForeignLabel, ...]

    @property
    def labelled_count(self) -> int:
        """How many CTs come with labels."""
        return sum(case.labels is not None for case in self.data_set.cases)

    @property
    def split_counts(self) -> tuple[tuple[Split, int], ...]:
        """How many CTs each split has, as far as the data set states one."""
        counts = Counter(case.split for case in self.data_set.cases)
        return tuple((split, counts[split]) for split in Split if counts[split])


def may_be_data_set(path: Path) -> bool:
    """Whether a folder has the description of a data set, or a file may be one."""
    if path.is_dir():
        return any((path / name).is_file() for name in DESCRIPTIONS)
    return path.suffix.lower() == ".json"


def look_at_data_set(path: Path, is_cancelled: IsCancelled = lambda: False) -> DataSetOffer:
    """Read the description of a data set, and look into some of its label files.

    Raises:
        CaseError: it is no such data set, or not of CTs.
        CancelledError: ``is_cancelled`` said so.
    """
    data_set = read_data_set(path)
    names = dict.fromkeys(_values_in_use(data_set, is_cancelled), "") | dict(data_set.names)
    labels = tuple(_label(value, names[value]) for value in sorted(names))
    return DataSetOffer(path, data_set, labels)


def _label(value: int, name: str) -> ForeignLabel:
    structure = structure_of_name(name) if name else None
    return ForeignLabel(value, name, structure.name if structure else None)


def _values_in_use(data_set: DataSet, is_cancelled: IsCancelled) -> set[int]:
    """The label values of the first files; what is wrong with one is said when it is added."""
    files = [case.labels for case in data_set.cases if case.labels is not None]
    found: set[int] = set()
    for file in files[:LOOKED_AT]:
        try:
            array = decode_grid(file, DecodeTask.LABELS, is_cancelled=is_cancelled).array
        except CancelledError:
            raise
        except MaskwrightError:
            continue
        found |= {int(value) for value in np.unique(array)} - {0}
    return found

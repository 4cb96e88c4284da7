"""Says what the values of a label file mean: by the names in it, its own name or its numbering.

What the file or its name says for certain needs no question. A numbering alone is a guess, which
is proposed and never taken silently: 2 is a pancreas here and a kidney elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from imaging.measures import voxel_counts
from imaging.readers.label_file import OpenedLabels
from imaging.readers.labels_beside import IMAGE_WORDS, LABEL_WORDS
from imaging.readers.source_series import is_dicom_source
from imaging.readers.volume_source import name_of_file
from imaging.structures import Structure, structure_by_name, structure_by_value
from training.cases.label_names import DROPPED, OTHERS, label_mapping, structure_of_name
from training.cases.totalsegmentator_labels import TOTALSEGMENTATOR

Explain = Callable[[OpenedLabels], Mapping[int, int]]
"""From the values of a file that was read to ours."""

_NEUTRAL = frozenset((*LABEL_WORDS, *IMAGE_WORDS, "truth", "ground"))
"""Words of file names that name no structure."""

_NAMES_ELSEWHERE = frozenset(TOTALSEGMENTATOR.values())


class Numbering(StrEnum):
    """Whose numbers label values may be."""

    OURS = "Maskwright"
    TOTALSEGMENTATOR = "TotalSegmentator"


@dataclass(frozen=True, slots=True)
class LabelMeaning:
    """What one value of a file seems to mean.

    Attributes:
        value: as in the file.
        name: what the file calls it, or its numbering; empty if nothing does.
        voxel_count: how much of it there is.
        meaning: one of our structures, ``DROPPED`` for what we have none for, None if unknown.
        is_certain: whether the meaning needs no question.
    """

    value: int
    name: str
    voxel_count: int
    meaning: str | None
    is_certain: bool


@dataclass(frozen=True, slots=True)
class LabelMeanings:
    """What all values that occur in a file seem to mean.

    ``numberings`` are those that every value has a place in; none where the file itself speaks.
    """

    values: tuple[LabelMeaning, ...]
    numberings: tuple[Numbering, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether nothing is to be asked."""
        return all(one.is_certain for one in self.values)

    @property
    def mapping(self) -> dict[int, int]:
        """From the values whose meaning is certain to ours."""
        return {
            one.value: structure_by_name(one.meaning).label_value
            for one in self.values
            if one.is_certain and one.meaning
        }

    def numbered(self, numbering: Numbering | None) -> LabelMeanings:
        """The same values as another numbering has them; None is one that nobody knows."""
        return replace(self, values=tuple(_numbered(one, numbering) for one in self.values))


def meanings_of(path: Path, opened: OpenedLabels) -> LabelMeanings:
    """What the values of a label file mean, as far as it can be told."""
    counts = {int(v): int(n) for v, n in enumerate(voxel_counts(opened.array)) if v and n}
    names = dict(opened.names)
    if opened.has_our_values or any(value in names for value in counts):
        return LabelMeanings(tuple(_named(value, n, names, opened) for value, n in counts.items()))
    if len(counts) == 1:
        ((value, count),) = counts.items()
        by_name = _by_file_name(name_of_file(path), value, count)
        if by_name is not None:
            return LabelMeanings((by_name,))
    nameless = tuple(LabelMeaning(value, "", n, None, False) for value, n in counts.items())
    numberings = tuple(one for one in Numbering if all(_has(one, value) for value in counts))
    found = LabelMeanings(nameless, numberings)
    # One value is 1 in every numbering and may be anything; more of them are a pattern.
    return found.numbered(numberings[0]) if numberings and len(counts) > 1 else found


def explain_by(path: Path, said: Mapping[int, str]) -> Explain:
    """Explains a file's values by what it says and by the user's word, which counts more.

    Where the user says what a value means, a numbering of ours counts no longer: theirs may be
    another.

    The function raises:
        CaseError: a value is named, and not as a structure of ours.
    """

    def explain(opened: OpenedLabels) -> Mapping[int, int]:
        found = meanings_of(path, opened)
        unclear = [one for one in found.values if not one.is_certain]
        # What a numbering alone proposes is no name of the file's own.
        names = {} if found.numberings else {one.value: one.name for one in unclear if one.name}
        known = found.mapping
        if said.keys() - {OTHERS} and opened.has_our_values and not is_dicom_source(path):
            known = {value: known[value] for value, _ in opened.names if value in known}
        return label_mapping(names, said, known)

    return explain


def _named(value: int, count: int, names: Mapping[int, str], opened: OpenedLabels) -> LabelMeaning:
    name = names.get(value, "")
    structure = structure_of_name(name) if name else None
    if structure is None and opened.has_our_values:
        structure = structure_by_value(value)
    if structure is not None:
        return LabelMeaning(value, name or structure.title, count, structure.name, True)
    return LabelMeaning(value, name, count, DROPPED if name else None, False)


def _by_file_name(stem: str, value: int, count: int) -> LabelMeaning | None:
    """What a mask of one structure is named after; None if the name says nothing."""
    whole = structure_of_name(stem)
    if whole is not None:
        return LabelMeaning(value, stem, count, whole.name, True)
    if stem.lower() in {name.lower() for name in _NAMES_ELSEWHERE}:
        return LabelMeaning(value, stem, count, None, False)
    words = [word for word in re.split(r"[^a-z]+", stem.lower()) if word]
    telling = [word for word in words if word not in _NEUTRAL]
    whole = structure_of_name(" ".join(telling)) if telling else None
    if whole is not None:
        return LabelMeaning(value, stem, count, whole.name, True)
    among = _structure_among(telling)
    return None if among is None else LabelMeaning(value, stem, count, among.name, False)


def _structure_among(words: list[str]) -> Structure | None:
    """The structure that the most words in a row name, such as "liver" in "anna liver 2"."""
    for length in range(len(words), 0, -1):
        for first in range(len(words) - length + 1):
            structure = structure_of_name(" ".join(words[first : first + length]))
            if structure is not None:
                return structure
    return None


def _has(numbering: Numbering, value: int) -> bool:
    if numbering is Numbering.OURS:
        return structure_by_value(value) is not None
    return value in TOTALSEGMENTATOR


def _numbered(one: LabelMeaning, numbering: Numbering | None) -> LabelMeaning:
    if numbering is None:
        return replace(one, name="", meaning=None)
    if numbering is Numbering.OURS:
        structure = structure_by_value(one.value)
        return replace(one, name="", meaning=None if structure is None else structure.name)
    name = TOTALSEGMENTATOR.get(one.value, "")
    structure = structure_of_name(name) if name else None
    return replace(one, name=name, meaning=structure.name if structure else DROPPED)

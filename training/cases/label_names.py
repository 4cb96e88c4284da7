"""Maps the labels of foreign data sets to our structures, by name or by the user's word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from imaging.errors import CaseError
from imaging.measures import voxel_counts
from imaging.structures import STRUCTURES, Structure, all_structures, structure_by_name

BACKGROUND = "background"

DROPPED = ""
"""What a user maps a value to that is to be left out: ``--map "2="``."""

OTHERS = 0
"""Stands for every value that nothing else explains, in what a user says: ``--map "*="``."""

_SPELLINGS = {
    "oesophagus": "esophagus",
    "tumor": "tumour",
    "tumors": "tumour",
    "tumours": "tumour",
    "cancer": "tumour",
    "lesion": "tumour",
    "pancreatic": "pancreas",
    "gall": "gallbladder",
    "bladder": "",
    "postcava": "inferior vena cava",
    "ivc": "inferior vena cava",
}
"""Words of other data sets and ours; the second word of "gall bladder" goes."""

_FILLERS = frozenset({"and", "the", "of", ""})


def structure_of_name(name: str) -> Structure | None:
    """The structure that a foreign name means, such as "kidney_left"; None if none for certain."""
    try:
        return structure_by_name(name)
    except KeyError:
        wanted = _words(name)
        return next((one for one in STRUCTURES if _words(one.name) == wanted), None)


def parse_map(entries: Sequence[str]) -> dict[int, str]:
    """``("2=pancreas", "3=")`` as {2: "pancreas", 3: ""}; an empty name leaves the value out.

    ``*`` is every value that nothing else explains, ``OTHERS`` in the answer.

    Raises:
        CaseError: it is no such entry, or there is no such structure.
    """
    mapped: dict[int, str] = {}
    for entry in entries:
        text, sign, name = entry.partition("=")
        value = _map_value(text.strip())
        if not sign or value is None:
            raise CaseError(
                f"--map takes a label value and a structure, such as 2=pancreas; {entry!r} is "
                "not that. With nothing after the = the value is left out, and *= leaves out "
                "all others."
            )
        if name.strip():
            try:
                mapped[value] = structure_by_name(name).name
            except KeyError as error:
                sentence = str(error.args[0])
                raise CaseError(f"{sentence[0].upper()}{sentence[1:]}.") from None
        else:
            mapped[value] = DROPPED
    return mapped


def label_mapping(
    names: Mapping[int, str], said: Mapping[int, str], known: Mapping[int, int] | None = None
) -> dict[int, int]:
    """From a data set's label values to ours; 0 for what is left out.

    ``names`` are the data set's own, ``said`` what the user says, which counts more. ``known`` is
    the meaning of values that need no name; the user's word on them counts more as well. What the
    user says of ``OTHERS`` is about values that none of the three explains; the mapping has every
    value then.

    Raises:
        CaseError: some value means nothing we know; the sentence says how to say it.
    """
    others = _our_value(said[OTHERS]) if OTHERS in said else None
    mapping = {} if others is None else dict.fromkeys(range(1, 256), others)
    mapping |= known or {}
    unknown: list[str] = []
    for value in sorted({*names, *said} - {0}):
        name = names.get(value, "")
        if value in said:
            mapping[value] = _our_value(said[value])
        elif (structure := structure_of_name(name)) is not None:
            mapping[value] = structure.label_value
        elif others is None:
            unknown.append(f'{value} ("{name}")')
    if unknown:
        example = unknown[0].split(" ")[0]
        raise CaseError(
            f"It is not clear what these labels mean: {', '.join(unknown)}. Say it for each, for "
            f'example --map "{example}=pancreas", or leave it out with --map "{example}="; '
            '--map "*=" leaves out all that nothing explains.'
        )
    return mapping


def mapped_labels(
    labels: NDArray[np.uint8], mapping: Mapping[int, int], name: str
) -> NDArray[np.uint8]:
    """Labels with our values; ``name`` is the file's, for the sentence.

    Raises:
        CaseError: a value occurs that the mapping does not know.
    """
    present = {int(value) for value in np.flatnonzero(voxel_counts(labels))}
    strange = sorted(present - {0, *mapping})
    if strange:
        values = ", ".join(str(value) for value in strange)
        raise CaseError(
            f"{name} has voxels of the values {values}, and nothing says what they mean. Name them "
            "in the data set's description, or say it in a command, for example "
            f'--map "{strange[0]}=pancreas"; --map "*=" leaves out all others.'
        )
    table = np.zeros(256, np.uint8)
    for value, ours in mapping.items():
        table[value] = ours
    return table[labels]


def our_values() -> dict[int, int]:
    """The mapping of a file that already carries the organ table's values."""
    return {structure.label_value: structure.label_value for structure in all_structures()}


def _map_value(text: str) -> int | None:
    """The value that a map entry is about; None if it is none."""
    if text == "*":
        return OTHERS
    return int(text) if text.isdecimal() and 1 <= int(text) <= 255 else None


def _our_value(name: str) -> int:
    return structure_by_name(name).label_value if name else 0


def _words(name: str) -> frozenset[str]:
    words = re.split(r"[^a-z]+", name.lower())
    return frozenset(" ".join(_SPELLINGS.get(word, word) for word in words).split()) - _FILLERS

"""What bundles call organs, in the words of our organ table."""

from __future__ import annotations

import re

from imaging.errors import ModelError
from imaging.structures import structure_by_name
from inference.bundles.archive import shown

BACKGROUND = "background"

_BACKGROUNDS = frozenset({"background", "everything else", "bg", "other"})

_ALIASES = {
    "pancreatic tumour": "pancreas tumour",
    "pancreatic tumor": "pancreas tumour",
    "pancreas tumor": "pancreas tumour",
    "kidney right": "right kidney",
    "kidney left": "left kidney",
    "rkid": "right kidney",
    "lkid": "left kidney",
    "gall bladder": "gallbladder",
    "oesophagus": "esophagus",
    "ivc": "inferior vena cava",
    "postcava": "inferior vena cava",
    "portal vein and splenic vein": "portal and splenic vein",
    "veins": "portal and splenic vein",
    "adrenal gland right": "right adrenal gland",
    "adrenal gland left": "left adrenal gland",
}

_CUSTOM_NAME = re.compile(r"[a-z][a-z0-9 ,()-]{0,59}")


def structure_name(label: str) -> str:
    """Our name for a bundle's label; a label that the table lacks keeps its own, tidied.

    Raises:
        ModelError: the label cannot be a structure's name.
    """
    name = re.sub(r"\s+", " ", label.strip().lower().replace("_", " "))
    if name in _BACKGROUNDS:
        return BACKGROUND
    name = _ALIASES.get(name, name)
    if not is_in_table(name) and not _CUSTOM_NAME.fullmatch(name):
        raise ModelError(
            f"The label {shown(label)} cannot be the name of a structure: Latin letters, digits, "
            "spaces and hyphens only. Give your own with --labels."
        )
    return name


def is_in_table(name: str) -> bool:
    """True for a structure of the organ table, or one that a model has added."""
    try:
        structure_by_name(name)
    except KeyError:
        return False
    return True

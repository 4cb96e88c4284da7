"""Who or what drew the masks, as exported files must say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version

PRODUCT = "Maskwright"

RESEARCH_USE = "For research use only"
"""Goes into the description of every DICOM object."""


class MaskKind(StrEnum):
    """DICOM's three ways to segment."""

    MANUAL = "MANUAL"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    AUTOMATIC = "AUTOMATIC"


@dataclass(frozen=True, slots=True)
class MaskOrigin:
    """How masks came to be.

    Attributes:
        kind: clicks and corrections make a mask semi-automatic.
        model_id: the model package; empty where no model had a part.
        model_version: its version.
    """

    kind: MaskKind = MaskKind.SEMIAUTOMATIC
    model_id: str = ""
    model_version: str = ""

    @property
    def algorithm_name(self) -> str:
        """The model, or this program where none is named."""
        return self.model_id or PRODUCT

    @property
    def algorithm_version(self) -> str:
        """The model's version, or this program's."""
        return (self.model_version if self.model_id else "") or product_version()


def product_version() -> str:
    """This program's version."""
    return version("maskwright")

"""How a part of a label map would look, before it is changed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.labels import Box


@dataclass(frozen=True, slots=True, eq=False)
class LabelPatch:
    """Labels that a part of the map would have; ``labels`` is uint8 of the box's shape.

    The owner may go on writing into ``labels``.
    """

    box: Box
    labels: NDArray[np.uint8]

"""A session with fixed answers, and a mask to correct."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from inference.messages import MaskProposal, StageSeconds


class FixedSession:
    """Answers each click with the next of some masks."""

    def __init__(self, masks):
        self.masks = list(masks)
        self.requests = []

    def respond(self, request):
        self.requests.append(request)
        mask = self.masks.pop(0)
        everything = tuple(slice(0, n) for n in mask.shape)
        return MaskProposal(request.structure, everything, mask, StageSeconds(network=0.5))


@pytest.fixture
def fixed_session():
    return FixedSession


@pytest.fixture
def geometry():
    return VolumeGeometry.from_parts((12, 30, 30), (0.0, 0.0, 0.0), (3.0, 1.0, 1.0))


@pytest.fixture
def target(geometry):
    mask = np.zeros(geometry.shape, bool)
    mask[3:9, 8:20, 8:20] = True
    return mask

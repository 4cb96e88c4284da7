"""A session with fixed answers, and results to sum up."""

import numpy as np
import pytest

from imaging.geometry import VolumeGeometry
from inference.messages import MaskProposal, StageSeconds
from training.evaluation.simulated_user import CaseResult, User
from training.evaluation.surface_distance import SurfaceAgreement


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


@pytest.fixture
def result():
    """A case's result with these Dice values; distances None where the Dice is 0."""

    def make(case, dice, harmful=0, user=User.EXACT, structure="spleen", seconds=0.5):
        surface = {
            n: SurfaceAgreement(value / 2, (1 - value) * 100 if value else None)
            for n, value in enumerate(dice)
        }
        times = (seconds,) * (len(dice) - 1)
        return CaseResult(case, structure, user, tuple(dice), surface, harmful, times)

    return make

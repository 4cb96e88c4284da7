"""Our DeepEdit masks against MONAI's own pipeline, on the grids that real files have."""

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.measures import dice
from inference.messages import ClickRequest
from inference.whole_volume_session import WholeVolumeSession
from training.monai_reference import deepedit_answer

# MONAI warns about calls of its own that it has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore")

SIZE_RAS = (32, 24, 20)


def whole_volume_part(structures):
    return {
        "inputs": ["image", *structures, "background"],
        "outputs": ["background", *structures],
        "size_ras": list(SIZE_RAS),
        "low_hu": -175,
        "high_hu": 250,
        "guidance_sigma_voxels": 3,
    }


def clicks_ijk(clicks, geometry, channels):
    """Our clicks as a MONAI data list holds them: voxels of the file, by channel."""
    found = {name: [] for name in channels}
    for click in clicks:
        k, j, i = geometry.nearest_index(click.point_lps)
        found[click.structure if click.is_foreground else "background"].append([i, j, k])
    return found


def some_clicks(geometry, number, structure="spleen", seed=5):
    rng = np.random.default_rng(seed)
    clicks = []
    for n in range(number):
        index = rng.uniform(2, np.array(geometry.shape) - 3)
        x, y, z = (float(mm) for mm in geometry.index_to_lps(index))
        clicks.append(Click((x, y, z), structure, n % 2 == 0))
    return tuple(clicks)


@pytest.fixture
def deepedit(make_ct, make_package, make_network):
    """A session and MONAI's answer for the same CT, network and clicks."""

    def run(geometry, structures=("spleen",), clicks=0, is_exact=True):
        file, volume = make_ct(geometry)
        package = make_package(whole_volume=whole_volume_part(structures))
        spec = package.whole_volume
        network, engine = make_network(len(spec.inputs), len(spec.outputs))
        session = WholeVolumeSession(volume, package, lambda _path: engine, is_exact=is_exact)
        placed = some_clicks(volume.geometry, clicks)
        there = clicks_ijk(placed, volume.geometry, spec.inputs[1:])
        theirs = deepedit_answer(spec, network, file, there).classes
        return session, volume, placed, theirs

    return run


def answered(session, volume, clicks, structure="spleen"):
    shape = volume.geometry.shape
    if not clicks:
        return session.segment(structure).whole_mask(shape)
    request = ClickRequest(structure, clicks, np.zeros(shape, bool), len(clicks))
    return session.respond(request).whole_mask(shape)


@pytest.mark.parametrize("clicks", [0, 5])
def test_exact_deepedit_masks_are_monais(deepedit, grid, clicks):
    session, volume, placed, theirs = deepedit(grid, clicks=clicks)
    ours = answered(session, volume, placed)
    assert 0.02 < theirs.mean() < 0.7
    assert (ours == (theirs == 1)).mean() >= 0.9999


def test_exact_masks_of_several_structures_are_monais(deepedit, oblique):
    session, volume, _, theirs = deepedit(oblique, structures=("spleen", "liver", "aorta"))
    for index, structure in enumerate(("spleen", "liver", "aorta"), start=1):
        ours = answered(session, volume, (), structure)
        assert (theirs == index).any()
        assert (ours == (theirs == index)).mean() >= 0.9999


def test_the_usual_mask_is_close_to_monais_but_smoother(deepedit, oblique):
    session, volume, _, theirs = deepedit(oblique, is_exact=False)
    ours = answered(session, volume, ())
    assert 0.93 < dice(ours, theirs == 1) < 1

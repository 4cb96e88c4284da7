"""A hint where the pancreas lies comes from the spleen, whichever way the CT's axes run."""

import numpy as np
import pytest

from imaging.errors import CancelledError, EngineError
from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from inference.network_specs import AutomaticSpec, PackageFile
from inference.ras import RasAxes
from inference.spleen_scout import PANCREAS, SpleenScout

TISSUE, SPLEEN = -90, 60


class BrightEngine:
    """The spleen is what is bright."""

    name = device = "test bench"

    def __init__(self):
        self.is_closed = False

    def run(self, inputs, _is_cancelled=None):
        sureness = (40 * (inputs[0, 0] - 0.6)).astype(np.float32)
        return np.stack([-sureness, sureness])[None]

    def close(self):
        self.is_closed = True


@pytest.fixture
def engine():
    return BrightEngine()


@pytest.fixture
def scout(tmp_path, engine):
    (tmp_path / "x").write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    spec = AutomaticSpec(PackageFile(tmp_path / "x", empty), ("spleen",), 48, -100, 100, (0,), ())
    return SpleenScout(spec, lambda _path: engine)


GRIDS = [
    ("LPS", np.diag([3.0, 2.0, 2.0])[:, ::-1]),
    ("turned", np.diag([3.0, -2.0, -2.0])[:, ::-1]),
    ("sagittal", np.array([[2.5, 0, 0], [0, 0, 2.0], [0, 3.0, 0]])),
    ("oblique", np.diag([3.0, 2.0, 2.0])[:, ::-1] + np.array([[0, 0.1, 0.2]] * 3)),
]


@pytest.fixture(params=[matrix for _, matrix in GRIDS], ids=[name for name, _ in GRIDS])
def volume(request):
    """A block of tissue with a spleen in it, to the left, behind and above the middle."""
    affine = np.eye(4)
    affine[:3, :3] = request.param
    shape = (60, 50, 70)
    middle = affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    affine[:3, 3] = -middle
    geometry = VolumeGeometry(shape, affine)
    points = geometry.index_to_lps(np.moveaxis(np.indices(shape), 0, -1))
    array = np.full(shape, TISSUE, np.int16)
    array[np.linalg.norm(points - np.array([22.0, 14.0, 25.0]), axis=-1) < 20] = SPLEEN
    return Volume(array, geometry)


def ask(scout, volume, is_cancelled=lambda: False):
    return scout.region_ras_mm(
        volume, ("pancreas", "pancreas tumour"), lambda _share, _what: None, is_cancelled
    )


def test_the_region_lies_beside_the_spleen_on_any_grid(scout, volume):
    axes = RasAxes.of(volume.geometry)
    spacing_mm = volume.geometry.spacing_kji_mm[list(axes.order)]
    center = np.argwhere(axes.to_ras(volume.array) == SPLEEN).mean(axis=0) * spacing_mm
    usual = (PANCREAS.rightwards_mm, PANCREAS.forwards_mm, PANCREAS.upwards_mm)
    for found, place, at in zip(ask(scout, volume), usual, center, strict=True):
        assert found == pytest.approx((at + place[0], at + place[1]), abs=4)


def test_a_ct_without_a_spleen_gives_no_region(scout, volume):
    bare = Volume(np.full(volume.geometry.shape, TISSUE, np.int16), volume.geometry)
    assert ask(scout, bare) is None


def test_its_network_is_closed_after_the_look_also_if_it_was_cancelled(scout, engine, volume):
    with pytest.raises(CancelledError):
        ask(scout, volume, lambda: True)
    assert engine.is_closed


def test_an_engine_that_fails_to_open_costs_the_hint_only(scout, volume, caplog):
    def fail(_path):
        raise EngineError("no engine here")

    failing = SpleenScout(scout._spec, fail)
    assert ask(failing, volume) is None
    assert "no engine here" in caplog.text


def test_only_structures_at_a_known_place_can_be_helped_with():
    assert SpleenScout.can_help(("pancreas", "pancreas tumour"))
    assert not SpleenScout.can_help(("pancreas", "liver"))
    assert not SpleenScout.can_help(())

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from inference.network_specs import PackageFile, SlidingWindowSpec
from inference.window_lattice import WindowLattice

SHAPE = (70, 24, 95)


@pytest.fixture(params=[0.0, 0.25, 0.5, 0.625, 0.8])
def lattice(request, tmp_path):
    spec = SlidingWindowSpec(
        network=PackageFile(tmp_path / "x", "0" * 64),
        outputs=("background", "spleen"),
        spacing_ras_mm=(1.0, 1.0, 1.0),
        low_hu=-100,
        high_hu=100,
        window_ras=(24, 20, 16),
        overlap=0.5,
        blending="constant",
        batch=1,
    )
    return WindowLattice.over(SHAPE, replace(spec, overlap=request.param))


PARTS = [
    tuple(slice(0, length) for length in SHAPE),
    (slice(69, 70), slice(0, 1), slice(94, 95)),
    (slice(30, 61), slice(3, 23), slice(17, 40)),
]


@pytest.mark.parametrize("part", PARTS)
def test_covering_windows_leave_no_voxel_out(lattice, part):
    covered = np.zeros(SHAPE, bool)
    for cell in lattice.covering(part):
        covered[lattice.box(cell)] = True
    assert covered[part].all()


@pytest.mark.parametrize("part", PARTS)
def test_covering_windows_are_few_of_all(lattice, part):
    cells = lattice.covering(part)
    assert set(cells) <= set(lattice.cells())
    for axis, side in enumerate(lattice.window):
        begins = [lattice.starts[axis][n] for n in sorted({cell[axis] for cell in cells})]
        assert all(second - first > side // 2 for first, second in pairwise(begins[:-1]))

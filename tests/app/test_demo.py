import json

import numpy as np
import pytest

from app.demo import DemoCase, doubtful_point, point_beside, run
from app.headless_job import StageClock
from imaging.volume import Volume


@pytest.fixture(autouse=True)
def _small_pictures(monkeypatch):
    monkeypatch.setattr("app.pictures.VIEW_SIZE_PX", (160, 120))


@pytest.fixture
def truth(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[2:9, 2:8, 2:8] = 1
    return labels


def test_the_demo_shows_every_step_and_says_how_long_it_took(
    volume, truth, predictor, fake_model, tmp_path
):
    report = run(lambda: DemoCase(volume, truth), lambda _: predictor, fake_model, tmp_path)

    assert set(report.files) == {path.name for path in tmp_path.iterdir()}
    assert [name for name in report.files if name.endswith(".png")] == [
        "1-ct.png",
        "2-automatic.png",
        "3-after-1-click.png",
        "4-after-2-clicks.png",
    ]
    assert len(report.click_to_picture_s) == 2
    assert report.dice["after-2-clicks"] > report.dice["automatic"]
    assert json.loads(json.dumps(report.as_json()))["volumes_ml"]["spleen"] > 0


def test_without_a_truth_the_first_click_is_inside_the_mask_and_the_second_outside(
    volume, predictor, fake_model, tmp_path
):
    run(lambda: DemoCase(volume, None), lambda _: predictor, fake_model, tmp_path)

    first, second = predictor.requests[-1].clicks
    geometry, mask = volume.geometry, predictor.requests[0].current_mask
    assert first.is_foreground
    assert mask[geometry.nearest_index(first.point_lps)]
    assert not second.is_foreground
    assert not mask[geometry.nearest_index(second.point_lps)]


def test_what_is_unlike_the_rest_of_a_mask_is_doubted(oblique_geometry):
    array = np.full(oblique_geometry.shape, 50, np.int16)
    mask = np.zeros(oblique_geometry.shape, np.bool_)
    mask[5:15, 5:20, 10:30] = True
    array[9:12, 15:18, 20:25] = -90
    point_lps = doubtful_point(mask, Volume(array, oblique_geometry))

    assert array[oblique_geometry.nearest_index(point_lps)] == -90


def test_the_point_beside_a_mask_is_unlike_it(oblique_geometry):
    array = np.full(oblique_geometry.shape, 50, np.int16)
    array[10, 15, 12:16] = -900
    mask = np.zeros(oblique_geometry.shape, np.bool_)
    mask[8:12, 12:18, 22:28] = True
    point_lps = point_beside(mask, Volume(array, oblique_geometry))

    assert array[oblique_geometry.nearest_index(point_lps)] == -900


def test_stages_add_up():
    clock = StageClock()
    clock.add("network", 0.5)
    clock.add("network", 0.25)
    clock.add("read", 1.0)

    assert clock.as_dict() == {"network": 0.75, "read": 1.0, "total": 1.75}
